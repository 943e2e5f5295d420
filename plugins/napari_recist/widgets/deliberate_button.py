"""A button for what is not to be pressed by the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton, QWidget

from napari_recist.widgets.key_filter import ENTER, leave_keys

if TYPE_CHECKING:
    from qtpy.QtGui import QKeyEvent

RETURN = ("Return", "Enter")


class DeliberateButton(QPushButton):
    """A button that is pressed by a click, or by Return where Tab has led to it."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setAutoDefault(False)
        leave_keys(self, RETURN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Return, once; leave Space alone."""
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.click()
        elif event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
