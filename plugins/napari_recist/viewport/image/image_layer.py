"""The grey image of one pane: one napari layer, filled anew for each series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from napari.layers import Image

from napari_recist.viewport.image.coordinates import layer_scale
from recist_tool.app.reading import Window

if TYPE_CHECKING:
    from napari.components import ViewerModel

    from recist_tool.measure import Volume

NOTHING = "no series"
AXES = ("slice", "row", "column")


class ImageLayer:
    """Shows the voxels of a series in a window of grey values.

    The layer is made once, before there is a series: one that is put in the place of
    another costs more, and software OpenGL was seen to draw from the memory of the one
    taken away.
    """

    def __init__(self, viewer: ViewerModel) -> None:
        self._viewer = viewer
        self._window = self._range = Window(0, 1)
        self._scale = 1.0, 1.0, 1.0
        self._layer = self._make()

    def put(self, volume: Volume, window: Window, name: str) -> None:
        """Show a series; PET is dark on bright.

        Parameters
        ----------
        window
            HU, or the units of the PET: the grey values, and the range of napari's
            sliders.
        name
            In napari's list of layers.
        """
        self._window = self._range = window
        layer = self._layer
        if layer not in self._viewer.layers:  # somebody took it out of napari's list
            self._viewer.add_layer(layer)
        layer.data = volume.voxels  # pyright: ignore[reportAttributeAccessIssue]
        self._scale = layer_scale(volume)
        self.straighten()
        layer.contrast_limits_range = (window.low, window.high)
        layer.contrast_limits = (window.low, window.high)
        layer.name = name
        colours = "gray_r" if volume.modality == "PT" else "gray"
        if layer.colormap.name != colours:
            layer.colormap = colours
        layer.visible = True  # last: what is hidden is not drawn anew for each of these
        self._viewer.layers.selection.active = layer

    @property
    def lies_straight(self) -> bool:
        """Whether the layer lies as it was put: neither turned, moved nor sheared."""
        layer = self._layer
        return (
            layer in self._viewer.layers
            and np.allclose(layer.affine.affine_matrix, np.eye(layer.ndim + 1))
            and np.allclose(layer.rotate, np.eye(layer.ndim))
            and np.allclose(layer.shear, 0)
            and np.allclose(layer.translate, 0)
            and np.allclose(layer.scale, self._scale)
        )

    def straighten(self) -> None:
        """Lay the layer into its own grid again."""
        layer = self._layer
        layer.affine = np.eye(layer.ndim + 1)
        layer.rotate = np.eye(layer.ndim)
        layer.shear = np.zeros(layer.ndim)
        layer.translate = np.zeros(layer.ndim)
        layer.scale = np.array(self._scale)

    def invert(self) -> None:
        """Show bright as dark, and back."""
        is_dark = self._layer.colormap.name == "gray_r"
        self._layer.colormap = "gray" if is_dark else "gray_r"

    def rename(self, name: str) -> None:
        """Name the layer otherwise in napari's list."""
        self._layer.name = name

    @property
    def window(self) -> Window:
        """The grey values from black to white."""
        return self._window

    @window.setter
    def window(self, window: Window) -> None:
        self._window = window
        low, high = self._range
        self._range = Window(min(low, window.low), max(high, window.high))
        self._layer.contrast_limits_range = (self._range.low, self._range.high)
        self._layer.contrast_limits = (window.low, window.high)

    def refresh(self) -> None:
        """Look at the voxels again: they changed."""
        self._layer.refresh()

    def hide(self) -> None:
        """Show nothing; the layer stays for the next series, without its name."""
        self._layer.visible = False
        self._layer.name = NOTHING

    @property
    def is_alone(self) -> bool:
        """Whether nothing else is on show: no layers of somebody's own."""
        # a proxy of a layer equals it, and is not the same
        others = [one for one in self._viewer.layers if one != self._layer]
        return not any(one.visible for one in others)

    def close(self) -> None:
        """Take the layer off the viewer."""
        if self._layer in self._viewer.layers:
            self._viewer.layers.remove(self._layer)

    def _make(self) -> Image:
        """Return a layer of one black voxel, put on the viewer."""
        layer = Image(
            np.zeros((1, 1, 1), np.int16),
            contrast_limits=(self._window.low, self._window.high),
            interpolation2d="linear",
            axis_labels=AXES,
        )
        layer.mouse_pan = False
        layer.mouse_zoom = False
        self._viewer.add_layer(layer)
        return layer
