"""A liver with many metastases at two visits: what is known of each, and the images.

Two lobes with vessels and a textured parenchyma between fat, ribs, a lung and a spleen,
on slices of 2.5 mm; dark metastases of 5 to 35 mm that do not overlap. At the second
visit each has grown or shrunk by its own factor, some are gone, some are new, and the
liver lies elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import ndimage

from benchmarks.lesion_scenes import volume_of
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.float32]

SPACING_MM: Final = (2.5, 0.9, 0.9)
SHAPE: Final = (68, 250, 290)
LIVER_HU, LESION_HU, VESSEL_HU, SPLEEN_HU = 112.0, 66.0, 165.0, 118.0
FAT_HU, LUNG_HU, RIB_HU, MUSCLE_HU = -95.0, -830.0, 320.0, 58.0
NOISE_HU: Final = 14.0
DIAMETERS_MM: Final = (5.0, 35.0)
GAP_MM: Final = 2.0
TRIES: Final = 3000
FINE: Final = 3  # samples a voxel along each axis, at the border of a lesion
SHIFT: Final = (2, 5, -4)
"""Of the second visit, voxels."""


class Metastasis(NamedTuple):
    """One metastasis.

    Attributes
    ----------
    middle_mm
        Slice, row, column from the first voxel.
    stretch
        Of its three axes; their product is 1.
    """

    middle_mm: NDArray[np.float64]
    diameter_mm: float
    stretch: NDArray[np.float64]

    @property
    def volume_ml(self) -> float:
        """By its formula."""
        return float(np.pi / 6 * self.diameter_mm**3 / 1000)


@dataclass(frozen=True, eq=False)
class Visit:
    """One visit: the lesions that are there, by their number, and how it looks."""

    lesions: dict[int, Metastasis]
    seed: int
    shift: tuple[int, int, int] = (0, 0, 0)

    @cached_property
    def liver(self) -> Mask:
        """The liver with its lesions."""
        return Mask.of_full(_moved(_organ("liver"), self.shift), self.volume.grid)

    @cached_property
    def volume(self) -> Volume:
        """The CT."""
        chance = np.random.default_rng(self.seed)
        hu = _anatomy(np.random.default_rng(5))
        for one in self.lesions.values():
            _paint(hu, one)
        hu = _moved(hu, self.shift, FAT_HU)
        rough = ndimage.gaussian_filter(chance.normal(size=SHAPE), (0.4, 0.9, 0.9))
        hu += (NOISE_HU / rough.std() * rough).astype(np.float32)
        return volume_of(hu, SPACING_MM)

    def truth(self, number: int) -> Mask:
        """Return the voxels of a lesion, by their centres."""
        one = self.lesions[number]
        cover, box = _cover(one)
        full = np.zeros(SHAPE, np.float32)
        full[box] = cover
        return Mask.of_full(_moved(full, self.shift) >= 0.5, self.volume.grid)


def metastatic_liver(count: int = 55, seed: int = 0) -> tuple[Visit, Visit]:
    """Return a liver with so many metastases, and the same liver later.

    Three are gone at the second visit, three are new.
    """
    chance = np.random.default_rng((11, seed))
    placed = _placed(count + 3, chance)
    numbers = list(range(count + 3))
    first = {number: placed[number] for number in numbers[:count]}
    gone = set(chance.choice(count, 3, replace=False).tolist())
    later: dict[int, Metastasis] = {}
    for number in numbers:
        if number in gone:
            continue
        factor = chance.uniform(0.6, 1.0) if number % 3 else chance.uniform(1.0, 1.12)
        one = placed[number]
        if number < count:
            one = one._replace(diameter_mm=one.diameter_mm * factor)
        later[number] = one
    return Visit(first, seed + 1), Visit(later, seed + 2, SHIFT)


def _placed(count: int, chance: np.random.Generator) -> list[Metastasis]:
    """Return lesions inside the liver, the largest first, that do not overlap."""
    low, high = np.log(DIAMETERS_MM)
    sizes = np.sort(np.exp(chance.uniform(low, high, count)))[::-1]
    sizes *= np.where(sizes > 20, 0.8, 1.0)
    depth = ndimage.distance_transform_edt(_organ("liver"), SPACING_MM)
    found: list[Metastasis] = []
    for size in sizes.tolist():
        stretch = np.exp(chance.normal(0, 0.1, 3))
        stretch /= np.prod(stretch) ** (1 / 3)
        reach = size / 2 * stretch.max()
        places = np.argwhere(depth >= reach + 1)
        for place in chance.choice(places, TRIES) * SPACING_MM:
            if all(
                np.linalg.norm(place - one.middle_mm)
                > reach * 1.15 + 0.6 * one.diameter_mm + GAP_MM
                for one in found
            ):
                found.append(Metastasis(place + chance.uniform(0, 1, 3), size, stretch))
                break
        else:
            msg = "so many lesions do not fit into this liver"
            raise ValueError(msg)
    return [found[number] for number in chance.permutation(count).tolist()]


def _grid() -> tuple[Floats, Floats, Floats]:
    """Return slices, rows, columns in mm from the middle, to be broadcast."""
    z, y, x = (
        (np.arange(count, dtype=np.float32) - np.float32((count - 1) / 2)) * step
        for count, step in zip(SHAPE, SPACING_MM, strict=True)
    )
    return z[:, None, None], y[:, None], x


def _organ(name: str) -> NDArray[np.bool_]:
    z, y, x = _grid()
    if name == "spleen":
        found = ((x - 88) / 28) ** 2 + ((y - 30) / 45) ** 2 + (z / 45) ** 2 <= 1
        return np.asarray(found)
    right = ((x + 35) / 78) ** 2 + (y / 82) ** 2 + (z / 74) ** 2 <= 1
    left = ((x - 25) / 55) ** 2 + ((y + 35) / 38) ** 2 + ((z - 8) / 50) ** 2 <= 1
    return np.asarray((right | left) & (x < 58))


def _anatomy(chance: np.random.Generator) -> Floats:
    """Return HU without lesions and noise."""
    z, y, x = _grid()
    hu = np.full(SHAPE, FAT_HU, np.float32)
    body = (x / 126) ** 2 + (y / 108) ** 2
    hu[np.broadcast_to(body > 1, SHAPE)] = -1000
    hu[np.broadcast_to((body > 0.86) & (body <= 1), SHAPE)] = MUSCLE_HU
    ribs = (body > 0.87) & (body < 0.95) & (np.sin(z / 6) > 0.6)
    hu[np.broadcast_to(ribs, SHAPE)] = RIB_HU
    lung = np.broadcast_to((z > 60) & (body < 0.8), SHAPE)
    hu[lung] = LUNG_HU
    hu[_organ("spleen")] = SPLEEN_HU
    liver = _organ("liver")
    rough = ndimage.gaussian_filter(chance.normal(size=SHAPE), (2, 5, 5))
    hu[liver] = (LIVER_HU + 4 * rough / rough.std())[liver].astype(np.float32)
    for _ in range(14):
        _vessel(hu, liver, chance)
    return ndimage.gaussian_filter(hu, (0.3, 0.7, 0.7))


def _vessel(hu: Floats, liver: NDArray[np.bool_], chance: np.random.Generator) -> None:
    z, y, x = _grid()
    start = chance.uniform((-40, -50, -80), (40, 50, 20))
    along = chance.normal(size=3) * (0.6, 1, 1)
    along /= np.linalg.norm(along)
    offset = (z - start[0], y - start[1], x - start[2])
    run = sum(one * way for one, way in zip(offset, along, strict=True))
    square = sum(one**2 for one in offset) - run**2
    radius = chance.uniform(1.5, 5.0)
    inside = (square <= radius**2) & (np.abs(run) <= chance.uniform(20, 60)) & liver
    hu[inside] = VESSEL_HU


def _cover(one: Metastasis) -> tuple[Floats, tuple[slice, ...]]:
    """Return how much of each voxel a lesion covers, and the box of these voxels."""
    steps = np.array(SPACING_MM)
    reach = one.diameter_mm / 2 * one.stretch
    first = np.maximum(np.floor((one.middle_mm - reach) / steps).astype(int) - 1, 0)
    last = np.minimum(np.ceil((one.middle_mm + reach) / steps).astype(int) + 2, SHAPE)
    squares: list[NDArray[np.float64]] = []
    for axis in range(3):
        places = np.arange(first[axis] * FINE, last[axis] * FINE, dtype=np.float64)
        places_mm = ((places - (FINE - 1) / 2) / FINE) * steps[axis]
        squares.append(((places_mm - one.middle_mm[axis]) / reach[axis]) ** 2)
    fine = squares[0][:, None, None] + squares[1][:, None] + squares[2] <= 1
    counts = [len(one) // FINE for one in squares]
    parts = fine.reshape(counts[0], FINE, counts[1], FINE, counts[2], FINE)
    cover = parts.mean(axis=(1, 3, 5), dtype=np.float32)
    return cover, tuple(slice(a, b) for a, b in zip(first, last, strict=True))


def _paint(hu: Floats, one: Metastasis) -> None:
    """Lay a lesion into the liver, blurred as the rest of it is."""
    cover, box = _cover(one)
    wide = tuple(slice(max(side.start - 3, 0), side.stop + 3) for side in box)
    full = np.zeros(hu[wide].shape, np.float32)
    inner = tuple(
        slice(side.start - outer.start, side.stop - outer.start)
        for side, outer in zip(box, wide, strict=True)
    )
    full[inner] = cover
    full = ndimage.gaussian_filter(full, (0.3, 0.7, 0.7))
    hu[wide] += (np.float32(LESION_HU) - hu[wide]) * full


def _moved(
    array: NDArray[Any], shift: tuple[int, int, int], fill: float = 0.0
) -> NDArray[Any]:
    """Return an array moved by whole voxels."""
    moved = np.roll(array, shift, axis=(0, 1, 2))
    for axis, step in enumerate(shift):
        edge = [slice(None)] * 3
        edge[axis] = slice(0, step) if step > 0 else slice(step or SHAPE[axis], None)
        moved[tuple(edge)] = fill
    return moved
