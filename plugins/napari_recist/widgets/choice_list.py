"""A list over what lies below a field: what can be chosen there, by digit or click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QPoint, Qt, Signal
from qtpy.QtWidgets import QListWidget, QListWidgetItem, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

VALUE = Qt.ItemDataRole.UserRole


class ChoiceList(QListWidget):
    """Shown while a field has the focus; it never has it itself.

    Parameters
    ----------
    field
        Below which it lies.

    Signals
    -------
    picked
        The value of the row that was clicked.
    """

    picked = Signal(str)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setObjectName("choices")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemPressed.connect(self._on_pressed)
        self.hide()

    def offer(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show rows, each with what is written and what it stands for."""
        self.clear()
        for words, value in rows:
            item = QListWidgetItem(words, self)
            item.setData(VALUE, value)
        self._lie_below()
        self.setVisible(bool(rows))
        self.raise_()

    def step(self, rows: int) -> None:
        """Mark another row: for the arrow keys of the field."""
        row = self.currentRow() + rows
        self.setCurrentRow(min(max(row, 0), self.count() - 1))

    @property
    def marked(self) -> str | None:
        """The value of the row that the arrows marked; None where they marked none."""
        row = self.currentRow()
        return None if row < 0 else str(self.item(row).data(VALUE))

    def _lie_below(self) -> None:
        """Lie over the window, so that nothing in it moves."""
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        at = self._field.mapTo(window, QPoint(0, self._field.height()))
        tall = self.sizeHintForRow(0) * self.count() + 2 * self.frameWidth()
        wide = max(self._field.width(), self.sizeHintForColumn(0) + 30)
        wide = min(wide, window.width() - at.x())
        self.setGeometry(at.x(), at.y(), wide, min(tall, window.height() - at.y()))

    def _on_pressed(self, item: QListWidgetItem) -> None:
        self.picked.emit(str(item.data(VALUE)))
