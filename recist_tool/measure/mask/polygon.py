"""The pixels within closed contours.

A pixel is inside if its centre is: what a contour cuts off on one side of a pixel it
gives on the other, so that areas are right on average. A centre that lies on a contour
is inside where the contour is on its upper or left side, so that contours which touch
share no pixel and leave none out.

An outline that runs on past its start goes round some pixels twice, which are inside
all the same: whether it goes round decides, not even and odd. A hole that is joined to
its outline by a channel of no width (the keyhole of PS3.3, C.8.8.6.3) is a hole,
whichever way it runs: there even and odd decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.errors import GeometryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Bools

    Floats = NDArray[np.float64]

DIGITS: Final = 6
"""Of a pixel: contours that were drawn through centres stay there when rotated."""
CROSSING_DIGITS: Final = 9
"""So does a slanted edge through centres, whatever the last bit of its slope is."""
MOST_CROSSINGS: Final = 1 << 25


def filled(contours: Iterable[Floats], shape: tuple[int, int]) -> Bools:
    """Return the pixels whose centres an odd number of contours go round.

    Parameters
    ----------
    contours
        Row, column of the corners of each, shape (points, 2), (0, 0) being the centre
        of the first pixel; the last corner is joined to the first.
    shape
        Rows, columns. What lies beyond is left out.

    Raises
    ------
    GeometryError
        If the contours are too long to be those of a lesion.
    """
    rows, columns = shape
    turns = np.zeros((rows, columns + 1), np.bool_)
    for contour in contours:
        row, first_inside, _ = _crossings(np.round(contour, DIGITS), shape)
        np.logical_xor.at(turns, (row, first_inside), True)
    return np.logical_xor.accumulate(turns, axis=1)[:, :columns]


def enclosed(contour: Floats, shape: tuple[int, int]) -> Bools:
    """Return the pixels whose centres one contour goes round, however often.

    Parameters
    ----------
    contour, shape
        As `filled` takes them.

    Raises
    ------
    GeometryError
        If the contour is too long to be that of a lesion.
    """
    contour = np.round(contour, DIGITS)
    if _has_channel(contour):
        return filled([contour], shape)
    rows, columns = shape
    turns = np.zeros((rows, columns + 1), np.int32)
    row, first_inside, direction = _crossings(contour, shape)
    np.add.at(turns, (row, first_inside), direction)
    return np.cumsum(turns, axis=1)[:, :columns] != 0


def _has_channel(contour: Floats) -> bool:
    """Whether an edge is run along in both directions, with a loop between."""
    corners, number = np.unique(contour, axis=0, return_inverse=True)
    if len(corners) == len(contour):
        return False
    begin = np.array(_without_spikes(number.reshape(-1).tolist()), np.int64)
    end = np.roll(begin, -1)
    there, back = begin * len(corners) + end, end * len(corners) + begin
    return bool(np.isin(there, back).any())


def _without_spikes(corners: list[int]) -> list[int]:
    """Leave out edges that are run along there and back at once; they enclose nothing.

    >>> _without_spikes([1, 2, 3, 3, 4, 3, 1])
    [1, 2, 3]
    """
    kept: list[int] = []
    for corner in corners:
        if len(kept) > 1 and kept[-2] == corner:
            kept.pop()
        elif not kept or kept[-1] != corner:
            kept.append(corner)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _crossings(
    contour: Floats, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Return where edges cross the centre lines of rows.

    Returns
    -------
    Row, first column inside, and direction: 1 where the edge runs down, or else -1.
    """
    rows, columns = shape
    upper, lower = contour, np.roll(contour, -1, axis=0)
    swapped = upper[:, 0] > lower[:, 0]
    upper, lower = (
        np.where(swapped[:, None], lower, upper),
        np.where(swapped[:, None], upper, lower),
    )
    first = np.clip(np.ceil(upper[:, 0]), 0, rows).astype(np.int64)
    count = np.clip(np.ceil(lower[:, 0]), 0, rows).astype(np.int64) - first
    if count.sum() > MOST_CROSSINGS:
        raise GeometryError.at("contour", "it is too long to be that of a lesion")
    edge = np.repeat(np.arange(len(contour)), count)
    row = (
        np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    )
    height, width = (lower - upper)[edge].T
    part = (row - upper[edge, 0]) / height
    column: Floats = upper[edge, 1] + part * width
    column = np.round(column, CROSSING_DIGITS)
    first_inside = np.clip(np.ceil(column), 0, columns).astype(np.int64)
    return row, first_inside, np.where(swapped[edge], -1, 1).astype(np.int32)
