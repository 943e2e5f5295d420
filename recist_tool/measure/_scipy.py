"""SciPy's operations on images that registration asks for, with their types told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import (  # pyright: ignore[reportMissingTypeStubs] - SciPy ships none
    fft,
    ndimage,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Decimals = NDArray[np.floating[Any]]
    Image = NDArray[np.float32]
    Spectrum = NDArray[np.complex128]

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

_IN_SLICE: Final = ndimage.generate_binary_structure(2, 1)[np.newaxis]


def read_at(
    image: NDArray[Any], index: Decimals, outside: float | None = None
) -> Image:
    """Return an image at places between its voxels, along straight lines.

    Parameters
    ----------
    index
        Shape (3, points).
    outside
        What lies beyond the image; None takes what lies at its edge.
    """
    mode = "nearest" if outside is None else "constant"
    found = ndimage.map_coordinates(
        image, index, np.float32, order=1, mode=mode, cval=outside or 0.0
    )
    return np.asarray(found, np.float32)


def spline_knots(values: Decimals) -> NDArray[np.float64]:
    """Return the coefficients with which `spline_at` meets the values."""
    return np.asarray(ndimage.spline_filter(values, order=3, mode="mirror"))


def spline_at(knots: Decimals, index: Decimals) -> NDArray[np.float64]:
    """Return a cubic spline at places between its knots, one for each point.

    Parameters
    ----------
    index
        Shape (3, points).
    """
    return ndimage.map_coordinates(
        knots, index, np.float64, order=3, mode="mirror", prefilter=False
    )


def resampled(
    image: Image,
    to_index: NDArray[np.float64],
    shape: tuple[int, int, int],
    outside: float,
) -> Image:
    """Return an image on another grid, whose indices `to_index` (4, 4) takes to its."""
    found = np.empty(shape, np.float32)
    ndimage.affine_transform(image, to_index, output=found, order=1, cval=outside)
    return found


def box_mean(image: Image, widths: Sequence[int]) -> Image:
    """Return the mean of so many voxels along each axis around each voxel."""
    found = np.empty(image.shape, np.float32)
    ndimage.uniform_filter(image, widths, found, mode="nearest")  # pyright: ignore[reportArgumentType] - a width for each axis is documented
    return found


def blurred(image: Decimals, sigmas: Sequence[float]) -> NDArray[np.float64]:
    """Return an image blurred by so many voxels along each axis."""
    return np.asarray(ndimage.gaussian_filter(image, sigmas, mode="nearest"))


def grown(mask: Bools, layers: int) -> Bools:
    """Return a mask with some layers of voxels more on each side."""
    return np.asarray(ndimage.binary_dilation(mask, iterations=layers), np.bool_)


def shrunk(mask: Bools, layers: int) -> Bools:
    """Return a mask without its outer layers; it goes on beyond the image."""
    return np.asarray(
        ndimage.binary_erosion(mask, iterations=layers, border_value=1), np.bool_
    )


def without_slivers(mask: Bools, layers: int) -> Bools:
    """Return a mask without what is thinner than twice so many voxels."""
    return grown(shrunk(mask, layers), layers) & mask


def largest_part(mask: Bools) -> Bools:
    """Return the largest connected part of a mask; empty where the mask is."""
    numbered = np.empty(mask.shape, np.int32)
    ndimage.label(mask, output=numbered)
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    return (numbered == sizes.argmax()) & mask


def filled_in_slices(mask: Bools) -> Bools:
    """Return a mask with what it encloses within each slice."""
    filled = (ndimage.binary_fill_holes(each) for each in mask)
    return np.stack([np.asarray(each, np.bool_) for each in filled])


def spectrum(image: Decimals, shape: Sequence[int]) -> Spectrum:
    """Return the Fourier transform of a real image, padded to a shape."""
    return fft.rfftn(image, shape)  # pyright: ignore[reportReturnType]


def from_spectrum(waves: Spectrum, shape: Sequence[int]) -> NDArray[np.float64]:
    """Return the real image of a shape that has this spectrum."""
    return fft.irfftn(waves, shape)  # pyright: ignore[reportReturnType]


def fast_length(length: int) -> int:
    """Return a length, no shorter, that is quick to transform."""
    return fft.next_fast_len(length, real=True)  # pyright: ignore[reportReturnType]
