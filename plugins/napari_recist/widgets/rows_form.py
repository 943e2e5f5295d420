"""Rows of fields, one for each marker, treatment or lesion; the last waits for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_recist.widgets.record_form import RecordForm, fault_line
from recist_tool.app.reading import NOT_BLINDED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qtpy.QtCore import QObject

    from recist_tool.app.reading import Field
    from recist_tool.model import Blinding


SPARE = 2
"""How many rows there are at least."""


class RowsForm(QWidget):
    """Several records of one kind.

    A row is recorded once its first field, which names it, is filled; a row whose first
    field is emptied is taken back. One more row comes when the last is gone into, never
    when another is left: then the next click would miss what it was aimed at.

    Signals
    -------
    changed
        The values of each row, as a list, once the reader changed one and all fit.
    """

    changed = Signal(object)

    def __init__(
        self, name: str, fields: tuple[Field, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._fields = fields
        self._rows: list[RecordForm] = []
        self._of: object = None
        self._shown = SPARE
        self._blinding = NOT_BLINDED
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._fault = fault_line(name)
        self.show_rows([])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(self._column)
        whole.addWidget(self._fault)

    def blind(self, blinding: Blinding) -> None:
        """Tell dates in another way from the next rows on."""
        self._blinding = blinding
        for form in self._rows:
            form.blind(blinding)

    def show_rows(
        self, rows: Sequence[Mapping[str, object]], of: object = None
    ) -> None:
        """Show records, and an empty row below them.

        Parameters
        ----------
        of
            Whose records they are.
        """
        if of != self._of:
            self._of = of
            self._shown = SPARE
            self.tell("")
        if not self.isVisible():
            self._shown = SPARE
        wanted = self._shown = max(self._shown, len(rows) + (not self.isVisible()))
        while len(self._rows) < wanted:
            self._add()
        for form in self._rows[wanted:]:
            form.setVisible(False)
            form.show_values({}, of)
        for number, form in enumerate(self._rows[:wanted]):
            form.setVisible(True)
            form.show_values(rows[number] if number < len(rows) else {}, of)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make room for one more as soon as the last row is gone into."""
        is_last = event.type() == QEvent.Type.FocusIn and self._is_in_last(watched)
        if is_last:
            self._shown += 1
            if len(self._rows) < self._shown:
                self._add()
            self._rows[self._shown - 1].setVisible(True)
        return super().eventFilter(watched, event)

    def _is_in_last(self, watched: QObject) -> bool:
        last = self._rows[self._shown - 1]
        return isinstance(watched, QWidget) and last.isAncestorOf(watched)

    def let_go(self) -> None:
        """Show what is recorded the next time, whatever the reader typed."""
        for form in self._rows:
            form.let_go()

    def tell(self, fault: str) -> None:
        """Say below the rows what does not fit."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def _add(self) -> None:
        number = len(self._rows) + 1
        form = RecordForm(
            f"{self._name} {number}",
            self._fields,
            columns=len(self._fields),
            has_labels=number == 1,
        )
        form.blind(self._blinding)
        form.changed.connect(self._on_change)
        for field in form.findChildren(QWidget):
            field.installEventFilter(self)
        self._rows.append(form)
        self._column.addWidget(form)

    def _on_change(self, _: object) -> None:
        first = self._fields[0].name
        found = [form.values() for form in self._rows if any(form.texts.values())]
        if any(values is None for values in found):
            return
        self.changed.emit([values for values in found if values and first in values])
