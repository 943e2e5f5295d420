"""A field over a pane for the number of a slice to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QIntValidator
from qtpy.QtOpenGLWidgets import QOpenGLWidget
from qtpy.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from qtpy.QtGui import QFocusEvent, QKeyEvent
    from qtpy.QtWidgets import QWidget

WIDTH_PX = 150
MARGIN_PX = 6


class SliceField(QLineEdit):
    """Asks for a slice; Enter goes there, Escape does not.

    Signals
    -------
    chosen
        The slice, counted from 1.
    """

    chosen = Signal(int)

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self.setObjectName("go to slice")
        self.setToolTip("Enter goes to the slice, Esc does not")
        self.hide()

    def ask(self, count: int) -> None:
        """Ask for one of so many slices."""
        pane = self.parentWidget()
        if pane is None:
            return
        self.clear()
        self.setPlaceholderText(f"slice, 1 to {count}")
        self.setValidator(QIntValidator(1, count, self))
        tall = self.sizeHint().height()
        wide = min(WIDTH_PX, pane.width() - 2 * MARGIN_PX)
        self.setGeometry(MARGIN_PX, pane.height() - 3 * tall, wide, tall)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go there on Enter; go away on Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text, is_one = self.text(), self.hasAcceptableInput()
            self._leave()
            if is_one:
                self.chosen.emit(int(text))
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Go away once the reader is elsewhere."""
        super().focusOutEvent(event)
        self.hide()

    def _leave(self) -> None:
        """Hide, and give the keys back to the image."""
        pane = self.parentWidget()
        image = pane and pane.findChild(QOpenGLWidget)
        self.hide()
        if image is not None:
            image.setFocus(Qt.FocusReason.OtherFocusReason)
