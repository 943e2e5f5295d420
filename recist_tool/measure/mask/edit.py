"""Edits of a mask by a reader: each takes a mask and returns another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.filters import blurred

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Pixel
    from recist_tool.measure.mask.mask import Mask

    Bools = NDArray[np.bool_]
    Ends = tuple[Pixel, Pixel]

STRETCH: Final = 4.0  # deviations of the Gaussian


def add_ellipse(
    mask: Mask, slice_index: int, pixel: Pixel, radii_mm: tuple[float, float]
) -> Mask:
    """Return the mask with the pixels that a brush covers in one slice.

    Parameters
    ----------
    pixel
        Row, column of the brush's middle; fractions allowed.
    radii_mm
        Along columns (down the image) and along rows. The pixel under the middle is
        always covered, however small the brush.

    Raises
    ------
    GeometryError
        If the brush covers no pixel of the image.
    """
    start, brush = _ellipse(mask, slice_index, pixel, radii_mm)
    touched = replace(mask, start=start, inside=brush)
    return united(mask, touched) if mask.inside.size else touched


def erase_ellipse(
    mask: Mask, slice_index: int, pixel: Pixel, radii_mm: tuple[float, float]
) -> Mask:
    """Return the mask without the pixels that a brush covers in one slice.

    The parameters are those of `add_ellipse`; the mask may become empty.

    Parameters
    ----------
    pixel, radii_mm
        As `add_ellipse` takes them.

    Raises
    ------
    GeometryError
        If the brush covers no pixel of the image.
    """
    start, brush = _ellipse(mask, slice_index, pixel, radii_mm)
    return without(mask, replace(mask, start=start, inside=brush))


def united(mask: Mask, other: Mask) -> Mask:
    """Return the voxels of either of two masks of one grid."""
    stops = [np.array(one.start) + one.inside.shape for one in (mask, other)]
    box = _triple(np.minimum(mask.start, other.start)), _triple(np.maximum(*stops))
    grown = mask.in_box(*box)
    return replace(grown, inside=grown.inside | other.in_box(*box).inside)


def without(mask: Mask, other: Mask) -> Mask:
    """Return the voxels of a mask that another of its grid does not hold."""
    stop = _triple(np.array(mask.start) + mask.inside.shape)
    taken = other.in_box(mask.start, stop).inside
    return replace(mask, inside=mask.inside & ~taken)


def smoothed_outline(mask: Mask, sigma_mm: float = 1.0) -> Mask:
    """Return the mask with its outline smooth, slice by slice; its size stays.

    The mask is blurred and cut again where as many voxels lie inside as before.

    Raises
    ------
    GeometryError
        If the pixel spacing is unknown.
    """
    if not mask.inside.any():
        return mask
    spacing = mask.grid.require_pixel_spacing()
    margin = int(np.ceil(STRETCH * sigma_mm / min(spacing)))
    wide = mask.cropped(margin)
    sigmas = (0.0, *(sigma_mm / step for step in spacing))
    soft = blurred(wide.inside.astype(np.float32), sigmas)
    level = np.partition(soft, -mask.voxels, axis=None)[-mask.voxels]
    return replace(wide, inside=soft >= max(level, np.float32(1e-3))).cropped()


def filled_holes(mask: Mask) -> Mask:
    """Return the mask with the holes within each slice filled."""
    slices = [ndimage.binary_fill_holes(one) for one in mask.inside]
    return replace(mask, inside=np.array(slices, np.bool_).reshape(mask.inside.shape))


def largest_part(mask: Mask) -> Mask:
    """Return the part with most voxels, connected by sides; the first of equals."""
    if not mask.inside.any():
        return mask
    parts, _ = ndimage.label(mask.inside)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return replace(mask, inside=parts == sizes.argmax()).cropped()


def filled_between_slices(mask: Mask) -> Mask:
    """Return the mask with empty slices between drawn ones filled.

    Between two drawn slices the signed distance from the outline is interpolated by the
    position of the slices (Raya and Udupa 1990, IEEE Trans Med Imaging 9:32), so
    outlines that overlap pass into each other. Drawn slices stay as they are.

    Raises
    ------
    GeometryError
        If two neighbouring outlines do not overlap enough for anything to lie between.
    """
    drawn = np.flatnonzero(mask.inside.any(axis=(1, 2)))
    wide = mask.cropped(1)
    inside = wide.inside.copy()
    for above, below in zip(drawn.tolist(), drawn[1:].tolist(), strict=False):
        first, last = (at + mask.start[0] - wide.start[0] for at in (above, below))
        for at in range(first + 1, last):
            part = _part(wide, first, at, last)
            inside[at] = _between(wide, first, last, part)
            if not inside[at].any():
                raise GeometryError.at(
                    "mask",
                    f"the outlines on slices {first + wide.start[0] + 1} and "
                    f"{last + wide.start[0] + 1} do not overlap",
                    "Draw a slice between them",
                )
    return replace(wide, inside=inside).cropped()


def _between(mask: Mask, first: int, last: int, part: float) -> Bools:
    """Return the outline that lies so far on the way from one slice to another."""
    one, other = (_signed_mm(mask, at) for at in (first, last))
    return (1 - part) * one + part * other > 0


def _signed_mm(mask: Mask, at: int) -> NDArray[np.float64]:
    """Return the distance from the outline of a slice, positive inside, mm."""
    spacing = mask.grid.require_pixel_spacing()
    inside = mask.inside[at]
    within, without = (
        ndimage.distance_transform_edt(each, spacing) for each in (inside, ~inside)
    )
    return within - without


def _part(mask: Mask, first: int, at: int, last: int) -> float:
    """Return how far a slice lies on the way from one to another, from 0 to 1."""
    along = mask.grid.slice_origins_lps @ mask.grid.normal_lps
    here, start, stop = (float(along[one + mask.start[0]]) for one in (at, first, last))
    return (here - start) / (stop - start)


def _ellipse(
    mask: Mask, slice_index: int, pixel: Pixel, radii_mm: tuple[float, float]
) -> tuple[tuple[int, int, int], Bools]:
    """Return where a brush lies in the grid, and which pixels of its box it covers."""
    spacing = mask.grid.require_pixel_spacing()
    slices, *size = mask.grid.shape
    bounds: list[tuple[int, int]] = []
    squares: list[NDArray[np.float64]] = []
    for middle, radius, step, count in zip(pixel, radii_mm, spacing, size, strict=True):
        reach = max(radius / step, 0.0)
        nearest = round(middle)
        first = max(min(int(np.ceil(middle - reach)), nearest), 0)
        last = min(max(int(np.floor(middle + reach)), nearest), count - 1) + 1
        bounds.append((first, last))
        offset = np.abs(np.arange(first, last) - middle)
        offset[np.arange(first, last) == nearest] = 0.0
        squares.append((offset / max(reach, 1e-9)) ** 2)
    if not 0 <= slice_index < slices or any(first >= last for first, last in bounds):
        raise GeometryError.at("brush", "it is outside the image", "Draw on the image")
    (row, _), (column, _) = bounds
    covered = np.add.outer(*squares) <= 1
    return (slice_index, row, column), covered[None]


def _triple(numbers: NDArray[np.int64]) -> tuple[int, int, int]:
    slices, rows, columns = numbers.tolist()
    return slices, rows, columns
