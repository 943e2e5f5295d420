"""How wide the panel is: as its words need, or folded to a strip beside the images."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from qtpy.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt, Signal
from qtpy.QtGui import QPainter
from qtpy.QtWidgets import (
    QDockWidget,
    QFrame,
    QMainWindow,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from napari_recist.panels.question_bar import QuestionBar
from napari_recist.widgets.messages import NoteLine
from napari_recist.widgets.reader_settings import keep, settings_folder
from napari_recist.widgets.theme import named
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from pathlib import Path

    from qtpy.QtGui import QPaintEvent

    from recist_tool.app.reading import CurrentRead

WIDTH_PX, PART, MOST = 416, 0.3, 0.45
"""Of the panel: pixels at least, where the window has them; parts of the window."""

EDGE_PX: Final = 12
STRIP_PX: Final = 28
"""Of the strip: beside the open panel, and where the panel is folded into it."""

NOTE_PART: Final = 0.6
"""How much of a pane a note over it takes of its width: the corners stay free."""

NOTE_ABOVE: Final = 0.12
"""Where a note over a pane ends, in parts of the pane's height from below."""

TO_OPEN = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
TO_FOLD = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"


def fold_path() -> Path:
    """Return where it is kept whether the panel is folded."""
    return settings_folder() / "panel.json"


class FoldStrip(QToolButton):
    """The strip at the edge of the panel: a click folds the panel into it, and back.

    What there is to say and to answer while it is folded lies over the images, whose
    size nothing but the reader changes.

    Parameters
    ----------
    body
        All of the panel but the strip.
    wall
        The widget that shows the images; None where there is no window.

    Attributes
    ----------
    is_folded
        Whether the images have the window.

    Signals
    -------
    refused
        Why the choice cannot be kept for the next start.
    """

    refused = Signal(str)

    def __init__(
        self, body: QWidget, wall: QWidget | None, reading: CurrentRead
    ) -> None:
        super().__init__()
        self.setObjectName("fold")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.is_folded = False
        self._body = body
        self._reading = reading
        self._words, self._left_px = "", 0
        self._title: QWidget | None = None
        self._note = None if wall is None else NoteLine(wall)
        self._question = None if wall is None else QuestionBar(reading, wall)
        if self._note is not None:
            self._note.hide()
            self._note.put_away.connect(lambda: reading.say(""))
        self.clicked.connect(self.toggle)

    def toggle(self) -> None:
        """Fold the panel, or open it; the next start has it so too."""
        self._fold(is_folded=not self.is_folded)
        try:
            keep(fold_path(), {"folded": "yes" if self.is_folded else "no"})
        except CommandRefused as error:
            self.refused.emit(str(error))

    def unfold(self) -> None:
        """Open the panel: something in it is wanted."""
        if self.is_folded:
            self._fold(is_folded=False)

    def lay_as_left(self) -> None:
        """Fold the panel where it was left so; what does not read leaves it open."""
        try:
            kept = json.loads(fold_path().read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if kept == {"folded": "yes"} and not self.is_folded:
            self._fold(is_folded=True)

    def give_width(self) -> None:
        """Give the panel what its words need, and the rest to the images."""
        window = self.window()
        if not isinstance(window, QMainWindow):
            return
        most = round(MOST * window.width())
        self._take(min(max(WIDTH_PX, round(PART * window.width())), most))

    def refresh(self, words: str, pane: QWidget, yes_key: str, no_key: str) -> None:
        """Show what stands on the strip, and what is said and asked while it does.

        Parameters
        ----------
        words
            What is measured next.
        pane
            Where the reader works: a note lies over it.
        yes_key, no_key
            What answers a question.
        """
        self._words = words
        self.update()
        if self._note is None or self._question is None:
            return
        if self.is_folded:
            self._question.refresh(yes_key, no_key)
            self._note.show_note(self._reading.note)
            self._place_note(self._note, pane)
        else:
            self._question.hide()
            self._note.hide()

    def sizeHint(self) -> QSize:
        """Be as wide as what it says needs."""
        return QSize(STRIP_PX if self.is_folded else EDGE_PX, STRIP_PX)

    def minimumSizeHint(self) -> QSize:
        """Never be narrower."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow, and below it what is measured, from top to bottom."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(named(self, "text"))
        middle = Qt.AlignmentFlag.AlignCenter
        arrow = TO_OPEN if self.is_folded else TO_FOLD
        painter.drawText(QRect(0, 0, self.width(), 2 * STRIP_PX), middle, arrow)
        if self.is_folded:
            painter.translate(self.width(), 2 * STRIP_PX)
            painter.rotate(90)
            room = QRect(0, 0, self.height() - 2 * STRIP_PX, self.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._words)
        painter.end()

    def _fold(self, *, is_folded: bool) -> None:
        self.is_folded = is_folded
        for dock in self._docks() if is_folded else ():
            self._left_px = dock.width()
        self._body.setVisible(not is_folded)
        self.updateGeometry()
        for dock in self._docks():
            if is_folded:
                self._title = dock.titleBarWidget()
                dock.setTitleBarWidget(QFrame(dock))
            elif self._title is not None:
                dock.setTitleBarWidget(self._title)
                self._title.show()
        # how much each part needs is known only once that was handed up
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        if self._left_px:
            self._take(self._left_px)
        else:
            self.give_width()
        self._reading.changed.emit()

    def _take(self, open_px: int) -> None:
        """Have the dock as wide as the panel is, and the images the rest."""
        window, width = self.window(), STRIP_PX if self.is_folded else open_px
        for dock in self._docks():
            if isinstance(window, QMainWindow):
                window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)

    def _docks(self) -> list[QDockWidget]:
        """Return the dock that holds the panel."""
        docks = self.window().findChildren(QDockWidget)
        return [one for one in docks if one.isAncestorOf(self)]

    def _place_note(self, note: NoteLine, pane: QWidget) -> None:
        wall = note.parentWidget()
        if wall is None or not note.isVisible():
            return
        at = pane.mapTo(wall, pane.rect().topLeft())
        wide = round(NOTE_PART * pane.width())
        note.ensurePolished()
        tall = note.heightForWidth(wide)
        left = at.x() + (pane.width() - wide) // 2
        below = at.y() + round((1 - NOTE_ABOVE) * pane.height())
        note.setGeometry(left, below - tall, wide, tall)
        note.raise_()
