"""In which order the visits of a sequential read are signed, recorded at and opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recist_tool.model.case import Case, Read


def visit_to_sign_first(case: Case, read: Read, timepoint_id: str) -> str | None:
    """Return the visit that has to be signed before anything is recorded at another.

    None where nothing has to be: in a read that is not sequential always, in a
    sequential one when every visit before it is signed.

    Parameters
    ----------
    read
        Of the reader who wants to record.
    timepoint_id
        Where to record.
    """
    if not case.protocol.sequential:
        return None
    for visit in case.timepoints:
        if visit.timepoint_id == timepoint_id:
            return None
        if not read.locked(visit.timepoint_id):
            return visit.timepoint_id
    return None


def visit_to_sign_before_opening(
    case: Case, read: Read, timepoint_id: str
) -> str | None:
    """Return the visit that has to be signed before another is looked at.

    A visit that the reader recorded at or signed was seen already: it opens also while
    an earlier one is unlocked, so that both can be corrected.

    Parameters
    ----------
    read
        Of the reader who wants to look.
    timepoint_id
        What to open.
    """
    if timepoint_id in visits_reached(read):
        return None
    return visit_to_sign_first(case, read, timepoint_id)


def visits_reached(read: Read) -> set[str]:
    """Return the visits at which a reader recorded or signed anything."""
    return {
        one.timepoint_id
        for one in (
            *read.findings,
            *read.locks,
            *read.overrides,
            *read.uptake,
            *read.volumes,
            *read.recorded_responses,
        )
    }
