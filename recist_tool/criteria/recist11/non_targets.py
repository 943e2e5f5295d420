"""The response of non-target lesions (Eisenhauer 2009, 4.3.3 and 4.3.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.course.checks import host
from recist_tool.criteria.recist11.sums import NORMAL_NODE_MM, diameter, present_again
from recist_tool.model.findings import NonTargetFinding
from recist_tool.terms import Response

if TYPE_CHECKING:
    from recist_tool.criteria.course.course import CourseLesion, View
    from recist_tool.model.findings import FindingsTimepoint
    from recist_tool.model.protocol import Settings

PERSISTS: Final = "present"
GONE: Final = "absent"
PROGRESSED: Final = "unequivocal_pd"
UNSEEN: Final = "ne"
_PLAIN: Final = {
    "present": PERSISTS,
    "increased_not_unequivocal": PERSISTS,
    "absent": GONE,
    "unequivocal_pd": PROGRESSED,
    "ne": UNSEEN,
}


class NonTargets(NamedTuple):
    """What became of the non-targets of a scope at one visit, by name."""

    progressed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    persisting: tuple[str, ...] = ()


NONE_SEEN: Final = NonTargets()


def non_targets(view: View, seen: FindingsTimepoint) -> NonTargets:
    """Return which non-targets progressed, were not seen, or persist at a visit."""
    progressed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    persisting: tuple[str, ...] = ()
    for lesion in view.non_targets:
        state = state_of(view, seen, lesion)
        if state == PERSISTS:
            persisting = (*persisting, lesion.id)
        elif state == UNSEEN:
            unseen = (*unseen, lesion.id)
        elif state == PROGRESSED:
            progressed = (*progressed, lesion.id)
    return NonTargets(progressed, unseen, persisting)


def non_target_response(found: NonTargets, settings: Settings) -> Response:
    """Return the response of non-targets, marker apart.

    PD comes before NE, NE before NON-CR/NON-PD, and that before CR; the setting
    ``persisting_outranks_unseen`` turns the middle two round.
    """
    if found.progressed:
        return Response.PD
    if found.unseen and not (found.persisting and settings.persisting_outranks_unseen):
        return Response.NE
    if found.persisting:
        return Response.NON_CR_NON_PD
    return Response.CR


def state_of(view: View, seen: FindingsTimepoint, lesion: CourseLesion) -> str:
    """Return `PERSISTS`, `GONE`, `PROGRESSED` or `UNSEEN` for one non-target.

    A node is gone below 10 mm short axis, whatever word came with the figure. A lesion
    that merged into another is what that one is: there while it is there.

    Parameters
    ----------
    view
        The lesions that the scope counts: another may have merged into one of them.
    seen
        The findings of the visit.
    lesion
        A non-target of `view`.
    """
    finding = seen.nontarget.get(lesion.id)
    if isinstance(finding, NonTargetFinding):
        return _detailed_state(view, seen, lesion, finding)
    plain = None if finding is None else _PLAIN.get(finding)
    return plain or _merged_state(view, seen, lesion)


def _detailed_state(
    view: View, seen: FindingsTimepoint, lesion: CourseLesion, finding: NonTargetFinding
) -> str:
    state = _PLAIN.get(finding.state)
    if state is None or finding.merged_into is not None:
        return _merged_state(view, seen, lesion)
    if lesion.nodal and finding.short_axis_mm is not None and state in (PERSISTS, GONE):
        return GONE if finding.short_axis_mm < NORMAL_NODE_MM else PERSISTS
    return state


def _merged_state(view: View, seen: FindingsTimepoint, lesion: CourseLesion) -> str:
    into = host(seen, lesion.id)
    if into == lesion.id:
        return UNSEEN
    for other in view.non_targets:
        if other.id == into:
            return state_of(view, seen, other)
    for target in view.targets:
        if target.id == into:
            if diameter(view, seen, target) is None:
                return UNSEEN
            return PERSISTS if target in present_again(view, seen) else GONE
    return UNSEEN
