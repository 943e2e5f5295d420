"""Lesions on CT as hard as life: six kinds and ground glass, their truth known.

What is drawn lies around what `bench_texture` measures on real images: noise of 7 to 12
HU, of 22 to 36 at low dose, correlated with the next pixel by 0.25 to 0.5 and with the
next slice by 0.15 to 0.55; a lung nodule whose inside spreads by 30 HU, 18 after a blur
of 1 mm; lung at -840 ± 70 HU with its vessels; a metastasis 60 HU darker than its
liver. Contrasts of other kinds are those that textbooks give. The truth is the lesion's
body, with its rim and core, without spicules, cut off by the wall it touches.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from benchmarks.lesion_scenes import (
    Shape,
    covered,
    in_slices,
    in_tube,
    points_around,
    volume_of,
)
from benchmarks.real_lesions import HALF, RealLesion, deep_inside
from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.lesion_scenes import Array

    Range = tuple[float, float]
    Chance = np.random.Generator

MARGIN_MM: Final = 25.0
LARGE_MM: Final = 40.0  # larger ones lie on thicker slices, to be drawn in a second
SLICES_MM: Final = (1.25, 2.0, 2.5, 3.0, 5.0)
THICK_MM: Final = (3.0, 5.0)
PIXELS_MM: Final = (0.7, 0.95)
PART_MM: Final = 1.7  # of a slice: so thick slices are drawn in parts
PSF_MM: Final = (0.5, 0.8)
NOISE_HU: Final = (7.0, 13.0)
LOW_DOSE_HU: Final = (18.0, 30.0)
LOW_DOSE: Final = 0.2  # of scenes
NEXT_PIXEL: Final = 0.55
"""Blur of the noise in pixels, less slow waves: the next one is correlated by 0.26."""

NEXT_SLICE: Final = (0.15, 0.5)
FINE_MM, COARSE_MM = 0.7, 3.0
"""Lengths of texture: with 24 and 9 HU, what the inside of the real nodule shows."""

COARSE_SHARE: Final = 0.4
DENTS: Final = (0.03, 0.09)
LEAST_LEFT: Final = (0.75, 1.0)
"""How far a wall leaves the lesion, of its reach: it is flattened where they touch."""


class Kind(NamedTuple):
    """What lesions of one kind and their surroundings can be.

    Attributes
    ----------
    diameter_mm
        Longest diameter before dents and walls.
    organ_hu, inside_hu
        Of what surrounds the lesion; of the lesion.
    organ_texture_hu, texture_hu
        Standard deviation of fine texture; of coarse it is 0.4 of that.
    vessel_hu, vessels, vessel_mm
        Of vessels through and beside; how many at most; their radius.
    walls_hu
        What may lie beyond a wall.
    walled, cored, rimmed
        How often a lesion touches a wall, is necrotic, has a rim.
    core_hu, rim_hu
        Above the rest of the lesion.
    spicules
        At most.
    shell_hu
        Of a hard layer on the wall, 2 to 5 mm thick: bone; 0 where there is none.
    """

    diameter_mm: Range
    organ_hu: Range
    inside_hu: Range
    organ_texture_hu: float
    texture_hu: Range
    vessel_hu: float
    vessels: int
    vessel_mm: Range
    walls_hu: tuple[float, ...]
    walled: float = 0.4
    cored: float = 0.0
    rimmed: float = 0.0
    core_hu: Range = (0.0, 0.0)
    rim_hu: Range = (0.0, 0.0)
    spicules: int = 0
    shell_hu: float = 0.0


KINDS: Final = {
    "liver, portal": Kind(
        diameter_mm=(10, 70),
        organ_hu=(100, 125),
        inside_hu=(45, 75),
        organ_texture_hu=3,
        texture_hu=(5, 14),
        vessel_hu=175,
        vessels=5,
        vessel_mm=(1, 5),
        walls_hu=(60, -100, -840),
        cored=0.4,
        rimmed=0.3,
        core_hu=(-25, -10),
        rim_hu=(5, 20),
    ),
    "liver, arterial": Kind(
        diameter_mm=(10, 60),
        organ_hu=(60, 80),
        inside_hu=(105, 140),
        organ_texture_hu=3,
        texture_hu=(6, 16),
        vessel_hu=240,
        vessels=4,
        vessel_mm=(0.7, 2.5),
        walls_hu=(55, -100, -840),
        cored=0.3,
        rimmed=0.3,
        core_hu=(-25, -10),
        rim_hu=(10, 35),
    ),
    "lung": Kind(
        diameter_mm=(8, 45),
        organ_hu=(-870, -820),
        inside_hu=(10, 95),
        organ_texture_hu=25,
        texture_hu=(12, 26),
        vessel_hu=60,
        vessels=6,
        vessel_mm=(0.6, 3.0),
        walls_hu=(50, 60, -90),
        spicules=8,
        cored=0.2,
        core_hu=(-60, -30),
    ),
    "ground glass": Kind(
        diameter_mm=(10, 35),
        organ_hu=(-880, -830),
        inside_hu=(-640, -420),
        organ_texture_hu=25,
        texture_hu=(25, 55),
        vessel_hu=50,
        vessels=4,
        vessel_mm=(0.6, 1.8),
        walls_hu=(50,),
        walled=0.2,
    ),
    "node": Kind(
        diameter_mm=(10, 45),
        organ_hu=(-110, -90),
        inside_hu=(60, 110),
        organ_texture_hu=8,
        texture_hu=(5, 14),
        vessel_hu=190,
        vessels=4,
        vessel_mm=(1.5, 8),
        walls_hu=(-840, 55, 180),
        cored=0.3,
        core_hu=(-50, -20),
    ),
    "bone": Kind(
        diameter_mm=(10, 40),
        organ_hu=(170, 280),
        inside_hu=(30, 80),
        organ_texture_hu=35,
        texture_hu=(8, 20),
        vessel_hu=350,
        vessels=2,
        vessel_mm=(0.6, 1.5),
        walls_hu=(55, -90),
        shell_hu=700,
    ),
    "soft tissue": Kind(
        diameter_mm=(20, 110),
        organ_hu=(60, 70),
        inside_hu=(5, 35),
        organ_texture_hu=5,
        texture_hu=(6, 16),
        vessel_hu=170,
        vessels=4,
        vessel_mm=(1, 4),
        walls_hu=(-100, -100, 60),
        walled=0.6,
        cored=0.5,
        rimmed=0.3,
        core_hu=(-18, -8),
        rim_hu=(0, 10),
    ),
}
"""Solid and ground-glass nodules are two kinds of one row of organs: lung."""


def hard_lesions(count: int, seed: int = 0) -> Iterator[RealLesion]:
    """Yield so many lesions, of each kind in turn, always the same."""
    for number in range(count):
        kind = list(KINDS)[number % len(KINDS)]
        yield hard_lesion(kind, seed + number)


def hard_lesion(kind: str, seed: int) -> RealLesion:
    """Return a lesion of a kind, drawn by chance.

    Parameters
    ----------
    kind
        One of `KINDS`.
    seed
        The same seed makes the same lesion.
    """
    chance = np.random.default_rng((seed, list(KINDS).index(kind)))
    pixel = float(chance.uniform(*PIXELS_MM))
    shape = _shape(KINDS[kind], chance)
    half_mm = float(shape.half_axes_mm.max())
    slices = THICK_MM if 2 * half_mm > LARGE_MM else SLICES_MM
    spacing = (float(chance.choice(slices)), pixel, pixel)
    parts = math.ceil(spacing[0] / PART_MM)
    points = points_around(half_mm + MARGIN_MM, spacing, parts)
    space = _Space(points, (spacing[0] / parts, pixel, pixel), chance)
    hu, body = (in_slices(one, parts) for one in _painted(KINDS[kind], shape, space))
    sigma = chance.uniform(*PSF_MM) / pixel
    hu = blurred(hu, (0, sigma, sigma)) + _noise(hu.shape, chance)
    volume = volume_of(hu, spacing)
    inside = body >= HALF
    clickable = np.argwhere(deep_inside(inside, spacing))
    return RealLesion(kind, volume, Mask.of_full(inside, volume.grid), clickable)


class _Space(NamedTuple):
    """Points of subslices of a series, mm from its middle, and what draws by chance."""

    points: Array
    steps_mm: tuple[float, float, float]
    chance: Chance

    def texture(self, length_mm: float) -> Array:
        """Return a field of mean 0 and standard deviation 1, smooth over a length."""
        grain = self.chance.standard_normal(self.points.shape[:3], dtype=np.float32)
        field = blurred(grain, [length_mm / step for step in self.steps_mm])
        field /= field.std()
        return field

    def both_textures(self, fine_hu: float) -> Array:
        """Return fine texture of a standard deviation with its coarse one, HU."""
        found, coarse = self.texture(FINE_MM), self.texture(COARSE_MM)
        found *= fine_hu
        coarse *= COARSE_SHARE * fine_hu
        found += coarse
        return found

    def direction(self) -> NDArray[np.float64]:
        """Return a unit vector, shape (3,)."""
        drawn = self.chance.normal(size=3)
        return drawn / np.linalg.norm(drawn)


def _shape(of: Kind, chance: Chance) -> Shape:
    low, high = of.diameter_mm
    half = low * (high / low) ** chance.uniform() / 2
    axes = half * np.array([1.0, *chance.uniform(0.6, 1.0, 2)])
    rotation, _ = np.linalg.qr(chance.normal(size=(3, 3)))
    waves = np.column_stack((chance.normal(size=(5, 3)), chance.uniform(0, 6, 5)))
    waves[:, :3] /= np.linalg.norm(waves[:, :3], axis=1, keepdims=True)
    return Shape(axes, rotation, waves, float(chance.uniform(*DENTS)))


def _painted(of: Kind, shape: Shape, space: _Space) -> tuple[Array, Array]:
    """Return HU, and how much of each voxel is the lesion's body."""
    chance = space.chance
    distance = shape.distance(space.points)
    hu = space.both_textures(of.organ_texture_hu)
    hu += np.float32(chance.uniform(*of.organ_hu))
    _lay_vessels(hu, of, shape, space)
    inside = _inside(of, distance, space)
    for _ in range(chance.integers(of.spicules + 1)):
        _lay(hu, _spicule(shape, space), inside)
    body = covered(distance)
    if chance.random() < of.walled:
        body *= _lay_wall(hu, of, shape, space)
    _lay(hu, body, inside)
    return hu, body


def _lay(hu: Array, cover: Array, value: Array | float) -> None:
    """Mix what covers a voxel into it."""
    hu += (np.asarray(value, np.float32) - hu) * cover


def _inside(of: Kind, distance: Array, space: _Space) -> Array:
    """Return the HU of a lesion: its texture, perhaps a core and a rim."""
    chance = space.chance
    hu = space.both_textures(chance.uniform(*of.texture_hu))
    hu += np.float32(chance.uniform(*of.inside_hu))
    depth = -float(distance.min())
    if chance.random() < of.cored:
        ragged = space.texture(COARSE_MM)
        ragged *= 0.2 * depth
        ragged += distance
        ragged += chance.uniform(0.35, 0.6) * depth
        core = covered(ragged)
        hu += core * np.float32(chance.uniform(*of.core_hu))
    if chance.random() < of.rimmed:
        rim = 1 - covered(distance + np.float32(chance.uniform(1.5, 3.0)))
        hu += rim * np.float32(chance.uniform(*of.rim_hu))
    return hu


def _lay_vessels(hu: Array, of: Kind, shape: Shape, space: _Space) -> None:
    """Lay vessels into an organ: one beside the lesion, one into it, others near."""
    chance = space.chance
    for number in range(chance.integers(1, of.vessels + 1)):
        out, radius = space.direction(), float(chance.uniform(*of.vessel_mm))
        surface = shape.reach(out)
        along = np.cross(out, space.direction())
        through = out * (surface + radius + chance.uniform(-0.5, 1.0))
        if number == 1:  # it runs into the lesion, which takes it in
            through, along = out * surface, out + 0.7 * space.direction()
        elif number > 1:
            through = out * (surface + chance.uniform(3, 20))
        along /= np.linalg.norm(along)
        _lay(hu, in_tube(space.points, through, along, radius), of.vessel_hu)


def _spicule(shape: Shape, space: _Space) -> Array:
    """Return the cover of a thorn on the surface of a lesion."""
    out = space.direction()
    along = space.points @ out.astype(np.float32)
    above = along - np.float32(shape.reach(out))
    part = above / np.float32(space.chance.uniform(4, 10))
    away = np.sqrt(np.maximum((space.points**2).sum(axis=-1) - along**2, 0))
    width = np.float32(space.chance.uniform(0.5, 1.2)) * np.clip(1 - part, 0, 1)
    return covered(away - width) * ((above > -2) & (part < 1))


def _lay_wall(hu: Array, of: Kind, shape: Shape, space: _Space) -> Array:
    """Lay a wall that flattens the lesion; return how much lies before it."""
    chance = space.chance
    out = space.direction()
    reach = shape.reach(out) * chance.uniform(*LEAST_LEFT)
    beyond = space.points @ out.astype(np.float32) - np.float32(reach)
    wall = float(chance.choice(of.walls_hu))
    _lay(hu, covered(-beyond), wall + space.both_textures(of.organ_texture_hu))
    if of.shell_hu:
        shell = covered(beyond - np.float32(chance.uniform(2, 5))) * covered(-beyond)
        _lay(hu, shell, of.shell_hu)
    return covered(beyond)


def _noise(shape: tuple[int, ...], chance: Chance) -> Array:
    """Return noise as of a reconstruction, HU: fine, without slow waves."""
    deviation = chance.uniform(
        *(LOW_DOSE_HU if chance.random() < LOW_DOSE else NOISE_HU)
    )
    grain = chance.standard_normal(shape, dtype=np.float32)
    fine = blurred(grain, (0, NEXT_PIXEL, NEXT_PIXEL))
    field = fine - blurred(fine, (0, 4 * NEXT_PIXEL, 4 * NEXT_PIXEL))
    alike = np.float32(chance.uniform(*NEXT_SLICE))
    mixed = field.copy()
    for index in range(1, len(field)):
        mixed[index] += alike * (mixed[index - 1] - field[index])
    return mixed * np.float32(deviation / mixed.std())
