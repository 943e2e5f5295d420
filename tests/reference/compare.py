"""Hold the program to the references, patient by patient."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from recist_tool import Findings, as_json, assess
from tests.reference import answers, patients
from tests.reference import reading as r
from tests.reference.reading import Json

CRITERIA = (*answers.COMBINED, "iRECIST", *answers.BY_VISIT)


def program(patient: Json) -> Json:
    """Return what the program answers, as `recist assess --json` prints it."""
    findings = Findings.model_validate_json(json.dumps(patient))
    return as_json(assess(findings))


def differences(patient: Json, criteria: str) -> Iterator[str]:
    """Yield, for each scope, every figure in which program and reference differ."""
    given = program(patient)
    for scope in (r.WHOLE, r.LIVER):
        expected = answers.answer(patient, criteria, scope)
        yield from of_scope(patient, scope, given[scope], expected)


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


def disagreements(criteria: str, seeds: range) -> Iterator[str]:
    """Yield a line for each patient on whom program and reference differ."""
    for seed in seeds:
        try:
            found = list(differences(patients.patient(seed, criteria), criteria))
        except Exception as fault:  # noqa: BLE001  # a crash is an answer that differs
            found = [f"no answer: {fault!r}"]
        if found:
            yield f"{criteria}, seed {seed}: " + "; ".join(found)
