"""A lesion on CT from a point inside it: the surface across which the HU change.

Rays from the point sample a small box of the image. A lesion is as even inside as the
tissue around the point; outside, each ray finds its own tissue: liver here, a vessel,
fat or lung there. The surface is found twice: roughly, over all sizes at once, then
finely, where the image crosses the middle between inside and outside.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.filters import blurred, box_mean, read_at
from recist_tool.measure.geometry.patch import cut
from recist_tool.measure.segment.rays import Rays, smooth_surface

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats, Point
    from recist_tool.measure.geometry.volume import Volume

    Angles = NDArray[np.float64]

REACH_MM: Final = 72.0  # lesions of up to about 140 mm
LEAST_RADIUS_MM: Final = 1.5  # some pixels across: less has no inside of its own
STEP: Final = 1.06
"""Each radius is that many times the one before: as fine, for its size, for any."""

ROUGH: Final = ((0.8, 1), (1.2, 2))
"""Blur, mm, and pixels taken together: small and large lesions; both tried."""

WINDOW_HU: Final = (-400.0, 300.0)
"""Around the lesion's HU: what lies beyond differs; by how much does not matter."""

EMPTY_HU: Final = -950.0  # below is air, whose noise is not that of tissue
LEAST_NOISE_HU: Final = 1.0  # in images without noise nothing stands out endlessly
ROUNDS: Final = 3  # centre, mean and scale each come from the surface before
NEARLY: Final = 0.9  # of the farthest radius: there a surface was stopped, not found
MOST_UNBOUNDED: Final = 0.1
"""Where more of the surface lies at the farthest limit, there is no lesion."""

MOST_DEVIATIONS: Final = 3.0  # more counts as much: a vessel must not outweigh the rest
STIFFNESS: Final = 6.0
FINE_STIFFNESS: Final = 0.6
"""What it costs two neighbouring rays to differ by a step.

Squared deviations times mm at first, so that the surface does not run along a vessel;
HU times part of the radius then, so that it follows the border.
"""

FINE_REACH: Final = 0.45  # logarithm: from 0.64 to 1.57 times the rough radius
FINE_RADII: Final = 33  # a step is 3 % of the radius, half of a rough one
PULL: Final = 50.0
PULL_RAD: Final = 0.35
"""How strongly, and how far around, the ends of a caliper draw the surface to them."""


class SurfaceLimits(NamedTuple):
    """How near and how far from its centre the surface can lie, mm."""

    nearest_mm: float
    farthest_mm: float


ANY_SIZE: Final = SurfaceLimits(LEAST_RADIUS_MM, REACH_MM)


class Seed(NamedTuple):
    """What a reader showed of a lesion.

    Attributes
    ----------
    at
        About its middle: slice, row, column of the series, fractions allowed.
    within
        Points inside, the same way, shape (points, 3).
    borders
        Points on its border, shape (points, 3); may be none.
    """

    at: Point
    within: Angles
    borders: Angles
    limits: SurfaceLimits = ANY_SIZE


class FoundSurface(NamedTuple):
    """A surface, and how it stands out.

    Attributes
    ----------
    centre
        Slice, row, column of the series, with fractions.
    radius_mm
        Along each ray, shape (latitudes, longitudes).
    inside_hu, noise_hu
        Mean inside, and standard deviation of what is even, after the blur.
    contrast
        Median over the surface of the step across it, in deviations of the noise; 0
        where the surface ran as far as it was let.
    """

    centre: Point
    radius_mm: Angles
    inside_hu: float
    noise_hu: float
    contrast: float


def surface_on_ct(volume: Volume, seed: Seed) -> FoundSurface:
    """Return the surface around a seed, and how it stands out from its surroundings."""
    rough = [_rough(volume, seed, *rough) for rough in ROUGH]
    best = max(rough, key=lambda one: one.contrast)
    return _fine(volume, seed, best) if best.contrast > 0 else best


def _rough(volume: Volume, seed: Seed, blur_mm: float, together: int) -> FoundSurface:
    """Return the surface among all radii within the limits."""
    limits = seed.limits
    patch = cut(volume, seed.at, limits.farthest_mm, step=together)
    centre = patch.to_patch(seed.at)
    hu = patch.blurred(blur_mm)
    inside = float(np.median(values_at(hu, patch.points(seed.within))))
    noise = _noise(hu)
    hu = np.clip(hu, inside + WINDOW_HU[0], inside + WINDOW_HU[1])
    rays = Rays(hu, patch.spacing_mm, patch.flat)
    radii = _radii(limits)
    scale, step = noise, 0.0
    radius = np.full(rays.directions.shape[:2], limits.nearest_mm)
    for lap in range(ROUNDS):
        if lap:
            centre = rays.centroid(centre, radius)
        seen = rays.cast(centre, radii)
        cost = _cost((seen - np.float32(inside)) / np.float32(scale), radii)
        cost += _pull(rays, centre, patch.points(seed.borders), radii) * PULL
        labels = smooth_surface(cost, rays.polar, STIFFNESS)
        radius = radii[0] * STEP ** (labels + 0.5)
        inside = _mean_inside(rays, seen, radii, radius)
        step = _step(rays, centre, radius)
        scale = max(noise, step / 4.5)
    unbounded = _share(rays, radius > NEARLY * radii[-1]) > MOST_UNBOUNDED
    contrast = 0.0 if unbounded else step / noise
    return FoundSurface(
        centre=patch.to_series(centre),
        radius_mm=radius,
        inside_hu=inside,
        noise_hu=noise,
        contrast=contrast,
    )


def _share(rays: Rays, chosen: NDArray[np.bool_]) -> float:
    """Return which part of the sphere some rays stand for."""
    return float((rays.share * chosen).sum())


def _radii(limits: SurfaceLimits) -> Angles:
    count = math.ceil(math.log(limits.farthest_mm / limits.nearest_mm, STEP)) + 1
    return limits.nearest_mm * STEP ** np.arange(max(count, 4), dtype=np.float64)


def values_at(image: Floats, points: Angles) -> Floats:
    """Return the image at points between its voxels, shape (points, 3) to (points,)."""
    return read_at(image, points.T)


def _pull(rays: Rays, centre: Point, borders: Angles, radii: Angles) -> Floats:
    """Return what it costs a ray to leave its surface off the points it is known at.

    Parameters
    ----------
    borders
        Voxels of the patch, shape (points, 3).
    radii
        Shape (radii,), or of each ray.
    """
    total = np.zeros((*rays.directions.shape[:2], radii.shape[-1]), np.float32)
    for offset in (borders - centre) * rays.spacing_mm:
        reach = max(float(np.linalg.norm(offset)), 1e-3)
        angle = np.arccos(np.clip(rays.directions @ (offset / reach), -1, 1))
        near = np.exp(-((angle / PULL_RAD) ** 2))[..., None]
        total += (near * reach * np.log(radii / reach) ** 2).astype(np.float32)
    return total


def _noise(hu: Floats) -> float:
    """Return the standard deviation where tissue is even."""
    size = (1, 5, 5)
    every = (slice(None), slice(None, None, 2), slice(None, None, 2))
    mean = box_mean(hu, size)[every]
    square = box_mean(hu * hu, size)[every]
    variance = np.maximum(square - mean * mean, 0)[mean > EMPTY_HU]
    if not variance.size:
        return LEAST_NOISE_HU
    return max(1.2 * math.sqrt(np.percentile(variance, 25)), LEAST_NOISE_HU)


def _cost(deviation: Floats, radii: Angles) -> Floats:
    """Return how ill each radius of each ray would do as the surface.

    Inside, whatever deviates from the lesion counts against it. Just outside, whatever
    deviates together counts for it: it is other tissue, of whichever value.
    """
    most = np.float32(MOST_DEVIATIONS**2)
    steps = np.gradient(radii).astype(np.float32)
    within = np.cumsum(np.minimum(deviation**2, most) * steps, axis=2)
    sums = _from_zero(np.cumsum(deviation * steps, axis=2))
    lengths = np.concatenate(([0], np.cumsum(steps)))
    width = np.maximum(3.0, 0.35 * radii)
    first = np.arange(len(radii)) + 1
    last = np.minimum(np.searchsorted(radii, radii + width), len(radii))
    last = np.minimum(np.maximum(last, first + 1), len(radii))
    length = (lengths[last] - lengths[first]).astype(np.float32)
    mean = (sums[..., last] - sums[..., first]) / np.maximum(length, np.float32(1e-3))
    beyond = np.minimum(mean**2, most) * np.minimum(length, width.astype(np.float32))
    return within - beyond


def _from_zero(sums: Floats) -> Floats:
    return np.concatenate((np.zeros((*sums.shape[:2], 1), np.float32), sums), axis=2)


def _mean_inside(rays: Rays, seen: Floats, radii: Angles, radius: Angles) -> float:
    reach = np.maximum(0.75 * radius, 1.01 * radii[0])[..., None]
    weights = rays.share[..., None] * radii ** (2 if rays.flat else 3) * (radii < reach)
    return float((seen * weights).sum() / weights.sum())


def _beside(rays: Rays, centre: Point, radius: Angles) -> tuple[Floats, Floats]:
    """Return the mean of each ray just inside the surface and just outside."""
    size = float(np.median(radius))
    part = np.linspace(0, 1, 6)
    inner = rays.cast(centre, radius[..., None] * (0.5 + 0.3 * part))
    gap, width = min(max(1.0, size / 3), 2.0), max(2.5, 0.25 * size)
    outer = rays.cast(centre, radius[..., None] + gap + width * part)
    return inner.mean(axis=2), outer.mean(axis=2)


def _step(rays: Rays, centre: Point, radius: Angles) -> float:
    """Return the median step across the surface, HU."""
    inner, outer = _beside(rays, centre, radius)
    order = np.argsort(np.abs(outer - inner), axis=None)
    share = np.broadcast_to(rays.share, radius.shape).ravel()[order]
    middle = int(np.searchsorted(np.cumsum(share), 0.5))
    return float(np.abs(outer - inner).ravel()[order][middle])


def _fine(volume: Volume, seed: Seed, rough: FoundSurface) -> FoundSurface:
    """Return the surface where the image is midway between inside and outside."""
    size = float(np.median(rough.radius_mm))
    reach = float(rough.radius_mm.max()) * 1.5 + 6
    patch = cut(volume, rough.centre, reach)
    centre = patch.to_patch(rough.centre)
    hu = patch.blurred(float(np.clip(0.06 * size, 0.5, 1.2)))
    inside = rough.inside_hu
    rays = Rays(hu, patch.spacing_mm, patch.flat)
    radius = rough.radius_mm
    for _ in range(2):
        radius = _halfway(rays, centre, radius, inside, patch.points(seed.borders))
    step = _step(rays, centre, radius)
    bounded = float(radius.max()) <= 1.1 * seed.limits.farthest_mm
    contrast = step / rough.noise_hu if bounded else 0.0
    return rough._replace(radius_mm=radius, contrast=contrast)


def _halfway(
    rays: Rays, centre: Point, radius: Angles, inside: float, borders: Angles
) -> Angles:
    inner, outer = (_even(one) for one in _beside(rays, centre, radius))
    inner = (inner + inside) / 2
    spread = np.linspace(-FINE_REACH, FINE_REACH, FINE_RADII)
    radii = radius[..., None] * np.exp(spread)
    above = rays.cast(centre, radii) - ((inner + outer) / 2)[..., None]
    outwards = np.clip(above * np.sign(outer - inner)[..., None], -60, 60)
    size = float(np.median(radius))
    cost = np.cumsum(outwards * radii, axis=2) * (spread[1] - spread[0]) / size
    cost += _pull(rays, centre, borders, radii) * (PULL / size)
    labels = smooth_surface(cost.astype(np.float32), rays.polar, FINE_STIFFNESS)
    step = spread[1] - spread[0]  # a sum over samples ends halfway to the next one
    return radius * np.exp(spread[0] + (labels + 0.5) * step)


def _even(values: Floats) -> Floats:
    """Return values of rays with their neighbours' mixed in."""
    return blurred(blurred(values, (1.0, 0.0)), (0.0, 1.5), "wrap")
