"""All figures of one mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.extent import max_3d_diameter_mm, mesh_diameter_mm
from recist_tool.measure.mask.labels import require_lesion
from recist_tool.measure.mask.statistics import SUV_UNITS, statistics
from recist_tool.measure.pet.peak import suv_peak
from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from recist_tool.measure.caliper.caliper import Ends
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.axes import Axes
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.mask.statistics import Statistics

    PointLPS = tuple[float, float, float]


class MaskMeasure(NamedTuple):
    """What a mask measures.

    Attributes
    ----------
    axes
        Long and short axis, their slice and their ends.
    long_axis_lps, short_axis_lps
        The same ends in the patient, mm.
    voxels
        How many lie inside.
    volume_ml, max_3d_diameter_mm, mesh_diameter_mm
        None where the slices are not one regular volume. The diameters are those of the
        lesion, to the boundary, and of the mesh around its voxels, as IBSI has it.
    statistics
        Of the image in the mask; None without an image.
    suv_peak
        Highest mean in 1 ml; None unless the image is a PET in SUV, or where no such
        sphere lies within it.
    units
        Of both: ``HU``, ``SUVbw``, ``SUL``, or the words of the file; empty without.
    """

    axes: Axes
    long_axis_lps: tuple[PointLPS, PointLPS]
    short_axis_lps: tuple[PointLPS, PointLPS]
    voxels: int
    volume_ml: float | None
    max_3d_diameter_mm: float | None
    mesh_diameter_mm: float | None
    statistics: Statistics | None
    suv_peak: float | None
    units: str

    def as_json(self) -> dict[str, Any]:
        """Return the figures of one lesion as `recist measure --json` prints them."""
        found: dict[str, Any] = {
            "slice": self.axes.slice_index,
            "long_axis_mm": self.axes.long_axis_mm,
            "short_axis_mm": self.axes.short_axis_mm,
            "long_axis_lps": [list(end) for end in self.long_axis_lps],
            "short_axis_lps": [list(end) for end in self.short_axis_lps],
            "volume_ml": self.volume_ml,
            "voxels": self.voxels,
            "max_3d_diameter_mm": self.max_3d_diameter_mm,
        }
        if self.statistics is not None:
            found |= {
                "mean": self.statistics.mean,
                "sd": self.statistics.sd,
                "min": self.statistics.minimum,
                "max": self.statistics.maximum,
                "suv_peak": self.suv_peak,
            }
        return found


def measure_mask(
    mask: Mask,
    volume: Volume | None = None,
    boundary: Boundary = Boundary.EDGE,
    *,
    inside_only: bool = False,
) -> MaskMeasure:
    """Return every figure of a lesion.

    Parameters
    ----------
    volume
        The image that the mask was drawn on, for the figures of its voxels.
    boundary, inside_only
        As `recist_tool.measure.mask.axes.axes` takes them.

    Raises
    ------
    GeometryError
        If the mask is empty, lies on another grid than the image, or the pixel spacing
        is unknown; if it reaches over more voxels than a lesion can.
    SuvRefused
        If the image is a PET without SUV.
    """
    require_lesion(mask.inside.shape)
    found = axes(mask, boundary, inside_only=inside_only)
    regular = mask.grid.is_regular
    return MaskMeasure(
        axes=found,
        long_axis_lps=_lps(mask, found.slice_index, found.long_ends),
        short_axis_lps=_lps(mask, found.slice_index, found.short_ends),
        voxels=mask.voxels,
        volume_ml=mask.volume_ml if regular else None,
        max_3d_diameter_mm=max_3d_diameter_mm(mask, boundary) if regular else None,
        mesh_diameter_mm=mesh_diameter_mm(mask) if regular else None,
        statistics=statistics(mask, volume) if volume is not None else None,
        suv_peak=_peak(mask, volume),
        units=volume.units if volume is not None else "",
    )


def _lps(mask: Mask, slice_index: int, ends: Ends) -> tuple[PointLPS, PointLPS]:
    (a, b, c), (d, e, f) = mask.grid.pixel_to_lps(slice_index, np.array(ends)).tolist()
    return (a, b, c), (d, e, f)


def _peak(mask: Mask, volume: Volume | None) -> float | None:
    if volume is None or volume.units not in SUV_UNITS or not volume.is_regular:
        return None
    peak = suv_peak(mask, volume)
    return peak and peak.value
