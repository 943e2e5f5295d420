"""The shapes on which the others lean: body outline, cavity, diaphragm."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from recist_tool.phantom.fields import Array, Field, Points

Profile = Callable[[Array], Array]
"""A length that changes along the body axis: z to mm."""

Knots = tuple[tuple[float, float], ...]
"""Pairs of z and value, from the feet upwards."""


_STEPS_PER_MM = 4.0


def profile(knots: Knots) -> Profile:
    """Return a smooth curve through knots, level above and below them.

    It is read from a table in steps of 0.25 mm.
    """
    lowest = knots[0][0]
    count = round((knots[-1][0] - lowest) * _STEPS_PER_MM) + 1
    z = lowest + np.arange(count) / _STEPS_PER_MM
    values = np.full(count, float(knots[0][1]))
    for (z0, v0), (z1, v1) in pairwise(knots):
        part = np.clip((z - z0) / (z1 - z0), 0, 1)
        values += (v1 - v0) * part * part * (3 - 2 * part)
    table = values.astype(np.float32)

    def at(z: Array) -> Array:
        row = (z - np.float32(lowest)) * np.float32(_STEPS_PER_MM)
        return np.take(table, row.astype(np.int32), mode="clip")

    return at


def trunk(
    center_y: float, half_width: Knots, half_depth: Knots, squareness: float = 0.45
) -> Field:
    """Return a rounded box around the body axis whose size follows profiles.

    Parameters
    ----------
    center_y
        How far the middle lies behind the body axis, mm.
    half_width, half_depth
        Pairs of height z and half the size there, mm.
    squareness
        0 makes the section an ellipse, 1 a rectangle.
    """
    width, depth = profile(half_width), profile(half_depth)

    def field(points: Points) -> Array:
        across, deep = width(points.z), depth(points.z)
        u = np.minimum(np.abs(points.x / across), 1.6) ** 2
        v = np.minimum(np.abs((points.y - center_y) / deep), 1.6) ** 2
        radius = np.sqrt(u + v - squareness * u * v)
        return (radius - 1) * deep

    return field


BODY = trunk(
    0.0,
    ((-280, 176), (-200, 172), (-110, 157), (0, 161), (130, 160)),
    ((-280, 112), (-200, 110), (-100, 104), (0, 108), (130, 112)),
)

FASCIA = trunk(
    2.0,
    ((-280, 150), (-200, 150), (-110, 140), (0, 149), (130, 150)),
    ((-280, 94), (-200, 92), (-100, 87), (0, 95), (130, 99)),
)
"""Outer surface of the muscles."""

CAVITY = trunk(
    -6.0,
    ((-280, 98), (-200, 112), (-110, 125), (0, 133), (130, 134)),
    ((-280, 74), (-200, 76), (-100, 74), (0, 80), (130, 84)),
)
"""Inner surface of the wall of chest and abdomen."""


def above_diaphragm(points: Points) -> Array:
    """Field of what lies above the diaphragm: two domes and the tendon between.

    Of the shape to which the points broadcast, mm.
    """
    x, y, z = points
    right = ((x + 70) / 68) ** 2 + ((y + 8) / 84) ** 2
    left = ((x - 72) / 64) ** 2 + ((y + 4) / 82) ** 2
    middle = ((x - 4) / 74) ** 2
    height = np.maximum(80 - (36 + 58 * right) * right, 64 - (36 + 50 * left) * left)
    tendon = 60 - 60 * middle * middle - 0.009 * (y + 12) ** 2
    return np.maximum(height, tendon) - z


def under_diaphragm(gap_mm: float) -> Field:
    """Return what lies at least `gap_mm` below the diaphragm."""
    return lambda points: gap_mm - above_diaphragm(points)
