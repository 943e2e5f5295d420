"""Label images whose axes run in any order and direction, laid onto a grid.

NIfTI and NRRD files say where a voxel lies by an affine map, and often list slices,
rows or columns the other way round than the series that they were drawn on. Voxels are
reordered here, never interpolated: a mask of other voxels is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.grid import Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SAME_VOXEL: Final = 0.02
"""No voxel may lie farther from that of the series, in voxels."""
SQUARE: Final = 1e-4
"""The cosine between axes that are at right angles."""


def labels_with_own_grid(
    labels: NDArray[Any], affine_lps: Floats, frame_of_reference_uid: str = ""
) -> tuple[NDArray[Any], Grid]:
    """Return a label image and its grid, for measuring without its series.

    Rows and columns stay as they are; the slices are reversed where they run against
    their normal.

    Parameters
    ----------
    labels
        Shape (slices, rows, columns).
    affine_lps
        Maps (slice, row, column, 1) to patient LPS, mm; shape (4, 4).

    Raises
    ------
    GeometryError
        If the axes are not at right angles, or one of them has no length.
    """
    steps = affine_lps[:3, :3].T
    spacing = np.linalg.norm(steps, axis=1)
    if not (spacing > 0).all():
        raise GeometryError.at("label image", "an axis has no length", "Save it anew")
    through, column_axis, row_axis = steps / spacing[:, None]
    cosines = [through @ column_axis, through @ row_axis, column_axis @ row_axis]
    if np.abs(cosines).max() > SQUARE:
        raise GeometryError.at(
            "label image",
            "its axes are not at right angles",
            "Save it on the grid of its series",
        )
    slices, rows, columns = labels.shape
    along = np.arange(slices, dtype=np.float64)[:, None]
    origins: Floats = affine_lps[:3, 3] + along * steps[0]
    if through @ np.cross(row_axis, column_axis) < 0:
        labels, origins = labels[::-1], origins[::-1]
    grid = Grid(
        shape=(slices, rows, columns),
        slice_origins_lps=origins,
        row_axis_lps=row_axis,
        column_axis_lps=column_axis,
        pixel_spacing_mm=(float(spacing[1]), float(spacing[2])),
        slice_spacing_mm=float(spacing[0]),
        frame_of_reference_uid=frame_of_reference_uid,
    )
    return labels, grid


def labels_on_grid(
    labels: NDArray[Any], affine_lps: Floats, grid: Grid
) -> NDArray[Any]:
    """Return a label image in the order of a series' voxels.

    It may cover a part of the series only; the rest is 0.

    Parameters
    ----------
    labels, affine_lps
        As `labels_with_own_grid` takes them.

    Returns
    -------
    Array of the grid's shape.

    Raises
    ------
    GeometryError
        If its voxels are not voxels of the series, or the series is not one regular
        volume.
    """
    to_grid = np.linalg.inv(grid.affine_lps) @ affine_lps
    whole = np.rint(to_grid).astype(int)
    axes = np.abs(whole[:3, :3])
    if (axes.sum(axis=0) != 1).any() or (axes.sum(axis=1) != 1).any():
        raise _elsewhere("its axes or spacing are not those of the series")
    corners = _corners(labels.shape)
    places = whole @ corners
    off = np.abs(to_grid @ corners - places).max()
    if off > SAME_VOXEL:
        raise _elsewhere(f"its voxels lie up to {off:.2g} voxels beside those of it")
    lower, upper = places[:3].min(axis=1), places[:3].max(axis=1) + 1
    if (lower < 0).any() or (upper > grid.shape).any():
        raise _elsewhere("it reaches beyond the series")
    turned = np.transpose(labels, axes.argmax(axis=1).tolist())
    signs = whole[:3, :3].sum(axis=1).tolist()
    full = np.zeros(grid.shape, labels.dtype)
    box = tuple(map(slice, lower.tolist(), upper.tolist()))
    full[box] = turned[tuple(slice(None, None, sign) for sign in signs)]
    return full


def _corners(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the eight corners of an array, as columns (slice, row, column, 1)."""
    ends = np.array(np.meshgrid(*[(0, size - 1) for size in shape])).reshape(3, -1)
    return np.vstack((ends, np.ones(ends.shape[1], int)))


def _elsewhere(why: str) -> GeometryError:
    return GeometryError.at(
        "label image", why, "Choose the series on which it was drawn"
    )
