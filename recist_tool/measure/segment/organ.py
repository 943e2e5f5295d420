"""A whole organ from a click in its even tissue, or in a lesion: a liver, or a lung.

What is like the tissue around the click and joined to it, thin bridges cut; then what
it encloses, and what dents it, is taken in, so that lesions inside and at its surface
belong to it. Where lesions will be looked for, not a volume to report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.geometry.patch import Patch
from recist_tool.measure.mask.mask import Mask, as_voxel
from recist_tool.measure.segment.flood import TOUCHING
from recist_tool.measure.segment.rays import distances_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Pixel
    from recist_tool.measure.geometry.volume import Volume

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float32]
    Spacing = tuple[float, float, float]

COARSE_MM: Final = 2.0
BLUR_MM: Final = 1.5
RIM_MM: Final = 2.0  # lost to the blur where fat or air begins
AROUND_MM: Final = 6.0
NOISES: Final = 3.0
LEAST_HU: Final = 18.0  # of a liver with fat or perfused unevenly
LUNG_HU: Final = -500.0  # aerated lung and its vessels' rims lie below
BRIDGE_MM: Final = 4.0  # half as thick: to muscle, spleen, heart
DENT_MM: Final = 20.0  # half as wide: lesions at the surface
LEAST_ML: Final = 50.0
SHELL_MM: Final = (4.0, 15.0)  # around a lesion, beyond its blurred border
BIN_HU: Final = 6.0
TISSUE_HU: Final = (-20.0, 250.0)  # no fat, no bone


def organ_at_click(volume: Volume, slice_index: int, pixel: Pixel) -> Mask:
    """Return the organ in whose even tissue a point of a CT lies.

    Parameters
    ----------
    slice_index, pixel
        From 0; row and column. Not in a lesion or a vessel.

    Raises
    ------
    GeometryError
        If the series is no CT of regular slices, the point lies outside it, or what is
        like the tissue there is too small for an organ.
    """
    if volume.modality != "CT" or not volume.is_regular:
        raise GeometryError.at(
            "organ", "a click finds it on a CT of regular slices only", "Give its mask"
        )
    spacing = volume.require_steps_mm()
    step = max(1, round(COARSE_MM / max(spacing[1:])))
    coarse = volume.voxels[:, ::step, ::step].astype(np.float32)
    steps = (spacing[0], spacing[1] * step, spacing[2] * step)
    rounded = np.rint((slice_index, pixel[0] / step, pixel[1] / step)).astype(int)
    if (rounded < 0).any() or (rounded >= coarse.shape).any():
        raise GeometryError.at("click", "it is outside the image", "Click inside")
    smooth = blurred(coarse, [BLUR_MM / one for one in steps])
    at = as_voxel(rounded)
    part = _joined(_like(smooth, at, steps), at, steps)
    if part.sum() * np.prod(steps) / 1000 < LEAST_ML:
        raise GeometryError.at(
            "click",
            "no organ found: what is like this tissue is small",
            "Give its mask",
        )
    whole = _with_dents(part, smooth, steps)
    fine = np.repeat(np.repeat(whole, step, axis=1), step, axis=2)
    full = np.zeros(volume.shape, np.bool_)
    rows, columns = (
        min(a, b) for a, b in zip(fine.shape[1:], full.shape[1:], strict=True)
    )
    full[:, :rows, :columns] = fine[:, :rows, :columns]
    return Mask.of_full(full, volume.grid)


def organ_around(volume: Volume, seen: Mask) -> Mask:
    """Return the organ in which a lesion of a CT lies.

    It is looked for from the evenest spot near the lesion whose HU are the commonest
    there; of a lesion in soft tissue, not from lung, fat or bone beside it.

    Parameters
    ----------
    seen
        The lesion.

    Raises
    ------
    GeometryError
        As `organ_at_click`.
    """
    seen.require_on(volume, "lesion")
    seen.require_voxels("lesion")
    spacing = volume.require_steps_mm()
    margin = max(int(SHELL_MM[1] / step) + 2 for step in spacing)
    wide = seen.cropped(margin)
    smooth = blurred(
        volume.voxels[wide.box].astype(np.float32), [BLUR_MM / one for one in spacing]
    )
    away = ndimage.distance_transform_edt(~wide.inside, spacing)
    shell = (away >= SHELL_MM[0]) & (away <= SHELL_MM[1])
    low, high = TISSUE_HU
    tissue = shell & (smooth > low) & (smooth < high)
    air = shell & (smooth < LUNG_HU)
    place = air if air.sum() > tissue.sum() else tissue
    if not place.any():
        raise GeometryError.at(
            "lesion", "no organ found around it", "Give the organ's mask"
        )
    values = smooth[place]
    counts, edges = np.histogram(values, max(int(np.ptp(values) / BIN_HU), 1))
    at = int(ndimage.gaussian_filter1d(counts.astype(float), 1.0).argmax())
    common = place & (np.abs(smooth - (edges[at] + edges[at + 1]) / 2) <= BIN_HU)
    steep = ndimage.gaussian_gradient_magnitude(smooth, [1 / one for one in spacing])
    evenest = np.where(common, steep, np.inf).argmin()
    spot = np.array(np.unravel_index(evenest, steep.shape)) + wide.start
    slices, rows, columns = as_voxel(spot)
    return organ_at_click(volume, slices, (rows, columns))


def _like(smooth: Floats, at: tuple[int, int, int], steps: Spacing) -> Bools:
    """Return where tissue is as around a point; all that holds air in a lung."""
    patch = Patch(image=smooth, spacing_mm=steps, start=(0, 0, 0))
    values = smooth[distances_mm(patch, at) <= AROUND_MM]
    level = float(np.median(values))
    if level < LUNG_HU:
        return (smooth < LUNG_HU) & ~_outside(smooth)
    spread = 1.4826 * float(np.median(np.abs(values - level)))
    return np.abs(smooth - level) <= max(NOISES * spread, LEAST_HU)


def _outside(smooth: Floats) -> Bools:
    """Return the air around the body: what is joined to the sides of a slice."""
    air = smooth < LUNG_HU
    found = np.zeros(air.shape, np.bool_)
    for one, into in zip(air, found, strict=True):
        parts, _ = ndimage.label(one)
        rim = np.unique(
            np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
        )
        into |= np.isin(parts, rim[rim > 0])
    return found


def _joined(like: Bools, at: tuple[int, int, int], steps: Spacing) -> Bools:
    """Return what is joined to a point by more than a thin bridge."""
    depth = ndimage.distance_transform_edt(like, steps)
    thick, _ = ndimage.label(depth > BRIDGE_MM, TOUCHING)
    away, nearest = ndimage.distance_transform_edt(
        thick == 0, steps, return_indices=True
    )
    number = int(thick[tuple(nearest[:, at[0], at[1], at[2]])])
    if not number or away[at] > AROUND_MM:
        return np.zeros(like.shape, np.bool_)
    grown = ndimage.distance_transform_edt(thick != number, steps) <= BRIDGE_MM
    return like & grown


def _with_dents(part: Bools, smooth: Floats, steps: Spacing) -> Bools:
    """Return an organ with what it encloses and what dents its surface."""
    low, high = TISSUE_HU
    is_tissue = (smooth > low) & (smooth < high)
    rim = ndimage.distance_transform_edt(~part, steps) <= RIM_MM
    whole = part | (rim & is_tissue)
    margins = [int(DENT_MM / step) + 2 for step in steps]
    padded = np.pad(whole, [(one, one) for one in margins])
    grown = ndimage.distance_transform_edt(~padded, steps) <= DENT_MM
    closed = ndimage.distance_transform_edt(grown, steps) > DENT_MM
    inner = tuple(slice(one, -one) for one in margins)
    whole |= np.asarray(closed[inner], np.bool_) & is_tissue
    return np.asarray(ndimage.binary_fill_holes(whole), np.bool_)
