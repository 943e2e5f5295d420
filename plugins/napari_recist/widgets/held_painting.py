"""A window that waits a moment with its painting, while much of it changes.

Whatever is painted, the whole window is put together anew: without a graphics card that
takes as long as the work between two paintings, and what is waited for comes later.
"""

from __future__ import annotations

from qtpy.QtCore import QObject, QTimer
from qtpy.QtWidgets import QWidget

LONGEST_MS = 400
"""The longest wait: who has just asked for something does not yet feel it."""


class HeldPainting(QObject):
    """Holds back the painting of the window that a widget is in.

    Parameters
    ----------
    of
        A widget of that window; the hold ends with it.
    """

    def __init__(self, of: QWidget) -> None:
        super().__init__(of)
        self._of = of
        self._window: QWidget | None = None
        self._longest = QTimer(self)
        self._longest.setSingleShot(True)
        self._longest.setInterval(LONGEST_MS)
        self._longest.timeout.connect(self.let_go)

    @property
    def holds(self) -> bool:
        """Whether the window waits."""
        return self._window is not None

    def hold(self) -> None:
        """Paint nothing until `let_go`, or until `LONGEST_MS` have passed."""
        if self._window is None:
            self._window = self._of.window()
            self._window.setUpdatesEnabled(False)
        self._longest.start()

    def let_go(self) -> None:
        """Paint what has changed meanwhile."""
        window, self._window = self._window, None
        self._longest.stop()
        if window is not None:
            window.setUpdatesEnabled(True)
