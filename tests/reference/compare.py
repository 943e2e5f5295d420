"""Hold the program to the references, patient by patient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from recist_tool import Findings, assess
from recist_tool.trial import as_json
from tests.reference import answers, patients
from tests.reference import reading as r
from tests.reference.reading import Json

CRITERIA = (*answers.COMBINED, "iRECIST", *answers.BY_VISIT)


def program(patient: Json) -> Json:
    """Return what the program answers, as `recist assess --json` prints it."""
    findings = Findings.model_validate_json(json.dumps(patient))
    return as_json(assess(findings))


@dataclass
class Compared:
    """What came of a comparison.

    Attributes
    ----------
    responses
        Every response that the references gave to the visits of whole patients.
    """

    differences: tuple[str, ...] = ()
    responses: frozenset[str] = frozenset()


def differences(patient: Json, criteria: str) -> Iterator[str]:
    """Yield, for each scope, every figure in which program and reference differ."""
    yield from one_patient(patient, criteria).differences


def one_patient(patient: Json, criteria: str) -> Compared:
    """Compare one patient, whole and liver."""
    given = program(patient)
    whole = answers.answer(patient, criteria, r.WHOLE)
    liver = answers.answer(patient, criteria, r.LIVER)
    found = [
        *of_scope(patient, r.WHOLE, given[r.WHOLE], whole),
        *of_scope(patient, r.LIVER, given[r.LIVER], liver),
    ]
    return Compared(tuple(found), frozenset(whole.read if whole else ()))


def compared(criteria: str, seeds: range) -> Compared:
    """Compare some patients; a line for each on whom the two differ."""
    lines: list[str] = []
    responses: frozenset[str] = frozenset()
    for seed in seeds:
        try:
            found = one_patient(patients.patient(seed, criteria), criteria)
        except Exception as fault:  # noqa: BLE001  # a crash is an answer that differs
            lines.append(f"{criteria}, seed {seed}: no answer: {fault!r}")
            continue
        responses |= found.responses
        if found.differences:
            lines.append(f"{criteria}, seed {seed}: " + "; ".join(found.differences))
    return Compared(tuple(lines), responses)


def of_scope(
    patient: Json, scope: str, given: Json | None, expected: answers.Reference | None
) -> Iterator[str]:
    """Yield the differences of one scope."""
    if given is None or expected is None:
        if (given is None) != (expected is None):
            yield f"{scope}: program {given is not None}, reference {expected}"
        return
    names = [visit["id"] for visit in r.visits(patient)]
    seen = [given["timepoints"][name] for name in names]
    read = tuple(str(visit["overall"]) for visit in seen)
    restated = tuple(str(v["restated_overall"] or v["overall"]) for v in seen)
    if "iCPD" in expected.read:  # later visits are shown and not used
        end = expected.read.index("iCPD") + 1
        read, restated = read[:end], restated[:end]
        short = {"read": expected.read[:end], "restated": expected.restated[:end]}
        expected = replace(expected, **short)
    date = expected.progressed
    pairs = (
        ("responses", read, expected.read),
        ("restated", restated, expected.restated),
        ("PD date", given["pd_date"], date.isoformat() if date else None),
        ("best", given["bor_unconfirmed"], expected.best),
        ("confirmed", given["bor_confirmed"], expected.confirmed),
    )
    for what, got, wanted in pairs:
        if got != wanted and not (what == "restated" and read != expected.read):
            yield f"{scope} {what}: program {got}, reference {wanted}"


SIZES = {"CR", "PR", "PD", "NE"}
UPTAKE = {"CMR", "PMR", "SMD", "PMD", "NE"}
MUST_OCCUR = {
    **dict.fromkeys(answers.COMBINED, SIZES | {"SD"}),
    "WHO": SIZES | {"NC"},
    "per lesion": SIZES | {"SD", "MR"},
    "iRECIST": {"iCR", "iPR", "iSD", "iUPD", "iCPD", "NE"},
    "EORTC PET": UPTAKE,
    "PERCIST": UPTAKE,
    "biochemical": {"RESPONSE", "RESPONSE (NORMALISED)", "NO RESPONSE", "NE"},
    "symptoms": {"RESPONSE", "NO RESPONSE", "NE", "NA"},
    "somatostatin analogue use": {
        "RESPONSE",
        "RESPONSE (OFF DRUG)",
        "NO RESPONSE",
        "NE",
        "NA",
    },
}
"""Responses that the random patients must reach in each scope, for what they prove."""
