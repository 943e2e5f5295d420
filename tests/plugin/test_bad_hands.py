"""Hands slip, focus wanders: nothing is recorded that was not meant.

With real mouse and key events; several slips to a window, as each opening takes long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QPushButton,
)

from napari_recist.widgets.choice_list import ChoiceList
from napari_recist.widgets.combo_box import line_of
from recist_tool.model import Measured, TooSmall

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def lesions(reader: Reader) -> list[str]:
    assert reader.reading.read is not None
    return [one.lesion_id for one in reader.reading.read.lesions]


def entries(reader: Reader) -> int:
    return len(reader.reading.open_session().entries)


def long_mm(reader: Reader, lesion_id: str, visit: str = "BL") -> float:
    found = reader.finding(lesion_id, visit)
    assert isinstance(found, Measured)
    return float(found.caliper.long_axis.value_mm)


def let_go(reader: Reader, at: Pixel) -> None:
    reader._mouse(QEvent.Type.MouseButtonRelease, reader.at(at), LEFT, NONE)


def to_follow_up(reader: Reader) -> None:
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert reader.reading.timepoint_id == "TP1"


def test_a_caliper_begins_where_its_drag_begins_and_no_key_leaves_a_click_behind(
    measured: Reader,
) -> None:
    reader = measured
    reader.click((90, 90))
    reader.drag((45, 70), (45, 90))
    spacing = reader.room.pane.volume.pixel_spacing_mm[1]
    assert long_mm(reader, "T3") == pytest.approx(20 * spacing, abs=1)
    before = entries(reader)
    for key, held in (
        (Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Z, CONTROL),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
    ):
        reader.click((90, 90))
        assert reader.room.tool.busy
        reader.key(key, held)
        assert not reader.room.tool.busy
        assert reader.room.tool.draft is None
    assert entries(reader) == before
    reader.click((90, 90))
    reader.room.go_to_cell("T1", "BL")
    assert not reader.room.tool.busy


def test_ctrl_z_while_an_end_is_dragged_drops_the_drag(measured: Reader) -> None:
    reader = measured
    before, length = entries(reader), long_mm(reader, "T1")
    reader.hold((30, 50), (30, 70))
    assert reader.room.tool.draft is not None
    reader.key(Qt.Key.Key_Z, CONTROL)
    let_go(reader, (30, 70))
    assert entries(reader) == before
    assert long_mm(reader, "T1") == length
    reader.key(Qt.Key.Key_Z, CONTROL)
    assert lesions(reader) == ["T1"]
    reader.key(Qt.Key.Key_Y, CONTROL)
    assert lesions(reader) == ["T1", "T2"]


def test_undo_drops_what_waits_for_its_short_axis_before_it_takes_anything_back(
    measured: Reader, qtbot: QtBot
) -> None:
    reader, before = measured, entries(measured)
    undo = reader.dock.findChild(QPushButton, "undo")
    for go_back in (
        lambda: reader.key(Qt.Key.Key_Z, CONTROL),
        lambda: reader.key(Qt.Key.Key_Y, CONTROL),
        lambda: qtbot.mouseClick(undo, LEFT),
    ):
        reader.reading.choose(None)
        reader.key(Qt.Key.Key_T)
        if not reader.reading.new_lesion.nodal:
            reader.key(Qt.Key.Key_N, SHIFT)
        reader.drag((90, 30), (90, 50))
        assert reader.reading.unfinished is not None
        go_back()
        assert reader.reading.unfinished is None
        assert entries(reader) == before
        assert lesions(reader) == ["T1", "T2"]
    reader.key(Qt.Key.Key_Z, CONTROL)
    assert lesions(reader) == ["T1"]


def test_a_missed_end_and_a_short_slip_record_nothing_and_say_so(
    measured: Reader,
) -> None:
    reader = measured
    before = entries(reader)
    beside = (
        reader.room.pane.mm_per_px * 13 / reader.room.pane.volume.pixel_spacing_mm[0]
    )
    reader.drag((30 + beside, 50), (30 + beside, 75))
    assert "missed by little" in reader.reading.note.text
    assert entries(reader) == before
    reader.room.pane.centre_on((90, 30))
    reader.wheel(8, ctrl=True)
    short = 2.5 / reader.room.pane.volume.pixel_spacing_mm[1]
    reader.drag((90, 30), (90, 30 + short))
    assert "too short for a drawn one" in reader.reading.note.text
    assert entries(reader) == before


def test_a_click_on_a_measured_cell_arms_nothing_but_changing_that_lesion(
    measured: Reader,
) -> None:
    reader = measured
    assert reader.room.tool.armed
    reader.room.go_to_cell("T1", "BL")
    assert not reader.room.tool.armed
    before = entries(reader)
    reader.drag((90, 30), (90, 60))
    assert entries(reader) == before
    reader.key(Qt.Key.Key_M)
    assert "again: T1" in reader.dock.findChild(QLabel, "what is measured").toolTip()
    reader.drag((90, 30), (90, 60))
    assert lesions(reader) == ["T1", "T2"]
    assert long_mm(reader, "T1") == pytest.approx(
        30 * reader.room.pane.volume.pixel_spacing_mm[1], abs=1
    )


def test_after_a_measurement_at_a_follow_up_nothing_is_armed(measured: Reader) -> None:
    reader = measured
    to_follow_up(reader)
    assert not reader.room.tool.armed
    reader.reading.choose(None)
    reader.key(Qt.Key.Key_M)
    assert not reader.room.tool.armed
    assert "No lesion waits" in reader.reading.note.text
    reader.key(Qt.Key.Key_Space)
    assert reader.room.tool.armed
    reader.drag((30, 30), (30, 50))
    assert isinstance(reader.finding("T1", "TP1"), Measured)
    assert not reader.room.tool.armed
    before = entries(reader)
    reader.drag((70, 70), (70, 90))
    assert entries(reader) == before
    button = reader.dock.findChild(QPushButton, "new lesion")
    QTest.mouseClick(button, LEFT)
    assert reader.room.tool.armed
    reader.drag((70, 70), (70, 90))
    assert lesions(reader) == ["T1", "T2", "NL1"]
    undo = reader.dock.lightbox.findChild(QPushButton, "take back new lesion")
    assert undo.isVisible()
    assert "NL1" in undo.text()
    QTest.mouseClick(undo, LEFT)
    assert lesions(reader) == ["T1", "T2"]
    assert not undo.isVisible()


def test_a_digit_asks_before_it_overwrites_and_does_nothing_after_a_missed_field(
    measured: Reader,
) -> None:
    reader = measured
    to_follow_up(reader)
    reader.room.go_to_cell("T1", "TP1")
    words = reader.dock.findChild(QLabel, "waits")
    QTest.mouseClick(words, LEFT, pos=QPoint(2, 2))
    for key in (Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_5, Qt.Key.Key_1):
        reader.key(key)
    assert reader.finding("T1", "TP1") is None
    reader.click((100, 100))
    reader.key(Qt.Key.Key_5)
    assert isinstance(reader.finding("T1", "TP1"), TooSmall)
    reader.room.go_to_cell("T2", "TP1")
    reader.key(Qt.Key.Key_M)
    reader.drag((60, 30), (60, 45))
    before = entries(reader)
    reader.key(Qt.Key.Key_0)
    assert entries(reader) == before
    assert "T2 is measured here" in reader.reading.question


def test_an_organ_is_picked_from_a_list_with_fixed_digits_and_no_typo_becomes_one(
    measured: Reader,
) -> None:
    reader = measured
    box = reader.dock.findChild(QComboBox, "organ")
    line = line_of(box)
    reader.room.go_to_cell("T1", "BL")

    def ask(text: str) -> ChoiceList:
        reader.key(Qt.Key.Key_O)
        QTest.keyClicks(line, text)
        return reader.dock.window().findChild(ChoiceList, "choices")

    listed = ask("")
    assert listed.isVisible()
    rows = [listed.item(row).text() for row in (0, 1, 2)]
    assert rows == ["1  liver", "2  lung", "3  lymph node"]
    QTest.keyClick(line, Qt.Key.Key_2)
    assert reader.reading.chosen().organ == "lung"
    assert not listed.isVisible()
    assert QApplication.focusWidget() is not line
    ask("spl")
    assert listed.count() == 2
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert reader.reading.chosen().organ == "spleen"
    ask("livre")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert reader.reading.chosen().organ == "spleen"
    assert "not recognised" in listed.item(0).text()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "spleen"
    ask("livre")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(line, key)
    assert reader.reading.chosen().organ == "livre"
    assert "not recognised" in reader.dock.findChild(QLabel, "acts upon").text()
