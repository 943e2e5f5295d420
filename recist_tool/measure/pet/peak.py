"""SULpeak: the highest mean in a sphere of 1 ml (PERCIST 1.0, Wahl 2009).

The centre of the sphere is the centre of any voxel of the lesion; the sphere itself may
reach beyond the lesion. Each voxel counts by how much of it lies in the sphere.
Spheres that reach beyond the image, or into padding, are left out: they are not 1 ml of
image.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage, signal

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.sphere import ball_weights
from recist_tool.measure.mask.mask import as_voxel
from recist_tool.measure.mask.statistics import is_image, require_uptake

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Bools, Mask

    Floats = NDArray[np.float64]

RADIUS_MM: Final = (3000 / (4 * math.pi)) ** (1 / 3)
"""Of a sphere of 1 ml: 6.2035 mm."""
FINALISTS: Final = 64
"""Voxels that are compared once more with all digits."""


class Peak(NamedTuple):
    """The hottest sphere of a lesion.

    Attributes
    ----------
    value
        Its mean, in the units of the volume: SUVbw or SUL.
    centre
        Slice, row, column of its centre.
    """

    value: float
    centre: tuple[int, int, int]


def suv_peak(mask: Mask, volume: Volume) -> Peak | None:
    """Return the sphere of 1 ml, centred in the lesion, with the highest mean.

    None if no sphere around its voxels lies within the image.

    Raises
    ------
    GeometryError
        If the mask is empty or lies on another grid, or the slices are not regular.
    SuvRefused
        If the volume is no PET in SUV.
    """
    mask.require_on(volume)
    mask.require_voxels()
    require_uptake(volume)
    weights = _weights(volume.spacing_mm)
    wide = _widened(mask.cropped(), weights)
    image = is_image(volume, volume.voxels[wide.box])
    values = np.where(image, volume.voxels[wide.box], np.float32(0))
    allowed = wide.inside & _whole_spheres(image, weights)
    if not allowed.any():
        return None
    centres = _hottest(values, weights, allowed)
    means = [_mean(values, weights, centre) for centre in centres]
    best = int(np.argmax(means))
    slices, rows, columns = map(int, centres[best] + wide.start)
    return Peak(means[best], (slices, rows, columns))


def mean_in_1_ml(volume: Volume, centre: tuple[int, int, int]) -> float:
    """Return the mean of the sphere of 1 ml around the centre of a voxel.

    Parameters
    ----------
    centre
        Slice, row, column.

    Raises
    ------
    GeometryError
        If the sphere leaves the image or holds padding, or the slices are not regular.
    """
    weights = _weights(volume.spacing_mm)
    start = np.array(centre) - np.array(weights.shape) // 2
    stop = start + weights.shape
    if (start < 0).any() or (stop > volume.shape).any():
        raise GeometryError.at("sphere", "it leaves the image", "Place it farther in")
    box = volume.voxels[tuple(map(slice, start, stop))]
    if not is_image(volume, box)[weights > 0].all():
        raise GeometryError.at("sphere", "it holds padding", "Place it farther in")
    return float((box * weights).sum())


@lru_cache(maxsize=16)
def _weights(spacing_mm: tuple[float, float, float]) -> Floats:
    return ball_weights(RADIUS_MM, spacing_mm)


def _widened(mask: Mask, weights: Floats) -> Mask:
    """Return the mask in a box that holds the spheres, as far as the grid goes."""
    margin = np.array(weights.shape) // 2
    start = np.maximum(np.array(mask.start) - margin, 0)
    stop = np.array(mask.start) + mask.inside.shape + margin
    stop = np.minimum(stop, mask.grid.shape)
    return mask.in_box(as_voxel(start), as_voxel(stop))


def _whole_spheres(image: Bools, weights: Floats) -> Bools:
    """Return where a sphere touches image alone; what is beyond the box is none."""
    whole = np.zeros(image.shape, np.bool_)
    inner = tuple(
        slice(n // 2, max(0, m - n // 2))
        for n, m in zip(weights.shape, image.shape, strict=True)
    )
    whole[inner] = True
    return whole if image.all() else whole & ndimage.binary_erosion(image, weights > 0)


def _hottest(values: Floats, weights: Floats, allowed: Bools) -> NDArray[np.int64]:
    """Return the voxels around which the mean is highest, shape (n, 3).

    In single precision, which is why there are several.
    """
    means = signal.fftconvolve(
        values.astype(np.float32), weights.astype(np.float32), mode="same"
    )
    where = np.flatnonzero(allowed)
    there = means.ravel()[where]
    count = min(FINALISTS, len(where))
    best = where[np.argpartition(there, -count)[-count:]]
    return np.column_stack(np.unravel_index(np.sort(best), allowed.shape))


def _mean(values: Floats, weights: Floats, centre: NDArray[np.int64]) -> float:
    start = centre - np.array(weights.shape) // 2
    box = tuple(map(slice, start, start + weights.shape))
    return float((values[box] * weights).sum())
