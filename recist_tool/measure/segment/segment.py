"""From a click or a caliper to a mask.

On CT the lesion's surface is found by rays (`segment_ct`), on PET by a threshold that
adapts to the background (`segment_pet`). Both look at a small box around the click, and
answer in a fraction of a second; both masks are proposals for a reader to edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import length_mm
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.statistics import SUV_UNITS
from recist_tool.measure.segment.ct import ANY_SIZE, Seed, SurfaceLimits, surface_on_ct
from recist_tool.measure.segment.pet import FIXED, threshold_on_pet
from recist_tool.measure.segment.rays import offsets_mm, voxels_inside
from recist_tool.terms import UptakeBorder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.measure.caliper.caliper import Pixel, PlaneCaliper
    from recist_tool.measure.geometry.patch import Point
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.segment.ct import FoundSurface

AIR_HU: Final = -700.0  # lung that holds air, and gas, lie below
LEAST_CONTRAST: Final = 3.0
"""Even liver reached 2.7 in 48 clicks; lesions as faint as the noise, 3.6 as a rule."""

SURE_CONTRAST: Final = 8.0  # from here on the confidence is 1
LEAST_OVERLAP: Final = 0.5
"""Of less the larger part is expected to be wrong: no proposal is better than that."""

CANNOT_TELL: Final = "no border found that can be trusted: I cannot tell where it ends"
BY_HAND: Final = "Draw the caliper by hand"
METHODS: Final = {
    UptakeBorder.MAX_41: "share_of_maximum",
    UptakeBorder.MAX_50: "share_of_maximum",
    UptakeBorder.MIDWAY: "adaptive_threshold",
    UptakeBorder.SUV_2_5: "fixed_threshold",
    UptakeBorder.SUV_4: "fixed_threshold",
}
"""Names of how uptake was found, for the record."""


class Segmentation(NamedTuple):
    """A proposed mask and where it comes from.

    Attributes
    ----------
    mask
        Never empty.
    confidence
        From 0 to 1: how clearly the lesion stands out all around. A hint which to look
        at twice, not a probability.
    method
        ``rays`` on CT; ``share_of_maximum``, ``adaptive_threshold`` or
        ``fixed_threshold`` on PET; or the name of another segmenter.
    parameters
        What the method found or was told, by name, for the record.
    """

    mask: Mask
    confidence: float
    method: str
    parameters: Mapping[str, float]


def segment_click(
    volume: Volume,
    slice_index: int,
    pixel: Pixel,
    *,
    uptake_border: UptakeBorder = UptakeBorder.MAX_41,
) -> Segmentation:
    """Return the lesion that a point lies in.

    Parameters
    ----------
    pixel
        Row, column; fractions allowed.
    uptake_border
        Where the uptake of a lesion ends on PET; nothing to a CT.

    Raises
    ------
    GeometryError
        If the point is outside the image or the body, or nothing around it stands out.

    Notes
    -----
    Where the slices are no regular volume (gaps, tilt), the mask is of that slice.
    """
    at = (float(slice_index), *pixel)
    _require_image(volume, at)
    if volume.modality == "PT":
        return _on_pet(volume, at, border=uptake_border)
    _require_ct(volume, at)
    points = np.array([at])
    return _on_ct(volume, Seed(at, points, np.empty((0, 3))))


def segment_caliper(
    volume: Volume, slice_index: int, caliper: PlaneCaliper
) -> Segmentation:
    """Return the lesion that a caliper was drawn across.

    On CT the ends of the caliper are taken as points of its border; on PET the caliper
    only says where, and how large at most.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    caliper
        Ends at row, column; the short axis may be missing.

    Raises
    ------
    GeometryError
        As `segment_click`; the point is the middle of the long axis.
    """
    spacing = volume.require_pixel_spacing()
    length = length_mm(spacing, *caliper.long_ends)
    ends = [*caliper.long_ends, *(caliper.short_ends or ())]
    borders = np.array([(slice_index, *end) for end in ends], float)
    middle = borders[:2].mean(axis=0)
    at = (float(slice_index), float(middle[1]), float(middle[2]))
    for border in borders.tolist():
        _require_image(volume, (border[0], border[1], border[2]))
    if length == 0:
        return segment_click(volume, slice_index, (at[1], at[2]))
    if volume.modality == "PT":
        return _on_pet(volume, at, length)
    _require_ct(volume, at)
    inner = np.linspace(-0.6, 0.6, 9)[:, None]
    within = np.concatenate([middle + inner * (one - middle) for one in borders[::2]])
    nearest = max(0.1 * length, min(ANY_SIZE.nearest_mm, 0.3 * length))
    limits = SurfaceLimits(nearest, 0.75 * length)
    return _on_ct(volume, Seed(at, within, borders, limits))


def _on_ct(volume: Volume, seed: Seed) -> Segmentation:
    found = surface_on_ct(volume, seed)
    if found.contrast < LEAST_CONTRAST:
        raise GeometryError.at(
            "click", "no border found: nothing here stands out", BY_HAND
        )
    mask = _held_by(volume, found)
    if not mask.inside.any():
        raise GeometryError.at("click", "no border found around a whole voxel", BY_HAND)
    parameters = {
        "inside_hu": round(found.inside_hu, 1),
        "contrast": round(found.contrast, 2),
    }
    return Segmentation(mask, _confidence(found.contrast), "rays", parameters)


def _confidence(contrast: float) -> float:
    part = (contrast - LEAST_CONTRAST) / (SURE_CONTRAST - LEAST_CONTRAST)
    return float(np.clip(part, 0, 1))


def _held_by(volume: Volume, found: FoundSurface) -> Mask:
    """Return the voxels whose centres lie inside a surface."""
    flat = len(found.radius_mm) == 1
    spacing = np.array(
        (volume.slice_spacing_mm or 1.0, *volume.require_pixel_spacing())
    )
    reach = float(found.radius_mm.max()) * np.array((0.0 if flat else 1.0, 1.0, 1.0))
    lower = np.maximum(np.ceil(found.centre - reach / spacing), 0)
    upper = np.minimum(np.floor(found.centre + reach / spacing) + 1, volume.shape)
    first, last = lower.astype(int).tolist(), upper.astype(int).tolist()
    z, y, x = (
        offsets_mm(range(*ends), middle, step)
        for *ends, middle, step in zip(
            first, last, found.centre, spacing.tolist(), strict=True
        )
    )
    inside = voxels_inside(found.radius_mm, (z, y, x))
    return Mask(volume.grid, (first[0], first[1], first[2]), inside).cropped()


def _on_pet(
    volume: Volume,
    at: Point,
    size_mm: float | None = None,
    border: UptakeBorder = UptakeBorder.MAX_41,
) -> Segmentation:
    if border in FIXED and volume.units not in SUV_UNITS:
        raise GeometryError.at(
            f"series in {volume.units or 'unknown units'}",
            f"{border.value} needs a PET in SUV",
            "Choose a border relative to the maximum",
        )
    found = threshold_on_pet(volume, at, size_mm, border)
    if found.confidence < LEAST_OVERLAP:
        raise GeometryError.at("click", CANNOT_TELL, BY_HAND)
    parameters = {"threshold": found.threshold, "background": found.background}
    return Segmentation(found.mask, found.confidence, METHODS[border], parameters)


def _require_image(volume: Volume, at: Point) -> None:
    for where, count in zip(at, volume.shape, strict=True):
        if not -0.5 <= where <= count - 0.5:
            raise GeometryError.at("click", "it is outside the image", "Click inside")
    nearest = np.clip(np.rint(at).astype(int), 0, np.array(volume.shape) - 1)
    if volume.is_padding(volume.voxels[tuple(nearest)][None]).any():
        raise GeometryError.at(
            "click", "there is no image here, only padding", "Click inside the image"
        )


def _require_ct(volume: Volume, at: Point) -> None:
    if volume.modality != "CT":
        raise GeometryError.at(
            f"series of modality {volume.modality}",
            "a click finds lesions on CT and PET only",
            BY_HAND,
        )
    if _mean_around(volume, at) < AIR_HU:
        raise GeometryError.at("click", "it is in air", "Click inside the lesion")


def _mean_around(volume: Volume, at: Point) -> float:
    """Return the mean of three by three pixels of the slice, fewer at its edges."""
    slices, rows, columns = np.rint(at).astype(int).tolist()
    rows, columns = max(rows - 1, 0), max(columns - 1, 0)
    return float(volume.voxels[slices, rows : rows + 3, columns : columns + 3].mean())
