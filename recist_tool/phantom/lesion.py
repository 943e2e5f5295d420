"""Ellipsoid lesions, their edges where the analytic ellipse has them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.phantom.canvas import Box
from recist_tool.phantom.fields import Array, Points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.phantom.canvas import Slab
    from recist_tool.phantom.spec import Acquisition, Ellipsoid, PointLPS

_LEAST = np.float32(1e-6)


def paint_lesion(
    slab: Slab,
    shape: Ellipsoid,
    center_lps: PointLPS,
    values: tuple[float, float],
    blur_mm: float = 0.0,
) -> None:
    """Lay an ellipsoid into a slab, its edges averaged over the slice thickness.

    Parameters
    ----------
    center_lps
        In the body's own system, mm.
    values
        HU and SUV inside.
    blur_mm
        Least width of the edge, mm.
    """
    grid = slab.grid
    (window,) = slab.windows([_box(shape, center_lps, grid).grown(blur_mm)])
    if window is None:
        return
    x, y, z = (
        part - np.float32(middle)
        for part, middle in zip(
            slab.cut(slab.straight, window), center_lps, strict=True
        )
    )
    slab.blend(window, _covered(Points(x, y, z), shape, grid, blur_mm), values)


def _box(shape: Ellipsoid, center_lps: PointLPS, grid: Acquisition) -> Box:
    """Return what encloses the ellipsoid and two voxels more on every side."""
    half = np.sqrt(np.diag(np.linalg.inv(shape.matrix))).tolist()
    (a, b, c), (x, y, z) = half, center_lps
    voxel = max(grid.slice_thickness_mm, grid.slice_spacing_mm, *grid.pixel_spacing_mm)
    return Box((x - a, y - b, z - c), (x + a, y + b, z + c)).grown(2 * voxel)


def _covered(
    points: Points, shape: Ellipsoid, grid: Acquisition, blur_mm: float
) -> Array:
    """Return the coverage of pixels by an ellipsoid around the origin.

    Near the surface f = sqrt(p' Q p) - 1 is linear with the gradient Q p / |p|. A voxel
    is as wide as the gradient sees its sides, and half covered where f = 0 at its
    middle: so half of the contrast lies on the border in the middle of the slice, also
    of a small lesion in a thick slice, and a caliper set there reads the true length.
    """
    x, y, z = (_dot(points, row) for row in np.round(shape.matrix, 12).tolist())
    slope = Points(x, y, z)
    square = _total(a * b for a, b in zip(points, slope, strict=True))
    radius = np.sqrt(np.maximum(square, _LEAST))
    over_slice, over_row, over_column = grid.steps_lps.tolist()
    thick = grid.slice_thickness_mm / grid.slice_spacing_mm
    across = (
        np.abs(_dot(slope, over_slice)) * np.float32(thick)
        + np.abs(_dot(slope, over_row))
        + np.abs(_dot(slope, over_column))
    )
    steepness = np.sqrt(_total(part * part for part in slope))
    ramp = np.maximum(across, steepness * np.float32(blur_mm))
    return np.clip(
        np.float32(0.5) - (radius - 1) * radius / np.maximum(ramp, _LEAST), 0, 1
    )


def _dot(points: Points, vector: list[float]) -> Array:
    a, b, c = (np.float32(part) for part in vector)
    return points.x * a + points.y * b + points.z * c


def _total(arrays: Iterable[Array]) -> Array:
    return reduce(np.add, arrays)
