"""Moving the ends of a drawn caliper to the border under them, when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.viewport.mouse.mask_edit import made_here
from recist_tool.app.reading import with_caliper
from recist_tool.errors import CommandRefused
from recist_tool.measure import as_record, from_record, snap_caliper
from recist_tool.model import MeasuringMethod, caliper_of

if TYPE_CHECKING:
    from napari_recist.room.room import Room
    from recist_tool.measure import PlacedCaliper, Snapped, Volume
    from recist_tool.model import Caliper, Provenance

ENDS = ("long_start", "long_end", "short_start", "short_end")


def snap(room: Room) -> None:
    """Snap the caliper of the chosen lesion at the open visit, and record it.

    Raises
    ------
    RecistToolError
        Where there is no caliper drawn by hand, or no clear border near an end; the
        caliper stays as it was then.
    """
    reading = room.reading
    lesion, timepoint_id = reading.chosen(), reading.open_visit_id()
    session = reading.open_session()
    old = session.read.finding(lesion.lesion_id, timepoint_id)
    caliper = caliper_of(old)
    if session.read.mask(lesion.lesion_id, timepoint_id) is not None:
        raise CommandRefused.at(
            lesion.lesion_id,
            "its caliper comes from its mask",
            "Change the mask with the brush",
        )
    volume, placed = _placed(room, lesion.lesion_id, caliper)
    snapped = snap_caliper(volume, placed.slice_index, placed.caliper)
    decimals = session.case.protocol.diameter_decimals
    record = as_record(volume, placed.slice_index, snapped.caliper, decimals)
    record = record.replaced(provenance=_how(snapped))
    finding = with_caliper(lesion.role, record, old)
    session.record(lesion.lesion_id, timepoint_id, finding)
    reading.say(f"{lesion.lesion_id} is snapped: {_moved_words(snapped)}.")


def _placed(
    room: Room, lesion_id: str, caliper: Caliper | None
) -> tuple[Volume, PlacedCaliper]:
    """Return the caliper on the series of the active pane."""
    volume = room.pane.acquired
    placed = from_record(volume, caliper) if volume and caliper else None
    if volume is None or placed is None:
        raise CommandRefused.at(
            lesion_id,
            "has no single caliper on the series in this pane",
            "Draw one, or show the series it was drawn on",
        )
    return volume, placed


def _how(snapped: Snapped) -> Provenance:
    moved = dict(zip(ENDS, snapped.moved_mm, strict=False))
    parameters = {f"{end}_moved_mm": by for end, by in moved.items()}
    return made_here(MeasuringMethod.SNAPPED, "steepest_border", **parameters)


def _moved_words(snapped: Snapped) -> str:
    moved = ", ".join(f"{by:+.1f}" for by in snapped.moved_mm)
    return f"its ends moved by {moved} mm (outwards is +)"
