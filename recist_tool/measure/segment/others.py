"""The other lesions of an organ that look like one that was seen: proposals.

What stands out from the organ as the seen lesion does, to at least half its contrast,
is looked for in the organ's mask. The organ is smoothed within its mask, so that fat
and air around it do not look like dark lesions; what is thin, such as a vessel or the
rim of the organ, is opened away. Each lesion ends midway between its own plateau and
the organ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.mask.mask import Mask, as_voxel
from recist_tool.measure.segment.flood import TOUCHING
from recist_tool.measure.segment.segment import Segmentation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float32]
    Spacing = tuple[float, float, float]

LEAST_MM: Final = 6.0  # smaller ones are as likely noise
BLUR_MM: Final = 1.2
BLUR_PIXELS: Final = 0.9  # at least: of coarse pixels the noise is not smoothed else
HALF: Final = 0.5  # of the contrast: midway, where a blurred border lies
LEAST_NOISES: Final = 2.5
"""Half the contrast has to be so many standard deviations of the smoothed organ."""
THIN: Final = 0.3
"""Of the least diameter: a ball of that radius has to fit in a lesion."""
ROUND: Final = 0.6
"""The largest ball inside is at least so wide as a ball of the same volume."""
BRIGHT_ROUND: Final = 0.65  # the same where vessels look alike; of 2.4 diameters of one
APART: Final = 0.75
"""Of the smaller radius: necks narrower than that part two lesions that touch."""
ALIKE: Final = 1.8  # of the contrast: a cyst or the gallbladder stands out more
GOES_ON: Final = 0.15  # of the surface: of shorter pieces of a vessel more goes on
RIM_MM: Final = 3.0  # around a lesion its own border may lie
BESIDE: Final = 0.1  # of the contrast: where else it might end
SCANNER_MM: Final = 0.8  # of a soft kernel, whose FWHM is about 2 mm
CURVED: Final = 0.4  # 1 / sqrt(2 pi)
LEAST_SHARE: Final = 0.3
BINS: Final = 200


class _Organ(NamedTuple):
    """The box of an organ: smooth within it, its level, noise, the contrast sought."""

    start: tuple[int, int, int]
    inside: Bools
    image: Floats
    level: float
    noise: float
    blur_mm: float
    spacing_mm: Spacing
    contrast: float = 0.0


def others_like(
    volume: Volume, seen: Mask, organ: Mask, least_mm: float = LEAST_MM
) -> list[Segmentation]:
    """Return the lesions of an organ that look like one, the largest first.

    Parameters
    ----------
    volume
        A CT or PET.
    seen
        The lesion; it is not among those returned.
    organ
        The organ in which it lies, with or without its lesions.
    least_mm
        Diameter of a ball as large as the smallest lesion that is proposed.

    Returns
    -------
    Proposals. Their `confidence` is how far masks that
    end nearer to the organ, and nearer to the lesion, agree.

    Raises
    ------
    GeometryError
        If a mask lies on another grid or is empty, the slices are not regular, the
        lesion does not lie in the organ, or does not stand out from it.
    """
    for mask, what in ((seen, "lesion"), (organ, "organ")):
        mask.require_on(volume, what)
        mask.require_voxels(what)
    spacing = volume.require_steps_mm()
    if not volume.is_regular:
        raise GeometryError.at(
            "series", "its slices are no regular volume", "Find each lesion by a click"
        )
    place = _organ(volume, seen, organ, spacing)
    place = place._replace(contrast=_contrast(place, seen))
    strength = (place.image - np.float32(place.level)) / np.float32(place.contrast)
    strength[~place.inside] = 0
    lesion = _in(place, seen)
    found = [
        one
        for one in _lesions(volume, place, strength, least_mm)
        if not (_in(place, one.mask) & lesion).any()
    ]
    return sorted(found, key=lambda one: -one.mask.voxels)


def _organ(volume: Volume, seen: Mask, organ: Mask, spacing: Spacing) -> _Organ:
    """Return the organ with its lesions, smoothed within itself."""
    margin = max(int(RIM_MM / step) + 2 for step in spacing)
    lower = np.minimum(organ.cropped(margin).start, seen.cropped(margin).start)
    stops = [
        np.add(one.start, one.inside.shape)
        for one in (organ.cropped(margin), seen.cropped(margin))
    ]
    start, stop = as_voxel(lower), as_voxel(np.maximum(*stops))
    inside = organ.in_box(start, stop).inside
    lesion = seen.in_box(start, stop).inside
    if not (ndimage.binary_dilation(inside, TOUCHING) & lesion).any():
        raise GeometryError.at(
            "lesion", "it does not lie in the organ", "Choose the organ it lies in"
        )
    inside = _filled(inside | lesion)
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    voxels = volume.voxels[box]
    inside &= ~volume.is_padding(voxels)
    blur_mm = max(BLUR_MM, BLUR_PIXELS * max(spacing[1:]))
    sigmas = [blur_mm / step for step in spacing]
    weight = blurred(inside.astype(np.float32), sigmas)
    image = blurred(np.where(inside, voxels, 0).astype(np.float32), sigmas)
    image = np.where(inside, image / np.maximum(weight, np.float32(1e-3)), 0)
    near = ndimage.binary_dilation(lesion, TOUCHING, iterations=2)
    level, noise = _plain(image[inside & ~near])
    return _Organ(
        start=start,
        inside=inside,
        image=image.astype(np.float32),
        level=level,
        noise=noise,
        blur_mm=blur_mm,
        spacing_mm=spacing,
    )


def _filled(inside: Bools) -> Bools:
    """Return an organ with the holes that its lesions left, slice by slice too."""
    filled = np.asarray(ndimage.binary_fill_holes(inside), np.bool_)
    for one in filled:
        one |= ndimage.binary_fill_holes(one)
    return filled


def _plain(values: Floats) -> tuple[float, float]:
    """Return the commonest value of an organ and how it spreads, lesions left out."""
    if not values.size:
        raise GeometryError.at("organ", "nothing of it is left beside the lesion")
    low, high = np.percentile(values, (1, 99))
    counts, edges = np.histogram(values, BINS, (float(low), max(float(high), low + 1)))
    counts = ndimage.gaussian_filter1d(counts.astype(float), BINS / 40)
    at = int(counts.argmax())
    mode = float(edges[at] + edges[at + 1]) / 2
    below, above = values[values <= mode], values[values > mode]
    spreads = [
        1.4826 * float(np.median(np.abs(side - mode)))
        for side in (below, above)
        if side.size
    ]
    return mode, min(spreads)  # lesions widen the side on which they lie


def _in(place: _Organ, mask: Mask) -> Bools:
    stop = as_voxel(np.add(place.start, place.inside.shape))
    return mask.in_box(place.start, stop).inside


def _contrast(place: _Organ, seen: Mask) -> float:
    """Return how far the core of the seen lesion lies from the organ."""
    lesion = _in(place, seen)
    depth = ndimage.distance_transform_edt(lesion, place.spacing_mm)
    core = lesion & (depth >= HALF * depth.max())
    contrast = float(np.median(place.image[core])) - place.level
    if not HALF * abs(contrast) >= LEAST_NOISES * place.noise:
        raise GeometryError.at(
            "lesion",
            "it does not stand out from its organ enough to find others like it",
            "Find each lesion by a click",
        )
    return contrast


def _lumps(place: _Organ, strength: Floats, least_mm: float) -> NDArray[np.int32]:
    """Return what may be lesions, numbered; what touches by a neck is parted."""
    from skimage.segmentation import (
        watershed,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    hot = strength >= HALF
    depth = ndimage.distance_transform_edt(hot, place.spacing_mm).astype(np.float32)
    thick = depth >= THIN * least_mm
    if not thick.any():
        return np.zeros(hot.shape, np.int32)
    away = ndimage.distance_transform_edt(~thick, place.spacing_mm)
    opened = hot & (away <= THIN * least_mm)
    tops = _tops(depth, opened)
    parts = watershed(  # pyright: ignore[reportUnknownVariableType]
        -depth, tops, mask=opened, connectivity=depth.ndim
    )
    return np.asarray(parts, np.int32)  # pyright: ignore[reportUnknownArgumentType]


def _tops(depth: Floats, opened: Bools) -> NDArray[np.int32]:
    """Return the middles of lumps, numbered; a neck parts two where it is narrow."""
    from skimage.morphology import (
        local_maxima,  # pyright: ignore[reportUnknownVariableType] - not typed
        reconstruction,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    flat = np.where(opened, depth, 0).astype(np.float32)
    lowered = flat * np.float32(APART)
    sunk = np.asarray(reconstruction(lowered, flat, footprint=TOUCHING), np.float32)
    tops = np.asarray(local_maxima(sunk, connectivity=flat.ndim), np.bool_)  # pyright: ignore[reportUnknownArgumentType]
    numbered, _ = ndimage.label(tops & opened, TOUCHING)
    return np.asarray(numbered, np.int32)


class _Lump(NamedTuple):
    """One that may be a lesion, in a box of the organ's box."""

    box: tuple[slice, ...]
    near: Bools
    strength: Floats


def _lesions(
    volume: Volume, place: _Organ, strength: Floats, least_mm: float
) -> Iterator[Segmentation]:
    """Return each lump that is large and round enough, cut midway to the organ."""
    labels = _lumps(place, strength, least_mm)
    margins = [int(RIM_MM / step) + 1 for step in place.spacing_mm]
    for number, found in enumerate(ndimage.find_objects(labels), start=1):
        box = tuple(
            slice(max(side.start - margin, 0), side.stop + margin)
            for side, margin in zip(found, margins, strict=True)
        )
        own, free = labels[box] == number, labels[box] == 0
        away = ndimage.distance_transform_edt(~own, place.spacing_mm)
        near = own | (free & (away <= RIM_MM) & place.inside[box])
        lump = _Lump(box, near, strength[box])
        level = _plateau(lump, own, place.spacing_mm)
        if level > ALIKE:
            continue
        half = _ends_at(lump, own, HALF * level)
        ball_mm = _ball_mm(half, place.spacing_mm)
        if ball_mm < least_mm or _is_thin(half, place, ball_mm) or _goes_on(half, lump):
            continue
        share = _share(half, place)
        shares = (share, share - BESIDE, share + BESIDE)
        masks = [_ends_at(lump, own, one * level) for one in shares]
        yield _proposal(volume, place, lump, masks)


def _plateau(lump: _Lump, own: Bools, spacing_mm: Spacing) -> float:
    """Return how far the core of a lump stands out, of the seen lesion's contrast.

    The core of a small one is blurred itself: it stands out no less than expected.
    """
    depth = ndimage.distance_transform_edt(own, spacing_mm)
    core = own & (depth >= HALF * depth.max())
    return max(float(np.median(lump.strength[core])), 2 * HALF)


def _share(inside: Bools, place: _Organ) -> float:
    """Return the share of its contrast that a lesion has at its border.

    At the surface of a ball of radius r, blurred by sigma, that is half of it less
    sigma / (r sqrt(2 pi)); where half of it is left lies sigma²/r further in.
    """
    sigma_mm = float(np.hypot(place.blur_mm, SCANNER_MM))
    half_mm = _ball_mm(inside, place.spacing_mm) / 2
    if half_mm <= sigma_mm:
        return LEAST_SHARE
    radius_mm = half_mm + sigma_mm**2 / half_mm
    return max(HALF - CURVED * sigma_mm / radius_mm, LEAST_SHARE)


def _ball_mm(inside: Bools, spacing_mm: Spacing) -> float:
    """Return the diameter of a ball of the same volume."""
    volume_mm3 = float(np.count_nonzero(inside)) * float(np.prod(spacing_mm))
    return float((6 * volume_mm3 / np.pi) ** (1 / 3))


def _ends_at(lump: _Lump, own: Bools, share: float) -> Bools:
    """Return what stands out so much and is joined to the lump."""
    parts, _ = ndimage.label(lump.near & (lump.strength >= share), TOUCHING)
    numbers = np.unique(parts[own & (parts > 0)])
    return np.isin(parts, numbers) & (parts > 0)


def _is_thin(inside: Bools, place: _Organ, ball_mm: float) -> bool:
    """Return whether something is a vessel or a rim, for a ball of its volume."""
    depth = ndimage.distance_transform_edt(np.pad(inside, 1), place.spacing_mm)
    least = BRIGHT_ROUND if place.contrast > 0 else ROUND
    return 2 * float(depth.max()) < least * ball_mm


def _goes_on(inside: Bools, lump: _Lump) -> bool:
    """Return whether what is alike goes on beyond much of its surface, as a vessel."""
    rim = ndimage.binary_dilation(inside, TOUCHING) & ~inside
    return bool((lump.strength[rim] >= HALF).mean() > GOES_ON)


def _proposal(
    volume: Volume, place: _Organ, lump: _Lump, masks: Sequence[Bools]
) -> Segmentation:
    inside, *others = masks
    start = np.add(place.start, [side.start for side in lump.box])
    both = [2 * np.count_nonzero(inside & one) for one in others]
    sizes = [np.count_nonzero(inside) + np.count_nonzero(one) for one in others]
    stands_out = float(np.median(lump.strength[inside]))
    return Segmentation(
        Mask(volume.grid, as_voxel(start), inside).cropped(),
        float(np.mean([a / max(b, 1) for a, b in zip(both, sizes, strict=True)])),
        method="like_another",
        parameters={"contrast_to_seen": round(stands_out, 2)},
    )
