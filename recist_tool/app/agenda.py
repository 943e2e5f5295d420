"""What a visit still waits for, and what it begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.model.finding import NewLesionSeen
from recist_tool.terms import LesionRole, NewLesionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.model.case import Case, Read
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion


def expected_lesions(case: Case, read: Read, timepoint_id: str) -> list[Lesion]:
    """Return the lesions without a finding at a visit, in the order of the table.

    A new lesion is expected from the visit on where it was first seen.

    Parameters
    ----------
    case
        Gives the order of the visits.
    read
        Of the reader whose lesions and findings count.
    timepoint_id
        A visit of the case.
    """
    order = [one.timepoint_id for one in case.timepoints]
    at = order.index(timepoint_id)
    return [
        lesion
        for lesion in in_table_order(read.lesions)
        if read.finding(lesion.lesion_id, timepoint_id) is None
        and (lesion.first_seen is None or order.index(lesion.first_seen) <= at)
    ]


def in_table_order(lesions: Iterable[Lesion]) -> list[Lesion]:
    """Return lesions as tables list them: targets, non-targets, new ones.

    Within a role they stay in the order in which they were added.
    """
    order = list(LesionRole)
    return sorted(lesions, key=lambda one: order.index(one.role))


def said_so_far(
    case: Case, read: Read, lesion: Lesion, timepoint_id: str
) -> Finding | None:
    """Return what a new measurement of a lesion at a visit adds to.

    That is what was said there before. A new lesion that was equivocal when it was last
    seen stays so until a reader says otherwise: to measure it again is no progression.

    Parameters
    ----------
    case
        Gives the order of the visits.
    read
        Of the reader who measures.
    timepoint_id
        A visit of the case.
    """
    said = read.finding(lesion.lesion_id, timepoint_id)
    here = case.timepoint(timepoint_id)
    if said is not None or here is None or lesion.role is not LesionRole.NEW:
        return said
    for visit in reversed(case.timepoints[: case.timepoints.index(here)]):
        before = read.finding(lesion.lesion_id, visit.timepoint_id)
        if isinstance(before, NewLesionSeen):
            unsure = before.status is NewLesionStatus.EQUIVOCAL
            return NewLesionSeen(status=before.status) if unsure else None
    return None
