"""What is not at hand, in words: series, slices, pictures; and where it may be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from napari_recist.room.relocate_images import elsewhere
from recist_tool.app import Session
from recist_tool.app.reading.current_read import CurrentRead
from recist_tool.app.reading.find_cases import harm_words, nothing_words
from recist_tool.app.reading.hanging_protocol import DisplaySet
from recist_tool.app.reading.missing_images import (
    GONE,
    NOT_FOUND,
    MissingImages,
    nearest,
)
from recist_tool.app.reading.patient_series import PatientSeries
from recist_tool.dicom import Skipped, scan, series_reference
from recist_tool.model import (
    AddTimepoint,
    Measured,
    Protocol,
    SeriesReference,
    Timepoint,
)
from recist_tool.terms import Blinded
from tests.builders import caliper
from tests.dicom.awkward_series import two_phases_by_time
from tests.dicom.series_files import Files
from tests.plugin.kept_case import keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.dicom import Series


class Desk:
    """A read with what was found of its images."""

    def __init__(self, folder: Path, protocol: Protocol | None = None) -> None:
        self.folder = folder
        self.reading = CurrentRead()
        session = Session.create(
            folder / "case", subject_id="S-1", reader_id="r", protocol=protocol
        )
        self.reading.take(session)
        self.studies = PatientSeries(lambda: self.reading.case)
        self.missing = MissingImages(self.reading, self.studies)

    def visit(self, *series: SeriesReference, name: str = "BL") -> Timepoint:
        month = 1 + len(self.reading.visits)
        date = dt.date(2024, month, 1)
        visit = Timepoint(timepoint_id=name, date=date, series=series)
        self.reading.open_session().do(AddTimepoint(timepoint=visit))
        return visit


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.reading.leave()


def reference(uid: str, folder: str = "", **details: object) -> SeriesReference:
    made = {"series_instance_uid": uid, "study_instance_uid": "1", "modality": "CT"}
    return SeriesReference.model_validate(made | {"folder": folder} | details)


def found_in(folder: Path) -> tuple[Series, ...]:
    return scan([folder], cached=False).series


def test_a_visit_whose_images_are_gone_says_where_they_were(desk: Desk) -> None:
    desk.visit(reference("1.1", "/data/Doe/BL/CT"), reference("1.2", "/data/Doe/BL/PT"))
    words = desk.missing.pane_words(DisplaySet("BL"))
    assert "The images of BL were not found. The numbers stay." in words
    assert "They were in …/BL/CT, …/BL/PT" in words
    assert "Doe" not in words


def test_a_missing_series_that_was_chosen_is_named(desk: Desk) -> None:
    lost = reference("1.2", "D:\\data\\Doe\\BL\\CT", description="Portal")
    desk.visit(reference("1.1"), lost)
    words = desk.missing.pane_words(DisplaySet("BL", "1.2"))
    assert words.startswith("CT  Portal of BL was not found.")
    assert "It was in …/BL/CT" in words


def test_while_images_are_looked_for_nothing_is_missing(desk: Desk) -> None:
    visit = desk.visit(reference("1.1", "/data/BL"))
    desk.missing.searching = True
    assert desk.missing.of_visit(visit) == []
    assert desk.missing.visit_note(visit) == ""
    assert "Looking for the images of BL" in desk.missing.pane_words(DisplaySet("BL"))


def test_a_visit_without_images_says_what_can_be_done_there(desk: Desk) -> None:
    visit = desk.visit()
    assert desk.missing.visit_note(visit) == ""
    assert "No images of BL are known" in desk.missing.pane_words(DisplaySet("BL"))
    assert desk.missing.of_film(DisplaySet("BL")) == []


def test_a_blinded_reader_is_not_told_folders_or_descriptions(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Protocol(blinded_to=(Blinded.DESCRIPTIONS,)))
    visit = desk.visit(reference("1.1", "/data/20240103_Portal", description="Portal"))
    words = desk.missing.pane_words(DisplaySet("BL", "1.1"))
    words += desk.missing.visit_note(visit)
    desk.reading.leave()
    assert "not found" in words
    assert "Portal" not in words
    assert "2024" not in words


def test_where_one_series_of_several_is_missing_the_list_leads_to_it(
    desk: Desk, tmp_path: Path
) -> None:
    Files().tagged(StudyDate="20240101").write(tmp_path / "CT")
    (series,) = found_in(tmp_path)
    visit = desk.visit(series_reference(series), reference("9.9", description="Late"))
    desk.studies.add([series])
    assert "CT  Late of BL was not found" in desk.missing.visit_note(visit)
    assert "Click it in the list" in desk.missing.visit_note(visit)


def test_a_picture_is_refused_where_series_or_slice_is_gone(
    patient: Path, tmp_path: Path
) -> None:
    kept = keep(patient, tmp_path)
    reading = CurrentRead()
    reading.take(Session.open(kept.case_path, reader_id="reader-1"))
    studies = PatientSeries(lambda: reading.case)
    missing = MissingImages(reading, studies)
    image = kept.image_of("T1", "BL")
    measured = kept_findings(reading)
    assert {missing.why_no_picture(one) for one in measured.values()} == {NOT_FOUND}
    missing.searching = True
    assert {missing.why_no_picture(one) for one in measured.values()} == {""}
    missing.searching = False
    image.unlink()
    studies.add(found_in(kept.images / "BL"))
    assert missing.why_no_picture(measured["T1"]) == GONE
    assert missing.why_no_picture(measured["T2"]) == ""
    note = missing.gone_note("BL")
    assert note.startswith("The slices of T1 at BL are not at hand")
    assert missing.gone_note("TP1") == ""
    missing.searching = True  # for others: what the series of this one holds is known
    assert missing.why_no_picture(measured["T1"]) == GONE
    reading.leave()


def kept_findings(reading: CurrentRead) -> dict[str, object]:
    assert reading.read is not None
    return {name: reading.read.finding(name, "BL") for name in ("T1", "T2")}


def test_what_was_typed_in_never_had_a_picture(desk: Desk) -> None:
    assert desk.missing.why_no_picture(Measured(caliper=caliper(30))) == ""
    assert desk.missing.why_no_picture(None) == ""


# ----------------------------------------------------------------- the series found


def test_a_series_that_lost_slices_says_how_many(desk: Desk, tmp_path: Path) -> None:
    files = Files(count=9)
    paths = files.write(tmp_path / "CT")
    (whole,) = found_in(tmp_path)
    desk.visit(series_reference(whole))
    for path in paths[:2]:
        path.unlink()
    desk.studies.add(found_in(tmp_path))
    (shorter,) = desk.studies.of_visit(desk.reading.visits[0])
    assert shorter.warnings[0].text == "2 of its 9 slices are not at hand"
    assert str(shorter.warnings[0].code) == "missing-slice"


def test_a_split_off_part_is_no_loss(desk: Desk, tmp_path: Path) -> None:
    files = Files(count=6)
    files.write(tmp_path / "a")
    thin = files.but(count=3, spacing_mm=(2.5, 0.4, 0.4), series_uid=files.series_uid)
    for index, path in enumerate(thin.write(tmp_path / "b")):
        data = thin.tagged(SOPInstanceUID=f"{files.series_uid}.7{index}").dataset(index)
        data.save_as(path, enforce_file_format=True)
    parts = found_in(tmp_path)
    assert sorted(len(one.slices) for one in parts) == [3, 6]
    desk.visit(series_reference(max(parts, key=lambda one: len(one.slices))))
    desk.studies.add(parts)
    told = [w.text for one in desk.studies.undated() for w in one.warnings]
    visit = desk.reading.visits[0]
    told += [w.text for one in desk.studies.of_visit(visit) for w in one.warnings]
    assert told
    assert not [text for text in told if "not at hand" in text]


def test_a_series_found_whole_takes_the_place_of_its_part(tmp_path: Path) -> None:
    studies, files = PatientSeries(), Files(count=6)
    paths = files.write(tmp_path / "CT")
    aside = [path.rename(tmp_path / path.name) for path in paths[:2]]
    (part,) = found_in(tmp_path / "CT")
    assert studies.add([part]) == set()
    for path in aside:
        path.rename(tmp_path / "CT" / path.name)
    (whole,) = found_in(tmp_path / "CT")
    assert studies.add([whole]) == {part.key}
    assert studies.keys_of([files.series_uid]) == [whole.key]
    assert studies.add([whole]) == set()


def test_what_is_read_on_comes_first_also_where_it_was_found_last(
    desk: Desk, tmp_path: Path
) -> None:
    for name in ("CT", "PT"):
        Files().write(tmp_path / name)
    first, second = found_in(tmp_path)
    visit = desk.visit(series_reference(first), series_reference(second))
    desk.studies.add([second])
    desk.studies.add([first])
    uids = [one.series_instance_uid for one in desk.studies.of_visit(visit)]
    assert uids == [first.series_instance_uid, second.series_instance_uid]


def test_studies_that_name_nobody_are_each_of_somebody_else(tmp_path: Path) -> None:
    nobody = {"PatientID": None, "PatientName": None}
    for name in ("a", "b"):
        Files().tagged(**nobody).write(tmp_path / name)
    first, second = found_in(tmp_path)
    studies = PatientSeries()
    studies.add([first])
    assert not studies.is_of_another([first])
    assert studies.is_of_another([second])


def test_a_series_whose_files_went_away_is_forgotten(tmp_path: Path) -> None:
    studies, files = PatientSeries(), Files()
    paths = files.write(tmp_path / "CT")
    studies.add(found_in(tmp_path))
    (key,) = studies.keys_of([files.series_uid])
    assert studies.drop_if_gone(key) == ""
    for path in paths:
        path.unlink()
    assert studies.drop_if_gone(key) == files.series_uid
    assert studies.find(key) is None
    assert studies.drop_if_gone(key) == ""


# ----------------------------------------------------------------- where it may be


def test_where_one_series_moved_the_others_are_looked_for(tmp_path: Path) -> None:
    files = Files()
    files.write(tmp_path / "new" / "trial" / "BL" / "CT")
    lost = [
        reference(files.series_uid, "/old/trial/BL/CT"),
        reference("1.2", "/old/trial/BL/PT"),
        reference("1.3", "/old/trial/TP1/CT"),
        reference("1.4", "/elsewhere/TP2/CT"),
        reference("1.5", ""),
    ]
    found = elsewhere(lost, found_in(tmp_path))
    new = tmp_path / "new" / "trial"
    assert found == {new / "BL" / "PT", new / "TP1" / "CT"}


def test_a_case_kept_on_another_system_is_followed_too(tmp_path: Path) -> None:
    files = Files()
    files.write(tmp_path / "BL" / "CT")
    lost = [
        reference(files.series_uid, "D:\\trial\\BL\\CT"),
        reference("1.2", "D:\\trial\\TP1\\CT"),
    ]
    assert elsewhere(lost, found_in(tmp_path)) == {tmp_path / "TP1" / "CT"}


def test_the_search_begins_at_the_nearest_folder_that_is_left(tmp_path: Path) -> None:
    assert nearest(str(tmp_path / "gone" / "BL" / "CT")) == str(tmp_path)
    assert nearest("") == ""


# ----------------------------------------------------------------- in words


def test_why_nothing_was_found_is_the_commonest_reason() -> None:
    here = Path("a")
    empty = nothing_words([here], [Skipped(here, "an empty folder")])
    assert empty == "an empty folder"
    notes = [Skipped(here / str(n), "not a DICOM file") for n in range(3)]
    words = nothing_words([here], [*notes, Skipped(here / "x", "cut off: 9 bytes")])
    assert words == (
        "no CT or PET series in DICOM format (not a DICOM file, for 3 of 4 files)"
    )
    assert nothing_words([here], []) == "no CT or PET series in DICOM format"


def test_harm_is_told_and_other_kinds_of_files_are_not() -> None:
    note = Skipped(Path("note.txt"), "not a DICOM file")
    cut = Skipped(Path("a/0007.dcm"), "cut off: 9 bytes")
    assert harm_words([note]) == ""
    assert harm_words([note, cut]) == "1 file is left out, 0007.dcm: cut off: 9 bytes."
    assert harm_words([cut, cut]).startswith("2 files are left out, the first of them")


def test_of_two_phases_that_share_a_uid_the_pinned_one_is_read_or_missed(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "CT").mkdir()
    two_phases_by_time(tmp_path / "CT")
    first, second = found_in(tmp_path / "CT")
    visit = desk.visit(series_reference(second), series_reference(first))
    desk.studies.add([first])
    assert [one.part for one in desk.studies.missing(visit)] == [second.key]
    desk.studies.add([second])
    assert [one.key for one in desk.studies.of_visit(visit)] == [second.key, first.key]
    assert desk.studies.missing(visit) == []
