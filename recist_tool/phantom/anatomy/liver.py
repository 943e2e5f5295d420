"""Liver with its portal and hepatic veins, gallbladder, spleen."""

from __future__ import annotations

from collections.abc import Iterator

from recist_tool.phantom.anatomy.trees import (
    Dice,
    Mass,
    VesselSegment,
    clear_of,
    grow,
    path,
)
from recist_tool.phantom.anatomy.wall import FAT_HU, FAT_SUV
from recist_tool.phantom.canvas import BodyPart, Box
from recist_tool.phantom.fields import (
    Field,
    carved,
    ellipsoid,
    grown,
    half_space,
    melted,
    outside,
)

LIVER_HU, LIVER_SUV = 110.0, 2.2
PORTAL_HU, HEPATIC_HU, VEIN_SUV = 168.0, 160.0, 1.7

_LIVER_BOX = Box((-142, -92, -115), (85, 82, 88))


def liver_field() -> Field:
    """Return the liver: both lobes and the caudate."""
    right = ellipsoid((-74, 0, -6), (86, 92, 102))
    visceral = half_space((-40, 0, -24), (0.55, 0.12, -0.83))
    right = carved(16, right, outside(visceral))
    left = ellipsoid((-2, -50, 28), (76, 37, 40), -8, 14)
    caudate = ellipsoid((-14, 4, 14), (17, 15, 30))
    return melted(12, right, left, caudate)


def liver_parts(seed: int, masses: tuple[Mass, ...]) -> Iterator[BodyPart]:
    """Yield the liver, its vessels, the fissure and the gallbladder."""
    yield BodyPart(
        liver_field(),
        _LIVER_BOX,
        hu=LIVER_HU,
        suv=LIVER_SUV,
        keep_as="liver",
        within="room",
    )
    cleft = ellipsoid((4, -62, 2), (2.6, 22, 26), 14)
    yield BodyPart(cleft, Box((-12, -90, -30), (20, -36, 32)), hu=FAT_HU, suv=FAT_SUV)
    hilum = ellipsoid((-24, -12, -12), (20, 9, 13), -20)
    yield BodyPart(hilum, Box((-46, -28, -28), (0, 6, 4)), hu=FAT_HU, suv=FAT_SUV)
    for segment in clear_of(masses, hepatic_tree(seed)):
        yield BodyPart(
            segment.field, segment.box, hu=HEPATIC_HU, suv=VEIN_SUV, within="liver"
        )
    for segment in clear_of(masses, portal_tree(seed)):
        yield BodyPart(
            segment.field, segment.box, hu=PORTAL_HU, suv=VEIN_SUV, within="liver"
        )
    bladder = ellipsoid((-46, -46, -40), (14, 25, 19), 12)
    box = Box((-64, -74, -62), (-28, -18, -18))
    yield BodyPart(grown(bladder, 1.5), box, hu=95, suv=1.2)
    yield BodyPart(bladder, box, hu=9, suv=0.8)


def spleen_parts() -> Iterator[BodyPart]:
    """Yield the spleen, a crescent between ribs and stomach."""
    body = ellipsoid((98, 36, 20), (36, 56, 54), -22)
    hollow = ellipsoid((55, 6, 24), (34, 44, 60), -10)
    box = Box((55, -30, -38), (145, 96, 76))
    yield BodyPart(carved(8, body, hollow), box, hu=122, suv=1.9, within="room")


def portal_tree(seed: int) -> list[VesselSegment]:
    """Return the branches of the portal vein inside the liver."""
    dice = Dice(seed, 1)
    hilum = (-32.0, -12.0, -4.0)
    right = path((hilum, (-52, -8, 4)), (6.5, 5.6))
    left = path((hilum, (-14, -32, 18), (6, -48, 26)), (5.5, 4.4))
    ends = (
        VesselSegment((-52, -8, 4), (-72, -28, 20), (4.8, 4.0)),
        VesselSegment((-52, -8, 4), (-82, 18, 14), (4.8, 4.0)),
        VesselSegment((-52, -8, 4), (-84, 6, -28), (4.4, 3.6)),
        VesselSegment((6, -48, 26), (28, -56, 32), (3.6, 3.0)),
        VesselSegment((6, -48, 26), (2, -66, 14), (3.4, 2.8)),
    )
    return _with_branches(dice, [*right, *left], ends)


def hepatic_tree(seed: int) -> list[VesselSegment]:
    """Return the three hepatic veins and their branches."""
    dice = Dice(seed, 2)
    confluence = (-20.0, 2.0, 64.0)
    right = path((confluence, (-58, 14, 52), (-88, 20, 30)), (6.0, 4.6))
    middle = path((confluence, (-42, -22, 46), (-56, -40, 22)), (5.2, 3.8))
    left = path((confluence, (-2, -32, 48), (18, -50, 42)), (4.8, 3.2))
    return _with_branches(
        dice, [*right, *middle, *left], (right[-1], middle[-1], left[-1], right[0])
    )


def _with_branches(
    dice: Dice, trunks: list[VesselSegment], ends: tuple[VesselSegment, ...]
) -> list[VesselSegment]:
    found = [*trunks, *(end for end in ends if end not in trunks)]
    for end in ends:
        found += grow(dice, end, 23, 0.85)
    return found
