"""A read in a process of its own, to be killed: run by ``test_sigkill.py``.

Usage: ``python killed_read.py FOLDER``; says what it did on standard output, one line
each, and after the last click does nothing but wait for its end.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QKeyEvent, QMouseEvent
from qtpy.QtWidgets import QApplication, QWidget

from napari_recist.overlay import canvas_of
from napari_recist.window import add_reading_room, open_reading_room

LESIONS = (  # role key, row and columns of its two clicks
    (Qt.Key.Key_T, 40, (30, 50)),
    (Qt.Key.Key_T, 60, (30, 55)),
    (Qt.Key.Key_N, 75, (40, 50)),
)

SETTLE_S = 0.5


def main(folder: Path) -> None:
    viewer = open_reading_room([folder], block=False)
    viewer.window.resize(1366, 768)
    dock = add_reading_room(viewer)
    canvas = canvas_of(viewer)
    assert canvas is not None
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < SETTLE_S:  # the window finds its size
        QApplication.processEvents()
        if dock.loader.busy or dock.room.pane.volume is None:
            quiet_since = time.monotonic()
        time.sleep(0.01)
    for key, row, columns in LESIONS:
        press_key(canvas, key)
        for column in columns:
            x, y = dock.room.pane.to_screen((row, column))
            click(canvas, QPoint(round(x), round(y)))
        read = dock.room.reading.read
        assert read is not None
        sys.stdout.write(f"{len(read.findings)}\n")
        sys.stdout.flush()
    time.sleep(600)


def press_key(widget: QWidget, key: Qt.Key) -> None:
    none = Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, none))


def click(widget: QWidget, at: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    place, anywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
    for kind, button, held in (
        (QEvent.Type.MouseMove, none, none),
        (QEvent.Type.MouseButtonPress, left, left),
        (QEvent.Type.MouseButtonRelease, left, none),
    ):
        event = QMouseEvent(
            kind, place, anywhere, button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(widget, event)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
