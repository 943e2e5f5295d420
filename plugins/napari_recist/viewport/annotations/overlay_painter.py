"""Painting what lies over an image: calipers, writing, letters, scale, crossings.

On the glass over a pane, and on key images: whatever can be painted on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QLineF, QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QPainter, QPen

from napari_recist.viewport.annotations.caliper_graphics import Box, place_label
from napari_recist.viewport.annotations.corner_text import (
    MARGIN_PX,
    place_lines,
    scale_bar,
)
from napari_recist.viewport.annotations.outlined_text import OutlinedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_recist.viewport.annotations.caliper_graphics import (
        CaliperGraphics,
        Point,
    )
    from napari_recist.viewport.annotations.corner_text import CornerLine, Written
    from napari_recist.viewport.annotations.mask_outlines import Outline

LINE_PX = 1.8
HALO_PX = 4.0
OUTLINE_PX = 1.2
OUTLINE_HALO_PX = 2.4
POINTS = 9
PADDING_PX = 4.0
HALO = QColor(0, 0, 0, 170)
CROSSING = QColor("#7fd4a0")
BAR = QColor("#f4f4f4")
NOTE_COLOUR = "#d0d0d0"
LETTER_COLOUR = "#ffe9a8"
BAR_PX = 5.0
DASHES = (4.0, 3.0)


class OverlayContents(NamedTuple):
    """All that is drawn over an image.

    Attributes
    ----------
    letters
        At the left, right, top and bottom edge.
    mm_per_px
        Millimetres in one pixel of the screen; None where they are not known.
    crossings
        Lines in which the slices of other panes cut this one.
    note
        Stands in the middle of an empty pane.
    outlines
        Of masks, on the screen: each line from x, y to x, y.
    """

    sketches: Sequence[CaliperGraphics] = ()
    lines: Sequence[CornerLine] = ()
    letters: tuple[str, str, str, str] = ("", "", "", "")
    mm_per_px: float | None = None
    crossings: Sequence[tuple[Point, Point]] = ()
    note: str = ""
    outlines: Sequence[Outline] = ()


class OverlayPainter:
    """Paints scenes; it keeps the letters that it wrote for the next one.

    Parameters
    ----------
    size
        Of plain letters, points.
    """

    def __init__(self, size: int = POINTS) -> None:
        self._font = QFont()
        self._font.setPointSize(size + 1)
        self._label = OutlinedText(size + 1)
        self._text = OutlinedText(size)
        self._bold = OutlinedText(size + 1, bold=True)

    def paint(self, painter: QPainter, scene: OverlayContents, size: Point) -> None:
        """Paint the writing, then all calipers, then labels where nothing else is.

        Parameters
        ----------
        size
            Width and height of what is painted on, pixels.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_crossings(painter, scene)
        taken = self._paint_writing(painter, scene, size)
        for outline in scene.outlines:
            _paint_outline(painter, outline)
        for sketch in scene.sketches:
            _paint_caliper(painter, sketch)
        self._paint_labels(painter, scene.sketches, taken, size)

    def written(self, scene: OverlayContents, size: Point) -> list[Written]:
        """Return the lines of a scene as they stand on it."""
        letters, bar = self._letter_boxes(scene, size), self._bar_box(scene, size)
        taken = [*(box for box, _ in letters), *([bar] if bar else [])]
        return self._written(scene, size, taken)

    def _paint_writing(
        self, painter: QPainter, scene: OverlayContents, size: Point
    ) -> list[Box]:
        taken: list[Box] = []
        for box, letter in self._letter_boxes(scene, size):
            self._bold.write(painter, box, letter, LETTER_COLOUR)
            taken.append(box)
        bar = self._bar_box(scene, size)
        if bar is not None:
            self._paint_bar(painter, scene, bar, size)
            taken.append(bar)
        for written in self._written(scene, size, taken):
            self._text.write(painter, written.box, written.text, written.colour)
            taken.append(written.box)
        if scene.note:
            self._paint_note(painter, scene.note, size)
        return taken

    def _written(
        self, scene: OverlayContents, size: Point, taken: Sequence[Box]
    ) -> list[Written]:
        return place_lines(
            scene.lines, size, self._text.height, self._text.width_of, taken
        )

    def _letter_boxes(
        self, scene: OverlayContents, size: Point
    ) -> list[tuple[Box, str]]:
        width, height = size
        tall, edge = self._bold.height, MARGIN_PX / 2
        boxes: list[tuple[Box, str]] = []
        for number, letter in enumerate(scene.letters):
            if not letter:
                continue
            wide = self._bold.width_of(letter)
            x = (edge, width - edge - wide, (width - wide) / 2, (width - wide) / 2)
            y = ((height - tall) / 2, (height - tall) / 2, edge, height - edge - tall)
            left, top = x[number], y[number]
            boxes.append((Box(left, top, left + wide, top + tall), letter))
        return boxes

    def _bar_box(self, scene: OverlayContents, size: Point) -> Box | None:
        """Return where the scale bar stands: on the second line from the bottom."""
        scale = None
        if scene.mm_per_px is not None:
            scale = scale_bar(scene.mm_per_px, size[0])
        if scale is None:
            return None
        width = scale.length_px + PADDING_PX + self._text.width_of(scale.text)
        right, tall = size[0] - MARGIN_PX, self._text.height
        bottom = size[1] - MARGIN_PX / 2 - tall
        return Box(right - width, bottom - tall, right, bottom)

    def _paint_bar(
        self, painter: QPainter, scene: OverlayContents, box: Box, size: Point
    ) -> None:
        scale = scale_bar(scene.mm_per_px or 1.0, size[0])
        if scale is None:
            return
        text = Box(
            box.right - self._text.width_of(scale.text), box.top, box.right, box.bottom
        )
        self._text.write(painter, text, scale.text, BAR.name())
        y, left = (box.top + box.bottom) / 2, box.left
        right = left + scale.length_px
        for colour, width in ((HALO, HALO_PX), (BAR, LINE_PX)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            for x in (left, right):
                painter.drawLine(QPointF(x, y - BAR_PX), QPointF(x, y + BAR_PX))

    def _paint_note(self, painter: QPainter, note: str, size: Point) -> None:
        painter.setPen(QColor(NOTE_COLOUR))
        painter.setFont(self._font)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        area = QRectF(0, 0, *size).adjusted(24, 24, -24, -24)
        painter.drawText(area, int(flags), note)

    def _paint_labels(
        self,
        painter: QPainter,
        sketches: Sequence[CaliperGraphics],
        written: Sequence[Box],
        size: Point,
    ) -> None:
        area = Box(0, 0, *size)
        taken = [*written, *(sketch.box for sketch in sketches)]
        for sketch in sketches:
            if not sketch.label:
                continue
            lines, tall = sketch.label.split("\n"), self._label.height
            letters = max(map(self._label.width_of, lines)), tall * len(lines)
            place = place_label(sketch, letters, area, taken)
            taken.append(place)
            for number, line in enumerate(lines):
                top = place.top + number * tall
                beside = Box(place.left, top, place.right, top + tall)
                self._label.write(painter, beside, line, sketch.colour)


def _paint_crossings(painter: QPainter, scene: OverlayContents) -> None:
    for start, end in scene.crossings:
        pen = QPen(CROSSING, 1.0)
        pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.drawLine(QPointF(*start), QPointF(*end))


def _paint_caliper(painter: QPainter, sketch: CaliperGraphics) -> None:
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


def _paint_outline(painter: QPainter, outline: Outline) -> None:
    lines = [QLineF(*start, *end) for start, end in outline.lines.tolist()]
    painter.setPen(QPen(HALO, OUTLINE_HALO_PX))
    painter.drawLines(lines)
    pen = QPen(QColor(outline.colour), OUTLINE_PX)
    if outline.dashed:
        pen.setDashPattern(DASHES)
    painter.setPen(pen)
    painter.drawLines(lines)
