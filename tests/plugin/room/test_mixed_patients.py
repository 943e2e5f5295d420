"""Images of two patients never meet, whichever way they come; the reader is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom
import pytest
from qtpy.QtCore import Qt

from recist_tool.app import Session
from recist_tool.store.casefile import load_case
from tests.dicom.series_files import Files
from tests.plugin.kept_case import Kept, keep
from tests.plugin.medium import write_medium

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


@pytest.fixture
def kept(patient: Path, tmp_path: Path) -> Kept:
    return keep(patient, tmp_path)


@pytest.fixture
def open_case(make_reader: Callable[[], Reader], kept: Kept) -> Reader:
    reader = make_reader()
    reader.open(kept.case_path)
    return reader


def other(folder: Path, **tags: object) -> Path:
    """Write a series of another patient."""
    Files().tagged(PatientID="P-2", StudyDate="20250102", **tags).write(folder)
    return folder


def is_untouched(reader: Reader, kept: Kept, entries: int) -> bool:
    """Return whether the case is open as it was, alone with its own images."""
    session = reader.reading.session
    return (
        session is not None
        and session.case_path == kept.case_path
        and len(session.entries) == entries
        and len(reader.room.studies.people) == 1
        and reader.room.pane.volume is not None
    )


def as_folder(folder: Path) -> Path:
    return folder


def as_zip(folder: Path) -> Path:
    return Path(shutil.make_archive(str(folder.with_name("both")), "zip", folder))


def as_dicomdir(folder: Path) -> Path:
    return write_medium(folder, folder.with_name("medium"))


@pytest.mark.parametrize("as_given", [as_folder, as_zip, as_dicomdir])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_two_patients_in_one_place_are_refused_and_the_open_case_stays(
    open_case: Reader, kept: Kept, tmp_path: Path, as_given: Callable[[Path], Path]
) -> None:
    entries = len(open_case.reading.open_session().entries)
    both = tmp_path / "both"
    other(both / "one", StudyID="1", StudyTime="100000")
    Files().tagged(
        PatientID="P-3", StudyDate="20250102", StudyID="2", StudyTime="110000"
    ).write(both / "two")
    open_case.open(as_given(both))
    assert open_case.reading.note.is_error
    assert "hold images of 2 patients" in open_case.reading.note.text
    assert "Worklist" in open_case.reading.note.text
    assert is_untouched(open_case, kept, entries)


def test_another_patient_closes_the_case_which_is_told_and_saved(
    open_case: Reader, kept: Kept, tmp_path: Path
) -> None:
    before = open_case.reading.case
    open_case.open(other(tmp_path / "other"))
    assert open_case.reading.session is None
    note = open_case.reading.note
    assert note.is_error
    assert "of another patient than S-1" in note.text
    assert "all of it is saved" in note.text
    assert load_case(kept.case_path).case == before
    assert len(open_case.room.studies.people) == 1
    assert open_case.reading.visits[0].date.year == 2025
    open_case.open(kept.case_path)
    assert open_case.reading.case == before
    assert len(open_case.room.studies.people) == 1


@pytest.mark.nightly
def test_another_patient_whose_case_is_open_elsewhere_changes_nothing_here(
    open_case: Reader, kept: Kept, tmp_path: Path, make_reader: Callable[[], Reader]
) -> None:
    entries = len(open_case.reading.open_session().entries)
    folder = other(tmp_path / "other")
    second = make_reader()
    second.open(folder)
    second.key(Qt.Key.Key_M)
    second.drag((1, 1), (1, 5))
    assert second.reading.session is not None
    open_case.open(folder)
    assert "is open in another window" in open_case.reading.note.text
    assert is_untouched(open_case, kept, entries)


def test_a_folder_that_holds_somebody_else_by_now_is_not_taken_for_the_case(
    make_reader: Callable[[], Reader], kept: Kept
) -> None:
    shutil.rmtree(kept.images)
    other(kept.images / "BL" / "CT")
    reader = make_reader()
    reader.open(kept.case_path)
    assert reader.room.studies.people == set()
    assert reader.room.pane.volume is None
    assert "The images of BL were not found" in reader.reading.note.text


def test_images_that_name_nobody_do_not_join_a_case(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    nobody = {"PatientID": None, "PatientName": None}
    Files().tagged(**nobody).write(tmp_path / "one")
    Files().tagged(**nobody, StudyDate="20250102").write(tmp_path / "two")
    reader = make_reader()
    reader.open(tmp_path / "one")
    reader.room.begin()
    path = reader.reading.open_session().case_path
    reader.open(tmp_path / "two")
    assert reader.reading.session is None
    assert "of another patient" in reader.reading.note.text
    assert len(load_case(path).case.timepoints) == 1


def test_the_cases_own_images_under_another_name_are_its_own(
    open_case: Reader, kept: Kept, tmp_path: Path
) -> None:
    renamed = tmp_path / "renamed"
    shutil.copytree(kept.images / "BL" / "CT", renamed)
    for path in renamed.iterdir():
        data = pydicom.dcmread(path)
        data.PatientID, data.PatientName = "X-9", "Nobody"
        data.save_as(path)
    open_case.open(renamed)
    session = open_case.reading.session
    assert session is not None
    assert session.case_path == kept.case_path
    assert not open_case.reading.note.is_error


def test_images_that_arrive_after_another_case_was_opened_are_not_put_into_it(
    make_reader: Callable[[], Reader], tmp_path: Path
) -> None:
    with Session.create(
        tmp_path / "empty", subject_id="S-9", reader_id="reader-1"
    ) as session:
        path = session.case_path
    reader = make_reader()
    reader.dock.open([other(tmp_path / "other")])
    reader.open(path)
    case = reader.reading.case
    assert case is not None
    assert case.subject_id == "S-9"
    assert case.timepoints == ()
    assert "were not opened" in reader.reading.note.text
    assert reader.room.studies.people == set()
