"""SciPy's and scikit-image's filters on images, with their types told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage  # pyright: ignore[reportMissingTypeStubs] - SciPy ships none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float32]
    Ints = NDArray[np.integer[Any]]

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false


def interpolated(image: NDArray[Any], places: Sequence[NDArray[Any]]) -> Floats:
    """Return an image between its voxels; beyond its edge, the voxel at the edge.

    Parameters
    ----------
    places
        Slices, rows, columns with fractions, each of one shape: that of the answer.
    """
    found = ndimage.map_coordinates(image, list(places), order=1, mode="nearest")
    return np.asarray(found, np.float32)


def blurred(image: Floats, sigmas: Sequence[float], mode: str = "nearest") -> Floats:
    """Return an image blurred by a Gaussian of so many voxels along each axis."""
    found = ndimage.gaussian_filter(image, sigmas, mode=mode, truncate=3.0)
    return np.asarray(found, np.float32)


def box_mean(image: Floats, size: tuple[int, ...]) -> Floats:
    """Return the mean of so many voxels around each."""
    found = np.empty_like(image)
    ndimage.uniform_filter(image, size, found)  # pyright: ignore[reportArgumentType]
    return found


def distance_mm(inside: Bools, spacing_mm: Sequence[float]) -> NDArray[np.float64]:
    """Return how far each voxel inside is from the nearest one outside, mm."""
    return np.asarray(ndimage.distance_transform_edt(inside, spacing_mm), np.float64)


def connected_to(inside: Bools, voxel: tuple[int, ...]) -> Bools:
    """Return the part of a mask, connected by sides, that holds a voxel inside."""
    parts = numbered(inside)
    return parts == parts[voxel]


def numbered(inside: Bools) -> NDArray[np.int32]:
    """Return parts that are connected by sides, numbered from 1 up."""
    parts = np.empty(inside.shape, np.int32)
    ndimage.label(inside, output=parts)
    return parts


def divided(height: Floats, markers: NDArray[np.int32], inside: Bools) -> Ints:
    """Return which marker's valley each voxel inside belongs to."""
    from skimage.segmentation import (  # pyright: ignore[reportMissingTypeStubs]
        watershed,
    )

    return np.asarray(watershed(height, markers, mask=inside), np.int32)
