"""The bidirectional caliper: geometry in millimetres of one image plane.

Points are (row, column) of the image's own pixel grid, fractions allowed; (0, 0) is the
centre of the first pixel. Lengths and right angles are taken in millimetres, so
non-square pixels change nothing.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.model.diameter import Caliper, Diameter, ImagePlane
from recist_tool.terms import Axis

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume

SAME_PLACE_MM: Final = 0.1

Pixel = tuple[float, float]
"""Row, column."""

Ends = tuple[Pixel, Pixel]

Spacing = tuple[float, float]
"""Distance between rows, between columns, mm."""


class PlaneCaliper(NamedTuple):
    """A caliper while it is being drawn on one image."""

    long_ends: Ends
    short_ends: Ends | None = None


class PlacedCaliper(NamedTuple):
    """A saved caliper found again on an image of a series."""

    slice_index: int
    caliper: PlaneCaliper


def length_mm(spacing: Spacing, a: Pixel, b: Pixel) -> float:
    """Return the distance of two points of an image, mm.

    >>> length_mm((0.5, 2.0), (0, 0), (6, 2))
    5.0

    Parameters
    ----------
    a, b
        Row, column; fractions allowed.
    """
    return math.hypot((a[0] - b[0]) * spacing[0], (a[1] - b[1]) * spacing[1])


def propose_short_axis(spacing: Spacing, long_ends: Ends) -> Ends:
    """Return a short axis to start from: half as long, across the middle.

    Raises
    ------
    GeometryError
        If the long axis has no length.
    """
    along, length = _direction(spacing, long_ends)
    middle = _mean(*(_to_mm(spacing, end) for end in long_ends))
    half = _across(along) * length / 4
    return _to_pixel(spacing, middle - half), _to_pixel(spacing, middle + half)


def move_long_end(
    caliper: PlaneCaliper, spacing: Spacing, index: int, to: Pixel
) -> PlaneCaliper:
    """Return the caliper with one end (0 or 1) of its long axis moved.

    The short axis turns with it: it keeps its two half lengths, and crosses the long
    axis at the same fraction of its length.

    Parameters
    ----------
    index
        Which end: 0 or 1.
    to
        Row, column; fractions allowed.
    """
    fixed = caliper.long_ends[1 - index]
    long_ends = (to, fixed) if index == 0 else (fixed, to)
    if caliper.short_ends is None or to == fixed:
        return PlaneCaliper(long_ends, caliper.short_ends)
    fraction, before, after = _crossing(caliper.long_ends, caliper.short_ends, spacing)
    return _with_short_axis(long_ends, spacing, fraction, (before, after))


def move_short_end(
    caliper: PlaneCaliper, spacing: Spacing, index: int, to: Pixel
) -> PlaneCaliper:
    """Return the caliper with one end (0 or 1) of its short axis moved.

    The axis stays at a right angle: it slides along the long axis to where `to` is, and
    this end comes as far out as `to`; it does not leave the long axis, nor cross it.
    The other end stays as far out as it was; where there was no short axis yet, it
    comes as far out on its own side.

    Parameters
    ----------
    index
        Which end: 0 or 1.
    to
        Row, column; fractions allowed.
    """
    ends = caliper.short_ends or propose_short_axis(spacing, caliper.long_ends)
    _, before, after = _crossing(caliper.long_ends, ends, spacing)
    along, length = _direction(spacing, caliper.long_ends)
    start = _to_mm(spacing, caliper.long_ends[0])
    offset = _to_mm(spacing, to) - start
    fraction = float(np.clip(offset @ along / length, 0.0, 1.0))
    out = float(offset @ _across(along))
    side = math.copysign(1.0, after - before) * (1 if index == 1 else -1)
    out = side * max(side * out, 0.0)
    if caliper.short_ends is None:
        before, after = -out, -out
    reach = (out, after) if index == 0 else (before, out)
    return _with_short_axis(caliper.long_ends, spacing, fraction, reach)


def shifted(caliper: PlaneCaliper, by: Pixel) -> PlaneCaliper:
    """Return the whole caliper moved by rows, columns."""

    def moved(ends: Ends) -> Ends:
        (a, b), (c, d) = ends
        return (a + by[0], b + by[1]), (c + by[0], d + by[1])

    short_ends = None if caliper.short_ends is None else moved(caliper.short_ends)
    return PlaneCaliper(moved(caliper.long_ends), short_ends)


def settled(caliper: PlaneCaliper, spacing: Spacing) -> PlaneCaliper:
    """Return the caliper as it is when the mouse is released.

    A short axis that outgrew the long one takes its role.
    """
    short_ends = caliper.short_ends
    if short_ends is None:
        return caliper
    if length_mm(spacing, *short_ends) <= length_mm(spacing, *caliper.long_ends):
        return caliper
    return PlaneCaliper(short_ends, caliper.long_ends)


def as_record(
    volume: Volume, slice_index: int, caliper: PlaneCaliper, decimals: int = 1
) -> Caliper:
    """Return the caliper as it is saved: reported mm, LPS, and SOP UID with pixels.

    Parameters
    ----------
    decimals
        Digits after the point of the reported lengths; halves are rounded up.

    Raises
    ------
    GeometryError
        If the pixel spacing is unknown, an end lies outside the image, or the slice was
        interpolated.
    """
    if volume.is_resampled:
        raise GeometryError.at(
            "caliper", "this slice was resampled", "Draw it on the original slices"
        )
    spacing = volume.require_pixel_spacing()
    caliper = settled(caliper, spacing)
    plane = image_plane(volume, slice_index)
    short_axis = None
    if caliper.short_ends is not None:
        short_axis = _diameter(
            volume, slice_index, caliper.short_ends, (Axis.SHORT, decimals)
        )
    long_axis = _diameter(volume, slice_index, caliper.long_ends, (Axis.LONG, decimals))
    return Caliper(long_axis=long_axis, short_axis=short_axis, plane=plane)


def image_plane(volume: Volume, slice_index: int) -> ImagePlane:
    """Return how a slice is named in a record."""
    return ImagePlane(
        sop_instance_uid=volume.sop_instance_uids[slice_index],
        series_instance_uid=volume.series_instance_uid,
        frame_of_reference_uid=volume.frame_of_reference_uid,
        slice_thickness_mm=volume.slice_thickness_mm,
        frame_number=volume.frame_number(slice_index),
    )


def from_record(volume: Volume, caliper: Caliper) -> PlacedCaliper | None:
    """Return where a saved caliper lies on a series, or None if it is not on it."""
    long_pixels = caliper.long_axis.ends_pixel
    if caliper.plane is None or long_pixels is None:
        return None
    slice_index = _slice_index(volume, caliper.plane, caliper.long_axis)
    if slice_index is None:
        return None
    short_pixels = caliper.short_axis and caliper.short_axis.ends_pixel
    short_ends = _swapped(short_pixels) if short_pixels else None
    return PlacedCaliper(slice_index, PlaneCaliper(_swapped(long_pixels), short_ends))


def _slice_index(volume: Volume, plane: ImagePlane, axis: Diameter) -> int | None:
    """Return the slice of an image; where UIDs repeat, the one where the axis lies."""
    slices = volume.slices_of(plane.sop_instance_uid, plane.frame_number)
    if len(slices) <= 1 or axis.ends_pixel is None or axis.ends_lps is None:
        return slices[0] if len(slices) == 1 else None
    pixels, there = np.array(_swapped(axis.ends_pixel)), np.array(axis.ends_lps)
    distances = [np.abs(volume.pixel_to_lps(i, pixels) - there).max() for i in slices]
    nearest = int(np.argmin(distances))
    return slices[nearest] if distances[nearest] <= SAME_PLACE_MM else None


def _diameter(
    volume: Volume, slice_index: int, ends: Ends, report: tuple[Axis, int]
) -> Diameter:
    axis, decimals = report
    rows, columns = volume.voxels.shape[1:]
    for row, column in ends:
        if not (-0.5 <= row <= rows - 0.5 and -0.5 <= column <= columns - 0.5):
            raise GeometryError.at(
                f"{axis.value} axis", "one end lies outside the image", "Draw it again"
            )
    length = length_mm(volume.require_pixel_spacing(), *ends)
    first, second = volume.pixel_to_lps(slice_index, np.array(ends)).tolist()
    return Diameter(
        axis=axis,
        value_mm=Decimal(repr(round(length, 6))).quantize(
            Decimal(1).scaleb(-decimals), ROUND_HALF_UP
        ),
        ends_lps=(tuple(first), tuple(second)),
        ends_pixel=_swapped(ends),
    )


def _swapped(ends: Ends) -> Ends:
    """Return (row, column) pairs as (column, row) pairs, or the other way round."""
    (a, b), (c, d) = ends
    return (b, a), (d, c)


def _to_mm(spacing: Spacing, point: Pixel) -> np.ndarray:
    return np.array([point[0] * spacing[0], point[1] * spacing[1]])


def _to_pixel(spacing: Spacing, point: np.ndarray) -> Pixel:
    return float(point[0]) / spacing[0], float(point[1]) / spacing[1]


def _mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a + b) / 2


def _across(along: np.ndarray) -> np.ndarray:
    return np.array([-along[1], along[0]])


def _direction(spacing: Spacing, ends: Ends) -> tuple[np.ndarray, float]:
    difference = _to_mm(spacing, ends[1]) - _to_mm(spacing, ends[0])
    length = float(np.hypot(*difference))
    if length == 0:
        raise GeometryError.at("long axis", "its two ends are one point", "Draw it")
    return difference / length, length


def _crossing(
    long_ends: Ends, short_ends: Ends, spacing: Spacing
) -> tuple[float, float, float]:
    """Return where the short axis crosses (fraction of the long) and its reach, mm.

    The reach is signed: negative before the long axis, positive beyond it, in the
    order of the two ends of the short axis.
    """
    along, length = _direction(spacing, long_ends)
    start = _to_mm(spacing, long_ends[0])
    first, second = (_to_mm(spacing, end) - start for end in short_ends)
    fraction = float(_mean(first, second) @ along / length)
    across = _across(along)
    return fraction, float(first @ across), float(second @ across)


def _with_short_axis(
    long_ends: Ends, spacing: Spacing, fraction: float, reach: tuple[float, float]
) -> PlaneCaliper:
    along, length = _direction(spacing, long_ends)
    foot = _to_mm(spacing, long_ends[0]) + along * length * fraction
    first, second = (
        _to_pixel(spacing, foot + _across(along) * distance) for distance in reach
    )
    return PlaneCaliper(long_ends, (first, second))
