"""Couch, skin, fat, muscle wall, diaphragm and the fat inside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recist_tool.phantom.anatomy.frame import (
    BODY,
    CAVITY,
    FASCIA,
    under_diaphragm,
)
from recist_tool.phantom.canvas import EVERYWHERE, BodyPart, Box
from recist_tool.phantom.fields import (
    Array,
    Field,
    Points,
    both,
    carved,
    ellipsoid,
    grown,
)

FAT_HU, FAT_SUV = -104.0, 0.25
MUSCLE_HU, MUSCLE_SUV = 58.0, 0.65

_COUCH_BOX = Box((-230, 90, -1e4), (230, 190, 1e4))
_TRUNK = Box((-190, -125, -1e4), (190, 125, 1e4))


def wall_parts() -> Iterator[BodyPart]:
    """Yield the body from the skin inwards, cavity filled with fat.

    Inside lies what is kept as "abdomen", and a little within it "room", which bounds
    the organs.
    """
    groove = ellipsoid((0, 124, -60), (13, 18, 400))
    body = carved(22, BODY, groove)
    fascia = carved(18, FASCIA, grown(groove, 9))
    yield BodyPart(_couch, _COUCH_BOX, hu=30, suv=0, straight=True)
    yield BodyPart(grown(_couch, -1.6), _COUCH_BOX, hu=-900, suv=0, straight=True)
    yield BodyPart(body, EVERYWHERE, hu=12, suv=0.4)
    yield BodyPart(grown(body, -2.2), _TRUNK, hu=FAT_HU, suv=FAT_SUV)
    yield BodyPart(fascia, _TRUNK, hu=MUSCLE_HU, suv=MUSCLE_SUV)
    for depth_mm in (5.0, 10.0):
        yield BodyPart(_fat_plane(depth_mm), _TRUNK, hu=-35, suv=0.4)
    inside = both(CAVITY, under_diaphragm(3.0))
    yield BodyPart(inside, _TRUNK, hu=FAT_HU, suv=FAT_SUV, keep_as="abdomen")
    room = both(grown(CAVITY, -3), under_diaphragm(5.0))
    yield BodyPart(room, _TRUNK, hu=FAT_HU, suv=FAT_SUV, keep_as="room")
    yield from _back_muscles()


def _back_muscles() -> Iterator[BodyPart]:
    for side in (-1, 1):
        for field, box in (
            (
                ellipsoid((side * 31, 80, -60), (29, 21, 400), side * 12),
                Box((side * 31 - 33, 56, -1e4), (side * 31 + 33, 104, 1e4)),
            ),
            (
                ellipsoid((side * 41, 37, -135), (19, 23, 118), side * -20),
                Box((side * 41 - 26, 10, -260), (side * 41 + 26, 64, -12)),
            ),
            (
                ellipsoid((side * 72, 64, -95), (22, 8, 72), side * -12),
                Box((side * 72 - 26, 50, -172), (side * 72 + 26, 78, -20)),
            ),
        ):
            yield BodyPart(field, box, hu=MUSCLE_HU, suv=MUSCLE_SUV)
    for x, y, semi in ((-7, 15, (6.5, 12, 55)), (25, 20, (4.5, 13, 50))):
        box = Box((x - 8, y - 14, -50), (x + 8, y + 14, 62))
        yield BodyPart(ellipsoid((x, y, 5), semi), box, hu=MUSCLE_HU, suv=MUSCLE_SUV)


def _fat_plane(depth_mm: float) -> Field:
    """Return the thin fat between the flat muscles of the flank."""

    def field(points: Points) -> Array:
        shell = np.abs(FASCIA(points) + depth_mm * 0.75) - 0.5
        flank = np.maximum(95 - np.abs(points.x), points.z + 35 - points.y * 0.6)
        flank = np.maximum(flank, -150 - points.z)
        return np.maximum(shell, flank * 0.2)

    return field


def _couch(points: Points) -> Array:
    """Field of the couch under the patient, a hollow curved plate."""
    upper = points.y - 119 + points.x * points.x * 0.00085
    plate = np.maximum(-upper, upper - 24)
    return np.maximum(plate, np.abs(points.x) - 205)
