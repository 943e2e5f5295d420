"""Parts of sentences about non-targets and new lesions that most criteria share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.numbers import listed, millimetres
from recist_tool.criteria.recist11.non_targets import non_targets
from recist_tool.terms import NewLesions, NewLesionStatus, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.criteria.course.course import View
    from recist_tool.model.findings import FindingsTimepoint, NewLesionFinding


def new_lesion_phrase(
    view: View, seen: FindingsTimepoint, answer: NewLesions | None
) -> str:
    """Return which new lesions a visit shows, or nothing.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answer
        What the visit was said to have; None where only its response is known.
    """
    if answer is NewLesions.YES:
        return _named(view.new_at(seen), NewLesionStatus.DEFINITE, "new lesion")
    if answer is NewLesions.EQUIVOCAL:
        kind = "equivocal new lesion"
        text = _named(view.new_at(seen), NewLesionStatus.EQUIVOCAL, kind)
        return f"{text}, not counted until confirmed"
    return ""


def non_target_phrase(
    view: View,
    seen: FindingsTimepoint,
    answer: Response | None,
    cr_at: str | None = None,
) -> str:
    """Return which non-targets progressed or are back after a CR, or nothing.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answer
        Response of the non-targets; None where only that of the visit is known.
    cr_at
        The earlier visit with CR, named where disease is back and none progressed.
    """
    if answer is not Response.PD:
        return ""
    found = non_targets(view, seen)
    if found.progressed:
        return f"{listed(_with_organ(view, found.progressed))} unequivocally progressed"
    return f"{listed(_with_organ(view, found.persisting))} back after CR at {cr_at}"


def unseen_phrase(view: View, seen: FindingsTimepoint, answer: Response | None) -> str:
    """Return which non-targets persist or were not seen, where none progressed.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answer
        Response of the non-targets; None where only that of the visit is known.
    """
    if answer in (None, Response.NA, Response.PD):
        return ""
    found = non_targets(view, seen)
    parts: list[str] = []
    if found.persisting:
        parts.append(f"{listed(_with_organ(view, found.persisting))} still there")
    if found.unseen:
        parts.append(f"{listed(_with_organ(view, found.unseen))} not evaluated")
    return "; ".join(parts) or "all non-targets gone"


def _with_organ(view: View, names: Iterable[str]) -> list[str]:
    organs = {lesion.id: lesion.organ for lesion in view.non_targets}
    return [f"{name} ({organs[name]})" for name in names]


def _named(lesions: list[NewLesionFinding], status: NewLesionStatus, kind: str) -> str:
    named = [
        f"{one.id} ({one.organ}"
        + (")" if one.mm is None else f", {millimetres(one.mm)})")
        for one in lesions
        if one.status is status
    ]
    return f"{kind}{'s' if len(named) > 1 else ''} {listed(named)}"
