"""What is said of a lesion without a caliper: which words fit where. No Qt here.

Every word acts upon one lesion, the chosen one, and leaves all others alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from recist_tool.app.agenda import said_so_far
from recist_tool.errors import CommandRefused
from recist_tool.model.commands.lesions import partners
from recist_tool.model.finding import NewLesionSeen, NonTargetSeen
from recist_tool.terms import LesionRole, NewLesionStatus, NonTargetStatus

if TYPE_CHECKING:
    from recist_tool.model.case import Case, Read
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion


class State(StrEnum):
    """One word for what became of a lesion."""

    PRESENT = "present"
    GONE = "gone"
    TOO_SMALL = "too small"
    LARGER = "larger"
    PROGRESSION = "PD"
    DEFINITE = "definite"
    EQUIVOCAL = "equivocal"
    RESOLVED = "resolved"
    NOT_EVALUABLE = "not evaluable"
    MERGED = "merged"
    SPLIT = "split"


_OF_ROLE: Final = {
    LesionRole.TARGET: frozenset(
        {
            State.GONE,
            State.TOO_SMALL,
            State.NOT_EVALUABLE,
            State.MERGED,
            State.SPLIT,
        }
    ),
    LesionRole.NON_TARGET: frozenset(
        {
            State.PRESENT,
            State.GONE,
            State.LARGER,
            State.PROGRESSION,
            State.NOT_EVALUABLE,
            State.MERGED,
        }
    ),
    LesionRole.NEW: frozenset(
        {State.PRESENT, State.DEFINITE, State.EQUIVOCAL, State.RESOLVED}
    ),
}
_AT_BASELINE: Final = {
    LesionRole.TARGET: frozenset({State.SPLIT}),
    LesionRole.NON_TARGET: _OF_ROLE[LesionRole.NON_TARGET]
    - {State.LARGER, State.PROGRESSION},
    LesionRole.NEW: frozenset[State](),
}
"""A baseline has nothing to be compared with, and a target is measured there."""

_NON_TARGET: Final = {
    State.LARGER: NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL,
    State.PROGRESSION: NonTargetStatus.UNEQUIVOCAL_PD,
}
_NEW: Final = {
    State.DEFINITE: NewLesionStatus.DEFINITE,
    State.EQUIVOCAL: NewLesionStatus.EQUIVOCAL,
    State.RESOLVED: NewLesionStatus.RESOLVED,
}
_SURE: Final = NewLesionSeen(status=NewLesionStatus.DEFINITE)


def states_of(role: LesionRole, *, at_baseline: bool) -> frozenset[State]:
    """Return what can be said of a lesion of that role.

    >>> sorted(states_of(LesionRole.NEW, at_baseline=True))
    []
    """
    return (_AT_BASELINE if at_baseline else _OF_ROLE)[role]


def require_state(lesion: Lesion, state: State, *, at_baseline: bool) -> None:
    """Refuse what cannot be said of a lesion.

    Parameters
    ----------
    state
        What is to be said.
    at_baseline
        Whether the visit is the first.

    Raises
    ------
    CommandRefused
        Naming the lesion, and where the word would fit.
    """
    if state in states_of(lesion.role, at_baseline=at_baseline):
        return
    role = lesion.role.value.replace("_", "-")
    if state in _OF_ROLE[lesion.role]:
        raise CommandRefused.at(
            lesion.lesion_id,
            f"a {role} lesion cannot be '{state}' at baseline: there is no visit "
            "before it",
            "Say it at a follow-up",
        )
    raise CommandRefused.at(
        lesion.lesion_id,
        f"a {role} lesion cannot be '{state}'",
        "Change its role first, or say what fits",
    )


def merged_before(case: Case, read: Read, lesion_id: str, at: str) -> list[str]:
    """Return the lesions that one was merged with when it was last seen.

    Parameters
    ----------
    case, read
        Order of the visits, and what was found.
    at
        The visit before which is looked.
    """
    order = [one.timepoint_id for one in case.timepoints]
    for visit in reversed(order[: order.index(at)]):
        here = [one for one in read.findings if one.timepoint_id == visit]
        pairs = [
            (one.lesion_id, other) for one in here for other in partners(one.finding)
        ]
        own = [pair for pair in pairs if lesion_id in pair]
        if own or any(one.lesion_id == lesion_id for one in here):
            others = (one for pair in own for one in pair if one != lesion_id)
            return list(dict.fromkeys(others))
    return []


def seen_as(lesion: Lesion, state: State, case: Case, read: Read, at: str) -> Finding:
    """Return the finding of a lesion that is there, as a word says it.

    Its caliper and its figures stay; of a new lesion that is merely *present*, so does
    whether it is definite or equivocal, as said here or last before.

    Parameters
    ----------
    lesion
        A non-target or a new lesion.
    state
        A word that is said of one that is there, or *resolved*.
    case, read
        Order of the visits, and what was found.
    at
        The visit.
    """
    said = said_so_far(case, read, lesion, at)
    if lesion.role is LesionRole.NON_TARGET:
        seen = said if isinstance(said, NonTargetSeen) else NonTargetSeen()
        return seen.replaced(status=_NON_TARGET.get(state, NonTargetStatus.PRESENT))
    seen = said if isinstance(said, NewLesionSeen) else _SURE
    if state is State.PRESENT and seen.status is NewLesionStatus.RESOLVED:
        seen = seen.replaced(status=NewLesionStatus.DEFINITE)
    return seen.replaced(status=_NEW.get(state, seen.status))
