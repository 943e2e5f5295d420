"""The one place where coordinates change from one system to another.

World
    What napari gives: (slice, row, column) in millimetres from the first pixel, or in
    index units along an axis whose spacing is not known.
Pixel
    (row, column) of one slice, fractions allowed, as the core's calipers use it.
Screen
    x, y on the canvas of the pane, pixels from its top left corner.
LPS
    Patient coordinates, mm; only by way of `Volume`.

A series is always shown in its own voxel grid: no shear, no rotation, no translation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from recist_tool.measure import PlaneCaliper, Volume

Pixel = tuple[float, float]
"""Row, column."""

Ends = tuple[Pixel, Pixel]

Points = tuple[Pixel, ...]

Spacing = tuple[float, float]
"""Distance between rows, between columns, mm."""

INDEX_SPACING = 1.0
"""Step of an axis whose spacing in millimetres is not known or not one number."""


def layer_scale(volume: Volume) -> tuple[float, float, float]:
    """Return the napari scale (slice, row, column) that shows a series in its grid."""
    return (volume.slice_spacing_mm or INDEX_SPACING, *plane_spacing(volume))


def plane_spacing(volume: Volume) -> Spacing:
    """Return the distance between rows and columns for drawing, mm where known."""
    return volume.pixel_spacing_mm or (INDEX_SPACING, INDEX_SPACING)


def pixel_at(world: Sequence[float], volume: Volume) -> Pixel:
    """Return the (row, column) under a world position of the pane."""
    rows, columns = plane_spacing(volume)
    return float(world[-2]) / rows, float(world[-1]) / columns


def world_of(pixel: Pixel, volume: Volume) -> tuple[float, float]:
    """Return the world (row, column) of a pixel: the inverse of `pixel_at`."""
    rows, columns = plane_spacing(volume)
    return pixel[0] * rows, pixel[1] * columns


def screen_of(
    world: tuple[float, float],
    centre: tuple[float, float],
    zoom: float,
    canvas_size: tuple[int, int],
) -> tuple[float, float]:
    """Return x, y on the canvas of a world (row, column).

    Parameters
    ----------
    centre, zoom
        Of napari's camera: the world (row, column) in the middle of the canvas, and
        screen pixels per world unit.
    canvas_size
        Height, width, screen pixels.
    """
    height, width = canvas_size
    return (
        (world[1] - centre[1]) * zoom + width / 2,
        (world[0] - centre[0]) * zoom + height / 2,
    )


def is_inside(pixel: Pixel, volume: Volume) -> bool:
    """Return whether a point lies on the image, half a pixel of border included."""
    rows, columns = volume.voxels.shape[1:]
    return -0.5 <= pixel[0] <= rows - 0.5 and -0.5 <= pixel[1] <= columns - 0.5


def fitting_zoom(volume: Volume, canvas_size: tuple[int, int]) -> float:
    """Return the pixels of the screen for a millimetre where an image just fits.

    Parameters
    ----------
    canvas_size
        Height and width of the canvas, pixels.
    """
    _, rows, columns = volume.voxels.shape
    rows_mm, columns_mm = plane_spacing(volume)
    height, width = canvas_size
    return min(height / (rows * rows_mm), width / (columns * columns_mm))


def towards_head(volume: Volume) -> int:
    """Return the step (+1 or -1) of the slice index that leads towards the head.

    For slices that stand upright, +1: there is no nearer answer.
    """
    normal = np.cross(volume.row_axis_lps, volume.column_axis_lps)
    return -1 if float(normal[2]) < -1e-6 else 1


def nearest_slice(volume: Volume, point_lps: Sequence[float]) -> int | None:
    """Return the slice that lies nearest to a patient point, or None if it is beyond.

    A point counts as beyond when the first or last slice is further away than two
    steps of the stack, or than 10 mm where there is a single slice.
    """
    normal = np.cross(volume.row_axis_lps, volume.column_axis_lps)
    offsets = (volume.slice_origins_lps - np.asarray(point_lps)) @ normal
    nearest = int(np.argmin(np.abs(offsets)))
    steps = np.abs(np.diff(np.sort(offsets)))
    reach = 2 * float(np.median(steps)) if len(steps) else 10.0
    return nearest if abs(float(offsets[nearest])) <= reach else None


def ends_on_slice(volume: Volume, slice_index: int, ends_lps: ArrayLike) -> Ends:
    """Return the end points of an axis, projected onto a slice of another series.

    Parameters
    ----------
    slice_index
        Of the volume, from 0.
    ends_lps
        Shape (2, 3): x, y, z of both ends, mm.

    Returns
    -------
    Row, column of both ends; fractions kept.
    """
    points = np.asarray(ends_lps, dtype=np.float64)
    first, second = volume.lps_to_pixel(slice_index, points).tolist()
    return (first[0], first[1]), (second[0], second[1])


def middle(caliper: PlaneCaliper) -> Pixel:
    """Return the middle of the long axis, (row, column)."""
    (a, b), (c, d) = caliper.long_ends
    return (a + c) / 2, (b + d) / 2
