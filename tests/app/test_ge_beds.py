"""A raw whole-body PET of a GE Discovery ST: beds that are not quite a multiple apart.

267 slices in a grid of 3.27 mm, with gaps of 3.19 and 3.29 mm at the borders of beds,
and no slice further than 0.04 mm from an even grid; the patient is the phantom's.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from pydicom import dcmread

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.measure.pet.metabolic import (
    fraction_of_max,
    metabolic,
    percist_liver_threshold,
)
from recist_tool.measure.pet.peak import suv_peak
from recist_tool.measure.pet.reference_region import liver_reference
from recist_tool.measure.segment.segment import segment_click
from recist_tool.phantom import SMALL_PATIENT, write_patient
from recist_tool.phantom.spec import Acquisition
from recist_tool.terms import Response, SuvUnit
from tests.criteria.cases import last
from tests.dicom.test_awkward_stacks import ge_places

GE = Acquisition(
    64, 64, slices=267, pixel_spacing_mm=(7.8, 7.8), slice_spacing_mm=3.27,
    slice_thickness_mm=3.27, center_lps=(0.0, 4.0, 2.5),
)  # fmt: skip
SPEC = replace(
    SMALL_PATIENT,
    subject_id="SYN-GE",
    ct=replace(SMALL_PATIENT.ct, rows=32, columns=32, pixel_spacing_mm=(11.0, 11.0)),
    pet=GE,
)
VISITS = ("BL", "TP2")
LESION = SPEC.lesions[0]
LIVER_LPS = (-80.0, 20.0, -15.0)
"""In the right lobe, away from every lesion."""


def pet_of(folder):
    """Return the PET of a visit in SUL."""
    (series,) = scan([folder], cached=False).series
    assert series.warnings == ()
    return load(series).in_suv(SuvUnit.LEAN_JANMAHASATIAN)


def voxel_at(volume, point_lps, visit):
    """Return slice and pixel of a point of the phantom at a visit."""
    offset = next(one.offset_lps for one in SPEC.visits if one.timepoint_id == visit)
    point = np.add(point_lps, offset)
    slice_index = int(np.abs(volume.slice_origins_lps[:, 2] - point[2]).argmin())
    return slice_index, tuple(volume.lps_to_pixel(slice_index, point[None])[0])


def measured(volume, visit):
    """Return what a click on the hottest lesion, and one on the liver, measure."""
    found = segment_click(volume, *voxel_at(volume, LESION.center_lps, visit))
    uptake = metabolic(found.mask, volume, fraction_of_max(found.mask, volume, 0.41))
    liver = liver_reference(volume, *voxel_at(volume, LIVER_LPS, visit))
    return {
        "voxels": found.mask.voxels,
        "sul_peak": suv_peak(found.mask, volume).value,
        "mtv_ml": uptake.mtv_ml,
        "tlg_g": uptake.tlg_g,
        "liver": liver,
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return what each visit measures: on an even grid, and between such beds."""
    folder = tmp_path_factory.mktemp("ge")
    write_patient(SPEC, folder)
    even = {visit: pet_of(folder / visit / "PT") for visit in VISITS}
    shifts = ge_places() - np.arange(GE.slices) * GE.slice_spacing_mm
    for visit in VISITS:
        paths = sorted((folder / visit / "PT").iterdir(), reverse=True)  # from the feet
        for path, shift in zip(paths, shifts, strict=True):
            dataset = dcmread(path)
            x, y, z = dataset.ImagePositionPatient
            dataset.ImagePositionPatient = [x, y, round(float(z) + shift, 5)]
            dataset.save_as(path)
    return even, {visit: pet_of(folder / visit / "PT") for visit in VISITS}


@pytest.mark.nightly
def test_the_gaps_are_those_of_the_scanner(both):
    gaps = np.round(np.diff(both[1]["BL"].slice_origins_lps[:, 2]), 2)
    values, counts = np.unique(gaps, return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {3.19: 1, 3.27: 260, 3.29: 5}
    assert both[1]["BL"].spacing_mm[0] == pytest.approx(3.27, abs=1e-3)


@pytest.mark.parametrize("visit", VISITS)
def test_a_click_peak_volume_and_glycolysis_are_those_of_an_even_grid(both, visit):
    even, beds = (measured(volumes[visit], visit) for volumes in both)
    assert beds["voxels"] == pytest.approx(even["voxels"], rel=0.01)
    for name in ("sul_peak", "mtv_ml", "tlg_g"):
        assert beds[name] == pytest.approx(even[name], rel=0.01)
    truth = LESION.course[0 if visit == "BL" else 2]
    volume = both[1][visit]
    lean = next(s for s in volume.suv_scales if s.unit == volume.units).per_suvbw
    assert beds["sul_peak"] == pytest.approx(truth.suv * lean, rel=0.12)
    assert beds["mtv_ml"] == pytest.approx(truth.shape.volume_ml, rel=0.25)
    assert beds["liver"].mean == pytest.approx(even["liver"].mean, rel=0.005)


def test_percist_answers_on_such_beds_as_on_an_even_grid(both):
    def visits(volumes):
        for at, visit in enumerate(VISITS):
            found = measured(volumes[visit], visit)
            peak, liver = found["sul_peak"], found["liver"]
            assert peak > percist_liver_threshold(liver)
            yield {
                "T1": 62 - 22 * at,
                "pet": {
                    "liver": {"mean_sul": exact(liver.mean), "sd_sul": exact(liver.sd)},
                    "lesions": {"T1": {"sul_peak": exact(peak)}},
                },
            }

    for volumes in both:
        answer = last("T1 liver", *visits(volumes), criteria="PERCIST")
        assert answer.overall is Response.PMR


def exact(number):
    return Decimal(f"{number:.3f}")
