"""Noise and blur from whole numbers, the same bits on every machine."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from recist_tool.phantom.fields import Array

_SOFT = (1.0, 4.0, 6.0, 4.0, 1.0)
_WIDE_PASSES = 4
_BYTE_SD = math.sqrt((256**2 - 1) / 12)


def unit_noise(seeds: tuple[int, ...], rows: int, columns: int) -> Array:
    """Return noise of mean 0 and standard deviation 1 for one slice.

    Neighbouring pixels are correlated, and slow waves are damped, as in a
    filtered back-projection.

    Parameters
    ----------
    seeds
        The same seeds make the same noise; one set a slice.

    Returns
    -------
    Shape (rows, columns), float32.
    """
    margin = 2 * (1 + _WIDE_PASSES)
    shape = (rows + 2 * margin, columns + 2 * margin)
    count = -(-shape[0] * shape[1] // 8)
    raw = np.random.PCG64(seeds).random_raw(count).view(np.int8)
    grain = raw[: shape[0] * shape[1]].reshape(shape).astype(np.float32)
    fine = _smoothed(grain, 1)
    noise = fine - np.float32(0.8) * _smoothed(fine, _WIDE_PASSES)
    inner = noise[margin:-margin, margin:-margin]
    return inner * np.float32(1 / (_BYTE_SD * _gain()))


def softened(image: Array, weights: tuple[float, ...], axis: int) -> Array:
    """Return an array filtered along one axis, edges repeated.

    Parameters
    ----------
    weights
        An odd number of weights; they are scaled to sum 1.
    image
        Of any number of axes; the answer has its shape.
    """
    half = len(weights) // 2
    pad = [(0, 0)] * image.ndim
    pad[axis] = (half, half)
    padded = np.moveaxis(np.pad(image, pad, mode="edge"), axis, 0)
    total = sum(weights)
    length = image.shape[axis]
    result = padded[:length] * np.float32(weights[0] / total)
    for shift, weight in enumerate(weights[1:], 1):
        result += padded[shift : shift + length] * np.float32(weight / total)
    return np.moveaxis(result, 0, axis)


def blurred(volume: Array, fwhm_mm: float, spacing_mm: tuple[float, ...]) -> Array:
    """Return a volume blurred along each axis to about a full width at half maximum.

    Each pass of (1, 2, 1) adds half a square pixel of variance.

    Parameters
    ----------
    volume
        Of as many axes as `spacing_mm` has numbers, edges repeated.
    fwhm_mm
        Along every axis; at least one pass is made.
    spacing_mm
        From voxel to voxel along each axis.

    Returns
    -------
    Of the shape of `volume`.
    """
    for axis, step in enumerate(spacing_mm):
        variance = (fwhm_mm / 2.355 / step) ** 2
        for _ in range(max(1, round(2 * variance))):
            volume = softened(volume, (1.0, 2.0, 1.0), axis)
    return volume


def _smoothed(image: Array, passes: int) -> Array:
    for _ in range(passes):
        image = softened(softened(image, _SOFT, 0), _SOFT, 1)
    return image


def _gain() -> float:
    """Return by how much the filter scales the standard deviation of white noise."""
    kernel = np.array(_SOFT) / sum(_SOFT)
    wide = reduce(np.convolve, [kernel] * (1 + _WIDE_PASSES))
    fine = np.zeros_like(wide)
    middle = len(wide) // 2
    fine[middle - 2 : middle + 3] = kernel
    both = np.outer(fine, fine) - 0.8 * np.outer(wide, wide)
    return math.sqrt(float((both**2).sum()))
