"""A small box of a series around a point, as decimals, to search for a lesion in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.measure.geometry.filters import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.float32]
    Point = tuple[float, float, float]

LEAST_BLUR_VOXELS: Final = 0.3
MOST_BLUR_SLICES: Final = 1.5


@dataclass(frozen=True, eq=False, kw_only=True)
class Patch:
    """A box of a series, its pixels taken together by `step` in the plane.

    Attributes
    ----------
    image
        Shape (slices, rows, columns), in the units of the series.
    spacing_mm
        Of the patch's own voxels. Between slices of a series that is not one regular
        volume it means nothing: such a patch has one slice, and `flat` is set.
    start
        Slice, row, column in the series of the patch's first voxel.
    """

    image: Floats
    spacing_mm: tuple[float, float, float]
    start: tuple[int, int, int]
    step: int = 1
    flat: bool = False

    def to_patch(self, at: Point) -> Point:
        """Return where a voxel of the series lies in the patch."""
        middle = (self.step - 1) / 2
        slices, rows, columns = (a - b for a, b in zip(at, self.start, strict=True))
        return slices, (rows - middle) / self.step, (columns - middle) / self.step

    def to_series(self, at: Point) -> Point:
        """Return where a voxel of the patch lies in the series."""
        middle = (self.step - 1) / 2
        return (
            at[0] + self.start[0],
            at[1] * self.step + middle + self.start[1],
            at[2] * self.step + middle + self.start[2],
        )

    def points(self, series: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return voxels of the series as those of the patch, shape (points, 3)."""
        moved = [self.to_patch((z, y, x)) for z, y, x in series.tolist()]
        return np.array(moved).reshape(-1, 3)

    def blurred(self, sigma_mm: float) -> Floats:
        """Return the image blurred as far as its voxels are fine enough; same shape."""
        sigmas = [sigma_mm / step for step in self.spacing_mm]
        sigmas[0] = 0.0 if self.flat else min(sigmas[0], MOST_BLUR_SLICES)
        sigmas = [one if one > LEAST_BLUR_VOXELS else 0.0 for one in sigmas]
        return blurred(self.image, sigmas)


def cut(volume: Volume, at: Point, reach_mm: float, *, step: int = 1) -> Patch:
    """Return the box around a point, as far as the series goes.

    Where the slices are not one regular volume, it is of the nearest slice alone.

    Parameters
    ----------
    step
        So many rows and columns are averaged into one.

    Raises
    ------
    GeometryError
        If the pixel spacing is unknown.
    """
    spacing = volume.require_steps_mm()
    flat = not volume.is_regular or volume.shape[0] == 1
    reach = np.array([0.0 if flat else reach_mm, reach_mm, reach_mm]) / spacing
    nearest = np.rint(at)
    lower = np.clip(nearest - np.ceil(reach), 0, np.array(volume.shape) - 1)
    upper = np.clip(nearest + np.ceil(reach) + 1, lower + 1, volume.shape)
    start, stop = lower.astype(int).tolist(), upper.astype(int).tolist()
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    image = _averaged(volume.voxels[box], step)
    slices_mm, rows_mm, columns_mm = spacing
    return Patch(
        image=image,
        spacing_mm=(slices_mm, rows_mm * step, columns_mm * step),
        start=(start[0], start[1], start[2]),
        step=step,
        flat=flat,
    )


def _averaged(voxels: NDArray[np.int16] | NDArray[np.float32], step: int) -> Floats:
    if step == 1 or min(voxels.shape[1:]) < step:
        return voxels.astype(np.float32)
    rows, columns = (length // step for length in voxels.shape[1:])
    whole = voxels[:, : rows * step, : columns * step]
    parts = whole.reshape(len(whole), rows, step, columns, step)
    return parts.mean(axis=(2, 4), dtype=np.float32)
