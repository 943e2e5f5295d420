"""A reader at the window: hands and eyes, as mouse and key events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QMouseEvent, QWheelEvent
from qtpy.QtWidgets import QApplication

from napari_recist.viewport.annotations.overlay_widget import canvas_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari.viewer import Viewer
    from pytestqt.qtbot import QtBot
    from qtpy.QtWidgets import QWidget

    from napari_recist.panels.dock import ReadingRoom

Pixel = tuple[float, float]


class Reader:
    """A reader at the window: what hands and eyes do."""

    def __init__(self, viewer: Viewer, dock: ReadingRoom, qtbot: QtBot) -> None:
        self.viewer = viewer
        self.dock = dock
        self.room = dock.room
        self.reading = dock.room.reading
        self._qtbot = qtbot
        canvas = canvas_of(viewer)
        assert canvas is not None
        self.canvas: QWidget = canvas

    def open(self, *paths: Path) -> None:
        self.dock.open(paths)
        self.settle()

    def settle(self, timeout_ms: int = 30_000) -> None:
        self._qtbot.waitUntil(self._rests, timeout=timeout_ms)
        QApplication.processEvents()

    def _rests(self) -> bool:
        box = self.dock.lightbox
        return not (self.dock.loader.busy or (box is not None and box.busy))

    def at(self, pixel: Pixel) -> QPoint:
        x, y = self.room.pane.to_screen(pixel)
        return QPoint(round(x), round(y))

    def drag(
        self,
        *pixels: Pixel,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        points = [self.at(pixel) for pixel in pixels]
        none = Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseMove, points[0], none, none)
        self._mouse(QEvent.Type.MouseButtonPress, points[0], button, button)
        for point in points[1:]:
            self._mouse(QEvent.Type.MouseMove, point, none, button)
        self._mouse(QEvent.Type.MouseButtonRelease, points[-1], button, none)

    def pull(self, start: Pixel, end: Pixel) -> None:
        """Drag as slowly as a hand: what is pulled follows before it is let go."""
        self.hold(start, end)
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseButtonRelease, self.at(end), left, none)

    def hold(self, start: Pixel, end: Pixel) -> None:
        """Pull, and keep the button down; napari tells of moves a little later."""
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        begin, there = self.at(start), self.at(end)
        self._mouse(QEvent.Type.MouseMove, begin, none, none)
        self._mouse(QEvent.Type.MouseButtonPress, begin, left, left)

        def follows() -> bool:
            before = self.room.tool.draft
            self._mouse(QEvent.Type.MouseMove, there, none, left)
            return self.room.tool.draft not in (None, before)

        self.wait_for(follows)

    def _mouse(
        self,
        kind: QEvent.Type,
        at: QPoint,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
    ) -> None:
        place, anywhere = QPointF(at), QPointF(self.canvas.mapToGlobal(at))
        no_keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, anywhere, button, held, no_keys)
        QApplication.sendEvent(self.canvas, event)
        QApplication.processEvents()

    def click(self, pixel: Pixel) -> None:
        self.drag(pixel)

    def hover(self, pixel: Pixel) -> None:
        none = Qt.MouseButton.NoButton
        self._mouse(QEvent.Type.MouseMove, self.at(pixel), none, none)

    def wait_for(self, happened: Callable[[], bool], timeout_ms: int = 30_000) -> None:
        self._qtbot.waitUntil(happened, timeout=timeout_ms)

    def wheel(
        self, notches: int, *, ctrl: bool = False, widget: QWidget | None = None
    ) -> None:
        over = widget or self.canvas
        middle = QPointF(over.rect().center())
        modifiers = Qt.KeyboardModifier.NoModifier
        if ctrl:
            modifiers = Qt.KeyboardModifier.ControlModifier
        event = QWheelEvent(
            middle,
            QPointF(over.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(over, event)
        QApplication.processEvents()

    def key(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        widget: QWidget | None = None,
    ) -> None:
        self._qtbot.keyClick(widget or self.canvas, key, modifier)
        QApplication.processEvents()

    def sees_colour(self) -> bool:
        """Return whether the image has more than greys in it."""
        picture = self.canvas.grabFramebuffer().scaled(60, 60)
        colours = [picture.pixelColor(x, y) for x in range(60) for y in range(60)]
        return any(one.red() - one.blue() > 80 for one in colours)

    def finding(self, lesion_id: str, visit: str = "BL") -> object:
        assert self.reading.read is not None
        return self.reading.read.finding(lesion_id, visit)
