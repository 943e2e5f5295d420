"""Moving a caliper by keys: a burst of presses is one change of the case.

No Qt here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from napari_recist.viewport.annotations.caliper_handles import (
    CaliperHandle,
    CaliperPart,
    pulled,
)
from napari_recist.viewport.image.coordinates import is_inside
from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome
from napari_recist.viewport.mouse.mouse import REACH_PX
from napari_recist.widgets.key_filter import Key
from recist_tool.app import signal
from recist_tool.app.reading import DRAFT, UNFINISHED, require_unsigned
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.measure import shifted

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room
    from napari_recist.viewport.image.coordinates import Pixel
    from recist_tool.measure import PlaneCaliper, Volume

    Move = Callable[[str, PlaneCaliper, Pixel], PlaneCaliper]

DIRECTIONS: Final = {
    "Left": (0.0, -1.0),
    "Right": (0.0, 1.0),
    "Up": (-1.0, 0.0),
    "Down": (1.0, 0.0),
}
"""Rows and columns of one pixel, by the name of the arrow."""

STEPS: Final = {"": ("1 pixel", 1.0), "Shift+": ("0.1 pixel", 0.1)}
DRAWN_LAST: Final = (CaliperPart.LONG_END, 1)
"""The end that is moved where none was taken hold of yet."""


class CaliperNudge:
    """Moves the caliper of the chosen lesion, or one end of it, pixel by pixel.

    What is moved is on the screen at once, and in the case when it comes to rest.

    Attributes
    ----------
    moved
        Emitted at each step: the rest is still to come.
    """

    moved = signal()

    def __init__(self, room: Room) -> None:
        self._room = room
        self._end: tuple[CaliperPart, int] | None = None
        self.keys = [
            *self._keys("Ctrl+", "caliper", self._whole),
            *self._keys("Alt+", "end of the caliper", self._one_end),
        ]
        self._goes_on = {"Escape", *(key.sequence for key in self.keys)}

    def settle(self) -> None:
        """Record what was moved, if anything was."""
        if self._room.tool.is_nudged:
            self._room.tool.rest()

    def settle_before(self, key: Key | None) -> None:
        """Record what was moved before something else happens.

        Parameters
        ----------
        key
            What a key is about to do; None for anything else. More of the same moves
            on, and Escape drops what was moved.
        """
        if key is None or key.sequence not in self._goes_on:
            self.settle()

    def _keys(self, held: str, what: str, move: Move) -> list[Key]:
        return [
            Key(
                f"{held}{finer}{arrow}",
                f"{what} {words} {arrow.lower()}",
                partial(self._nudge, move, (rows * pixels, columns * pixels)),
                repeats=True,
            )
            for finer, (words, pixels) in STEPS.items()
            for arrow, (rows, columns) in DIRECTIONS.items()
        ]

    def _nudge(self, move: Move, by: Pixel) -> None:
        tool, volume = self._room.tool, self._room.pane.volume
        if volume is None or (tool.busy and not tool.is_nudged):
            return
        if not tool.is_nudged:
            self._end = None
        try:
            key, caliper = self._chosen()
            moved = move(key, caliper, by)
        except RecistToolError as error:
            self._room.reading.say(str(error), is_error=True)
            return
        if _lies_on(volume, moved):
            tool.nudge(CaliperOutcome(key, moved))
            self._room.sheet.redraw()
            self.moved.emit()

    def _chosen(self) -> tuple[str, PlaneCaliper]:
        """Return the caliper in hand, or of the chosen lesion, on the slice in view.

        Raises
        ------
        CommandRefused
            Where there is none, or its visit is signed.
        """
        reading, tool = self._room.reading, self._room.tool
        waiting = [one for one in (UNFINISHED, DRAFT) if tool.caliper(one) is not None]
        key = waiting[0] if waiting else reading.chosen().lesion_id
        require_unsigned(reading)
        caliper = tool.caliper(key)
        if caliper is None:
            raise CommandRefused.at(
                key, "has no single caliper on this slice", "Go to it, or draw it"
            )
        return key, caliper

    def _whole(self, _key: str, caliper: PlaneCaliper, by: Pixel) -> PlaneCaliper:
        return shifted(caliper, by)

    def _one_end(self, key: str, caliper: PlaneCaliper, by: Pixel) -> PlaneCaliper:
        spacing = self._room.tool.spacing
        self._end = self._end or self._end_meant(key)
        part, end = self._end
        return pulled(
            CaliperHandle(key, part, end=end, start=(0.0, 0.0), caliper=caliper),
            spacing,
            by,
        )

    def _end_meant(self, key: str) -> tuple[CaliperPart, int]:
        """Return the end under the pointer, else the one taken hold of last."""
        tool, reach_mm = self._room.tool, REACH_PX * self._room.pane.mm_per_px
        pointed = tool.pointer and tool.grip(tool.pointer, reach_mm)
        for grip in (pointed, tool.taken):
            if grip and grip.key == key and grip.part is not CaliperPart.WHOLE:
                return grip.part, grip.end
        return DRAWN_LAST


def _lies_on(volume: Volume, caliper: PlaneCaliper) -> bool:
    ends = (*caliper.long_ends, *(caliper.short_ends or ()))
    return all(is_inside(end, volume) for end in ends)
