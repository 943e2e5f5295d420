"""The maximum intensity projection of a PET series, all round the patient."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import affine_transform

from napari_recist.viewport.image.reformat import cut
from recist_tool.app.reading import Plane

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from recist_tool.measure import Volume

VIEWS: Final = 36
"""Projections, one every ten degrees; the first is from the front."""

STEP_MM: Final = 3.0
"""Pixels of the projections are not made finer than this across the patient."""


def projections(volume: Volume, advance: Callable[[int, int], None]) -> Volume:
    """Return the projections of a PET series as the slices of one volume.

    A series is turned about the long axis of the patient. Opposite views are mirror
    images, so half of them are computed. Only heights on the slices are places in the
    patient: the slices share one position, and the volume is not regular.

    Parameters
    ----------
    advance
        Called with how many views are done, of how many.

    Raises
    ------
    GeometryError
        If the slices of the series are not one regular volume.
    """
    axial = cut(volume, Plane.AXIAL)
    half = VIEWS // 2
    views: list[NDArray[np.float32]] = []
    for number in range(half):
        views.append(_from(axial, math.pi * number / half))
        advance(number + 1, half)
    every = np.stack([*views, *(view[:, ::-1] for view in views)])
    upright = every[:, ::-1]  # slices run towards the head, rows towards the feet
    heights, rows_mm, columns_mm = axial.spacing_mm
    step = _step(columns_mm)
    top = axial.slice_origins_lps[-1] + axial.column_axis_lps * (
        rows_mm * (axial.voxels.shape[1] - 1) / 2
    )
    middle = axial.row_axis_lps * columns_mm * (axial.voxels.shape[2] - 1) / 2
    corner = top + middle - axial.row_axis_lps * step * (every.shape[2] - 1) / 2
    return replace(
        volume,
        voxels=np.ascontiguousarray(upright),
        slice_origins_lps=np.tile(corner, (VIEWS, 1)),
        row_axis_lps=axial.row_axis_lps,
        column_axis_lps=-axial.normal_lps,
        pixel_spacing_mm=(heights, step),
        slice_spacing_mm=None,
        slice_thickness_mm=None,
        sop_instance_uids=(),
        warnings=(),
    )


def view_axis(projected: Volume, view: int) -> NDArray[np.float64]:
    """Return where right leads in the patient, LPS, in one of the `projections`.

    Parameters
    ----------
    view
        From 0, the view from the front.
    """
    angle = 2 * math.pi * view / len(projected.voxels)
    across = projected.row_axis_lps
    behind = np.cross(-projected.column_axis_lps, across)
    return math.cos(angle) * across + math.sin(angle) * behind


def _step(columns_mm: float) -> float:
    return max(columns_mm, STEP_MM)


def _from(axial: Volume, angle: float) -> NDArray[np.float32]:
    """Return the maximum along the line of sight, shape (height, width).

    Every view is as wide as the diagonal, so that nothing leaves it in turning.
    """
    _, rows_mm, columns_mm = axial.spacing_mm
    heights, rows, columns = axial.voxels.shape
    step = _step(columns_mm)
    width = math.ceil(math.hypot(rows * rows_mm, columns * columns_mm) / step)
    sine, cosine = math.sin(angle), math.cos(angle)
    turn = np.array(
        [
            [cosine * step / rows_mm, sine * step / rows_mm],
            [-sine * step / columns_mm, cosine * step / columns_mm],
        ]
    )
    middle = np.array([(rows - 1) / 2, (columns - 1) / 2])
    offset = middle - turn @ np.full(2, (width - 1) / 2)
    view = np.empty((heights, width), np.float32)
    for height in range(heights):
        turned = affine_transform(
            axial.voxels[height].astype(np.float32, copy=False),
            turn,
            offset=offset,  # pyright: ignore[reportArgumentType] - stubs know floats
            output_shape=(width, width),
            order=1,
            cval=0.0,
        )
        view[height] = turned.max(axis=0)
    return view
