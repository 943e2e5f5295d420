"""The masks of a file, listed in place: each to be looked at and taken, or all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_recist.table.frozen_columns import ROW_MARGIN
from napari_recist.widgets.flow_layout import FlowRow
from napari_recist.widgets.key_filter import ENTER, leave_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QKeyEvent

    from napari_recist.room.import_masks import MaskImport, Offer

FILES = (
    "Masks (*.dcm *.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.hdr *.img);;All files (*)"
)
OWN_KEYS = ("Up", "Down", "Return", "Enter", "Escape")
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
MOST_ROWS = 5
TAKEN = "\N{CHECK MARK}"


class MaskTable(QTableWidget):
    """The rows: name, lengths, volume, and whose each is.

    Signals
    -------
    stepped
        The reader wants the next row (1) or the one before (-1).
    entered
        The reader takes the row.
    """

    stepped = Signal(int)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setObjectName("masks")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves keys to the image
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        header = self.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        leave_keys(self, OWN_KEYS)

    def show_offers(self, offers: Sequence[Offer], row: int) -> None:
        """Show the masks, and which is in hand."""
        self.setRowCount(len(offers))
        for at, offer in enumerate(offers):
            for column, text in enumerate(_texts(offer)):
                self._write(at, column, text)
        self.setCurrentCell(row, 0)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of letters in the window."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step through the masks, take one, or give the keys back to the image."""
        key = Qt.Key(event.key())
        if key in STEPS:
            self.stepped.emit(STEPS[key])
        elif key in ENTER:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def _write(self, row: int, column: int, text: str) -> None:
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            self.setItem(row, column, item)
        item.setText(text)
        item.setToolTip(text)

    def _fit(self) -> None:
        """Be as high as the rows, or as a few of them."""
        high = self.fontMetrics().height() + ROW_MARGIN
        self.verticalHeader().setDefaultSectionSize(high)
        rows = min(max(self.rowCount(), 1), MOST_ROWS)
        self.setFixedHeight(rows * high + 2 * self.frameWidth())


class MaskList(QWidget):
    """The table with what can be done; on show while a file is open."""

    def __init__(self, importing: MaskImport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._importing = importing
        self._is_asked = False
        self._table = MaskTable()
        self._take = _button("Take", "Record the mask in hand (Enter)")
        self._all = _button("Take all", "Record all that wait, as the form says")
        self._close = _button("Close", "Put the file away; what was taken stays")
        self._lay_out()
        self._table.cellClicked.connect(self._on_clicked)
        self._table.cellDoubleClicked.connect(importing.take)
        self._table.stepped.connect(importing.step)
        self._table.entered.connect(importing.take)
        acts = (importing.take, importing.take_all, importing.close)
        for button, act in zip((self._take, self._all, self._close), acts, strict=True):
            button.clicked.connect(act)
        self.setVisible(False)

    def ask(self) -> None:
        """Ask for a file, and read it for the series on show."""
        if not self._importing.may_open():
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Masks of the series on show", "", FILES
        )
        if chosen:
            self._is_asked = True
            self._importing.open(Path(chosen))

    def refresh(self) -> None:
        """Show what is offered; keys go to a list that was just asked for."""
        is_offered = self._importing.is_offered
        if is_offered:
            offers = self._importing.offers()
            self._table.show_offers(offers, self._importing.row)
            waits = [one for one in offers if not one.is_taken]
            self._take.setEnabled(not offers[self._importing.row].is_taken)
            self._all.setEnabled(bool(waits))
        self.setVisible(is_offered)
        if is_offered and self._is_asked:
            self._is_asked = False
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_clicked(self, row: int, _column: int) -> None:
        self._importing.show(row)

    def _lay_out(self) -> None:
        buttons = FlowRow()
        buttons.add(self._take, self._all, self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._table)
        column.addWidget(buttons)


def _texts(offer: Offer) -> tuple[str, ...]:
    whose = offer.lesion_id or "new"
    if offer.is_taken:
        whose = f"{TAKEN} {whose}"
    return (offer.name or f"label {offer.label}", offer.sizes, offer.volume, whose)


def _button(word: str, tip: str) -> QPushButton:
    button = QPushButton(word)
    button.setToolTip(tip)
    button.setObjectName(f"masks {word.lower()}")
    return button
