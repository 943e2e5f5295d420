"""What a series is proposed to be good for."""

from __future__ import annotations

import pytest

from recist_tool.dicom.scan.scan import scan
from recist_tool.terms import SeriesRole
from tests.dicom.series_files import Files, pet


def roles(folder):
    return {series.description: series.role for series in scan([folder]).series}


@pytest.mark.parametrize(
    ("description", "image_type", "role"),
    [
        ("Abdomen", ["ORIGINAL", "PRIMARY", "AXIAL"], SeriesRole.DIAGNOSTIC_CT),
        ("CTAC 3.75", ["ORIGINAL", "PRIMARY", "AXIAL"], SeriesRole.LOW_DOSE_CT),
        ("low dose CT", ["ORIGINAL", "PRIMARY"], SeriesRole.LOW_DOSE_CT),
        ("Abdomen MIP", ["ORIGINAL", "PRIMARY"], SeriesRole.DERIVED),
        ("Abdomen", ["DERIVED", "SECONDARY", "MPR"], SeriesRole.DERIVED),
        ("scout", ["ORIGINAL", "PRIMARY", "LOCALIZER"], SeriesRole.LOCALIZER),
    ],
)
def test_the_role_of_a_ct_is_proposed_with_its_reason(
    tmp_path, description, image_type, role
):
    Files().tagged(SeriesDescription=description, ImageType=image_type).write(tmp_path)
    assert roles(tmp_path)[description].name is role
    assert roles(tmp_path)[description].reason


def test_a_pet_without_attenuation_correction_is_no_pet_for_suv(tmp_path):
    pet(SeriesDescription="NAC", CorrectedImage=["DECY"]).write(tmp_path / "a")
    pet(SeriesDescription="PET").write(tmp_path / "b")
    found = roles(tmp_path)
    assert found["NAC"].name is SeriesRole.UNCORRECTED_PET
    assert "(0028,0051)" in found["NAC"].reason
    assert found["PET"].name is SeriesRole.PET


def test_a_ct_in_the_frame_of_a_pet_without_contrast_is_taken_as_low_dose(tmp_path):
    same = {"FrameOfReferenceUID": "1.2.9", "StudyInstanceUID": "1.2.3"}
    Files().tagged(SeriesDescription="CT", **same).write(tmp_path / "ct")
    enhanced = {"ContrastBolusAgent": "Iohexol"}
    Files().tagged(SeriesDescription="CE", **same, **enhanced).write(tmp_path / "ce")
    pet(SeriesDescription="PET", **same).write(tmp_path / "pet")
    found = roles(tmp_path)
    assert found["CT"].name is SeriesRole.LOW_DOSE_CT
    assert "PET" in found["CT"].reason
    assert found["CE"].name is SeriesRole.DIAGNOSTIC_CT
