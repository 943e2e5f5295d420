"""What the cells of the table look like: words, chips, the chosen row, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPalette,
)

from napari_recist.table.cell_painter import CHIP_COLOURS, MARGIN, ROUND
from napari_recist.table.cells import Cell, Table
from napari_recist.table.frozen_columns import SMALLEST, FrozenColumns
from napari_recist.table.qt_model import TableModel
from recist_tool.terms import Response

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui

HEADINGS = ("Lesion", "Organ", "BL", "TP1")
LONG = "subcapsular, next to the gallbladder fossa, and more than any cell holds"


def lesion(name: str, *values: str) -> tuple[Cell, ...]:
    cells = [Cell(name, lesion_id=name), Cell("liver"), *map(Cell, values)]
    return tuple(cells)


def table(name: str = "T1") -> Table:
    response = Cell("PR", chip=Response.PR, is_sum=True)
    answer = (Cell("Response", is_sum=True), Cell("patient"), Cell(), response)
    return Table(HEADINGS, (lesion(name, "31.5", ""), lesion("T2", "", "12"), answer))


@pytest.fixture
def grid(qtbot: QtBot) -> FrozenColumns:
    model = TableModel(lambda *_: None)
    model.show(table(), "BL")
    grid = FrozenColumns(model, lambda row: True)
    qtbot.addWidget(grid)
    grid.resize(420, 160)
    grid.fit(420)
    grid.show()
    return grid


def picture(grid: FrozenColumns, row: int, column: int) -> QImage:
    """Return how a cell looks, without its outermost pixels."""
    area = grid.visualRect(grid.model().index(row, column)).adjusted(1, 1, -1, -1)
    return grid.viewport().grab(area).toImage()


def seen(colour: QColor) -> str:
    """Return a colour as a screen of 16 bits shows it."""
    one = QImage(1, 1, QImage.Format.Format_RGB16)
    one.fill(colour)
    return one.pixelColor(0, 0).name()


def colours(image: QImage) -> set[str]:
    return {
        seen(image.pixelColor(x, y))
        for x in range(image.width())
        for y in range(image.height())
    }


def ground(grid: FrozenColumns) -> str:
    return seen(grid.palette().color(QPalette.ColorRole.Base))


def test_words_stand_in_their_cells_and_nowhere_else(grid: FrozenColumns) -> None:
    written = {
        (row, column)
        for row in range(2)
        for column in range(4)
        if colours(picture(grid, row, column)) != {ground(grid)}
    }
    assert written == {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 3)}


def test_a_response_is_white_on_its_colour(grid: FrozenColumns) -> None:
    chip, white = QColor(CHIP_COLOURS[Response.PR]), QColor("white")
    assert {seen(chip), seen(white)} <= colours(picture(grid, 2, 3))
    assert colours(picture(grid, 2, 2)) == {ground(grid)}


def test_a_long_response_is_smaller_and_never_cut(
    grid: FrozenColumns, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    class Seen(QPainter):
        def drawText(self, *where: object) -> None:  # noqa: N802 - of Qt
            drawn.append(str(where[-1]))

    monkeypatch.setattr("napari_recist.table.frozen_columns.QPainter", Seen)
    chip = Cell("non-CR/non-PD", chip=Response.NON_CR_NON_PD)
    model = grid.model()
    assert isinstance(model, TableModel)
    model.show(Table(HEADINGS, ((Cell("Non-target"), Cell(), chip, Cell(LONG)),)), "BL")
    grid.viewport().grab()
    assert chip.text in drawn
    assert LONG not in drawn


def test_the_words_of_a_chip_end_before_its_round_ends(grid: FrozenColumns) -> None:
    chip = Cell("PD after PD", chip=Response.PD)
    model = grid.model()
    assert isinstance(model, TableModel)
    model.show(Table(HEADINGS, ((Cell("Response"), Cell(), chip, chip),)), "BL")
    image = picture(grid, 0, 2)

    middle = image.height() // 2

    def has_letters(left: int, right: int) -> bool:
        colours = (
            image.pixelColor(x, y)
            for x in range(left, right)
            for y in range(middle - 3, middle + 4)
        )
        return any(min(one.red(), one.green(), one.blue()) > 128 for one in colours)

    first, last = MARGIN, image.width() - MARGIN  # pixels of the chip
    edge = ROUND // 2 - 1  # the picture leaves out the outermost pixel of the cell
    assert not has_letters(first, first + edge)
    assert not has_letters(last - edge, last)
    assert has_letters(first + edge, last - edge)


def test_the_row_of_the_chosen_lesion_is_marked_across_all_columns(
    grid: FrozenColumns,
) -> None:
    mark = seen(grid.palette().color(QPalette.ColorRole.Highlight))
    grid.mark(1)
    assert all(mark in colours(picture(grid, 1, column)) for column in range(4))
    assert all(mark not in colours(picture(grid, 0, column)) for column in range(4))


def test_a_line_parts_the_responses_from_the_lesions(grid: FrozenColumns) -> None:
    tops = [grid.rowViewportPosition(row) for row in range(3)]
    across = grid.viewport().grab().toImage()
    lined = [
        all(seen(across.pixelColor(x, top)) != ground(grid) for x in range(1, 400))
        for top in tops
    ]
    assert lined == [False, False, True]


def test_long_words_do_not_run_into_the_next_cell(grid: FrozenColumns) -> None:
    model = grid.model()
    assert isinstance(model, TableModel)
    beside = picture(grid, 0, 1)
    model.show(table(LONG), "BL")
    assert picture(grid, 0, 1) == beside
    last = picture(grid, 0, 0)
    edge = last.copy(last.width() - 2, 0, 2, last.height())
    assert colours(edge) == {ground(grid)}
    assert len(colours(last)) > 1


WHOLE = ("17.15", "(36.25)", "PR -12.5", "-100.0", "PR after PD", "PR (CR?)")


def test_every_figure_of_eight_visits_is_whole_however_narrow_the_table(
    qtbot: QtBot,
) -> None:
    visits = tuple(f"TP{number}" for number in range(1, 9))
    rows = [
        (Cell("Sum, mm", is_sum=True), Cell("patient"), *(Cell(text, is_sum=True),) * 8)
        for text in WHOLE
    ]
    model = TableModel(lambda *_: None)
    model.show(Table(("Lesion", "Organ", *visits), tuple(rows)), "TP8")
    grid = FrozenColumns(model, lambda row: True)
    qtbot.addWidget(grid)
    grid.resize(420, 200)
    grid.fit(420)
    grid.show()
    font = QFont(grid.font())
    font.setBold(True)
    metrics = QFontMetricsF(font)
    for text in WHOLE:
        needed = SMALLEST * metrics.horizontalAdvance(text)
        assert all(grid.columnWidth(at) >= needed for at in range(2, 10))
