"""Label images: which labels there are, where each lies, and how many are too many."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.limits import LABELS, most_labels
from recist_tool.measure.geometry.grid import by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Integers = NDArray[np.integer[Any]]
    Box = tuple[slice, ...]

DENSE_LABELS: Final = 65_535
"""Labels up to here are looked up in a table, larger ones are numbered anew first."""
LARGEST: Final = 2**31 - 1
"""Of a label that is written as a decimal."""

MOST_COVERED: Final = 50
"""How often the boxes of all labels together may cover their image …"""
ALWAYS_COVERED: Final = 1 << 26
"""… where they hold more voxels than this: else memory runs out."""
MOST_HELD: Final = 3_000_000_000
"""Voxels of the boxes of all lesions of a file, a byte each."""
MOST_OF_ONE: Final = 160_000_000
"""Of the box around a lesion: 500 x 500 x 640, more than any organ has."""


def require_few(count: int) -> None:
    """Refuse more lesions than a file of masks may have.

    Raises
    ------
    GeometryError
        Before any of them is looked at.
    """
    most = most_labels()
    if count > most:
        raise GeometryError.at(
            "mask",
            f"it has {count:,} labels or more",
            f"At most {most:,} are read ({LABELS} names another number): give the "
            "lesions alone",
        )


def require_lesion(shape: tuple[int, ...]) -> None:
    """Refuse a box before it is filled or worked on: that takes its memory many times.

    Parameters
    ----------
    shape
        Slices, rows, columns.

    Raises
    ------
    GeometryError
        If no lesion is that large.
    """
    if math.prod(shape) > MOST_OF_ONE:
        raise GeometryError.at(
            "mask",
            f"it reaches over {by(shape)} voxels: no lesion is that large",
            "Give the lesions, not the body",
        )


def require_held(voxels: int) -> None:
    """Refuse boxes that together would take all memory.

    Raises
    ------
    GeometryError
        If they hold more voxels than `MOST_HELD`.
    """
    if voxels > MOST_HELD:
        raise GeometryError.at(
            "mask",
            f"its lesions reach over {voxels / 1e9:.1f} billion voxels together",
            "Give fewer of them at a time",
        )


def boxes_of_labels(labels: Integers) -> dict[int, Box]:
    """Return the smallest box of each label above 0 that is there, by label.

    Parameters
    ----------
    labels
        From 0 to `DENSE_LABELS`, of any shape.

    Raises
    ------
    GeometryError
        If there are more than may be, or they are so widely scattered that it is no
        label image.
    """
    # the stubs leave out the None of a label that is not there
    found = cast("list[Box | None]", ndimage.find_objects(labels))
    held = {label: box for label, box in enumerate(found, start=1) if box is not None}
    require_few(len(held))
    covered = voxels_of(held.values())
    if covered > max(MOST_COVERED * labels.size, ALWAYS_COVERED):
        raise GeometryError.at(
            "mask",
            f"it has {len(held)} labels, scattered all over: an image, no label image",
            "Give the masks, not the image",
        )
    require_held(covered)
    return held


def voxels_of(boxes: Iterable[Box]) -> int:
    """Return how many voxels boxes hold together."""
    return sum(math.prod(side.stop - side.start for side in box) for box in boxes)


def whole(labels: NDArray[Any]) -> Integers:
    """Return labels as whole numbers from 0 up.

    Raises
    ------
    GeometryError
        If they are negative, fractions or no numbers.
    """
    if labels.dtype == np.bool_:
        return labels.view(np.uint8)
    if labels.dtype.kind == "f":
        labels = _whole_of_decimals(labels)
    if labels.dtype.kind == "i" and labels.min(initial=0) < 0:
        raise GeometryError.at(
            "mask", "it holds negative labels", "Label lesions 1, 2, 3 …"
        )
    return labels


def _whole_of_decimals(labels: NDArray[Any]) -> NDArray[np.int32]:
    """Return decimals as whole numbers, slice by slice: there is memory for one."""
    found = np.empty(labels.shape, np.int32)
    for plane, out in zip(labels, found, strict=True):
        if not np.isfinite(plane).all():
            raise GeometryError.at(
                "mask", "it holds NaN or infinity", "Save it as whole numbers"
            )
        if np.abs(plane).max(initial=0) > LARGEST:
            raise GeometryError.at(
                "mask", "it holds labels too large to be any", "Label lesions 1, 2, 3 …"
            )
        out[...] = plane
        if (out != plane).any():
            raise GeometryError.at(
                "mask",
                "it holds fractions: probabilities are no lesions",
                "Save it as whole numbers",
            )
    return found


def numbered(labels: Integers) -> tuple[Integers, Integers]:
    """Return labels that fit a table, and the label that each of them stands for.

    Raises
    ------
    GeometryError
        If there are more of them than may be.
    """
    largest = int(labels.max(initial=0))
    if largest <= DENSE_LABELS:
        return labels, np.arange(largest + 1)
    names = np.zeros(1, labels.dtype)
    for plane in labels:
        names = np.union1d(names, plane)
        require_few(len(names) - 1)
    kept = np.empty(labels.shape, np.uint32)
    for plane, out in zip(labels, kept, strict=True):
        out[...] = np.searchsorted(names, plane)
    return kept, names
