"""A combo box that the wheel does not change, and the field of one that is typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QComboBox, QLineEdit

if TYPE_CHECKING:
    from qtpy.QtGui import QWheelEvent


def line_of(box: QComboBox) -> QLineEdit:
    """Return the field of an editable box.

    Raises
    ------
    TypeError
        If the box is not editable.
    """
    line = box.lineEdit()
    if line is None:
        msg = "the box is not editable"
        raise TypeError(msg)
    return line


class CalmComboBox(QComboBox):
    """A box that the wheel does not change: it only passes by on its way."""

    def keep_narrow(self, letters: int) -> None:
        """Need room for some letters only, however long what is offered."""
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.setSizeAdjustPolicy(policy)
        self.setMinimumContentsLength(letters)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what lies around the box."""
        event.ignore()
