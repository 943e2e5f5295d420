"""A caliper drawn by hand, its ends moved to the border under them.

The border is where the image changes most along the line of the axis, searched a few
millimetres to both sides of each end, found to a fraction of a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import PlaneCaliper, length_mm, settled
from recist_tool.measure.geometry.filters import read_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Ends, Pixel, Spacing
    from recist_tool.measure.geometry.volume import Volume

    Floats = NDArray[np.float64]

SEARCH_MM: Final = 5.0
STEP_MM: Final = 0.1
BLUR_MM: Final = 0.8
LANES_MM: Final = (-1.5, -0.75, 0.0, 0.75, 1.5)
"""Parallel lines beside the axis, averaged against noise."""

LEAST_DEVIATIONS: Final = 5.0
SAME: Final = 1e-6
"""Slopes are rounding errors below this part of the highest value."""

NEARNESS_MM: Final = 5.0
"""A border that much away from the end counts as half as steep."""


class Snapped(NamedTuple):
    """A caliper on the border, and how far each end was moved.

    Attributes
    ----------
    moved_mm
        First and second end of the long axis, then of the short axis, if there is one;
        positive outwards.
    """

    caliper: PlaneCaliper
    moved_mm: tuple[float, ...]


def snap_caliper(
    volume: Volume,
    slice_index: int,
    caliper: PlaneCaliper,
    *,
    search_mm: float = SEARCH_MM,
) -> Snapped:
    """Return a caliper with each end moved along its axis to the nearest clear border.

    Directions and the right angle stay. An end moves by at most `search_mm`, and never
    beyond the middle of its axis.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    search_mm
        How far an end is moved at most.

    Raises
    ------
    GeometryError
        If there is no border near one of the ends, or an axis has no length.
    """
    spacing = volume.require_pixel_spacing()
    image = volume.voxels[slice_index].astype(np.float32)
    found = [
        _snapped(image, spacing, ends, search_mm)
        for ends in (caliper.long_ends, caliper.short_ends)
        if ends is not None
    ]
    ends = [one for one, _ in found]
    moved = tuple(by for _, both in found for by in both)
    snapped = PlaneCaliper(ends[0], ends[1] if len(ends) > 1 else None)
    return Snapped(settled(snapped, spacing), moved)


def _snapped(
    image: NDArray[np.float32], spacing: Spacing, ends: Ends, search_mm: float
) -> tuple[Ends, tuple[float, float]]:
    length = length_mm(spacing, *ends)
    if length == 0:
        raise GeometryError.at("caliper", "its two ends are one point", "Draw it again")
    first, second = (np.array(end) * spacing for end in ends)
    outwards = (second - first) / length
    inner = min(search_mm, length / 2)
    behind = _border(image, spacing, first, -outwards, (inner, search_mm))
    beyond = _border(image, spacing, second, outwards, (inner, search_mm))
    moved_ends = (first - outwards * behind, second + outwards * beyond)
    one, other = (_pixel(end, spacing) for end in moved_ends)
    return (one, other), (round(behind, 3), round(beyond, 3))


def _border(
    image: NDArray[np.float32],
    spacing: Spacing,
    end_mm: Floats,
    outwards: Floats,
    reach_mm: tuple[float, float],
) -> float:
    """Return how far outwards of an end the border lies, mm."""
    margin = 3 * BLUR_MM + 3 * STEP_MM  # a peak has neighbours on both sides
    along = np.arange(-reach_mm[0] - margin, reach_mm[1] + margin + STEP_MM, STEP_MM)
    across = np.array([-outwards[1], outwards[0]])
    lanes = np.array(LANES_MM)[:, None, None] * across
    points = end_mm + along[:, None] * outwards + lanes
    profile = read_at(image, np.moveaxis(points / spacing, -1, 0))
    slopes, noise = _slope(profile.astype(np.float64))
    steep = np.abs(slopes)
    within = (along >= -reach_mm[0]) & (along <= reach_mm[1])
    within &= _on_image(end_mm + along[:, None] * outwards, spacing, image.shape)
    least = max(LEAST_DEVIATIONS * noise, SAME * float(np.abs(profile).max()))
    peaks = np.flatnonzero(within & _is_peak(steep) & (steep > least))
    if not peaks.size:
        raise GeometryError.at(
            "caliper", "there is no border near one of its ends", "Leave it as drawn"
        )
    worth = steep[peaks] / (1 + (along[peaks] / NEARNESS_MM) ** 2)
    best = int(peaks[worth.argmax()])
    return float(along[best]) + _vertex(steep, best) * STEP_MM


def _is_peak(values: Floats) -> NDArray[np.bool_]:
    """Return which values are above both neighbours; the first and last are not."""
    found = np.zeros(values.shape, np.bool_)
    found[1:-1] = (values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])
    return found


def _slope(lanes: Floats) -> tuple[Floats, float]:
    """Return the slope of the mean of the lanes, and how far chance alone makes it go.

    Shape (lanes, places) to (places,), per mm.
    """
    reach = np.arange(-3 * BLUR_MM, 3 * BLUR_MM + STEP_MM / 2, STEP_MM)
    kernel = -reach * np.exp(-((reach / BLUR_MM) ** 2) / 2)
    kernel /= -(kernel * reach).sum()
    each = np.array([np.convolve(lane, -kernel[::-1], "same") for lane in lanes])
    half = len(kernel) // 2
    each[:, :half] = each[:, -half:] = 0.0
    spread = each.std(axis=0, ddof=1)[half:-half] / np.sqrt(len(lanes))
    return each.mean(axis=0), float(np.median(spread))


def _on_image(
    points_mm: Floats, spacing: Spacing, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    pixels = points_mm / spacing
    rows, columns = (
        (pixels[:, axis] >= -0.5) & (pixels[:, axis] <= shape[axis] - 0.5)
        for axis in (0, 1)
    )
    return rows & columns


def _vertex(values: Floats, at: int) -> float:
    """Return where between its neighbours a peak lies, in steps."""
    left, middle, right = values[at - 1 : at + 2].tolist()
    bend = left - 2 * middle + right
    return (left - right) / (2 * bend)


def _pixel(point_mm: Floats, spacing: Spacing) -> Pixel:
    return float(point_mm[0]) / spacing[0], float(point_mm[1]) / spacing[1]
