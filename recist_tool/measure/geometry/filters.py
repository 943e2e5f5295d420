"""An image between its voxels, and with its noise taken out: one way to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Image = NDArray[np.float32]

Float = TypeVar("Float", np.float32, np.float64)


def read_at(
    image: NDArray[Any],
    index: Sequence[NDArray[Any]] | NDArray[Any],
    outside: float | None = None,
) -> Image:
    """Return an image at places between its voxels, along straight lines.

    Parameters
    ----------
    image
        Of any number of axes.
    index
        Places along each axis of the image, with fractions, all of one shape: that of
        the answer. An array of shape (axes, points) will do.
    outside
        What lies beyond the image; None takes what lies at its edge.
    """
    found = np.empty(np.shape(index[0]), np.float32)
    mode = "nearest" if outside is None else "constant"
    ndimage.map_coordinates(
        image, np.asarray(index), found, order=1, mode=mode, cval=outside or 0.0
    )
    return found


def blurred(
    image: NDArray[Float],
    sigmas: Sequence[float],
    mode: Literal["nearest", "wrap"] = "nearest",
) -> NDArray[Float]:
    """Return an image blurred by a Gaussian, cut off at three deviations.

    Parameters
    ----------
    image
        Of any shape, which the answer has too.
    sigmas
        Standard deviation along each axis, voxels; 0 leaves an axis as it is.
    mode
        Whether beyond the image lies what lies at its edge, or its other side.
    """
    found = np.empty_like(image)
    ndimage.gaussian_filter(image, sigmas, output=found, mode=mode, truncate=3.0)
    return found


def box_mean(image: Image, widths: Sequence[int]) -> Image:
    """Return the mean of a box around each voxel; the image goes on as its mirror.

    Parameters
    ----------
    image
        Of any shape, which the answer has too.
    widths
        Of the box along each axis, voxels.
    """
    found = np.empty_like(image)
    ndimage.uniform_filter(image, widths, found)
    return found
