"""Painting shapes into a slab of slices, edges weighted by how much they cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.phantom.fields import Array, Field, Points, steady_sin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recist_tool.phantom.spec import Acquisition, PointLPS


class Box(NamedTuple):
    """Opposite corners in patient coordinates, mm."""

    low: PointLPS
    high: PointLPS

    def grown(self, by_mm: float) -> Box:
        """Return the box with its walls moved outwards."""
        x, y, z = self.low
        u, v, w = self.high
        return Box((x - by_mm, y - by_mm, z - by_mm), (u + by_mm, v + by_mm, w + by_mm))


EVERYWHERE = Box((-1e4, -1e4, -1e4), (1e4, 1e4, 1e4))


@dataclass(frozen=True)
class BodyPart:
    """A piece of anatomy.

    Attributes
    ----------
    box
        What encloses it, in the body's own system.
    hu, suv
        Value on CT, and on FDG-PET (SUVbw).
    keep_as
        Name under which its coverage is kept, so that later parts can stay inside.
    within
        Kept coverage that bounds this part.
    straight
        Made by machine: not bent by the warp.
    """

    field: Field
    box: Box
    hu: float
    suv: float
    keep_as: str = ""
    within: str = ""
    straight: bool = False


Window = tuple[slice, slice, slice]

_MARGIN_MM = 9.0  # the warp moves surfaces by up to 7 mm


class Slab:
    """Some neighbouring slices of an acquisition while they are painted.

    Parameters
    ----------
    grid
        The acquisition.
    first, last
        Slice indices, the last one not included.
    offset_lps
        Where the origin of the body's own system lies, mm.
    """

    def __init__(
        self, grid: Acquisition, first: int, last: int, offset_lps: PointLPS
    ) -> None:
        self.grid = grid
        self.shape = (last - first, grid.rows, grid.columns)
        self.origin = grid.slice_origin_lps(first) - np.array(offset_lps)
        self.hu = np.full(self.shape, -1000, np.float32)
        self.suv = np.zeros(self.shape, np.float32)
        self.straight = _coordinates(self.origin, grid.steps_lps, self.shape)
        self.points = warped(self.straight)
        self._kept: dict[str, Array] = {}

    def paint(self, parts: Sequence[BodyPart]) -> None:
        """Lay parts over what is there, in their order, weighted by coverage."""
        boxes = [part.box.grown(_MARGIN_MM) for part in parts]
        for part, window in zip(parts, self.windows(boxes), strict=True):
            if window is not None:
                self._paint(part, window)

    def _paint(self, part: BodyPart, window: Window) -> None:
        points = self.straight if part.straight else self.points
        points = self.cut(points, window)
        covered = coverage(part.field(points), self._reach)
        if part.within:
            covered *= self.kept(part.within)[window]
        if part.keep_as:
            self.kept(part.keep_as)[window] += covered
        self.blend(window, covered, (part.hu, part.suv))

    def blend(
        self, window: Window, covered: Array, values: tuple[float, float]
    ) -> None:
        """Mix HU and SUV into a window of the slab.

        Parameters
        ----------
        window
            Indices of slices, rows, columns of the slab.
        covered
            Part of each voxel that changes, 0 to 1, shape (slices, rows, columns) of
            the window.
        values
            HU and SUV of what covers.
        """
        for array, value in zip((self.hu, self.suv), values, strict=True):
            view = array[window]
            view += (np.float32(value) - view) * covered

    def kept(self, name: str) -> Array:
        """Return the coverage kept under a name; zero until something is.

        Shape (slices, rows, columns), 0 to 1.
        """
        if name not in self._kept:
            self._kept[name] = np.zeros(self.shape, np.float32)
        return self._kept[name]

    def windows(self, boxes: Sequence[Box]) -> list[Window | None]:
        """Return the index window around each box; None where the slab misses it."""
        to_index = np.linalg.inv(self.grid.steps_lps)
        corners = np.array(boxes, dtype=np.float64)
        middle = (corners.mean(axis=1) - self.origin) @ to_index
        reach = (corners[:, 1] - corners[:, 0]) / 2 @ np.abs(to_index)
        low = np.maximum(np.floor(middle - reach), 0).astype(int)
        high = np.minimum(np.ceil(middle + reach) + 1, self.shape).astype(int)
        return [
            None if any(a >= b for a, b in bounds) else _slices(bounds)
            for bounds in np.stack((low, high), axis=2).tolist()
        ]

    @staticmethod
    def cut(points: Points, window: Window) -> Points:
        """Return the points of a window, as full arrays (slices, rows, columns)."""

        def cut(array: Array) -> Array:
            return array[
                tuple(
                    part if length > 1 else slice(None)
                    for part, length in zip(window, array.shape, strict=True)
                )
            ]

        x, y, z = np.broadcast_arrays(*(cut(array) for array in points))
        return Points(x, y, z)

    @property
    def _reach(self) -> tuple[float, float, float]:
        """How far a voxel reaches along each index, in steps of that index."""
        return (self.grid.slice_thickness_mm / self.grid.slice_spacing_mm, 1.0, 1.0)


def _slices(bounds: list[list[int]]) -> Window:
    (a, b), (c, d), (e, f) = bounds
    return slice(a, b), slice(c, d), slice(e, f)


def coverage(field: Array, reach: tuple[float, float, float]) -> Array:
    """Return how much of each voxel lies inside, from 0 to 1.

    The field is taken as linear inside the voxel; its change across the voxel gives
    the width of the ramp, so fields need not be true distances.

    Parameters
    ----------
    reach
        How far a voxel reaches along each index, in steps of that index.
    field
        Of any shape, which the answer has too.
    """
    ramp = np.full(field.shape, 1e-6, np.float32)
    for axis, steps in enumerate(reach):
        if field.shape[axis] > 1:
            _add_slope(ramp, field, axis, steps)
    np.divide(field, ramp, out=ramp)
    np.subtract(np.float32(0.5), ramp, out=ramp)
    return np.clip(ramp, 0, 1, out=ramp)


def warped(points: Points) -> Points:
    """Return points moved by smooth waves of a few millimetres, as full arrays.

    It makes every organ a little irregular, so that none is a mathematical solid.
    """
    x, y, z = points
    return Points(
        x + 1.7 * steady_sin(y / 27 + 0.4) + 1.9 * steady_sin(z / 31 + 1.1),
        y + 1.7 * steady_sin(x / 24 + 2.0) + 1.8 * steady_sin(z / 38 + 0.3),
        z + 2.1 * steady_sin(x / 29 + 0.9) + 2.0 * steady_sin(y / 25 + 1.7),
    )


def _add_slope(ramp: Array, field: Array, axis: int, steps: float) -> None:
    """Add the size of central differences along an axis, one-sided at the ends."""
    ahead, rise = (np.swapaxes(array, 0, axis) for array in (field, ramp))
    inner = ahead[2:] - ahead[:-2]
    np.abs(inner, out=inner)
    inner *= np.float32(steps / 2)
    rise[1:-1] += inner
    rise[0] += np.abs(ahead[1] - ahead[0]) * np.float32(steps)
    rise[-1] += np.abs(ahead[-1] - ahead[-2]) * np.float32(steps)


def _coordinates(
    origin: NDArray[np.float64],
    steps: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> Points:
    """Return x, y, z of the voxels of a slab.

    An index that does not move a coordinate keeps length 1 there, so an axial slab has
    three short arrays instead of three full ones.
    """
    result: list[Array] = []
    for coordinate in range(3):
        total = np.full((1, 1, 1), origin[coordinate])
        for axis in range(3):
            step = steps[axis, coordinate]
            if abs(step) > 1e-9:
                extent = [1, 1, 1]
                extent[axis] = shape[axis]
                total = total + (np.arange(shape[axis]) * step).reshape(extent)
        result.append(total.astype(np.float32))
    return Points(*result)
