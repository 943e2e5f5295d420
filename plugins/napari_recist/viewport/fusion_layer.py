"""The PET that lies over the image of one pane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from napari.layers import Image
from napari.utils.colormaps import Colormap

from napari_recist.viewport.annotations.corner_text import Corner, CornerLine
from napari_recist.viewport.image.coordinates import layer_scale
from recist_tool.app.reading import PRESETS, Window
from recist_tool.measure import amount_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel

    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.image.fusion import ResampledPet
    from recist_tool.measure import Volume

HOT: Final = Colormap(
    [
        [0.0, 0.0, 0.0, 0.0],
        [0.55, 0.0, 0.0, 0.55],
        [0.95, 0.25, 0.0, 0.9],
        [1.0, 0.75, 0.1, 1.0],
        [1.0, 1.0, 0.9, 1.0],
    ],
    name="hot over CT",
    controls=[0.0, 0.2, 0.45, 0.75, 1.0],
)
"""Black body colours; low values let the CT through."""

FIRST_BLEND: Final = 0.6
COLOUR: Final = "#ffb454"


class FusionLayer:
    """A PET in colour over the grey image of a pane.

    Parameters
    ----------
    repaint
        Called when what is written about it changes.
    """

    def __init__(self, viewer: ViewerModel, repaint: Callable[[], None]) -> None:
        self._viewer = viewer
        self._repaint = repaint
        self._layer: Image | None = None
        self._is_on = False
        self._every = 1
        self._units = ""
        self._window = PRESETS["7"].window
        self._range = self._window
        self._blend = FIRST_BLEND

    @property
    def is_on(self) -> bool:
        """Whether a PET lies over the image."""
        return self._is_on

    @property
    def blend(self) -> float:
        """How strong the PET is, 0 to 1."""
        return self._blend

    @blend.setter
    def blend(self, blend: float) -> None:
        self._blend = min(max(blend, 0.0), 1.0)
        if self._layer is not None:
            self._layer.opacity = self._blend
        self._repaint()

    @property
    def window(self) -> Window:
        """The values from the lowest to the highest colour."""
        return self._window

    @window.setter
    def window(self, window: Window) -> None:
        self._window = window
        if self._layer is not None:
            low, high = self._range
            self._range = Window(min(low, window.low), max(high, window.high))
            self._layer.contrast_limits_range = tuple(self._range)
            self._layer.contrast_limits = (window.low, window.high)
        self._repaint()

    def lay(self, overlay: ResampledPet, ground: Volume, units: str) -> None:
        """Lay a PET over the series on show.

        Parameters
        ----------
        ground
            The series in whose grid the PET is.
        units
            What the PET counts.
        """
        slices, rows, columns = layer_scale(ground)
        scale = (slices, rows * overlay.every, columns * overlay.every)
        self._units, self._is_on, self._every = units, True, overlay.every
        if self._layer is None:
            self._layer = self._make(overlay, scale)
        else:
            self._layer.data = overlay.values
            self._layer.scale = np.array(scale)
            self._layer.visible = True
        self._repaint()

    def clear(self) -> None:
        """Take the PET away; its layer stays for the next one."""
        self._is_on = False
        if self._layer is not None and self._layer.visible:
            self._layer.visible = False
            nothing = np.zeros((1, 1, 1), np.float32)
            self._layer.data = nothing  # pyright: ignore[reportAttributeAccessIssue]
        self._repaint()

    def close(self) -> None:
        """Take the layer off the viewer."""
        if self._layer is not None and self._layer in self._viewer.layers:
            self._viewer.layers.remove(self._layer)
        self._layer, self._is_on = None, False

    def _make(self, overlay: ResampledPet, scale: tuple[float, float, float]) -> Image:
        layer = Image(
            overlay.values,
            name="PET",
            scale=scale,
            contrast_limits=(self._window.low, self._window.high),
            opacity=self._blend,
            interpolation2d="linear",
        )
        layer.colormap = HOT
        layer.mouse_pan = False
        layer.mouse_zoom = False
        active = self._viewer.layers.selection.active
        self._viewer.add_layer(layer)
        self._viewer.layers.selection.active = active
        return layer

    def value_words(self, slice_index: int, at: Pixel) -> str:
        """Return the uptake at a point of the series below; empty without a PET.

        Parameters
        ----------
        slice_index
            Of the series below, from 0.
        at
            Row, column of it.
        """
        if not self._is_on or self._layer is None:
            return ""
        values = np.asarray(self._layer.data)
        row, column = (round(one / self._every) for one in at)
        rows, columns = values.shape[1:]
        if not (0 <= row < rows and 0 <= column < columns):
            return ""
        uptake = float(values[slice_index, row, column])
        return f"   {amount_words(uptake, self._units)}"

    def lines(self) -> list[CornerLine]:
        """Return what is written about the PET."""
        if not self._is_on:
            return []
        low, high = self._window
        text = f"PET {100 * self._blend:.0f} %  {self._units} {low:.4g} "
        text += f"\N{EN DASH} {high:.4g}"
        return [CornerLine(Corner.BOTTOM_RIGHT, 2, text=text, colour=COLOUR)]
