"""The calipers of the visible slice, painted over the image.

They are a sheet of glass over napari's canvas, not layers: a layer costs 7 ms for every
change of its data, so a drag over four of them stutters; painting forty calipers costs
as much as one. What is on the glass belongs to the slice in view, so a caliper cannot
appear on a neighbouring slice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.qt import QtViewer
from qtpy.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from qtpy.QtOpenGLWidgets import QOpenGLWidget
from qtpy.QtWidgets import QApplication, QWidget

from napari_recist.drawing import Box, place_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel

    from napari_recist.drawing import Sketch

LINE_PX = 1.8
HALO_PX = 4.0
LABEL_POINTS = 10
PADDING_PX = 4.0
HALO = QColor(0, 0, 0, 170)
LABEL_GROUND = QColor(0, 0, 0, 165)
DASHES = (4.0, 3.0)


class Glass(QWidget):
    """A transparent sheet over a canvas, which lets the mouse through.

    Parameters
    ----------
    canvas
        The widget that shows the image; the glass keeps its size.
    sketches
        Called whenever the glass is painted: what is on it now.
    """

    def __init__(
        self, canvas: QWidget, sketches: Callable[[], Sequence[Sketch]]
    ) -> None:
        super().__init__(canvas)
        self._sketches = sketches
        self._font = QFont()
        self._font.setPointSize(LABEL_POINTS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.resize(canvas.size())
        canvas.installEventFilter(self)
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the canvas."""
        if event.type() == QEvent.Type.Resize:
            canvas = self.parentWidget()
            if canvas is not None:
                self.resize(canvas.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all calipers, then all labels where nothing else is."""
        sketches = self._sketches()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        for sketch in sketches:
            _paint_caliper(painter, sketch)
        self._paint_labels(painter, sketches)
        painter.end()

    def _paint_labels(self, painter: QPainter, sketches: Sequence[Sketch]) -> None:
        metrics = QFontMetricsF(self._font)
        area = Box(0, 0, self.width(), self.height())
        taken = [sketch.box for sketch in sketches]
        for sketch in sketches:
            if not sketch.label:
                continue
            size = (
                metrics.horizontalAdvance(sketch.label) + 2 * PADDING_PX,
                metrics.height() + PADDING_PX,
            )
            place = place_label(sketch, size, area, taken)
            taken.append(place)
            _paint_label(painter, sketch, place)


def canvas_of(viewer: ViewerModel) -> QWidget | None:
    """Return the widget that shows a viewer's image; None where there is no window."""
    if QApplication.instance() is None:
        return None
    for widget in QApplication.allWidgets():
        # a plugin is handed a proxy of its viewer, whose hash is that of the viewer
        if isinstance(widget, QtViewer) and hash(widget.viewer) == hash(viewer):
            return widget.findChild(QOpenGLWidget)
    return None


def _paint_caliper(painter: QPainter, sketch: Sketch) -> None:
    for line in sketch.lines:
        start, end = QPointF(*line.start), QPointF(*line.end)
        painter.setPen(QPen(HALO, HALO_PX))
        if not line.dashed:
            painter.drawLine(start, end)
        pen = QPen(QColor(sketch.colour), LINE_PX)
        if line.dashed:
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.drawLine(start, end)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((HALO_PX, HALO), (LINE_PX, QColor(sketch.colour))):
        painter.setPen(QPen(colour, width))
        for handle in sketch.handles:
            painter.drawEllipse(QPointF(*handle), sketch.handle_px, sketch.handle_px)


def _paint_label(painter: QPainter, sketch: Sketch, place: Box) -> None:
    area = QRectF(
        place.left, place.top, place.right - place.left, place.bottom - place.top
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LABEL_GROUND)
    painter.drawRoundedRect(area, 3, 3)
    painter.setPen(QColor(sketch.colour))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, sketch.label)
