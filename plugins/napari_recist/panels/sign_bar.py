"""What the open visit waits for, always in view, and its signature."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QLabel, QWidget

from napari_recist.panels.sign_dialog import SignDialog
from napari_recist.widgets.deliberate_button import DeliberateButton
from napari_recist.widgets.inline_question import InlineQuestion
from recist_tool.app.reading import is_signed, sign, unlock, visit_words

if TYPE_CHECKING:
    from qtpy.QtGui import QResizeEvent

    from recist_tool.app.reading import CurrentRead, ReadingPlace

UNLOCK_REASONS = ("query of the sponsor", "measured on the wrong series")


class SignBar(QWidget):
    """One line: what waits, and the button to sign or to open again.

    Signals
    -------
    asked
        A change was asked for; it is carried as a callable.
    left
        The reader is done with a field here.
    """

    asked = Signal(object)
    left = Signal()

    def __init__(self, reading: CurrentRead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self._words = QLabel()
        self._words.setObjectName("waits")
        self._words.setWordWrap(True)  # of a signed answer that changed, they are long
        self._button = DeliberateButton("")
        self._button.setObjectName("sign")
        self._button.clicked.connect(self.ask)
        self.dialog = SignDialog(reading, self)
        self._why = InlineQuestion(
            "unlock reason", "Open it again, because", UNLOCK_REASONS
        )
        self._asked_at: ReadingPlace | None = None
        self.dialog.signed.connect(self._on_signed)
        self.dialog.finished.connect(self.left)
        self._why.answered.connect(self._on_reason)
        self._why.left.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        self._why.lie_over(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Have room for the question too: where it came with it, all would move."""
        super().resizeEvent(event)
        self.setMinimumHeight(self._why.heightForWidth(self.width()))

    def refresh(self) -> None:
        """Show how the open visit stands."""
        if self._asked_at != self._visit_here():
            self._why.hide()
            if self.dialog.isVisible():
                self.dialog.reject()
        signed, has_case = is_signed(self._reading), self._reading.session is not None
        self._words.setText(visit_words(self._reading))
        self._button.setText("Unlock" if signed else "Sign")
        self._button.setToolTip(
            "Open the visit again; asks why"
            if signed
            else "Sign the visit: nothing of it changes after that"
        )
        self._button.setVisible(has_case and self._reading.timepoint_id is not None)

    def lead(self) -> None:
        """Lead to the button, and no further: it is the reader who presses it."""
        self._button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        visit = self._reading.timepoint_id
        self._reading.say(f"{visit} is complete. Return, or a click on Sign, goes on.")

    def ask(self) -> None:
        """State what is signed, or ask why a signed visit is opened again."""
        self._asked_at = self._visit_here()
        if is_signed(self._reading):
            self._why.ask()
        elif self._reading.session is not None and self._reading.timepoint_id:
            self.dialog.ask()

    def _visit_here(self) -> ReadingPlace:
        return self._reading.place._replace(lesion_id=None)

    def _on_signed(self) -> None:
        reader_id = self._reading.open_session().reader_id
        self.asked.emit(partial(sign, self._reading, reader_id))

    def _on_reason(self, reason: str) -> None:
        self.asked.emit(partial(unlock, self._reading, reason))
