"""What a report says of lesions, beside what is measured here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.masks.dataset import damage_told
from recist_tool.dicom.masks.sr import read_sr_measurements

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.dicom.masks.sr import Reported

MEAN: Final = ("R-00317", "373098007")
SD: Final = ("R-10047", "386136009")
LEAST: Final = ("R-404FB", "255605001")
MOST: Final = ("G-A437", "56851009")
PEAK: Final = ("126031",)
"""Codes of derivations, SRT and SCT; and of DCM."""
SUVBW: Final = "126401"
SAME: Final = {
    ("G-D705", ""): "volume_ml",
    ("118565006", ""): "volume_ml",
    ("126033", ""): "tlg_g",
} | {
    (SUVBW, how): key
    for key, derivations in {
        "mean": MEAN,
        "sd": SD,
        "min": LEAST,
        "max": MOST,
        "suv_peak": PEAK,
    }.items()
    for how in derivations
}
UNITS: Final = {"volume_ml": {"ml": 1.0, "mL": 1.0, "cm3": 1.0, "mm3": 1e-3}}
"""What a reported value is multiplied with."""


def with_report(answer: dict[str, Any], path: Path, report: Path) -> dict[str, Any]:
    """Return an answer in which each lesion has what a report says of it.

    Parameters
    ----------
    answer
        What `recist measure --json` prints of a DICOM SEG.
    path
        That file.
    report
        A structured report, TID 1500, of its segments.

    Raises
    ------
    DicomError
        If the report is damaged, or not one of this segmentation.
    """
    with damage_told(path):
        uid = read_header(path).elements.text(tags.SOP_INSTANCE_UID)
    reported = read_sr_measurements(report, uid)
    lesions = [
        lesion
        | {
            "reported": [
                _beside(one, lesion, answer["units"])
                for one in reported
                if one.label == lesion["label"]
            ]
        }
        for lesion in answer["lesions"]
    ]
    return answer | {"lesions": lesions}


def _beside(one: Reported, lesion: dict[str, Any], units: str | None) -> dict[str, Any]:
    key = SAME.get((one.code, one.derivation))
    factor = UNITS.get(key or "", {}).get(one.unit, 1.0)
    is_comparable = one.code != SUVBW or units == "SUVbw"
    return {
        "name": one.meaning,
        "value": one.value * factor,
        "unit": "ml" if key == "volume_ml" else one.unit,
        "measured": lesion[key] if key and is_comparable else None,
    }
