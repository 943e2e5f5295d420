"""Panes that move together: one mapping of patient coordinates for each pair."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from recist_tool.measure import Volume

Points = NDArray[np.float64]
"""Shape (points, 3), LPS, mm."""

Mapping = Callable[[Points], Points]
"""From the patient coordinates of one series to those of another."""


class Tie(NamedTuple):
    """How points of one series lie in another, and how sure that is.

    Attributes
    ----------
    doubt_mm
        How far off a mapped point may be.
    """

    mapping: Mapping
    doubt_mm: Callable[[Points], float] = lambda points: 0.0


PARALLEL = 0.9
"""Planes count as parallel from this cosine between their normals on."""


class LinkMode(Enum):
    """What ties the panes together."""

    OFF = "off"
    BY_HAND = "by hand"
    BY_REGISTRATION = "by registration"
    BY_LESION = "by lesion"

    @property
    def following(self) -> LinkMode:
        """The mode that the same key brings next."""
        order = list(LinkMode)
        return order[(order.index(self) + 1) % len(order)]


class PointInView(NamedTuple):
    """A point that a pane looks at: the middle of what is on the screen.

    Attributes
    ----------
    slice_index, pixel
        Where it is in the series: slice; row and column.
    """

    volume: Volume
    slice_index: int
    pixel: tuple[float, float]

    @property
    def point_lps(self) -> Points | None:
        """Where that is in the patient, shape (1, 3); None without pixel spacing."""
        if self.volume.pixel_spacing_mm is None:
            return None
        return self.volume.pixel_to_lps(self.slice_index, np.array([self.pixel]))


def shift(by_lps: Points) -> Tie:
    """Return the tie that adds a vector.

    Parameters
    ----------
    by_lps
        x, y, z, shape (3,), mm.
    """

    def moved(points: Points) -> Points:
        return points + by_lps

    return Tie(moved)


def first_shift(source: Volume, target: Volume) -> Points:
    """Return by how much to move points of one series to begin with, shape (3,), mm.

    Nothing where both lie in the same part of the scanner's space; else what brings
    the middle of one onto the middle of the other.
    """
    if source.frame_of_reference_uid == target.frame_of_reference_uid != "":
        return np.zeros(3)
    here, there = _middle(source), _middle(target)
    reach = np.linalg.norm(target.slice_origins_lps[-1] - target.slice_origins_lps[0])
    apart = there - here
    return np.zeros(3) if np.linalg.norm(apart) <= max(reach / 2, 20.0) else apart


def are_parallel(one: Volume, other: Volume) -> bool:
    """Return whether scrolling one series can mean scrolling the other."""
    return abs(float(one.normal_lps @ other.normal_lps)) >= PARALLEL


def found(volume: Volume, point_lps: Points) -> PointInView | None:
    """Return where a patient point, shape (1, 3), lies in a series.

    The nearest slice, however far: a linked pane stops at its last slice. None
    without pixel spacing.
    """
    if volume.pixel_spacing_mm is None:
        return None
    depths = (volume.slice_origins_lps - point_lps) @ volume.normal_lps
    index = int(np.argmin(np.abs(depths)))
    row, column = volume.lps_to_pixel(index, point_lps)[0].tolist()
    return PointInView(volume, index, (row, column))


def line_of(
    plane: Volume, slice_index: int, across: Volume, across_index: int
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return where one slice cuts another, as two (row, column) of the second.

    Parameters
    ----------
    plane, slice_index
        The slice that cuts.
    across, across_index
        The slice on which the line is drawn.

    Returns
    -------
    Two points on the border of the slice; None where the planes are parallel, the
    line passes the image by, or lengths are unknown.
    """
    if across.pixel_spacing_mm is None or are_parallel(plane, across):
        return None
    normal = plane.normal_lps
    rows_mm, columns_mm = across.pixel_spacing_mm
    offset = plane.slice_origins_lps[slice_index]
    offset = float(normal @ (offset - across.slice_origins_lps[across_index]))
    down = float(normal @ across.column_axis_lps) * rows_mm
    right = float(normal @ across.row_axis_lps) * columns_mm
    rows, columns = (size - 1 for size in across.voxels.shape[1:])
    ends: list[tuple[float, float]] = []
    if abs(right) >= abs(down):
        ends = [((offset - down * row) / right, row) for row in (0.0, float(rows))]
        points = [(row, column) for column, row in ends]
        inside = all(0 <= column <= columns for _, column in points)
    else:
        points = [
            ((offset - right * column) / down, column)
            for column in (0.0, float(columns))
        ]
        inside = all(0 <= row <= rows for row, _ in points)
    return (points[0], points[1]) if inside else None


def _middle(volume: Volume) -> Points:
    """Return the patient coordinates of the middle of a series, shape (3,)."""
    slices, rows, columns = volume.voxels.shape
    if volume.pixel_spacing_mm is None:
        return volume.slice_origins_lps[slices // 2]
    centre = np.array([[(rows - 1) / 2, (columns - 1) / 2]])
    return volume.pixel_to_lps(slices // 2, centre)[0]
