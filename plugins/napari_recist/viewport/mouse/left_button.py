"""The left button of a pane: in the hand of the caliper, or of what draws masks."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.mouse.caliper_tool import CaliperTool


class Tool(Protocol):
    """What the left button of a pane can hold."""

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Hear of a press; return whether it meant the tool."""
        ...

    def move(self, at: Pixel) -> bool:
        """Follow the pointer; return whether anything changed on the screen."""
        ...

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Finish what the button held."""
        ...

    def cancel(self) -> bool:
        """Drop what is half done; return whether there was anything."""
        ...


class Hands:
    """Gives the mouse to the caliper, unless another tool was taken up.

    Attributes
    ----------
    other
        The tool for masks that was taken up, or None.
    probe
        The tool for rulers and regions that was taken up, or None.
    """

    def __init__(self, caliper: CaliperTool) -> None:
        self._caliper = caliper
        self.other: Tool | None = None
        self.probe: Tool | None = None

    @property
    def is_in_use(self) -> bool:
        """Whether a press on bare image would draw something."""
        return self._taken_up is not None or self._caliper.armed

    @property
    def _taken_up(self) -> Tool | None:
        return self.other if self.probe is None else self.probe

    @property
    def _held(self) -> Tool:
        return self._taken_up or self._caliper

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Press with the tool in hand."""
        return self._held.press(at, reach_mm)

    def move(self, at: Pixel) -> bool:
        """Move the tool in hand."""
        return self._held.move(at)

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Release the tool in hand."""
        self._held.release(at, reach_mm)

    def cancel(self) -> bool:
        """Drop what either tool has half done."""
        tools = (self._caliper, self.other, self.probe)
        dropped = [one.cancel() for one in tools if one is not None]
        return any(dropped)


class Mode(Enum):
    """What the left button does to masks."""

    OFF = "off"
    FIND = "find"
    ADD = "add"
    ERASE = "erase"

    @property
    def is_brush(self) -> bool:
        """Whether a drag paints."""
        return self in (Mode.ADD, Mode.ERASE)


class MaskToolListener(Protocol):
    """Where a pane's mask tool brings what the mouse does."""

    @property
    def mode(self) -> Mode:
        """What the left button does."""
        ...

    def click(self, at: Pixel, reach_mm: float) -> None:
        """Look for a lesion where the reader clicked in the active pane."""
        ...

    def begin_stroke(self, at: Pixel) -> bool:
        """Begin to paint in the active pane; return whether it can be painted on."""
        ...

    def paint(self, at: Pixel) -> None:
        """Go on painting."""
        ...

    def end_stroke(self) -> None:
        """Keep what was painted."""
        ...

    def drop_stroke(self) -> None:
        """Forget what was painted since the button went down."""
        ...


class MaskTool:
    """One pane's mouse while masks are found or painted.

    Attributes
    ----------
    at
        Where the pointer is, or None before it was seen.
    """

    def __init__(self, desk: MaskToolListener) -> None:
        self._desk = desk
        self._pressed = False
        self.at: Pixel | None = None

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Take every press; a brush begins to paint."""
        self.at = at
        self._pressed = not self._desk.mode.is_brush or self._desk.begin_stroke(at)
        return True

    def move(self, at: Pixel) -> bool:
        """Paint while the button is down; the brush is seen wherever it is."""
        self.at = at
        if self._pressed and self._desk.mode.is_brush:
            self._desk.paint(at)
        return self._desk.mode.is_brush

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Find a lesion there, or keep what was painted."""
        pressed, self._pressed = self._pressed, False
        if not pressed:
            return
        if self._desk.mode.is_brush:
            self._desk.paint(at)
            self._desk.end_stroke()
        else:
            self._desk.click(at, reach_mm)

    def cancel(self) -> bool:
        """Drop the stroke."""
        pressed, self._pressed = self._pressed, False
        if pressed:
            self._desk.drop_stroke()
        return pressed
