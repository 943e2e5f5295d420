"""What a radiologist finds in a synthetic patient, in the order in which it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool import PlaneCaliper
from recist_tool.phantom import State

if TYPE_CHECKING:
    from recist_tool import LesionRole, Volume
    from recist_tool.phantom import CaliperTruth, LesionTruth, TimepointTruth, Truth

Pixel = tuple[float, float]
"""Row, column."""

Ends = tuple[Pixel, Pixel]


class Look(NamedTuple):
    """One lesion at one visit, as it should be read.

    Attributes
    ----------
    truth
        The caliper on its slice; None where the lesion is gone.
    """

    lesion_id: str
    timepoint_id: str
    role: LesionRole
    organ: str
    nodal: bool
    state: State
    truth: CaliperTruth | None

    @property
    def is_new(self) -> bool:
        return self.state is State.NEW

    def slice_index(self, volume: Volume) -> int:
        assert self.truth is not None
        return volume.sop_instance_uids.index(self.truth.sop_instance_uid)

    @property
    def caliper(self) -> PlaneCaliper:
        """What is drawn: of a node both axes, of anything else the long one."""
        assert self.truth is not None
        long_ends = _swapped(self.truth.long_ends_pixel)
        short_ends = _swapped(self.truth.short_ends_pixel) if self.nodal else None
        return PlaneCaliper(long_ends, short_ends)


def looks_at(visit: TimepointTruth) -> list[Look]:
    """Return the lesions of a visit in the order of their names; new ones last."""
    return [_look(visit, lesion) for lesion in visit.lesions]


def plan(truth: Truth) -> dict[str, list[Look]]:
    """Return what is found, by visit."""
    return {visit.timepoint_id: looks_at(visit) for visit in truth.timepoints}


def every_look(truth: Truth) -> list[Look]:
    """Return what is found at all visits."""
    return [look for looks in plan(truth).values() for look in looks]


def _look(visit: TimepointTruth, lesion: LesionTruth) -> Look:
    return Look(
        lesion.lesion_id,
        visit.timepoint_id,
        lesion.role,
        lesion.organ,
        lesion.nodal,
        lesion.state,
        lesion.caliper,
    )


def _swapped(ends: Ends) -> Ends:
    (a, b), (c, d) = ends
    return (b, a), (d, c)
