"""Rows of buttons that go on in the next line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtWidgets import QPushButton, QWidget

from napari_recist.widgets.flow_layout import Column, FlowRow
from tests.plugin.looking_at import overlapping

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui
WORDS = ("Gone 0", "Too small 5", "Not evaluable X", "Merged G")


def buttons() -> FlowRow:
    row = FlowRow()
    row.add(*map(QPushButton, WORDS))
    return row


@pytest.fixture
def row(qtbot: QtBot) -> FlowRow:
    row = buttons()
    qtbot.addWidget(row)
    row.show()
    return row


def lines(row: FlowRow) -> list[int]:
    """Return how many buttons stand in each line."""
    shown = [one for one in row.findChildren(QPushButton) if not one.isHidden()]
    tops = [one.y() + one.height() // 2 for one in shown]
    return [tops.count(top) for top in sorted(set(tops))]


def test_what_has_room_stands_in_one_line(row: FlowRow) -> None:
    row.resize(row.sizeHint().width(), 60)
    assert lines(row) == [4]


def test_what_has_no_room_stands_in_the_next_line(row: FlowRow) -> None:
    row.resize(row.sizeHint().width() - 1, 60)
    assert lines(row) == [3, 1]
    assert overlapping(row) == []


def test_each_button_has_a_line_of_its_own_where_it_is_narrow(row: FlowRow) -> None:
    row.resize(row.minimumSizeHint().width(), 200)
    assert lines(row) == [1, 1, 1, 1]
    one = row.findChildren(QPushButton)[0].sizeHint().height()
    assert row.heightForWidth(row.width()) > 4 * one


def test_a_hidden_button_takes_no_room(row: FlowRow) -> None:
    width = row.sizeHint().width()
    row.findChildren(QPushButton)[0].hide()
    assert row.sizeHint().width() < width


def test_a_gap_takes_what_is_left_of_its_line(qtbot: QtBot) -> None:
    row = FlowRow()
    first, last = QPushButton("first"), QPushButton("last")
    row.add(first)
    row.add_filler(QWidget())
    row.add(last)
    qtbot.addWidget(row)
    row.resize(500, 40)
    row.show()
    assert last.geometry().right() == row.rect().right()
    assert first.x() == 0


def test_what_needs_other_room_than_before_is_laid_out_anew(
    row: FlowRow, qtbot: QtBot
) -> None:
    row.resize(row.sizeHint().width(), 60)
    first = row.findChildren(QPushButton)[0]
    first.setText(3 * first.text())
    qtbot.waitUntil(lambda: len(lines(row)) == 2)
    first.hide()
    qtbot.waitUntil(lambda: lines(row) == [3])


def test_a_column_is_as_high_as_its_lines_at_its_width(qtbot: QtBot) -> None:
    row, rest = buttons(), QWidget()
    column = Column(row, rest, stretched=rest)
    qtbot.addWidget(column)
    column.resize(400, 300)
    column.show()
    wide = column.minimumSizeHint().height()
    column.resize(row.minimumSizeHint().width(), 300)
    assert column.minimumSizeHint().height() > 2 * wide
