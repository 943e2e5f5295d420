"""A case does not tell whose images it is of: not by where they lie, nor by words."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pydicom
import pytest

from recist_tool.app.image_places import ROOT, located
from recist_tool.app.reading.patient_series import PatientSeries, visits_of
from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.dicom.scan.scan import scan
from recist_tool.dicom.scan.telling_folder import tells_patient
from recist_tool.model.case import SeriesReference, Timepoint
from recist_tool.model.commands import AddTimepoint, AttachSeries, LocateSeries
from recist_tool.model.protocol import Protocol
from recist_tool.store.casefile import journal_path
from recist_tool.terms import Blinded
from tests.dicom.series_files import Files

PLACE = "/data/images/DOE_JANE/BL"
BLINDED = Protocol(blinded_to=(Blinded.SUBJECT, Blinded.DESCRIPTIONS))


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv(ROOT, raising=False)


def reference(number, folder=PLACE):
    return SeriesReference(
        series_instance_uid=f"1.2.{number}",
        study_instance_uid="1.1",
        modality="CT",
        description="DOE Jane liver",
        folder=folder,
    )


def kept_by(folder, protocol=None, place=PLACE):
    """The folders and descriptions that a case keeps, by every command with series."""
    with Session.create(
        folder, subject_id="S-1", reader_id="anna", protocol=protocol
    ) as session:
        visit = Timepoint(
            timepoint_id="BL", date=dt.date(2024, 1, 1), series=(reference(1, place),)
        )
        session.do(AddTimepoint(timepoint=visit))
        session.do(AttachSeries(timepoint_id="BL", series=reference(2, place)))
        session.do(LocateSeries(folders={"1.2.2": f"{place}/moved"}))
        kept = session.case.timepoints[0].series
        text = (
            session.case_path.read_text() + journal_path(session.case_path).read_text()
        )
    return kept, text


def test_below_the_root_of_the_site_the_rest_of_the_path_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv(ROOT, "/data/images/DOE_JANE")
    (first, second), text = kept_by(tmp_path)
    assert (first.folder, second.folder) == ("BL", "BL/moved")
    assert "DOE_JANE" not in text
    assert located(first.folder) == PLACE
    monkeypatch.setenv(ROOT, "/mnt/other")  # the case travelled with its images
    assert located(first.folder) == "/mnt/other/BL"
    monkeypatch.delenv(ROOT)
    assert located(first.folder) == ""


@pytest.mark.parametrize("root", ["/mnt/elsewhere", None])
def test_what_lies_elsewhere_is_kept_by_a_digest_that_this_machine_alone_knows(
    tmp_path, monkeypatch, root
):
    if root:
        monkeypatch.setenv(ROOT, root)
    (first, second), text = kept_by(tmp_path, None if root else BLINDED)
    assert first.folder.startswith("digest:")
    assert first.folder != second.folder
    assert "DOE_JANE" not in text
    assert located(first.folder) == PLACE
    places = tmp_path / "cache" / "places"
    assert stat.S_IMODE(places.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in places.iterdir()} == {0o600}
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "another machine"))
    assert located(first.folder) == ""


def test_descriptions_that_readers_are_not_told_are_not_kept(tmp_path):
    kept, text = kept_by(tmp_path / "blinded", BLINDED)
    assert [one.description for one in kept] == ["", ""]
    assert "DOE" not in text
    open_kept, _ = kept_by(tmp_path / "open")
    assert [one.description for one in open_kept] == ["DOE Jane liver"] * 2


def test_without_a_root_an_open_case_keeps_the_folder_as_before(tmp_path):
    (first, _), _ = kept_by(tmp_path)
    assert first.folder == located(first.folder) == PLACE


def series_in(folder: Path, name="Doe^Jane Mary", number="0012345"):
    folder.mkdir(parents=True)
    Files(count=2, shape=(8, 8)).write(folder)
    for path in folder.iterdir():
        file = pydicom.dcmread(path)
        file.PatientName, file.PatientID = name, number
        file.save_as(path)
    return scan([folder], cached=False).series[0]


@pytest.mark.parametrize(
    ("folder", "tells"),
    [
        ("DOE_JANE/BL", True),
        ("mr doe", True),
        ("Döe-2024", True),
        ("12345", True),
        ("pat-0012345", True),
        ("S-1/BL", False),
        ("do/ne", False),
        ("123456", False),
    ],
)
def test_a_folder_that_looks_like_the_patient_is_known(tmp_path, folder, tells):
    series = series_in(tmp_path / folder)
    assert tells_patient(series) is tells


def test_the_pseudonym_of_the_trial_tells_nobody(tmp_path):
    series = series_in(tmp_path / "SYN-0001", name="SYN-0001", number="SYN-0001")
    assert tells_patient(series)
    assert not tells_patient(series, "SYN-0001")


def test_the_window_and_the_scan_warn_of_such_a_folder(tmp_path, monkeypatch, capsys):
    series = series_in(tmp_path / "Doe Jane")
    found = PatientSeries()
    found.add([series])
    with Session.create(tmp_path / "case", subject_id="S-1", reader_id="anna") as made:
        for visit in visits_of([series]):
            made.do(AddTimepoint(timepoint=visit))
        words = found.folder_words(made.case)
        assert "looks like a name or number" in words
        assert "Doe" not in words
        monkeypatch.setenv(ROOT, str(tmp_path))
        assert found.folder_words(made.case) == ""
    assert main(["scan", str(tmp_path / "Doe Jane"), "--no-cache"]) == 0
    assert "note: 1 of the folders look like" in capsys.readouterr().err
