"""The lesions x timepoints table: shows `Table`, reports clicks and edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QPainter
from qtpy.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from napari_recist.summary import WAITING
from napari_recist.table_cells import Cell, Table
from recist_tool import NewLesions, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtGui import QResizeEvent

GOOD, BETTER, STILL, WORSE = "#1b7f4d", "#1f6fb2", "#856718", "#b3261e"
UNKNOWN, NOTHING = "#6b5b95", "#5f6368"
CHIP_COLOURS: dict[Response | NewLesions, str] = {
    **dict.fromkeys((Response.CR, Response.ICR, Response.CMR, Response.NED), GOOD),
    **dict.fromkeys((Response.NORMALISED, Response.OFF_DRUG), GOOD),
    **dict.fromkeys(
        (Response.PR, Response.IPR, Response.PMR, Response.MR, Response.RESPONSE),
        BETTER,
    ),
    **dict.fromkeys((Response.SD, Response.ISD, Response.SMD, Response.NC), STILL),
    **dict.fromkeys(
        (Response.NON_CR_NON_PD, Response.NON_ICR_NON_IUPD, Response.NO_RESPONSE),
        STILL,
    ),
    **dict.fromkeys((Response.PD, Response.IUPD, Response.ICPD, Response.PMD), WORSE),
    Response.NE: UNKNOWN,
    Response.NA: NOTHING,
    NewLesions.NO: NOTHING,
    NewLesions.YES: WORSE,
    NewLesions.EQUIVOCAL: UNKNOWN,
}
"""Backgrounds on which white text keeps a contrast of at least 4.5 to 1."""

GROUP_LINE = "#8a8f98"
ROW_HEIGHT = 18
NAME_WIDTH, ORGAN_WIDTH, VISIT_WIDTH = 96, 80, 58
PADDING = 8
SMALLEST = 0.8
"""How much of its size a text may lose before it is cut off."""
FIRST_VISIT = 2
"""The first column that is a visit."""

Index = QModelIndex | QPersistentModelIndex


class TableModel(QAbstractTableModel):
    """The cells of a `Table` for Qt.

    Parameters
    ----------
    edited
        Called with lesion id, field and text when the reader corrects a lesion.
    """

    def __init__(self, edited: Callable[[str, str, str], None]) -> None:
        super().__init__()
        self._table = Table((), ())
        self._open_visit = ""
        self._edited = edited

    def show(self, table: Table, open_visit: str) -> None:
        """Show another table; the open visit's heading is marked.

        Where only some cells differ, only those are drawn again, and what is chosen
        or scrolled to stays.
        """
        old, was_open = self._table, self._open_visit
        same_shape = old.headings == table.headings and len(old.rows) == len(table.rows)
        if not same_shape:
            self.beginResetModel()
        self._table, self._open_visit = table, open_visit
        if not same_shape:
            self.endResetModel()
            return
        last = len(table.headings) - 1
        for row, (before, now) in enumerate(zip(old.rows, table.rows, strict=True)):
            if before != now:
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))
        if was_open != open_visit:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def cell(self, index: Index) -> Cell:
        """Return the cell at an index; an empty one beyond the table."""
        if not index.isValid():
            return Cell()
        return self._table.rows[index.row()][index.column()]

    def begins_group(self, row: int) -> bool:
        """Return whether a line parts this row from the one above."""
        if row == 0:
            return False
        return self._group(row) != self._group(row - 1)

    def _group(self, row: int) -> str:
        lesion, scope = self._table.rows[row][:2]
        return "lesions" if lesion.lesion_id else scope.text

    def row_of(self, lesion_id: str | None) -> int | None:
        """Return the row of a lesion, or None."""
        rows = enumerate(self._table.rows)
        return next(
            (row for row, cells in rows if lesion_id == cells[0].lesion_id), None
        )

    def rowCount(self, parent: Any = None) -> int:
        """Return the number of rows."""
        return len(self._table.rows)

    def columnCount(self, parent: Any = None) -> int:
        """Return the number of columns."""
        return len(self._table.headings)

    def headerData(
        self, section: int, orientation: Any, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a heading; the open visit stands in bold."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        heading = self._table.headings[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        if role == Qt.ItemDataRole.FontRole and heading == self._open_visit:
            return _bold()
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what Qt asks of a cell."""
        cell = self.cell(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cell.text
            case Qt.ItemDataRole.EditRole:
                return self._editable_text(cell)
            case Qt.ItemDataRole.ToolTipRole:
                return cell.tooltip or None
            case Qt.ItemDataRole.FontRole:
                return _bold() if cell.is_sum or cell.text == WAITING else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case _:
                return None

    def setData(
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Hand an edited name or organ on; the case decides."""
        cell = self.cell(index)
        text = str(value).strip()
        if cell.lesion_id is None or text == self._editable_text(cell):
            return False
        self._edited(cell.lesion_id, cell.field, text)
        return True

    def flags(self, index: Index) -> Any:
        """Return whether a cell can be chosen and edited."""
        flags = super().flags(index)
        if self.cell(index).field:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def _editable_text(self, cell: Cell) -> str:
        if cell.field == "name" and cell.lesion_id is not None:
            return cell.text.removeprefix(cell.lesion_id).strip()
        return cell.text


class ChipDelegate(QStyledItemDelegate):
    """Paints a response as a coloured chip with its name in white."""

    def __init__(self, model: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        """Paint a chip where the cell holds a response, else as usual."""
        if self._model.begins_group(index.row()):
            painter.setPen(QColor(GROUP_LINE))
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())
        cell = self._model.cell(index)
        if cell.chip is None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(3, 2, -3, -2)
        painter.setBrush(QColor(CHIP_COLOURS[cell.chip]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, 8, 8)
        painter.setPen(QColor("white"))
        font = QFont(painter.font())
        font.setBold(cell.is_sum)
        painter.setFont(_fitting(font, cell.text, area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, cell.text)
        painter.restore()

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Write long words smaller rather than cut them off, beside the names."""
        super().initStyleOption(option, index)
        if index.column() > 0:
            option.font = _fitting(option.font, option.text, option.rect.width())
            option.textElideMode = Qt.TextElideMode.ElideNone


class LesionTable(QTableView):
    """The table on the screen.

    Signals
    -------
    clicked_cell
        Lesion id and timepoint id of a cell that was clicked; the latter may be empty.
    edited
        Lesion id, field and text of a corrected name or organ.
    folded
        The scope whose rows are to be folded or unfolded.
    """

    clicked_cell = Signal(str, str)
    folded = Signal(str)
    edited = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = TableModel(self.edited.emit)
        self.setModel(self._model)
        self.setItemDelegate(ChipDelegate(self._model, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.setObjectName("lesions")
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(self._on_click)

    def show_table(self, table: Table, open_visit: str, lesion_id: str | None) -> None:
        """Show the table; the open visit and the chosen lesion are marked."""
        columns = self._model.columnCount()
        self._model.show(table, open_visit)
        if columns != len(table.headings):
            self._size_columns(len(table.headings))
        row = self._model.row_of(lesion_id) if lesion_id else None
        chosen = self.selectionModel().selectedRows()
        if [row] == [one.row() for one in chosen]:
            return
        if row is None:
            self.clearSelection()
        else:
            self.selectRow(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the visits leave."""
        super().resizeEvent(event)
        self._size_columns(self._model.columnCount())

    def _size_columns(self, count: int) -> None:
        if not count:
            return
        visits = VISIT_WIDTH * (count - FIRST_VISIT)
        left = self.viewport().width() - ORGAN_WIDTH - visits
        widths = [max(left, NAME_WIDTH), ORGAN_WIDTH]
        widths += [VISIT_WIDTH] * (count - FIRST_VISIT)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)

    def sizeHint(self) -> QSize:
        """Ask for room for eleven rows."""
        return QSize(380, 12 * ROW_HEIGHT)

    def _on_click(self, index: Index) -> None:
        cell = self._model.cell(index)
        if cell.lesion_id is not None:
            self.clicked_cell.emit(cell.lesion_id, cell.timepoint_id or "")
        elif cell.scope:
            self.folded.emit(cell.scope)


def _fitting(font: QFont, text: str, width: float) -> QFont:
    """Return a font, smaller where the words are long for their cell."""
    needed = QFontMetricsF(font).horizontalAdvance(text) + PADDING
    if needed <= width:
        return font
    smaller, share = QFont(font), max(width / needed, SMALLEST)
    if font.pixelSize() > 0:
        smaller.setPixelSize(max(1, int(font.pixelSize() * share)))
    else:
        smaller.setPointSizeF(font.pointSizeF() * share)
    return smaller


def _bold() -> QFont:
    font = QFont()
    font.setBold(True)
    return font


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column < FIRST_VISIT:
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignCenter
