"""Real lesions with what is known of them, from the folder RECIST_REAL_IMAGES."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Bools = NDArray[np.bool_]
    Voxel = tuple[int, int, int]

SHARE_OF_MAX: Final = 0.41
WIDER_MM: Final = 10.0  # an outline drawn on MR may lie beside the uptake
DEEP: Final = 0.25  # of the greatest depth: nearer to the border nobody means to click
HALF: Final = 0.5
APART: Final = ("STS_016", "STS_021", "STS_038", "STS_044")
"""In three the 41 % region falls into parts; the fourth is faint beside a bladder."""


class RealLesion(NamedTuple):
    """A lesion on a real image.

    Attributes
    ----------
    truth
        The outline, or the 41 % region of a PET; None where nobody drew the lesion.
    clickable
        Slice, row, column of every voxel that may be clicked, shape (voxels, 3).
    apart
        Whether its figures are told beside the others.
    """

    name: str
    volume: Volume
    truth: Mask | None
    clickable: NDArray[np.int64]
    apart: bool = False

    def clicks(self, count: int, seed: int = 0) -> list[Voxel]:
        """Return some voxels to click, drawn by chance, always the same."""
        chance = np.random.default_rng((seed, len(self.clickable)))
        chosen = chance.choice(
            len(self.clickable), count, replace=count > len(self.clickable)
        )
        return [(z, y, x) for z, y, x in self.clickable[chosen].tolist()]

    def truth_at(self, click: Voxel, found: Mask) -> Mask:
        """Return the truth that a click asked for.

        Of a truth in parts, that is the whole or the part that was clicked, whichever
        is nearer to what was found.
        """
        if self.truth is None:
            msg = f"{self.name} has no outline"
            raise ValueError(msg)
        parts, count = ndimage.label(self.truth.as_full(), np.ones((3, 3, 3)))
        if count < 2:
            return self.truth
        part = Mask.of_full(parts == parts[click], self.truth.grid)
        return max((self.truth, part), key=lambda one: dice(found, one))


def dice(one: Mask, other: Mask) -> float:
    """Return the overlap of two masks of one grid, from 0 to 1."""
    common = one.as_full() & other.as_full()
    return 2 * int(common.sum()) / (one.voxels + other.voxels)


def real_folder() -> Path | None:
    """Return where real images are, or None where nobody says so."""
    folder = os.environ.get("RECIST_REAL_IMAGES")
    return Path(folder) if folder else None


def real_tumours_on_pet(folder: Path, *, deep: bool = False) -> Iterator[RealLesion]:
    """Yield the sarcomas with their 41 % regions.

    Parameters
    ----------
    folder
        Of the real images.
    deep
        Whether clicks near the border of the region are left out.
    """
    cases = [folder / "petct_sts_003" / "PET"]
    cases += sorted((folder / "pet_sts_more").glob("STS_*"))
    for case in cases:
        name = "STS_003" if case.name == "PET" else case.name
        volume = _series(case / "image")
        (outline,) = read_masks(case / "mask" / "RS.dcm").segments(volume.grid).segments
        region, highest = share_of_max(volume, outline.mask)
        clickable = region & (volume.voxels >= HALF * highest)
        if deep:
            clickable &= deep_inside(region, volume.spacing_mm)
        yield RealLesion(
            name=name,
            volume=volume,
            truth=Mask.of_full(region, volume.grid),
            clickable=np.argwhere(clickable),
            apart=name in APART,
        )


def real_nodule(folder: Path) -> RealLesion:
    """Return the solid nodule of a lung with the outline of its first reader."""
    case = folder / "ct_lung_lidc_0001"
    outlines = case / "nodule_reader1_seg.dcm"
    volume = _series(case)
    (outline,) = read_masks(outlines).segments(volume.grid).segments
    inside = outline.mask.as_full()
    clickable = np.argwhere(deep_inside(inside, volume.spacing_mm))
    return RealLesion("LIDC-0001", volume, outline.mask, clickable)


def real_metastasis(folder: Path) -> RealLesion:
    """Return a metastasis that nobody outlined; clicks lie within 3 mm of it."""
    volume = _series(folder / "ct_liver_crlm_1004")
    at = np.array([16, 261, 171])
    rows, columns = np.mgrid[-4:5, -4:5]
    near = np.hypot(rows, columns) * volume.require_pixel_spacing()[0] <= 3.0
    steps = np.column_stack((np.zeros(near.sum(), int), rows[near], columns[near]))
    return RealLesion("CRLM-1004", volume, None, at + steps)


def share_of_max(volume: Volume, outline: Mask) -> tuple[Bools, float]:
    """Return the 41 % region of what was outlined, and its highest value.

    That is every voxel of at least 41 % of the highest value inside the outline, within
    the outline widened by 10 mm.
    """
    inside = outline.as_full()
    highest = float(volume.voxels[inside].max())
    away = ndimage.distance_transform_edt(~inside, volume.spacing_mm)
    return (away <= WIDER_MM) & (volume.voxels >= SHARE_OF_MAX * highest), highest


def deep_inside(inside: Bools, spacing_mm: tuple[float, float, float]) -> Bools:
    """Return the voxels that lie deeper than a quarter of the greatest depth."""
    depth = ndimage.distance_transform_edt(np.pad(inside, 1), spacing_mm)
    depth = depth[1:-1, 1:-1, 1:-1]
    return depth > DEEP * depth.max()


def _series(folder: Path) -> Volume:
    found = scan([folder]).series
    images = [one for one in found if one.modality in {"CT", "PT"}]
    (series,) = images
    return load(series)
