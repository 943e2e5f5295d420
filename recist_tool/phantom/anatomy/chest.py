"""Lungs with their vessels, heart, mediastinum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recist_tool.phantom.anatomy.frame import CAVITY, above_diaphragm
from recist_tool.phantom.anatomy.trees import Dice, Mass, VesselSegment, clear_of, grow
from recist_tool.phantom.anatomy.wall import FAT_HU, FAT_SUV, MUSCLE_HU
from recist_tool.phantom.canvas import BodyPart, Box
from recist_tool.phantom.fields import (
    Array,
    Points,
    either,
    ellipsoid,
    grown,
    melted,
)

BLOOD_HU, BLOOD_SUV = 158.0, 1.6

_HEART = ellipsoid((30, -28, 112), (66, 46, 47), 28, -12)
_COLUMN = ellipsoid((4, 24, 130), (27, 44, 260))
_MEDIASTINUM = melted(14, grown(_HEART, 4), _COLUMN)
_CHEST = Box((-150, -100, -70), (150, 100, 1e4))


def chest_parts(seed: int, masses: tuple[Mass, ...]) -> Iterator[BodyPart]:
    """Yield lungs, their vessels and the heart."""
    yield BodyPart(_lungs, _CHEST, hu=-862, suv=0.45, keep_as="lungs")
    for segment in clear_of(masses, _lung_vessels(seed)):
        yield BodyPart(segment.field, segment.box, hu=35, suv=1.2, within="lungs")
    heart = Box((-45, -90, 55), (105, 40, 1e4))
    yield BodyPart(grown(_HEART, 2), heart, hu=FAT_HU, suv=FAT_SUV)
    yield BodyPart(_HEART, heart, hu=105, suv=3.0)
    chambers = either(
        ellipsoid((50, -24, 110), (30, 19, 34), 35),
        ellipsoid((2, -42, 112), (30, 22, 34), 20),
        ellipsoid((-8, -6, 128), (26, 20, 26)),
    )
    yield BodyPart(chambers, heart, hu=BLOOD_HU, suv=BLOOD_SUV)
    gullet = Box((-5, -5, 30), (30, 30, 1e4))
    yield BodyPart(ellipsoid((8, 8, 120), (9, 7, 85)), gullet, hu=MUSCLE_HU, suv=1.3)


def _lungs(points: Points) -> Array:
    pleura = np.maximum(CAVITY(points) + 1.5, above_diaphragm(points))
    return np.maximum(pleura, -_MEDIASTINUM(points))


def _lung_vessels(seed: int) -> list[VesselSegment]:
    dice = Dice(seed, 3)
    found: list[VesselSegment] = []
    for side in (-1, 1):
        hilum = (side * 38 + 4, 8, 150)
        for aim in (
            (62, 30, 95),
            (85, 5, 105),
            (58, 60, 112),
            (72, -45, 118),
            (95, 40, 112),
            (50, 45, 90),
        ):
            trunk = VesselSegment(hilum, (side * aim[0], aim[1], aim[2]), (5.0, 3.4))
            found += [trunk, *grow(dice, trunk, 24, 0.7)]
    return found
