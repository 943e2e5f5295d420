"""What a radiologist finds in a patient, in the order in which it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import TypeAdapter

from recist_tool.measure import PlaneCaliper
from recist_tool.phantom import LesionState
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.measure import Volume
    from recist_tool.phantom import CaliperTruth, LesionTruth, TimepointTruth, Truth

Pixel = tuple[float, float]
"""Row, column."""

Ends = tuple[Pixel, Pixel]


class Look(NamedTuple):
    """One lesion at one visit, as it should be read.

    Attributes
    ----------
    image_uid
        Of the slice on which it is measured; empty where the lesion is gone.
    caliper
        What is drawn there: of a node both axes, of anything else the long one.
    """

    lesion_id: str
    timepoint_id: str
    role: LesionRole
    organ: str
    state: LesionState
    image_uid: str = ""
    caliper: PlaneCaliper | None = None
    nodal: bool = False

    @property
    def is_new(self) -> bool:
        return self.state is LesionState.NEW

    def slice_index(self, volume: Volume) -> int:
        return volume.sop_instance_uids.index(self.image_uid)


Plan = dict[str, list[Look]]
"""What is found, by visit."""

_PLAN = TypeAdapter(Plan)


def plan_of(truth: Truth) -> Plan:
    """Return what is found in a synthetic patient; new lesions come last."""
    return {
        visit.timepoint_id: [_look(visit, lesion) for lesion in visit.lesions]
        for visit in truth.timepoints
    }


def _look(visit: TimepointTruth, lesion: LesionTruth) -> Look:
    known = lesion.caliper
    return Look(
        lesion.lesion_id,
        visit.timepoint_id,
        lesion.role,
        lesion.organ,
        lesion.state,
        known.sop_instance_uid if known else "",
        _drawn(known, nodal=lesion.nodal) if known else None,
        lesion.nodal,
    )


def _drawn(known: CaliperTruth, *, nodal: bool) -> PlaneCaliper:
    short_ends = _swapped(known.short_ends_pixel) if nodal else None
    return PlaneCaliper(_swapped(known.long_ends_pixel), short_ends)


def _swapped(ends: Ends) -> Ends:
    (a, b), (c, d) = ends
    return (b, a), (d, c)


def save_plan(plan: Plan, path: Path) -> None:
    """Write a plan for a read in another process."""
    path.write_bytes(_PLAN.dump_json(plan))


def load_plan(path: Path) -> Plan:
    """Return a plan as it was written."""
    return _PLAN.validate_json(path.read_bytes())
