"""Responses as coloured chips, and words that fit their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QPointF, Qt
from qtpy.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPalette,
    QPolygonF,
)

from napari_recist.table.rows import WAITING
from recist_tool.terms import NewLesions, Response

if TYPE_CHECKING:
    from qtpy.QtCore import QRectF
    from qtpy.QtWidgets import QWidget

    from napari_recist.table.cells import Cell

GOOD, BETTER, STILL, WORSE = "#1b7f4d", "#1f6fb2", "#856718", "#b3261e"
UNKNOWN, NOTHING = "#6b5b95", "#5f6368"
CHIP_COLOURS: dict[Response | NewLesions, str] = {
    **dict.fromkeys((Response.CR, Response.ICR, Response.CMR, Response.NED), GOOD),
    **dict.fromkeys((Response.NORMALISED, Response.OFF_DRUG), GOOD),
    **dict.fromkeys(
        (Response.PR, Response.IPR, Response.PMR, Response.MR, Response.RESPONSE),
        BETTER,
    ),
    **dict.fromkeys((Response.SD, Response.ISD, Response.SMD, Response.NC), STILL),
    **dict.fromkeys(
        (Response.NON_CR_NON_PD, Response.NON_ICR_NON_IUPD, Response.NO_RESPONSE),
        STILL,
    ),
    **dict.fromkeys((Response.PD, Response.IUPD, Response.ICPD, Response.PMD), WORSE),
    Response.NE: UNKNOWN,
    Response.NA: NOTHING,
    NewLesions.NO: NOTHING,
    NewLesions.YES: WORSE,
    NewLesions.EQUIVOCAL: UNKNOWN,
}
"""Backgrounds on which white text keeps a contrast of at least 4.5 to 1."""

PADDING = 8
"""How much wider than its words a column is, pixels."""

SMALLEST = 0.8
"""How much of its size a text may lose before it is cut off."""

HALF = 0.5
"""No figure is that much wider than its column; what is, is no figure."""

LEAST = 0.02
"""Of the size of letters, by which they are made smaller at a time."""

MARGIN = 3
"""Between words and the edges of their cell, pixels."""

ROUND = 8
"""Radius of the ends of a chip, pixels; no letter stands over their edge."""


CORNER, COMMENTED = 7.0, "#ffb454"
"""Size, pixels, and colour of the corner of a cell with a comment."""


class CellPainter:
    """Paints cells: words, smaller where they are long, and responses as chips.

    All of a table with one painter and in its own fonts: asking a model and a delegate
    of Python for each cell, as Qt does, takes ten times as long.
    """

    def __init__(self, painter: QPainter, view: QWidget) -> None:
        self._painter = painter
        self._plain, self._bold = QFont(view.font()), QFont(view.font())
        self._bold.setBold(True)
        self._widths = {
            False: QFontMetricsF(self._plain),
            True: QFontMetricsF(self._bold),
        }
        self._words = view.palette().color(QPalette.ColorRole.Text)
        self._white = QColor("white")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint(self, area: QRectF, cell: Cell, align: Qt.AlignmentFlag) -> None:
        """Paint what a cell says, in its place.

        Parameters
        ----------
        area
            Of the cell, in the painter's pixels.
        align
            Of words; chips stand in the middle.
        """
        if cell.has_comment:
            self._mark_corner(area)
        if cell.chip is None:
            self._write(area, cell, align, self._words)
            return
        self._painter.setBrush(QColor(CHIP_COLOURS[cell.chip]))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.drawRoundedRect(
            area.adjusted(MARGIN, 2, -MARGIN, -2), ROUND, ROUND
        )
        self._write(area, cell, Qt.AlignmentFlag.AlignCenter, self._white)

    def _mark_corner(self, area: QRectF) -> None:
        """Mark the upper right corner, as spreadsheets do for a comment."""
        corner = area.topRight()
        beside, below = QPointF(-CORNER, 0), QPointF(0, CORNER)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(COMMENTED))
        self._painter.drawPolygon(QPolygonF([corner, corner + beside, corner + below]))

    def _write(
        self, area: QRectF, cell: Cell, align: Qt.AlignmentFlag, colour: QColor
    ) -> None:
        is_bold = cell.is_sum or cell.text == WAITING
        font, text = self._bold if is_bold else self._plain, cell.text
        beside = MARGIN if cell.chip is None else MARGIN + ROUND / 2
        inner = area.adjusted(beside, 0, -beside, 0)
        needed, room = self._widths[is_bold].horizontalAdvance(text), inner.width()
        is_figure = align == Qt.AlignmentFlag.AlignCenter and room > HALF * needed
        if needed > room and (is_figure or cell.chip is not None):  # half is another
            font = _fitted(font, text, room)
        elif needed > room:
            font = _smaller(font, max(room / needed, SMALLEST))
            cut = Qt.TextElideMode.ElideRight
            text = QFontMetricsF(font).elidedText(text, cut, room)
        self._painter.setFont(font)
        self._painter.setPen(colour)
        self._painter.drawText(inner, align, text)


def _fitted(font: QFont, text: str, room: float) -> QFont:
    """Return the largest size at which a text has room: widths are not quite linear."""
    share = room / QFontMetricsF(font).horizontalAdvance(text)
    smaller = _smaller(font, share)
    while QFontMetricsF(smaller).horizontalAdvance(text) > room and share > LEAST:
        share -= LEAST
        smaller = _smaller(font, share)
    return smaller


def _smaller(font: QFont, share: float) -> QFont:
    smaller = QFont(font)
    if font.pixelSize() > 0:
        smaller.setPixelSize(max(1, int(font.pixelSize() * share)))
    else:
        smaller.setPointSizeF(font.pointSizeF() * share)
    return smaller
