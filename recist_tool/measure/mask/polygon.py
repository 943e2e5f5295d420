"""The pixels within closed contours.

A pixel is inside if its centre is: what a contour cuts off on one side of a pixel it
gives on the other, so that areas are right on average. A centre that lies on a contour
is inside where the contour is on its upper or left side, so that contours which touch
share no pixel and leave none out. Where contours lie within each other, even and odd
decide: the second is a hole, the third an island in it; a hole that is joined to the
outline by a channel of no width (PS3.3, C.8.8.6.3) is one as well.
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
    """Return the pixels whose centres lie within an odd number of contours.

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
        row, column = _crossings(np.round(contour, DIGITS), rows)
        first_inside = np.clip(np.ceil(column), 0, columns).astype(np.int64)
        np.logical_xor.at(turns, (row, first_inside), True)
    return np.logical_xor.accumulate(turns, axis=1)[:, :columns]


def _crossings(contour: Floats, rows: int) -> tuple[NDArray[np.int64], Floats]:
    """Return the row and the column at which edges cross the centre lines of rows."""
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
    return row, np.round(column, CROSSING_DIGITS)
