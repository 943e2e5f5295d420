"""The cells of the lesions x timepoints table, as Qt asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from qtpy.QtGui import QFont

from napari_recist.table.cells import Cell, Table

if TYPE_CHECKING:
    from collections.abc import Callable

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
        if was_open != open_visit or old.notes != table.notes:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    @property
    def table(self) -> Table:
        """What is shown."""
        return self._table

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides which rows and columns there are, and where they stand."""
        return self._table.headings, [one[0].is_answer for one in self._table.rows]

    def figures(self) -> set[str]:
        """Return all that stands below visits."""
        return {cell.text for row in self._table.rows for cell in row[FIRST_VISIT:]}

    def cell(self, index: Index) -> Cell:
        """Return the cell at an index; an empty one beyond the table."""
        return self.at(index.row(), index.column()) if index.isValid() else Cell()

    def at(self, row: int, column: int) -> Cell:
        """Return the cell of a row and a column of the table."""
        return self._table.rows[row][column]

    def begins_group(self, row: int) -> bool:
        """Return whether a line parts this row from the one above."""
        if row == 0:
            return False
        return self._group(row) != self._group(row - 1)

    def is_answer(self, row: int) -> bool:
        """Return whether a row holds responses, which stay in view."""
        return self._table.rows[row][0].is_answer

    def _group(self, row: int) -> str:
        lesion, scope = self._table.rows[row][:2]
        return "lesions" if lesion.lesion_id else scope.text

    def row_of(self, lesion_id: str | None) -> int | None:
        """Return the row of a lesion, or None."""
        rows = enumerate(self._table.rows)
        return next(
            (row for row, cells in rows if lesion_id == cells[0].lesion_id), None
        )

    def column_of(self, timepoint_id: str) -> int | None:
        """Return the column of a visit, or None."""
        visits = self._table.headings
        return visits.index(timepoint_id) if timepoint_id in visits else None

    def rowCount(self, parent: Any = None) -> int:
        """Return the number of rows."""
        return len(self._table.rows)

    def columnCount(self, parent: Any = None) -> int:
        """Return the number of columns."""
        return len(self._table.headings)

    def headerData(
        self, section: int, orientation: Any, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a heading: the open visit is bold, one with a comment underlined.

        Parameters
        ----------
        section
            Column, from 0; rows have no heading.
        role
            Text, font and comment are given; any other asks for None.
        """
        if orientation != Qt.Orientation.Horizontal:
            return None
        heading = self._table.headings[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return heading
        comment = self._table.notes.get(heading, "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Comment: {comment}" if comment else None
        is_open = heading == self._open_visit
        if role == Qt.ItemDataRole.FontRole and (is_open or comment):
            return _font(is_bold=is_open, is_underlined=bool(comment))
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
            case _:
                return None

    def setData(
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Hand an edited name or organ on; the case decides.

        Parameters
        ----------
        value
            As typed; spaces around it are dropped.
        role
            Not looked at: Qt sets what was edited, nothing else.

        Returns
        -------
        Whether anything was to be changed.
        """
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


def _font(*, is_bold: bool, is_underlined: bool) -> QFont:
    font = QFont()
    font.setBold(is_bold)
    font.setUnderline(is_underlined)
    return font


def alignment(column: int) -> Qt.AlignmentFlag:
    """Return where the words of a column stand in their cells."""
    if column < FIRST_VISIT:
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignCenter
