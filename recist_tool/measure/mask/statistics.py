"""What the voxels of a lesion say: mean, spread, least and most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError, SuvRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Bools, Mask

SUV_UNITS = ("SUVbw", "SUL")


class Statistics(NamedTuple):
    """Of the voxels of a mask that are image, in the units of the volume.

    Attributes
    ----------
    sd
        Of the voxels themselves: divided by their number.
    voxels
        How many there are, without padding.
    """

    mean: float
    sd: float
    minimum: float
    maximum: float
    voxels: int


def statistics(mask: Mask, volume: Volume) -> Statistics:
    """Return mean, standard deviation, least and most of a lesion.

    Voxels that are padding, NaN or infinite are no image and count for nothing.

    Raises
    ------
    GeometryError
        If the mask lies on another grid, or holds no voxel that is image.
    SuvRefused
        If the volume is a PET without SUV.
    """
    values = image_values(mask, volume)
    return Statistics(
        mean=float(values.mean()),
        sd=float(values.std()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        voxels=values.size,
    )


def image_values(mask: Mask, volume: Volume) -> NDArray[np.float64]:
    """Return the values of a lesion that are image, shape (voxels,).

    Raises
    ------
    GeometryError, SuvRefused
        As `statistics` tells.
    """
    mask.require_on(volume)
    mask.require_voxels()
    require_suv_of_pet(volume)
    box = volume.voxels[mask.box]
    values = box[mask.inside & is_image(volume, box)].astype(np.float64)
    if not values.size:
        raise GeometryError.at(
            "mask", "it lies in padding, outside the image", "Draw the lesion anew"
        )
    return values


def is_image(volume: Volume, values: NDArray[np.int16] | NDArray[np.float32]) -> Bools:
    """Return where values of a volume are neither padding nor NaN nor infinite.

    Parameters
    ----------
    values
        Of any shape, which the answer has too.
    """
    return np.isfinite(values) & ~volume.is_padding(values)


def require_suv_of_pet(volume: Volume) -> None:
    """Refuse a PET that is not in SUV.

    Raises
    ------
    SuvRefused
        With the reason that was found when it was loaded.
    """
    if volume.modality == "PT" and volume.units not in SUV_UNITS:
        why = volume.suv_refused or f"its units are {volume.units}"
        raise SuvRefused.at(
            "PET",
            f"it is not in SUV: {why}",
            "Measure lengths and volumes without it",
        )


def require_uptake(volume: Volume) -> None:
    """Refuse whatever is not a PET in SUV or SUL.

    Raises
    ------
    SuvRefused
        If it is no PET, or not in SUV.
    """
    require_suv_of_pet(volume)
    if volume.units not in SUV_UNITS:
        raise SuvRefused.at(
            "image", f"its units are {volume.units}, not SUV", "Choose the PET series"
        )
