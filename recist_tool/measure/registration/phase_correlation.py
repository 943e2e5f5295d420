"""Where one image lies on another: normalised correlation at every shift at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import fft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Spectrum = NDArray[np.complex128]

_LEAST_VARIANCE: Final = 1.0  # HU²: what varies less is flat


def masked_correlation(
    fixed: NDArray[np.float32],
    fixed_mask: NDArray[np.bool_],
    moving: NDArray[np.float32],
    moving_mask: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return correlation and number of common voxels at every shift of `moving`.

    Each correlation is taken over the voxels that both masks hold at that shift
    (Padfield, IEEE Trans Image Process 2012;21:2706-18). Shift s stands at index
    s + moving.shape - 1: there, voxel i of `moving` meets voxel i + s of `fixed`.

    Parameters
    ----------
    fixed, moving
        HU, of as many axes each; their lengths may differ.
    fixed_mask, moving_mask
        Which voxels count, shapes of `fixed` and `moving`.

    Returns
    -------
    Two arrays of shape fixed.shape + moving.shape - 1; correlation is 0 where one of
    the two is flat.
    """
    shape = [a + b - 1 for a, b in zip(fixed.shape, moving.shape, strict=True)]
    fast = [fft.next_fast_len(length, real=True) for length in shape]
    inner = tuple(slice(0, length) for length in shape)

    def summed(a: Spectrum, b: Spectrum) -> NDArray[np.float64]:
        return fft.irfftn(a * b, fast)[inner]

    ones_f, of_f, of_f2 = _spectra(fixed, fixed_mask, fast)
    ones_m, of_m, of_m2 = _spectra(np.flip(moving), np.flip(moving_mask), fast)
    count = np.maximum(np.rint(summed(ones_f, ones_m)), 0)
    safe = np.maximum(count, 1)
    sum_f, sum_m = summed(of_f, ones_m), summed(ones_f, of_m)
    spread_f = summed(of_f2, ones_m) - sum_f**2 / safe
    spread_m = summed(ones_f, of_m2) - sum_m**2 / safe
    together = summed(of_f, of_m) - sum_f * sum_m / safe
    least = _LEAST_VARIANCE * safe
    usable = (spread_f > least) & (spread_m > least)
    scale = np.sqrt(np.where(usable, spread_f * spread_m, 1.0))
    return np.where(usable, np.clip(together / scale, -1, 1), 0.0), count


def _spectra(
    image: NDArray[np.float32], mask: NDArray[np.bool_], shape: Sequence[int]
) -> tuple[Spectrum, Spectrum, Spectrum]:
    """Return the spectra of a mask, of the image in it around its mean, its square."""
    inside = image[mask].astype(np.float64)
    around = np.zeros(image.shape)
    around[mask] = inside - inside.mean()
    return (
        fft.rfftn(mask.astype(np.float64), shape),
        fft.rfftn(around, shape),
        fft.rfftn(around**2, shape),
    )
