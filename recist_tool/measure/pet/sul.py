"""A PET by lean body mass: SUL, which PERCIST asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.errors import SuvRefused
from recist_tool.measure.mask.statistics import require_uptake

if TYPE_CHECKING:
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.pet.suv import SuvFactors


def as_sul(volume: Volume, factors: SuvFactors) -> Volume:
    """Return a PET in SUVbw as SUL.

    Parameters
    ----------
    factors
        Of its series: `Series.suv.factors`.

    Raises
    ------
    SuvRefused
        If the volume is no PET in SUVbw, or the factors say why there is no SUL.
    """
    require_uptake(volume)
    if volume.units != "SUVbw":
        raise SuvRefused.at("PET", f"it is in {volume.units}, not in SUVbw")
    if factors.sul_factor is None:
        raise SuvRefused.at("PET", f"SUL is not known: {factors.method}")
    ratio = np.float32(factors.sul_factor / factors.suvbw_factor)
    ranges = np.array(volume.padding, np.float32).reshape(-1, 2) * ratio
    return replace(
        volume,
        voxels=volume.voxels * ratio,
        units="SUL",
        padding=tuple((low, high) for low, high in ranges.tolist()),
    )
