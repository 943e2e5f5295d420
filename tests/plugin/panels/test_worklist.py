"""Many patients at the window: their progress, the filter, the next one, both kept."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QTableWidget

from napari_recist.panels.worklist import WorklistPanel
from recist_tool.app import Session
from recist_tool.model import AddTimepoint, LockTimepoint, NonTargetSeen, Timepoint
from recist_tool.terms import LesionRole, NonTargetStatus
from tests.builders import NOON

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui
PRESENT = NonTargetSeen(status=NonTargetStatus.PRESENT)


def begin(folder: Path, subject_id: str, *, signed: bool = False) -> Path:
    """Begin a case of two visits and one lesion, measured at the first."""
    with Session.create(folder, subject_id=subject_id, reader_id="reader-1") as session:
        for name, month in (("BL", 1), ("TP1", 3)):
            visit = Timepoint(timepoint_id=name, date=dt.date(2024, month, 1))
            session.do(AddTimepoint(timepoint=visit))
        session.add_lesion(LesionRole.NON_TARGET, "lung")
        session.record("NT1", "BL", PRESENT)
        for name in ("BL", "TP1") if signed else ():
            session.do(
                LockTimepoint(
                    reader_id="reader-1", timepoint_id=name, signed_by="A", at=NOON
                )
            )
        return session.case_path


class Work:
    """The worklist as a reader has it before them."""

    def __init__(self, reader: Reader, qtbot: QtBot, folder: Path) -> None:
        self.reader = reader
        self._qtbot = qtbot
        self.panel = reader.dock.findChild(WorklistPanel)
        self.table = self.panel.findChild(QTableWidget, "worklist")
        self.panel.list_folder(folder)
        reader.settle()

    @property
    def rows(self) -> list[list[str]]:
        table = self.table
        return [
            [table.item(row, column).text() for column in range(3)]
            for row in range(table.rowCount())
        ]

    @property
    def subject(self) -> str:
        case = self.reader.reading.case
        return "" if case is None else case.subject_id

    def open(self, row: int) -> None:
        self.table.cellDoubleClicked.emit(row, 0)
        self.reader.settle()

    def go_on(self) -> None:
        button = self.panel.findChild(QPushButton, "next case")
        button.click()
        self.reader.settle()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "trial"
    begin(folder / "S-1", "S-1")
    begin(folder / "S-2", "S-2", signed=True)
    begin(folder / "S-3", "S-3")
    (folder / "S-4.case.json").write_text("{")
    return folder


@pytest.fixture
def work(make_reader: Callable[[], Reader], qtbot: QtBot, folder: Path) -> Work:
    return Work(make_reader(), qtbot, folder)


def test_each_patient_is_one_row_with_every_visit(work: Work) -> None:
    assert work.rows == [
        ["S-1", "BL 1/1  TP1 0/1", "1"],
        ["S-2", "BL ✓  TP1 ✓", ""],
        ["S-3", "BL 1/1  TP1 0/1", "1"],
        ["S-4", "does not read", ""],
    ]
    assert "TP1 waits for NT1" in work.table.item(0, 0).toolTip()


def test_the_filter_and_the_box_leave_out_what_is_not_wanted(
    work: Work, qtbot: QtBot
) -> None:
    work.panel.findChild(QCheckBox, "worklist to do").setChecked(True)
    assert [row[0] for row in work.rows] == ["S-1", "S-3", "S-4"]
    qtbot.keyClicks(work.panel.findChild(QLineEdit, "worklist filter"), "s-3")
    assert [row[0] for row in work.rows] == ["S-3"]
    assert "1 of 4" in work.panel.findChild(QLabel, "worklist words").text()


def test_the_next_case_passes_over_what_is_signed_and_goes_round(work: Work) -> None:
    met: list[str] = []
    for _ in range(3):
        work.go_on()
        met.append(work.subject)
    assert met == ["S-1", "S-3", "S-1"]


def test_what_was_said_of_a_patient_is_there_when_the_reader_comes_back(
    work: Work,
) -> None:
    reading = work.reader.reading
    work.open(0)
    reading.open_session().record("NT1", "TP1", PRESENT)
    reading.changed.emit()
    assert work.rows[0] == ["S-1", "BL 1/1  TP1 1/1", ""]
    work.open(2)
    assert work.subject == "S-3"
    work.open(0)
    assert work.reader.finding("NT1", "TP1") == PRESENT


def test_a_case_open_in_another_window_is_told_and_the_one_here_stays(
    work: Work, folder: Path
) -> None:
    work.open(0)
    with Session.open(folder / "S-3" / "S-3.case.json", reader_id="other"):
        work.open(2)
        assert "open in another window" in work.reader.reading.note.text
        assert work.subject == "S-1"
    work.open(2)
    assert work.subject == "S-3"


def test_opening_the_case_that_is_open_changes_nothing(work: Work) -> None:
    work.open(0)
    session = work.reader.reading.session
    work.open(0)
    assert work.reader.reading.session is session
    assert not work.reader.reading.note.is_error


def test_a_case_that_does_not_read_says_why_in_place(work: Work) -> None:
    work.open(3)
    assert "S-4.case.json" in work.reader.reading.note.text
    assert work.subject == ""


def test_images_of_the_patient_before_do_not_stay(work: Work, patient: Path) -> None:
    reader = work.reader
    reader.open(patient)
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    assert work.subject.startswith("P-")
    work.open(0)
    assert work.subject == "S-1"
    assert reader.room.pane.volume is None
    assert reader.room.studies.folders() == set()


def test_images_that_were_begun_from_the_list_are_begun_in_it_and_the_next_is_below(
    make_reader: Callable[[], Reader], qtbot: QtBot, patient: Path, tmp_path: Path
) -> None:
    trial = tmp_path / "trial"
    for name in ("a", "b"):
        begin(trial / name, name.upper())
    shutil.copytree(patient / "BL", trial / "c", copy_function=os.link)
    work = Work(make_reader(), qtbot, trial)
    assert work.rows[2][:2] == ["c", "not begun"]
    work.open(2)
    assert work.panel._open_path == trial / "c"
    work.reader.key(Qt.Key.Key_M)
    work.reader.drag((40, 40), (40, 60))
    assert work.rows[2][0] == work.subject
    assert "not begun" not in work.rows[2][1]
    work.go_on()
    assert work.subject == "A"
    again = Work(work.reader, qtbot, trial)
    assert all("not begun" not in row[1] for row in again.rows)
