"""The grid of frames or contours that say, each by itself, where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.grid import GeometryWarning, Grid, is_even
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAME_MM: Final = 0.01
UNEVEN: Final = 0.2
"""Gaps may differ from a multiple of the distance between slices by so much of it …"""
SAME_STEP: Final = 0.03
"""… and the even grid from that distance: beds are not quite a multiple of it."""
SAME_DISTANCE: Final = 0.02
"""Two distances between slices are one where they differ by so much of it."""
MOST_SLICES: Final = 1 << 14


class MaskPlane(NamedTuple):
    """What all planes of one file share.

    Attributes
    ----------
    row_axis_lps, column_axis_lps
        Unit vectors along which the column index and the row index grow.
    pixel_spacing_mm
        Between rows, between columns.
    shape
        Rows, columns.
    """

    row_axis_lps: NDArray[np.float64]
    column_axis_lps: NDArray[np.float64]
    pixel_spacing_mm: tuple[float, float]
    shape: tuple[int, int]
    frame_of_reference_uid: str = ""

    @property
    def normal_lps(self) -> NDArray[np.float64]:
        """Unit vector across the planes, shape (3,)."""
        return np.cross(self.row_axis_lps, self.column_axis_lps)


class Stacked(NamedTuple):
    """Planes in order.

    Attributes
    ----------
    grid
        Regular where the planes make one box; planes that are left out, because they
        would be empty, are then part of it.
    slices
        Of which slice each plane is, in the order in which they came.
    """

    grid: Grid
    slices: NDArray[np.int64]


def stacked(
    origins_lps: NDArray[np.float64], plane: MaskPlane, spacing_mm: float | None
) -> Stacked:
    """Return the grid of planes, which may come in any order, and more than once.

    Parameters
    ----------
    origins_lps
        Centre of the first pixel of each, shape (planes, 3), mm.
    spacing_mm
        The distance between slices that the file states; believed where it fits.
    """
    depths = origins_lps @ plane.normal_lps
    order = np.argsort(depths, kind="stable")
    is_new = np.diff(depths[order], prepend=-np.inf) > SAME_MM
    numbers = np.empty(len(order), np.int64)
    numbers[order] = np.cumsum(is_new) - 1
    distinct = origins_lps[order][is_new]
    step = _step(depths[order][is_new], spacing_mm)
    if step is None or not _is_straight(distinct, plane):
        return Stacked(_grid(distinct, plane, None), numbers)
    places = np.rint((distinct - distinct[0]) @ plane.normal_lps / step)
    every = np.arange(int(places[-1]) + 1)[:, None] * step * plane.normal_lps
    grid = _grid(distinct[0] + every, plane, step)
    return Stacked(grid, places.astype(np.int64)[numbers])


def _step(depths: NDArray[np.float64], stated_mm: float | None) -> float | None:
    """Return the distance between slices, of which some may be left out."""
    gaps = np.diff(depths)
    closest = float(gaps.min()) if len(gaps) else None
    for step in (stated_mm, closest):
        if step and (even := _even_step(step, gaps)):
            return even
    return None


def _even_step(step: float, gaps: NDArray[np.float64]) -> float | None:
    """Return the step of the even grid on which planes lie, which is about this."""
    if not len(gaps):
        return step
    times = np.rint(gaps / step)
    if times.sum() >= MOST_SLICES or (times < 1).any():
        return None
    if (np.abs(gaps - times * step) > UNEVEN * step).any():
        return None
    even = float(gaps.sum() / times.sum())
    off = np.append(0.0, np.cumsum(gaps) - np.cumsum(times) * even)
    if abs(even / step - 1) > SAME_STEP or not is_even(off, even):
        return None
    return even


def _is_straight(origins: NDArray[np.float64], plane: MaskPlane) -> bool:
    """Whether planes lie right above each other."""
    offsets = origins - origins[0]
    sideways = offsets - np.outer(offsets @ plane.normal_lps, plane.normal_lps)
    return float(np.abs(sideways).max()) <= 5 * SAME_MM


def _grid(
    origins: NDArray[np.float64], plane: MaskPlane, spacing_mm: float | None
) -> Grid:
    uneven = GeometryWarning(
        WarningCode.IRREGULAR_SPACING,
        "its planes make no regular volume: volumes and lengths across are refused",
    )
    return Grid(
        shape=(len(origins), *plane.shape),
        slice_origins_lps=origins,
        row_axis_lps=plane.row_axis_lps,
        column_axis_lps=plane.column_axis_lps,
        pixel_spacing_mm=plane.pixel_spacing_mm,
        slice_spacing_mm=spacing_mm,
        frame_of_reference_uid=plane.frame_of_reference_uid,
        warnings=() if spacing_mm is not None else (uneven,),
    )


def is_same_distance(one: float | None, other: float | None) -> bool:
    """Whether two distances between slices, mm, are there, and the same."""
    return bool(one and other) and abs((one or 0) - (other or 0)) <= (
        SAME_DISTANCE * (other or 0)
    )
