"""The caliper tool: from presses, moves and releases to calipers.

It knows neither Qt nor napari nor a case. Two clicks or one drag make a long axis; an
end, a line or a proposed short axis under the pointer is dragged instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.grips import grip_at, pulled
from recist_tool import PlaneCaliper, length_mm, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from napari_recist.coordinates import Pixel, Spacing
    from napari_recist.grips import Grip

NEW = ""
"""Key of the caliper that is being drawn and belongs to no lesion yet."""


class Outcome(NamedTuple):
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

    Attributes
    ----------
    armed
        Whether a press on bare image begins a new caliper.
    draft
        The caliper as it is while the mouse is at work, or None.
    """

    def __init__(
        self,
        drawn: Callable[[Outcome], None],
        chosen: Callable[[str], None],
    ) -> None:
        self._drawn = drawn
        self._chosen = chosen
        self.armed = False
        self.draft: Outcome | None = None
        self._spacing: Spacing = (1.0, 1.0)
        self._calipers: Mapping[str, PlaneCaliper] = {}
        self._proposing: str | None = None
        self._grip: Grip | None = None
        self._begun_at: Pixel | None = None

    def over(
        self,
        spacing: Spacing,
        calipers: Mapping[str, PlaneCaliper],
        proposing: str | None = None,
    ) -> None:
        """Name the calipers on the slice, and the one that shows a proposed axis."""
        self._spacing = spacing
        self._calipers = calipers
        self._proposing = proposing

    @property
    def busy(self) -> bool:
        """Whether a caliper is half drawn or held."""
        return self.draft is not None or self._grip is not None

    def grip(self, at: Pixel, reach_mm: float) -> Grip | None:
        """Return what a press here would take hold of."""
        return grip_at(
            at, self._calipers, self._spacing, reach_mm, proposing=self._proposing
        )

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Begin, or set the second end; return whether the press meant the tool."""
        if self._begun_at is not None:  # the second click of two
            self._stretch(self._begun_at, at)
            return True
        self._grip = self.grip(at, reach_mm)
        if self._grip is None and self.armed:
            self._begun_at = at
            self._stretch(at, at)
        return self.busy

    def move(self, at: Pixel) -> bool:
        """Follow the pointer; return whether anything changed on the screen."""
        if self._begun_at is not None:
            self._stretch(self._begun_at, at)
            return True
        if self._grip is None:
            return False
        self.draft = Outcome(self._grip.key, pulled(self._grip, self._spacing, at))
        return True

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Finish what the button held, unless this was the first click of two."""
        grip = self._grip
        if grip is not None:
            if self.draft or length_mm(self._spacing, grip.start, at) > reach_mm:
                self.move(at)
            self._release_grip(grip)
        elif self._begun_at is not None:
            if length_mm(self._spacing, self._begun_at, at) <= reach_mm:
                return
            done = PlaneCaliper((self._begun_at, at))
            self.cancel()
            self._drawn(Outcome(NEW, done))

    def cancel(self) -> bool:
        """Drop what is half drawn; return whether there was anything."""
        was_busy = self.busy
        self.draft = None
        self._grip = None
        self._begun_at = None
        return was_busy

    def _stretch(self, start: Pixel, to: Pixel) -> None:
        self.draft = Outcome(NEW, PlaneCaliper((start, to)))

    def _release_grip(self, grip: Grip) -> None:
        draft = self.draft
        self.cancel()
        if draft is None:
            self._chosen(grip.key)
            return
        self._drawn(Outcome(grip.key, settled(draft.caliper, self._spacing)))
