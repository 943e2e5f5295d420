"""Spine with canal, ribs, breast bone, pelvis."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from recist_tool.phantom.anatomy.frame import trunk
from recist_tool.phantom.anatomy.wall import MUSCLE_HU, MUSCLE_SUV
from recist_tool.phantom.canvas import BodyPart, Box
from recist_tool.phantom.fields import (
    Array,
    Field,
    Points,
    both,
    capsule,
    either,
    ellipsoid,
    grown,
)

CORTEX_HU, MARROW_HU, MARROW_SUV = 520.0, 170.0, 1.3

_PITCH_MM, _L1_Z = 34.0, -17.0
_RIB_PITCH_MM, _RIB_12_Z = 27.0, 18.0
_RIB_ENDS = np.array((0.35, -0.1, -0.5, -0.72, -0.8, -0.86), np.float32)

_RIB_SURFACE = trunk(
    -4.0,
    ((-110, 134), (0, 141), (130, 142)),
    ((-110, 82), (0, 87), (130, 91)),
)
_ILIUM_SURFACE = trunk(26.0, ((-270, 92), (-130, 126)), ((-270, 60), (-130, 78)), 0.2)


def skeleton_parts() -> Iterator[BodyPart]:
    """Yield the bones, each a shell of cortex around marrow."""
    spine = Box((-45, 5, -172), (45, 104, 1e4))
    yield from _bone(_each_vertebra(_vertebral_body), spine, 1.4, 430)
    yield BodyPart(_each_vertebra(_disc), spine, hu=88, suv=0.9)
    yield from _bone(_each_vertebra(_arch), spine, 1.7, CORTEX_HU)
    canal = ellipsoid((0, 60, 0), (8.5, 7.5, 600))
    yield BodyPart(canal, Box((-10, 50, -240), (10, 70, 1e4)), hu=30, suv=0.8)
    wall = Box((-165, -110, -60), (165, 105, 1e4))
    yield from _bone(_ribs, wall, 1.8, 620)
    yield BodyPart(_cartilage, wall, hu=105, suv=0.7)
    sternum = Box((-22, -112, 62), (22, -84, 1e4))
    yield from _bone(ellipsoid((0, -97, 125), (17, 6, 62)), sternum, 1.4, 380)
    pelvis = Box((-145, -70, -1e4), (145, 110, -110))
    yield BodyPart(_iliacus, pelvis, hu=MUSCLE_HU, suv=MUSCLE_SUV)
    yield from _bone(_ilium, pelvis, 1.8, CORTEX_HU)
    yield from _bone(_sacrum(), Box((-60, 15, -290), (60, 95, -160)), 1.6, 400)


def _bone(
    field: Field, box: Box, cortex_mm: float, cortex_hu: float
) -> Iterator[BodyPart]:
    yield BodyPart(field, box, hu=cortex_hu, suv=MARROW_SUV)
    yield BodyPart(grown(field, -cortex_mm), box, hu=MARROW_HU, suv=MARROW_SUV)


def _each_vertebra(shape: Callable[[Points], Array]) -> Field:
    """Return `shape`, given around z = 0, at the level of every vertebra."""

    def field(points: Points) -> Array:
        level = (points.z - _L1_Z) / _PITCH_MM
        local = (level - np.rint(level)) * _PITCH_MM
        return np.maximum(shape(Points(points.x, points.y, local)), -169 - points.z)

    return field


def _vertebral_body(points: Points) -> Array:
    x, y, h = points
    waist = 1 + 0.0008 * h * h
    radius = np.sqrt((x / 21.5) ** 2 + ((y - 35) / 16.5) ** 2)
    return np.maximum((radius / waist - 1) * 18, np.abs(h) - 13)


def _disc(points: Points) -> Array:
    x, y, h = points
    radius = np.sqrt((x / 23) ** 2 + ((y - 35) / 18) ** 2)
    return np.maximum((radius - 1) * 18, 13.5 - np.abs(h))


def _arch(points: Points) -> Array:
    x, y, h = points
    ring = np.abs(np.sqrt(x * x + (y - 60) ** 2) - 13) - 2.6
    ring = np.maximum(ring, np.abs(h + 3) - 12)
    spine = np.maximum(np.abs(x) - 2.8, np.abs(y - 83) - 12)
    spine = np.maximum(spine, np.abs(h + 7) - 9)
    sideways = np.maximum(np.abs(np.abs(x) - 24) - 11, np.abs(y - 57 - h * 0.1) - 3.2)
    sideways = np.maximum(sideways, np.abs(h) - 5)
    facets = np.sqrt((np.abs(x) - 17) ** 2 + (y - 66) ** 2) - 6
    facets = np.maximum(facets, np.abs(h + 14) - 9)
    return np.minimum(np.minimum(ring, spine), np.minimum(sideways, facets))


def _rib_tube(points: Points) -> tuple[Array, Array]:
    """Return the field of all ribs as closed rings, and how far each is cut off."""
    x, y, z = points
    surface = _RIB_SURFACE(points) / 88
    out = np.sqrt(x * x + (y + 4) ** 2) * surface / (1 + np.maximum(surface, -0.9))
    front = (y + 4) / 90
    drop = 54 * (1 - front) + 0.3 * np.abs(x)
    level = (z + drop - _RIB_12_Z) / _RIB_PITCH_MM
    number = np.maximum(np.rint(level), 0)
    high = (level - number) * _RIB_PITCH_MM
    tube = (np.sqrt((out / 4.2) ** 2 + (high / 6.8) ** 2) - 1) * 4.2
    ends = _RIB_ENDS[np.minimum(number, 5).astype(np.intp)]
    return tube, (ends - front) * 60


def _ribs(points: Points) -> Array:
    tube, beyond = _rib_tube(points)
    return np.maximum(np.maximum(tube, beyond), 12 - np.abs(points.x))


def _cartilage(points: Points) -> Array:
    tube, beyond = _rib_tube(points)
    return np.maximum(np.maximum(tube, -beyond), 30 - points.z)


def _ilium(points: Points) -> Array:
    return _pelvic_plate(points, 0.0, 6.0)


def _iliacus(points: Points) -> Array:
    """Field of the muscle that lines the inside of the iliac wing."""
    return _pelvic_plate(points, -10.0, 7.0)


def _pelvic_plate(points: Points, shift_mm: float, half_mm: float) -> Array:
    x, y, z = points
    surface = _ILIUM_SURFACE(points) / 75
    out = np.sqrt(x * x + (y - 26) ** 2) * surface
    crest = z + 124 + 0.010 * (y - 20) ** 2
    plate = np.maximum(np.abs(out - shift_mm) - half_mm, crest * 0.7)
    plate = np.maximum(plate, -30 - y - 0.25 * (z + 150))
    return np.maximum(plate, 40 - np.abs(x))


def _sacrum() -> Field:
    block = ellipsoid((0, 50, -222), (48, 24, 62), 0, 0)
    return both(either(block, capsule((0, 38, -178), (0, 45, -195), (24, 24))))
