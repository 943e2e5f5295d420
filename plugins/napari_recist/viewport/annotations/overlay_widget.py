"""The sheet of glass over the image of a pane: calipers, writing, letters, scale.

They are no layers of napari: a layer costs 7 ms for every change of its data, so a drag
over four of them stutters; painting forty calipers costs as much as one. What is on the
glass belongs to the slice in view, so a caliper cannot appear on a neighbouring slice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.qt import QtViewer
from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QPainter, QPaintEvent
from qtpy.QtOpenGLWidgets import QOpenGLWidget
from qtpy.QtWidgets import QApplication, QWidget

from napari_recist.viewport.annotations.overlay_painter import OverlayPainter
from napari_recist.widgets.theme import points

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel

    from napari_recist.viewport.annotations.caliper_graphics import Point
    from napari_recist.viewport.annotations.corner_text import Written
    from napari_recist.viewport.annotations.overlay_painter import OverlayContents


class OverlayWidget(QWidget):
    """A transparent sheet over a canvas, which lets the mouse through.

    Parameters
    ----------
    canvas
        The widget that shows the image; the glass keeps its size.
    scene
        Called whenever the glass is painted: what is on it now.
    left
        Called when the pointer leaves the canvas.
    """

    def __init__(
        self,
        canvas: QWidget,
        scene: Callable[[], OverlayContents],
        left: Callable[[], None],
    ) -> None:
        super().__init__(canvas)
        self._scene = scene
        self._left = left
        self._engraver = OverlayPainter(points())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.resize(canvas.size())
        canvas.installEventFilter(self)
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of letters in the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._engraver = OverlayPainter(points())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas; hear that the pointer leaves it."""
        if event.type() == QEvent.Type.Leave:
            self._left()
        if event.type() == QEvent.Type.Resize:
            canvas = self.parentWidget()
            if canvas is not None:
                self.resize(canvas.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene as it is now."""
        painter = QPainter(self)
        self._engraver.paint(painter, self._scene(), self._size)
        painter.end()

    def written(self) -> list[Written]:
        """Return the lines as they stand on the glass now."""
        return self._engraver.written(self._scene(), self._size)

    @property
    def _size(self) -> Point:
        return float(self.width()), float(self.height())


def canvas_of(viewer: ViewerModel) -> QOpenGLWidget | None:
    """Return the widget that shows a viewer's image; None where there is no window."""
    qt_viewer = qt_viewer_of(viewer)
    return None if qt_viewer is None else qt_viewer.findChild(QOpenGLWidget)


def qt_viewer_of(viewer: ViewerModel) -> QtViewer | None:
    """Return the view of a viewer; None where there is no window."""
    if QApplication.instance() is None:
        return None
    for widget in QApplication.allWidgets():
        # a plugin is handed a proxy of its viewer, whose hash is that of the viewer
        if isinstance(widget, QtViewer) and hash(widget.viewer) == hash(viewer):
            return widget
    return None
