"""A lesion as the voxels inside it, kept in the small box around them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import by
from recist_tool.measure.mask.labels import boxes_of_labels, numbered, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.grid import Grid

    Bools = NDArray[np.bool_]
    Box = tuple[slice, slice, slice]
    Voxel = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Mask:
    """The voxels of one lesion on the grid of a series.

    Attributes
    ----------
    grid
        Of the whole series, not of the box; a `Volume` will do.
    start
        Slice, row, column of the first voxel of the box.
    inside
        The box, shape (slices, rows, columns): True inside the lesion. It may be
        larger than the lesion, and the lesion may be empty.
    """

    grid: Grid
    start: Voxel
    inside: Bools

    def __post_init__(self) -> None:
        """Hold the box to the grid."""
        if self.inside.dtype != np.bool_ or self.inside.ndim != 3:
            msg = "inside must be a boolean array of three dimensions"
            raise TypeError(msg)
        stop = np.add(self.start, self.inside.shape)
        if min(self.start) < 0 or (stop > self.grid.shape).any():
            raise GeometryError.at(
                "mask",
                "it reaches beyond the image",
                "Choose the series on which it was drawn",
            )

    @classmethod
    def of_full(cls, inside: Bools, grid: Grid) -> Mask:
        """Return the mask of an array as large as the grid, in its smallest box.

        Raises
        ------
        GeometryError
            If the array is not of the grid's shape.
        """
        _require_shape(inside, grid)
        return cls(grid, (0, 0, 0), np.asarray(inside, np.bool_)).cropped()

    @property
    def voxels(self) -> int:
        """How many voxels lie inside."""
        return int(np.count_nonzero(self.inside))

    @property
    def volume_ml(self) -> float:
        """The voxels that lie inside, times the volume of one.

        Counting centres is right on average, however thick the slices.

        Raises
        ------
        GeometryError
            If the slices are not one regular volume.
        """
        return self.voxels * self.grid.voxel_ml

    @property
    def ball_radius_mm(self) -> float:
        """The radius of a ball of the same volume.

        Raises
        ------
        GeometryError
            If the slices are not one regular volume.
        """
        return float((3000 * self.volume_ml / (4 * np.pi)) ** (1 / 3))

    def middle_lps(self) -> NDArray[np.float64]:
        """Return the mean of its voxels in the patient, mm, shape (3,).

        Raises
        ------
        GeometryError
            If it is empty.
        """
        self.require_voxels()
        slices, rows, columns = np.argwhere(self.inside).mean(axis=0) + self.start
        below = int(slices)
        above = min(below + 1, self.grid.shape[0] - 1)
        at = np.array([(rows, columns)])
        low, high = (self.grid.pixel_to_lps(one, at)[0] for one in (below, above))
        return low + (slices - below) * (high - low)

    @property
    def box(self) -> Box:
        """The box as an index into an array of the whole grid."""
        first, second, third = (
            slice(start, start + size)
            for start, size in zip(self.start, self.inside.shape, strict=True)
        )
        return first, second, third

    def cropped(self, margin: int = 0) -> Mask:
        """Return the same lesion in its smallest box, or that many voxels around it.

        The box never leaves the grid. An empty lesion has an empty box.
        """
        found = _bounds(self.inside)
        lower = np.add(self.start, [bound.start for bound in found])
        upper = np.add(self.start, [bound.stop for bound in found])
        lower = np.maximum(lower - margin, 0)
        upper = np.minimum(upper + margin, self.grid.shape)
        return self.in_box(as_voxel(lower), as_voxel(upper))

    def in_box(self, start: Voxel, stop: Voxel) -> Mask:
        """Return what of the lesion lies in another box: start to stop, exclusive."""
        inside = np.zeros(np.subtract(stop, start), np.bool_)
        lower = np.maximum(start, self.start)
        upper = np.minimum(stop, np.add(self.start, self.inside.shape))
        if (upper > lower).all():
            into, out_of = (
                tuple(map(slice, as_voxel(lower - origin), as_voxel(upper - origin)))
                for origin in (start, self.start)
            )
            inside[into] = self.inside[out_of]
        return replace(self, start=start, inside=inside)

    def as_full(self) -> Bools:
        """Return an array of the whole grid's shape, True inside the lesion."""
        full = np.zeros(self.grid.shape, np.bool_)
        full[self.box] = self.inside
        return full

    def on_slice(self, slice_index: int) -> Bools:
        """Return one whole slice of the grid, shape (rows, columns)."""
        full = np.zeros(self.grid.shape[1:], np.bool_)
        _, rows, columns = self.box
        depth = slice_index - self.start[0]
        if 0 <= depth < len(self.inside):
            full[rows, columns] = self.inside[depth]
        return full

    def require_on(self, grid: Grid, what: str = "mask") -> None:
        """Refuse unless the mask was drawn on this grid.

        Raises
        ------
        GeometryError
            If the grids differ, as `Grid.require_same` tells.
        """
        if grid is not self.grid:
            self.grid.require_same(grid, what)

    def require_voxels(self, what: str = "mask") -> None:
        """Refuse an empty mask.

        Raises
        ------
        GeometryError
            If no voxel lies inside.
        """
        if not self.inside.any():
            raise GeometryError.at(what, "it is empty", "Draw the lesion, or remove it")


def masks_of_labels(labels: NDArray[Any], grid: Grid) -> dict[int, Mask]:
    """Return the mask of every label of a label image, by label.

    The time grows with the image, hardly with the number of labels.

    Parameters
    ----------
    labels
        Of the grid's shape: 0 outside, a positive whole number in each lesion. Decimals
        will do where they are whole.

    Raises
    ------
    GeometryError
        If the image is not of the grid's shape, holds NaN, fractions or negatives, or
        more labels than may be, or so widely scattered that it is no label image.
    """
    _require_shape(labels, grid)
    table, names = numbered(whole(labels))
    return {
        int(names[number]): Mask(
            grid,
            (box[0].start, box[1].start, box[2].start),
            table[box] == number,
        )
        for number, box in boxes_of_labels(table).items()
    }


def _require_shape(array: NDArray[Any], grid: Grid) -> None:
    if array.shape != grid.shape:
        raise GeometryError.at(
            "mask",
            f"it has {by(array.shape)} voxels (slices × rows × columns), the image "
            f"has {by(grid.shape)}",
            "Choose the series on which it was drawn",
        )


def _bounds(inside: Bools) -> Box:
    """Return the smallest box that holds every True; an empty one if there is none."""
    first, second, third = (
        _extent(np.any(inside, axis=others)) for others in ((1, 2), (0, 2), (0, 1))
    )
    return first, second, third


def _extent(occupied: Bools | np.bool_) -> slice:
    found = np.flatnonzero(occupied)
    return slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0)


def as_voxel(numbers: NDArray[Any]) -> Voxel:
    """Return slice, row, column of an array of three.

    Parameters
    ----------
    numbers
        Shape (3,), whole numbers.
    """
    slices, rows, columns = map(int, numbers.tolist())
    return slices, rows, columns
