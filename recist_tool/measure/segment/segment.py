"""From a click or a caliper to a mask.

On CT the lesion's surface is found by rays (`segment_ct`), on PET by a threshold that
adapts to the background (`segment_pet`). Both look at a small box around the click, and
answer in a fraction of a second; both masks are proposals for a reader to edit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import length_mm
from recist_tool.measure.mask.mask import Mask, as_voxel
from recist_tool.measure.segment.ct import (
    ANY_SIZE,
    Seed,
    SurfaceLimits,
    refined,
    surface_at_caliper,
    surfaces_at_click,
)
from recist_tool.measure.segment.pet import threshold_on_pet
from recist_tool.measure.segment.rays import ellipsoid_radius, offsets_mm, voxels_inside
from recist_tool.measure.segment.starts import AIR_HU
from recist_tool.model.uptake_border import UptakeRule, uptake_rule
from recist_tool.terms import SuvUnit, UptakeBorder, UptakeMethod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Pixel, PlaneCaliper
    from recist_tool.measure.geometry.patch import Point
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.segment.ct import FoundSurface

RIVAL: Final = 0.5  # of the best quality: what is worse is no other answer
MOST_RIVALS: Final = 4  # each takes time; more of them hardly change what is expected
CLEAR_QUALITY: Final = 1.5
MOST_OVERLAP: Final = 0.95
"""Expected overlap: this, less where the border is unclear, or others disagree."""
LEAST_CONTRAST: Final = 3.0
"""Even liver reached 2.7 in 48 clicks; lesions as faint as the noise, 3.6 as a rule."""

LEAST_OVERLAP: Final = 0.5
"""Of less the larger part is expected to be wrong: no proposal is better than that."""

ELLIPSOID_OVERLAP: Final = 0.6  # of a lesion with the ellipsoid on its axes, about

CANNOT_TELL: Final = "no border found that can be trusted: I cannot tell where it ends"
BY_HAND: Final = "Draw the caliper by hand"


class Segmentation(NamedTuple):
    """A proposed mask and where it comes from.

    Attributes
    ----------
    mask
        Never empty.
    confidence
        From 0 to 1: the overlap (Dice) with the lesion that is to be expected.
    method
        ``rays`` on CT; one of `UptakeMethod` on PET; or the name of another segmenter.
    parameters
        What the method found or was told, by name, for the record.
    cut
        On PET, what would belong to it too, and was cut off as that of a hotter
        neighbour; None where nothing was.
    """

    mask: Mask
    confidence: float
    method: str
    parameters: Mapping[str, float]
    cut: Mask | None = None


def segment_click(
    volume: Volume,
    slice_index: int,
    pixel: Pixel,
    *,
    uptake_border: str = UptakeBorder.MAX_41,
    percist_sul: float | None = None,
) -> Segmentation:
    """Return the lesion that a point lies in.

    Parameters
    ----------
    pixel
        Row, column; fractions allowed.
    uptake_border
        Where the uptake of a lesion ends on PET, as a protocol writes it; nothing to a
        CT.
    percist_sul
        The border by PERCIST, SUL: of the liver of this scan, 1.5 times the mean plus 2
        standard deviations (Wahl 2009).

    Raises
    ------
    GeometryError
        If the point is outside the image or the body, or nothing around it stands out,
        or the border is that of PERCIST and the liver is not known.
    SuvRefused
        If a level of SUV or SUL is not known on this series.
    ValueError
        If the border is none.

    Notes
    -----
    Where the slices are no regular volume (gaps, tilt), the mask is of that slice.
    """
    at = (float(slice_index), *pixel)
    _require_image(volume, at)
    if volume.modality == "PT":
        return _on_pet(volume, at, _rule(volume, uptake_border, percist_sul))
    _require_ct(volume, at)
    return _at_click(volume, at)


def segment_caliper(
    volume: Volume,
    slice_index: int,
    caliper: PlaneCaliper,
    *,
    uptake_border: str = UptakeBorder.MAX_41,
    percist_sul: float | None = None,
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
    uptake_border, percist_sul
        As `segment_click` takes them.

    Raises
    ------
    GeometryError
        If an end is outside the image, or the series is of another modality. Where no
        border is seen, the proposal is what the caliper spans.
    SuvRefused, ValueError
        As `segment_click`.
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
        return segment_click(
            volume,
            slice_index,
            (at[1], at[2]),
            uptake_border=uptake_border,
            percist_sul=percist_sul,
        )
    if volume.modality == "PT":
        rule = _rule(volume, uptake_border, percist_sul)
        try:
            return _on_pet(volume, at, rule, length)
        except GeometryError:  # the reader says that something is there
            return _ellipsoid(volume, borders)
    _require_modality(volume)
    inner = np.linspace(-0.6, 0.6, 9)[:, None]
    within = np.concatenate([middle + inner * (one - middle) for one in borders[::2]])
    nearest = max(0.1 * length, min(ANY_SIZE.nearest_mm, 0.3 * length))
    limits = SurfaceLimits(nearest, 0.75 * length)
    rough = surface_at_caliper(volume, Seed(at, within, borders, limits))
    found = _proposal(volume, [refined(volume, rough, borders, limits)])
    if found.mask.inside.any() and found.confidence >= ELLIPSOID_OVERLAP:
        return found
    return _ellipsoid(volume, borders)


def _ellipsoid(volume: Volume, borders: NDArray[np.float64]) -> Segmentation:
    """Return what a caliper spans, where the image itself shows no border.

    It is as thick as it is wide; where no short axis was drawn, as wide as long.

    Parameters
    ----------
    borders
        Its ends, slice, row, column of the series, shape (2 or 4, 3).
    """
    spacing = np.array(volume.require_steps_mm())
    long_half = (borders[1] - borders[0]) * spacing / 2
    short_mm = float(np.linalg.norm((borders[-1] - borders[-2]) * spacing)) / 2
    flat = not volume.is_regular or volume.shape[0] == 1
    slices, rows, columns = borders[:2].mean(axis=0).tolist()
    middle = (slices, rows, columns)
    mask = _held_by(volume, middle, ellipsoid_radius(long_half, short_mm, flat=flat))
    if not mask.inside.any():
        nearest = as_voxel(np.rint(middle))
        mask = Mask(volume.grid, nearest, np.ones((1, 1, 1), np.bool_))
    return Segmentation(mask, ELLIPSOID_OVERLAP, method="ellipsoid", parameters={})


def _at_click(volume: Volume, at: Point) -> Segmentation:
    """Return the lesion on CT that a point lies in."""
    rough = surfaces_at_click(volume, at)
    clear = [one for one in rough if one.contrast >= LEAST_CONTRAST]
    rivals = [one for one in clear if one.quality >= RIVAL * clear[0].quality]
    nowhere = np.empty((0, 3))
    fine = [refined(volume, one, nowhere, ANY_SIZE) for one in rivals[:MOST_RIVALS]]
    fine = [one for one in fine if one.contrast >= LEAST_CONTRAST]
    if not fine:
        raise GeometryError.at(
            "click", "no border found: nothing here stands out", BY_HAND
        )
    found = _proposal(volume, fine)
    if not found.mask.inside.any():
        raise GeometryError.at("click", "no border found around a whole voxel", BY_HAND)
    if found.confidence < LEAST_OVERLAP:
        raise GeometryError.at("click", CANNOT_TELL, BY_HAND)
    return found


def _proposal(volume: Volume, found: Sequence[FoundSurface]) -> Segmentation:
    """Return what the first surface holds; other ones make it less sure."""
    masks = [_held_by(volume, one.centre, one.radius_mm) for one in found]
    best, mask = found[0], masks[0]
    weights = [1.0, *((one.quality / best.quality) ** 2 for one in found[1:])]
    overlaps = [dice(mask, other) for other in masks]
    agreed = float(np.average(overlaps, weights=weights))
    parameters = {
        "inside_hu": round(best.inside_hu, 1),
        "contrast": round(best.contrast, 2),
        "quality": round(best.quality, 2),
    }
    expected = MOST_OVERLAP * agreed * (1 - math.exp(-best.quality / CLEAR_QUALITY))
    return Segmentation(mask, expected, method="rays", parameters=parameters)


def dice(one: Mask, other: Mask) -> float:
    """Return the overlap of two masks of one grid, from 0 to 1."""
    start = as_voxel(np.minimum(one.start, other.start))
    ends = [np.add(mask.start, mask.inside.shape) for mask in (one, other)]
    stop = as_voxel(np.maximum(*ends))
    common = one.in_box(start, stop).inside & other.in_box(start, stop).inside
    return 2 * int(np.count_nonzero(common)) / max(one.voxels + other.voxels, 1)


def _held_by(volume: Volume, centre: Point, radius_mm: NDArray[np.float64]) -> Mask:
    """Return the voxels whose centres lie inside a surface."""
    flat = len(radius_mm) == 1
    spacing = np.array(volume.require_steps_mm())
    reach = float(radius_mm.max()) * np.array((0.0 if flat else 1.0, 1.0, 1.0))
    lower = np.maximum(np.ceil(centre - reach / spacing), 0)
    upper = np.minimum(np.floor(centre + reach / spacing) + 1, volume.shape)
    first, last = lower.astype(int).tolist(), upper.astype(int).tolist()
    z, y, x = (
        offsets_mm(range(*ends), middle, step)
        for *ends, middle, step in zip(
            first, last, centre, spacing.tolist(), strict=True
        )
    )
    inside = voxels_inside(radius_mm, (z, y, x))
    return Mask(volume.grid, (first[0], first[1], first[2]), inside).cropped()


def _rule(volume: Volume, border: str, percist_sul: float | None) -> UptakeRule:
    """Return where uptake ends on a series, a level of SUV in its own units."""
    rule = uptake_rule(border)
    unit = SuvUnit.BODY_WEIGHT
    if rule.method is UptakeMethod.PERCIST:
        if percist_sul is None:
            raise GeometryError.at(
                "border by PERCIST liver",
                "the mean and SD of the liver's SUL are not known at this visit",
                "Record them with the PET",
            )
        rule, unit = rule._replace(level=percist_sul), SuvUnit.LEAN_JANMAHASATIAN
    if rule.level is None or rule.method is UptakeMethod.SHARE:
        return rule
    if volume.units not in list(SuvUnit):
        raise GeometryError.at(
            f"series in {volume.units or 'unknown units'}",
            f"a border by {border} needs a PET in SUV",
            "Choose a border relative to the maximum",
        )
    return rule._replace(level=volume.suv_level(rule.level, unit))


def _on_pet(
    volume: Volume, at: Point, rule: UptakeRule, size_mm: float | None = None
) -> Segmentation:
    found = threshold_on_pet(volume, at, size_mm, rule)
    if found.confidence < LEAST_OVERLAP:
        raise GeometryError.at("click", CANNOT_TELL, BY_HAND)
    parameters = {"threshold": found.threshold, "background": found.background}
    if rule.method is UptakeMethod.SHARE and rule.level is not None:
        parameters["share"] = rule.level
    if found.cut is not None:
        parameters["cut_voxels"] = found.cut.voxels
    return Segmentation(
        found.mask,
        found.confidence,
        method=rule.method.value,
        parameters=parameters,
        cut=found.cut,
    )


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
    _require_modality(volume)
    if _mean_around(volume, at) < AIR_HU:
        raise GeometryError.at("click", "it is in air", "Click inside the lesion")


def _require_modality(volume: Volume) -> None:
    if volume.modality != "CT":
        raise GeometryError.at(
            f"series of modality {volume.modality}",
            "a click finds lesions on CT and PET only",
            BY_HAND,
        )


def _mean_around(volume: Volume, at: Point) -> float:
    """Return the mean of three by three pixels of the slice, fewer at its edges."""
    slices, rows, columns = np.rint(at).astype(int).tolist()
    rows, columns = max(rows - 1, 0), max(columns - 1, 0)
    return float(volume.voxels[slices, rows : rows + 3, columns : columns + 3].mean())
