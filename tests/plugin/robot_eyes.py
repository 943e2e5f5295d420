"""What a robot holds the window to: the picture matches its letters, all is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtWidgets import QApplication

from napari_recist.viewport.annotations.corner_text import letters, position
from napari_recist.viewport.annotations.overlay_widget import qt_viewer_of
from recist_tool.app.reading import Plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from tests.plugin.hands import Reader

APART_PX = 40


def assert_picture(station: MeasuringViewport) -> None:
    """Hold letters, scale, position and places to what napari's camera really does."""
    pane, volume = station.pane, station.pane.volume
    if volume is None or not pane.viewer.layers:
        return
    scene = pane.scene()
    middle, right, down = _seen(station)
    if pane.plane is Plane.PROJECTION:
        return
    assert pane.display.is_slice, "the picture is no slice of its series"
    index = int(pane.viewer.dims.current_step[0])
    lines = [one.text for one in scene.lines]
    assert position(volume, pane.plane, index) in lines
    spacing = volume.pixel_spacing_mm
    if spacing is None:
        return
    pixels = np.array([middle, right, down])[:, -2:] / np.array(spacing)
    here, across, below = volume.pixel_to_lps(index, pixels)
    shown = [letters(_unit(one - here)) for one in (across, below)]
    assert (scene.letters[1], scene.letters[3]) == tuple(shown)
    per_px = float(np.linalg.norm(across - here)) / APART_PX
    assert scene.mm_per_px is not None
    assert abs(scene.mm_per_px / per_px - 1) < 0.01
    high, wide = pane.viewer.canvas.size
    placed = pane.to_screen((float(pixels[0][0]), float(pixels[0][1])))
    assert np.allclose(placed, (wide / 2, high / 2), atol=1.0)


def assert_alive(reader: Reader) -> None:
    """Hold the window to being there, with its panel and a picture."""
    assert reader.dock.window().isVisible()
    assert reader.dock.isVisible()
    assert not reader.dock.loader.closed
    for station in reader.room.viewing.on_show:
        if station.pane.volume is not None:
            layer = station.pane.viewer.layers.selection.active
            assert layer is not None
            assert layer.visible


def leave_dialogs() -> None:
    """Close what a slip opened: dialogs unanswered, menus unchosen."""
    for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if widget is not None:
            widget.close()
            QApplication.processEvents()


def _seen(station: MeasuringViewport) -> list[tuple[float, ...]]:
    """Return where three places of the canvas lie, as vispy has it."""
    viewer = qt_viewer_of(station.pane.viewer)
    assert viewer is not None
    high, wide = station.pane.viewer.canvas.size
    x, y = wide // 2, high // 2
    places = ((x, y), (x + APART_PX, y), (x, y + APART_PX))
    canvas = viewer.canvas
    # pyright: ignore is not needed: napari's own answer is what is asked for
    return [tuple(canvas._map_canvas2world(at, canvas.view)) for at in places]


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)
