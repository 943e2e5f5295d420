"""Responses as coloured chips, and words that fit their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QFontMetricsF, QPainter
from qtpy.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from napari_recist.looks import named
from recist_tool import NewLesions, Response

if TYPE_CHECKING:
    from napari_recist.table_model import Index, TableModel

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
SMALLEST = 0.8
"""How much of its size a text may lose before it is cut off."""


class ChipDelegate(QStyledItemDelegate):
    """Paints a response as a coloured chip with its name in white."""

    def __init__(self, model: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._view = parent

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> None:
        """Paint a chip where the cell holds a response, else as usual."""
        if self._model.begins_group(index.row()):
            painter.setPen(named(self._view, "line"))
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())
        cell = self._model.cell(index)
        if cell.chip is None:
            super().paint(painter, option, index)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(3, 2, -3, -2)
        painter.setBrush(QColor(CHIP_COLOURS[cell.chip]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, 8, 8)
        painter.setPen(QColor("white"))
        font = QFont(painter.font())
        font.setBold(cell.is_sum)
        painter.setFont(_fitting(font, cell.text, area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, cell.text)
        painter.restore()

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Write long words smaller before they are cut off."""
        super().initStyleOption(option, index)
        option.font = _fitting(option.font, option.text, option.rect.width())


def _fitting(font: QFont, text: str, width: float) -> QFont:
    """Return a font, smaller where the words are long for their cell."""
    needed, room = QFontMetricsF(font).horizontalAdvance(text), width - PADDING
    if needed <= room:
        return font
    smaller, share = QFont(font), max(room / needed, SMALLEST)
    if font.pixelSize() > 0:
        smaller.setPixelSize(max(1, int(font.pixelSize() * share)))
    else:
        smaller.setPointSizeF(font.pointSizeF() * share)
    return smaller
