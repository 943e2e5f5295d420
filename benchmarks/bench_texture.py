"""Noise and texture of real CTs: what `hard_scenes` draws around.

On each slice the evenest square of 14 mm whose mean is that of muscle or of enhanced
tissue, less a parabola: its standard deviation, and how far it agrees with itself moved
by one and two pixels, and with the next slice. Of the lung nodule: what lies deeper
than 6 mm in its outline, as it is and blurred, and the lung 5 to 20 mm around it.

Run: ``RECIST_REAL_IMAGES=FOLDER python -m benchmarks bench_texture``
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import ndimage

from benchmarks.real_lesions import real_folder, real_nodule
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.measure.geometry.filters import blurred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.float64]

CASES: Final = (
    "ct_lung_lidc_0001",
    "ct_liver_crlm_1004",
    "ct_liver_totalseg",
    "ct_liver_dcmqi",
    "petct_sts_003",
)
SQUARE_MM: Final = 14.0
TISSUES_HU: Final = {"muscle": (30.0, 75.0), "enhanced": (85.0, 170.0)}
DEEP_MM: Final = 6.0
LUNG_MM: Final = (5.0, 20.0)
LUNG_HU: Final = -500.0


def even_squares(volume: Volume, between_hu: tuple[float, float]) -> Iterator[Floats]:
    """Yield HU, deviation and three agreements of the evenest square of each slice.

    Parameters
    ----------
    between_hu
        Where the mean of a square has to lie.
    """
    side = max(round(SQUARE_MM / volume.require_pixel_spacing()[0]), 10)
    low, high = between_hu
    for index in range(len(volume.voxels) - 1):
        hu = volume.voxels[index].astype(np.float64)
        mean = ndimage.uniform_filter(hu, side)
        square = ndimage.uniform_filter(hu * hu, side)
        inner = np.zeros(hu.shape, np.bool_)
        inner[side:-side, side:-side] = True
        inner &= (mean > low) & (mean < high)
        if not inner.any():
            continue
        at = np.where(inner, square - mean * mean, np.inf).argmin()
        row, column = (int(one) for one in np.unravel_index(at, hu.shape))
        box = (
            slice(row - side // 2, row + side // 2),
            slice(column - side // 2, column + side // 2),
        )
        own, next_one = (_flattened(volume.voxels[index + up][box]) for up in (0, 1))
        moved = [_agreement(own[:, by:], own[:, :-by]) for by in (1, 2)]
        yield np.array(
            [mean[row, column], own.std(), *moved, _agreement(own, next_one)]
        )


def _flattened(hu: NDArray[np.int16] | NDArray[np.float32]) -> Floats:
    """Return HU less the parabola that fits them best; the shape of `hu`."""
    rows, columns = (one.ravel() for one in np.indices(hu.shape) / len(hu))
    terms = [rows**a * columns**b for a in range(3) for b in range(3 - a)]
    terms = np.stack(terms, axis=1)
    flat = hu.ravel().astype(np.float64)
    fit = np.linalg.lstsq(terms, flat, rcond=None)[0]
    return (flat - terms @ fit).reshape(hu.shape)


def _agreement(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def nodule_lines(folder: Path) -> Iterator[str]:
    """Yield what the inside of the lung nodule and its lung spread by, in words."""
    nodule = real_nodule(folder)
    volume, spacing = nodule.volume, nodule.volume.spacing_mm
    if nodule.truth is None:
        return
    inside = nodule.truth.as_full()
    deep = ndimage.distance_transform_edt(inside, spacing) > DEEP_MM
    hu = volume.voxels.astype(np.float32)
    for blur_mm in (0.0, 1.0, 2.0):
        seen = blurred(hu, [blur_mm / step for step in spacing])[deep]
        yield f"nodule, blur {blur_mm:.0f} mm: {seen.mean():.0f} ± {seen.std():.1f} HU"
    away = ndimage.distance_transform_edt(~inside, spacing)
    lung = hu[(away > LUNG_MM[0]) & (away < LUNG_MM[1]) & (hu < LUNG_HU)]
    yield f"lung around it: {lung.mean():.0f} ± {lung.std():.0f} HU"


def main() -> None:
    """Print noise and its correlation on each real CT, and the texture of a nodule."""
    console = Console(highlight=False)
    folder = real_folder()
    if folder is None:
        console.print("RECIST_REAL_IMAGES is not set: no real images to measure")
        return
    table = Table("series", "tissue", "HU", "SD", "1 pixel", "2 pixels", "next slice")
    for case in CASES:
        for series in scan([folder / case]).series:
            if series.modality != "CT":
                continue
            volume = load(series)
            for tissue, between in TISSUES_HU.items():
                found = list(even_squares(volume, between))
                if found:
                    mean, deviation, *rest = np.median(found, axis=0).tolist()
                    table.add_row(
                        case,
                        tissue,
                        f"{mean:.0f}",
                        f"{deviation:.1f}",
                        *(f"{one:.2f}" for one in rest),
                    )
    console.print(table)
    console.print("\n".join(nodule_lines(folder)))


if __name__ == "__main__":
    main()
