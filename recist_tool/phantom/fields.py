"""Shapes as fields: negative inside, positive outside, zero on the surface.

A field takes points and returns numbers of about millimetres. They need not be true
distances: `canvas.coverage` divides by the slope. Only +, -, *, / and sqrt touch the
points, and trigonometric functions are rounded, because these give the same bits on
every processor; a patient must be the same bytes everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recist_tool.phantom.spec import PointLPS

Array = NDArray[np.floating[Any]]
"""Numbers of one slab; float32 in fact, to be quick."""


class Points(NamedTuple):
    """Coordinates in the body's own system (LPS, mm); they broadcast together."""

    x: Array
    y: Array
    z: Array


Field = Callable[[Points], Array]


def steady_sin(phase: Array) -> Array:
    """Return sin, rounded to 1/4096 so that libraries cannot differ.

    Parameters
    ----------
    phase
        Rad; of any shape, which the answer has too.
    """
    wave = np.sin(phase.astype(np.float64))
    return (np.rint(wave * 4096) / 4096).astype(np.float32)


def steady_cos_sin(angle_deg: float) -> tuple[float, float]:
    """Return cosine and sine of an angle, rounded to 1e-9."""
    angle = math.radians(angle_deg)
    return round(math.cos(angle), 9), round(math.sin(angle), 9)


def ellipsoid(
    center: PointLPS, semi: PointLPS, turn_deg: float = 0.0, roll_deg: float = 0.0
) -> Field:
    """Return an ellipsoid with semi-axes `semi`.

    It is turned about the body axis (left towards posterior), then rolled in the
    coronal plane (left towards superior).

    Parameters
    ----------
    center
        In the body's own system: x, y, z, mm.
    semi
        Along x, y, z before it is turned, mm.
    """
    cos_turn, sin_turn = steady_cos_sin(turn_deg)
    cos_roll, sin_roll = steady_cos_sin(roll_deg)
    scale = min(semi)

    def field(points: Points) -> Array:
        x, y, z = (point - middle for point, middle in zip(points, center, strict=True))
        if roll_deg:
            x, z = x * cos_roll + z * sin_roll, z * cos_roll - x * sin_roll
        if turn_deg:
            x, y = x * cos_turn + y * sin_turn, y * cos_turn - x * sin_turn
        square = (x / semi[0]) ** 2 + (y / semi[1]) ** 2 + (z / semi[2]) ** 2
        return (np.sqrt(square) - 1) * scale

    return field


def capsule(start: PointLPS, end: PointLPS, radii: tuple[float, float]) -> Field:
    """Return a tube with round ends, its radius going from `radii[0]` to `radii[1]`.

    Parameters
    ----------
    start, end
        Middles of the two ends: x, y, z, mm.
    radii
        At start and end, mm.
    """
    along = [b - a for a, b in zip(start, end, strict=True)]
    square = sum(step * step for step in along) or 1.0
    ax, ay, az = (step / square for step in along)

    def field(points: Points) -> Array:
        x, y, z = (point - origin for point, origin in zip(points, start, strict=True))
        part = np.clip(x * ax + y * ay + z * az, 0, 1)
        distance = np.sqrt(
            (x - part * along[0]) ** 2
            + (y - part * along[1]) ** 2
            + (z - part * along[2]) ** 2
        )
        return distance - (radii[0] + part * (radii[1] - radii[0]))

    return field


def half_space(point: PointLPS, outward: PointLPS) -> Field:
    """Return the half space on the inner side of a plane."""
    length = math.sqrt(sum(part * part for part in outward))
    nx, ny, nz = (part / length for part in outward)
    level = point[0] * nx + point[1] * ny + point[2] * nz

    def field(points: Points) -> Array:
        return points.x * nx + points.y * ny + points.z * nz - level

    return field


def both(*fields: Field) -> Field:
    """Return what lies inside all fields."""

    def field(points: Points) -> Array:
        first, *others = (one(points) for one in fields)
        for other in others:
            first = np.maximum(first, other)
        return first

    return field


def either(*fields: Field) -> Field:
    """Return what lies inside at least one field."""

    def field(points: Points) -> Array:
        first, *others = (one(points) for one in fields)
        for other in others:
            first = np.minimum(first, other)
        return first

    return field


def outside(inner: Field) -> Field:
    """Return what lies outside a field."""
    return lambda points: -inner(points)


def grown(inner: Field, by_mm: float) -> Field:
    """Return the shape grown by some millimetres, or shrunk if negative."""
    return lambda points: inner(points) - by_mm


def melted(width_mm: float, *fields: Field) -> Field:
    """Return the union of fields with the notches between them filled smoothly."""

    def field(points: Points) -> Array:
        first, *others = (one(points) for one in fields)
        for other in others:
            first = _smooth_minimum(first, other, width_mm)
        return first

    return field


def carved(width_mm: float, inner: Field, tool: Field) -> Field:
    """Return `inner` without `tool`, the edges rounded over `width_mm`.

    Parameters
    ----------
    width_mm
        Over which the two surfaces melt into each other.
    inner, tool
        Negative inside, mm.
    """

    def field(points: Points) -> Array:
        return -_smooth_minimum(-inner(points), tool(points), width_mm)

    return field


def _smooth_minimum(a: Array, b: Array, width_mm: float) -> Array:
    """Return the quadratic smooth minimum of two fields."""
    mix = np.clip(0.5 + (b - a) * (0.5 / width_mm), 0, 1)
    return b + (a - b) * mix - width_mm * mix * (1 - mix)
