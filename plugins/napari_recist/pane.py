"""One pane: one series in one napari viewer model, with its calipers.

A pane needs no window: several panes, each on its own `ViewerModel`, can stand side by
side. It holds no case data; what it shows is handed to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Image
from napari.utils.color import ColorValue

from napari_recist.coordinates import (
    is_inside,
    layer_scale,
    pixel_at,
    plane_spacing,
    screen_of,
    towards_head,
    world_of,
)
from napari_recist.drawing import sketch
from napari_recist.overlay import Glass, canvas_of
from napari_recist.windows import Window, first_window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel

    from napari_recist.coordinates import Pixel
    from napari_recist.drawing import Mark, Sketch
    from recist_tool import Volume

AXES = ("slice", "row", "column")
CORNER_POINTS = 9


class Pane:
    """Shows one series and the calipers of its visible slice.

    Attributes
    ----------
    volume
        The series on show, or None.
    slice_changed
        Called whenever another slice comes into view.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self.viewer = viewer
        self.volume: Volume | None = None
        self.slice_changed: Callable[[], None] = lambda: None
        self._image: Image | None = None
        self._glass: Glass | None = None
        self._marks: tuple[Mark, ...] = ()
        self._title = ""
        self._window = self._range = Window(0, 1)
        corner = viewer.canvas.overlays["text"]
        corner.position, corner.font_size = "top_left", CORNER_POINTS
        viewer.canvas.background_color_override = ColorValue("black")
        viewer.dims.events.current_step.connect(self._on_step)
        viewer.scene.camera.events.zoom.connect(self._repaint)
        viewer.scene.camera.events.center.connect(self._repaint)

    def show(self, volume: Volume, title: str, slice_index: int | None = None) -> None:
        """Show a series in its own voxel grid.

        Parameters
        ----------
        title
            What stands in the corner: timepoint, date, description; no patient's name.
        slice_index
            Where to begin; the middle where not given.
        """
        before = self.volume
        kept = before is not None and before.units == volume.units
        window = self._window if kept else first_window(volume)
        self.clear()
        image = Image(
            volume.voxels,
            name=title,
            scale=layer_scale(volume),
            contrast_limits=(window.low, window.high),
            colormap="gray_r" if volume.modality == "PT" else "gray",
            interpolation2d="linear",
            axis_labels=AXES,
        )
        image.mouse_pan = False
        image.mouse_zoom = False
        self.volume, self._image, self._title = volume, image, title
        self._window = self._range = window
        self.viewer.add_layer(image)
        self.viewer.layers.selection.active = image
        self._lay_glass()
        self.viewer.fit_to_view(layers=[image])
        self.go_to(len(volume.voxels) // 2 if slice_index is None else slice_index)
        self._write_corner()

    def clear(self) -> None:
        """Take away the series and its calipers."""
        self._marks = ()
        if self._image is not None and self._image in self.viewer.layers:
            self.viewer.layers.remove(self._image)
        self.volume = self._image = None
        self._repaint()
        self._write_corner()

    def close(self) -> None:
        """Take everything off the viewer that this pane put there."""
        self.clear()
        self.viewer.canvas.background_color_override = None
        self.viewer.dims.events.current_step.disconnect(self._on_step)
        self.viewer.scene.camera.events.zoom.disconnect(self._repaint)
        self.viewer.scene.camera.events.center.disconnect(self._repaint)
        if self._glass is not None:
            self._glass.close()
            self._glass.deleteLater()
            self._glass = None

    @property
    def slice_index(self) -> int:
        """The slice in view."""
        return int(self.viewer.dims.current_step[0])

    def go_to(self, slice_index: int) -> None:
        """Bring a slice into view; beyond either end, the last one there is."""
        if self.volume is None:
            return
        last = len(self.volume.voxels) - 1
        self.viewer.dims.set_current_step(0, min(max(slice_index, 0), last))

    def step(self, slices: int) -> None:
        """Go so many slices towards the head (negative: towards the feet)."""
        if self.volume is not None:
            self.go_to(self.slice_index + slices * towards_head(self.volume))

    def bring_into_view(self, pixel: Pixel) -> None:
        """Pan so that a point is on the screen, if it is not."""
        if self.volume is None:
            return
        place = world_of(pixel, self.volume)
        centre = self.viewer.scene.camera.center[-2:]
        reach = np.asarray(self.viewer.canvas.size) * self.mm_per_px / 2 * 0.9
        if np.any(np.abs(np.asarray(place) - np.asarray(centre)) > reach):
            self.viewer.scene.camera.center = (0.0, *place)

    @property
    def window(self) -> Window:
        """The grey values on show."""
        return self._window

    @window.setter
    def window(self, window: Window) -> None:
        self._window = window
        if self._image is None:
            return
        low, high = self._range
        self._range = min(low, window.low), max(high, window.high)
        self._image.contrast_limits_range = self._range
        self._image.contrast_limits = (window.low, window.high)
        self._write_corner()

    @property
    def mm_per_px(self) -> float:
        """Millimetres of the image in one pixel of the screen."""
        return 1 / float(self.viewer.scene.camera.zoom)

    def pixel(self, world: Sequence[float]) -> Pixel | None:
        """Return the (row, column) under a position of the pane, None off the image."""
        if self.volume is None:
            return None
        at = pixel_at(world, self.volume)
        return at if is_inside(at, self.volume) else None

    def draw(self, marks: Sequence[Mark]) -> None:
        """Show these calipers, which lie on the slice in view, and no others."""
        self._marks = tuple(marks)
        self._repaint()

    def sketches(self) -> list[Sketch]:
        """Return the calipers as they lie on the screen now."""
        volume = self.volume
        if volume is None:
            return []
        spacing = plane_spacing(volume)
        return [sketch(mark, spacing, self.to_screen) for mark in self._marks]

    def to_screen(self, pixel: Pixel) -> tuple[float, float]:
        """Return x, y on the canvas of a (row, column) of the series on show."""
        if self.volume is None:
            return 0.0, 0.0
        camera = self.viewer.scene.camera
        row, column = camera.center[-2:]
        return screen_of(
            world_of(pixel, self.volume),
            (float(row), float(column)),
            float(camera.zoom),
            self.viewer.canvas.size,
        )

    def _lay_glass(self) -> None:
        canvas = canvas_of(self.viewer) if self._glass is None else None
        if canvas is not None:
            self._glass = Glass(canvas, self.sketches)

    def _repaint(self) -> None:
        if self._glass is not None:
            self._glass.update()

    def _on_step(self) -> None:
        if self.volume is None:
            return
        self._write_corner()
        self.slice_changed()

    def _write_corner(self) -> None:
        text = self.viewer.canvas.overlays["text"]
        text.visible = self.volume is not None
        if self.volume is None:
            return
        window = self.window
        values = f"W {window.width:.0f}  L {window.level:.0f}"
        if self.volume.modality != "CT":
            values = f"{self.volume.units} {window.low:.4g} - {window.high:.4g}"
        count = len(self.volume.voxels)
        text.text = f"{self._title}\n{self.slice_index + 1} / {count}   {values}"
