"""A window as `recist open` makes it, without pytest, and a reader who sits at it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from napari.viewer import Viewer
from qtpy.QtTest import QTest

from napari_recist.panels.dock import ReadingRoom
from napari_recist.window import add_reading_room, open_reading_room
from tests.plugin.hands import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qtpy.QtCore import Qt
    from qtpy.QtWidgets import QWidget

POLL_MS = 5


class Bot:
    """What a reader needs of pytest's robot."""

    def waitUntil(  # noqa: N802 - as pytest-qt names it
        self, happened: Callable[[], bool], timeout: int = 30_000
    ) -> None:
        end = time.monotonic() + timeout / 1000
        while not happened():
            if time.monotonic() > end:
                msg = f"nothing happened in {timeout} ms"
                raise TimeoutError(msg)
            QTest.qWait(POLL_MS)

    def keyClick(  # noqa: N802
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier
    ) -> None:
        QTest.keyClick(widget, key, modifier)


def sit_down(paths: list[Path], size: tuple[int, int] | None = None) -> Reader:
    """Open paths in a window and wait until there is something to read.

    Parameters
    ----------
    size
        Width, height; the whole screen where not given.
    """
    viewer = open_reading_room(paths, block=False)
    dock = add_reading_room(viewer)
    assert isinstance(viewer, Viewer)  # imported with this module: the opening is short
    assert isinstance(dock, ReadingRoom)
    if size is not None:
        dock.window().showNormal()
        dock.window().resize(*size)
    bot = Bot()
    bot.waitUntil(lambda: dock.room.pane.volume is not None)
    reader = Reader(viewer, dock, bot)
    reader.settle()
    return reader
