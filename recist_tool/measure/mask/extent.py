"""The longest line through a lesion in three dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Bools, Mask

    Floats = NDArray[np.float64]

AT_ONCE: Final = 512
"""Points of which all pairs are taken, without the hull."""
SAME_MM: Final = 1e-9
MISSING_AT_FIRST: Final = 0.6
FACTOR: Final = 1.2
ROUND: Final = 1.02
"""Figures of the fit: voxels missing before the shape is known, and see `boundary`."""


def max_3d_diameter_mm(mask: Mask, boundary: Boundary = Boundary.EDGE) -> float:
    """Return the distance of the two voxels of a lesion that are farthest apart, mm.

    All parts of the lesion count, whether they are connected or not. With the boundary
    at the edge, what is missing beyond the outermost centres is added on average, as
    the ellipsoid of the same volume and length would lack it.

    Raises
    ------
    GeometryError
        If the mask is empty or the slices are not one regular volume.
    """
    mask.require_voxels()
    points_mm = _run_ends(mask.inside).astype(float) * np.array(mask.grid.spacing_mm)
    between_mm = _farthest_mm(_candidates(points_mm))
    if boundary is Boundary.VOXEL_CENTRE:
        return between_mm
    return between_mm + _missing_mm(between_mm, mask)


def mesh_diameter_mm(mask: Mask) -> float:
    """Return the largest distance of two corners of the mesh around a lesion, mm.

    That is the maximum 3D diameter of the Image Biomarker Standardisation Initiative
    (Zwanenburg 2020, Radiology 295:328; L0JK): the mesh is that of marching cubes at
    one half, whose corners lie midway between a voxel inside and its neighbour outside.
    It is about a voxel longer than what is between centres, whatever the shape.

    Raises
    ------
    GeometryError
        If the mask is empty or the slices are not one regular volume.
    """
    mask.require_voxels()
    corners = np.concatenate([_corners_along(mask.inside, axis) for axis in range(3)])
    return _farthest_mm(_candidates(corners * np.array(mask.grid.spacing_mm)))


def _corners_along(inside: Bools, axis: int) -> Floats:
    """Return the outermost corners of the mesh on each line along an axis, (n, 3)."""
    ends = _run_ends(np.moveaxis(inside, axis, 2)).astype(float)
    half = len(ends) // 2
    ends[:half, 2] -= 0.5
    ends[half:, 2] += 0.5
    return np.insert(ends[:, :2], axis, ends[:, 2], axis=1)


def _run_ends(inside: Bools) -> NDArray[np.int64]:
    """Return the first and the last voxel of every row, shape (n, 3)."""
    rows = np.argwhere(inside.any(axis=2))
    lines = inside[rows[:, 0], rows[:, 1]]
    first, last = lines.argmax(axis=1), lines.shape[1] - 1
    last = last - lines[:, ::-1].argmax(axis=1)
    return np.concatenate(
        (np.column_stack((rows, first)), np.column_stack((rows, last)))
    )


def _candidates(points_mm: Floats) -> Floats:
    """Return the points among which are the two that are farthest apart.

    A first long line is found by going to the farthest point and on to the one farthest
    from there. No end of a longer one can lie so close to the middle of the first that
    the line would not reach out of the ball around all points.
    """
    start = points_mm[_distances_mm(points_mm, points_mm.mean(axis=0)).argmax()]
    away_mm = _distances_mm(points_mm, start)
    end = points_mm[away_mm.argmax()]
    from_middle_mm = _distances_mm(points_mm, (start + end) / 2)
    least_mm = away_mm.max() - from_middle_mm.max()
    return points_mm[from_middle_mm >= least_mm - SAME_MM]


def _distances_mm(points_mm: Floats, point_mm: Floats) -> Floats:
    return np.sqrt(((points_mm - point_mm) ** 2).sum(axis=1))


def _farthest_mm(points_mm: Floats) -> float:
    """Return the longest distance of any two points: two corners of their hull."""
    from scipy import spatial

    if len(points_mm) > AT_ONCE:
        hull = spatial.ConvexHull(points_mm, qhull_options="QJ")  # may be flat
        points_mm = points_mm[hull.vertices]
    return float(spatial.distance.pdist(points_mm).max(initial=0.0))


def _missing_mm(between_mm: float, mask: Mask) -> float:
    """Return by how much the longest line between centres falls short of the edge.

    A cap of height g, cut from an end with radius of curvature R, has the volume
    pi R g^2, so that what is missing at both ends grows with the root of a voxel over
    R; less so in round lesions, which are long in many directions. Fitted to 1,300
    ellipsoids.
    """
    voxel_mm = (mask.grid.voxel_ml * 1000) ** (1 / 3)
    half_mm = (between_mm + MISSING_AT_FIRST * voxel_mm) / 2
    radius_mm = 3 * mask.volume_ml * 1000 / (4 * math.pi * half_mm**2)
    elongation = ROUND - min(radius_mm / half_mm, 1)
    return FACTOR * voxel_mm * math.sqrt(elongation * voxel_mm / radius_mm)
