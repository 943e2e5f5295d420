"""The sums over time as a small plot, drawn with the colours of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF
from qtpy.QtWidgets import QToolTip, QWidget

from napari_recist.table.sum_series import Course
from napari_recist.widgets.theme import fitting
from recist_tool.app.reading import EXTRAHEPATIC, LIVER, PATIENT

if TYPE_CHECKING:
    from qtpy.QtGui import QHelpEvent, QMouseEvent, QPaintEvent

    from napari_recist.table.sum_series import Curve, Point

COLOURS = {
    PATIENT: ("#e8e8e8", "#1c1c1c"),
    LIVER: ("#f0a848", "#9a5800"),
    EXTRAHEPATIC: ("#5cc3e8", "#00617f"),
}
"""On a dark and on a light ground, each with a contrast of at least 4.5 to 1."""
PD_COLOURS, PR_COLOURS = ("#ff8f85", "#a61b12"), ("#7dc4ff", "#0f5793")
SMALLER = 0.85
"""The letters of the plot, beside those around it."""
GAP_PX = 4
LEAST_LINES, LINES = 6, 7
"""Of letters, in its height: at least, and where nothing presses."""
REACH_PX = 9
HEADROOM = 1.08


class SumPlot(QWidget):
    """Sums of patient, liver and the rest, with the limits of PR and PD.

    Signals
    -------
    visit_chosen
        Timepoint id of a point that was clicked.
    """

    visit_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot")
        self._course = Course()
        self._open_visit = ""

    def show_course(self, course: Course, open_visit: str) -> None:
        """Show other sums."""
        if (course, open_visit) != (self._course, self._open_visit):
            self._course, self._open_visit = course, open_visit
            self.update()

    def sizeHint(self) -> QSize:
        """Ask for a strip."""
        return QSize(380, LINES * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Need room for the names and a curve."""
        return QSize(0, LEAST_LINES * self.fontMetrics().height())

    def place(self, point: Point) -> QPointF:
        """Return where a day and a sum lie on the widget."""
        days = [day for day, _ in self._course.visits]
        span = max(days[-1] - days[0], 1.0) if days else 1.0
        area = self._area
        highest = self._course.highest_mm * HEADROOM or 1.0
        x = area.left() + area.width() * (point[0] - (days[0] if days else 0)) / span
        return QPointF(x, area.bottom() - area.height() * point[1] / highest)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, limits and curves."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._letters)
        if self._course.curves:
            self._draw_axes(painter)
            self._draw_limits(painter)
            for curve in self._course.curves:
                self._draw_curve(painter, curve)
            self._draw_names(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the visit of a point."""
        found = self._at(event.position())
        if found is not None:
            self.visit_chosen.emit(found[1])

    def event(self, event: QEvent) -> bool:
        """Say which sum a point is, on hover."""
        if event.type() == QEvent.Type.ToolTip:
            help_event: QHelpEvent = event  # pyright: ignore[reportAssignmentType] - by its type
            found = self._at(QPointF(help_event.pos()))
            text = "" if found is None else found[0]
            QToolTip.showText(help_event.globalPos(), text, self)
            return True
        return super().event(event)

    @property
    def _letters(self) -> QFont:
        font = QFont(self.font())
        if font.pixelSize() > 0:
            font.setPixelSize(round(font.pixelSize() * SMALLER))
        else:
            font.setPointSizeF(font.pointSizeF() * SMALLER)
        return font

    @property
    def _area(self) -> QRectF:
        """Where the curves are: names above, sums left, limits right, visits below."""
        metrics = QFontMetricsF(self._letters)
        left = metrics.horizontalAdvance("0000") + 2 * GAP_PX
        right = metrics.horizontalAdvance("PD") + 2 * GAP_PX
        line = metrics.height()
        width, height = self.width() - left - right, self.height() - 2 * line - GAP_PX
        return QRectF(left, line + GAP_PX, max(width, 1), max(height, 1))

    def _at(self, at: QPointF) -> tuple[str, str] | None:
        """Return words and visit of the point under a position."""
        for curve in self._course.curves:
            for point, visit in zip(curve.points, curve.visits, strict=True):
                away = self.place(point) - at
                if abs(away.x()) + abs(away.y()) <= REACH_PX:
                    return f"{visit}, {curve.name}: {point[1]:g} mm", visit
        return None

    def _draw_axes(self, painter: QPainter) -> None:
        text = self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(QPen(text, 0.6))
        floor = self.place((0, 0)).y()
        area = self._area
        painter.drawLine(QPointF(area.left(), floor), QPointF(area.right(), floor))
        highest = self._course.highest_mm
        self._draw_sum(painter, 0)
        self._draw_sum(painter, highest)
        last_end = -1.0
        metrics = QFontMetricsF(painter.font())
        for day, name in self._course.visits:
            x = self.place((day, 0)).x()
            painter.drawLine(QPointF(x, floor), QPointF(x, floor + 3))
            half = metrics.horizontalAdvance(name) / 2
            if x - half <= last_end:
                continue
            last_end = x + half + 3
            font = painter.font()
            font.setBold(name == self._open_visit)
            painter.setFont(font)
            below = QRectF(x - 2 * half, floor + 2, 4 * half, metrics.height())
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, name)
            font.setBold(False)
            painter.setFont(font)

    def _draw_sum(self, painter: QPainter, sum_mm: float) -> None:
        """Write a sum beside the axis, at its height."""
        height = QFontMetricsF(painter.font()).height()
        at = self.place((0, sum_mm)).y()
        box = QRectF(0, at - height / 2, self._area.left() - GAP_PX, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, f"{sum_mm:.0f}")

    def _draw_limits(self, painter: QPainter) -> None:
        left, right = self._area.left(), self._area.right()
        if self._course.pr_mm is not None:
            painter.setPen(QPen(fitting(self, PR_COLOURS), 1, Qt.PenStyle.DashLine))
            y = self.place((0, self._course.pr_mm)).y()
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            painter.drawText(QPointF(right + 3, y + 4), "PR")
        if self._course.pd:
            painter.setPen(QPen(fitting(self, PD_COLOURS), 1, Qt.PenStyle.DashLine))
            places = self._steps()
            painter.drawPolyline(QPolygonF(places))
            painter.drawText(self._beside(places[-1]), "PD")

    def _beside(self, place: QPointF) -> QPointF:
        """Return where the name of the PD limit stands: clear of that of PR."""
        y = place.y() + 4
        if self._course.pr_mm is not None:
            pr_y = self.place((0, self._course.pr_mm)).y() + 4
            line = QFontMetricsF(self._letters).ascent()
            if abs(y - pr_y) < line:
                y = pr_y + (line if y > pr_y else -line)
        return QPointF(self._area.right() + 3, y)

    def _steps(self) -> list[QPointF]:
        """Return the limit of PD as steps: it holds from one visit to the next."""
        before = self._course.visits[0][0]
        places: list[QPointF] = []
        for day, limit in self._course.pd:
            places += [self.place((before, limit)), self.place((day, limit))]
            before = day
        return places

    def _draw_curve(self, painter: QPainter, curve: Curve) -> None:
        colour = fitting(self, COLOURS[curve.name])
        painter.setPen(QPen(colour, 1.6))
        places = [self.place(one) for one in curve.points]
        painter.drawPolyline(QPolygonF(places))
        painter.setBrush(colour)
        for place, visit in zip(places, curve.visits, strict=True):
            size = 4.0 if visit == self._open_visit else 2.5
            painter.drawEllipse(place, size, size)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_names(self, painter: QPainter) -> None:
        """Write the name of each curve, in its colour, above the plot."""
        metrics = QFontMetricsF(painter.font())
        x = self._area.left()
        for curve in self._course.curves:
            painter.setPen(fitting(self, COLOURS[curve.name]))
            painter.drawText(QPointF(x, metrics.ascent() + 1), curve.name)
            x += metrics.horizontalAdvance(curve.name) + 12
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(QPointF(x, metrics.ascent() + 1), "sums, mm")
