"""Places on a PET that a reader points at."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.measure import liver_reference

if TYPE_CHECKING:
    from recist_tool.measure import Volume

Place = tuple[int, tuple[float, float]]
"""Slice, and row and column."""


def even_place(volume: Volume) -> Place:
    """Return where a sphere of 3 cm has uptake and is evenest."""
    best: list[tuple[float, int, tuple[float, float]]] = []
    slices, rows, columns = (range(8, size - 8, 4) for size in volume.shape)
    for at, row, column in product(slices, rows, columns):
        if volume.voxels[at, row, column] > 1:
            found = liver_reference(volume, at, (row, column))
            best.append((found.sd / found.mean, at, (row, column)))
    _, at, place = min(best)
    return at, place


def hottest(volume: Volume, slices: slice = slice(None)) -> Place:
    """Return the place of the highest value of some slices."""
    part = volume.voxels[slices]
    at, row, column = np.unravel_index(int(part.argmax()), part.shape)
    return int(at) + (slices.start or 0), (float(row), float(column))
