"""Patients in a few words: lesions, then what each visit shows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse
from recist_tool.model.findings import Findings
from recist_tool.terms import Response, Scope
from recist_tool.trial.patient import assess

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = "2024-01-01"
DAYS_BETWEEN = 56
ABOUT_VISITS = {"day", "new", "marker", "fdg_pet", "overall", "liver", "pet", "markers"}
ABOUT_VISITS |= {
    "symptoms",
    "somatostatin_analogue",
    "volumes_ml",
    "date",
    "symptomatic",
}


def lesion(text: str) -> dict[str, Any]:
    """Return a lesion from ``T1 liver``: targets begin with T or N, the rest are not.

    A name beginning with N and a digit is a target node, ``NN1`` a non-target node.
    """
    name, _, organ = text.partition(" ")
    node = name.startswith("NN") or (name[0] == "N" and name[1].isdigit())
    target = name[0] == "T" or (node and not name.startswith("NN"))
    return {
        "id": name,
        "role": "target" if target else "non_target",
        "organ": organ or ("lymph node" if node else "liver"),
        "nodal": node,
    }


def visit(
    timepoint_id: str, number: int, targets: set[str], shown: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a timepoint; numbers are millimetres, words are states."""
    made: dict[str, Any] = {"id": timepoint_id, "target": {}, "nontarget": {}}
    made["day"] = shown.get("day", DAYS_BETWEEN * number if number else -12)
    for name, value in shown.items():
        if name in ABOUT_VISITS:
            made[name] = value
        elif name in targets:
            made["target"][name] = finding(value)
        else:
            made["nontarget"][name] = value
    return made


def finding(value: Any) -> Any:
    if isinstance(value, str):
        kind, _, into = value.partition(" into ")
        if into:
            return {"state": kind, "lesion": into}
        return {"state": value, **({"reason": "not imaged"} if value == "ne" else {})}
    return value if isinstance(value, dict) else {"mm": value}


def findings(
    lesions: str,
    *visits: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Findings:
    """Return findings; the first visit is the baseline, the others come 56 days apart.

    >>> read = findings(
    ...     "T1 liver, T2 lung", {"T1": 60, "T2": 40}, {"T1": 30, "T2": "ne"}
    ... )
    >>> read.timepoints[1].target["T2"].state
    'ne'
    """
    listed = [lesion(one.strip()) for one in lesions.split(",") if one.strip()]
    targets = {one["id"] for one in listed if one["role"] == "target"}
    names = ["BL", *(f"TP{number}" for number in range(1, len(visits)))]
    made = {
        "id": "S-1",
        "reference_date": REFERENCE,
        "settings": settings or {},
        "lesions": listed,
        "timepoints": [
            visit(name, number, targets, shown)
            for number, (name, shown) in enumerate(zip(names, visits, strict=True))
        ],
    }
    return Findings.model_validate(made | fields)


def whole(lesions: str, *visits: Mapping[str, Any], **more: Any) -> ScopeAssessment:
    """Return the assessment of the whole patient."""
    return assess(findings(lesions, *visits, **more)).overall


def liver(lesions: str, *visits: Mapping[str, Any], **more: Any) -> ScopeAssessment:
    """Return the liver-specific assessment."""
    return of_scope(findings(lesions, *visits, **more), Scope.LIVER)


def of_scope(read: Findings, scope: Scope) -> ScopeAssessment:
    """Return the assessment of the whole patient, or of a liver that has lesions."""
    assessed = assess(read)
    found = assessed.overall if scope is Scope.OVERALL else assessed.liver
    assert found is not None
    return found


def last(lesions: str, *visits: Mapping[str, Any], **more: Any) -> TimepointResponse:
    """Return the answer of the last visit, for the whole patient."""
    return list(whole(lesions, *visits, **more).timepoints.values())[-1]


def course_of(assessed: ScopeAssessment) -> list[Response]:
    """Return the overall responses, as read, in order."""
    return [answer.overall for answer in assessed.timepoints.values()]


def codes(lesions: str, *visits: Mapping[str, Any], **more: Any) -> set[str]:
    """Return the codes of all messages."""
    return {one.code for one in assess(findings(lesions, *visits, **more)).messages}


def new(
    name: str = "NL1", organ: str = "lung", status: str = "definite", **more: Any
) -> dict[str, Any]:
    """Return a new lesion as seen at a visit."""
    return {"id": name, "organ": organ, "status": status, **more}
