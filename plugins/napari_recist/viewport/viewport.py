"""One pane: one series in one napari viewer model, with what is drawn over it.

A pane needs no window: several panes, each on its own `ViewerModel`, can stand side by
side. It holds no case data; what it shows is handed to it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.color import ColorValue
from qtpy.QtCore import QTimer

from napari_recist.viewport.annotations.caliper_graphics import sketch
from napari_recist.viewport.annotations.corner_text import (
    WARNING_COLOUR,
    Caption,
    Corner,
    CornerLine,
    edge_letters,
    lines,
    window_line,
)
from napari_recist.viewport.annotations.mask_outlines import on_screen
from napari_recist.viewport.annotations.overlay_painter import OverlayContents
from napari_recist.viewport.annotations.overlay_widget import OverlayWidget, canvas_of
from napari_recist.viewport.annotations.probe_graphics import (
    cross_at,
    outline_of,
    sketch_probe,
)
from napari_recist.viewport.fusion_layer import FusionLayer
from napari_recist.viewport.image.coordinates import (
    fitting_zoom,
    is_inside,
    pixel_at,
    plane_spacing,
    screen_of,
    towards_head,
    world_of,
)
from napari_recist.viewport.image.display import (
    AS_STORED,
    COLUMN,
    display_of,
    turn_to,
    upright,
)
from napari_recist.viewport.image.image_layer import ImageLayer
from napari_recist.viewport.image.reformat import cut
from napari_recist.viewport.link import PointInView
from recist_tool.app import signal
from recist_tool.app.reading import Plane, first_window, window_name
from recist_tool.measure import amount_words, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel
    from numpy.typing import NDArray

    from napari_recist.viewport.annotations.caliper_graphics import (
        CaliperGraphics,
        CaliperMark,
        Point,
    )
    from napari_recist.viewport.annotations.mask_outlines import Outline
    from napari_recist.viewport.annotations.probe_graphics import ProbeMark
    from napari_recist.viewport.image.coordinates import Ends, Pixel
    from napari_recist.viewport.image.display import Display
    from recist_tool.app.reading import Window
    from recist_tool.measure import Volume

    Placing = Callable[[Pixel], tuple[float, float]]

LOADING = "Loading \N{HORIZONTAL ELLIPSIS}"
POINTED_RANK = 6
"""The value under the pointer stands above all other lines of its corner."""

FILLED = 0.97
"""How much of the pane an image fills at first."""


class Viewport:
    """Shows one series and the calipers of its visible slice.

    Attributes
    ----------
    volume
        The series as it is on show, cut along `plane`, or None.
    acquired
        The series itself, or None.
    caption
        What is written about the series.
    doubt
        Written where the link to other panes is unsure.
    fused
        The PET laid over the series.
    slice_changed, view_changed, window_changed
        Emitted whenever another slice comes into view, the image is moved or zoomed,
        the grey values change.
    """

    slice_changed = signal()
    view_changed = signal()
    window_changed = signal()

    def __init__(self, viewer: ViewerModel) -> None:
        self.viewer = viewer
        self.volume: Volume | None = None
        self.acquired: Volume | None = None
        self.plane = Plane.ACQUIRED
        self.caption = Caption()
        self.doubt = ""
        self.fused = FusionLayer(viewer, self._repaint)
        self._picture = ImageLayer(viewer)
        self._glass: OverlayWidget | None = None
        self._marks: tuple[CaliperMark, ...] = ()
        self._outlines: tuple[Outline, ...] = ()
        self._crossings: tuple[Ends, ...] = ()
        self._probes: tuple[ProbeMark, ...] = ()
        self._pointed: Pixel | None = None
        self._found: tuple[int, Pixel] | None = None
        self._note = ""
        self._is_loaded: NDArray[np.bool_] | None = None
        self._fit = 1.0
        self._resized_to: float | None = None
        self._laid_out = QTimer()
        self._laid_out.setSingleShot(True)
        self._laid_out.timeout.connect(self._on_laid_out)
        viewer.canvas.overlays["text"].visible = False
        viewer.canvas.background_color_override = ColorValue("black")
        viewer.dims.events.current_step.connect(self._on_step)
        viewer.scene.camera.events.zoom.connect(self._on_camera)
        viewer.scene.camera.events.center.connect(self._on_camera)
        for event in self._turning():
            event.connect(self._on_turned)
        viewer.canvas.events.size.connect(self._on_size)

    def show(
        self,
        volume: Volume,
        caption: Caption,
        plane: Plane = Plane.ACQUIRED,
        slice_index: int | None = None,
    ) -> None:
        """Show a series in its own voxel grid.

        Parameters
        ----------
        caption
            What is written about it; no patient's name.
        plane
            Along which plane it is cut; a projection is shown as it is.
        slice_index
            Where to begin; the middle where not given, the front of a projection.

        Raises
        ------
        GeometryError
            If the series is to be cut and is not one regular volume.
        """
        shown = cut(volume, plane)
        before = self.volume
        kept = before is not None and before.units == volume.units
        window = self.window if kept else first_window(volume)
        self.clear()
        turn_to(self.viewer, upright(shown, plane))
        self._picture.put(shown, window, _layer_name(caption))
        self.volume, self.acquired, self.plane = shown, volume, plane
        self.caption = caption
        self._lay_glass()
        self.fit()
        first = 0 if plane is Plane.PROJECTION else len(shown.voxels) // 2
        self.go_to(first if slice_index is None else slice_index)
        self._repaint()

    def clear(self) -> None:
        """Take away the series and all that is drawn on it."""
        self._marks = ()
        self._outlines = ()
        self._crossings = ()
        self._probes = ()
        self._pointed = self._found = None
        self._note = ""
        self.plane = Plane.ACQUIRED
        self.volume = self.acquired = None  # what the viewer tells now moves no pane
        self.caption, self.doubt = Caption(), ""
        self._is_loaded = None
        self.fused.clear()
        self._picture.hide()
        turn_to(self.viewer, AS_STORED)
        self._repaint()

    @property
    def is_free(self) -> bool:
        """Whether no image is on show, nor anybody's own layers."""
        return self.volume is None and self._picture.is_alone

    def close(self) -> None:
        """Take everything off the viewer that this pane put there."""
        self.clear()
        self.fused.close()
        self._picture.close()
        self.viewer.canvas.background_color_override = None
        self.viewer.dims.events.current_step.disconnect(self._on_step)
        self.viewer.scene.camera.events.zoom.disconnect(self._on_camera)
        self.viewer.scene.camera.events.center.disconnect(self._on_camera)
        for event in self._turning():
            event.disconnect(self._on_turned)
        turn_to(self.viewer, AS_STORED)
        self.viewer.canvas.events.size.disconnect(self._on_size)
        self._laid_out.stop()
        if self._glass is not None:
            self._glass.close()
            self._glass.deleteLater()
            self._glass = None

    def write(self, caption: Caption) -> None:
        """Write something else about the series on show."""
        if self.volume is not None and caption != self.caption:
            self.caption = caption
            self._picture.rename(_layer_name(caption))
            self._repaint()

    # ------------------------------------------------------------- slices

    @property
    def awaits_slices(self) -> bool:
        """Whether slices of the series are still on their way."""
        return self._is_loaded is not None

    @property
    def is_loaded(self) -> tuple[bool, ...]:
        """Which of the slices on the slider are there; empty where all are."""
        if self._is_loaded is None or self.plane is not Plane.ACQUIRED:
            return ()
        return tuple(self._is_loaded.tolist())

    def await_slices(self, is_loaded: NDArray[np.bool_] | None) -> None:
        """Take note of the slices that are there, shape (slices,); None: all are."""
        was_here = self._has_slice()
        self._is_loaded = is_loaded
        if self._has_slice() and not was_here:
            self._picture.refresh()
            self._repaint()

    def _has_slice(self) -> bool:
        return self._is_loaded is None or bool(self._is_loaded[self.slice_index])

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
        """Go so many slices towards the head (negative: towards the feet).

        A projection turns instead, round and round.
        """
        if self.volume is None:
            return
        if self.plane is Plane.PROJECTION:
            self.go_to((self.slice_index + slices) % len(self.volume.voxels))
        else:
            self.go_to(self.slice_index + slices * towards_head(self.volume))

    def go_to_end(self, *, head: bool) -> None:
        """Bring the last slice towards the head, or the feet, into view."""
        if self.volume is None:
            return
        is_last = head == (towards_head(self.volume) > 0)
        self.go_to(len(self.volume.voxels) - 1 if is_last else 0)

    # ------------------------------------------------------------- what is in view

    @property
    def looked(self) -> PointInView | None:
        """The point in the middle of the pane."""
        if self.volume is None:
            return None
        down, right = self.viewer.scene.camera.center[-2:]
        centre = self.display.placed((float(down), float(right)))
        return PointInView(self.volume, self.slice_index, pixel_at(centre, self.volume))

    def look_at(self, looked: PointInView) -> None:
        """Bring a point into the middle of the pane."""
        self.go_to(looked.slice_index)
        self.centre_on(looked.pixel)

    def centre_on(self, pixel: Pixel) -> None:
        """Pan so that a point is in the middle of the pane."""
        if self.volume is not None:
            self.viewer.scene.camera.center = (0.0, *self._seen(pixel))

    def bring_into_view(self, pixel: Pixel) -> None:
        """Pan so that a point is on the screen, if it is not."""
        if self.volume is None:
            return
        place = self._seen(pixel)
        centre = self.viewer.scene.camera.center[-2:]
        reach = np.asarray(self.viewer.canvas.size) * self.mm_per_px / 2 * 0.9
        if np.any(np.abs(np.asarray(place) - np.asarray(centre)) > reach):
            self.viewer.scene.camera.center = (0.0, *place)

    def _seen(self, pixel: Pixel) -> tuple[float, float]:
        """Return where a point lies on napari's canvas: downwards, to the right."""
        if self.volume is None:
            return 0.0, 0.0
        return self.display.seen((0.0, *world_of(pixel, self.volume)))

    def fit(self) -> None:
        """Show the whole image, as large as the pane allows."""
        if self.volume is None:
            return
        _, rows, columns = self.volume.voxels.shape
        self._fit = self._fitting()
        self.magnification = 1.0
        self.centre_on(((rows - 1) / 2, (columns - 1) / 2))

    @property
    def can_measure(self) -> bool:
        """Whether slices are shown as acquired, and all: else nothing is measured."""
        whole = self.volume is not None and not self.awaits_slices
        return whole and self.plane is Plane.ACQUIRED and self.display.is_slice

    # ------------------------------------------------------------- which way up

    @property
    def display(self) -> Display:
        """How the series lies on the screen, as napari shows it now."""
        return display_of(self.viewer, lies_straight=self._picture.lies_straight)

    def turn(self, display: Display) -> None:
        """Show the slice turned or mirrored, with the same point in the middle."""
        looked = self.looked
        if looked is None or self.plane is Plane.PROJECTION:
            return
        turn_to(self.viewer, display)
        self.centre_on(looked.pixel)

    def reset_view(self) -> None:
        """Show the image as it is shown at first: upright, all of it, its window."""
        self.put_upright()
        if self.acquired is not None:
            self.window = first_window(self.acquired)
        self.mark_found(None)

    def put_upright(self) -> None:
        """Show the slice as all are shown at first, whoever turned it."""
        if self.volume is not None:
            self._picture.straighten()
            turn_to(self.viewer, upright(self.volume, self.plane))
            self.fit()

    def invert(self) -> None:
        """Show bright as dark, and back."""
        self._picture.invert()

    def _turning(self) -> list[Any]:
        dims, camera = self.viewer.dims.events, self.viewer.scene.camera.events
        return [dims.order, dims.ndisplay, camera.orientation, camera.angles]

    def _on_turned(self) -> None:
        self._repaint()
        if self.volume is not None:
            self.view_changed.emit()

    @property
    def mm_per_px(self) -> float:
        """Millimetres of the image in one pixel of the screen."""
        return 1 / float(self.viewer.scene.camera.zoom)

    @mm_per_px.setter
    def mm_per_px(self, mm_per_px: float) -> None:
        self.magnification = 1 / (mm_per_px * self._fit)

    @property
    def magnification(self) -> float:
        """How much larger the image is than where all of it fits into the pane."""
        return float(self.viewer.scene.camera.zoom) / self._fit

    @magnification.setter
    def magnification(self, magnification: float) -> None:
        self.viewer.scene.camera.zoom = magnification * self._fit
        if self._resized_to is not None:
            self._resized_to = magnification

    @property
    def window(self) -> Window:
        """The grey values on show."""
        return self._picture.window

    @window.setter
    def window(self, window: Window) -> None:
        if window == self.window:
            return
        self._picture.window = window
        self._repaint()
        self.window_changed.emit()

    # ------------------------------------------------------------- drawing

    def pixel(self, world: Sequence[float]) -> Pixel | None:
        """Return the (row, column) under a position of the pane, None off the image."""
        if self.volume is None:
            return None
        at = pixel_at(world, self.volume)
        return at if is_inside(at, self.volume) else None

    def draw(self, marks: Sequence[CaliperMark]) -> None:
        """Show these calipers, which lie on the slice in view, and no others."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self._repaint()

    def trace(self, outlines: Sequence[Outline]) -> None:
        """Show these borders of masks on the slice in view, and no others."""
        if outlines or self._outlines:
            self._outlines = tuple(outlines)
            self._repaint()

    def cross(self, crossings: Sequence[Ends]) -> None:
        """Show where the slices of other panes cut the one in view."""
        if tuple(crossings) != self._crossings:
            self._crossings = tuple(crossings)
            self._repaint()

    def probe(self, marks: Sequence[ProbeMark]) -> None:
        """Show these rulers and regions on the slice in view, and no others."""
        if marks or self._probes:
            self._probes = tuple(marks)
            self._repaint()

    def point(self, at: Pixel | None) -> None:
        """Tell the value under the pointer; None once it is elsewhere."""
        if at != self._pointed:
            self._pointed = at
            self._repaint()

    @property
    def pointed(self) -> Pixel | None:
        """Where the pointer is on the image; None where it is not."""
        return self._pointed

    def mark_found(self, place: tuple[int, Pixel] | None) -> None:
        """Mark a point that was found: slice; row, column. None marks none."""
        if place != self._found:
            self._found = place
            self._repaint()

    def value_words(self, at: Pixel) -> str:
        """Return the value at a point of the slice in view, with its unit.

        Of the PET over the image, too; empty where there is none.
        """
        volume = self.volume
        if volume is None or self.plane is Plane.PROJECTION or not self._has_slice():
            return ""
        value = value_at(volume, self.slice_index, at)
        if value is None:
            return ""
        fused = self.fused.value_words(self.slice_index, at)
        return f"{amount_words(value, volume.units)}{fused}"

    def tell(self, note: str) -> None:
        """Write a line into the middle of an empty pane: what it waits for."""
        self._lay_glass()
        self._note = note
        self._repaint()

    def sketches(self) -> list[CaliperGraphics]:
        """Return the calipers as they lie on the screen now."""
        volume, display = self.volume, self.display
        if volume is None or not display.is_slice:
            return []
        return self._sketches(volume, self._placing(volume, display))

    def _sketches(self, volume: Volume, to_screen: Placing) -> list[CaliperGraphics]:
        spacing = plane_spacing(volume)
        return [sketch(mark, spacing, to_screen) for mark in self._marks]

    def scene(self) -> OverlayContents:
        """Return all that is drawn over the image now."""
        volume = self.volume
        if volume is None:
            return OverlayContents(note=self._note)
        display = self.display
        contents = OverlayContents(
            lines=self._lines(volume, display),
            letters=edge_letters(volume, self.plane, display, self.slice_index),
            note="" if self._has_slice() else LOADING,
        )
        if not display.is_slice:
            return contents
        to_screen = self._placing(volume, display)
        return contents._replace(
            sketches=[
                *self._sketches(volume, to_screen),
                *(sketch_probe(one, to_screen) for one in self._probes),
            ],
            mm_per_px=None if volume.pixel_spacing_mm is None else self.mm_per_px,
            crossings=[
                *((to_screen(start), to_screen(end)) for start, end in self._crossings),
                *self._found_cross(to_screen),
            ],
            outlines=on_screen(
                [*self._outlines, *map(outline_of, self._probes)], to_screen
            ),
        )

    def _found_cross(self, to_screen: Placing) -> list[tuple[Point, Point]]:
        if self._found is None or self._found[0] != self.slice_index:
            return []
        return cross_at(to_screen(self._found[1]))

    def to_screen(self, pixel: Pixel) -> tuple[float, float]:
        """Return x, y on the canvas of a (row, column) of the series on show."""
        if self.volume is None:
            return 0.0, 0.0
        return self._placing(self.volume, self.display)(pixel)

    def _placing(self, volume: Volume, display: Display) -> Placing:
        """Return what gives the place of pixels on the canvas as it is shown now.

        How it is shown is looked up once for all of them: that takes the longest.
        """
        camera, size = self.viewer.scene.camera, self.viewer.canvas.size
        zoom = float(camera.zoom)
        middle_down, middle_right = map(float, camera.center[-2:])
        downwards, rightwards = display.down[1], display.right[1]

        def to_screen(pixel: Pixel) -> tuple[float, float]:
            down, right = display.seen((0.0, *world_of(pixel, volume)))
            from_centre = (
                downwards * (down - middle_down),
                rightwards * (right - middle_right),
            )
            return screen_of(from_centre, (0.0, 0.0), zoom, size)

        return to_screen

    def _lines(self, volume: Volume, display: Display) -> list[CornerLine]:
        window, is_ct = self.window, volume.modality == "CT"
        name = window_name(window, volume.modality)
        grey = window_line(window, name, volume.units, is_ct=is_ct)
        written = lines(self.caption, volume, self.plane, self.slice_index, display)
        if self.doubt:
            written.append(
                CornerLine(
                    Corner.BOTTOM_LEFT, 2, text=self.doubt, colour=WARNING_COLOUR
                )
            )
        pointed = "" if self._pointed is None else self.value_words(self._pointed)
        if pointed and display.is_slice:
            written.append(CornerLine(Corner.BOTTOM_LEFT, POINTED_RANK, text=pointed))
        return [*written, grey, *self.fused.lines()]

    def _fitting(self) -> float:
        if self.volume is None:
            return self._fit
        tall, wide = self.viewer.canvas.size
        if self.display.down[0] == COLUMN:  # lies on its side
            tall, wide = wide, tall
        return max(FILLED * fitting_zoom(self.volume, (tall, wide)), 1e-3)

    def _lay_glass(self) -> None:
        canvas = canvas_of(self.viewer) if self._glass is None else None
        if canvas is not None:
            leave = partial(self.point, None)
            self._glass = OverlayWidget(canvas, self.scene, leave)

    def _repaint(self) -> None:
        if self._glass is not None:
            self._glass.update()

    def _on_step(self) -> None:
        if self.volume is not None:
            self._repaint()
            self.slice_changed.emit()

    def _on_camera(self) -> None:
        self._repaint()
        if self.volume is not None:
            self.view_changed.emit()

    def _on_size(self) -> None:
        """Keep as much of the image in view as before.

        The canvas scales what it shows once more when it is laid out, after this.
        """
        if self._resized_to is None:
            self._resized_to = self.magnification
            self._laid_out.start()
        self._fit = self._fitting()
        if self.volume is not None:
            self.magnification = self._resized_to

    def _on_laid_out(self) -> None:
        wanted, self._resized_to = self._resized_to, None
        if self.volume is not None and wanted is not None:
            self.magnification = wanted


def _layer_name(caption: Caption) -> str:
    return f"{caption.timepoint_id} {caption.series}"
