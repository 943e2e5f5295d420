"""The caliper tool: from presses, moves and releases to calipers.

It knows neither Qt nor napari nor a case. Two clicks or one drag make a long axis; an
end, a line or a proposed short axis under the pointer is dragged instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.viewport.annotations.caliper_handles import (
    CaliperPart,
    grip_at,
    pulled,
    with_short_axis,
)
from recist_tool.measure import PlaneCaliper, length_mm, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from napari_recist.viewport.annotations.caliper_handles import CaliperHandle
    from napari_recist.viewport.image.coordinates import Pixel, Spacing

NEW = ""
"""Key of the caliper that is being drawn and belongs to no lesion yet."""

STILL = 1 / 3
"""Of its reach: a hand that took a caliper and moves less than this only chooses it."""


MISSED = 2
"""Reaches within which an end was meant, and missed."""

SLIP = 1 / 2
"""Of its reach: a second click that moves more than this is a drag of its own."""


class CaliperOutcome(NamedTuple):
    """What the tool tells when a caliper was drawn or changed.

    Attributes
    ----------
    key
        The caliper that was changed; `NEW` for one just drawn.
    """

    key: str
    caliper: PlaneCaliper


class CaliperTool:
    """Draws and changes the calipers of one slice.

    Parameters
    ----------
    drawn
        Called when a caliper is complete or was changed.
    chosen
        Called with a key when a caliper was clicked, not dragged.
    missed
        Called with the key of a caliper whose end was missed by little: a caliper that
        began there would be another lesion by accident.

    Attributes
    ----------
    armed
        Whether a press on bare image begins a new caliper.
    spacing
        Distance between rows, between columns of the slice, mm.
    draft
        The caliper as it is while the mouse or the keys are at work, or None.
    taken
        What was taken hold of last.
    pointer
        Where the pointer was seen last.
    is_nudged
        Whether the draft is moved by keys, and has not come to rest.
    """

    def __init__(
        self,
        drawn: Callable[[CaliperOutcome], None],
        chosen: Callable[[str], None],
        missed: Callable[[str], None] = lambda key: None,
    ) -> None:
        self._drawn = drawn
        self._chosen = chosen
        self._missed = missed
        self.armed = False
        self.draft: CaliperOutcome | None = None
        self.taken: CaliperHandle | None = None
        self.pointer: Pixel | None = None
        self.is_nudged = False
        self.spacing: Spacing = (1.0, 1.0)
        self._calipers: Mapping[str, PlaneCaliper] = {}
        self._proposing: str | None = None
        self._grip: CaliperHandle | None = None
        self._still_mm = self._slip_mm = 0.0
        self._begun_at: Pixel | None = None
        self._again_at: Pixel | None = None

    def over(
        self,
        spacing: Spacing,
        calipers: Mapping[str, PlaneCaliper],
        proposing: str | None = None,
    ) -> None:
        """Name the calipers on the slice, and the one that shows a proposed axis.

        Parameters
        ----------
        calipers
            By lesion ID: row, column of their ends.
        proposing
            Key of the one whose short axis is only proposed; None where none is.
        """
        self.spacing = spacing
        self._calipers = calipers
        self._proposing = proposing

    @property
    def busy(self) -> bool:
        """Whether a caliper is half drawn or held."""
        return self.draft is not None or self._grip is not None

    def grip(self, at: Pixel, reach_mm: float) -> CaliperHandle | None:
        """Return what a press here would take hold of."""
        return grip_at(
            at, self._calipers, self.spacing, reach_mm, proposing=self._proposing
        )

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Begin, or set the second end; return whether the press meant the tool."""
        if self._begun_at is not None:  # the second click of two, or a drag of its own
            self._again_at, self._slip_mm = at, SLIP * reach_mm
            self._stretch(self._begun_at, at)
            return True
        self._grip = self.grip(at, reach_mm)
        is_proposed = self._grip is not None and self._grip.is_proposed
        self._still_mm = 0.0 if is_proposed else STILL * reach_mm
        if self._grip is None and self.armed:
            near = self.grip(at, MISSED * reach_mm)
            if near is not None and near.part is not CaliperPart.WHOLE:
                self._missed(near.key)
                return True
            self._begun_at = at
            self._stretch(at, at)
        return self.busy

    def move(self, at: Pixel) -> bool:
        """Follow the pointer; return whether anything changed on the screen."""
        self.pointer = at
        self._begin_where_the_drag_does(at)
        if self._begun_at is not None:
            self._stretch(self._begun_at, at)
            return True
        if self._grip is None or self._rests(self._grip, at):
            return False
        self.draft = CaliperOutcome(
            self._grip.key, pulled(self._grip, self.spacing, at)
        )
        return True

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Finish what the button held, unless this was the first click of two."""
        grip = self._grip
        if grip is not None:
            if not self.move(at) and grip.is_proposed:  # as it is, it will do
                self.draft = CaliperOutcome(
                    grip.key, with_short_axis(grip.caliper, self.spacing)
                )
            self._release_grip(grip)
            return
        self._begin_where_the_drag_does(at)
        self._again_at = None
        if self._begun_at is not None:
            if length_mm(self.spacing, self._begun_at, at) <= reach_mm:
                return
            done = PlaneCaliper((self._begun_at, at))
            self.cancel()
            self._drawn(CaliperOutcome(NEW, done))

    def cancel(self) -> bool:
        """Drop what is half drawn; return whether there was anything."""
        was_busy = self.busy
        self.draft = None
        self._grip = None
        self._begun_at = self._again_at = None
        self.is_nudged = False
        return was_busy

    def caliper(self, key: str) -> PlaneCaliper | None:
        """Return a caliper of the slice as it is now; None where it cannot be taken."""
        if self.draft is not None and self.draft.key == key:
            return self.draft.caliper
        return self._calipers.get(key)

    def nudge(self, outcome: CaliperOutcome) -> None:
        """Show a caliper that keys moved; it is told once it comes to rest."""
        self.draft = outcome
        self.is_nudged = True

    def rest(self) -> None:
        """Tell what keys moved."""
        draft = self.draft
        self.cancel()
        if draft is not None:
            self._drawn(CaliperOutcome(draft.key, settled(draft.caliper, self.spacing)))

    def _begin_where_the_drag_does(self, at: Pixel) -> None:
        """Forget a first click that waits once the button is held for a drag."""
        again = self._again_at
        if again is not None and length_mm(self.spacing, again, at) > self._slip_mm:
            self._begun_at, self._again_at = again, None

    def _stretch(self, start: Pixel, to: Pixel) -> None:
        self.draft = CaliperOutcome(NEW, PlaneCaliper((start, to)))

    def _rests(self, grip: CaliperHandle, at: Pixel) -> bool:
        """Return whether a hand that took a grip has only trembled since."""
        moved_mm = length_mm(self.spacing, grip.start, at)
        return self.draft is None and moved_mm <= self._still_mm

    def _release_grip(self, grip: CaliperHandle) -> None:
        self.taken = grip
        if self.draft is None:
            self.cancel()
            self._chosen(grip.key)
        else:
            self.rest()
