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


def test_ctrl_c_ends_a_scan_with_one_line(two_patients, capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("recist_tool.cli.scan.scan", interrupted)
    assert main(["scan", str(two_patients)]) == 130
    assert capsys.readouterr() == ("", "recist: interrupted\n")


def test_a_scan_without_the_cache_says_the_same(two_patients, capsys):
    assert main(["scan", str(two_patients), "--json"]) == 0
    known = capsys.readouterr().out
    assert main(["scan", str(two_patients), "--json", "--no-cache"]) == 0
    assert capsys.readouterr().out == known
