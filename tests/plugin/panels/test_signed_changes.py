"""A signed answer that changes, in the window: asked why, told, marked and kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QComboBox, QLabel, QTableView

from napari_recist.widgets.inline_question import InlineQuestion
from recist_tool.model import LockTimepoint, Measured
from tests.builders import NOON, caliper
from tests.plugin.dock_hands import press, turn_to, type_into

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def read_to(reader: Reader, *visits: str) -> None:
    """Have the visits after baseline read, and all signed."""
    session = reader.reading.open_session()
    for visit in visits:
        if visit != "BL":
            for lesion in ("T1", "T2"):
                session.record(lesion, visit, Measured(caliper=caliper(8)))
        session.do(
            LockTimepoint(
                reader_id=session.reader_id, timepoint_id=visit, signed_by="A", at=NOON
            )
        )
    reader.reading.changed.emit()


def texts(reader: Reader, row_title: str) -> list[str]:
    model = reader.dock.findChild(QTableView, "lesions").model()
    return [
        str(model.index(row, column).data())
        for row in range(model.rowCount())
        if str(model.index(row, 0).data()) == row_title
        for column in range(2, model.columnCount())
    ]


def test_a_baseline_measured_anew_is_told_and_what_was_signed_stands_beside(
    measured: Reader,
) -> None:
    read_to(measured, "BL", "TP1")
    press(measured, "sign")
    box = measured.dock.findChild(QComboBox, "unlock reason")
    assert box.currentText() == ""  # no reason stands there by itself
    press(measured, "unlock reason done")
    assert measured.reading.open_read().locked("BL")
    box.setCurrentText("query of the sponsor")
    press(measured, "unlock reason done")
    assert texts(measured, "Signed as") == []
    measured.pull((30, 50), (30, 60))
    assert "Signed before this change: TP1 was signed as" in measured.reading.note.text
    entry = measured.reading.open_session().entries[-1]
    assert entry.reason == "BL opened again: query of the sponsor"
    signed = texts(measured, "Signed as")
    assert signed[1].startswith("PR -")
    measured.reading.open_timepoint("TP1")
    line = measured.dock.findChild(QLabel, "waits")
    waits = line.text()
    assert line.minimumSizeHint().width() < measured.dock.width() / 2
    assert "signed before a change: TP1 was signed as PR" in waits


def test_a_change_that_a_signed_answer_rests_on_is_asked_for_its_reason(
    measured: Reader,
) -> None:
    read_to(measured, "BL", "TP1")
    session = measured.reading.open_session()
    case, entries = session.case, session.entries
    turn_to(measured, "Patient")
    began = measured.reading.visits[1].date - dt.timedelta(days=1)
    type_into(measured, "follow-up new_therapy", began.isoformat())
    asked = measured.dock.findChild(QComboBox, "change reason")
    assert asked.isVisible()
    assert asked.currentText() == ""
    assert "TP1 is signed as PR" in measured.reading.note.text
    assert (session.case, session.entries) == (case, entries)
    press(measured, "change reason done")  # nothing was said: nothing is done
    assert session.entries == entries
    line = asked.lineEdit()
    QTest.keyClicks(line, "X1")
    measured.key(Qt.Key.Key_Return, widget=line)
    assert session.entries[-1].reason == "X1"
    assert [one.timepoint_id for one in session.entries[-1].outdates] == ["TP1"]
    assert "Signed before this change" in measured.reading.note.text
    assert not asked.isVisible()
    assert all(one.isHidden() for one in measured.dock.findChildren(InlineQuestion))
