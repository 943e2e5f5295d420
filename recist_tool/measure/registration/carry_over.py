"""A lesion's place on the next scan: a proposal to accept or correct.

The registration says about where. What surrounds the lesion is then looked for close
by, at 2 mm: each shift has a probability, from how alike the surroundings are there and
from how far it is; its mean is the place, its spread the doubt. Nothing here is a
measurement: the reader draws or confirms it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.caliper.caliper import PlacedCaliper, PlaneCaliper, length_mm
from recist_tool.measure.registration.neighbourhood import found_again
from recist_tool.model.diameter import PointLPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Ends
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.registration.result import Registration

UNSURE_MM: Final = 4.0
"""A place with a larger doubt (root mean square) is said to be unsure."""

_LEAST_LIKENESS: Final = 0.6  # correlation, below which the surroundings look different


class Proposal(NamedTuple):
    """Where a lesion of the baseline may lie on the follow-up.

    Attributes
    ----------
    centre_lps
        mm.
    slice_index
        The slice of the follow-up nearest to the centre.
    caliper
        The caliper of the baseline laid there, as long as it was; None where only a
        centre was carried over, or where the place lies outside the follow-up.
    doubt_mm
        How far off the centre may be, root mean square.
    confidence
        0 to 1: 0.5 where the doubt is `UNSURE_MM`.
    unsure_reason
        Why the reader should search, in a sentence; empty where the place is likely.
    """

    centre_lps: PointLPS
    slice_index: int
    caliper: PlaneCaliper | None
    doubt_mm: float
    confidence: float
    unsure_reason: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the place is likely to be within some millimetres."""
        return not self.unsure_reason


class _Place(NamedTuple):
    """A centre on the follow-up."""

    centre_lps: NDArray[np.float64]
    slice_index: int
    outside_mm: float


def carry_over(
    registration: Registration,
    lesion: PlacedCaliper | PointLPS,
    fixed: Volume,
    moving: Volume,
) -> Proposal:
    """Return where a lesion of the baseline may lie on the follow-up.

    Parameters
    ----------
    lesion
        Its caliper on `fixed`, or its centre, mm.
    fixed, moving
        The CTs that were registered, or other series in their frames of reference,
        such as PET, in which nothing is looked for.

    Raises
    ------
    GeometryError
        If a series lies in another frame of reference, or has no pixel spacing.
    """
    registration.require_between(fixed, moving)
    centre, radius_mm = _centre_and_radius(lesion, fixed)
    doubt_mm = float(registration.uncertainty_mm(centre)[0])
    likeness = 1.0
    if _can_be_looked_at(fixed) and _can_be_looked_at(moving):
        found = found_again(registration, (centre[0], radius_mm), fixed, moving)
        centre = centre + found.shift_lps
        doubt_mm, likeness = found.doubt_mm, found.likeness
    place = _place(moving, registration.map_points(centre)[0])
    caliper = None
    if isinstance(lesion, PlacedCaliper) and place.outside_mm == 0:
        caliper = _laid(registration, lesion, (fixed, moving), place)
    x, y, z = place.centre_lps.tolist()
    return Proposal(
        centre_lps=(x, y, z),
        slice_index=place.slice_index,
        caliper=caliper,
        doubt_mm=doubt_mm,
        confidence=1 / (1 + (doubt_mm / UNSURE_MM) ** 2),
        unsure_reason=_reason(doubt_mm, likeness, place.outside_mm),
    )


def _can_be_looked_at(volume: Volume) -> bool:
    return volume.units == "HU" and volume.is_regular


def _centre_and_radius(
    lesion: PlacedCaliper | PointLPS, fixed: Volume
) -> tuple[NDArray[np.float64], float]:
    """Return the centre, shape (1, 3), and half the long axis, mm."""
    if not isinstance(lesion, PlacedCaliper):
        return np.array([lesion], np.float64), 0.0
    ends = lesion.caliper.long_ends + (lesion.caliper.short_ends or ())
    middle = np.array(ends).mean(axis=0, keepdims=True)
    long_mm = length_mm(fixed.require_pixel_spacing(), *lesion.caliper.long_ends)
    return fixed.pixel_to_lps(lesion.slice_index, middle), long_mm / 2


def _place(moving: Volume, centre_lps: NDArray[np.float64]) -> _Place:
    """Return the nearest slice, and how far the centre lies outside the images, mm."""
    heights = moving.slice_origins_lps @ moving.normal_lps
    across = np.abs(heights - centre_lps @ moving.normal_lps)
    nearest = int(across.argmin())
    reach = np.diff(heights).max(initial=moving.slice_thickness_mm or 0.0) / 2
    pixel = moving.lps_to_pixel(nearest, centre_lps[np.newaxis])[0]
    last = np.array(moving.shape[1:]) - 1
    beyond = np.maximum(-pixel, 0) + np.maximum(pixel - last, 0)
    in_plane = float((beyond * moving.require_pixel_spacing()).max())
    over = max(float(across[nearest]) - reach, 0.0)
    return _Place(centre_lps, nearest, max(in_plane, over))


def _laid(
    registration: Registration,
    lesion: PlacedCaliper,
    volumes: tuple[Volume, Volume],
    place: _Place,
) -> PlaneCaliper:
    """Return a caliper of the same lengths around the centre, turned with the body."""
    fixed, moving = volumes
    middle = _centre_and_radius(lesion, fixed)[0]
    scale_mm = moving.require_pixel_spacing()
    (origin,) = moving.lps_to_pixel(place.slice_index, place.centre_lps[np.newaxis])

    def laid(ends: Ends) -> Ends:
        arms = fixed.pixel_to_lps(lesion.slice_index, np.array(ends)) - middle
        turned = arms @ registration.rigid.turn.T + place.centre_lps
        flat = moving.lps_to_pixel(place.slice_index, turned)
        wanted = length_mm(fixed.require_pixel_spacing(), *ends)
        got = float(np.hypot(*((flat[1] - flat[0]) * scale_mm)))
        (a, b), (c, d) = (origin + (flat - origin) * (wanted / max(got, 1e-6))).tolist()
        return (a, b), (c, d)

    short = lesion.caliper.short_ends
    return PlaneCaliper(laid(lesion.caliper.long_ends), laid(short) if short else None)


def _reason(doubt_mm: float, likeness: float, outside_mm: float) -> str:
    """Return why the reader should search; empty where the place is likely."""
    if outside_mm > 0:
        return f"The place lies {outside_mm:.0f} mm outside the follow-up series."
    if likeness < _LEAST_LIKENESS:
        return "What surrounds the lesion looks different on the follow-up."
    if doubt_mm > UNSURE_MM:
        return f"The place may be off by more than {UNSURE_MM:.0f} mm."
    return ""
