"""Branching vessels and chains of loops, drawn by a reproducible dice."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from recist_tool.phantom.canvas import Box
from recist_tool.phantom.fields import capsule
from recist_tool.phantom.spec import Ellipsoid, PointLPS

Mass = tuple[PointLPS, Ellipsoid]
"""Centre and shape of a lesion."""


class Dice:
    """Random numbers that are the same in every version of numpy.

    Only the raw stream of the bit generator is used; numpy promises that it is stable.
    """

    def __init__(self, *seeds: int) -> None:
        self._bits = np.random.PCG64(seeds)

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        unit = (self._bits.random_raw() >> 11) * 2.0**-53
        return low + (high - low) * unit

    def direction(self) -> PointLPS:
        """Return a vector inside the unit ball."""
        while True:
            x, y, z = (self.between(-1, 1) for _ in range(3))
            if 0.01 < x * x + y * y + z * z < 1:
                return (x, y, z)


class VesselSegment(NamedTuple):
    """A piece of a vessel: two ends and the radius at each, mm."""

    start: PointLPS
    end: PointLPS
    radii: tuple[float, float]

    @property
    def field(self):
        """The tube."""
        return capsule(self.start, self.end, self.radii)

    @property
    def box(self) -> Box:
        """What encloses the tube."""
        (a, b, c), (u, v, w) = self.start, self.end
        low = (min(a, u), min(b, v), min(c, w))
        high = (max(a, u), max(b, v), max(c, w))
        return Box(low, high).grown(max(self.radii))


def onward(start: PointLPS, heading: PointLPS, reach_mm: float) -> PointLPS:
    """Return the point `reach_mm` times `heading` away from `start`.

    Parameters
    ----------
    heading
        Of any length; `reach_mm` is in mm where it is 1.
    """
    x, y, z = (a + reach_mm * b for a, b in zip(start, heading, strict=True))
    return (x, y, z)


def path(
    points: tuple[PointLPS, ...], radii: tuple[float, float]
) -> list[VesselSegment]:
    """Return a tube through points, its radius going evenly from end to end."""
    steps = len(points) - 1
    sizes = [radii[0] + (radii[1] - radii[0]) * k / steps for k in range(steps + 1)]
    return [
        VesselSegment(a, b, (r, s))
        for a, b, r, s in zip(points, points[1:], sizes, sizes[1:], strict=False)
    ]


def grow(
    dice: Dice, root: VesselSegment, length_mm: float, thinnest_mm: float
) -> list[VesselSegment]:
    """Return the branches beyond a segment, down to the thinnest radius.

    Each piece forks in two. As in vessels the larger branch keeps more of the
    direction; lengths shrink with the radius.

    Parameters
    ----------
    dice
        Its rolls shape the tree: the same dice grow the same tree.
    length_mm
        About that of the first branches.
    thinnest_mm
        Radius below which nothing grows on.
    """
    radius = root.radii[1]
    if radius < thinnest_mm:
        return []
    heading = _unit(onward(root.end, root.start, -1))
    found: list[VesselSegment] = []
    for share, bend in ((0.84, 0.45), (0.68, 0.95)):
        aim = _unit(onward(heading, dice.direction(), bend))
        end = onward(root.end, aim, length_mm * dice.between(0.7, 1.2))
        piece = VesselSegment(root.end, end, (radius * share, radius * share * 0.9))
        found.append(piece)
        found += grow(dice, piece, length_mm * 0.87, thinnest_mm)
    return found


def clear_of(
    masses: tuple[Mass, ...], segments: list[VesselSegment]
) -> list[VesselSegment]:
    """Return the segments that do not come near a lesion."""
    return [
        segment
        for segment in segments
        if not any(_touches(mass, segment) for mass in masses)
    ]


def _touches(mass: Mass, segment: VesselSegment) -> bool:
    center, shape = mass
    steps = np.linspace(0, 1, 7)[:, None]
    points = np.array(segment.start) * (1 - steps) + np.array(segment.end) * steps
    offset = points - np.array(center)
    radius = np.sqrt(((offset @ shape.matrix) * offset).sum(axis=1))
    gap_mm = 4 + max(segment.radii)
    return bool((radius < 1 + 2 * gap_mm / shape.short_mm).any())


def _unit(vector: PointLPS) -> PointLPS:
    size = math.sqrt(sum(part * part for part in vector)) or 1.0
    x, y, z = (part / size for part in vector)
    return (x, y, z)
