"""Stomach, pancreas, bowel, kidneys, great vessels, bladder."""

from __future__ import annotations

from collections.abc import Iterator

from recist_tool.phantom.anatomy.trees import Dice, VesselSegment, onward, path
from recist_tool.phantom.anatomy.wall import FAT_HU, FAT_SUV
from recist_tool.phantom.canvas import BodyPart, Box
from recist_tool.phantom.fields import (
    Array,
    Field,
    Points,
    both,
    carved,
    ellipsoid,
    grown,
    half_space,
    melted,
    steady_sin,
)

BLOOD_HU, VEIN_HU, BLOOD_SUV = 155.0, 148.0, 1.6
GAS_HU = -960.0


def stomach_parts() -> Iterator[BodyPart]:
    """Yield the stomach: wall, fluid, and air in front of it."""
    tubes = (
        *path(((64, 6, 34), (62, -22, 6), (46, -42, -18)), (35, 23)),
        *path(((46, -42, -18), (22, -52, -30), (-14, -44, -34)), (21, 12)),
    )
    outer = melted(10, *(tube.field for tube in tubes))
    lumen = grown(outer, -4.5)
    box = Box((-30, -80, -58), (98, 38, 70))
    yield BodyPart(outer, box, hu=88, suv=1.5, within="room")
    yield BodyPart(lumen, box, hu=22, suv=0.7, within="room")
    air = both(lumen, half_space((0, -34, 0), (0, 1, 0)))
    yield BodyPart(air, box, hu=GAS_HU, suv=0.1, within="room")


def kidney_parts() -> Iterator[BodyPart]:
    """Yield both kidneys in their fat: cortex, medulla, sinus, pelvis."""
    for side, y, z in ((1, 42.0, -36.0), (-1, 44.0, -55.0)):
        x = side * 71.0
        turn = side * 35
        box = Box((x - 46, y - 44, z - 72), (x + 46, y + 44, z + 72))
        bean = carved(
            7,
            ellipsoid((x, y, z), (25, 30, 54), turn, side * -10),
            ellipsoid((x - side * 27, y - 15, z), (13, 10, 22), turn),
        )
        fat = ellipsoid((x, y, z), (33, 38, 62), turn, side * -10)
        yield BodyPart(fat, box, hu=FAT_HU, suv=FAT_SUV, within="room")
        yield BodyPart(bean, box, hu=192, suv=2.6)
        medulla = both(grown(bean, -7.5), _pyramids((x, y, z)))
        yield BodyPart(medulla, box, hu=160, suv=3.0)
        sinus = ellipsoid((x - side * 13, y - 7, z), (14, 8, 27), turn)
        yield BodyPart(both(sinus, grown(bean, -1)), box, hu=-55, suv=0.6)
        pelvis = ellipsoid((x - side * 16, y - 9, z), (9, 4, 15), turn)
        yield BodyPart(pelvis, box, hu=28, suv=9.0)


def _pyramids(center: tuple[float, float, float]) -> Field:
    def field(points: Points) -> Array:
        waves = steady_sin((points.y - center[1]) / 4.6 + points.x / 9) + steady_sin(
            (points.z - center[2]) / 5.2
        )
        return (0.1 - waves) * 5

    return field


def vessel_parts() -> Iterator[BodyPart]:
    """Yield aorta, inferior vena cava and their large branches."""
    veins = (
        *path(((-21, 16, -168), (-21, 14, -60), (-21, 11, 20)), (10.5, 11)),
        *path(((-21, 11, 20), (-20, 4, 62), (-14, -4, 100)), (11, 13)),
        *path(((-21, 16, -165), (36, 22, -215), (62, 0, -275)), (7.5, 6)),
        *path(((-21, 16, -165), (-48, 22, -215), (-62, 0, -275)), (7.5, 6)),
        *path(((-19, 12, -34), (14, -2, -34), (50, 32, -36)), (5.5, 4)),
        *path(((-22, 14, -46), (-52, 36, -50)), (5, 4)),
        *path(((-6, -22, -112), (-4, -16, -44), (-32, -12, -4)), (5.5, 7)),
        *path(((-4, -15, -42), (30, -1, -16), (82, 24, 6)), (4.8, 3.5)),
    )
    arteries = (
        *path(((22, 20, 140), (18, 17, 60), (12, 11, 5), (11, 10, -134)), (11.5, 8.5)),
        *path(((11, 10, -134), (34, 8, -200), (64, -8, -275)), (5.8, 4.6)),
        *path(((11, 10, -134), (-30, 8, -200), (-62, -8, -275)), (5.8, 4.6)),
        *path(((12, 4, -18), (9, -13, -44), (2, -22, -112)), (3.8, 2.8)),
        *path(((12, 4, 2), (10, -12, -2), (-16, -14, 0)), (3.2, 2.2)),
        *path(((10, -12, -2), (48, 8, 2), (80, 28, 14)), (2.6, 2.0)),
        *path(((14, 12, -30), (52, 34, -36)), (2.8, 2.2)),
        *path(((10, 12, -40), (-50, 36, -50)), (2.8, 2.2)),
    )
    for tube in veins:
        yield BodyPart(tube.field, tube.box, hu=VEIN_HU, suv=BLOOD_SUV)
    for tube in arteries:
        yield BodyPart(tube.field, tube.box, hu=BLOOD_HU, suv=BLOOD_SUV)
    for x, y, z in ((19, 15, -80), (4, 13, -104), (18, 12, -128), (24, 27, 40)):
        plaque = ellipsoid((x, y, z), (1.8, 2.6, 6))
        yield BodyPart(
            plaque, Box((x - 3, y - 3, z - 7), (x + 3, y + 3, z + 7)), hu=620, suv=1
        )


def gland_parts() -> Iterator[BodyPart]:
    """Yield pancreas and adrenals."""
    pancreas = (
        *path(((-24, -14, -54), (-14, -20, -36)), (14, 11)),
        *path(((-14, -20, -36), (14, -20, -18), (50, 0, -4), (78, 18, 6)), (8.5, 8)),
    )
    for tube in pancreas:
        lobules = _lobulated(tube.field)
        yield BodyPart(lobules, tube.box.grown(3), hu=92, suv=1.4)
    limbs = (
        *path(((40, 24, 12), (35, 22, 4), (36, 34, 0)), (2.4, 2.2)),
        *path(((35, 22, 4), (46, 32, 0)), (2.2, 2.0)),
        *path(((-34, 22, 18), (-37, 36, 8)), (2.4, 2.0)),
    )
    for limb in limbs:
        yield BodyPart(limb.field, limb.box, hu=75, suv=1.5)


def _lobulated(inner: Field) -> Field:
    def field(points: Points) -> Array:
        waves = steady_sin(points.x / 2.9) + steady_sin(points.y / 2.3 + points.z / 5)
        return inner(points) + 1.1 * waves

    return field


def bowel_parts(seed: int) -> Iterator[BodyPart]:
    """Yield mesenteric vessels, small bowel, duodenum and colon."""
    dice = Dice(seed, 4)
    for _ in range(60):
        root = (dice.between(-12, 8), dice.between(-25, -15), dice.between(-150, -80))
        end = onward(root, dice.direction(), 55)
        vessel = VesselSegment(root, (end[0], min(end[1], 20), end[2]), (1.5, 0.8))
        yield BodyPart(vessel.field, vessel.box, hu=120, suv=1.0, within="abdomen")
    for loop in _small_bowel(dice):
        yield from _gut(loop, 2.6, (102, 24), dice.between(0, 1) < 0.12)
    duodenum = ((-14, -42, -36), (-46, -22, -42), (-50, -4, -72), (-30, -2, -94))
    for tube in path((*duodenum, (22, -8, -92)), (11, 10)):
        yield from _gut(tube, 2.6, (95, 26), gas=False)
    yield from _colon()


def _small_bowel(dice: Dice) -> Iterator[VesselSegment]:
    """Yield short loops that fill the middle of the belly."""
    for level in range(-228, -88, 19):
        for column in range(-66, 78, 24):
            for row in (-60, -38, -16):
                start = (
                    column + dice.between(-8, 8),
                    row + dice.between(-7, 7),
                    level + dice.between(-8, 8),
                )
                end = onward(start, dice.direction(), 24)
                radius = dice.between(9.0, 12.5)
                end = (end[0], min(end[1], -4), end[2])
                yield VesselSegment(start, end, (radius, radius))


def _colon() -> Iterator[BodyPart]:
    ascending = ((-100, 2, -212), (-106, 16, -160), (-104, 6, -96))
    transverse = ((-104, 6, -96), (-84, -38, -88), (-30, -66, -104), (30, -66, -106))
    descending = ((82, -44, -72), (108, 4, -34), (106, 22, -90), (106, 18, -160))
    sigmoid = ((106, 18, -160), (92, 0, -212), (46, 0, -238), (4, 46, -244))
    for points, radii in (
        (ascending, (25, 23)),
        ((*transverse, descending[0]), (21, 18)),
        (descending, (17, 15)),
        ((*sigmoid, (0, 46, -300)), (14, 17)),
    ):
        for tube in path(points, radii):
            yield from _gut(tube, 2.8, (70, 30), gas=True)


def _gut(
    tube: VesselSegment, wall_mm: float, values: tuple[float, float], gas: bool
) -> Iterator[BodyPart]:
    lumen = grown(tube.field, -wall_mm)
    yield BodyPart(tube.field, tube.box, hu=values[0], suv=1.3, within="room")
    yield BodyPart(lumen, tube.box, hu=values[1], suv=0.9, within="room")
    if gas:
        gas_field = both(lumen, _gas(tube))
        yield BodyPart(gas_field, tube.box, hu=GAS_HU, suv=0.2, within="room")


def _gas(tube: VesselSegment) -> Field:
    """Return bubbles that rise to the front of a loop."""
    level = (tube.start[1] + tube.end[1]) / 2 - tube.radii[0] * 0.35

    def field(points: Points) -> Array:
        waves = steady_sin(points.x / 5.3) + steady_sin(points.z / 6.1 + points.y / 4)
        return points.y - level + 5 * waves

    return field


def bladder_parts() -> Iterator[BodyPart]:
    """Yield urinary bladder and uterus."""
    uterus = ellipsoid((4, 14, -258), (27, 19, 26), 10)
    yield BodyPart(uterus, Box((-26, -10, -290), (34, 38, -228)), hu=98, suv=1.6)
    bladder = ellipsoid((2, -34, -266), (44, 32, 30))
    box = Box((-50, -72, -1e4), (54, 4, -230))
    yield BodyPart(grown(bladder, 3), box, hu=52, suv=1.5, within="room")
    yield BodyPart(bladder, box, hu=7, suv=22.0, within="room")
