"""Which visit hangs in which pane: baseline, nadir, prior and current, without Qt."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.reading.current_read import CurrentRead


class Plane(Enum):
    """How a series is looked at."""

    ACQUIRED = "as acquired"
    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    PROJECTION = "MIP"


COUNTS = (1, 2, 4)
"""How many panes there can be."""


class VisitPlace(Enum):
    """What a visit is to the one that is read."""

    BASELINE = "baseline"
    NADIR = "nadir"
    PRIOR = "prior"
    CURRENT = "current"
    PRESENT = "current, more"
    FOLLOWING = "current, chosen"
    CHOSEN = ""


class DisplaySet(NamedTuple):
    """What hangs in a pane.

    Attributes
    ----------
    series_key
        Which series of the visit; empty for the one that the visit is read on.
    place
        `CHOSEN` where the reader hung another visit: it stays when the next visit is
        opened. `FOLLOWING` where more of the current visit was hung: then the same of
        the next visit hangs there.
    """

    timepoint_id: str = ""
    series_key: str = ""
    plane: Plane = Plane.ACQUIRED
    place: VisitPlace = VisitPlace.CHOSEN


def compared(
    count: int, visits: Sequence[str], current: str, nadir: str | None
) -> list[DisplaySet]:
    """Return the visits to hang beside the current one, in the order of time.

    Two panes compare with baseline; four with baseline, nadir and prior, each visit
    once. There may be fewer than `count` - 1.

    >>> [one.timepoint_id for one in compared(4, ["BL", "A", "B", "C"], "C", "A")]
    ['BL', 'A', 'B']
    >>> [one.timepoint_id for one in compared(4, ["BL", "A"], "A", "BL")]
    ['BL']

    Parameters
    ----------
    count
        Panes there are, with the one of the current visit.
    visits
        In the order of time, the first one baseline.
    current
        The visit that is read; where it is not among `visits`, or is the first, nothing
        is compared.
    nadir
        Visit of the smallest sum so far; None where there is none.
    """
    if current not in visits:
        return []
    at = visits.index(current)
    if not at:
        return []
    wanted = [(visits[0], VisitPlace.BASELINE)]
    if nadir in visits[:at]:
        wanted.append((str(nadir), VisitPlace.NADIR))
    wanted.append((visits[at - 1], VisitPlace.PRIOR))
    once: dict[str, VisitPlace] = {}
    for visit, place in wanted:
        once.setdefault(visit, place)
    order = sorted(once, key=list(visits).index)
    return [DisplaySet(visit, place=once[visit]) for visit in order][: count - 1]


def place_of(visits: Sequence[str], visit: str, current: str) -> VisitPlace:
    """Return what a visit is beside the current one, as far as its date says it.

    Parameters
    ----------
    visits
        In the order of time, the first one baseline.
    current
        The visit that is read.
    """
    if visit == current:
        return VisitPlace.CURRENT
    if visits and visit == visits[0]:
        return VisitPlace.BASELINE
    return VisitPlace.CHOSEN


def nadir_of(reading: CurrentRead, timepoint_id: str) -> str | None:
    """Return the visit whose sum of diameters is the nadir of another; None without."""
    session = reading.session
    assessment = None if session is None else session.assessment
    if assessment is None:
        return None
    answer = assessment.overall.timepoints.get(timepoint_id)
    return None if answer is None else answer.nadir_at
