"""Lines that end in an ellipsis where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QResizeEvent


class ElidedLabel(QLabel):
    """Lines that are cut off at the width there is; the tooltip has them whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[str] = ()
        self._kept = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def keep(self, lines: int) -> None:
        """Keep room for so many lines, also while there are fewer: nothing moves."""
        self._kept = lines

    def say(self, lines: Sequence[str], full: str) -> None:
        """Show lines; nothing takes no room but what is kept."""
        self._lines = lines
        self.setToolTip(full)
        self._cut()
        self.setMinimumHeight(self._kept * self.fontMetrics().lineSpacing())
        self.setVisible(bool(lines or self._kept))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the lines anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        metrics, end = self.fontMetrics(), Qt.TextElideMode.ElideRight
        cut = [metrics.elidedText(one, end, self.width() - 4) for one in self._lines]
        self.setText("\n".join(cut))
