"""A lesion on PET from a point near it: a threshold that adapts to the background.

The threshold lies midway between the background and the mean of the hottest part (all
above 70 % of the maximum), as contrast-oriented thresholds do (Schaefer 2008, Eur J
Nucl Med Mol Imaging 35:1989); that is 41 to 50 % of the maximum where there is little
background. It is relative, so it needs no SUV.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.patch import cut
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.segment.rays import offsets_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Floats, Patch, Point
    from recist_tool.measure.geometry.volume import Volume

    Bools = NDArray[np.bool_]

REACHES_MM: Final = (25.0, 45.0, 75.0)
"""Tried in turn: the first that holds all of the uptake holds the least beside it."""

CLIMB_MM: Final = 8.0  # about what a PET blurs: so far beside it a click still means it
MOST_CLIMBS: Final = 3  # more would lead from one lesion to another
HOT: Final = 0.7  # of the maximum (Schaefer 2008)
MIDWAY: Final = 0.5
SHELL_MM: Final = (6.0, 18.0)
"""Background: beyond what spills over the border, within the same surroundings."""

ROUNDS: Final = 3  # threshold and background each come from the other
LEAST_RATIO: Final = 1.25  # to the background: what is less may be its noise
SURE_RATIO: Final = 4.0  # from here on the confidence is 1
HOTTER: Final = 1.2  # than where the click climbed to: another lesion, cut off
BY_HAND: Final = "Draw the caliper by hand"


class FoundUptake(NamedTuple):
    """A region of uptake; levels are in the units of the series."""

    mask: Mask
    threshold: float
    background: float
    confidence: float


def threshold_on_pet(
    volume: Volume, at: Point, size_mm: float | None = None
) -> FoundUptake:
    """Return the connected uptake around a point.

    Parameters
    ----------
    at
        Slice, row, column; the hottest voxel near it is looked for.
    size_mm
        How large the lesion is about, where that is known.

    Raises
    ------
    GeometryError
        If nothing there is hotter than its surroundings, or the uptake has no border.
    """
    reaches = REACHES_MM if size_mm is None else (max(0.75 * size_mm, CLIMB_MM),)
    for reach in reaches:
        found = _within(cut(volume, at, reach + SHELL_MM[1]), at, reach)
        if found is not None:
            region, start, levels = found
            return FoundUptake(Mask(volume.grid, start, region).cropped(), *levels)
    raise GeometryError.at(
        "click", "the uptake runs into its surroundings, so it has no border", BY_HAND
    )


def _within(
    patch: Patch, at: Point, reach_mm: float
) -> tuple[Bools, tuple[int, int, int], tuple[float, float, float]] | None:
    """Return the uptake, or None where it reaches further than asked."""
    away = _distances(patch, patch.to_patch(at))
    top = _summit(patch, away)
    region, threshold, background = _above_background(patch, top)
    if (region & (away > reach_mm)).any():
        return None
    ratio = float(patch.image[top]) / max(background, 1e-6)
    sure = (ratio - LEAST_RATIO) / (SURE_RATIO - LEAST_RATIO)
    levels = (round(threshold, 4), round(background, 4), float(np.clip(sure, 0, 1)))
    return region, patch.start, levels


def _distances(patch: Patch, at: Point) -> Floats:
    """Return how far each voxel of the patch is from a point, mm."""
    z, y, x = (
        offsets_mm(range(count), middle, step) ** 2
        for count, middle, step in zip(
            patch.image.shape, at, patch.spacing_mm, strict=True
        )
    )
    square = z[:, None, None] + y[:, None] + x
    return np.sqrt(square).astype(np.float32)


def _summit(patch: Patch, away: Floats) -> tuple[int, int, int]:
    """Return the hottest voxel near a point, climbing from there a few times."""
    top = _voxel(away.argmin(), patch)
    for _ in range(MOST_CLIMBS):
        near = np.where(away <= CLIMB_MM, patch.image, -np.inf)
        higher = _voxel(near.argmax(), patch)
        if not patch.image[higher] > patch.image[top]:
            break
        top = higher
        away = _distances(patch, top)
    return top


def _voxel(number: np.intp, patch: Patch) -> tuple[int, int, int]:
    slices, rows, columns = np.unravel_index(number, patch.image.shape)
    return int(slices), int(rows), int(columns)


def _above_background(
    patch: Patch, top: tuple[int, int, int]
) -> tuple[Bools, float, float]:
    """Return the region, its threshold and the background, after a few rounds."""
    highest = float(patch.image[top])
    hot = _connected_to(patch.image >= HOT * highest, top) & (
        patch.image <= HOTTER * highest
    )
    plateau = float(patch.image[hot].mean())
    threshold = MIDWAY * plateau
    region, background = _region(patch, top, threshold), 0.0
    for _ in range(ROUNDS):
        background = _background(patch, region, threshold)
        if plateau < LEAST_RATIO * background or highest <= 0:
            raise GeometryError.at(
                "click",
                "no border found: nothing here is hotter than its surroundings",
                BY_HAND,
            )
        threshold = background + MIDWAY * (plateau - background)
        region = _region(patch, top, threshold)
    return region, threshold, background


def _background(patch: Patch, region: Bools, threshold: float) -> float:
    """Return the median of what is cold around a region."""
    away = ndimage.distance_transform_edt(~region, patch.spacing_mm)
    around = (away >= SHELL_MM[0]) & (away <= SHELL_MM[1]) & (patch.image < threshold)
    return float(np.median(patch.image[around])) if around.any() else 0.0


def _region(patch: Patch, top: tuple[int, int, int], threshold: float) -> Bools:
    """Return what is connected to the summit, cut off from anything much hotter."""
    region = _connected_to(patch.image >= threshold, top)
    hotter = region & (patch.image > HOTTER * patch.image[top])
    if not hotter.any():
        return region
    markers = hotter.astype(np.int32) * 2
    markers[top] = 1
    from skimage.segmentation import (
        watershed,  # pyright: ignore[reportUnknownVariableType] - not typed
    )

    return np.asarray(watershed(-patch.image, markers, mask=region) == 1, np.bool_)


def _connected_to(inside: Bools, voxel: tuple[int, ...]) -> Bools:
    """Return the part of a mask, connected by sides, that holds a voxel inside."""
    parts, _ = ndimage.label(inside)
    return parts == parts[voxel]
