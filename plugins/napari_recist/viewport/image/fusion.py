"""PET laid over CT: resampled into the voxel grid of the pane, by geometry alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.ndimage import affine_transform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from recist_tool.measure import Volume

FINER: Final = 2.0
"""The overlay has pixels this many times finer than those of the PET, or the CT's."""


class ResampledPet(NamedTuple):
    """A PET in the grid of another series.

    Attributes
    ----------
    values
        Shape (slice, row, column), float32: the slices of the other series, with
        `every` of its pixels to one; 0 where there is no PET.
    """

    values: NDArray[np.float32]
    every: int


def refusal(pet: Volume | None, ground: Volume) -> str:
    """Return why a PET cannot be laid over a series; empty if it can."""
    if ground.modality == "PT":
        return "This is a PET by itself: PET is laid over a CT, in a pane with one."
    if pet is None:
        return "This visit has no PET to lay over its CT."
    if not pet.is_regular or not ground.is_regular:
        which = "PET" if not pet.is_regular else "CT"
        return f"No fusion: the slices of the {which} are not one regular volume."
    frames = {pet.frame_of_reference_uid, ground.frame_of_reference_uid}
    if len(frames) > 1 or "" in frames:
        return (
            "No fusion: PET and CT do not share a frame of reference, so nothing says "
            "how they lie to each other."
        )
    return ""


def resampled(
    pet: Volume, ground: Volume, advance: Callable[[int, int], None]
) -> ResampledPet:
    """Return a PET on the slices of another series, linear between its voxels.

    Parameters
    ----------
    advance
        Called with how many slices are done, of how many.

    Raises
    ------
    GeometryError
        If either is not one regular volume.
    """
    slices, rows, columns = ground.voxels.shape
    finest = min(pet.spacing_mm[1:]) / FINER
    every = max(int(finest / max(ground.spacing_mm[1:])), 1)
    to_pet = np.linalg.inv(pet.affine_lps) @ ground.affine_lps
    matrix = to_pet[:3, :3] * np.array([1.0, every, every])
    shape = math.ceil(rows / every), math.ceil(columns / every)
    values = np.zeros((slices, *shape), np.float32)
    voxels = pet.voxels.astype(np.float32, copy=False)
    for index in range(slices):
        offset = to_pet[:3, 3] + matrix[:, 0] * index
        affine_transform(
            voxels,
            matrix,
            offset=offset,  # pyright: ignore[reportArgumentType] - stubs know floats
            output_shape=(1, *shape),
            output=values[index : index + 1],
            order=1,
            cval=0.0,
        )
        advance(index + 1, slices)
    return ResampledPet(values, every)
