"""How much of each voxel lies in a sphere around the centre of one of them."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NODES: Final = 48
"""Of the Gauss-Legendre rule, between any two places where the integrand has a bend."""


def ball_weights(radius_mm: float, spacing_mm: tuple[float, float, float]) -> Floats:
    """Return the share that each voxel has in a sphere around the middle one.

    The shares are volumes of intersections of boxes with the sphere, right to better
    than 1e-9; their sum is 1.

    Parameters
    ----------
    spacing_mm
        Distance between slices, rows, columns.

    Returns
    -------
    Array of odd shape (slices, rows, columns).
    """
    borders = [_borders(radius_mm, step) for step in spacing_mm]
    octant: Floats = np.array(
        [
            [[_corner_mm3(radius_mm, z, y, x) for x in borders[2]] for y in borders[1]]
            for z in borders[0]
        ],
        np.float64,
    )
    for axis in range(3):
        octant = _both_sides(octant, axis)
    return octant / octant.sum()


def _both_sides(corners: Floats, axis: int) -> Floats:
    """Return the volumes between borders, on both sides of the middle voxels.

    The first border halves no more than the middle voxel, which is whole again here.
    """
    half = np.moveaxis(np.diff(corners, axis=axis, prepend=0.0), axis, 0).astype(float)
    half[0] *= 2
    return np.moveaxis(np.concatenate((half[:0:-1], half)), 0, axis)


def _borders(radius_mm: float, step_mm: float) -> Floats:
    """Return where voxels end on one side of the middle of the first, mm."""
    count = max(0, math.ceil(radius_mm / step_mm - 0.5))
    return np.arange(0.5, count + 1, dtype=np.float64) * step_mm


@lru_cache(maxsize=4)
def _rule(nodes: int) -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(nodes)


def _corner_mm3(radius: float, z: float, y: float, x: float) -> float:
    """Return the volume of a ball within the box from its centre to (z, y, x).

    Integrated over z = radius · sin(angle), between the heights at which the disc of
    the ball no longer holds the rectangle, or one of its sides.
    """
    bends = [radius**2 - side for side in (x * x, y * y, x * x + y * y)]
    heights = [0.0, z, *(math.sqrt(bend) for bend in bends if bend > 0)]
    angles = np.unique([math.asin(min(h, z, radius) / radius) for h in heights])
    nodes, weights = _rule(NODES)
    middle = (angles[1:] + angles[:-1])[:, None] / 2
    half = np.diff(angles)[:, None] / 2
    at = middle + half * nodes
    height = _quarter_disc_mm2(radius * np.cos(at), y, x) * radius * np.cos(at)
    return float((height * half * weights).sum())


def _quarter_disc_mm2(radius: Floats, y: float, x: float) -> Floats:
    """Return the area of discs within the rectangle from their centre to (y, x)."""
    right = np.minimum(x, radius)
    flat = np.sqrt(np.maximum(radius**2 - np.minimum(y, radius) ** 2, 0))
    flat = np.minimum(flat, right)

    def under_arc(reach: Floats) -> Floats:
        leg = np.sqrt(np.maximum(radius**2 - reach**2, 0))
        return (reach * leg + radius**2 * np.arcsin(np.minimum(reach / radius, 1))) / 2

    return np.minimum(y, radius) * flat + under_arc(right) - under_arc(flat)
