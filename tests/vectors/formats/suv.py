"""suv_v1: the DICOM tags of a PET series, and the SUV factors that they give."""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.suv_tags import SuvRefusal, pet_facts
from recist_tool.measure.pet.suv import LeanBodyMass, lean_body_mass_kg, suv_scales
from recist_tool.terms import SuvUnit
from tests.dicom.series_files import Files, save

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ISOTOPE = {
    "RadionuclideHalfLife",
    "RadionuclideTotalDose",
    "RadiopharmaceuticalStartTime",
    "RadiopharmaceuticalStartDateTime",
}
NOT_SETTINGS = {
    "refuse to compute SUV when DECY is absent (QIBA, calculate-suv)": "we compute",
    "decay to frame start": "less exact than the mean count rate",
    "decay to frame mid-time": "less exact than the mean count rate",
    "earliest acquisition time in the series": "for files without FrameReferenceTime",
    "auto-convert MBq": "never in silence",
}


def checks(data: Mapping[str, Any]):
    """Yield one check for each case."""
    for case in data["cases"]:
        check = factors if "Units" in case["dicom"] else body_size
        yield case["id"], partial(check, case)


def body_size(case: Mapping[str, Any]) -> None:
    tags, expected = case["dicom"], dict(case["expected"])
    body = tags["PatientWeight"], tags["PatientSize"], tags["PatientSex"]
    for name, formula in (
        ("lbm_g_james", LeanBodyMass.JAMES),
        ("lbm_g_janma", LeanBodyMass.JANMAHASATIAN),
    ):
        lean = lean_body_mass_kg(*body, formula) * 1000
        assert lean == pytest.approx(expected.pop(name), rel=case["relative_tolerance"])
    assert not expected


def factors(case: Mapping[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(case["dicom"], Path(folder))
        (series,) = scan([Path(folder)]).series
    for name, value in case["expected"].items():
        check(case, series, name, value)


def check(case: Mapping[str, Any], series: Any, name: str, value: Any) -> None:
    if value is None:
        assert name == "suvbw_factor"
        assert isinstance(series.suv, SuvRefusal)
        assert series.suv.refused
    elif isinstance(value, str):
        assert TEXTS[value] in said(series)
    else:
        near = pytest.approx(value, rel=case["relative_tolerance"])
        assert number(case, series, name) == near


TEXTS = {
    "dose below 1e5 Bq: unit check": "(entered in MBq?)",
    "PatientSize is metres; 175 is implausible": "metres; 175 is implausible",
    "110000": "the earliest acquisition",
}
"""What an expected text must be recognised by."""


def said(series: Any) -> str:
    refused = isinstance(series.suv, SuvRefusal)
    return series.suv.refused if refused else factor(series).method


def number(case: Mapping[str, Any], series: Any, name: str) -> float:
    if name.startswith("suvbw_for_stored_value_"):
        tags, stored = case["dicom"], float(name.rpartition("_")[2])
        value = stored * tags["RescaleSlope"] + tags["RescaleIntercept"]
        return value * factor(series).suvbw_factor
    return {
        "suvbw_factor": lambda: factor(series).suvbw_factor,
        "sul_factor": lambda: factor(series).sul_factor,
        "lbm_kg": lambda: lean_mass(case, series),
        "decayed_dose_bq": lambda: left_bq(series),
        "decay_time_s": lambda: waited_s(series),
        "effective_decay_time_s": lambda: waited_s(series),
    }[name]()


def waited_s(series: Any) -> float:
    facts = pet_facts(series.slices[0].elements)
    return math.log2(facts.total_dose_bq / left_bq(series)) * facts.half_life_s


def factor(series: Any):
    return series.suv.factors


def left_bq(series: Any) -> float:
    facts = pet_facts(series.slices[0].elements)
    return facts.weight_kg * 1000 / factor(series).suvbw_factor


def lean_mass(case: Mapping[str, Any], series: Any) -> float:
    james = "James" in case["title"]
    unit = SuvUnit.LEAN_JAMES if james else SuvUnit.LEAN_JANMAHASATIAN
    facts = pet_facts(series.slices[0].elements)
    [scale] = [one for one in suv_scales(facts) if one.unit is unit]
    return scale.per_suvbw * facts.weight_kg


def write(tags: Mapping[str, Any], folder: Path) -> None:
    """Write two slices that carry the tags of a case."""
    tags = dict(tags)
    private = tags.pop("private", {})
    earliest = tags.pop("earliest_AcquisitionTime_in_series", None)
    rename(tags)
    isotope = {name: tags.pop(name) for name in ISOTOPE & set(tags)}
    files = Files(count=2, tags={"Modality": "PT", **tags}, isotope=isotope)
    for index in range(2):
        dataset = files.dataset(index)
        if earliest is not None and index == 1:
            dataset.AcquisitionTime = earliest
        for tag, value in private.items():
            number = int(tag[1:5] + tag[6:10], 16)
            dataset.add_new(0x70530010, "LO", "Philips PET Private Group")
            dataset.add_new(number, "DS", str(value))
        save(dataset, folder / f"{index}.dcm", files.transfer_syntax)


def rename(tags: dict[str, Any]) -> None:
    """Turn the short forms of some cases into the tags that they stand for."""
    day = tags.pop("date", "2020-12-17").replace("-", "")
    if "start_time" in tags:
        tags["RadiopharmaceuticalStartTime"] = tags.pop("start_time").replace(":", "")
    if "scan_time_used" in tags:
        at = tags.pop("scan_time_used").replace(":", "")
        tags |= {"SeriesDate": day, "SeriesTime": at}
        tags |= {"AcquisitionDate": day, "AcquisitionTime": at}
