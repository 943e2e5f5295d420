"""SciPy's operations on masks and images, with their types told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage, signal  # pyright: ignore[reportMissingTypeStubs] - SciPy ships none

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]
    Box = tuple[slice, slice, slice]

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false


def eroded(inside: Bools, around: Bools | None = None) -> Bools:
    """Return the voxels whose neighbours all are inside.

    Parameters
    ----------
    around
        Which voxels around the middle one are neighbours, of odd shape; by default
        those that share a side.
    """
    return np.asarray(ndimage.binary_erosion(inside, around), np.bool_)


def convolved(values: Floats, weights: Floats) -> Floats:
    """Return the weighted sums around each voxel; beyond the array there is 0."""
    return np.asarray(signal.fftconvolve(values, weights, mode="same"))


def fill_holes(inside: Bools) -> Bools:
    """Return the mask with what it encloses."""
    return np.asarray(ndimage.binary_fill_holes(inside), np.bool_)


def numbered_in_slices(inside: Bools, *, corners: bool) -> Ints:
    """Return connected parts, numbered from 1 up; slices are never connected.

    Parameters
    ----------
    inside
        Shape (slices, rows, columns).
    corners
        Whether pixels that share a corner alone are connected.
    """
    touching = np.zeros((3, 3, 3), np.bool_)
    touching[1] = ndimage.generate_binary_structure(2, 2 if corners else 1)
    numbered = np.empty(inside.shape, np.int32)
    ndimage.label(inside, touching, numbered)
    return numbered


def boxes(numbered: Ints) -> list[Box | None]:
    """Return the smallest box of each number from 1 up; None for those not there."""
    return ndimage.find_objects(numbered)
