"""A lesion as the voxels inside it, kept in the small box around them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.grid import Grid

    Bools = NDArray[np.bool_]
    Box = tuple[slice, slice, slice]
    Voxel = tuple[int, int, int]

DENSE_LABELS: Final = 65_535
"""Labels up to here are looked up in a table, larger ones are numbered anew first."""

MOST_COVERED: Final = 50
"""How often the boxes of all labels together may cover their image …"""
ALWAYS_COVERED: Final = 1 << 26
"""… where they hold more voxels than this: else memory runs out."""


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
        so many labels so widely scattered that it is no label image.
    """
    _require_shape(labels, grid)
    numbered, names = _numbered(_whole(labels))
    # the stubs leave out the None of a label that is not there
    found = cast("list[Box | None]", ndimage.find_objects(numbered))
    _require_apart(found, labels.size)
    return {
        int(names[number]): Mask(
            grid,
            (box[0].start, box[1].start, box[2].start),
            numbered[box] == number,
        )
        for number, box in enumerate(found, start=1)
        if box is not None
    }


def _require_apart(found: Sequence[Box | None], size: int) -> None:
    """Refuse a picture, whose every grey would be a label all over the image."""
    held = [box for box in found if box is not None]
    covered = sum(math.prod(side.stop - side.start for side in box) for box in held)
    if covered > max(MOST_COVERED * size, ALWAYS_COVERED):
        raise GeometryError.at(
            "mask",
            f"it has {len(held)} labels, scattered all over: an image, no label image",
            "Give the masks, not the image",
        )


def _require_shape(array: NDArray[Any], grid: Grid) -> None:
    if array.shape != grid.shape:
        raise GeometryError.at(
            "mask",
            f"it has {by(array.shape)} voxels (slices × rows × columns), the image "
            f"has {by(grid.shape)}",
            "Choose the series on which it was drawn",
        )


def _whole(labels: NDArray[Any]) -> NDArray[np.integer[Any]]:
    """Return labels as whole numbers from 0 up."""
    if labels.dtype == np.bool_:
        return labels.view(np.uint8)
    if labels.dtype.kind == "f":
        labels = _whole_of_decimals(labels)
    if labels.dtype.kind == "i" and labels.min(initial=0) < 0:
        raise GeometryError.at(
            "mask", "it holds negative labels", "Label lesions 1, 2, 3 …"
        )
    return labels


def _whole_of_decimals(labels: NDArray[Any]) -> NDArray[np.int64]:
    if not np.isfinite(labels).all():
        raise GeometryError.at(
            "mask", "it holds NaN or infinity", "Save it as whole numbers"
        )
    whole = labels.astype(np.int64)
    if (whole != labels).any():
        raise GeometryError.at(
            "mask",
            "it holds fractions: probabilities are no lesions",
            "Save it as whole numbers",
        )
    return whole


def _numbered(
    labels: NDArray[np.integer[Any]],
) -> tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]:
    """Return labels that fit a table, and the label that each of them stands for."""
    largest = int(labels.max(initial=0))
    if largest <= DENSE_LABELS:
        return labels, np.arange(largest + 1)
    inside = labels != 0
    names, numbers = np.unique(labels[inside], return_inverse=True)
    numbered = np.zeros(labels.shape, np.int64)
    numbered[inside] = numbers + 1
    return numbered, np.concatenate(([0], names))


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
