"""What a visit still waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recist_tool.model.case import Case, Read
    from recist_tool.model.lesion import Lesion


def expected_lesions(case: Case, read: Read, timepoint_id: str) -> list[Lesion]:
    """Return the lesions without a finding at a visit.

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
        for lesion in read.lesions
        if read.finding(lesion.lesion_id, timepoint_id) is None
        and (lesion.first_seen is None or order.index(lesion.first_seen) <= at)
    ]
