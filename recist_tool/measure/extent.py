"""The longest line through a lesion in three dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.mask import Bools, Mask

    Floats = NDArray[np.float64]

DIRECTIONS: Final = 256
"""Over half the sphere, in which the lesion is measured first."""
WITHIN: Final = math.cos(math.radians(7.2))
"""No direction is farther than 7.2 degrees from one of them."""
AT_ONCE: Final = 1024
"""Points of which all pairs are taken, without the hull."""
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

    Along the direction of those two, or the known one next to it, each must lie so far
    out that the longest line fits between it and the outermost point opposite.
    """
    along = points_mm @ _directions().T
    high, low = along.max(axis=0), along.min(axis=0)
    least_mm = (high - low).max() * WITHIN
    far = (along - low >= least_mm) | (high - along >= least_mm)
    return points_mm[far.any(axis=1)]


def _directions() -> Floats:
    """Return unit vectors evenly over half the sphere (a spiral), shape (n, 3)."""
    number = np.arange(DIRECTIONS) + 0.5
    height = number / DIRECTIONS
    angle = math.pi * (1 + math.sqrt(5)) * number
    radius = np.sqrt(1 - height**2)
    return np.column_stack((height, radius * np.cos(angle), radius * np.sin(angle)))


def _farthest_mm(points_mm: Floats) -> float:
    """Return the longest distance of any two points: two corners of their hull."""
    from scipy import spatial  # pyright: ignore[reportMissingTypeStubs] - SciPy has none

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
