"""Which lesions of a file share voxels."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recist_tool.dicom.masks.mask_file import Segment
    from recist_tool.measure.mask.mask import Mask

MOST_TOLD: Final = 100
MOST_COMPARED: Final = 10_000_000_000
"""Voxels of the boxes that pairs of lesions have in common."""


def overlaps(path: Path, segments: Sequence[Segment]) -> Iterator[Fault]:
    """Say which lesions share voxels: each is measured as it is.

    So many pairs are told, and so many voxels compared, that a file whose lesions all
    lie over each other takes no more time than another.
    """
    found = _shared(segments)
    for one, other, shared in islice(found, MOST_TOLD):
        if not shared:
            what = "its lesions overlap too widely for all pairs of them to be compared"
            yield Fault(path.name, f"{what}; each is measured as it is")
            return
        yield Fault(
            path.name,
            f"labels {one} and {other} share {shared} voxels; each is measured as it "
            "is",
        )
    if next(found, None) is not None:
        yield Fault(path.name, "more of its labels share voxels than those told here")


def _shared(segments: Sequence[Segment]) -> Iterator[tuple[int, int, int]]:
    """Give labels of pairs, and how many voxels they share; 0 where too many may."""
    masks = [one.mask for one in segments]
    starts = np.array([mask.start for mask in masks]).reshape(-1, 3)
    stops = starts + np.array([mask.inside.shape for mask in masks]).reshape(-1, 3)
    left = MOST_COMPARED
    for index, one in enumerate(segments):
        sides = np.minimum(stops[index], stops) - np.maximum(starts[index], starts)
        near = np.flatnonzero((sides > 0).all(axis=1))
        for other in map(int, near[near > index]):
            left -= int(sides[other].prod())
            if left < 0:
                yield one.label, segments[other].label, 0
                return
            if shared := _shared_voxels(one.mask, masks[other]):
                yield one.label, segments[other].label, shared


def _shared_voxels(one: Mask, other: Mask) -> int:
    start = np.maximum(one.start, other.start)
    stop = np.minimum(
        np.add(one.start, one.inside.shape), np.add(other.start, other.inside.shape)
    )
    pieces = [
        mask.inside[tuple(map(slice, start - mask.start, stop - mask.start))]
        for mask in (one, other)
    ]
    return int(np.count_nonzero(pieces[0] & pieces[1]))
