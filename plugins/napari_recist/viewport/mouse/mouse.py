"""The mouse over a pane: slices, zoom, pan, window and level, and the caliper tool.

wheel = slice, Ctrl+wheel = zoom, right-drag = window and level, middle-drag = pan;
the left button belongs to the tool in hand, and pans where that has no use for it.
Shift+wheel scrolls a linked pane alone; Alt+wheel blends a fused PET, and
Shift+right-drag sets its window. Shift+click finds the same point in the other panes,
Ctrl+drag scrolls through the whole series, a right click asks for a menu, and a double
click makes the pane fill the wall.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from recist_tool.app.reading import dragged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.mouse.left_button import Tool
    from napari_recist.viewport.viewport import Viewport

REACH_PX = 9.0
"""How near to an end or line a press must be to take it."""

STILL_PX = 3.0
"""A right button that moved no farther was a click."""

ZOOM_STEP = 1.15
BLEND_STEP = 0.1

LISTS = (
    "mouse_wheel_callbacks",
    "mouse_drag_callbacks",
    "mouse_move_callbacks",
    "mouse_double_click_callbacks",
)


class Button(IntEnum):
    """Mouse buttons as napari numbers them."""

    LEFT = 1
    RIGHT = 2
    MIDDLE = 3


class MouseListener(Protocol):
    """What a pane's mouse tells: it is used, or one pane alone is scrolled."""

    def pressed(self) -> None:
        """Hear that a button went down in the pane."""
        ...

    def may_draw(self, at: Pixel, reach_mm: float) -> bool:
        """Return whether the left button draws in the pane; else say why."""
        ...

    def pointed(self) -> None:
        """Hear that the pointer is over the pane."""
        ...

    def step_alone(self, slices: int) -> None:
        """Scroll the pane without those linked to it."""
        ...

    @property
    def finds_points(self) -> bool:
        """Whether a click finds the same point in the other panes."""
        ...

    def find_point(self, at: Pixel) -> None:
        """Find a point of the pane in the others."""
        ...

    def ask(self, at: Pixel) -> None:
        """Ask what can be done at a point of the pane."""
        ...

    def enlarge(self) -> None:
        """Let the pane fill the wall, or no longer."""
        ...


class ViewportMouse:
    """Takes over the mouse of a pane while it reads, and gives it back.

    Parameters
    ----------
    redraw
        Called when the tool changed what is on the screen.
    hearer
        Told of what the mouse does beyond this pane.
    """

    def __init__(
        self,
        pane: Viewport,
        tool: Tool,
        redraw: Callable[[], None],
        hearer: MouseListener,
    ) -> None:
        self._pane = pane
        self._tool = tool
        self._redraw = redraw
        self._hearer = hearer
        self._turned = 0.0
        self._kept: dict[str, list[Any]] = {}

    def attach(self) -> None:
        """Take the mouse; what napari did with it before is kept aside."""
        own = (self._on_wheel, self._on_press, self._on_move, self._on_double_click)
        for name, callback in zip(LISTS, own, strict=True):
            callbacks = getattr(self._pane.viewer, name)
            self._kept[name] = list(callbacks)
            callbacks[:] = [callback]

    def detach(self) -> None:
        """Give the mouse back."""
        for name, callbacks in self._kept.items():
            getattr(self._pane.viewer, name)[:] = callbacks
        self._kept.clear()

    def _on_wheel(self, _viewer: Any, event: Any) -> None:
        if self._pane.volume is None:
            return
        event.handled = True
        if "Control" in event.modifiers:
            self._zoom(event.position, ZOOM_STEP ** float(event.delta[1]))
            return
        if "Alt" in event.modifiers:  # Qt turns the wheel sideways with Alt held
            self._pane.fused.blend += BLEND_STEP * float(sum(event.delta))
            return
        self._turned += float(sum(event.delta))
        steps = int(self._turned)
        self._turned -= steps
        if steps and "Shift" in event.modifiers:
            self._hearer.step_alone(steps)
        elif steps:
            self._pane.step(steps)

    def _zoom(self, about: Any, factor: float) -> None:
        """Zoom and keep what is under the pointer where it is."""
        camera = self._pane.viewer.scene.camera
        pointer = np.asarray(self._pane.display.seen(tuple(about[-3:])))
        centre = np.asarray(camera.center[-2:])
        camera.zoom *= factor
        camera.center = (0.0, *(pointer + (centre - pointer) / factor))

    def _on_press(self, _viewer: Any, event: Any) -> Generator[None]:
        if self._pane.volume is None:
            return
        event.handled = True
        self._hearer.pressed()
        at = self._pane.pixel(event.position)
        if event.button == Button.LEFT and self._is_to_find(event) and at is not None:
            self._hearer.find_point(at)
        elif event.button == Button.LEFT and "Control" in event.modifiers:
            yield from self._scroll(event)
        elif event.button == Button.RIGHT and "Shift" in event.modifiers:
            yield from self._set_fused_window(event)
        elif event.button == Button.RIGHT:
            yield from self._set_window(event)
        elif event.button == Button.MIDDLE or not self._press_tool(event):
            yield from self._pan(event)
        else:
            yield from self._draw(event)

    def _on_double_click(self, _viewer: Any, event: Any) -> None:
        """Take the second press of a double click as the click that it is.

        Where no tool has a use for it, the pane fills the wall.
        """
        if event.button != Button.LEFT or event.modifiers or self._hearer.finds_points:
            return
        if self._press_tool(event):
            self._finish(event)
        else:
            self._hearer.enlarge()

    def _is_to_find(self, event: Any) -> bool:
        return self._hearer.finds_points or "Shift" in event.modifiers

    def _on_move(self, _viewer: Any, event: Any) -> None:
        self._hearer.pointed()
        at = self._pane.pixel(event.position)
        self._pane.point(at)
        if at is not None and self._tool.move(at):
            self._redraw()

    def _press_tool(self, event: Any) -> bool:
        at = self._pane.pixel(event.position)
        if event.button != Button.LEFT or at is None or not self._pane.can_measure:
            return False
        reach_mm = REACH_PX * self._pane.mm_per_px
        return self._hearer.may_draw(at, reach_mm) and self._tool.press(at, reach_mm)

    def _draw(self, event: Any) -> Generator[None]:
        self._redraw()
        yield
        while event.type == "mouse_move":
            self._on_move(None, event)
            yield
        self._finish(event)

    def _finish(self, event: Any) -> None:
        at = self._pane.pixel(event.position)
        if at is None:
            self._tool.cancel()
        else:
            self._tool.release(at, REACH_PX / 2 * self._pane.mm_per_px)
        self._redraw()

    def _set_window(self, event: Any) -> Generator[None]:
        """Drag the grey values; a click that goes nowhere asks for the menu."""
        start, window = np.array(event.pos), self._pane.window
        place = self._pane.pixel(event.position)
        farthest = 0.0
        yield
        for right, down in _moves(event, start):
            farthest = max(farthest, abs(right), abs(down))
            if farthest > STILL_PX:
                self._pane.window = dragged(window, right, down)
            elif event.type != "mouse_move" and place is not None:
                self._hearer.ask(place)
            yield

    def _scroll(self, event: Any) -> Generator[None]:
        """Scroll by a drag: the height of the pane is the whole series."""
        start, first = np.array(event.pos), self._pane.slice_index
        volume = self._pane.volume
        slices = 0 if volume is None else len(volume.voxels)
        tall = max(float(self._pane.viewer.canvas.size[0]), 1.0)
        yield
        for _, down in _moves(event, start):
            self._pane.go_to(first + round(down / tall * slices))
            yield

    def _set_fused_window(self, event: Any) -> Generator[None]:
        start, window = np.array(event.pos), self._pane.fused.window
        yield
        for right, down in _moves(event, start):
            self._pane.fused.window = dragged(window, right, down)
            yield

    def _pan(self, event: Any) -> Generator[None]:
        camera = self._pane.viewer.scene.camera
        start, centre = np.array(event.pos), np.array(camera.center[-2:])
        display = self._pane.display
        signs = np.array([display.down[1], display.right[1]])
        yield
        for right, down in _moves(event, start):
            moved = centre - signs * np.array([down, right]) * self._pane.mm_per_px
            camera.center = (0.0, *moved)
            yield


def _moves(event: Any, start: NDArray[np.int64]) -> Generator[tuple[float, float]]:
    """Yield how far the mouse is from where it began, right and down, pixels.

    The release counts as the last move: moves in quick succession are dropped on the
    way here, and the release tells where the hand really stopped.
    """
    while event.type == "mouse_move":
        right, down = np.array(event.pos) - start
        yield float(right), float(down)
    right, down = np.array(event.pos) - start
    yield float(right), float(down)
