"""napari windows that outlive a test: opening one takes longer than most tests."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING
from unittest.mock import patch

from napari.settings import get_settings
from napari.utils._proxies import PublicOnlyProxy
from napari.viewer import Viewer
from qtpy.QtTest import QTest

from napari_recist.panels.dock import ReadingRoom

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SIZE = 1366, 768
SOON_MS = 50
"""In which the event loop deletes what was given back."""


class Windows:
    """Opens windows, takes them back without the room that was in them, closes them."""

    def __init__(self) -> None:
        self._free: list[Viewer] = []
        self._taken: list[Viewer] = []

    def take(self, qtbot: QtBot) -> Viewer:
        """Return a window without a room, as plugins see it: public names only."""
        viewer = self._free.pop() if self._free else self._opened(qtbot)
        self._taken.append(viewer)
        viewer.window.resize(*SIZE)
        return PublicOnlyProxy(viewer)

    def _opened(self, qtbot: QtBot) -> Viewer:
        viewer = Viewer(show=True, show_welcome_screen=False)
        with qtbot.waitExposed(viewer.window._qt_window, timeout=5000):
            pass
        return viewer

    def take_back(self, qtbot: QtBot) -> None:
        """Take rooms out of all windows that were taken, and images after them."""
        for viewer in self._taken:
            if not hasattr(viewer.window, "_qt_window"):
                continue  # the test closed it
            for widget in list(viewer.window.dock_widgets.values()):
                if isinstance(widget, ReadingRoom):
                    viewer.window.remove_dock_widget(widget)
                    widget.deleteLater()
            viewer.layers.clear()
            self._free.append(viewer)
        self._taken.clear()
        get_settings().reset()
        qtbot.wait(SOON_MS)  # an event loop of its own: no other deletes widgets

    def close(self) -> None:
        """Close all windows."""
        while self._free:
            viewer = self._free.pop()
            window = viewer.window._qt_window
            with patch.object(window, "_save_current_window_settings"):
                viewer.close()
            del viewer, window
        QTest.qWait(SOON_MS)
        gc.collect()
