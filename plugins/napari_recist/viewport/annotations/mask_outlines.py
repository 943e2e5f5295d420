"""Masks on a pane: outlines on the slices they were drawn on, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.measure import from_saved_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from napari_recist.viewport.annotations.caliper_graphics import CaliperMark, Point
    from napari_recist.viewport.image.coordinates import Pixel, Spacing
    from recist_tool.measure import Mask, Volume
    from recist_tool.model import LesionMask, Read

CIRCLE = 48
"""Lines that a brush is drawn with."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Lines of one colour on the slice in view.

    Attributes
    ----------
    lines
        Shape (lines, 2, 2): start and end, each (row, column).
    dashed
        Not recorded yet.
    """

    lines: NDArray[np.float64]
    colour: str
    dashed: bool = False


class MaskOverlay(NamedTuple):
    """What masks add to the calipers on the slice in view.

    Attributes
    ----------
    hides
        The caliper that stands for the mask being changed, which is drawn anew.
    """

    marks: Sequence[CaliperMark] = ()
    outlines: Sequence[Outline] = ()
    hides: str | None = None


class SavedMasks:
    """The masks of a case as they lie on a series; each is unpacked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[LesionMask, Volume, Mask | None]] = {}

    def on(self, volume: Volume, read: Read, timepoint_id: str) -> dict[str, Mask]:
        """Return the masks of a visit that lie on a series, by lesion.

        Parameters
        ----------
        volume
            A mask of another series is left out.
        read
            Whose findings and uptake have the masks.
        """
        found: dict[str, Mask] = {}
        for lesion_id, saved in read.masks_at(timepoint_id):
            mask = self._mask((lesion_id, saved.series_instance_uid), saved, volume)
            if mask is not None:
                found[lesion_id] = mask
        return found

    def _mask(
        self, key: tuple[str, str], saved: LesionMask, volume: Volume
    ) -> Mask | None:
        known = self._known.get(key)
        if known is not None and known[0] is saved and known[1] is volume:
            return known[2]
        mask = from_saved_mask(volume, saved)
        self._known[key] = (saved, volume, mask)
        return mask


def border(mask: Mask, slice_index: int) -> NDArray[np.float64]:
    """Return the border of a mask on a slice, along the edges of its pixels.

    Shape (lines, 2, 2), as in `Outline`; none where the mask is not on the slice.
    """
    depth = slice_index - mask.start[0]
    if not 0 <= depth < len(mask.inside):
        return np.empty((0, 2, 2))
    inside = np.pad(mask.inside[depth], 1)
    lines = np.concatenate([_level_edges(inside), _level_edges(inside.T)[..., ::-1]])
    return lines + np.array(mask.start[1:], np.float64)


def hatching(mask: Mask, slice_index: int) -> NDArray[np.float64]:
    """Return diagonals across the pixels of a mask on a slice, every other one.

    Shape (lines, 2, 2), as in `Outline`; those of one diagonal meet.
    """
    rows, columns = np.nonzero(mask.on_slice(slice_index))
    drawn = (rows + columns) % 2 == 0
    rows, columns = rows[drawn], columns[drawn]
    low, high = (np.stack([rows + d, columns - d], axis=1) for d in (0.5, -0.5))
    return np.stack([low, high], axis=1).astype(np.float64)


def circle(at: Pixel, radius_mm: float, spacing: Spacing) -> NDArray[np.float64]:
    """Return a circle around a point as lines, shape (lines, 2, 2).

    Parameters
    ----------
    at
        Row, column of the middle; fractions allowed.
    radius_mm
        The lines are an ellipse of pixels where rows and columns are not equally far
        apart.
    """
    turn = np.linspace(0, 2 * np.pi, CIRCLE + 1)
    around = np.stack([np.sin(turn), np.cos(turn)], axis=1) * radius_mm / spacing
    points = np.array(at) + around
    return np.stack([points[:-1], points[1:]], axis=1)


def on_screen(
    outlines: Sequence[Outline], to_screen: Callable[[Pixel], Point]
) -> list[Outline]:
    """Return outlines as they lie on the screen: x, y in place of row, column."""
    origin = np.array(to_screen((0.0, 0.0)))
    steps = np.array([to_screen((1.0, 0.0)), to_screen((0.0, 1.0))]) - origin
    return [replace(one, lines=one.lines @ steps + origin) for one in outlines]


def holds(mask: Mask, slice_index: int, at: Pixel) -> bool:
    """Return whether a point of a slice lies inside a mask.

    Parameters
    ----------
    slice_index
        Of the series, from 0.
    at
        Row, column of the series; the nearest voxel is asked.
    """
    place = np.array([slice_index, round(at[0]), round(at[1])]) - mask.start
    if (place < 0).any() or (place >= mask.inside.shape).any():
        return False
    return bool(mask.inside[tuple(place.tolist())])


def _level_edges(inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return where inside and outside meet from row to row; the rim is outside.

    Neighbouring edges are one line. The first pixel within the rim is (0, 0).
    """
    differs = (inside[1:] != inside[:-1]).astype(np.int8)
    steps = np.diff(differs, axis=1)
    rows, starts = np.nonzero(steps == 1)
    _, stops = np.nonzero(steps == -1)
    ends = [np.stack([rows, columns], axis=1) for columns in (starts, stops)]
    return np.stack(ends, axis=1).astype(np.float64) - 0.5
