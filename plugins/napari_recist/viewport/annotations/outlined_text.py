"""Text that is legible on bright and on dark: light letters with a dark rim.

A text is drawn once into a picture and then only copied: a pane writes some ten texts
for every slice, of which one or two are new.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Final

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPixmap,
)

if TYPE_CHECKING:
    from napari_recist.viewport.annotations.caliper_graphics import Box

RIM: Final = QColor(0, 0, 0, 220)
RIM_PX: Final = 2.0
PLATE: Final = QColor(0, 0, 0, 105)
KEPT: Final = 400


class OutlinedText:
    """Writes texts of one font."""

    def __init__(self, points: int, *, bold: bool = False) -> None:
        self.font = QFont()
        self.font.setPointSize(points)
        self.font.setBold(bold)
        self._metrics = QFontMetricsF(self.font)
        self._stamps: dict[tuple[str, str, float], QPixmap] = {}

    @property
    def height(self) -> float:
        """Of one line, its rim included, pixels."""
        return math.ceil(self._metrics.height()) + 1.0

    def width_of(self, text: str) -> float:
        """Return the width of a text, its rim included, pixels."""
        return math.ceil(self._metrics.horizontalAdvance(text)) + 2 * RIM_PX

    def write(self, painter: QPainter, box: Box, text: str, colour: str) -> None:
        """Write a text into a box as large as it is.

        Parameters
        ----------
        painter
            On a device whose pixels may be finer than those of `box`.
        box
            Its upper left corner counts, screen pixels.
        colour
            Of the letters, as Qt names it: ``#ffcf5c``.
        """
        ratio = painter.device().devicePixelRatioF()
        key = (text, colour, ratio)
        stamp = self._stamps.get(key)
        if stamp is None:
            if len(self._stamps) >= KEPT:
                self._stamps.clear()
            stamp = self._stamps[key] = self._stamp(text, colour, ratio)
        painter.drawPixmap(QPointF(box.left, box.top), stamp)

    def _stamp(self, text: str, colour: str, ratio: float) -> QPixmap:
        width, height = self.width_of(text), self.height
        stamp = QPixmap(math.ceil(width * ratio), math.ceil(height * ratio))
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(Qt.GlobalColor.transparent)
        place, aside = QPointF(RIM_PX, self._metrics.ascent()), (-1, 0, 1)
        painter = QPainter(stamp)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PLATE)
        painter.drawRoundedRect(QRectF(0, 0, width, height), RIM_PX, RIM_PX)
        painter.setFont(self.font)
        painter.setPen(RIM)  # letters all around: stroking outlines takes far longer
        for right, down in itertools.product(aside, aside):
            painter.drawText(place + QPointF(right, down), text)
        painter.setPen(QColor(colour))
        painter.drawText(place, text)
        painter.end()
        return stamp
