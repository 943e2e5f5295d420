"""The tour on the screen: a line above the panes, and a frame around what is used."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QObject, QRectF, Qt, Signal
from qtpy.QtGui import QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from napari_recist.widgets.theme import Dress, lettered, named, points

STYLE = "QFrame#tour { border: 2px solid $active; border-radius: 3px; }"
FRAME_PX = 3.0


class TourStrip(QFrame):
    """What to do next on the tour.

    Signals
    -------
    skipped
        The reader passes over the step.
    ended
        The reader wants no more of it.
    """

    skipped = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tour")
        self._words = QLabel()
        self._words.setObjectName("tour words")
        self._words.setWordWrap(True)
        self._skip = QPushButton("Skip")
        self._skip.setObjectName("skip step")
        self._end = QPushButton()
        self._end.setObjectName("end tour")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 4, 3)
        row.addWidget(self._words, 1)
        row.addWidget(self._skip)
        row.addWidget(self._end)
        for button in (self._skip, self._end):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._skip.clicked.connect(self.skipped)
        self._end.clicked.connect(self.ended)
        Dress(self, lambda: lettered(points() + 1) + STYLE)
        self.hide()

    def say(self, head: str, words: str, *, end: str = "", skips: bool = True) -> None:
        """Show what to do.

        Parameters
        ----------
        end
            What the button says that ends the tour.
        skips
            Whether there is a step to pass over.
        """
        text = f"<b>{head}</b>&nbsp; {words}"
        if self._words.text() != text:
            self._words.setText(text)
        self._skip.setVisible(skips)
        self._end.setText(end or "End tour")
        # as high for one line as for two, so that the image does not move
        self._words.setMinimumHeight(2 * self._words.fontMetrics().lineSpacing())
        self.show()


class Halo(QWidget):
    """A frame around a part of the window, which lets the mouse through."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("halo")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def surround(self, part: QWidget | None) -> None:
        """Frame a part, or nothing."""
        before = self.parentWidget()
        if part is before:
            return
        if before is not None:
            before.removeEventFilter(self)
        self.setParent(part)
        if part is not None:
            part.installEventFilter(self)
            self.resize(part.size())
            self.show()
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of the part."""
        part = self.parentWidget()
        if event.type() == QEvent.Type.Resize and part is not None:
            self.resize(part.size())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        del event
        painter = QPainter(self)
        painter.setPen(QPen(named(self, "active"), FRAME_PX))
        half = FRAME_PX / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
        painter.end()
