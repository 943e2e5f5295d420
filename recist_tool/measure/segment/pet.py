"""A lesion on PET from a point in it: what is joined to it above 41 % of its summit.

41 % of the maximum is what the EANM advises (Boellaard 2015, Eur J Nucl Med Mol Imaging
42:328). Where the background is near to that, 41 % of what stands above the background
is taken, as fixed shares hold for high contrast only (Erdi 1997, Cancer 80:2505). Both
are relative, so they need no SUV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.patch import cut
from recist_tool.measure.mask.mask import Mask, as_voxel
from recist_tool.measure.segment.flood import TOUCHING, island, lake
from recist_tool.measure.segment.gradient import CORE, at_steepest
from recist_tool.measure.segment.rays import distances_mm
from recist_tool.model.uptake_border import UptakeRule
from recist_tool.terms import UptakeMethod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats, Patch, Point
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.segment.flood import Island

    Bools = NDArray[np.bool_]
    Voxel = tuple[int, int, int]

REACHES_MM: Final = (40.0, 80.0, 240.0)
"""Tried in turn: the first that holds all of the uptake is the quickest. From a click
at one end of a lesion of 140 mm the last one reaches beyond the other."""

CLIMB_MM: Final = 8.0  # about what a PET blurs: so far beside it a click still means it
MOST_CLIMBS: Final = 3  # more would lead from one lesion to another
SHARE: Final = 0.41  # of the maximum (Boellaard 2015)
MAX_41: Final = UptakeRule(UptakeMethod.SHARE, SHARE)
MIDWAY: Final = 0.5  # between the background and the mean of the core (Schaefer 2008)
CLEAR: Final = 0.5
"""Of the threshold: a background above it is too near for a share of the maximum."""

EVEN: Final = 0.3
"""Of the median: uptake whose middle half spreads less is that of an organ; a liver has
a coefficient of variation of 10 to 15 %, tumours seldom less than 25 %."""

SHELL_MM: Final = (6.0, 18.0)
"""Background: beyond what spills over the border, within the same surroundings."""

LEAST_RATIO: Final = 1.25  # to the background: what is less may be its noise
NOISE_OF_MAX: Final = 0.08
"""By which the maximum of a lesion differs between two scans of a day, about."""

IF_DECIDED_WRONG: Final = 0.6  # of the overlap that is left where a summit was mistaken
IF_BESIDE: Final = 0.8  # of the overlap expected where the click was beside the uptake
BY_HAND: Final = "Draw the caliper by hand"


class FoundUptake(NamedTuple):
    """A region of uptake; levels are in the units of the series.

    Attributes
    ----------
    cut
        What reaches the threshold too, and was cut off as that of a hotter neighbour;
        None where nothing was.
    threshold
        At which it ends; of a gradient, the middle of what its rim holds.
    confidence
        The overlap (Dice) to be expected.
    """

    mask: Mask
    cut: Mask | None
    threshold: float
    background: float
    confidence: float


def threshold_on_pet(
    volume: Volume,
    at: Point,
    size_mm: float | None = None,
    border: UptakeRule = MAX_41,
) -> FoundUptake:
    """Return the connected uptake around a point.

    Parameters
    ----------
    at
        Slice, row, column; beside a lesion, its uptake is looked for.
    size_mm
        How large the lesion is about, where that is known: nothing beyond it is taken.
    border
        Where uptake ends. By a fixed level, in the units of the series, the lesion is
        what reaches it of all that is joined to the click.

    Raises
    ------
    GeometryError
        If nothing there is hotter than its surroundings, or reaches a fixed level, or
        the uptake has no border.
    """
    reaches = REACHES_MM if size_mm is None else (max(0.75 * size_mm, CLIMB_MM),)
    for reach in reaches:
        patch = cut(volume, at, reach + SHELL_MM[1])
        away = distances_mm(patch, patch.to_patch(at))
        hills = _Hills(patch, np.where(away <= reach, patch.image, np.float32(0)))
        found = _found(hills, away, border)
        if found is None:
            continue
        rim = away > reach - max(patch.spacing_mm[patch.flat :])
        if size_mm is None and (found.island.region & rim).any():
            continue
        return _answer(volume, at, hills, found)
    raise GeometryError.at(
        "click", "the uptake runs into its surroundings, so it has no border", BY_HAND
    )


class _Hills(NamedTuple):
    """What was cut out around a click, and its uptake as far as a lesion may reach."""

    patch: Patch
    image: Floats


class _Chosen(NamedTuple):
    """The lesion, the background, what else it could be, if the click was beside it."""

    island: Island
    background: float
    other: Island | None
    beside: bool


def _found(hills: _Hills, away: Floats, border: UptakeRule) -> _Chosen | None:
    """Return the lesion at a click, or None where it has no border within reach."""
    nothing_stands_out = True
    _require_level(hills, away, border)
    for climbed, start in enumerate(_starts(hills, away)):
        if hills.image[start] <= 0:
            continue
        nothing_stands_out = False
        plain = _by(border, hills, start)
        around = (
            None if plain is None else _around(hills, plain.region, plain.threshold)
        )
        if plain is None or around is None or not around.size:
            continue
        found, background, other = _above_background(hills, plain, around, border)
        if found.highest >= LEAST_RATIO * background:
            return _Chosen(found, background, other, beside=climbed > 0)
        nothing_stands_out = True
        break
    if nothing_stands_out:
        raise GeometryError.at(
            "click",
            "no border found: nothing here is hotter than its surroundings",
            BY_HAND,
        )
    return None


def _by(border: UptakeRule, hills: _Hills, start: Voxel) -> Island | None:
    """Return what a border gives before anything is known of the background."""
    if _is_fixed(border) and border.level is not None:
        return lake(hills.image, start, border.level)
    return island(hills.image, start, border.level or SHARE)


def _is_fixed(border: UptakeRule) -> bool:
    """Return whether a level is one for all lesions."""
    return border.method in {UptakeMethod.FIXED, UptakeMethod.PERCIST}


def _require_level(hills: _Hills, away: Floats, border: UptakeRule) -> None:
    """Refuse a click near which nothing reaches a fixed level."""
    near = max(CLIMB_MM, float(away.min()))
    if _is_fixed(border) and not (
        hills.image[away <= near].max() >= (border.level or 0.0)
    ):
        raise GeometryError.at(
            "click",
            f"no border found: nothing here reaches {border.level:.2f}, where uptake "
            f"ends by {border.method.replace('_', ' ')}",
            BY_HAND,
        )


def _starts(hills: _Hills, away: Floats) -> Iterator[Voxel]:
    """Return the voxel clicked, then the hottest one near it, climbing a few times."""
    top = _voxel(away.argmin(), hills.image)
    yield top
    for _ in range(MOST_CLIMBS):
        near = np.where(away <= CLIMB_MM, hills.image, -np.inf)
        higher = _voxel(near.argmax(), hills.image)
        if not hills.image[higher] > hills.image[top]:
            break
        top = higher
        yield top
        away = distances_mm(hills.patch, top)


def _voxel(number: np.intp, image: Floats) -> Voxel:
    slices, rows, columns = np.unravel_index(number, image.shape)
    return int(slices), int(rows), int(columns)


def _summit(hills: _Hills, region: Bools) -> Voxel:
    return _voxel(np.where(region, hills.image, -np.inf).argmax(), hills.image)


def _above_background(
    hills: _Hills, plain: Island, around: Floats, border: UptakeRule
) -> tuple[Island, float, Island | None]:
    """Return the lesion, its background, and what else it could be.

    Where its core lies in an organ, in even uptake near the threshold, the share is of
    what stands above the organ; in other tissue that is as hot, that could be.
    """
    background = float(np.median(around))
    if _is_fixed(border):
        return plain, background, None
    if border.method is UptakeMethod.GRADIENT:
        return at_steepest(hills.patch, plain), background, plain
    core = plain.region & (hills.image >= CORE * plain.highest)
    if border.method is UptakeMethod.MIDWAY:
        plateau = float(hills.image[core].mean())
        midway = background + MIDWAY * (plateau - background)
        summit = _summit(hills, plain.region)
        found = island(hills.image, summit, min(midway / plain.highest, 1.0))
        return found or plain, background, None
    organ = _around(hills, core, CORE * plain.highest)
    if _is_organ(organ, plain.threshold):
        background = float(np.median(organ))
        found = _raised(hills, plain, background, border)
        return (
            (plain, background, None) if found is None else (found, background, plain)
        )
    if background <= CLEAR * plain.threshold:
        return plain, background, None
    return plain, background, _raised(hills, plain, background, border)


def _raised(
    hills: _Hills, plain: Island, background: float, border: UptakeRule
) -> Island | None:
    """Return the lesion by the share of what stands above a background."""
    share = border.level or SHARE
    share = min(share + (1 - share) * background / plain.highest, 1.0)
    return island(hills.image, _summit(hills, plain.region), share)


def _is_organ(around: Floats, threshold: float) -> bool:
    """Return whether what lies around a core is even uptake, near the threshold."""
    if not around.size:
        return False
    low, middle, high = np.percentile(around, [25, 50, 75])
    return bool(middle > CLEAR * threshold and high - low <= EVEN * middle)


def _around(hills: _Hills, region: Bools, threshold: float) -> Floats:
    """Return the uptake of what is cold around a region, shape (voxels,)."""
    box = _box_around(region, hills.patch.spacing_mm)
    away = ndimage.distance_transform_edt(~region[box], hills.patch.spacing_mm)
    image = hills.patch.image[box]
    return image[(away >= SHELL_MM[0]) & (away <= SHELL_MM[1]) & (image < threshold)]


def _box_around(
    region: Bools, spacing_mm: tuple[float, float, float]
) -> tuple[slice, ...]:
    """Return the box that holds a region and the shell around it."""
    found = ndimage.find_objects(region.astype(np.uint8))[0]
    margins = [int(SHELL_MM[1] / step) + 1 for step in spacing_mm]
    return tuple(
        slice(max(side.start - margin, 0), side.stop + margin)
        for side, margin in zip(found, margins, strict=True)
    )


def _answer(volume: Volume, at: Point, hills: _Hills, found: _Chosen) -> FoundUptake:
    mask = Mask(volume.grid, hills.patch.start, found.island.region).cropped()
    cut_off = Mask(volume.grid, hills.patch.start, found.island.cut).cropped()
    if cut_off.inside.any():
        cut_off = _whole(volume, at, mask, cut_off, found.island.threshold)
    return FoundUptake(
        mask=mask,
        cut=cut_off if cut_off.inside.any() else None,
        threshold=found.island.threshold,
        background=found.background,
        confidence=_expected_overlap(hills, found),
    )


def _whole(
    volume: Volume, at: Point, mask: Mask, cut_off: Mask, threshold: float
) -> Mask:
    """Return what was cut off with what of it lies beyond the reach that was tried."""
    patch = cut(volume, at, REACHES_MM[-1])
    stop = as_voxel(np.add(patch.start, patch.image.shape))
    seeds = cut_off.in_box(patch.start, stop).inside
    hot = (patch.image >= threshold) & ~mask.in_box(patch.start, stop).inside
    parts, _ = ndimage.label(hot | seeds, TOUCHING)
    joined = np.isin(parts, np.unique(parts[seeds]))
    return Mask(volume.grid, patch.start, joined).cropped()


def _expected_overlap(hills: _Hills, found: _Chosen) -> float:
    """Return the overlap to be expected, from what might as well have been found.

    That is: the same with another noise of the maximum, and with the nearest decision
    on a summit taken the other way.
    """
    one, top = found.island, _summit(hills, found.island.region)
    share = one.threshold / one.highest
    others = [
        island(hills.image, top, min(share * factor, 1.0))
        for factor in (1 - NOISE_OF_MAX, 1 + NOISE_OF_MAX)
    ]
    if found.other is not None:
        others.append(found.other)
    overlaps = [0.0 if other is None else _dice(one, other) for other in others]
    expected = float(np.mean([1.0, *overlaps]))
    expected *= 1 - (1 - IF_DECIDED_WRONG) * one.doubt
    return expected * IF_BESIDE if found.beside else expected


def _dice(one: Island, other: Island) -> float:
    common = np.count_nonzero(one.region & other.region)
    both = np.count_nonzero(one.region) + np.count_nonzero(other.region)
    return 2 * common / both
