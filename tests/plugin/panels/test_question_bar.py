"""What is hardly ever meant is asked at the foot of the window, and nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QFrame, QLineEdit, QPushButton, QWidget

from recist_tool.model import Measured
from tests.plugin.dock_hands import click, turn_to

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

ALT = Qt.KeyboardModifier.AltModifier


def write(reader: Reader, name: str, text: str) -> None:
    """Type into a field, key by key, and leave it by Return."""
    field = reader.dock.findChild(QLineEdit, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def places(reader: Reader) -> list[tuple[str, QPoint]]:
    """Return where every named control of the dock stands."""
    origin = QPoint(0, 0)
    return [
        (one.objectName(), one.mapToGlobal(origin))
        for one in reader.dock.findChildren(QWidget)
        if one.objectName()
        and one.isVisible()
        and not one.objectName().startswith("question")
    ]


def test_an_unlikely_figure_is_recorded_once_it_is_confirmed(measured: Reader) -> None:
    reader, reading = measured, measured.reading
    turn_to(reader, "Patient")
    QTest.qWait(100)  # a page that is shown for the first time lays itself out
    entries = reading.open_session().entries
    before = places(reader)
    for name, text, asked in (
        ("follow-up death", "2024-01-09", "before the baseline"),
        ("follow-up last_alive", "2130-01-01", "still to come"),
        ("treatment 1 date", "2124-03-01", "still to come"),
    ):
        write(reader, name, text)
        bar = reader.dock.findChild(QFrame, "question")
        assert asked in reading.question
        assert bar.isVisible()
        assert places(reader) == before
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            reader.key(key)
        assert reading.open_session().entries == entries
        write(reader, name, text)
        reader.key(Qt.Key.Key_N, ALT)
        assert not bar.isVisible()
        assert reader.dock.findChild(QLineEdit, name).text() == ""
        assert reading.open_session().entries == entries
    write(reader, "treatment 1 date", "2024-03-20")
    write(reader, "treatment 1 activity_gbq", "1600")
    assert "1,600 GBq" in reading.question
    click(reader, "question yes")
    case = reading.case
    assert case is not None
    assert [one.activity_gbq for one in case.treatments] == [1600]
    assert reading.question == ""


def test_a_viable_part_larger_than_its_lesion_is_asked_about(measured: Reader) -> None:
    reader, reading = measured, measured.reading
    reading.choose("T1")
    turn_to(reader, "Lesion")
    write(reader, "figures 0 viable_mm", "200")
    assert "T1: 200 mm viable" in reading.question
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.viable_mm is None
    reading.choose("T2")
    assert reading.question == ""
    reading.choose("T1")
    write(reader, "figures 0 viable_mm", "200")
    reader.key(Qt.Key.Key_Y, ALT)
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.viable_mm == 200


def test_no_button_of_the_question_is_pressed_by_a_key_that_was_meant_for_others(
    measured: Reader,
) -> None:
    reader = measured
    reader.reading.choose("T1")
    turn_to(reader, "Lesion")
    write(reader, "figures 0 viable_mm", "200")
    for name in ("question yes", "question no"):
        button = reader.dock.findChild(QPushButton, name)
        assert not button.hasFocus()
        assert not button.isDefault()
    for key in (Qt.Key.Key_Y, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
        reader.key(key)
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert found.viable_mm is None
