"""What the program has to say, in place: one line for now, a list for what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QRect, Qt, Signal
from qtpy.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from napari_recist.widgets.theme import FAULT
from recist_tool.model import Blinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QMouseEvent, QMoveEvent, QResizeEvent

    from recist_tool.app import Session
    from recist_tool.app.reading import Note
    from recist_tool.criteria import Message

PADDING_PX = 4
ERROR_STYLE = (
    f"QLabel {{ background: {FAULT}; color: white; padding: {PADDING_PX}px; }}"
)
NOTE_STYLE = f"QLabel {{ padding: {PADDING_PX}px; }}"
SPACING_PX, WIDEST_PX = 2, 1000


class NoteLine(QLabel):
    """The last thing to tell the reader.

    Signals
    -------
    put_away
        It was clicked.
    """

    put_away = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setObjectName("note")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def show_note(self, note: Note) -> None:
        """Show a note; an error stands out."""
        self.setText(note.text)
        self.setStyleSheet(ERROR_STYLE if note.is_error else NOTE_STYLE)
        self.setVisible(bool(note.text))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Give free what it lies over."""
        event.accept()
        self.put_away.emit()


class MessageList(QListWidget):
    """Messages of the assessment, and what stands against one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setObjectName("messages")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_session(
        self,
        session: Session | None,
        messages: Sequence[Message],
        lesion_id: str | None,
    ) -> None:
        """Show what the core says of the read, of the chosen lesion first.

        Parameters
        ----------
        messages
            Of the criteria that the reader looks at.
        lesion_id
            The chosen lesion, or None.
        """
        self.clear()
        for text in _texts(session, messages, lesion_id):
            item = QListWidgetItem(text)
            item.setToolTip(text)
            self.addItem(item)
        self.setVisible(self.count() > 0)
        self.setMinimumHeight(self.fontMetrics().lineSpacing() + 2 * self.frameWidth())


class Foot(QWidget):
    """Messages, and the note below them: as high whatever they say.

    Where they took and gave back room, what lies above would move under the pointer. A
    note of more lines than are kept for it lies over what is above, whole, until it is
    clicked or the next one comes.

    Parameters
    ----------
    window
        At the bottom of which it stands.

    Attributes
    ----------
    messages
        What stands.
    note
        What there is to say now.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.messages, self.note = MessageList(), NoteLine(window)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.messages, 1)
        self._column.addStretch()
        self._fit()

    def show_note(self, note: Note) -> None:
        """Show a note; an error stands out."""
        self.note.show_note(note)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Follow the size of letters."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutRequest):
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the note in its place."""
        super().resizeEvent(event)
        self._place()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the note in its place."""
        super().moveEvent(event)
        self._place()

    def _fit(self) -> None:
        note = _tall(self.note, "M\nM") + 2 * PADDING_PX
        self.setMinimumHeight(self._least() + SPACING_PX + note)
        self._place()

    def _least(self) -> int:
        """Return the height of one message."""
        return _tall(self.messages, "M") + 2 * self.messages.frameWidth()

    def _place(self) -> None:
        """Put the note at the bottom, and the messages into what it leaves."""
        place, tall = self.geometry(), 0
        if not self.note.isHidden():
            self.note.ensurePolished()
            tall = self.note.heightForWidth(place.width())
            self.note.setGeometry(
                place.left(), place.bottom() + 1 - tall, place.width(), tall
            )
            self.note.raise_()
        most = max(place.height() - self._least(), 0)
        taken = min(tall + SPACING_PX, most) if tall else 0
        self._column.setContentsMargins(0, 0, 0, taken)


def _tall(widget: QWidget, text: str) -> int:
    """Return how high lines are where a label breaks them itself."""
    wrapped = int(Qt.TextFlag.TextWordWrap.value)
    room = QRect(0, 0, WIDEST_PX, WIDEST_PX)
    return widget.fontMetrics().boundingRect(room, wrapped, text).height()


def _texts(
    session: Session | None, messages: Sequence[Message], lesion_id: str | None
) -> list[str]:
    if session is None:
        return []
    answer = session.answer
    texts = [str(fault) for fault in (*answer.problems, *answer.failed.values())]
    texts.extend(
        one.text
        for one in sorted(
            messages, key=lambda one: (one.lesion != lesion_id, one.lesion is None)
        )
    )
    told = Blinding.of(session.case).told
    return [told(one) for one in texts]
