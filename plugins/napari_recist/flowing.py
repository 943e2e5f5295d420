"""A row of buttons that goes on in the next line where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QPoint, QRect, QSize
from qtpy.QtWidgets import QLayout, QLayoutItem, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from qtpy.QtGui import QResizeEvent

SPACING_PX = 2


class Flowing(QLayout):
    """Lays its parts out from left to right, in as many lines as they need.

    A spacer takes what is left of its line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACING_PX)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more part; for Qt to call."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of parts."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return a part, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take a part out, and return it."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Say that the height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        heights = [_height(line) for line in self._lines(width)]
        return sum(heights) + self.spacing() * max(len(heights) - 1, 0)

    def setGeometry(self, rect: QRect) -> None:
        """Put every part in its place, in the middle of its line."""
        super().setGeometry(rect)
        top = rect.top()
        for line in self._lines(rect.width()):
            left, height = rect.left(), _height(line)
            rest = max(rect.width() - self._wide(line), 0)
            for item in line:
                size = item.sizeHint()
                if item.spacerItem() is not None:
                    size.setWidth(rest)
                aside = (height - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, top + aside), size))
                left += size.width() + self.spacing()
            top += height + self.spacing()

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        shown = self._shown()
        return QSize(self._wide(shown), _height(shown))

    def minimumSize(self) -> QSize:
        """Need the width of the widest part."""
        shown = self._shown()
        widths = [item.sizeHint().width() for item in shown]
        return QSize(max(widths, default=0), _height(shown))

    def _shown(self) -> list[QLayoutItem]:
        return [
            item
            for item in self._items
            if item.spacerItem() is not None or not item.isEmpty()
        ]

    def _wide(self, line: list[QLayoutItem]) -> int:
        gaps = self.spacing() * max(len(line) - 1, 0)
        return sum(item.sizeHint().width() for item in line) + gaps

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """Return which parts stand in which line."""
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._shown():
            wide = item.sizeHint().width()
            if not lines or left + wide > width:
                lines.append([])
                left = 0
            lines[-1].append(item)
            left += wide + self.spacing()
        return lines


def _height(line: list[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in line), default=0)


class Column(QWidget):
    """Parts below each other, as high as all their lines need."""

    def __init__(self, *parts: QWidget | QLayout, stretched: QWidget) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        for part in parts:
            if isinstance(part, QWidget):
                self._column.addWidget(part, int(part is stretched))
            else:
                self._column.addLayout(part)

    def minimumSizeHint(self) -> QSize:
        """Need what the lines take at this width."""
        least = super().minimumSizeHint()
        height = self._column.totalMinimumHeightForWidth(self.width())
        return QSize(least.width(), max(least.height(), height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask anew where lines may break elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
