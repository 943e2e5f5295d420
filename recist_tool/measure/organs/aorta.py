"""The aorta on a coarse CT: an even tube, bounded all round, in front of the spine.

On each slice every place near the spine is scored as the centre of a disc: how even it
is, from how many directions it is bounded, how bright it is. The best path through all
slices that moves little from one to the next is taken, and on it the best run of slices
that show a disc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.organs.spine import Spine
    from recist_tool.measure.registration.translation_search import Coarse

    Floats = NDArray[np.float32]

FARTHEST_MM: Final = 120.0
NEAREST_MM: Final = 32.0
"""In front of the arches of the vertebrae: their bodies lie between."""
RIGHT_MM: Final = 12.0
LEFT_MM: Final = 50.0
"""How far to the sides of the spine the aorta is looked for."""
DISC_MM: Final = 7.5
"""No adult's aorta is thinner, down to where it parts."""
CORE_MM: Final = 4.5
BOUNDS_MM: Final = (8.0, 12.0, 16.0, 20.0)
DIRECTIONS: Final = 16
BOUND_HU: Final = 40.0
"""What differs by so much, at one of these distances, bounds the disc there."""
LEAST_BOUNDED: Final = 0.6
"""Of the directions have to be bounded, and …"""
LEAST_DARK: Final = 0.5
MOST_BRIGHT: Final = 0.3
"""… so many by what is darker, no more by what is brighter: a vertebra's marrow is."""
LEAST_HU: Final = 20.0
"""Blood, however thin, is no darker."""
UNEVEN_HU: Final = 40.0
MOST_UNEVEN: Final = 1.5
BRIGHT_HU: Final = 150.0
BRIGHTER_BY: Final = 1.2
BOUNDED_BY: Final = 1.0
MOVE_COST: Final = 0.3
FARTHEST_MOVE: Final = 2
MOST_SD_HU: Final = 28.0
LEAST_RUN_MM: Final = 33.0
MOST_OUTSHONE: Final = 0.25
PALE_HU: Final = 90.0
"""Beside a pale tube a brighter one may be there on so many slices: else the first may
be a vein, and contrast still in the arteries."""
SAME_HU: Final = 12.0
SAME_PART: Final = 0.08
"""HU of neighbouring slices of a run are one where they differ by so much."""


class Tube(NamedTuple):
    """What was found of the aorta.

    Attributes
    ----------
    hu
        The median of its slices.
    length_mm
        Of the run of slices on which it shows.
    """

    hu: float
    length_mm: float


class _Scored(NamedTuple):
    """Of each place as the centre of a disc; shape (slices, rows, columns).

    Attributes
    ----------
    bounded, dark
        From which part of all directions; by what is darker.
    core_hu
        Of a smaller disc, which the wall does not dim.
    """

    mean_hu: Floats
    sd_hu: Floats
    bounded: Floats
    dark: Floats
    core_hu: Floats

    def merit(self) -> Floats:
        uneven = np.minimum(self.sd_hu / UNEVEN_HU, MOST_UNEVEN)
        bright = np.clip((self.mean_hu - LEAST_HU) / BRIGHT_HU, 0, 1)
        all_round = BOUNDED_BY * (self.bounded + self.dark)
        return (all_round - uneven + BRIGHTER_BY * bright).astype(np.float32)

    def shown(self) -> NDArray[np.bool_]:
        """Return where a disc is there that could be of the aorta."""
        return (
            (self.bounded >= LEAST_BOUNDED)
            & (self.dark >= LEAST_DARK)
            & (self.bounded - self.dark <= MOST_BRIGHT)
            & (self.sd_hu <= MOST_SD_HU)
            & (self.mean_hu >= LEAST_HU)
        )


def aorta(coarse: Coarse, spine: Spine) -> Tube | None:
    """Return the aorta; None where no tube is there that could be it."""
    window = _window(coarse, spine)
    if window is None:
        return None
    scored = _scored(coarse, *window)
    shown = scored.shown()
    merit = np.where(shown, scored.merit(), np.float32(0))
    path = _best_path(merit)
    at = (np.arange(len(path)), path[:, 0], path[:, 1])
    hu, seen = scored.core_hu[at], shown[at]
    seen[1:-1] |= seen[:-2] & seen[2:]  # a plaque hides it on one slice
    run = _best_run(hu, merit[at], seen)
    length_mm = (run.stop - run.start) * coarse.step_mm
    if length_mm < LEAST_RUN_MM:
        return None
    middle = float(np.median(hu[run]))
    brightest = np.where(shown, scored.core_hu, -np.inf)[run].max(axis=(1, 2))
    outshone = float(np.mean(brightest > middle + BOUND_HU + SAME_HU))
    is_vein = middle < PALE_HU and outshone > MOST_OUTSHONE
    return None if is_vein else Tube(middle, length_mm)


def _window(coarse: Coarse, spine: Spine) -> tuple[slice, slice] | None:
    """Return rows and columns to look in; None where the scan does not hold them."""
    step, margin = coarse.step_mm, BOUNDS_MM[-1]
    rows = slice(
        round(spine.y - FARTHEST_MM / step), round(spine.y - NEAREST_MM / step) + 1
    )
    columns = slice(
        round(spine.x - RIGHT_MM / step), round(spine.x + LEFT_MM / step) + 1
    )
    least = round(margin / step) + 1
    _, height, width = coarse.hu.shape
    is_inside = (
        min(rows.start, columns.start) >= least
        and rows.stop + least <= height
        and columns.stop + least <= width
    )
    return (rows, columns) if is_inside else None


def _scored(coarse: Coarse, rows: slice, columns: slice) -> _Scored:
    step = coarse.step_mm
    reach = round(BOUNDS_MM[-1] / step) + 1
    hu = coarse.hu[
        :,
        rows.start - reach : rows.stop + reach,
        columns.start - reach : columns.stop + reach,
    ]
    inner = (slice(None), slice(reach, -reach), slice(reach, -reach))
    disc = _disc(DISC_MM, step)
    mean = ndimage.convolve(hu, disc)[inner]
    square = ndimage.convolve(hu * hu, disc)[inner]
    core = ndimage.convolve(hu, _disc(CORE_MM, step))[inner]
    sd = np.sqrt(np.maximum(square - mean * mean, 0))
    bounded, dark = np.zeros_like(mean), np.zeros_like(mean)
    for number in range(DIRECTIONS):
        angle = 2 * np.pi * number / DIRECTIONS
        darker = np.zeros(mean.shape, np.bool_)
        brighter = np.zeros(mean.shape, np.bool_)
        for distance in BOUNDS_MM:
            down = round(distance * np.sin(angle) / step)
            left = round(distance * np.cos(angle) / step)
            there = hu[
                :,
                reach + down : reach + down + mean.shape[1],
                reach + left : reach + left + mean.shape[2],
            ]
            darker |= ~brighter & (there < mean - BOUND_HU)
            brighter |= ~darker & (there > mean + BOUND_HU)
        bounded += darker | brighter
        dark += darker
    every = np.float32(DIRECTIONS)
    return _Scored(
        mean_hu=mean,
        sd_hu=sd,
        bounded=bounded / every,
        dark=dark / every,
        core_hu=core,
    )


def _disc(radius_mm: float, step_mm: float) -> Floats:
    """Return the weights of a mean over a disc, shape (1, rows, columns)."""
    reach = int(radius_mm / step_mm)
    across = np.arange(-reach, reach + 1) * step_mm
    disc = across[:, None] ** 2 + across**2 <= radius_mm**2
    return (disc / disc.sum()).astype(np.float32)[None]


def _best_path(merit: Floats) -> NDArray[np.int64]:
    """Return the row and column of each slice of the best path, shape (slices, 2)."""
    moves = [
        (down, left, MOVE_COST * float(np.hypot(down, left)))
        for down in range(-FARTHEST_MOVE, FARTHEST_MOVE + 1)
        for left in range(-FARTHEST_MOVE, FARTHEST_MOVE + 1)
    ]
    total = merit[0]
    chosen: list[NDArray[np.int64]] = []
    for each in merit[1:]:
        padded = np.pad(total, FARTHEST_MOVE, constant_values=-np.inf)
        height, width = total.shape
        before = np.stack(
            [
                padded[
                    FARTHEST_MOVE + down : FARTHEST_MOVE + down + height,
                    FARTHEST_MOVE + left : FARTHEST_MOVE + left + width,
                ]
                - cost
                for down, left, cost in moves
            ]
        )
        best = before.argmax(axis=0)
        chosen.append(best)
        total = np.take_along_axis(before, best[None], axis=0)[0] + each
    row, column = np.unravel_index(int(total.argmax()), total.shape)
    path = [(int(row), int(column))]
    for best in reversed(chosen):
        down, left, _ = moves[int(best[path[-1]])]
        path.append((path[-1][0] + down, path[-1][1] + left))
    return np.array(path[::-1])


def _best_run(hu: Floats, merit: Floats, shown: NDArray[np.bool_]) -> slice:
    """Return the run of slices that show a disc of about the same HU, best in sum."""
    best, most = slice(0, 0), 0.0
    start, total = 0, 0.0
    for index, is_shown in enumerate(shown):
        if not is_shown:
            start, total = index + 1, 0.0
            continue
        if index > start and not _same(float(hu[index]), float(hu[index - 1])):
            start, total = index, 0.0
        total += float(merit[index])
        if total > most:
            best, most = slice(start, index + 1), total
    return best


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME_HU + SAME_PART * max(abs(one), abs(other))
