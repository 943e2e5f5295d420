"""patient_case_v1 and liver_case_v1: whole patients with measurements."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from recist_tool.model.findings import Findings
from recist_tool.terms import EquivocalDating, PrPersistence, Reappearance, Scope
from recist_tool.trial.patient import assess
from tests.criteria.cases import of_scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse

PERCENT_TOLERANCE = Decimal("1e-3")
ANSWERS = {
    "tags",
    "expected",
    "reason",
    "source",
    "ambiguous",
    "alternatives",
    "format",
}

HILUM = {"hepatic_node_sites": ["hepatic hilum"]}
CONVENTIONS: Mapping[str, Mapping[str, object]] = {
    "carry confirmed PR (as printed by the RECIST working group)": {
        "pr_persistence": PrPersistence.CARRY_CONFIRMED
    },
    "sum rule only": {"reappearance": Reappearance.SUM_RULE_ONLY},
    "5 mm absolute limb also required": {"reappearance": Reappearance.SUM_RULE_ONLY},
    "any reappearance from nadir 0 is target PD (admiralonco adtr vignette flag: "
    "nadir 0 and not CR)": {"reappearance": Reappearance.FROM_ZERO_NADIR},
    "BOR from as-read responses (locked sequential read)": {
        "equivocal_dating": EquivocalDating.BOR_AS_READ
    },
    "BOR from as-read responses": {"equivocal_dating": EquivocalDating.BOR_AS_READ},
    "NE or ND": {"no_disease_as": "NE"},
    "liver PD is declared only when overall RECIST PD is also declared and its cause "
    "is hepatic": {"liver_pd_requires_overall": True},
    "as H10": {"liver_pd_requires_overall": True},
    "protocol counts porta hepatis nodes as hepatic disease": HILUM,
}
"""The settings that give each alternative of the files."""

NOT_SETTINGS = {
    "liver response NA/NE": "there is no answer for a liver without lesions, see below",
    "hold as equivocal and re-image (FAQ advice for a single node)": (
        "the reader waits; the program asks him to with small-node-after-cr"
    ),
    "documented reader override": (
        "the reader records a response beside the findings: tests/criteria has cases"
    ),
}
"""Alternatives that are no setting, and why."""

NOTHING_TO_SEE = {"NED", "NA", "NE"}
"""What files say of a liver without lesions; the answer is null: none is counted."""


def checks(data: Mapping[str, Any]):
    """Yield a check for each patient and for each alternative that a setting gives."""
    for case in data["cases"]:
        yield case["id"], partial(whole_patient, case)
        yield from alternatives(case)


def liver_checks(data: Mapping[str, Any]):
    """Yield the same for files with answers for the whole patient and the liver."""
    for case in data["cases"]:
        yield case["id"], partial(both_scopes, case)
        yield from alternatives(case)


def whole_patient(case: Mapping[str, Any]) -> None:
    scope_as_expected(assess(findings(case)).overall, case["expected"])


def both_scopes(case: Mapping[str, Any]) -> None:
    expected = case["expected"]
    answered = assess(findings(case))
    for scope, assessed in (
        (Scope.OVERALL, answered.overall),
        (Scope.LIVER, answered.liver),
    ):
        if assessed is None:
            visits = expected[scope.value]["timepoints"].values()
            assert {visit["overall"] for visit in visits} <= NOTHING_TO_SEE
            continue
        scope_as_expected(assessed, expected[scope.value])
        if f"{scope.value}_pd_date" in expected:
            date_as_expected(assessed, expected[f"{scope.value}_pd_date"])


def findings(case: Mapping[str, Any], **settings: object) -> Findings:
    """Return the findings of a case, under other settings where given."""
    given = {key: value for key, value in case.items() if key not in ANSWERS}
    return Findings.model_validate(
        given | {"settings": {**case.get("settings", {}), **settings}}
    )


def scope_as_expected(assessed: ScopeAssessment, expected: Mapping[str, Any]) -> None:
    exactly(assessed.baseline_sum_mm, expected["baseline_sum_mm"])
    assert list(assessed.timepoints) == list(expected["timepoints"])
    for name, visit in expected["timepoints"].items():
        visit_as_expected(assessed.timepoints[name], visit)
    assert assessed.bor_unconfirmed == expected["bor_unconfirmed"]
    assert assessed.bor_confirmed == expected["bor_confirmed"], assessed.bor_reason
    if "pd_date" in expected:
        date_as_expected(assessed, expected["pd_date"])


def visit_as_expected(answer: TimepointResponse, expected: Mapping[str, Any]) -> None:
    for name in ("target", "nontarget", "new_lesions", "overall"):
        assert getattr(answer, name) == expected[name], (name, answer.reason)
    for name in ("sum_mm", "nadir_ref_mm", "abs_from_nadir_mm"):
        exactly(getattr(answer, name), expected[name])
    for name in ("pct_from_baseline", "pct_from_nadir"):
        nearly(getattr(answer, name), expected[name])
    exactly(answer.partial_sum_mm, expected.get("partial_sum_mm"))
    assert answer.post_pd is expected.get("post_pd", False)
    if "restated_overall" in expected:
        assert answer.restated_overall == expected["restated_overall"]
    assert answer.reason
    assert answer.citation


def exactly(value: Decimal | None, expected: float | None) -> None:
    assert value == (None if expected is None else Decimal(str(expected)))


def nearly(value: Decimal | None, expected: float | None) -> None:
    if value is None or expected is None:
        assert value is expected
        return
    assert abs(value - Decimal(str(expected))) < PERCENT_TOLERANCE


def date_as_expected(assessed: ScopeAssessment, expected: str | None) -> None:
    date = assessed.pd_date
    assert (date and date.isoformat()) == expected


def alternatives(case: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for other in case.get("alternatives") or ():
        convention = other["convention"]
        if convention in CONVENTIONS:
            name = f"{case['id']} [{convention}]"
            yield name, partial(alternative, case, other)


def alternative(case: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    changed = findings(case, **CONVENTIONS[other["convention"]])
    for name, answer in other["expected"].items():
        scopes = list(Scope) if answer == "SD for both" else [Scope.OVERALL]
        if name.startswith("liver"):
            scopes = [Scope.LIVER]
        for scope in scopes:
            alternative_answer(of_scope(changed, scope), name, answer)
    if "pd_date" in other:
        date_as_expected(of_scope(changed, Scope.OVERALL), other["pd_date"])


def alternative_answer(assessed: ScopeAssessment, name: str, answer: str) -> None:
    """Compare with an answer as the files write it: a word, or a remark with one."""
    if name == "bor":
        name = "bor_confirmed"
    if name.startswith("bor"):
        assert getattr(assessed, name) == answer.split()[0]
        return
    timepoint = name.split()[-1]
    visits = [assessed.timepoints.get(timepoint)]
    if timepoint == "liver":
        visits = list(assessed.timepoints.values())
    for visit in visits:
        assert visit is not None
        if answer == "not PD":
            assert visit.overall != "PD"
        else:
            assert visit.overall == answer.split()[0]
