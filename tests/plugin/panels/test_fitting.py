"""Whether all that is shown has room: on small screens, with large letters."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from napari.settings import get_settings
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QLabel,
    QProgressBar,
    QTableView,
    QWidget,
)

from napari_recist.panels.mask_list import MaskTable
from napari_recist.panels.read_tab import ReadTab
from napari_recist.table.sum_plot import SumPlot
from napari_recist.table.view import LesionTable
from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome
from napari_recist.widgets.vertical_scroll_area import VerticalScrollArea
from napari_recist.window import leave_title
from recist_tool.measure import PlaneCaliper
from recist_tool.terms import LesionRole
from tests.plugin.dock_hands import PAGES, press, turn_to
from tests.plugin.looking_at import cut_words, is_whole, overlapping, vanished
from tests.plugin.room.test_import_masks import seg
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

SCREENS = [
    pytest.param((1366, 768), 9, id="1366x768"),
    pytest.param((1366, 768), 14, id="large letters"),
    pytest.param((1920, 1080), 9, id="1920x1080", marks=pytest.mark.nightly),
    pytest.param((960, 540), 9, id="1920x1080 at 200 %", marks=pytest.mark.nightly),
]
LONG = "segment IVb/V, subcapsular, next to the gallbladder fossa"


@pytest.fixture(autouse=True)
def _letters_again() -> Iterator[None]:
    yield
    get_settings().appearance.font_size = 9


def show_on(reader: Reader, qtbot: QtBot, size: tuple[int, int], letters: int) -> None:
    get_settings().appearance.font_size = letters
    reader.dock.window().resize(*size)
    qtbot.waitUntil(lambda: reader.dock.window().size().toTuple() == size)


def faults(qtbot: QtBot, *parts: QWidget) -> list[str]:
    """Return what is cut, gone or covered, once layouts followed one another."""

    def found() -> list[str]:
        return [
            fault
            for part in parts
            for find in (cut_words, vanished, overlapping)
            for fault in find(part)
        ]

    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(lambda: not found(), timeout=2000)
    return found()


@pytest.mark.parametrize(("size", "letters"), SCREENS)
def test_every_page_has_room_for_its_words(
    measured: Reader, qtbot: QtBot, size: tuple[int, int], letters: int
) -> None:
    measured.reading.revise("T2", name=LONG)
    measured.reading.choose("T2")
    show_on(measured, qtbot, size, letters)
    for page in PAGES:
        turn_to(measured, page)
        assert faults(qtbot, measured.dock, measured.dock.lightbox) == []
    part = measured.dock.findChild(VerticalScrollArea)
    assert part.widget().width() <= part.viewport().width()


@pytest.mark.parametrize(("size", "letters"), SCREENS)
def test_questions_and_errors_have_room(
    measured: Reader, qtbot: QtBot, size: tuple[int, int], letters: int
) -> None:
    show_on(measured, qtbot, size, letters)
    measured.key(Qt.Key.Key_X)
    measured.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    measured.reading.say(
        f"{LONG}: this cannot be done, and here is why.", is_error=True
    )
    asked = measured.dock.findChild(QComboBox, "reason")
    assert asked.isVisible()
    assert faults(qtbot, measured.dock) == []
    note = measured.dock.findChild(QLabel, "note")
    qtbot.waitUntil(lambda: is_whole(note, measured.dock))


@pytest.mark.parametrize(("size", "letters"), SCREENS)
def test_the_sheet_of_keys_has_room_over_any_panes(
    measured: Reader, qtbot: QtBot, size: tuple[int, int], letters: int
) -> None:
    measured.room.viewing.set_count(2)
    measured.settle()
    show_on(measured, qtbot, size, letters)
    measured.key(Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    sheet = measured.dock.lightbox.findChild(QFrame, "help")
    assert faults(qtbot, sheet) == []
    wall = measured.dock.lightbox
    qtbot.waitUntil(lambda: wall.rect().contains(sheet.geometry()))


@pytest.mark.parametrize(("size", "letters"), SCREENS)
def test_how_far_long_work_is_has_room_above_the_panes(
    measured: Reader, qtbot: QtBot, size: tuple[int, int], letters: int
) -> None:
    show_on(measured, qtbot, size, letters)
    wall, loader = measured.dock.lightbox, measured.dock.loader
    heights = wall.bar.height(), measured.dock.height()
    loader.progressed.emit("Loading CT  Portal venous 1.0 B30f  portal venous", 7, 40)
    shown = wall.bar.findChild(QProgressBar, "progress")
    assert shown.isVisible()
    cut = "\N{HORIZONTAL ELLIPSIS}  7 / 40"
    qtbot.waitUntil(lambda: shown.text().endswith(cut))  # once it has its room
    assert faults(qtbot, wall) == []
    if size[0] >= 1366 and letters == 9:
        assert (wall.bar.height(), measured.dock.height()) == heights
    loader.rested.emit()
    assert shown.isHidden()


@pytest.mark.parametrize(("size", "letters"), SCREENS)
def test_the_masks_of_a_file_have_room(
    measured: Reader,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: tuple[int, int],
    letters: int,
) -> None:
    path = seg(measured, tmp_path / "seg.dcm", ("Dome", LONG))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    show_on(measured, qtbot, size, letters)
    press(measured, "take masks")
    measured.settle()
    table = measured.dock.findChild(MaskTable, "masks")
    assert table.isVisible()
    assert faults(qtbot, measured.dock) == []
    qtbot.waitUntil(lambda: table.viewport().height() >= 2 * table.rowHeight(0))
    part = measured.dock.findChild(VerticalScrollArea)
    qtbot.waitUntil(lambda: part.widget().width() <= part.viewport().width())


def read_on(reader: Reader, visits: int) -> None:
    """Measure two liver targets at each of so many visits, the second also a node."""
    recorder, reading = reader.room.recorder, reader.reading
    known = [one.timepoint_id for one in reading.visits][:visits]
    for visit in known[1:]:
        reading.open_timepoint(visit)
        for lesion_id in ("T1", "T2"):
            reading.choose(lesion_id)
            axis = PlaneCaliper(((20.0, 5.0), (20.0, 45.0)))
            recorder.caliper_drawn(CaliperOutcome(NEW, axis), volume(), 1)
    reading.changed.emit()


@pytest.mark.parametrize(("size", "letters"), SCREENS[:3])
def test_both_responses_are_in_view_wherever_the_table_is_scrolled(
    measured: Reader, qtbot: QtBot, size: tuple[int, int], letters: int
) -> None:
    read_on(measured, 4)
    show_on(measured, qtbot, size, letters)
    answers = measured.dock.findChild(QTableView, "answers")
    body = measured.dock.findChild(QTableView, "lesions")
    titles = [
        (answers.model().index(row, 0).data(), answers.model().index(row, 1).data())
        for row in range(answers.model().rowCount())
        if not answers.isRowHidden(row)
    ]
    names = [name for name, _ in titles]
    assert set(names) <= {"Response", "Best response"}
    for name in set(names):
        assert [of for one, of in titles if one == name] == ["patient", "liver"]
    assert "Response" in names
    needed = len(titles) * answers.row_height
    qtbot.waitUntil(lambda: answers.height() >= needed)
    for value in (0, body.verticalScrollBar().maximum()):
        body.verticalScrollBar().setValue(value)
        qtbot.waitUntil(lambda: is_whole(answers, measured.dock))
        assert answers.viewport().height() >= needed


def test_lesions_sums_and_responses_of_a_small_screen_need_no_scrolling(
    measured: Reader, qtbot: QtBot
) -> None:
    read_on(measured, 4)
    measured.dock.window().menuBar().hide()
    leave_title(measured.dock)
    show_on(measured, qtbot, (1366, 768), 9)
    body = measured.dock.findChild(QTableView, "lesions")
    model = body.model()
    sums = [
        row
        for row in range(model.rowCount())
        if "Sum, mm" in model.index(row, 0).data()
        and model.index(row, 1).data() in ("patient", "liver")
    ]
    assert len(sums) == 2
    cells = [model.index(row, 2) for row in (0, 1, *sums)]
    qtbot.waitUntil(
        lambda: all(
            body.viewport().rect().contains(body.visualRect(one)) for one in cells
        )
    )


def test_the_lower_the_window_the_fewer_figures_stand_beside_the_sums(
    measured: Reader, qtbot: QtBot
) -> None:
    read_on(measured, 4)
    table = measured.dock.findChild(QTableView, "lesions").model()

    def titles() -> list[str]:
        return [table.index(row, 0).data() for row in range(table.rowCount())]

    show_on(measured, qtbot, (1366, 1080), 9)
    qtbot.waitUntil(lambda: "mm nadir" in titles())
    show_on(measured, qtbot, (1366, 600), 9)
    qtbot.waitUntil(lambda: "% nadir" not in titles())
    assert sum("Sum, mm" in one for one in titles()) == 2
    show_on(measured, qtbot, (1366, 1080), 9)
    qtbot.waitUntil(lambda: "mm nadir" in titles())


def test_the_open_visit_is_in_view_beside_the_names_however_many_there_are(
    measured: Reader, qtbot: QtBot
) -> None:
    show_on(measured, qtbot, (960, 540), 9)
    reading = measured.reading
    for month in range(1, 9):
        measured.room.set_date(f"X{month}", f"2025-{month:02}-01")
    read_on(measured, 12)
    body = measured.dock.findChild(QTableView, "lesions")
    model = body.model()
    headings = [
        model.headerData(column, Qt.Orientation.Horizontal)
        for column in range(model.columnCount())
    ]
    assert len(headings) > 10
    for visit in (headings[-1], "BL", headings[-3]):
        reading.open_timepoint(visit)
        place = body.visualRect(model.index(0, headings.index(visit)))
        names = body.findChild(QTableView)
        assert body.viewport().rect().contains(place)
        assert place.left() >= names.geometry().right() or names.isHidden()
        assert names.visualRect(model.index(0, 0)).left() == 0


def test_the_images_stay_where_they_are_however_long_the_words_beside_the_caliper(
    measured: Reader, qtbot: QtBot
) -> None:
    show_on(measured, qtbot, (1366, 768), 9)
    measured.settle()
    width = measured.canvas.width()
    measured.reading.revise("T1", name=LONG)
    measured.reading.open_timepoint("TP1")
    measured.reading.choose("T1")
    line = measured.dock.findChild(QLabel, "what is measured")
    assert line.toolTip() == f"measures T1 liver {LONG}"
    assert line.text().endswith("\N{HORIZONTAL ELLIPSIS}")
    assert faults(qtbot, measured.dock) == []
    assert measured.canvas.width() == width


def test_a_new_lesion_keeps_its_role_where_the_form_is_narrow(
    measured: Reader, qtbot: QtBot
) -> None:
    show_on(measured, qtbot, (960, 540), 9)
    measured.key(Qt.Key.Key_N)
    assert measured.reading.new_lesion.role is LesionRole.NON_TARGET
    assert faults(qtbot, measured.dock) == []


def test_in_napari_at_its_own_size_the_table_has_the_height_of_the_plot(
    reader: Reader, qtbot: QtBot
) -> None:
    read = reader.dock.findChild(ReadTab)
    plot, table = read.findChild(SumPlot), read.findChild(LesionTable)
    show_on(reader, qtbot, (1089, 630), 9)
    qtbot.waitUntil(lambda: not plot.isVisible())
    body = table.body
    qtbot.waitUntil(lambda: body.viewport().height() >= 5 * body.row_height)
    show_on(reader, qtbot, (1920, 1080), 9)
    qtbot.waitUntil(lambda: plot.isVisible() and plot.height() > 0)
