"""Garbage is collected in the window's thread alone.

Python collects in whichever thread happens to make an object too many. What it takes
away then may be widgets of a window that was closed, and Qt ends the program where a
widget is deleted beside the thread of the window.
"""

from __future__ import annotations

import gc
import time

from qtpy.QtCore import QCoreApplication, QObject, Qt, QTimer
from qtpy.QtGui import QGuiApplication

LOOK_MS = 100
REST = 20
"""Between looks through everything, as many times as long as the last one took."""


class GarbageCollector(QObject):
    """Collects where Python would have, in turns of the window's event loop.

    One for the process, as long as its application lives: work in other threads, and
    what a closed room leaves, may outlast the room.
    """

    @classmethod
    def take_over(cls) -> None:
        """Let none but the window's thread collect, from now on."""
        app = QCoreApplication.instance()
        if app is not None and app.findChild(cls) is None:
            cls(app)

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        gc.disable()
        self._not_before = 0.0
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(LOOK_MS)

    def look(self) -> None:
        """Collect what is due; the oldest generation only while no button is held."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [one for one in range(3) if 0 < limits[one] < counts[one]]
        if due[-1:] == [2] and not self._may_look_through_everything():
            due = [one for one in due if one < 2]
        if not due:
            return
        began = time.monotonic()
        gc.collect(due[-1])
        if due[-1] == 2:
            ended = time.monotonic()
            self._not_before = ended + REST * (ended - began)

    def _may_look_through_everything(self) -> bool:
        held = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        return not held and time.monotonic() > self._not_before
