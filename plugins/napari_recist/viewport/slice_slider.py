"""The slider below a pane: slices counted from 1, with a tick for every lesion."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QSizePolicy, QToolTip, QWidget

from napari_recist.widgets.theme import grounded, named

if TYPE_CHECKING:
    from collections.abc import Sequence

EDGE_PX = 9
TICK_PX = 2.6
REACH_PX = 6
MARGIN_PX = 5


class Tick(NamedTuple):
    """A lesion on the slider."""

    slice_index: int
    colour: str
    text: str


class SliceSlider(QWidget):
    """A slider over the slices of a series.

    Signals
    -------
    chosen
        Index of the slice that the reader went to.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._value = 0
        self._ticks: tuple[Tick, ...] = ()
        self._loaded: tuple[bool, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("slice bar")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The lesions on the slider."""
        return self._ticks

    def sizeHint(self) -> QSize:
        """Ask for one line."""
        return QSize(200, self.fontMetrics().height() + MARGIN_PX)

    def show_slice(self, value: int, count: int) -> None:
        """Show which slice is in view, of how many."""
        if (value, count) != (self._value, self._count):
            self._value, self._count = value, count
            self.update()

    def show_loaded(self, is_loaded: Sequence[bool]) -> None:
        """Show which slices are there; nothing for all of them."""
        if tuple(is_loaded) != self._loaded:
            self._loaded = tuple(is_loaded)
            self.update()

    @property
    def waiting(self) -> list[tuple[int, int]]:
        """The runs of slices that are still on their way: first and last of each."""
        slices = enumerate(self._loaded)
        runs = [list(run) for there, run in groupby(slices, itemgetter(1)) if not there]
        return [(run[0][0], run[-1][0]) for run in runs]

    def show_ticks(self, ticks: Sequence[Tick]) -> None:
        """Show where lesions lie."""
        if tuple(ticks) != self._ticks:
            self._ticks = tuple(ticks)
            self.update()

    def x_of(self, slice_index: int) -> float:
        """Return where a slice is on the slider, pixels from the left."""
        steps = max(self._count - 1, 1)
        return EDGE_PX + (self.width() - 2 * EDGE_PX) * slice_index / steps

    def slice_at(self, x: float) -> int:
        """Return the slice under a position."""
        steps = max(self._count - 1, 1)
        part = (x - EDGE_PX) / max(self.width() - 2 * EDGE_PX, 1)
        return round(min(max(part, 0.0), 1.0) * steps)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the slice under the pointer, or to the lesion."""
        if self._count and event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            tick = self._tick_at(x)
            self.chosen.emit(self.slice_at(x) if tick is None else tick.slice_index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scroll while the button is held."""
        if self._count and event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self.slice_at(event.position().x()))

    def event(self, event: QEvent) -> bool:
        """Name the lesion under the pointer, or the slice."""
        if isinstance(event, QHelpEvent):
            text = self.words_at(event.pos().x())
            QToolTip.showText(event.globalPos(), text if self._count else "", self)
            return True
        return super().event(event)

    def words_at(self, x: float) -> str:
        """Return which slice is under a position, of which lesion, and if it is there.

        A lesion is named within some pixels of its tick.
        """
        tick, at = self._tick_at(x), self.slice_at(x)
        here = f"slice {at + 1} of {self._count}"
        text = here if tick is None else f"{tick.text}, {here}"
        is_here = all(self._loaded[at : at + 1])
        return text if is_here else f"{text}, not loaded yet"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint groove, ticks and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QPen(named(self, "line"), 2))
        groove = QLineF(EDGE_PX, middle, self.width() - EDGE_PX, middle)
        painter.drawLine(groove)
        for first, last in self.waiting:
            left, right = self.x_of(first), self.x_of(last)
            painter.eraseRect(QRectF(left, middle - 2, right - left, 4))
            painter.setPen(QPen(named(self, "active"), 2, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(left, middle, right, middle))
        painter.setPen(Qt.PenStyle.NoPen)
        for tick in self._ticks:
            painter.setBrush(grounded(self, tick.colour))
            x = self.x_of(tick.slice_index)
            painter.drawRoundedRect(
                QRectF(x - TICK_PX / 2, 2, TICK_PX, self.height() - 4), 1, 1
            )
        if self._count:
            painter.setBrush(named(self, "handle"))
            painter.drawEllipse(QPointF(self.x_of(self._value), middle), 5.0, 5.0)
        painter.end()

    def _tick_at(self, x: float) -> Tick | None:
        near = [
            (abs(self.x_of(tick.slice_index) - x), tick.slice_index, tick)
            for tick in self._ticks
        ]
        close = [one for one in near if one[0] <= REACH_PX]
        return min(close)[2] if close else None
