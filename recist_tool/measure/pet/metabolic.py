"""Metabolic tumour volume and total lesion glycolysis, by a threshold of uptake.

The threshold cuts within the mask of the lesion; what of the mask lies at or above it
is the metabolic volume. In use are fixed ones (SUV 2.5, 4.0), 41 % and 50 % of the
maximum (EANM 2015), and those of PERCIST, from the liver or the blood pool. Values are
in the units of the volume: SUVbw, or SUL for PERCIST.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.statistics import image_values, is_image, require_uptake

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.pet.reference_region import Uptake


class Metabolic(NamedTuple):
    """What of a lesion lies at or above a threshold.

    Attributes
    ----------
    threshold
        In the units of the volume.
    mtv_ml
        Metabolic tumour volume; 0 where nothing reaches the threshold.
    tlg_g
        Total lesion glycolysis: its mean uptake times its volume.
    mask
        The voxels themselves.
    """

    threshold: float
    mtv_ml: float
    tlg_g: float
    mask: Mask


def metabolic(mask: Mask, volume: Volume, threshold: float) -> Metabolic:
    """Return the metabolic volume and the glycolysis of a lesion.

    Parameters
    ----------
    threshold
        In the units of the volume: SUV in g/ml by body weight or lean mass; voxels that
        reach it count.

    Raises
    ------
    GeometryError
        If the mask lies on another grid, or the slices are not regular.
    SuvRefused
        If the volume is no PET in SUV.
    ValueError
        If the threshold is not above 0.
    """
    if not threshold > 0:
        msg = f"a threshold of uptake is above 0, not {threshold}"
        raise ValueError(msg)
    mask.require_on(volume)
    require_uptake(volume)
    values = volume.voxels[mask.box]
    hot = mask.inside & is_image(volume, values) & (values >= threshold)
    total = float(values[hot].sum(dtype=float))
    found = replace(mask, inside=hot)
    tlg_g = total * volume.voxel_ml
    return Metabolic(threshold, found.volume_ml, tlg_g, found)


def fraction_of_max(mask: Mask, volume: Volume, fraction: float) -> float:
    """Return a threshold as a fraction of the highest uptake in the lesion.

    Parameters
    ----------
    fraction
        Above 0 to 1: 0.41 of the usual 41 %.

    Returns
    -------
    In the units of the volume.

    Raises
    ------
    GeometryError, SuvRefused
        As `recist_tool.measure.mask.statistics.statistics` tells; and if nothing is
        above 0.
    """
    require_uptake(volume)
    highest = float(image_values(mask, volume).max())
    if highest <= 0:
        raise GeometryError.at("mask", "it holds no uptake above 0", "Draw the lesion")
    return fraction * highest


def percist_liver_threshold(liver: Uptake) -> float:
    """Return 1.5 times the mean of the liver plus 2 standard deviations, SUL.

    Wahl 2009: what the hottest lesion must reach at baseline to be measurable.
    """
    return 1.5 * liver.mean + 2 * liver.sd


def percist_blood_pool_threshold(blood_pool: Uptake) -> float:
    """Return 2.0 times the mean of the blood pool plus 2 standard deviations, SUL.

    Wahl 2009: where the liver is diseased.
    """
    return 2.0 * blood_pool.mean + 2 * blood_pool.sd
