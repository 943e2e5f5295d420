"""Parts that scroll where the window is too low for them."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QSize, Qt
from qtpy.QtWidgets import QFrame, QScrollArea, QWidget

BESIDE_PX = 2
"""What a style leaves between a part and the bar beside it."""


class VerticalScrollArea(QScrollArea):
    """A part in a frame that scrolls up and down, and is never narrower than it."""

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(part)

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of the part, and for the bar beside it."""
        return QSize(self._width(), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask anew when the part needs more or less."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _width(self) -> int:
        part = self.widget()
        least = 0 if part is None else part.minimumSizeHint().width()
        return least + self.verticalScrollBar().sizeHint().width() + BESIDE_PX
