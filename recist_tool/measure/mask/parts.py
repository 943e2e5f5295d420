"""The connected parts of a mask in its slices, the longest first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Bools, Mask

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer[Any]]

DIRECTIONS: Final = 32
"""In which parts are measured to know which of them may be the longest."""


class MaskPart(NamedTuple):
    """Pixels of one slice that touch each other.

    Attributes
    ----------
    slice_index
        Of the grid.
    start
        Row, column of the first pixel of `inside`.
    inside
        Shape (rows, columns) of the mask's box: True in this part.
    tips
        Shape (n, 2): row, column in the grid of the first and the last pixel of every
        run along a row. The two pixels farthest apart are among them.
    longest_mm
        No two of its centres are farther apart than this.
    """

    slice_index: int
    start: tuple[int, int]
    inside: Bools
    tips: Ints
    longest_mm: float

    @property
    def pixels(self) -> int:
        """How many there are."""
        return int(np.count_nonzero(self.inside))

    @property
    def rim(self) -> Ints:
        """Row, column in the grid of the pixels with a side outside; shape (n, 2)."""
        return (
            np.argwhere(self.inside & ~ndimage.binary_erosion(self.inside)) + self.start
        )


def parts(mask: Mask, *, corners: bool) -> Iterator[MaskPart]:
    """Return the parts of all slices, those that may be longest first.

    Parameters
    ----------
    corners
        Whether pixels that share a corner alone touch.
    """
    numbered = _numbered_in_slices(mask.inside, corners=corners)
    tips, first = _tips(mask.inside, numbered)
    start = np.array(mask.start[1:])
    pixels = tips[:, 1:] + start
    spacing = np.array(mask.grid.require_pixel_spacing(), float)
    longest_mm = _longest_mm(pixels.astype(float) * spacing, first)
    stops = np.append(first[1:], len(tips))
    for index in np.argsort(-longest_mm, kind="stable"):
        depth = int(tips[first[index], 0])
        yield MaskPart(
            slice_index=mask.start[0] + depth,
            start=(mask.start[1], mask.start[2]),
            inside=numbered[depth] == index + 1,
            tips=pixels[first[index] : stops[index]],
            longest_mm=float(longest_mm[index]),
        )


def _numbered_in_slices(inside: Bools, *, corners: bool) -> Ints:
    """Return connected parts, numbered from 1 up; slices are never connected."""
    touching = np.zeros((3, 3, 3), np.bool_)
    touching[1] = ndimage.generate_binary_structure(2, 2 if corners else 1)
    numbered, _ = ndimage.label(inside, touching)
    return numbered


def _tips(inside: Bools, numbered: Ints) -> tuple[Ints, Ints]:
    """Return the ends of all runs along rows, and where those of each part begin.

    The ends are slice, row, column in the box, shape (n, 3), sorted by part.
    """
    begins, ends = inside.copy(), inside.copy()
    begins[:, :, 1:] &= ~inside[:, :, :-1]
    ends[:, :, :-1] &= ~inside[:, :, 1:]
    found = np.nonzero(begins | ends)
    part_of = numbered[found]
    order = np.argsort(part_of, kind="stable")
    part_of = part_of[order]
    first = np.flatnonzero(np.diff(part_of, prepend=0))
    return np.column_stack(found)[order], first


def _longest_mm(points_mm: Floats, first: Ints) -> Floats:
    """Return what the longest line in each part cannot exceed, mm.

    The widths in evenly spaced directions are known; the longest line deviates from
    one of them by half a step at most.
    """
    step = math.pi / DIRECTIONS
    angles = np.arange(DIRECTIONS) * step
    along = points_mm @ np.stack([np.cos(angles), np.sin(angles)])
    widths = np.maximum.reduceat(along, first) - np.minimum.reduceat(along, first)
    return widths.max(axis=1) / math.cos(step / 2)
