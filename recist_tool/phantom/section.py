"""Where a plane cuts an ellipsoid: an ellipse, in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.phantom.spec import Acquisition, Ellipsoid, PointLPS


class Section(NamedTuple):
    """The ellipse in which a slice cuts an ellipsoid; ends in patient LPS, mm."""

    slice_index: int
    long_axis_mm: float
    short_axis_mm: float
    long_ends_lps: NDArray[np.float64]
    short_ends_lps: NDArray[np.float64]


def section(
    shape: Ellipsoid, center_lps: PointLPS, grid: Acquisition, slice_index: int
) -> Section | None:
    """Return the ellipse on one slice, or None where the slice misses the ellipsoid.

    With the plane p = o + U q (U: row and column axis) the surface
    (p - c)' Q (p - c) = 1 becomes (q - m)' A (q - m) = r, where A = U' Q U. Its axes
    are the eigenvectors of A, its half lengths sqrt(r / eigenvalue).

    Parameters
    ----------
    center_lps
        Of the ellipsoid in the scanner's space: x, y, z, mm.
    slice_index
        Of the series, from 0.
    """
    origin = grid.slice_origin_lps(slice_index)
    axes = np.array((grid.row_axis_lps, grid.column_axis_lps)).T
    quadric = shape.matrix
    offset = origin - np.array(center_lps)
    inner = axes.T @ quadric @ axes
    linear = axes.T @ quadric @ offset
    middle = -np.linalg.solve(inner, linear)
    rest = 1 - float(offset @ quadric @ offset) - float(linear @ middle)
    if rest <= 0:
        return None
    values, vectors = np.linalg.eigh(inner)
    halves = np.sqrt(rest / values)
    center = origin + axes @ middle
    long_half = axes @ vectors[:, 0] * halves[0]
    short_half = axes @ vectors[:, 1] * halves[1]
    return Section(
        slice_index=slice_index,
        long_axis_mm=2 * float(halves[0]),
        short_axis_mm=2 * float(halves[1]),
        long_ends_lps=_ends(center, long_half),
        short_ends_lps=_ends(center, short_half),
    )


def best_section(
    shape: Ellipsoid, center_lps: PointLPS, grid: Acquisition
) -> Section | None:
    """Return the section with the longest axis over all slices of the series.

    Of two slices that are equal to 1e-6 mm, the first counts.

    Parameters
    ----------
    center_lps
        Of the ellipsoid in the scanner's space: x, y, z, mm.
    grid
        The series whose slices are tried.

    Returns
    -------
    None where every slice misses it.
    """
    best: Section | None = None
    for index in range(grid.slices):
        found = section(shape, center_lps, grid, index)
        if found is None:
            continue
        if best is None or found.long_axis_mm > best.long_axis_mm + 1e-6:
            best = found
    return best


def pixels(
    points_lps: NDArray[np.float64], grid: Acquisition, slice_index: int
) -> NDArray[np.float64]:
    """Return column, row of points on a slice; shape (points, 3) to (points, 2).

    Parameters
    ----------
    points_lps
        In the scanner's space, mm.
    slice_index
        Of the series, from 0; what lies beside the slice is dropped onto it.
    """
    offset = points_lps - grid.slice_origin_lps(slice_index)
    rows_mm, columns_mm = grid.pixel_spacing_mm
    return np.column_stack(
        (
            offset @ np.array(grid.row_axis_lps) / columns_mm,
            offset @ np.array(grid.column_axis_lps) / rows_mm,
        )
    )


def _ends(
    center: NDArray[np.float64], half: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return both ends, the one further left (then posterior, superior) first."""
    leading = half[np.argmax(np.abs(half) > 1e-9)]
    if leading < 0:
        half = -half
    return np.array((center + half, center - half))
