"""``recist scan`` as a person reads it."""

from __future__ import annotations

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from recist_tool.cli import main


@pytest.fixture
def two_patients(tmp_path):
    for name in ("ANNA", "BERTA"):
        image = dcmread(get_testdata_file("CT_small.dcm"))
        image.PatientName, image.PatientID = f"PLANTED^{name}", f"HOSPITAL-{name}"
        image.save_as(tmp_path / f"{len(name)}.dcm")
    return tmp_path


def test_two_patients_in_one_folder_are_told_apart_without_their_names(
    two_patients, capsys
):
    assert main(["scan", str(two_patients)]) == 0
    said = capsys.readouterr().out
    assert "2 patients: open each by itself" in said
    assert "Patient 1, from " in said
    assert "Patient 2, from " in said
    assert "PLANTED" not in said
    assert "HOSPITAL" not in said


def test_one_patient_is_not_numbered(two_patients, capsys):
    (two_patients / "4.dcm").unlink()
    assert main(["scan", str(two_patients)]) == 0
    assert "Patient" not in capsys.readouterr().out
