"""Lines between pixel centres of one part of a lesion in one slice."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Ends, Spacing
    from recist_tool.measure.mask.mask import Bools
    from recist_tool.measure.mask.parts import MaskPart

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer[Any]]

LINES_AT_ONCE: Final = 256
SAMPLES_PER_PIXEL: Final = 4


class Chord(NamedTuple):
    """A line in a slice.

    Attributes
    ----------
    points
        Shape (2, 2): row, column of both ends.
    length_mm
        Between them.
    """

    points: Floats
    length_mm: float

    @property
    def ends(self) -> Ends:
        """The ends, as a caliper holds them."""
        (a, b), (c, d) = self.points.tolist()
        return (a, b), (c, d)

    def along(self, spacing: Spacing) -> Floats:
        """Return its unit vector in mm, shape (2,); along the row if it is a point."""
        if not self.length_mm:
            return np.array([0.0, 1.0])
        return (self.points[1] - self.points[0]) * spacing / self.length_mm

    def longer(self, by_mm: float, along: Floats, spacing: Spacing) -> Chord:
        """Return the line drawn out along a unit vector, by half at each end.

        Parameters
        ----------
        by_mm
            Both ends together.
        along
            Shape (2,), in mm; from the first end to the second.
        """
        out = along / spacing * by_mm / 2
        return Chord(self.points + np.stack((-out, out)), self.length_mm + by_mm)


def longest(part: MaskPart, spacing: Spacing, inside_only: bool) -> Chord:
    """Return the longest line between two centres of a part.

    Parameters
    ----------
    inside_only
        Only lines that stay in the part.
    """
    points = part.rim if inside_only else part.tips
    apart = points[:, None] - points
    lengths_mm = np.hypot(apart[..., 0] * spacing[0], apart[..., 1] * spacing[1])
    pair = _farthest(lengths_mm, points, part if inside_only else None)
    return Chord(points[pair].astype(float), float(lengths_mm[*pair]))


def across(part: MaskPart, along: Floats, spacing: Spacing, inside_only: bool) -> Chord:
    """Return the longest line at right angles to a direction.

    It joins two pixels that one line at right angles meets; its ends are their centres
    moved onto the line midway between them, by less than half a pixel.

    Parameters
    ----------
    along
        Unit vector in mm, shape (2,): along rows' index, along columns' index.
    inside_only
        Only lines that stay in the part.
    """
    points = part.rim
    frame = turned(along)
    there = points * spacing @ frame
    apart = np.abs(there[:, None] - there)
    half_pixel_mm = np.abs(along) @ spacing / 2
    lengths_mm = np.where(apart[..., 0] <= half_pixel_mm, apart[..., 1], -np.inf)
    pair = _farthest(lengths_mm, points, part if inside_only else None)
    ends = np.column_stack((there[pair, 0].mean().repeat(2), np.sort(there[pair, 1])))
    return Chord(ends @ frame.T / spacing, float(lengths_mm[*pair]))


def nearly_across(
    part: MaskPart, along: Floats, spacing: Spacing, inside_only: bool
) -> Chord:
    """Return the longest line between two centres nearly at right angles.

    Within 1 degree, or, where no two centres lie so, within as few as there are any up
    to 45; else a point.

    Parameters
    ----------
    along
        Unit vector in mm, shape (2,): along rows' index, along columns' index.
    inside_only
        Only lines that stay in the part.
    """
    points = part.rim
    there = points * spacing @ turned(along)
    apart = np.abs(there[:, None] - there)
    lengths_mm = np.hypot(apart[..., 0], apart[..., 1])
    off = np.degrees(np.arctan2(apart[..., 0], apart[..., 1]))
    off[lengths_mm == 0] = 90.0
    within = (off < min(math.floor(off.min()) + 1, 45)) | (lengths_mm == 0)
    pair = _farthest(
        np.where(within, lengths_mm, -np.inf), points, part if inside_only else None
    )
    return Chord(points[pair].astype(float), float(lengths_mm[*pair]))


def turned(along: Floats) -> Floats:
    """Return the axes of a plane turned so that its first lies along a direction.

    Shape (2,) to (2, 2), an axis in each column.
    """
    return np.column_stack((along, (-along[1], along[0])))


def _farthest(
    lengths_mm: Floats, points: Ints, inside_of: MaskPart | None
) -> list[int]:
    """Return which two points have the longest line that is allowed."""
    if inside_of is None:
        return list(divmod(int(lengths_mm.argmax()), len(points)))
    filled = ndimage.binary_fill_holes(inside_of.inside)
    local = points - inside_of.start
    order = np.argsort(-lengths_mm, axis=None, kind="stable")
    pairs = np.column_stack(np.divmod(order, len(points)))
    batches = np.array_split(pairs, math.ceil(len(pairs) / LINES_AT_ONCE))
    return next(
        batch[stays.argmax()].tolist()
        for batch in batches
        if (stays := _stay_inside(filled, local[batch])).any()
    )


def _stay_inside(filled: Bools, ends: Ints) -> Bools:
    """Return which lines pass through inner pixels only; ends: (lines, 2, 2)."""
    span = ends[:, 1] - ends[:, 0]
    steps = int(np.abs(span).max()) * SAMPLES_PER_PIXEL
    way = np.linspace(0, 1, steps + 1)[:, None, None]
    rows, columns = np.moveaxis(np.rint(ends[:, 0] + way * span).astype(int), 2, 0)
    return np.asarray(filled[rows, columns].all(axis=0))
