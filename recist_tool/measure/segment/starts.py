"""Where in a lesion on CT to look from, wherever in it a reader clicked.

Seen from near its border a lesion is steep, and a click there may read the mean of two
tissues. So even spots near the click are looked at as well, and around each of them the
largest ball of like tissue that holds the click. What is like depends on the texture of
the lesion, which nobody knows yet: several widths are tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.measure.geometry.filters import box_mean
from recist_tool.measure.geometry.patch import cut
from recist_tool.measure.segment.rays import distances_mm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats, Patch, Point
    from recist_tool.measure.geometry.volume import Volume

    Bools = NDArray[np.bool_]

AIR_HU: Final = -700.0  # lung that holds air, and gas, lie below
LEAST_NOISE_HU: Final = 1.0  # in images without noise nothing stands out endlessly
EMPTY_HU: Final = -950.0  # below is air, whose noise is not that of tissue
REACH_MM: Final = 36.0  # the middle of a lesion of 140 mm is nearer to half its clicks
COARSE_MM: Final = 1.2  # finer pixels are taken two by two: a ball is coarse enough
BLUR_MM: Final = 1.5  # of texture and noise, narrower than any lesion to be found
SPOT_MM: Final = 2.0
NEAR_MM: Final = 5.0  # from within a border to beyond what is blurred by it
WIDTHS_OF_NOISE: Final = (3.0, 8.0)
WIDTH_HU: Final = 150.0  # tumour beside lung or fat, however it is textured
BESIDE_MM: Final = 2.0  # so far outside a ball a click on the border may lie
LEAST_BALL_MM: Final = 1.5
SAME: Final = 0.4  # of its radius: balls whose middles are nearer are one


class Start(NamedTuple):
    """A place to look for a lesion's surface from.

    Attributes
    ----------
    at
        Slice, row, column of the series, with fractions.
    radius_mm
        Of the ball of like tissue; 0 for the click itself.
    inside_hu
        Its mean.
    texture_hu
        How far from it like tissue goes, as if three standard deviations; 0 where noise
        alone is expected.
    """

    at: Point
    radius_mm: float
    inside_hu: float
    texture_hu: float


class _Around(NamedTuple):
    """What was cut out around a click: blurred HU, distance to the click, noise."""

    patch: Patch
    hu: Floats
    away: Floats
    noise_hu: float


def starts_around(volume: Volume, at: Point) -> list[Start]:
    """Return where to look from for the lesion that a point lies in or at the rim of.

    Parameters
    ----------
    at
        Slice, row, column of the series, fractions allowed.

    Returns
    -------
    The point itself first.
    """
    step = 2 if max(volume.require_pixel_spacing()) < COARSE_MM else 1
    patch = cut(volume, at, REACH_MM, step=step)
    hu, away = patch.blurred(BLUR_MM), distances_mm(patch, patch.to_patch(at))
    place = _Around(patch, hu, away, even_noise(patch.blurred(BLUR_MM / 2)))
    own = float(np.median(hu[away <= max(SPOT_MM, float(away.min()))]))
    starts = [Start(at, 0.0, own, 0.0)]
    for level in _levels(place, own):
        for width in (*(n * place.noise_hu for n in WIDTHS_OF_NOISE), WIDTH_HU):
            ball = _ball(place, level, width)
            if ball is not None and not any(_same(volume, ball, one) for one in starts):
                starts.append(ball)
    return starts


def even_noise(hu: Floats) -> float:
    """Return the standard deviation where tissue is even."""
    size = (1, 5, 5)
    every = (slice(None), slice(None, None, 2), slice(None, None, 2))
    mean = box_mean(hu, size)[every]
    square = box_mean(hu * hu, size)[every]
    variance = np.maximum(square - mean * mean, 0)[mean > EMPTY_HU]
    if not variance.size:
        return LEAST_NOISE_HU
    return max(1.2 * float(np.sqrt(np.percentile(variance, 25))), LEAST_NOISE_HU)


def _levels(place: _Around, own: float) -> Iterator[float]:
    """Return the HU at the click, and of the evenest spots near it on either side."""
    yield own
    sigmas = [BLUR_MM / step for step in place.patch.spacing_mm]
    if place.patch.flat:
        sigmas[0] = 0.0
    edges = ndimage.gaussian_gradient_magnitude(place.patch.image, sigmas)
    near = (place.away <= NEAR_MM) & (place.hu > AIR_HU)
    apart = WIDTHS_OF_NOISE[0] * place.noise_hu
    for side in (place.hu > own + apart, place.hu < own - apart):
        if (near & side).any():
            spot = np.where(near & side, edges, np.inf).argmin()
            yield float(place.hu.ravel()[spot])


def _ball(place: _Around, level: float, width: float) -> Start | None:
    """Return the largest ball of like tissue that holds the click."""
    like = np.abs(place.hu - np.float32(level)) <= width
    spacing = place.patch.spacing_mm
    if place.patch.flat:
        depth = ndimage.distance_transform_edt(like[0], spacing[1:])[None]
    else:
        depth = ndimage.distance_transform_edt(like, spacing)
    holding = like & (place.away <= depth + BESIDE_MM)
    if not holding.any():
        return None
    middle = np.unravel_index(np.where(holding, depth, -1).argmax(), like.shape)
    radius = float(depth[middle])
    if radius < LEAST_BALL_MM:
        return None
    z, y, x = (float(one) for one in middle)
    inner = distances_mm(place.patch, (z, y, x)) <= max(0.8 * radius, LEAST_BALL_MM)
    mean = float(place.hu[inner].mean())
    return Start(place.patch.to_series((z, y, x)), radius, mean, width)


def _same(volume: Volume, one: Start, other: Start) -> bool:
    """Return whether two balls are about the same; the click itself is none."""
    if not other.radius_mm:
        return False
    offset = (np.array(one.at) - other.at) * volume.require_steps_mm()
    apart = float(np.linalg.norm(offset))
    larger = max(one.radius_mm, other.radius_mm)
    return apart + abs(one.radius_mm - other.radius_mm) <= SAME * larger
