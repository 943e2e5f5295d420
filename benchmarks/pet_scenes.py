"""Tumours on FDG-PET as hard as those of patients, with what is known of them.

Sizes, uptake, voxels and noise lie in the range of the sarcomas that `real_lesions`
reads: SUVmax 3 to 30, voxels of 4 × 4 × 3.3 mm, 6 to 7 mm of blur, in even muscle a
coefficient of variation of 8 to 15 %. Uptake varies within a tumour, may be missing in
its core, and lies beside other uptake: another tumour, the dome of the liver (with its
edge blurred by breath), bowel, or the bladder.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import ndimage

from benchmarks.lesion_scenes import volume_of
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.floating[Any]]

KINDS: Final = (
    "even",
    "heterogeneous",
    "necrotic",
    "neighbour",
    "liver dome",
    "bowel",
    "bladder",
    "low counts",
)
SPACING_MM: Final = (3.3, 4.0, 4.0)
SHAPE: Final = (54, 50, 50)
SHARE: Final = 0.41
BACKGROUND: Final = (0.4, 1.0)
BREATH_MM: Final = 9.0
NEAR_MM: Final = 6.0  # around the tumour: so far its blurred uptake may reach


class PetScene(NamedTuple):
    """One tumour on PET.

    Attributes
    ----------
    body
        The tumour as it was laid in.
    region
        What reaches 41 % of its maximum in the same image without noise and without
        what lies beside.
    clickable
        Voxels over half of that maximum, shape (voxels, 3).
    """

    kind: str
    volume: Volume
    body: Mask
    region: Mask
    clickable: NDArray[np.int64]


def pet_scenes(each: int) -> Iterator[PetScene]:
    """Yield so many scenes of each kind, always the same."""
    for number, kind in enumerate(KINDS):
        for seed in range(each):
            yield pet_scene(kind, np.random.default_rng((number, seed)))


def pet_scene(kind: str, chance: np.random.Generator) -> PetScene:
    """Return a scene of a kind, drawn by chance."""
    points = _points()
    background = chance.uniform(*BACKGROUND)
    diameter = math.exp(chance.uniform(math.log(14), math.log(70)))
    away = _depth_mm(points, diameter / 2, chance)
    body = away < 0
    suv = math.exp(chance.uniform(math.log(4 * background), math.log(30)))
    alone = np.where(body, _uptake(kind, suv, away, chance), background)
    beside = _beside(kind, (points, diameter / 2, suv), chance)
    fwhm = chance.uniform(6.0, 7.0)
    clean, whole = (_blurred(one, fwhm) for one in (alone, np.maximum(alone, beside)))
    noise = (
        chance.uniform(0.2, 0.3) if kind == "low counts" else chance.uniform(0.08, 0.15)
    )
    image = _noisy(whole, noise, background, chance)
    volume = volume_of(
        image.astype(np.float32), SPACING_MM, modality="PT", units="SUVbw"
    )
    highest = clean[ndimage.binary_dilation(body)].max()
    near = away <= NEAR_MM
    return PetScene(
        kind=kind,
        volume=volume,
        body=Mask.of_full(body, volume.grid),
        region=Mask.of_full(near & (clean >= SHARE * highest), volume.grid),
        clickable=np.argwhere(body & (clean >= 0.5 * highest)),
    )


def _points() -> Floats:
    """Return where each voxel lies, mm from the middle, shape (*shape, 3)."""
    lines = [
        (np.arange(count) - (count - 1) / 2) * step
        for count, step in zip(SHAPE, SPACING_MM, strict=True)
    ]
    return np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)


def _depth_mm(points: Floats, radius: float, chance: np.random.Generator) -> Floats:
    """Return how far each voxel lies outside a dented ball; inside it is below 0."""
    stretch = np.exp(chance.normal(0, 0.2, 3))
    turned = points @ np.linalg.qr(chance.normal(size=(3, 3)))[0]
    distance = np.linalg.norm(turned / stretch, axis=-1)
    ways = chance.normal(size=(6, 3))
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    units = turned / np.maximum(distance, 1e-6)[..., None]
    dents = (units @ ways.T > 0.75) @ chance.uniform(-0.15, 0.15, 6)
    return distance - radius * (1 + ndimage.gaussian_filter(dents, 1.0))


def _uptake(kind: str, suv: float, away: Floats, chance: np.random.Generator) -> Floats:
    """Return the uptake inside a tumour."""
    if kind == "even":
        return np.full(away.shape, suv)
    rough = ndimage.gaussian_filter(
        chance.normal(size=away.shape), [8.0 / step for step in SPACING_MM]
    )
    spread = 0.35 if kind == "heterogeneous" else 0.15
    uptake = suv * np.clip(1 + spread * rough / rough.std(), 0.35, 2.0)
    if kind == "necrotic":
        core = -away / -away.min() > chance.uniform(0.45, 0.65)
        uptake = np.where(core, 0.15 * suv, uptake)
    return uptake


def _beside(
    kind: str, tumour: tuple[Floats, float, float], chance: np.random.Generator
) -> Floats:
    """Return the uptake of what lies beside a tumour; 0 where nothing does."""
    points, radius, suv = tumour
    way = chance.normal(size=3) * (0.5, 1, 1)
    way /= np.linalg.norm(way)
    along = points @ way
    if kind == "neighbour":
        other = chance.uniform(10, 25)
        middle = way * (radius * 1.25 + other + chance.uniform(4, 10))
        hot = suv * chance.uniform(0.8, 3.0)
        return np.where(np.linalg.norm(points - middle, axis=-1) < other, hot, 0)
    if kind == "liver dome":
        height = points[..., 0] + radius * 1.1 + chance.uniform(-4, 4)
        return 2.2 * np.clip(0.5 - height / BREATH_MM, 0, 1)
    if kind == "bladder":
        middle = way * (radius * 1.25 + 30 + chance.uniform(5, 12))
        inside = np.linalg.norm(points - middle, axis=-1) < 30
        return np.where(inside, chance.uniform(20, 60), 0)
    if kind == "bowel":
        across = np.cross(way, chance.normal(size=3))
        across /= np.linalg.norm(across)
        wave = 12 * np.sin(points @ across / 15)
        side = np.cross(way, across)
        offset = along - (radius * 1.25 + 14 + chance.uniform(3, 10)) - wave / 2
        tube = np.hypot(offset, points @ side - wave / 3) < chance.uniform(6, 10)
        return np.where(tube, chance.uniform(2.5, 8), 0)
    return np.zeros(points.shape[:3])


def _blurred(image: Floats, fwhm_mm: float) -> Floats:
    return ndimage.gaussian_filter(image, [fwhm_mm / 2.355 / one for one in SPACING_MM])


def _noisy(
    image: Floats, noise: float, background: float, chance: np.random.Generator
) -> Floats:
    """Return an image with the noise of its counts: so much of the background's."""
    rough = ndimage.gaussian_filter(chance.normal(size=image.shape), 0.6)
    spread = noise * np.sqrt(background * image) * rough / rough.std()
    return np.maximum(image + spread, 0)
