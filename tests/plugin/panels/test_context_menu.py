"""What a right click offers on a pane and on the table; the table that is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QContextMenuEvent
from qtpy.QtWidgets import QApplication, QLineEdit, QMenu

from napari_recist.table.cells import Cell, Table
from napari_recist.table.clipboard import as_mime
from napari_recist.table.view import LesionTable
from tests.plugin.dock_hands import turn_to, type_into

if TYPE_CHECKING:
    from qtpy.QtGui import QAction

    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

RIGHT, CONTROL = Qt.MouseButton.RightButton, Qt.KeyboardModifier.ControlModifier


def menu_at(reader: Reader, pixel: Pixel) -> QMenu:
    reader.drag(pixel, button=RIGHT)
    return popup()


def popup() -> QMenu:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def actions(menu: QMenu) -> dict[str, QAction]:
    return {one.text().partition("\t")[0]: one for one in menu.actions()}


def choose(menu: QMenu, *path: str) -> None:
    for name in path[:-1]:
        menu = actions(menu)[name].menu()
    actions(menu)[path[-1]].trigger()
    for one in QApplication.topLevelWidgets():
        if isinstance(one, QMenu):
            one.close()
    QApplication.processEvents()


def cell_menu(reader: Reader, lesion_id: str, column: int) -> QMenu:
    body = reader.dock.findChild(LesionTable).body
    model = body.model()
    row = next(
        at for at in range(model.rowCount()) if model.at(at, 0).lesion_id == lesion_id
    )
    place = body.visualRect(model.index(row, column)).center()
    anywhere = body.viewport().mapToGlobal(QPoint(place))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, anywhere)
    QApplication.sendEvent(body.viewport(), event)
    return popup()


def test_a_right_click_says_what_is_here_and_a_drag_sets_the_window(
    measured: Reader,
) -> None:
    window = measured.room.pane.window
    menu = menu_at(measured, (30, 40))
    words = list(actions(menu))
    assert words[0] == measured.room.pane.value_words((30, 40))
    assert any(one.startswith("T1 liver:") for one in words)
    choose(menu, "Copy this")
    assert "T1 liver:" in QApplication.clipboard().text()
    assert measured.room.pane.window == window
    measured.drag((30, 40), (40, 60), button=RIGHT)
    assert QApplication.activePopupWidget() is None
    assert measured.room.pane.window != window


def test_a_lesion_is_deleted_with_its_reason_in_the_journal(measured: Reader) -> None:
    menu = menu_at(measured, (30, 40))
    choose(menu, "Delete T1 at BL, because it is", "not a lesion")
    assert measured.finding("T1") is None
    session = measured.reading.session
    assert session is not None
    assert session.entries[-1].reason == "not a lesion"
    measured.key(Qt.Key.Key_Z, CONTROL)
    assert measured.finding("T1") is not None


def test_a_ruler_is_deleted_for_a_reason_that_is_typed(measured: Reader) -> None:
    measured.key(Qt.Key.Key_Y)
    measured.drag((45, 30), (45, 50))
    menu = menu_at(measured, (45, 40))
    choose(menu, "Delete M1, because it is", "another reason\N{HORIZONTAL ELLIPSIS}")
    session = measured.reading.session
    assert session is not None
    assert session.read.annotations
    box = measured.dock.kit._why.findChild(QLineEdit)
    measured.wait_for(box.isVisible)
    box.setText("crooked")
    measured.key(Qt.Key.Key_Return, widget=box)
    assert session.read.annotations == ()
    assert session.entries[-1].reason == "crooked"


def test_another_visits_pane_offers_nothing_that_records(measured: Reader) -> None:
    measured.key(Qt.Key.Key_BracketRight)
    measured.settle()
    measured.key(Qt.Key.Key_B)
    measured.settle()
    viewing = measured.room.viewing
    (other,) = [one for one in viewing.on_show if one.film.timepoint_id == "BL"]
    viewing.ask(other, (30.0, 40.0))
    words = list(actions(popup()))
    popup().close()
    assert "Measure" not in words
    assert not [one for one in words if one.startswith("Delete")]


def test_the_menu_of_a_cell_measures_and_comments(measured: Reader) -> None:
    choose(cell_menu(measured, "T2", 2), "Measure T2")
    assert measured.reading.lesion_id == "T2"
    assert measured.room.tool.armed
    measured.key(Qt.Key.Key_Escape)
    choose(cell_menu(measured, "T1", 2), "Comment on T1\N{HORIZONTAL ELLIPSIS}")
    type_into(measured, "lesion comment text", "necrotic in the middle")
    read = measured.reading.read
    assert read is not None
    assert read.comment("BL", "T1") == "necrotic in the middle"
    turn_to(measured, "Read")
    rows = measured.dock._read.shown().rows
    cells = [one for row in rows for one in row if one.has_comment]
    assert [one.lesion_id for one in cells] == ["T1"]
    assert "Comment: necrotic in the middle" in cells[0].tooltip


def test_a_comment_on_the_visit_stands_at_its_heading(measured: Reader) -> None:
    turn_to(measured, "Visit")
    type_into(measured, "visit comment text", "moved")
    turn_to(measured, "Read")
    assert measured.dock._read.shown().notes["BL"] == "moved"
    turn_to(measured, "Visit")
    type_into(measured, "visit comment text", "")
    read = measured.reading.read
    assert read is not None
    assert read.comments == ()


def test_the_table_is_copied_as_a_table(measured: Reader) -> None:
    measured.key(Qt.Key.Key_C, CONTROL)
    found = QApplication.clipboard().mimeData()
    rows = [line.split("\t") for line in found.text().splitlines()]
    assert rows[0][:3] == ["Lesion", "Organ", "BL"]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert rows[1][0].startswith("T1")
    assert rows[1][1] == "liver"
    assert ["Sum, mm", "patient"] in [row[:2] for row in rows]
    assert "<table" in found.html()
    assert found.html().count("<tr>") == len(rows)


def test_a_name_is_worked_out_by_no_spreadsheet_and_breaks_no_table() -> None:
    names = ("=1+1", "@SUM(A1)", "+cmd", "a\tb\nc", "<b>", "-12.5", "+30.0 %")
    rows = tuple((Cell(name), Cell("liver")) for name in names)
    found = as_mime(Table(("Lesion", "Organ"), rows))
    shown = [line.split("\t")[0] for line in found.text().splitlines()[1:]]
    assert shown == [
        *("'=1+1", "'@SUM(A1)", "'+cmd", "a b c", "<b>", "-12.5", "+30.0 %")
    ]
    assert "&lt;b&gt;" in found.html()
