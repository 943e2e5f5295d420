"""How far beyond its outermost voxel centres a lesion ends, on average.

Of the centres inside a lesion none lies on its border. How much is missing depends on
the end: close to a blunt end there nearly always is a centre, close to a pointed one
seldom. A cap of height g, cut from an end with radius of curvature R, has the area
4/3 (2 R g^3)^1/2; centres lie in it by chance, so that what is missing shrinks with R
to the power of a third. It shrinks less steeply where the lesion may be longest in many
directions (round ones) or in many slices, of which the most favourable is taken. The
figures below were fitted to 5,500 ellipsoids of 4 to 120 mm, thick and thin slices, of
every shape from needle to sphere; `benchmarks/bench_mask.py` prints what is left.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

PIXELS_AT_FIRST: Final = 0.8
"""What is missing, before the shape is known."""
ROUNDS: Final = 3
LONG: Final = (0.84, -0.29, 0.20)
SHORT: Final = (0.93, -0.115, -0.06)
"""Pixels missing: a factor, the powers of the radius and of the elongation."""
ROUND: Final = 1.02
"""Elongation is this less the squared ratio of the axes, so that it is never 0."""


class Missing(NamedTuple):
    """What the distances of centres lack, at both ends together, mm."""

    long_mm: float
    short_mm: float


def beyond_centres_mm(
    long_mm: float, short_mm: float, pixels: int, pixel_mm2: float
) -> Missing:
    """Return by how much two axes between centres fall short of the lesion's border.

    Never by less than the area asks for: no region is smaller across than the disc of
    its area, nor does it cover more than the rectangle of its axes.

    Parameters
    ----------
    long_mm, short_mm
        Distances between the centres of the outermost pixels.
    pixels
        How many there are.
    pixel_mm2
        The area of each; its shape does not matter.

    Examples
    --------
    One pixel alone stands for a lesion of about its own size:

    >>> [round(value, 2) for value in beyond_centres_mm(0, 0, 1, 1)]
    [1.13, 1.13]
    >>> [round(value, 2) for value in beyond_centres_mm(29.4, 29.1, 707, 1)]
    [0.6, 0.86]
    """
    pixel_mm = math.sqrt(pixel_mm2)
    centres = long_mm / pixel_mm, short_mm / pixel_mm
    missing = PIXELS_AT_FIRST, PIXELS_AT_FIRST
    for _ in range(ROUNDS):
        longer = centres[0] + missing[0]
        shorter = min(centres[1] + missing[1], longer)
        missing = _missing_pixels(longer, shorter)
    longer = max(centres[0] + missing[0], math.sqrt(4 * pixels / math.pi))
    shorter = max(min(centres[1] + missing[1], longer), pixels / longer)
    return Missing((longer - centres[0]) * pixel_mm, (shorter - centres[1]) * pixel_mm)


def _missing_pixels(longer: float, shorter: float) -> tuple[float, float]:
    """Return what is missing of the axes of an ellipse, all in pixels."""
    elongation = ROUND - (shorter / longer) ** 2
    return (
        _power_law(LONG, shorter**2 / (2 * longer), elongation),
        _power_law(SHORT, longer**2 / (2 * shorter), elongation),
    )


def _power_law(
    figures: tuple[float, float, float], radius: float, elongation: float
) -> float:
    factor, by_radius, by_elongation = figures
    return factor * radius**by_radius * elongation**by_elongation
