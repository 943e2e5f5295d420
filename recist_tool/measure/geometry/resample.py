"""A box made from slices of a tilted gantry, by interpolation.

For looking, and for measuring across slices. What is measured within a slice is
measured on the slice as it was acquired.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import GeometryWarning
from recist_tool.terms import WarningCode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

FILL: Final = -32768
"""What lies outside the acquired slices; it is padding."""

EVEN: Final = 0.02  # of the distance between slices
UNSHIFTED: Final = 1e-3  # of a pixel
RESAMPLED: Final = GeometryWarning(
    WarningCode.GANTRY_TILT,
    "resampled: its slices were shifted within their planes until they lay straight "
    "above each other; measure within a slice on the original",
)


class _Shifts(NamedTuple):
    """How far each slice is shifted against the first, and the box that holds all.

    Attributes
    ----------
    pixels
        Shape (slices, 2): rows and columns from the corner of the box.
    corner
        Rows and columns from the first slice's first pixel to the box's.
    shape
        Rows and columns of the box.
    """

    pixels: NDArray[np.float64]
    corner: NDArray[np.float64]
    shape: tuple[int, int]


def unsheared(volume: Volume) -> Volume:
    """Return a regular volume of slices that a tilted gantry sheared.

    Each slice keeps its plane and is shifted within it, linearly interpolated. What was
    not acquired, or was padding, becomes padding; `is_resampled` is set, no slice has a
    SOP Instance UID, and a warning says "resampled".

    Raises
    ------
    GeometryError
        If the slices are no sheared volume: evenly spaced, and shifted within their
        planes.
    """
    spacing_mm = _even_spacing_mm(volume)
    shifts = _shifts(volume)
    rows_mm, columns_mm = volume.require_pixel_spacing()
    moved = shifts.corner * (rows_mm, columns_mm)
    origin = volume.slice_origins_lps[0] + moved @ [
        volume.column_axis_lps,
        volume.row_axis_lps,
    ]
    voxels = np.empty((len(shifts.pixels), *shifts.shape), volume.voxels.dtype)
    for index, (row, column) in enumerate(shifts.pixels):
        _put_shifted(volume, index, (row, column), voxels[index])
    depths = np.arange(len(voxels))[:, None] * spacing_mm
    return replace(
        volume,
        voxels=voxels,
        slice_origins_lps=origin + depths * volume.normal_lps,
        slice_spacing_mm=spacing_mm,
        sop_instance_uids=("",) * len(voxels),
        frame_numbers=(),
        warnings=(*volume.warnings, RESAMPLED),
        padding=(*volume.padding, (FILL, FILL)),
        is_resampled=True,
    )


def _even_spacing_mm(volume: Volume) -> float:
    """Return the distance between planes that lie evenly behind each other."""
    offsets = volume.slice_origins_lps - volume.slice_origins_lps[0]
    depths = offsets @ volume.normal_lps
    spacing = float(depths[-1]) / max(len(depths) - 1, 1)
    uneven = np.abs(depths - np.arange(len(depths)) * spacing).max()
    if not spacing or uneven > EVEN * spacing:
        raise GeometryError.at(
            f"series of {len(depths)} slices",
            "its slices are not evenly spaced, so nothing lies between them for sure",
            "Measure in the plane of its slices only",
        )
    return spacing


def _shifts(volume: Volume) -> _Shifts:
    there = [
        volume.lps_to_pixel(0, origin[None]) for origin in volume.slice_origins_lps
    ]
    pixels = np.concatenate(there)
    if np.abs(pixels).max() <= UNSHIFTED:
        raise GeometryError.at(
            f"series of {len(pixels)} slices",
            "its positions show no shear, so there is nothing to straighten",
            "Use it as it is, or measure in the plane of its slices only",
        )
    corner = np.floor(pixels.min(axis=0) + UNSHIFTED)
    extent = np.ceil((pixels - corner).max(axis=0) - UNSHIFTED)
    rows, columns = (extent + volume.shape[1:]).astype(int)
    return _Shifts(pixels - corner, corner, (int(rows), int(columns)))


def _put_shifted(
    volume: Volume, index: int, by: tuple[float, float], out: NDArray[Any]
) -> None:
    """Write a slice, moved by rows and columns, into a larger one."""
    values = volume.voxels[index].astype(np.float32)
    values[volume.is_padding(volume.voxels[index])] = np.nan
    for axis, shift in enumerate(by):
        values = _moved(values, shift, out.shape[axis], axis)
    if np.issubdtype(out.dtype, np.integer):
        values = np.rint(values)
    out[...] = np.where(np.isnan(values), FILL, values)


def _moved(
    values: NDArray[np.float32], by: float, size: int, axis: int
) -> NDArray[np.float32]:
    """Return values moved along an axis, NaN where there are none."""
    whole = int(np.floor(by + UNSHIFTED))
    part = np.float32(max(by - whole, 0.0))
    values = np.moveaxis(values, axis, 0)
    canvas = np.full((size + 1, values.shape[1]), np.nan, np.float32)
    canvas[whole : whole + len(values)] = values
    if part > UNSHIFTED:
        before = np.concatenate((np.full_like(canvas[:1], np.nan), canvas[:-1]))
        canvas += part * (before - canvas)
    return np.moveaxis(canvas[:size], 0, axis)
