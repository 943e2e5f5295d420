"""A row of buttons that goes on in the next line where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPoint, QRect, QSize
from qtpy.QtWidgets import QLayout, QSizePolicy, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QResizeEvent

    Line = list[QWidget]

SPACING_PX = 2
RESIZING = (
    QEvent.Type.LayoutRequest,
    QEvent.Type.Show,
    QEvent.Type.Polish,
    QEvent.Type.StyleChange,
    QEvent.Type.FontChange,
)
"""After these, parts may need another size."""


class FlowRow(QWidget):
    """Lays its parts out from left to right, in as many lines as they need.

    Not a layout of Qt: the items of one outlive it in Python, and are taken for what
    Qt makes next in the same place. superqt's is one, and leaves a gap for what is
    hidden.
    """

    def __init__(
        self, parent: QWidget | None = None, *, spacing: int = SPACING_PX
    ) -> None:
        super().__init__(parent)
        self._parts: list[QWidget] = []
        self._sizes: dict[QWidget, QSize] = {}
        self._filler: QWidget | None = None
        self._spacing = spacing
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, *parts: QWidget) -> None:
        """Take more parts."""
        for part in parts:
            part.setParent(self)
            self._parts.append(part)
        self._sizes.clear()
        self.updateGeometry()

    def add_filler(self, filler: QWidget) -> None:
        """Take a part that gets what the others leave of its line.

        It has its least size also while nothing of it is on show: nothing moves when
        something comes or goes.
        """
        self._filler = filler
        self.add(filler)

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        return self.height_of(self._shown(), width)

    def height_of(self, parts: Sequence[QWidget], width: int) -> int:
        """Return the height of all lines if some of the parts were on show.

        Parameters
        ----------
        width
            Of the row, pixels.
        """
        for part in parts:
            part.ensurePolished()  # what was never shown has no size yet
        edges = self.contentsMargins()
        inner = width - edges.left() - edges.right()
        heights = [self._height(line) for line in self._lines(parts, inner)]
        gaps = self._spacing * max(len(heights) - 1, 0)
        return sum(heights) + gaps + edges.top() + edges.bottom()

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        shown = self._shown()
        return self._with_edges(self._wide(shown), self._height(shown))

    def minimumSizeHint(self) -> QSize:
        """Need the width of the widest part."""
        shown = self._shown()
        widest = max(map(self._width, shown), default=0)
        return self._with_edges(widest, self._height(shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines where they break now."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Lay out anew what needs other room than before."""
        if event.type() in RESIZING:
            self._sizes.clear()
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        """Put every part in its place, in the middle of its line."""
        rect = self.contentsRect()
        top = rect.top()
        for line in self._lines(self._shown(), rect.width()):
            left, height = rect.left(), self._height(line)
            rest = max(rect.width() - self._wide(line), 0)
            for part in line:
                size = QSize(self._needed(part))
                if part is self._filler:
                    size.setWidth(size.width() + rest)
                aside = (height - size.height()) // 2
                part.setGeometry(QRect(QPoint(left, top + aside), size))
                left += size.width() + self._spacing
            top += height + self._spacing

    def _shown(self) -> Line:
        return [part for part in self._parts if not part.isHidden()]

    def _wide(self, line: Line) -> int:
        return sum(map(self._width, line)) + self._spacing * max(len(line) - 1, 0)

    def _with_edges(self, width: int, height: int) -> QSize:
        edges = self.contentsMargins()
        return QSize(width, height).grownBy(edges)

    def _lines(self, parts: Sequence[QWidget], width: int) -> list[Line]:
        """Return which parts stand in which line."""
        lines: list[Line] = []
        left = 0
        for part in parts:
            wide = self._width(part)
            if not lines or left + wide > width:
                lines.append([])
                left = 0
            lines[-1].append(part)
            left += wide + self._spacing
        return lines

    def _needed(self, part: QWidget) -> QSize:
        """Return how large a part must be; asked again once a part on show changed."""
        known = self._sizes.get(part)
        if known is not None and part.isVisible():
            return known
        least = part is self._filler
        size = part.minimumSizeHint() if least else part.sizeHint()
        self._sizes[part] = size.expandedTo(part.minimumSize())
        return self._sizes[part]

    def _width(self, part: QWidget) -> int:
        return self._needed(part).width()

    def _height(self, line: Line) -> int:
        return max((self._needed(part).height() for part in line), default=0)


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
