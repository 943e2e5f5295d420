"""Reference regions of PERCIST, placed by one click.

A sphere of 3 cm in the normal right lobe of the liver; where the liver is diseased, a
cylinder of 1 cm by 2 cm in the descending aorta (Wahl 2009). A voxel is in a region if
its centre is. What of a region is padding or lies beyond the image makes it refused:
its mean would be of something else.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.mask import Mask, as_voxel
from recist_tool.measure.mask.statistics import require_uptake, statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.caliper.caliper import Pixel
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.mask import Bools

    Floats = NDArray[np.float64]

LIVER_MM: Final = 30.0
AORTA_MM: Final = (10.0, 20.0)
"""Diameter, length."""
CRANIAL: Final = (0.0, 0.0, 1.0)
"""The direction of the descending aorta, LPS."""


class Uptake(NamedTuple):
    """Mean and standard deviation of a reference region.

    Attributes
    ----------
    mean, sd
        In the units of the volume: SUL for PERCIST.
    mask
        Its voxels, to be shown and moved.
    """

    mean: float
    sd: float
    mask: Mask


class Ball(NamedTuple):
    """A sphere of the patient.

    Attributes
    ----------
    radius_mm
        Voxels are in it whose centres are.
    """

    radius_mm: float

    def reach_mm(self, direction: Floats) -> float:
        """Return how far it reaches from its middle in a direction, mm."""
        return self.radius_mm

    def holds(self, offsets_mm: Floats) -> Bools:
        """Return which places lie in it, given from its middle, shape (…, 3), mm."""
        return np.asarray(np.linalg.norm(offsets_mm, axis=-1) <= self.radius_mm)


class Cylinder(NamedTuple):
    """A cylinder of the patient.

    Attributes
    ----------
    axis
        Its direction, of length 1, LPS.
    """

    radius_mm: float
    half_mm: float
    axis: Floats

    def reach_mm(self, direction: Floats) -> float:
        """Return how far it reaches from its middle in a direction, mm."""
        along = abs(float(direction @ self.axis))
        across = math.sqrt(max(0.0, 1 - along**2))
        return along * self.half_mm + across * self.radius_mm

    def holds(self, offsets_mm: Floats) -> Bools:
        """Return which places lie in it, given from its middle, shape (…, 3), mm."""
        along = offsets_mm @ self.axis
        across = np.linalg.norm(offsets_mm - along[..., None] * self.axis, axis=-1)
        return (np.abs(along) <= self.half_mm) & (across <= self.radius_mm)


def liver_reference(volume: Volume, slice_index: int, pixel: Pixel) -> Uptake:
    """Return uptake in a sphere of 3 cm around a click in the right lobe.

    Parameters
    ----------
    pixel
        Row, column of the click; fractions allowed.

    Raises
    ------
    GeometryError
        If the region leaves the image, holds padding, or the slices are not regular.
    SuvRefused
        If the volume is no PET in SUV.
    """
    return _uptake(volume, (slice_index, *pixel), Ball(LIVER_MM / 2))


def blood_pool_reference(
    volume: Volume,
    slice_index: int,
    pixel: Pixel,
    axis_lps: tuple[float, float, float] = CRANIAL,
) -> Uptake:
    """Return uptake in a cylinder of 1 cm by 2 cm around a click in the aorta.

    Parameters
    ----------
    pixel
        Row, column of the click; fractions allowed.
    axis_lps
        The direction of the vessel.

    Raises
    ------
    GeometryError, SuvRefused
        As `liver_reference`.
    """
    axis = np.array(axis_lps) / np.linalg.norm(axis_lps)
    diameter_mm, length_mm = AORTA_MM
    region = Cylinder(diameter_mm / 2, length_mm / 2, axis)
    return _uptake(volume, (slice_index, *pixel), region)


def _uptake(
    volume: Volume, click: tuple[float, float, float], region: Ball | Cylinder
) -> Uptake:
    require_uptake(volume)
    mask = placed(volume, click, region)
    found = statistics(mask, volume)
    if found.voxels < mask.voxels:
        raise _refused("it holds padding")
    return Uptake(found.mean, found.sd, mask)


def placed(
    volume: Volume, middle: tuple[float, float, float], region: Ball | Cylinder
) -> Mask:
    """Return the voxels of a region around a place.

    Parameters
    ----------
    middle
        Slice, row, column; fractions allowed.
    region
        In millimetres of the patient.

    Raises
    ------
    GeometryError
        If it leaves the image, or the slices are not regular.
    """
    centre = np.array(middle)
    to_lps = volume.affine_lps[:3, :3]
    spacing = np.array(volume.spacing_mm)
    reach = [region.reach_mm(step) for step in (to_lps / spacing).T] / spacing
    low, high = centre - reach, centre + reach
    if (low < -0.5).any() or (high > np.array(volume.shape) - 0.5).any():
        raise _refused("it leaves the image")
    first, beyond = np.ceil(low).astype(int), np.floor(high).astype(int) + 1
    indices = np.meshgrid(*map(np.arange, first, beyond), indexing="ij")
    inside = region.holds((np.stack(indices, axis=-1) - centre) @ to_lps.T)
    mask = Mask(volume, as_voxel(first), inside)
    mask.require_voxels("reference region")
    return mask


def _refused(why: str) -> GeometryError:
    return GeometryError.at("reference region", why, "Click farther inside")
