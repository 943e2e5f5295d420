"""How the axes of a series lie on the screen, read from what napari really shows.

Writing, calipers and letters follow this, so that they are right whoever turned the
picture: the reader by a key, or somebody by a menu of napari.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from napari.utils.camera_orientations import (
    HorizontalAxisOrientation,
    VerticalAxisOrientation,
)

from recist_tool.app.reading import Plane

if TYPE_CHECKING:
    from napari.components import ViewerModel
    from numpy.typing import NDArray

    from recist_tool.measure import Volume

SLICE, ROW, COLUMN = 0, 1, 2
IN_PLANE: Final = {ROW, COLUMN}

UPRIGHT: Final = {
    0: ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0)),
    1: ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0)),
    2: ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0)),
}
"""Down and right on the screen, LPS, by the axis that a slice stands across: feet and
back of a sagittal slice, feet and left of a coronal, back and left of an axial one."""


class Display(NamedTuple):
    """Which axis of a series runs down and which runs right on the screen.

    Attributes
    ----------
    down, right
        Axis (slice, row, column: 0 to 2), and 1 or -1: whether its index grows that
        way.
    is_straight
        Whether the image lies flat in its own grid; else nothing of it can be placed.
    """

    down: tuple[int, int] = (ROW, 1)
    right: tuple[int, int] = (COLUMN, 1)
    is_straight: bool = True

    @property
    def is_slice(self) -> bool:
        """Whether a slice of the series is shown, perhaps turned or mirrored."""
        return self.is_straight and {self.down[0], self.right[0]} == IN_PLANE

    @property
    def is_mirrored(self) -> bool:
        """Whether a slice is seen from its other side."""
        is_transposed = self.down[0] == COLUMN
        return (self.down[1] * self.right[1] < 0) != is_transposed

    @property
    def rotated(self) -> Display:
        """A quarter turn on, clockwise: what was up is right."""
        axis, sign = self.down
        return self._replace(down=self.right, right=(axis, -sign))

    @property
    def mirrored(self) -> Display:
        """Left and right exchanged."""
        axis, sign = self.right
        return self._replace(right=(axis, -sign))

    def seen(self, world: tuple[float, float, float]) -> tuple[float, float]:
        """Return what runs down and right at a place (slice, row, column) of a pane."""
        return world[self.down[0]], world[self.right[0]]

    def placed(self, seen: tuple[float, float]) -> tuple[float, float]:
        """Return row, column of a place of a slice by what runs down and right."""
        return seen if self.down[0] == ROW else (seen[1], seen[0])

    def directions(
        self, volume: Volume
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where down and right on the screen lead in the patient, LPS."""
        axes = _axes(volume)
        down, right = axes[self.down[0]], axes[self.right[0]]
        return self.down[1] * down, self.right[1] * right


AS_STORED: Final = Display()


def display_of(viewer: ViewerModel, *, lies_straight: bool) -> Display:
    """Return how a viewer shows what it shows.

    Parameters
    ----------
    lies_straight
        Whether its layer lies in its own grid: neither turned nor sheared.
    """
    dims, camera = viewer.dims, viewer.scene.camera
    vertical, horizontal = camera.orientation2d
    extra = dims.ndim - 3
    down, right = (axis - extra for axis in dims.order[-2:])
    is_flat = dims.ndisplay == 2 and not viewer.canvas.grid.enabled
    return Display(
        (down, 1 if vertical is VerticalAxisOrientation.DOWN else -1),
        (right, 1 if horizontal is HorizontalAxisOrientation.RIGHT else -1),
        is_straight=is_flat and lies_straight and min(down, right) >= 0,
    )


def turn_to(viewer: ViewerModel, display: Display) -> None:
    """Let a viewer show a slice as wanted."""
    (down, downwards), (right, rightwards) = display.down, display.right
    dims, camera = viewer.dims, viewer.scene.camera
    dims.ndisplay = 2
    order = (SLICE, down, right)
    if tuple(dims.order) != order:
        dims.order = order
    vertical, horizontal = VerticalAxisOrientation, HorizontalAxisOrientation
    wanted = (
        vertical.DOWN if downwards > 0 else vertical.UP,
        horizontal.RIGHT if rightwards > 0 else horizontal.LEFT,
    )
    if camera.orientation2d != wanted:
        camera.orientation2d = wanted


def upright(volume: Volume, plane: Plane) -> Display:
    """Return how to show a series so that all patients are the same way up.

    A scan of a patient who lay prone, or came feet first, is turned or mirrored; one
    that is as usual, and a projection, are shown as they are stored.
    """
    if plane is Plane.PROJECTION:
        return AS_STORED
    across = int(np.argmax(np.abs(_axes(volume)[SLICE])))
    down, right = (np.array(one) for one in UPRIGHT[across])

    def fits(display: Display) -> float:
        is_down, is_right = display.directions(volume)
        return round(float(down @ is_down + right @ is_right), 6)

    return max(_ALL, key=fits)  # of two that fit alike, the one nearer to as stored


def turn_words(display: Display, volume: Volume, plane: Plane) -> str:
    """Return how a slice is turned against how it is stored; empty where it is not.

    Parameters
    ----------
    display
        Of a slice.
    volume, plane
        What is shown.
    """
    if display == AS_STORED:
        return ""
    flat = display.mirrored if display.is_mirrored else display
    turns = 0
    while flat != AS_STORED and turns < len(_ALL):
        flat, turns = flat.rotated, turns + 1
    words = [f"turned {90 * (4 - turns) % 360}\N{DEGREE SIGN}"] if turns % 4 else []
    if display.is_mirrored:
        words.insert(0, "mirrored")
    is_usual = display == upright(volume, plane)
    return " and ".join(words) + (", to be as others lie" if is_usual else "")


def _axes(volume: Volume) -> list[NDArray[np.float64]]:
    """Return which way slices, rows and columns are counted in the patient, LPS."""
    normal = np.cross(volume.row_axis_lps, volume.column_axis_lps)
    origins = volume.slice_origins_lps
    if len(origins) > 1 and float((origins[-1] - origins[0]) @ normal) < 0:
        normal = -normal
    return [normal, np.asarray(volume.column_axis_lps), np.asarray(volume.row_axis_lps)]


def _all() -> list[Display]:
    signs = list(product((1, -1), repeat=2))
    plain = [Display((ROW, down), (COLUMN, right)) for down, right in signs]
    return plain + [Display((COLUMN, down), (ROW, right)) for down, right in signs]


_ALL: Final = _all()
