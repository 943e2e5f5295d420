"""The lesions x timepoints table on the screen: lesions and sums, responses below.

The responses of patient and liver stay in view however long the table is, and so do the
names of the rows however many visits there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QSize, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QScrollBar, QSpacerItem, QVBoxLayout, QWidget

from napari_recist.table.frozen_columns import FrozenColumns
from napari_recist.table.qt_model import FIRST_VISIT, TableModel

if TYPE_CHECKING:
    from qtpy.QtGui import QResizeEvent

    from napari_recist.table.cells import Table
    from napari_recist.table.qt_model import Index

ROWS = 11
"""For how many there is room where nothing presses."""

LEAST_ROWS = 4
"""How many lesions are in view at least."""


class LesionTable(QWidget):
    """The table: lesions and sums scroll, the responses stand below them.

    Signals
    -------
    clicked_cell
        Lesion id and timepoint id of a cell that was clicked; the latter may be empty.
    edited
        Lesion id, field and text of a corrected name or organ.
    folded
        The scope whose rows are to be folded or unfolded.
    explained
        The reader rests the pointer on a cell that says why.
    resized
        There is room for another number of rows.
    menu_wanted
        A cell whose menu is asked for.
    """

    clicked_cell = Signal(str, str)
    folded = Signal(str)
    edited = Signal(str, str, str)
    explained = Signal()
    resized = Signal()
    menu_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model = TableModel(self.edited.emit)
        self._open_visit = ""
        self._visit_width = 0
        self._room = 0
        self._column, self._beside = QVBoxLayout(self), QSpacerItem(0, 0)
        self._across = QScrollBar(Qt.Orientation.Horizontal)
        self.body = FrozenColumns(model, lambda row: not model.is_answer(row))
        self.body.setObjectName("lesions")
        self.answers = FrozenColumns(model, model.is_answer)
        self.answers.setObjectName("answers")
        self._lay_out()
        for grid in (self.body, self.answers):
            grid.chosen.connect(self._on_click)
            grid.explained.connect(self.explained)
            grid.menu_wanted.connect(self._on_menu)
            bar = grid.horizontalScrollBar()
            bar.valueChanged.connect(self._across.setValue)
            self._across.valueChanged.connect(bar.setValue)
        self.body.horizontalScrollBar().rangeChanged.connect(self._on_range)
        self.setFocusProxy(self.body)

    def show_table(self, table: Table, open_visit: str, lesion_id: str | None) -> None:
        """Show the table; the open visit and the chosen lesion are marked.

        Parameters
        ----------
        open_visit
            ID; empty where none is open.
        lesion_id
            None where no lesion is chosen.
        """
        moved = open_visit != self._open_visit
        shape = self._model.shape
        self._open_visit = open_visit
        self._model.show(table, open_visit)
        wide = self.body.visit_width
        if self._model.shape != shape or wide != self._visit_width:
            self._visit_width = wide
            self._fit()
        self.body.mark(self._model.row_of(lesion_id) if lesion_id else None)
        if moved:
            self._follow_visit()

    @property
    def shown(self) -> Table:
        """The table as it stands on the screen."""
        return self._model.table

    @property
    def room(self) -> int:
        """How many rows are seen at once, those below among them."""
        below_head = self.height() - self.body.horizontalHeader().height()
        return below_head // self.body.row_height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the visits leave."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
            self._follow_visit()
        self.body.follow_chosen()
        before, self._room = self._room, self.room
        if self._room != before:
            self.resized.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of letters."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def sizeHint(self) -> QSize:
        """Ask for room for some rows."""
        return QSize(380, (ROWS + 1) * self.body.row_height)

    def _lay_out(self) -> None:
        self.body.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.answers.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.answers.horizontalHeader().hide()
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.answers)
        below.addSpacerItem(self._beside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.body, 1)
        self._column.addLayout(below)
        self._column.addWidget(self._across)

    def _fit(self) -> None:
        """Size rows and columns of both parts alike."""
        answered = any(map(self._model.is_answer, range(self._model.rowCount())))
        self.answers.setVisible(answered)
        bar = self.body.width() - self.body.viewport().width()
        if bar != self._beside.sizeHint().width():
            self._beside.changeSize(bar, 0)
            self._beside.invalidate()
            self._column.invalidate()
        heading = self.body.horizontalHeader().sizeHint().height()
        self.body.setMinimumHeight(heading + LEAST_ROWS * self.body.row_height)
        for grid in (self.body, self.answers):
            grid.fit(self.body.viewport().width())
        self.answers.setFixedHeight(self.answers.whole_height)

    def _on_range(self, least: int, most: int) -> None:
        """Let one bar, below all rows, scroll both parts."""
        self._across.setRange(least, most)
        self._across.setPageStep(self.body.viewport().width())
        self._across.setVisible(most > least)

    def _follow_visit(self) -> None:
        """Scroll to the open visit, and to the one before it, beside the names.

        One that is in view stays where it was clicked.
        """
        column = self._model.column_of(self._open_visit)
        if column is None or self.body.shows_column(column):
            return
        self.body.scroll_to_column(max(column - 1, FIRST_VISIT))
        self.body.scroll_to_column(column)

    def _on_menu(self, index: Index) -> None:
        self.menu_wanted.emit(self._model.cell(index))

    def _on_click(self, index: Index) -> None:
        cell = self._model.cell(index)
        self.answers.clearSelection()
        if cell.lesion_id is not None:
            self.clicked_cell.emit(cell.lesion_id, cell.timepoint_id or "")
        elif cell.scope:
            self.folded.emit(cell.scope)
