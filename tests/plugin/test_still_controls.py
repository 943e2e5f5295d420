"""What a reader is about to click stays where it is, whatever comes and goes.

With real events, on small and large screens: rows of lesions, visits, treatments and
masks, notes, messages and questions, and other lesions' buttons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QWidget,
)

from napari_recist.widgets.form_page import FormPage
from napari_recist.window import leave_title
from recist_tool.terms import LesionRole
from tests.examples import by_day
from tests.plugin.dock_hands import PAGES, click, sign_visit, turn_to
from tests.plugin.looking_at import is_whole
from tests.plugin.room.test_import_masks import seg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plugin.hands import Reader

    Places = dict[str, tuple[int, int]]

pytestmark = pytest.mark.gui

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
SIZES = [(1366, 768), (1920, 1080)][: by_day(1, at_night=2)]
SLACK_PX = 2
"""A frame around a field that does not fit; no click misses by it."""

LONG = "This cannot be done, and here is why, in more words than one line has room for."


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def seated(request: pytest.FixtureRequest, measured: Reader) -> Reader:
    """A reader with T1 and T2 and a non-target, at a screen."""
    window = measured.dock.window()
    window.menuBar().hide()  # as in the room's own window
    leave_title(measured.dock)
    window.resize(*request.param)
    measured.wait_for(lambda: window.size().toTuple() == request.param)
    measured.viewer.window.activate()
    measured.key(Qt.Key.Key_N)
    measured.drag((90, 30), (90, 55))
    return measured


def rest(reader: Reader) -> None:
    """Wait until layouts have followed one another."""
    reader.settle()
    for _ in range(3):
        QTest.qWait(20)


def places(reader: Reader) -> Places:
    """Return where on the screen each control that can be clicked begins."""
    found: Places = {}
    for kind in (QPushButton, QLineEdit, QComboBox, QCheckBox):
        for one in reader.dock.findChildren(kind):
            if one.isVisible() and one.objectName():
                found[one.objectName()] = _on_screen(one, QPoint(0, 0))
    for table in reader.dock.findChildren(QTableView, "lesions"):
        found |= dict(_cells(table))
    return found


def _cells(table: QTableView) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the cells of lesions that are in view, by lesion and visit."""
    model, seen = table.model(), table.viewport().rect()
    names = table.findChild(QTableView)
    if names.isVisible():
        seen.setLeft(names.geometry().right())
    for row in range(model.rowCount()):
        lesion = model.index(row, 0).data().split()[0]
        for column in range(2, model.columnCount()):
            place = table.visualRect(model.index(row, column))
            if lesion.startswith(("T", "N")) and seen.contains(place):
                visit = model.headerData(column, Qt.Orientation.Horizontal)
                middle = _on_screen(table.viewport(), place.center())
                yield f"{lesion} at {visit}", middle


def _on_screen(widget: QWidget, at: QPoint) -> tuple[int, int]:
    x, y = widget.mapToGlobal(at).toTuple()
    return x, y


def moved(before: Places, after: Places, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return what lies elsewhere now, or is no longer where a click would go."""
    return [
        f"{name}: {place} -> {after[name]}"
        for name, place in before.items()
        if name in after
        and max(abs(a - b) for a, b in zip(place, after[name], strict=True)) > SLACK_PX
        and not name.startswith(but)
    ]


def click_cell(reader: Reader, lesion_id: str, visit: str) -> None:
    """Click a cell of the table with the mouse."""
    table = reader.dock.findChild(QTableView, "lesions")
    model = table.model()
    row = next(
        row
        for row in range(model.rowCount())
        if model.index(row, 0).data().split()[0] == lesion_id
    )
    columns = range(model.columnCount())
    headings = [model.headerData(at, Qt.Orientation.Horizontal) for at in columns]
    place = table.visualRect(model.index(row, headings.index(visit)))
    QTest.mouseClick(table.viewport(), LEFT, pos=place.center())
    rest(reader)


def test_notes_and_messages_move_nothing(seated: Reader) -> None:
    reading = seated.reading
    reading.say("")
    rest(seated)
    before = places(seated)
    assert "sign" in before
    for words, is_error in (("Short.", False), (LONG, True), ("", False)):
        reading.say(words, is_error=is_error)
        rest(seated)
        assert moved(before, places(seated)) == []
    reading.say(6 * LONG, is_error=True)
    rest(seated)
    note = seated.dock.findChild(QLabel, "note")
    assert is_whole(note, seated.dock)
    assert moved(before, places(seated)) == []
    QTest.mouseClick(note, LEFT)  # what it lay over is wanted
    rest(seated)
    assert not note.isVisible()


def test_another_lesion_moves_neither_the_table_nor_the_fields(seated: Reader) -> None:
    seated.key(Qt.Key.Key_BracketRight)
    rest(seated)
    click_cell(seated, "T1", "TP1")
    before = places(seated)
    for lesion_id in ("NT1", "T2"):
        click_cell(seated, lesion_id, "TP1")
        assert seated.reading.lesion_id == lesion_id
        # of other buttons the reader sees other words
        assert moved(before, places(seated), but=("finding",)) == []
    seated.key(Qt.Key.Key_0)
    rest(seated)
    seated.key(Qt.Key.Key_Escape)
    seated.reading.choose(None)
    rest(seated)
    assert moved(before, places(seated), but=("finding",)) == []


def test_a_question_lies_over_what_it_asks_about_and_moves_nothing(
    seated: Reader,
) -> None:
    sign_visit(seated)
    rest(seated)
    before = places(seated)
    click(seated, "sign")
    rest(seated)
    field = seated.dock.findChild(QComboBox, "unlock reason")
    assert field.isVisible()
    assert moved(before, places(seated)) == []
    # the second of two clicks on Unlock records nothing
    done = seated.dock.findChild(QPushButton, "unlock reason done")
    QTest.mouseClick(done, LEFT)
    assert seated.reading.read.locked("BL")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    rest(seated)
    assert moved(before, places(seated)) == []


def test_a_list_of_masks_that_comes_and_goes_moves_no_control(
    seated: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seg(seated, tmp_path / "seg.dcm")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    seated.reading.choose("T1")
    rest(seated)
    before = places(seated)
    click(seated, "take masks")
    rest(seated)
    listed = places(seated)
    assert "masks take all" in listed
    assert moved(before, listed, but=("finding",)) == []
    click(seated, "masks take")
    rest(seated)
    assert moved(listed, places(seated), but=("finding",)) == []
    click(seated, "masks close")
    rest(seated)
    assert moved(before, places(seated), but=("finding",)) == []


def test_a_visit_that_is_in_view_stays_under_the_pointer_when_it_is_clicked(
    seated: Reader,
) -> None:
    for month in range(1, 10):
        seated.room.set_date(f"X{month}", f"2025-{month:02}-01")
    seated.reading.changed.emit()
    rest(seated)
    table = seated.dock.findChild(QTableView, "lesions")
    assert table.model().columnCount() > 12
    bar = table.horizontalScrollBar()
    for value in (bar.maximum(), bar.maximum() // 2):
        bar.setValue(value)
        rest(seated)
        before = places(seated)
        cells = [name for name in before if name.startswith("T1 at")]
        for name in (cells[0], cells[-1]):
            click_cell(seated, "T1", name.removeprefix("T1 at "))
            assert moved(before, places(seated), but=("finding", "new")) == []


def test_a_treatment_that_is_added_moves_no_field(seated: Reader) -> None:
    turn_to(seated, "Patient")
    rest(seated)
    first = seated.dock.findChild(QLineEdit, "treatment 1 date")
    page = next(
        one for one in seated.dock.findChildren(FormPage) if one.isAncestorOf(first)
    )
    page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
    rest(seated)
    before = places(seated)
    for name, text in (("date", "2024-02-01"), ("activity_gbq", "1.8")):
        field = seated.dock.findChild(QLineEdit, f"treatment 1 {name}")
        QTest.mouseClick(field, LEFT)
        assert QApplication.focusWidget() is field
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Tab)
        rest(seated)
        assert moved(before, places(seated)) == []
    second = seated.dock.findChild(QLineEdit, "treatment 2 date")
    QTest.mouseClick(second, LEFT)
    QTest.keyClicks(second, "2024-99-99")
    QTest.keyClick(second, Qt.Key.Key_Tab)
    rest(seated)
    assert seated.dock.findChild(QLineEdit, "treatment 3 date").isVisible()
    assert moved(before, places(seated)) == []
    assert first.text() == "2024-02-01"


def test_no_image_changes_its_size_while_a_read_goes_on(
    seated: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall, sizes = seated.dock.lightbox, set[tuple[int, int]]()

    def look() -> None:
        rest(seated)
        sizes.add(wall.frames[0].qt_viewer.size().toTuple())

    look()
    seated.reading.say(LONG, is_error=True)
    look()
    for page in PAGES:
        turn_to(seated, page)
        look()
    turn_to(seated, "Read")
    for visit in ("TP1", "TP2"):
        seated.reading.open_timepoint(visit)
        look()
        seated.reading.choose("T1")
        seated.key(Qt.Key.Key_M)
        seated.drag((40, 40), (40, 62))
        look()
    seated.key(Qt.Key.Key_X)
    look()
    seated.key(Qt.Key.Key_Escape)
    for number in range(9):  # the table and the list of visits grow
        seated.room.draw_new(LesionRole.NON_TARGET)
        seated.drag((20 + 4 * number, 70), (20 + 4 * number, 90))
    look()
    masks = seg(seated, tmp_path / "masks.dcm")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(masks), ""))
    seated.key(Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    look()
    assert len(sizes) == 1
