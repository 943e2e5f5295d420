"""Rows of buttons that go on in the next line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtWidgets import QPushButton, QSpacerItem, QWidget

from napari_recist.flowing import Column, Flowing
from tests.plugin.looking_at import overlapping

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui
WORDS = ("Gone 0", "Too small 5", "Not evaluable X", "Merged G")


def buttons() -> QWidget:
    row = QWidget()
    layout = Flowing(row)
    for words in WORDS:
        layout.addWidget(QPushButton(words))
    return row


@pytest.fixture
def row(qtbot: QtBot) -> QWidget:
    row = buttons()
    qtbot.addWidget(row)
    row.show()
    return row


def lines(row: QWidget) -> list[int]:
    """Return how many buttons stand in each line."""
    tops = [one.y() + one.height() // 2 for one in row.findChildren(QPushButton)]
    return [tops.count(top) for top in sorted(set(tops))]


def test_what_has_room_stands_in_one_line(row: QWidget) -> None:
    row.resize(row.sizeHint().width(), 60)
    assert lines(row) == [4]


def test_what_has_no_room_stands_in_the_next_line(row: QWidget) -> None:
    row.resize(row.sizeHint().width() - 1, 60)
    assert lines(row) == [3, 1]
    assert overlapping(row) == []


def test_each_button_has_a_line_of_its_own_where_it_is_narrow(row: QWidget) -> None:
    layout = row.layout()
    row.resize(row.minimumSizeHint().width(), 200)
    assert lines(row) == [1, 1, 1, 1]
    assert layout.heightForWidth(row.width()) > 4 * layout.itemAt(0).sizeHint().height()


def test_a_hidden_button_takes_no_room(row: QWidget) -> None:
    width = row.sizeHint().width()
    row.findChildren(QPushButton)[0].hide()
    assert row.sizeHint().width() < width


def test_a_spacer_takes_what_is_left_of_its_line(qtbot: QtBot) -> None:
    row = QWidget()
    layout = Flowing(row)
    first, last = QPushButton("first"), QPushButton("last")
    layout.addWidget(first)
    layout.addItem(QSpacerItem(0, 0))
    layout.addWidget(last)
    qtbot.addWidget(row)
    row.resize(500, 40)
    row.show()
    assert last.geometry().right() == row.rect().right()
    assert first.x() == 0


def test_parts_can_be_taken_out_again(row: QWidget) -> None:
    layout = row.layout()
    taken = layout.takeAt(3)
    assert taken.widget().text() == WORDS[3]
    assert layout.count() == 3
    assert layout.itemAt(3) is None
    assert layout.takeAt(3) is None


def test_a_column_is_as_high_as_its_lines_at_its_width(qtbot: QtBot) -> None:
    row, rest = buttons(), QWidget()
    column = Column(row, rest, stretched=rest)
    qtbot.addWidget(column)
    column.resize(400, 300)
    column.show()
    wide = column.minimumSizeHint().height()
    column.resize(row.minimumSizeHint().width(), 300)
    assert column.minimumSizeHint().height() > 2 * wide
