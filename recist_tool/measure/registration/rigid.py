"""How the patient lies on one scan against the other: a shift, then a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.errors import RegistrationRefused
from recist_tool.measure.registration.itk import best_rigid
from recist_tool.measure.registration.phase_correlation import masked_correlation
from recist_tool.measure.registration.translation_search import Coarse, body

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.progress import Work
    from recist_tool.measure.registration.transform import Rigid

BY_HAND: Final = "Find the lesions by hand"
_WALL_MM: Final = 24.0  # skin, muscle and ribs, which do not move as the liver does
_OUTLINE_MM: Final = 16.0  # of air beside the body, so that its outline counts
_LEAST_OVERLAP: Final = 0.35  # of the smaller body
_LEAST_CORRELATION: Final = 0.55
"""Noise is less like a body; another part of one may pass, and fails later."""

_LARGEST_TURN_DEG: Final = 25.0  # patients lie within some degrees of one another


class ScanPair(NamedTuple):
    """Two scans of one patient at the same step."""

    fixed: Coarse
    moving: Coarse

    def halved(self) -> ScanPair:
        """Return both at twice the step."""
        return ScanPair(self.fixed.halved(), self.moving.halved())


def best_shift(pair: ScanPair) -> NDArray[np.float64]:
    """Return the shift from fixed to moving with the best correlation, mm, shape (3,).

    All shifts are looked at, so it does not matter how the fields of view lie.

    Raises
    ------
    RegistrationRefused
        If at no shift a good part of the smaller body looks like the other.
    """
    fixed_mask, moving_mask = (_with_outline(each) for each in pair)
    correlation, common = masked_correlation(
        _flattened(pair.fixed), fixed_mask, _flattened(pair.moving), moving_mask
    )
    least = _LEAST_OVERLAP * min(fixed_mask.sum(), moving_mask.sum())
    correlation = np.where(common >= least, correlation, -1.0)
    best = np.unravel_index(correlation.argmax(), correlation.shape)
    if correlation[best] < _LEAST_CORRELATION:
        raise RegistrationRefused.at(
            "registration",
            "the two scans do not show the same part of a body (correlation "
            f"{max(correlation[best], 0):.2f}, at least {_LEAST_CORRELATION} is asked)",
            BY_HAND,
        )
    voxels = np.array(best) - np.array(pair.moving.hu.shape) + 1
    seat_lps = pair.fixed.origin_lps + pair.fixed.step_mm * voxels[::-1]
    return pair.moving.origin_lps - seat_lps


def turned(pair: ScanPair, shift_lps: NDArray[np.float64], work: Work) -> Rigid:
    """Return turn and shift from fixed to moving, of what lies inside the wall.

    Parameters
    ----------
    shift_lps
        From fixed to moving to start from: x, y, z, shape (3,), mm.

    Raises
    ------
    RegistrationRefused
        If the turn is larger than patients lie differently.
    Cancelled
        If the work is to stop.
    """
    layers = round(_WALL_MM / pair.fixed.step_mm)
    # the body goes on beyond the scan
    inner = ndimage.binary_erosion(body(pair.fixed), iterations=layers, border_value=1)
    fixed, moving = (each.with_values(_flattened(each)) for each in pair)
    found = best_rigid((fixed, inner), moving, shift_lps, work)
    if found.angle_deg > _LARGEST_TURN_DEG:
        raise RegistrationRefused.at(
            "registration",
            f"the patient would be turned by {found.angle_deg:.0f}° "
            f"(at most {_LARGEST_TURN_DEG:.0f}° is believed)",
            BY_HAND,
        )
    return found


def _with_outline(scan: Coarse) -> NDArray[np.bool_]:
    """Return the body and the air next to it."""
    layers = max(1, round(_OUTLINE_MM / scan.step_mm))
    return ndimage.binary_dilation(body(scan), iterations=layers)


def _flattened(scan: Coarse) -> NDArray[np.float32]:
    """Return HU without the depth of air and bone, which would outweigh the rest."""
    return np.clip(scan.hu, -500, 400)
