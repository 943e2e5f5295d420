"""Rows of the table of lesions, with names that stay where the visits scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, QRectF, Qt, Signal
from qtpy.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPalette
from qtpy.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from napari_recist.table.cell_painter import PADDING, SMALLEST, CellPainter
from napari_recist.table.qt_model import FIRST_VISIT, TableModel, alignment
from napari_recist.widgets.theme import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtCore import QEvent, QRect
    from qtpy.QtGui import QContextMenuEvent, QPaintEvent, QResizeEvent

NAME, ORGAN, VISIT = "NT1 segment VI", "lymph node", "PR -30.0"
"""Words for which the columns of names, organs and visits have room."""

ROW_MARGIN = 3


class _Cells(QTableView):
    """Cells of the model, painted and clicked as everywhere in the table."""

    explained = Signal()
    menu_wanted = Signal(QModelIndex)

    def __init__(self, model: TableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAutoScroll(False)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)

    @property
    def row_height(self) -> int:
        """Of every row, pixels: as the letters need it."""
        return self.fontMetrics().height() + ROW_MARGIN

    def show_rows(self, shows: Callable[[int], bool]) -> None:
        """Show some of the rows, each as high as its letters."""
        if self.verticalHeader().defaultSectionSize() != self.row_height:
            self.verticalHeader().setDefaultSectionSize(self.row_height)
        for row in range(self._cells.rowCount()):
            if self.isRowHidden(row) is shows(row):
                self.setRowHidden(row, not shows(row))

    def size_columns(self, widths: list[int]) -> None:
        """Set the width of every column."""
        for column, width in enumerate(widths):
            if self.columnWidth(column) != width:
                self.setColumnWidth(column, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in view, the row of the chosen lesion, and the groups."""
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, event.rect())
        finally:
            painter.end()

    def _paint(self, painter: QPainter, dirty: QRect) -> None:
        cells = CellPainter(painter, self)
        chosen = {one.row() for one in self.selectionModel().selectedRows()}
        line = named(self, "line")
        shade = self.palette().brush(QPalette.ColorRole.Highlight)
        columns, wide = self._columns_in(dirty), self.viewport().width()
        for row in self._rows_in(dirty):
            top, high = self.rowViewportPosition(row), self.rowHeight(row)
            if row in chosen:
                painter.fillRect(0, top, wide, high, shade)
            for column in columns:
                left = self.columnViewportPosition(column)
                area = QRectF(left, top, self.columnWidth(column), high)
                cells.paint(area, self._cells.at(row, column), alignment(column))
            if self._cells.begins_group(row):
                painter.setPen(line)
                painter.drawLine(0, top, wide, top)

    def _rows_in(self, area: QRect) -> list[int]:
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        if first < 0:
            return []
        beyond = self._cells.rowCount() if last < 0 else last + 1
        return [row for row in range(first, beyond) if not self.isRowHidden(row)]

    def _columns_in(self, area: QRect) -> list[int]:
        first, last = self.columnAt(area.left()), self.columnAt(area.right())
        if first < 0:
            return []
        beyond = self._cells.columnCount() if last < 0 else last + 1
        every = range(first, beyond)
        return [column for column in every if not self.isColumnHidden(column)]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a cell."""
        index = self.indexAt(event.pos())
        if index.isValid():
            self.menu_wanted.emit(index)

    def viewportEvent(self, event: QEvent) -> bool:
        """Notice that the reader asks a chip why."""
        is_shown = super().viewportEvent(event)
        if isinstance(event, QHelpEvent):
            cell = self._cells.cell(self.indexAt(event.pos()))
            if cell.chip is not None:
                self.explained.emit()
        return is_shown


class FrozenColumns(_Cells):
    """Some rows of the table; their names lie over them once visits are scrolled.

    Parameters
    ----------
    shows
        Whether a row of the model belongs here.

    Signals
    -------
    chosen
        Index of a cell that was clicked.
    """

    chosen = Signal(QModelIndex)

    def __init__(
        self,
        model: TableModel,
        shows: Callable[[int], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, parent)
        self._shows = shows
        self._names = _Cells(model, self)
        self._names.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._names.setSelectionModel(self.selectionModel())
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(off)
        self._names.setHorizontalScrollBarPolicy(off)
        self._names.setVerticalScrollBarPolicy(off)
        self._names.setVerticalScrollMode(self.verticalScrollMode())
        mine, theirs = self.verticalScrollBar(), self._names.verticalScrollBar()
        mine.valueChanged.connect(theirs.setValue)
        theirs.valueChanged.connect(mine.setValue)
        for view in (self, self._names):
            view.clicked.connect(self.chosen)
        self._names.explained.connect(self.explained)
        self._names.menu_wanted.connect(self.menu_wanted)

    def fit(self, width: int) -> None:
        """Size rows and columns to the letters and to the width that there is."""
        widths = self._widths(width)
        for view in (self, self._names):
            view.show_rows(self._shows)
            view.size_columns(widths)
        for column in range(FIRST_VISIT, len(widths)):
            self._names.setColumnHidden(column, True)
        self._names.horizontalHeader().setVisible(
            not self.horizontalHeader().isHidden()
        )
        self._names.setVisible(sum(widths) > width)
        self._lay_names()

    @property
    def whole_height(self) -> int:
        """Of all rows here, without any heading, pixels."""
        rows = sum(map(self._shows, range(self._cells.rowCount())))
        return rows * self.row_height + 2 * self.frameWidth()

    def mark(self, row: int | None) -> None:
        """Mark the row of the chosen lesion and bring it into view."""
        if [row] == [one.row() for one in self.selectionModel().selectedRows()]:
            return
        if row is None:
            self.clearSelection()
            return
        self.selectRow(row)
        self.follow_chosen()

    def follow_chosen(self) -> None:
        """Bring the row of the chosen lesion into view."""
        for index in self.selectionModel().selectedRows():
            across = self.horizontalScrollBar().value()
            self.scrollTo(index)
            self.horizontalScrollBar().setValue(across)

    def scroll_to_column(self, column: int) -> None:
        """Bring a visit into view, beside the names that lie over the rows."""
        self.updateGeometries()  # columns that were just sized, before Qt gets to it
        bar, (least, most) = self.horizontalScrollBar(), self._wholly_seen(column)
        bar.setValue(min(max(bar.value(), least), most))

    def shows_column(self, column: int) -> bool:
        """Return whether all of a visit is in view, beside the names."""
        least, most = self._wholly_seen(column)
        return least <= self.horizontalScrollBar().value() <= most

    def _wholly_seen(self, column: int) -> tuple[int, int]:
        """Return from where to where the bar may stand for a visit to be in view."""
        header = self.horizontalHeader()
        left = header.sectionPosition(column)
        right = left + header.sectionSize(column)
        names = header.sectionPosition(FIRST_VISIT)
        return right - self.viewport().width(), left - names

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the names over their rows."""
        super().resizeEvent(event)
        self._lay_names()

    def _lay_names(self) -> None:
        wide = sum(self.columnWidth(column) for column in range(FIRST_VISIT))
        head = self.viewport().y()
        self._names.setGeometry(0, 0, wide, head + self.viewport().height())

    def _widths(self, room: int) -> list[int]:
        """Return the widths of the columns: narrower before visits are scrolled."""
        visits = max(self._cells.columnCount() - FIRST_VISIT, 0)
        name, organ = self._needed(NAME), self._needed(ORGAN)
        visit = self.visit_width
        if visits:
            left = (room - name - organ) // visits
            visit = min(max(left, int(visit * SMALLEST)), visit)
        return [max(room - organ - visit * visits, name), organ] + [visit] * visits

    @property
    def visit_width(self) -> int:
        """What the columns of visits need to show all figures whole, pixels."""
        usual = self._needed(VISIT)
        return min(self._needed(VISIT, *self._cells.figures()), 2 * usual)

    def _needed(self, *texts: str) -> int:
        """Return how wide texts are where they are bold, as figures of sums are."""
        font = QFont(self.font())
        font.setBold(True)
        return max(map(QFontMetrics(font).horizontalAdvance, texts)) + PADDING
