"""New lesions, and what a later confirmation makes of earlier visits (4.3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.answer.answer import Message
from recist_tool.terms import (
    EquivocalDating,
    MessageLevel,
    NewLesions,
    NewLesionStatus,
    Response,
)

if TYPE_CHECKING:
    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
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
    equivocal, and the visit that it names as ``first_seen``, since the last visit at
    which it had resolved. The response as read stays beside it.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answers
        As read, by visit ID; changed in place.
    """
    if course.settings.equivocal_dating is EquivocalDating.AS_READ:
        return answers
    for place, visit in enumerate(course.follow_ups):
        if not visit.shows_new:
            continue
        for lesion in visit.seen.new:
            if lesion.status is DEFINITE and view.counts_new(lesion):
                for name in _shown_before(course, place, lesion):
                    if answers[name].overall is not Response.PD:
                        answers[name] = answers[name]._replace(
                            restated_overall=Response.PD
                        )
    return answers


def _shown_before(course: Course, place: int, lesion: NewLesionFinding) -> list[str]:
    """Return the visits before `place` that showed the lesion, in hindsight.

    Not beyond a visit at which it had resolved: what was there before was none.
    """
    earlier = course.follow_ups[since_resolved(course, place, lesion.id) : place]
    return [
        visit.id
        for visit in earlier
        if visit.id == lesion.first_seen
        or any(
            one.id == lesion.id and one.status is EQUIVOCAL for one in visit.seen.new
        )
    ]


def since_resolved(course: Course, place: int, lesion_id: str) -> int:
    """Return the place after the last visit before `place` that resolved a lesion.

    0 where none did.

    Parameters
    ----------
    place
        Index among ``course.follow_ups``, that visit not included.
    """
    resolved = [
        at
        for at, visit in enumerate(course.follow_ups[:place], start=1)
        if any(
            one.id == lesion_id and one.status is NewLesionStatus.RESOLVED
            for one in visit.seen.new
        )
    ]
    return resolved[-1] if resolved else 0


def back_after_resolving(course: Course, view: View) -> list[Message]:
    """Ask about new lesions that are definite after they had resolved."""
    messages: list[Message] = []
    for place, visit in enumerate(course.follow_ups):
        for lesion in visit.seen.new:
            if lesion.status is not DEFINITE or not view.counts_new(lesion):
                continue
            since = since_resolved(course, place, lesion.id)
            between = course.follow_ups[since:place]
            if since and not any(_definite(one, lesion.id) for one in between):
                gone = course.follow_ups[since - 1].id
                text = f"{lesion.id} had resolved at {gone} and is definite now: is it "
                text += "the same lesion? PD is not dated back over that visit"
                level = MessageLevel.QUERY
                code = "resolved-then-definite"
                messages.append(
                    Message(
                        level, code, text=text, lesion=lesion.id, timepoint=visit.id
                    )
                )
    return messages


def _definite(visit: CourseVisit, lesion_id: str) -> bool:
    return any(one.id == lesion_id and one.status is DEFINITE for one in visit.seen.new)
