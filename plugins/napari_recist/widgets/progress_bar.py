"""How far work in the background is, once it takes longer than a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import QProgressBar, QSizePolicy, QWidget

if TYPE_CHECKING:
    from napari_recist.widgets.background import Loader

LETTERS, LEAST = 40, 12
"""For how many there is room, where there is any, and at least; the tooltip has all."""

PADDING = 8
"""Beside the words, pixels."""


class ProgressBar(QProgressBar):
    """Shows the oldest work of a loader; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = ""
        self.setObjectName("progress")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.hide()

    def follow(self, loader: Loader) -> None:
        """Show the work of a loader from now on."""
        loader.progressed.connect(self._tell)
        loader.rested.connect(self._rest)

    def text(self) -> str:
        """Return what is being done, cut to the room there is, and how far it is."""
        metrics, end = self.fontMetrics(), Qt.TextElideMode.ElideRight
        count = f"  {self.value()} / {self.maximum()}" if self.maximum() else ""
        room = self.width() - PADDING - metrics.horizontalAdvance(count)
        return metrics.elidedText(self._what, end, room) + count

    def sizeHint(self) -> QSize:
        """Ask for the same room whatever is told: nothing moves while it works."""
        return self._sized(LETTERS)

    def minimumSizeHint(self) -> QSize:
        """Do with less: words are cut."""
        return self._sized(LEAST)

    def _sized(self, letters: int) -> QSize:
        wide = letters * self.fontMetrics().averageCharWidth()
        return QSize(wide, super().sizeHint().height())

    def _tell(self, what: str, done: int, total: int) -> None:
        self.setUpdatesEnabled(False)  # else each change paints the window at once
        self._what = what
        self.setToolTip(what)
        self.setMaximum(total)
        self.setValue(done)
        self.setUpdatesEnabled(True)
        self.show()

    def _rest(self) -> None:
        """Forget the words too: what comes next may be blinded."""
        self.hide()
        self._what = ""
        self.setToolTip("")
