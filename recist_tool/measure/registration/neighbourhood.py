"""Finding what surrounds a lesion again, close to where a registration puts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.filters import box_mean, read_at
from recist_tool.measure.registration.deformable import squeezed
from recist_tool.measure.registration.phase_correlation import masked_correlation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.registration.result import Registration

_STEP_MM: Final = 2.0  # half that of the registration, which this mends
_AROUND_MM: Final = 10.0  # beyond the border of the lesion
_FURTHEST_MM: Final = 44.0  # from its centre, which bounds the time it takes
_SEARCH_MM: Final = 12.0  # registered places are off by up to 4 mm in 95 % (bench)
_LEAST_MM: Final = 1.0  # half a step: no place is surer
_LANDMARKS: Final = 20.0  # independent details in the surroundings
_USUAL_MM: Final = (3.0, 8.0)  # bounds of the doubt of the registration
_LEAST_COMMON: Final = 0.6  # of the surroundings, to be seen on both scans


class FoundAgain(NamedTuple):
    """Where the surroundings of a lesion were found.

    Attributes
    ----------
    shift_lps
        From the centre on the baseline to the point of the baseline that the
        registration takes to the right place, mm.
    doubt_mm
        Root mean square of how far off it may be.
    likeness
        Correlation of the surroundings there.
    """

    shift_lps: NDArray[np.float64]
    doubt_mm: float
    likeness: float


def found_again(
    registration: Registration,
    lesion: tuple[NDArray[np.float64], float],
    fixed: Volume,
    moving: Volume,
) -> FoundAgain:
    """Return where the surroundings of a lesion of `fixed` are found on `moving`.

    Parameters
    ----------
    lesion
        Centre, shape (3,), and radius, mm.
    """
    centre, radius_mm = lesion
    doubt_mm = float(registration.uncertainty_mm(centre[np.newaxis])[0])
    reach = round(min(radius_mm + _AROUND_MM, _FURTHEST_MM) / _STEP_MM)
    far = reach + round(_SEARCH_MM / _STEP_MM)
    here = _cube(reach) + centre
    there = registration.map_points(_cube(far) + centre)
    patch, patch_seen = _sampled(fixed, here, reach)
    field, field_seen = _sampled(moving, there, far)
    if patch_seen.mean() < _LEAST_COMMON or not field_seen.any():
        return FoundAgain(np.zeros(3), doubt_mm, 0.0)
    near = patch_seen & (
        np.linalg.norm(_cube(reach), axis=1) <= reach * _STEP_MM
    ).reshape(patch_seen.shape)
    correlation, common = masked_correlation(field, field_seen, patch, near)
    return _weighed(correlation, common / near.sum(), doubt_mm)


def _weighed(
    correlation: NDArray[np.float64], common: NDArray[np.float64], doubt_mm: float
) -> FoundAgain:
    """Return mean and spread of the shift, given the correlation at each."""
    search = round(_SEARCH_MM / _STEP_MM)
    middle = [length // 2 for length in correlation.shape]
    inner = tuple(slice(at - search, at + search + 1) for at in middle)
    likeness = np.where(common[inner] >= _LEAST_COMMON, correlation[inner], 0.0)
    shifts = _cube(search)
    usual = np.clip(doubt_mm, *_USUAL_MM)
    square = np.clip(likeness, 0, 0.999).ravel() ** 2
    log_chance = -_LANDMARKS * np.log(1 - square) / 2
    log_chance -= (shifts**2).sum(axis=1) / (2 * usual**2)
    chance = np.exp(log_chance - log_chance.max())
    chance /= chance.sum()
    mean = chance @ shifts
    spread = np.sqrt(chance @ ((shifts - mean) ** 2).sum(axis=1))
    best = float(likeness.ravel()[chance.argmax()])
    return FoundAgain(mean, float(np.hypot(_LEAST_MM, spread)), best)


def _cube(reach: int) -> NDArray[np.float64]:
    """Return the points of a cubic grid around the origin, shape (points, 3), mm.

    In the order of an array (z, y, x).
    """
    z, y, x = np.indices((2 * reach + 1,) * 3).reshape(3, -1) - reach
    return _STEP_MM * np.column_stack((x, y, z)).astype(np.float64)


def _sampled(
    volume: Volume, points_lps: NDArray[np.float64], reach: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return squeezed HU at the points of a cube, and which of them were scanned."""
    inverse = np.linalg.inv(volume.affine_lps)
    index = inverse[:3, :3] @ points_lps.T + inverse[:3, 3:]
    last = np.array(volume.shape)[:, None] - 1
    seen = np.asarray(((index >= -0.5) & (index <= last + 0.5)).all(axis=0))
    low = np.clip(np.floor(index.min(axis=1)).astype(int) - 2, 0, last[:, 0])
    high = np.clip(np.ceil(index.max(axis=1)).astype(int) + 3, low + 1, last[:, 0] + 1)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    width = [max(1, round(_STEP_MM / spacing)) for spacing in volume.spacing_mm]
    calm = box_mean(volume.voxels[box].astype(np.float32), width)
    hu = read_at(calm, index - low[:, None])
    shape = (2 * reach + 1,) * 3
    return squeezed(hu).reshape(shape), seen.reshape(shape)
