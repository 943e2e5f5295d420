"""Voxels of a file that does not say where it lies, laid on those of a series.

NIfTI says nothing where both its codes are 0 (nifti1.h, method 1: "the 'old' way …
analyze compatible"), NRRD where it has no space, or no space origin. The first voxel is
then nowhere; that it lay at 0, 0, 0 of the patient would be a guess.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import by

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.grid import Grid

    Floats = NDArray[np.float64]

PARALLEL: Final = 1e-3
"""The cosines of axes may be so far from those of axes that run along each other."""
SAME_SIZE: Final = 2e-3
"""Voxels may differ from those of the series by so much of their size."""
PLACELESS: Final = "it does not say where it lies in the patient"
BY_VOXEL: Final = (
    f"{PLACELESS}: taken voxel by voxel, because it has as many, and as large, as the "
    "series"
)
LOOK: Final = "Look at it on its images"
REMEDY: Final = "Save it with its geometry"


class Said(Enum):
    """What a file says of where its voxels lie in the patient."""

    PLACE = "everything"
    AXES = "which way its axes run, and not where they begin"
    SIZE = "how large its voxels are, and no more"


def laid_on(labels: NDArray[Any], axes: Floats, grid: Grid, path: Path) -> NDArray[Any]:
    """Return labels in the order of the voxels of a series.

    Parameters
    ----------
    labels
        Shape (k, j, i), as stored.
    axes
        Columns are the steps along i, j, k in mm: in the patient, LPS, or, where the
        file does not say, along rows, columns and slices of the series.
    path
        Names the file in errors.

    Raises
    ------
    GeometryError
        If its axes run along none of the series, or its voxels are not as many along
        each, and as large.
    """
    sizes = np.linalg.norm(axes, axis=0)
    series_axes = (grid.normal_lps, grid.column_axis_lps, grid.row_axis_lps)
    cosines = np.stack(series_axes) @ (axes / sizes)[:, ::-1]
    order = np.abs(cosines).argmax(axis=1)
    straight = np.eye(3)[order]
    if sorted(order) != [0, 1, 2] or np.abs(abs(cosines) - straight).max() > PARALLEL:
        raise GeometryError.at(
            path.name,
            f"{PLACELESS}, and its axes do not run along those of the series",
            REMEDY,
        )
    labels = labels.transpose(order)
    _require_alike(labels.shape, sizes[::-1][order], grid, path)
    backwards = np.flatnonzero((cosines * straight).sum(axis=1) < 0)
    return np.flip(labels, tuple(backwards.tolist()))


def series_axes(sizes_mm: Floats, grid: Grid) -> Floats:
    """Return the steps along i, j, k of a file that knows nothing but its voxels' size.

    Parameters
    ----------
    sizes_mm
        Along i, j, k.
    """
    axes = (grid.row_axis_lps, grid.column_axis_lps, grid.normal_lps)
    return np.column_stack(axes) * sizes_mm


def _require_alike(
    shape: tuple[int, ...], sizes_mm: Floats, grid: Grid, path: Path
) -> None:
    if shape != grid.shape:
        raise GeometryError.at(
            path.name,
            f"{PLACELESS}, and its {by(shape)} voxels (slices × rows × columns) are "
            f"not as many as those of the series, {by(grid.shape)}",
            REMEDY,
        )
    theirs = np.array(
        (grid.slice_spacing_mm or sizes_mm[0], *grid.require_pixel_spacing())
    )
    if np.abs(sizes_mm / theirs - 1).max() > SAME_SIZE:
        raise GeometryError.at(
            path.name,
            f"{PLACELESS}, and its voxels, {_by_mm(sizes_mm)} mm (slices × rows × "
            f"columns), are not as large as those of the series, {_by_mm(theirs)} mm",
            REMEDY,
        )


def _by_mm(sizes: Floats) -> str:
    return " × ".join(f"{size:.4g}" for size in sizes)
