"""A mask from another file on the voxels of an image, where they are the same.

Nothing is resampled. Axes that run the other way, or in another order, slices that are
left out because they are empty, and a field of view cut down or padded are all found by
where the centres of voxels lie in the patient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import SAME_MM, by
from recist_tool.measure.mask.mask import Mask, as_voxel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.grid import Grid

APART: Final = 0.05
"""Centres may lie so much of a pixel apart: files round positions."""
SAME_SIZE: Final = 2e-3
"""Sizes of voxels may differ by so much of their product."""
NOWHERE: Final = -1
ANOTHER: Final = "Choose the series on which it was drawn"


class _Places(NamedTuple):
    """Where voxels of a mask lie on another grid.

    Attributes
    ----------
    voxels
        Slice, row, column of the nearest voxel, shape (n, 3); may lie outside.
    apart_mm
        How far from its centre, at most.
    """

    voxels: NDArray[np.int64]
    apart_mm: float


def on_grid(mask: Mask, grid: Grid, what: str = "mask") -> Mask:
    """Return the same voxels of the patient on another grid.

    Parameters
    ----------
    what
        The name of the mask, for messages.

    Raises
    ------
    GeometryError
        If the frames of reference differ, the voxels are of another size or lie
        elsewhere, or some of the lesion lies outside the grid.
    """
    _require_frame(mask.grid, grid, what)
    _require_size(mask.grid, grid, what)
    places = _places(mask.cropped(), grid)
    _require_inside(places.voxels, grid, what)
    least_mm = min(grid.require_pixel_spacing())
    if places.apart_mm > max(SAME_MM, APART * least_mm):
        raise GeometryError.at(
            what,
            f"its voxels lie up to {places.apart_mm:.3g} mm beside those of the image",
            ANOTHER,
        )
    return _mask_of(places.voxels, grid)


def _require_frame(own: Grid, grid: Grid, what: str) -> None:
    frames = {own.frame_of_reference_uid, grid.frame_of_reference_uid} - {""}
    if len(frames) > 1:
        raise GeometryError.at(
            what, "its frame of reference is not that of the image", ANOTHER
        )


def _require_size(own: Grid, grid: Grid, what: str) -> None:
    """Refuse voxels of another size: their centres can coincide all the same."""
    solid = own.is_regular and grid.is_regular
    one, other = (
        math.prod(each.spacing_mm if solid else each.require_pixel_spacing())
        for each in (own, grid)
    )
    if abs(one / other - 1) > SAME_SIZE:
        raise GeometryError.at(
            what,
            f"its voxels are {_size(own)} mm, those of the image {_size(grid)} mm",
            ANOTHER,
        )


def _size(grid: Grid) -> str:
    rows_mm, columns_mm = grid.require_pixel_spacing()
    slices_mm = grid.slice_spacing_mm
    depth = () if slices_mm is None else (slices_mm,)
    return " × ".join(f"{size:.4g}" for size in (columns_mm, rows_mm, *depth))


def _places(mask: Mask, grid: Grid) -> _Places:
    depths = grid.slice_origins_lps @ grid.normal_lps
    _require_apart(depths)
    found = [
        _places_of(mask.grid.pixel_to_lps(mask.start[0] + depth, pixels), grid, depths)
        for depth, pixels in enumerate(_pixels(mask))
        if len(pixels)
    ]
    if not found:
        return _Places(np.zeros((0, 3), np.int64), 0.0)
    return _Places(
        np.concatenate([one.voxels for one in found]),
        max(one.apart_mm for one in found),
    )


def _require_apart(depths: NDArray[np.float64]) -> None:
    if np.diff(depths).min(initial=np.inf) <= SAME_MM:
        raise GeometryError.at(
            "series", "several slices lie at one position", "Choose another series"
        )


def _pixels(mask: Mask) -> list[NDArray[np.float64]]:
    """Return row, column of the voxels of each slice of the box."""
    corner = np.array(mask.start[1:], float)
    return [np.argwhere(plane).astype(np.float64) + corner for plane in mask.inside]


def _places_of(
    points: NDArray[np.float64], grid: Grid, depths: NDArray[np.float64]
) -> _Places:
    depths_of_points = points @ grid.normal_lps
    slices = np.searchsorted((depths[1:] + depths[:-1]) / 2, depths_of_points)
    across = np.abs(depths_of_points - depths[slices])
    on_slice = across <= np.diff(depths).min(initial=np.inf) / 2
    offsets = points - grid.slice_origins_lps[slices]
    in_plane = offsets @ np.column_stack((grid.column_axis_lps, grid.row_axis_lps))
    spacing = np.array(grid.require_pixel_spacing())
    pixels = np.rint(in_plane / spacing).astype(np.int64)
    beside = np.abs(in_plane - pixels * spacing)
    return _Places(
        np.column_stack((np.where(on_slice, slices, NOWHERE), pixels)),
        float(np.maximum(beside.max(initial=0), across[on_slice].max(initial=0))),
    )


def _require_inside(voxels: NDArray[np.int64], grid: Grid, what: str) -> None:
    outside = ((voxels < 0) | (voxels >= grid.shape)).any(axis=1)
    count = int(np.count_nonzero(outside))
    if count:
        raise GeometryError.at(
            what,
            f"{count} of its {len(voxels)} voxels lie outside the image, which has "
            f"{by(grid.shape)} voxels (slices × rows × columns)",
            ANOTHER,
        )


def _mask_of(voxels: NDArray[np.int64], grid: Grid) -> Mask:
    """Return the mask of some voxels, in its smallest box."""
    if not len(voxels):
        return Mask(grid, (0, 0, 0), np.zeros((0, 0, 0), np.bool_))
    start = voxels.min(axis=0)
    inside = np.zeros(voxels.max(axis=0) - start + 1, np.bool_)
    inside[tuple((voxels - start).T)] = True
    return Mask(grid, as_voxel(start), inside)
