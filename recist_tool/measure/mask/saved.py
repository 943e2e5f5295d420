"""A mask of a volume as it is saved in a case, and found again on a series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.mask import Mask
from recist_tool.model.mask import LesionMask

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.model.provenance import Provenance


def as_saved_mask(
    volume: Volume, mask: Mask, provenance: Provenance | None = None
) -> LesionMask:
    """Return a mask as it is saved: a box of bits, and the images it lies on.

    Parameters
    ----------
    mask
        Drawn on the voxels of `volume`.
    provenance
        How it came to be; None where nobody says.

    Raises
    ------
    GeometryError
        If it is empty, was drawn on another grid, or the images have no SOP Instance
        UIDs (a volume that was resampled).
    """
    mask.require_on(volume)
    mask.require_voxels()
    small = mask.cropped()
    slices, _, _ = small.box
    images = range(slices.start, slices.stop)
    uids = [volume.sop_instance_uids[at] for at in images if volume.sop_instance_uids]
    if not all(uids) or not uids:
        raise GeometryError.at(
            "mask",
            "the images have no SOP Instance UIDs, so it could not be found again",
            "Draw it on the original series",
        )
    return LesionMask(
        series_instance_uid=volume.series_instance_uid,
        frame_of_reference_uid=volume.frame_of_reference_uid,
        sop_instance_uids=tuple(uids),
        frame_numbers=tuple(volume.frame_numbers[slices]),
        start=small.start[1:],
        shape=small.inside.shape,
        bits=LesionMask.encode(np.packbits(small.inside).tobytes()),
        provenance=provenance,
    )


def from_saved_mask(volume: Volume, saved: LesionMask) -> Mask | None:
    """Return where a saved mask lies on a series, or None if it is not on it."""
    frames = saved.frame_numbers or (None,) * len(saved.sop_instance_uids)
    found = [
        volume.slices_of(uid, frame)
        for uid, frame in zip(saved.sop_instance_uids, frames, strict=True)
    ]
    slices = np.array([one[0] for one in found if len(one) == 1], np.int64)
    first = int(slices.min(initial=volume.shape[0]))
    if sorted(slices.tolist()) != list(range(first, first + saved.shape[0])):
        return None
    if np.any(np.add(saved.start, saved.shape[1:]) > volume.shape[1:]):
        return None
    bits = np.frombuffer(saved.packed(), np.uint8)
    inside = np.unpackbits(bits, count=math.prod(saved.shape)).astype(np.bool_)
    return Mask(
        volume.grid,
        (first, *saved.start),
        inside.reshape(saved.shape)[np.argsort(slices)],
    )
