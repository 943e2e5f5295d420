"""The reading room as a window of its own."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from qtpy.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from qtpy.QtWidgets import (
    QApplication,
    QDockWidget,
    QMainWindow,
    QPushButton,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari.viewer import Viewer

    from napari_recist.panels.dock import ReadingRoom
    from recist_tool.model import Protocol

TITLE = "RECIST reading room"
NOT_NEEDED = {"layer list", "layer controls"}
"""Docks of napari that a reader has no use for; the Window menu brings them back."""

LOW_SCREEN = 850
"""Pixels in height; on lower ones each line counts."""

SETTLE_MS = 300
PICTURE_WIDTH, PICTURE_HEIGHT = 1600, 940


def open_reading_room(
    paths: Sequence[Path],
    *,
    block: bool = True,
    protocol: Protocol | None = None,
    screenshot: Path | None = None,
) -> Viewer:
    """Open paths in a napari window with the reading room beside the image.

    Parameters
    ----------
    block
        Stay until the window is closed.
    protocol
        Under which cases begin; None for what the folder of cases says.
    screenshot
        Save a picture of the window there once all is shown, and close it.
    """
    if QApplication.instance() is None:  # panes may float only where contexts share
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    import napari

    viewer = napari.Viewer(title=TITLE, show_welcome_screen=False)
    room = add_reading_room(viewer)
    room.own_window()
    for keeper in room.window().findChildren(DockKeeper):
        keeper.hold()
    Door(viewer, room)
    _fill_screen(room)
    if protocol is not None:
        room.room.intend(protocol)
    room.open(paths)
    if screenshot is not None:
        _picture_when_ready(viewer, room, screenshot)
    gc.freeze()  # looking through all that napari made would take 0.2 s each time
    if block:
        napari.run()
    return viewer


class Door(QObject):
    """Closes the window when it is asked to, without napari's question whether to.

    Everything was saved the moment it happened, and comes back as it was left.
    """

    def __init__(self, viewer: Viewer, room: ReadingRoom) -> None:
        super().__init__(room)
        self._viewer = viewer
        self._room = room
        room.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the wish to close; napari does not ask where a program closes it."""
        if event.type() != QEvent.Type.Close or not event.spontaneous():
            return False
        event.ignore()
        QTimer.singleShot(0, self._close)
        return True

    def _close(self) -> None:
        self._room.close_room()
        self._viewer.close()


def add_reading_room(viewer: Viewer) -> ReadingRoom:
    """Put the reading room beside the image of a viewer, or return the one there."""
    from napari_recist.panels.dock import ReadingRoom

    for widget in viewer.window.dock_widgets.values():
        if isinstance(widget, ReadingRoom):
            return widget
    room = ReadingRoom(viewer)
    dock = viewer.window.add_dock_widget(
        room, name=TITLE, area="right", add_vertical_stretch=False
    )
    dock.setMinimumSize(0, 0)  # else the least that it ever needed stays its least
    for panel in _docks_of(room):  # the dock itself: napari hands out a proxy
        DockKeeper(panel)
    _make_room(room)
    return room


class DockKeeper(QObject):
    """Keeps the dock of the reading room where it is: it neither hides nor floats.

    A hidden one leaves a black window without a way back. What ends the room in a
    napari that is not ours is the cross, which gives napari its canvas back.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        feature = QDockWidget.DockWidgetFeature
        dock.setFeatures(feature.DockWidgetClosable | feature.DockWidgetMovable)
        dock.installEventFilter(self)
        dock.dockLocationChanged.connect(self._trim)  # napari makes its title anew
        self._trim()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the wish to hide the dock."""
        if event.type() != QEvent.Type.Close:
            return False
        event.ignore()
        return True

    def hold(self) -> None:
        """Take away what is left to move or end it by: all the window is the room's."""
        self._dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self._trim("QTitleBarCloseButton")

    def _trim(self, *names: object) -> None:
        title = self._dock.titleBarWidget()
        gone = {"QTitleBarHideButton", "QTitleBarFloatButton", *names}
        for button in title.findChildren(QPushButton) if title else []:
            if button.objectName() in gone:
                button.hide()


def _fill_screen(room: ReadingRoom) -> None:
    """Give the window the screen, also where no window manager maximizes it."""
    window = room.window()
    if isinstance(window, QMainWindow):
        window.menuBar().hide()
    space = window.screen().availableGeometry()
    if space.height() < LOW_SCREEN:
        leave_title(room)
    # what each part needs is known only once it was styled
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    window.setGeometry(space)
    window.showMaximized()
    QTimer.singleShot(SETTLE_MS, room, room.fold.give_width)


def _docks_of(room: ReadingRoom) -> list[QDockWidget]:
    """Return the dock that holds a room."""
    docks = room.window().findChildren(QDockWidget)
    return [one for one in docks if one.isAncestorOf(room)]


def leave_title(room: ReadingRoom) -> None:
    """Take the title off the dock: its height goes to the table."""
    for dock in _docks_of(room):
        dock.setTitleBarWidget(QWidget(dock))


def _make_room(room: ReadingRoom) -> None:
    """Hide what a reader does not need, and leave the width to the image."""
    window = room.window()
    if not isinstance(window, QMainWindow):
        return
    window.statusBar().hide()  # of napari's tools, which the reader does not use
    for dock in window.findChildren(QDockWidget):
        if NOT_NEEDED & {dock.windowTitle(), dock.objectName()}:
            dock.hide()
    room.fold.give_width()
    room.fold.lay_as_left()


def _picture_when_ready(viewer: Viewer, room: ReadingRoom, path: Path) -> None:
    """Save a picture once nothing loads any more, with the first lesion on show."""
    room.window().showNormal()
    room.window().resize(PICTURE_WIDTH, PICTURE_HEIGHT)

    def look() -> None:
        read = room.room.reading.read
        if room.loader.busy:
            QTimer.singleShot(SETTLE_MS, look)
        elif read and read.lesions and room.room.reading.lesion_id is None:
            room.room.go_to_cell(read.lesions[0].lesion_id, "")
            QTimer.singleShot(SETTLE_MS, look)
        else:
            viewer.window.screenshot(str(path), flash=False, canvas_only=False)
            viewer.close()

    QTimer.singleShot(SETTLE_MS, look)
