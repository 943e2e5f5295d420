"""The sheet of keys in the window: looked up, searched, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QFontMetrics
from qtpy.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QTableWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Sheet:
    """The sheet of keys as a reader has it open."""

    def __init__(self, reader: Reader, qtbot: QtBot) -> None:
        self.reader = reader
        reader.viewer.window.activate()
        reader.key(Qt.Key.Key_Question, SHIFT)
        frame = reader.dock.lightbox.findChild(QFrame, "help")
        self.frame: QFrame = frame
        self.search: QLineEdit = frame.findChild(QLineEdit, "search keys")
        self.table: QTableWidget = frame.findChild(QTableWidget, "keys")
        qtbot.waitUntil(self.search.hasFocus)

    @property
    def note(self) -> str:
        return self.frame.findChild(QLabel, "keys note").text()

    def rows(self) -> dict[str, str]:
        """What the sheet shows, meaning by meaning."""
        cells = [
            [self.table.item(row, column + one) for one in (1, 0)]
            for column in range(0, self.table.columnCount(), 2)
            for row in range(self.table.rowCount())
        ]
        return {one.text(): two.text() for one, two in cells if one and two}

    def move(self, meaning: str, key: Qt.Key) -> None:
        """Click the key of an action, and press another."""
        for item in self.table.findItems(meaning, Qt.MatchFlag.MatchExactly):
            self.table.cellClicked.emit(item.row(), item.column() - 1)
        self.reader.key(key, widget=self.search)


@pytest.fixture
def sheet(reader: Reader, qtbot: QtBot) -> Sheet:
    return Sheet(reader, qtbot)


def test_the_sheet_shows_every_key_and_the_mouse_and_goes_again(sheet: Sheet) -> None:
    rows = sheet.rows()
    assert rows["too small (5 mm)"] == "5"
    assert rows["zoom"] == "Ctrl+wheel"
    assert len(rows) > 35
    sheet.reader.key(Qt.Key.Key_Question, SHIFT, widget=sheet.search)
    assert sheet.frame.isHidden()


def test_every_key_that_a_reader_was_promised_is_there(sheet: Sheet) -> None:
    promised = (
        "M A T N W Space Shift+Space [ ] F 0 5 X S G L Ctrl+Z Ctrl+Shift+Z 1 2 3 4 ?"
    )
    assert set(promised.split()) <= set(sheet.rows().values())


def test_words_typed_into_the_search_leave_what_fits(
    sheet: Sheet, qtbot: QtBot
) -> None:
    qtbot.keyClicks(sheet.search, "New TARGET")
    assert set(sheet.rows()) == {
        "next: a new target",
        "next: a new non-target",
        "role: target, non-target, new",
    }
    assert sheet.reader.reading.lesion_id is None


def test_escape_closes_the_sheet_also_from_the_image_and_drops_nothing(
    sheet: Sheet,
) -> None:
    reader = sheet.reader
    reader.reading.choose(None)
    reader.room.arm(on=True)
    reader.canvas.setFocus()
    reader.click((50, 30))
    assert reader.room.tool.busy
    reader.key(Qt.Key.Key_Escape)
    assert sheet.frame.isHidden()
    assert reader.room.tool.busy
    reader.key(Qt.Key.Key_Escape)
    assert not reader.room.tool.busy


def test_a_key_that_was_moved_acts_and_is_named_on_its_button(sheet: Sheet) -> None:
    reader = sheet.reader
    sheet.move("caliper on or off", Qt.Key.Key_J)
    assert sheet.rows()["caliper on or off"] == "J"
    reader.key(Qt.Key.Key_Escape, widget=sheet.search)
    assert sheet.frame.isHidden()
    assert reader.dock.findChild(QPushButton, "caliper").text() == "Caliper  J"
    reader.key(Qt.Key.Key_M)
    assert not reader.room.tool.armed
    reader.key(Qt.Key.Key_J)
    assert reader.room.tool.armed


def test_a_taken_key_is_refused_in_place(sheet: Sheet) -> None:
    sheet.move("caliper on or off", Qt.Key.Key_T)
    assert "is on 'next: a new target' already" in sheet.note
    assert sheet.rows()["caliper on or off"] == "M"


def test_escape_leaves_a_key_where_it_is_and_the_sheet_open(sheet: Sheet) -> None:
    sheet.move("caliper on or off", Qt.Key.Key_Escape)
    assert sheet.rows()["caliper on or off"] == "M"
    assert sheet.frame.isVisible()


def test_a_modifier_alone_is_not_taken_for_the_new_key(sheet: Sheet) -> None:
    sheet.move("caliper on or off", Qt.Key.Key_Shift)
    assert sheet.rows()["caliper on or off"] == "M"
    sheet.reader.key(Qt.Key.Key_J, SHIFT, widget=sheet.search)
    assert sheet.rows()["caliper on or off"] == "Shift+J"


def test_an_action_can_be_left_without_a_key_and_put_back(
    sheet: Sheet, qtbot: QtBot
) -> None:
    sheet.move("caliper on or off", Qt.Key.Key_Delete)
    assert sheet.rows()["caliper on or off"] == "none"
    reset = sheet.frame.findChild(QPushButton, "reset keys")
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert sheet.rows()["caliper on or off"] == "M"


@pytest.mark.nightly
def test_another_room_finds_the_keys_where_the_reader_left_them(
    make_own_reader: Callable[[], Reader], qtbot: QtBot
) -> None:
    sheet = Sheet(make_own_reader(), qtbot)
    sheet.move("caliper on or off", Qt.Key.Key_J)
    sheet.reader.dock.close_room()
    other = make_own_reader()
    assert other.dock.findChild(QPushButton, "caliper").text() == "Caliper  J"


def test_keys_stand_in_groups_and_no_meaning_is_cut(sheet: Sheet, qtbot: QtBot) -> None:
    table = sheet.table
    headings = [
        table.item(row, column).text()
        for column in range(0, table.columnCount(), 2)
        for row in range(table.rowCount())
        if table.columnSpan(row, column) == 2
    ]
    assert headings[:2] == ["Measure", "Say what became of a lesion"]
    assert "Mouse" in headings
    assert not {"Others"} & set(headings)
    for row in range(table.rowCount()):
        for column in range(1, table.columnCount(), 2):
            item = table.item(row, column)
            if item is None:
                continue
            wide = table.columnWidth(column)
            high = table.rowHeight(row) * table.rowSpan(row, column) + 1
            words = QFontMetrics(item.font()).boundingRect(
                0, 0, wide - 6, 1000, Qt.TextFlag.TextWordWrap, item.text()
            )
            assert words.height() <= high, item.text()
            assert words.width() <= wide, item.text()
    qtbot.keyClicks(sheet.search, "zoom")
    assert set(sheet.rows()) == {"zoom"}


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_all_of_it_is_seen_at_once_on_usual_screens(
    reader: Reader, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = reader.dock.window()
    window.resize(*size)
    reader.settle()
    assert (window.width(), window.height()) == size
    sheet = Sheet(reader, qtbot)
    table = sheet.table
    for bar in (table.verticalScrollBar(), table.horizontalScrollBar()):
        qtbot.waitUntil(lambda bar=bar: bar.maximum() == 0, timeout=2000)
        assert not bar.isVisible()
    inside = table.viewport().rect()
    for row in range(table.rowCount()):
        for column in range(table.columnCount()):
            item = table.item(row, column)
            if item is not None:
                assert inside.contains(table.visualItemRect(item)), item.text()
    wall = reader.dock.lightbox
    assert wall.rect().contains(sheet.frame.geometry())
    assert table.columnCount() >= 6  # three columns of keys with their meanings
