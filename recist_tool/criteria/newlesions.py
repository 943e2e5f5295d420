"""New lesions, and what a later confirmation makes of earlier visits (4.3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.terms import (
    EquivocalDating,
    NewLesions,
    NewLesionStatus,
    Response,
)

if TYPE_CHECKING:
    from recist_tool.criteria.answer import TimepointResponse
    from recist_tool.criteria.course import Course, View
    from recist_tool.model.findings import FindingsTimepoint, NewLesionFinding

EQUIVOCAL = NewLesionStatus.EQUIVOCAL
DEFINITE = NewLesionStatus.DEFINITE


def new_lesions(view: View, seen: FindingsTimepoint) -> NewLesions:
    """Return whether a visit shows new lesions that the scope counts."""
    answer = NewLesions.NO
    for lesion in view.new_at(seen):
        if lesion.status is DEFINITE:
            return NewLesions.YES
        if lesion.status is EQUIVOCAL:
            answer = NewLesions.EQUIVOCAL
    return answer


def restated(
    course: Course, view: View, answers: dict[str, TimepointResponse]
) -> dict[str, TimepointResponse]:
    """Return the answers with PD dated back to where a new lesion first showed.

    A lesion that is definite at one visit makes every earlier visit PD at which it was
    equivocal, and the visit that it names as ``first_seen``. The response as read
    stays beside it.
    """
    if course.settings.equivocal_dating is EquivocalDating.AS_READ:
        return answers
    for place, visit in enumerate(course.follow_ups):
        for lesion in visit.seen.new:
            if lesion.status is DEFINITE and view.counts_new(lesion):
                for name in _shown_before(course, place, lesion):
                    if answers[name].overall is not Response.PD:
                        answers[name] = answers[name]._replace(
                            restated_overall=Response.PD
                        )
    return answers


def _shown_before(course: Course, place: int, lesion: NewLesionFinding) -> list[str]:
    """Return the visits before `place` that showed the lesion, in hindsight."""
    return [
        earlier.id
        for earlier in course.follow_ups[:place]
        if earlier.id == lesion.first_seen
        or any(
            one.id == lesion.id and one.status is EQUIVOCAL for one in earlier.seen.new
        )
    ]
