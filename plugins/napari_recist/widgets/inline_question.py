"""A question asked in place: it lies over something, is answered, and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from napari_recist.widgets.combo_box import CalmComboBox, line_of
from napari_recist.widgets.key_filter import ENTER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtCore import QObject


ESCAPE = Qt.Key.Key_Escape
SHORTEST = 8
"""Letters for which an answer has room at least."""


class InlineQuestion(QWidget):
    """A question with answers to choose from.

    Parameters
    ----------
    name
        Of the field.
    is_free
        Whether other answers than those offered can be typed.
    done
        On the button that answers.

    Signals
    -------
    answered
        What the reader said: Enter, or the button.
    left
        The question is gone, answered or not; Escape leaves it unanswered.
    """

    answered = Signal(str)
    left = Signal()

    def __init__(
        self,
        name: str,
        question: str,
        offered: Sequence[str] = (),
        *,
        is_free: bool = True,
        done: str = "Record",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_free = is_free
        self._box = CalmComboBox()
        self._box.setObjectName(name)
        self._box.setEditable(True)
        self._box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._box.addItems(list(offered))
        self._box.keep_narrow(SHORTEST)
        self._box.setToolTip(f"Enter: {done.lower()}. Esc: nothing happens.")
        button = QPushButton(done)
        button.setObjectName(f"{name} done")
        button.clicked.connect(self._answer)
        self._box.installEventFilter(self)
        line_of(self._box).installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        asked = QLabel(question)
        asked.setWordWrap(True)
        row.addWidget(asked, 1)
        row.addWidget(self._box, 1)
        row.addWidget(button)
        self.setVisible(False)

    def lie_over(self, part: QWidget) -> None:
        """Lie over a part while asked: a row of its own would move all below."""
        self.setParent(part)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        part.installEventFilter(self)
        self.setVisible(False)

    def offer(self, offered: Sequence[str]) -> None:
        """Offer other answers."""
        self._box.clear()
        self._box.addItems(list(offered))

    def ask(self, text: str = "") -> None:
        """Ask, with `text` in the field; without one, no answer is chosen yet."""
        self._box.setCurrentIndex(-1)
        self._box.setCurrentText(text)
        self._cover()
        self.raise_()
        self.setVisible(True)
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line_of(self._box).selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer on Enter, take the question away on Escape; no key acts further."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._cover()
        if not isinstance(event, QKeyEvent) or event.key() not in (ESCAPE, *ENTER):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress:
            act = self._close if event.key() == ESCAPE else self._answer
            act()
        return True

    def _cover(self) -> None:
        part = self.parentWidget()
        if part is not None:
            tall = max(self.heightForWidth(part.width()), part.height())
            self.setGeometry(0, 0, part.width(), tall)

    def _answer(self) -> None:
        text = self._box.currentText().strip()
        offered = [self._box.itemText(row) for row in range(self._box.count())]
        if not text or not (self._is_free or text in offered):
            self._box.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._close()
        self.answered.emit(text)

    def _close(self) -> None:
        self.setVisible(False)
        self.left.emit()
