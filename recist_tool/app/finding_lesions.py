"""Lesions found from one point of a series: that one, and the others of its organ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.burden import burden_percent
from recist_tool.measure.mask_measure import measure_mask
from recist_tool.measure.segment.organ import organ_around
from recist_tool.measure.segment.others import others_like
from recist_tool.measure.segment.segment import segment_click

if TYPE_CHECKING:
    from recist_tool.app.segmenting import ClickBorder
    from recist_tool.measure.geometry.volume import Volume
    from recist_tool.measure.mask.growth import GrowthOfAll
    from recist_tool.measure.mask.mask import Mask
    from recist_tool.measure.segment.segment import Segmentation

    PointLPS = tuple[float, float, float]


class FoundLesions(NamedTuple):
    """What was found from one point.

    Attributes
    ----------
    seen
        The lesion at the point.
    others
        Those of its organ that look like it; None where they were not asked for.
    organ
        In which they were looked for.
    """

    volume: Volume
    seen: Segmentation
    others: tuple[Segmentation, ...] | None = None
    organ: Mask | None = None

    @property
    def masks(self) -> list[Mask]:
        """All lesions, the seen one first."""
        return [one.mask for one in (self.seen, *(self.others or ()))]

    def as_json(self) -> dict[str, Any]:
        """Return what `recist find --json` prints."""
        answer: dict[str, Any] = {
            "lesion": _as_json(self.seen, self.volume),
            "units": self.volume.units,
        }
        if self.others is not None and self.organ is not None:
            answer["others"] = [_as_json(one, self.volume) for one in self.others]
            answer["burden"] = {
                "lesions": len(self.masks),
                "volume_ml": sum(one.volume_ml for one in self.masks),
                "organ_ml": self.organ.volume_ml,
                "percent_of_organ": burden_percent(self.masks, self.organ),
            }
        return answer


def find_lesions(
    volume: Volume,
    at_lps: PointLPS,
    border: ClickBorder,
    *,
    others: bool = False,
    organ: Mask | None = None,
) -> FoundLesions:
    """Return the lesion at a point, and the others of its organ that look like it.

    Parameters
    ----------
    at_lps
        In the patient, mm.
    border
        Where uptake ends on PET.
    others
        Whether to look for the others, too.
    organ
        Where to look for them; None finds the organ around the lesion, on CT.

    Raises
    ------
    RecistToolError
        If nothing is found there, or no organ, or the point lies outside the images.
    """
    slice_index, pixel = _place(volume, at_lps)
    seen = segment_click(volume, slice_index, pixel, **border._asdict())
    if not others:
        return FoundLesions(volume, seen)
    within = organ_around(volume, seen.mask) if organ is None else organ
    found = others_like(volume, seen.mask, within)
    return FoundLesions(volume, seen, tuple(found), within)


def growth_as_json(growth: GrowthOfAll) -> dict[str, Any]:
    """Return what became of all lesions, and of each, as `recist find` prints it."""
    return {
        "before_ml": growth.before_ml,
        "after_ml": growth.after_ml,
        "percent": growth.percent,
        "gone": growth.gone,
        "new": growth.new,
        "mixed": growth.is_mixed,
        "lesions": [one._asdict() | {"percent": one.percent} for one in growth.lesions],
    }


def _place(volume: Volume, at_lps: PointLPS) -> tuple[int, tuple[float, float]]:
    """Return the slice and the pixel at a point of the patient."""
    point = np.array(at_lps)
    depths = (volume.slice_origins_lps - point) @ volume.normal_lps
    slice_index = int(np.abs(depths).argmin())
    apart = volume.slice_spacing_mm or volume.slice_thickness_mm or 0.0
    if abs(float(depths[slice_index])) > max(apart, 1.0):
        raise GeometryError.at(
            "point", "it lies above or below the images", "Give x,y,z in the patient"
        )
    row, column = volume.lps_to_pixel(slice_index, point[np.newaxis])[0].tolist()
    return slice_index, (row, column)


def _as_json(found: Segmentation, volume: Volume) -> dict[str, Any]:
    answer = measure_mask(found.mask, volume).as_json()
    answer |= {
        "confidence": found.confidence,
        "method": found.method,
        "parameters": dict(found.parameters),
    }
    if found.cut is not None:
        answer["cut_ml"] = found.cut.volume_ml
    return answer
