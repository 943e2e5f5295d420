"""Patients whom only missing tags tell apart are one, where the reader says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dicom.series_files import Files
from tests.plugin.dock_hands import press

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


@pytest.fixture
def visits(tmp_path: Path) -> Path:
    """Baseline and follow-up of one patient; the follow-up lacks the birth date."""
    folder = tmp_path / "images"
    Files().tagged(PatientBirthDate="19600101").write(folder / "a")
    later = Files().tagged(PatientBirthDate="", StudyDate="20240501")
    later.write(folder / "b")
    return folder


def test_a_folder_of_both_is_opened_as_one_patient_once_the_reader_says_so(
    make_reader: Callable[[], Reader], visits: Path
) -> None:
    reader = make_reader()
    reader.open(visits)
    assert "PatientBirthDate (0010,0030), which some of them lack" in (
        reader.reading.question
    )
    assert reader.reading.visits == ()
    press(reader, "question no")
    assert (reader.reading.question, reader.reading.visits) == ("", ())
    reader.open(visits)
    press(reader, "question yes")
    reader.settle()
    assert [one.timepoint_id for one in reader.reading.visits] == ["BL", "TP1"]
    assert len(reader.room.studies.people) == 1


def test_a_follow_up_joins_the_case_that_is_open_and_the_case_opens_again(
    make_reader: Callable[[], Reader], visits: Path
) -> None:
    reader = make_reader()
    reader.open(visits / "a")
    reader.room.begin()
    path = reader.reading.open_session().case_path
    reader.open(visits / "b")
    press(reader, "question yes")
    reader.settle()
    case = reader.reading.case
    assert case is not None
    assert [one.timepoint_id for one in case.timepoints] == ["BL", "TP1"]
    reader.room.put_away()
    again = make_reader()
    again.open(path)
    assert again.reading.case == case
    assert not again.reading.note.is_error
    assert all(again.room.studies.of_visit(one) for one in case.timepoints)
