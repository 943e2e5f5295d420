"""Lesions that are not measured, and what a tumour marker says (4.3.3 and 4.3.4)."""

from __future__ import annotations

from tests.reference import reading as r
from tests.reference.reading import Json


def reappearance_counts(patient: Json) -> bool:
    """Return whether disease back after overall CR is PD by itself."""
    return r.setting(patient, "reappearance", "after_overall_cr") != "sum_rule_only"


def raised(visit: Json) -> bool | None:
    """Return whether the marker of a visit is above normal; None: not measured."""
    marker: Json = visit.get("marker", {})
    return marker.get("above_uln")


def marker_state(patient: Json, scope: str, visit: Json) -> str:
    """Return what a marker has to say: nothing, ``CR``, ``NON-CR/NON-PD`` or ``NE``.

    Only one that was raised at baseline speaks, and for the liver only where all
    disease is there (Eisenhauer 2009, 3.2 and 4.3.3).
    """
    if not r.setting(patient, "marker_required_for_cr", True):
        return "CR"
    if scope == r.LIVER and not r.only_in_liver(patient):
        return "CR"
    if raised(r.baseline(patient)) is not True:
        return "CR"
    now = raised(visit)
    return "NE" if now is None else "NON-CR/NON-PD" if now else "CR"


def other_lesion(patient: Json, scope: str, visit: Json, lesion: Json) -> str:
    """Return one of ``gone``, ``there``, ``pd``, ``ne`` for a non-target lesion."""
    finding = visit.get("nontarget", {}).get(lesion["id"], "ne")
    finding = {"state": finding} if isinstance(finding, str) else finding
    state = finding["state"]
    if state == "unequivocal_pd":
        return "pd"
    if state not in ("ne", "merged_into") and "short_axis_mm" in finding:
        return "there" if r.exact(finding["short_axis_mm"]) >= 10 else "gone"
    if state == "merged_into":
        return merged_state(patient, scope, visit, finding)
    return {"absent": "gone", "ne": "ne"}.get(state, "there")


def merged_state(patient: Json, scope: str, visit: Json, finding: Json) -> str:
    """Return what became of a non-target within the lesion it merged with.

    It is not seen in the liver where the whole is a lesion of another organ.
    """
    name = finding.get("merged_into") or finding.get("lesion")
    whole = next(lesion for lesion in patient["lesions"] if lesion["id"] == name)
    if not r.counts(patient, scope, whole):
        return "ne"
    if whole["role"] == "non_target":
        state = other_lesion(patient, scope, visit, whole)
        return "there" if state == "pd" else state
    if r.size_of(patient, r.WHOLE, visit, whole, r.diameter) is None:
        return "ne"
    return "gone" if r.gone(patient, r.WHOLE, visit, whole) else "there"


def other_states(patient: Json, scope: str, visit: Json) -> list[str]:
    """Return what became of each non-target of the scope."""
    others = r.lesions(patient, scope, "non_target")
    return [other_lesion(patient, scope, visit, lesion) for lesion in others]


def non_target(
    patient: Json, scope: str, k: int, had_cr: bool, marker: str = "CR"
) -> str:
    """Return the non-target response (Eisenhauer 2009, 4.3.3 and 4.3.4).

    `marker` is what the tumour marker says, for criteria in which it speaks.
    """
    visit = r.visits(patient)[k]
    states = other_states(patient, scope, visit)
    if not states:
        return "NA"
    if "pd" in states:
        return "PD"
    if had_cr and "there" in states and reappearance_counts(patient):
        return "PD"
    persists = "there" in states or marker == "NON-CR/NON-PD"
    outranks = r.setting(patient, "persisting_outranks_unseen", False)
    if "ne" in states and not (outranks and "there" in states):
        return "NE"
    return "NON-CR/NON-PD" if persists else marker
