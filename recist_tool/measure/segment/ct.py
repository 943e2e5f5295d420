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

from recist_tool.measure.geometry.filters import blurred, read_at
from recist_tool.measure.geometry.patch import cut
from recist_tool.measure.segment.rays import Rays, smooth_surface, voxels_inside
from recist_tool.measure.segment.starts import (
    AIR_HU,
    BESIDE_MM,
    NEAR_MM,
    Start,
    even_noise,
    starts_around,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats, Point
    from recist_tool.measure.geometry.volume import Volume

    Angles = NDArray[np.float64]

REACH_MM: Final = 72.0  # lesions of up to about 140 mm
ALONE_MM: Final = 30.0  # around the click itself: what is larger has a ball inside it
LARGE_BALL_MM: Final = 6.0
LEAST_RADIUS_MM: Final = 1.5  # some pixels across: less has no inside of its own
STEP: Final = 1.06
"""Each radius is that many times the one before: as fine, for its size, for any."""

ROUGH: Final = ((0.8, 1), (1.2, 2))
"""Blur, mm, and pixels taken together: small and large lesions; both tried."""

WINDOW_HU: Final = (-400.0, 300.0)
"""Around the lesion's HU: what lies beyond differs; by how much does not matter."""

ROUNDS: Final = 3  # centre, mean and scale each come from the surface before
NEARLY: Final = 0.9  # of the farthest radius: there a surface was stopped, not found
MOST_UNBOUNDED: Final = 0.1
"""Where more of the surface lies at the farthest limit, there is no lesion."""

WORTH_BESIDE: Final = 0.7  # of a lesion whose border lies between it and the click
MOST_STOPPED: Final = 0.5  # at the nearest radius: there is texture, or a border
MOST_DEVIATIONS: Final = 3.0  # more counts as much: a vessel must not outweigh the rest
STIFFNESS: Final = 6.0
FINE_STIFFNESS: Final = 0.6
"""What it costs two neighbouring rays to differ by a step.

Squared deviations times mm at first, so that the surface does not run along a vessel;
HU times part of the radius then, so that it follows the border.
"""

FINE_REACH: Final = 0.45  # logarithm: from 0.64 to 1.57 times the rough radius
WALL: Final = 1.5  # steps of most rays: midway to lung would lie beyond the capsule
RIM: Final = 0.4  # of that step: thin and blurred, a rim of liver is not all its HU
RIM_NOISES: Final = 2.0
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
    quality
        The same in deviations of what is inside, noise and texture, times the share of
        the surface that steps the same way: the border of a lesion does so nearly all
        around, one of mere texture does not.
    """

    centre: Point
    radius_mm: Angles
    inside_hu: float
    noise_hu: float
    contrast: float
    quality: float


def surfaces_at_click(volume: Volume, at: Point) -> list[FoundSurface]:
    """Return the surfaces that a point may lie in, the best first; roughly.

    Parameters
    ----------
    at
        Slice, row, column of the series, fractions allowed.
    """
    found = [
        _rough(volume, start, blur, _limits(start))
        for start in starts_around(volume, at)
        for blur in _blurs(start)
    ]
    seen = [_as_clicked(volume, one, at) for one in found if one.inside_hu > AIR_HU]
    return sorted(
        (one for one in seen if one.contrast > 0), key=lambda one: -one.quality
    )


def surface_at_caliper(volume: Volume, seed: Seed) -> FoundSurface:
    """Return the surface through the ends of a caliper, roughly."""
    values = read_at(volume.voxels, seed.within.T)
    middle, spread = float(np.median(values)), float(values.std())
    found = [
        _rough(volume, Start(seed.at, 0.0, middle, texture), blur, seed.limits, seed)
        for texture in (0.0, 2 * spread)
        for blur in ROUGH
    ]
    return max(found, key=lambda one: one.quality)


def _blurs(start: Start) -> tuple[tuple[float, int], ...]:
    if not start.radius_mm:
        return ROUGH
    return (ROUGH[start.radius_mm > LARGE_BALL_MM],)


def _limits(start: Start) -> SurfaceLimits:
    """Return how far a surface around a ball may lie: texture can make it small."""
    if not start.radius_mm:
        return SurfaceLimits(LEAST_RADIUS_MM, ALONE_MM)
    nearest = max(0.4 * start.radius_mm, LEAST_RADIUS_MM)
    return SurfaceLimits(nearest, float(np.clip(5 * start.radius_mm, 15, REACH_MM)))


def _as_clicked(volume: Volume, found: FoundSurface, at: Point) -> FoundSurface:
    """Return a surface as worth what it is to one who clicked there."""
    for beside_mm, worth in ((BESIDE_MM, 1.0), (NEAR_MM, WORTH_BESIDE)):
        if _holds(volume, found, at, beside_mm):
            return found._replace(quality=worth * found.quality)
    return found._replace(contrast=0.0)


def _holds(volume: Volume, found: FoundSurface, at: Point, beside_mm: float) -> bool:
    """Return whether a surface holds a point, or runs that close to it."""
    offset = ((np.array(at) - found.centre) * volume.require_steps_mm())[:, None]
    reach = found.radius_mm + beside_mm
    return bool(voxels_inside(reach, (offset[0], offset[1], offset[2])).all())


def _rough(
    volume: Volume,
    start: Start,
    blur: tuple[float, int],
    limits: SurfaceLimits,
    seed: Seed | None = None,
) -> FoundSurface:
    """Return the surface among all radii within the limits."""
    blur_mm, together = blur
    patch = cut(volume, start.at, 1.5 * limits.farthest_mm, step=together)
    centre = patch.to_patch(start.at)
    hu = patch.blurred(blur_mm)
    inside, noise = start.inside_hu, even_noise(hu)
    hu = np.clip(hu, inside + WINDOW_HU[0], inside + WINDOW_HU[1])
    rays = Rays(hu, patch.spacing_mm, patch.flat)
    radii = _radii(limits)
    least = max(noise, start.texture_hu / 3)
    scale, steps = least, np.zeros(0, np.float32)
    borders = None if seed is None else patch.points(seed.borders)
    seen = rays.cast(centre, radii)
    radius = np.full(rays.directions.shape[:2], limits.nearest_mm)
    for lap in range(ROUNDS):
        if lap:
            centre = rays.centroid(centre, radius)
            seen = rays.cast(centre, radii)
        cost = _cost((seen - np.float32(inside)) / np.float32(scale), radii)
        if borders is not None:
            cost += _pull(rays, centre, borders, radii) * PULL
        labels = smooth_surface(cost, rays.polar, STIFFNESS)
        radius = radii[0] * STEP ** (labels + 0.5)
        inside = _mean_inside(rays, seen, radii, radius)
        steps = _steps(rays, centre, radius)
        scale = max(least, _median(rays, np.abs(steps)) / 4.5)
    unbounded = _share(rays, radius > NEARLY * radii[-1]) > MOST_UNBOUNDED
    unbounded |= _share(rays, NEARLY * radius < radii[0]) > MOST_STOPPED
    spread = _spread_inside(rays, seen, (radii, radius), inside)
    step = _median(rays, np.abs(steps))
    even = step / (noise + spread) * _one_way(rays, steps, 2 * noise)
    return FoundSurface(
        centre=patch.to_series(centre),
        radius_mm=radius,
        inside_hu=inside,
        noise_hu=noise,
        contrast=0.0 if unbounded else step / noise,
        quality=0.0 if unbounded else even,
    )


def _spread_inside(
    rays: Rays, seen: Floats, radii: tuple[Angles, Angles], inside: float
) -> float:
    """Return the standard deviation of what lies well inside a surface, HU."""
    along, radius = radii
    weights = rays.share[..., None] * along ** (2 if rays.flat else 3)
    weights = weights * (along < 0.8 * radius[..., None])
    square = float((weights * (seen - np.float32(inside)) ** 2).sum())
    return math.sqrt(square / max(float(weights.sum()), 1e-9))


def _one_way(rays: Rays, steps: Floats, least_hu: float) -> float:
    """Return which part of a surface steps by at least so much, the same way."""
    return max(_share(rays, steps > least_hu), _share(rays, steps < -least_hu))


def _share(rays: Rays, chosen: NDArray[np.bool_]) -> float:
    """Return which part of the sphere some rays stand for."""
    return float((rays.share * chosen).sum())


def _radii(limits: SurfaceLimits) -> Angles:
    count = math.ceil(math.log(limits.farthest_mm / limits.nearest_mm, STEP)) + 1
    return limits.nearest_mm * STEP ** np.arange(max(count, 4), dtype=np.float64)


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


def _steps(rays: Rays, centre: Point, radius: Angles) -> Floats:
    """Return the step of each ray across the surface, outwards, HU."""
    inner, outer = _beside(rays, centre, radius)
    return outer - inner


def _median(rays: Rays, values: Floats) -> float:
    """Return the value that half of the sphere lies below."""
    order = np.argsort(values, axis=None)
    share = np.broadcast_to(rays.share, values.shape).ravel()[order]
    middle = int(np.searchsorted(np.cumsum(share), 0.5))
    return float(values.ravel()[order][middle])


def refined(
    volume: Volume, rough: FoundSurface, borders: Angles, limits: SurfaceLimits
) -> FoundSurface:
    """Return the surface where the image is midway between inside and outside.

    Parameters
    ----------
    rough
        Where to look for it.
    borders
        Points on it, slice, row, column, shape (points, 3); may be none.
    limits
        Beyond which it is not bounded.
    """
    size = float(np.median(rough.radius_mm))
    reach = float(rough.radius_mm.max()) * 1.5 + 6
    patch = cut(volume, rough.centre, reach)
    centre = patch.to_patch(rough.centre)
    hu = patch.blurred(float(np.clip(0.06 * size, 0.5, 1.2)))
    rays = Rays(hu, patch.spacing_mm, patch.flat)
    radius = rough.radius_mm
    for _ in range(2):
        start = rough._replace(radius_mm=radius)
        radius = _halfway(rays, centre, start, patch.points(borders))
    step = _median(rays, np.abs(_steps(rays, centre, radius)))
    bounded = float(radius.max()) <= 1.1 * limits.farthest_mm
    contrast = step / rough.noise_hu if bounded else 0.0
    return rough._replace(radius_mm=radius, contrast=contrast)


def _halfway(rays: Rays, centre: Point, start: FoundSurface, borders: Angles) -> Angles:
    radius = start.radius_mm
    inner, outer = (_even(one) for one in _beside(rays, centre, radius))
    inner += start.inside_hu
    inner /= 2
    spread = np.linspace(-FINE_REACH, FINE_REACH, FINE_RADII)
    radii = radius[..., None] * np.exp(spread)
    above = rays.cast(centre, radii) - inner[..., None]
    outwards = _beyond_midway(rays, above, outer - inner, start.noise_hu)
    size = float(np.median(radius))
    cost = np.cumsum(outwards * radii, axis=2) * (spread[1] - spread[0]) / size
    cost += _pull(rays, centre, borders, radii) * (PULL / size)
    labels = smooth_surface(cost.astype(np.float32), rays.polar, FINE_STIFFNESS)
    step = spread[1] - spread[0]  # a sum over samples ends halfway to the next one
    return radius * np.exp(spread[0] + (labels + 0.5) * step)


def _beyond_midway(rays: Rays, above: Floats, steps: Floats, noise_hu: float) -> Floats:
    """Return how far each ray is beyond midway to the outside, HU.

    A ray that ends at fat or lung, while most end at liver, may see a rim of it before:
    the lesion under a capsule. It ends midway to the rim then.

    Parameters
    ----------
    above
        HU above the inside, shape (latitudes, longitudes, radii); so is the answer.
    steps
        HU of the outside above the inside, shape (latitudes, longitudes).
    """
    most = np.sign(_share(rays, steps > 0) - _share(rays, steps < 0))
    typical = _median(rays, np.abs(steps))
    far = np.float32(WALL * typical)
    beyond = above - np.clip(steps / 2, -far, far)[..., None]
    beyond *= np.sign(steps)[..., None]
    towards = above * np.float32(most)
    height = towards.max(axis=2, keepdims=True)
    passed = np.arange(FINE_RADII) > towards.argmax(axis=2)[..., None]
    to_rim = towards - height / 2
    to_rim[passed] = np.inf
    rim = (most * steps < 0)[..., None]
    rim &= height > max(RIM * typical, RIM_NOISES * noise_hu)
    return np.clip(np.where(rim, to_rim, beyond), -60, 60)


def _even(values: Floats) -> Floats:
    """Return values of rays with their neighbours' mixed in."""
    return blurred(blurred(values, (1.0, 0.0)), (0.0, 1.5), "wrap")
