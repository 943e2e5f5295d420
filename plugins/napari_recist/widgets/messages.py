"""What the program has to say, in place: one line for now, a list for what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt
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

    from recist_tool.app import Session
    from recist_tool.app.reading import Note
    from recist_tool.criteria import Message

PADDING_PX = 4
ERROR_STYLE = (
    f"QLabel {{ background: {FAULT}; color: white; padding: {PADDING_PX}px; }}"
)
NOTE_STYLE = f"QLabel {{ padding: {PADDING_PX}px; }}"
LINES = 3
"""For how many lines the foot has room: those of the note, and of messages."""


class NoteLine(QLabel):
    """The last thing to tell the reader."""

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
    """The note, and messages in what it leaves: as high whatever they say.

    Where they took and gave back room, what lies above would move under the pointer.
    """

    def __init__(self, messages: MessageList, note: NoteLine) -> None:
        super().__init__()
        self._note = note
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(messages, 1)
        column.addStretch()
        column.addWidget(note)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of letters."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        line = self._note.fontMetrics().lineSpacing()
        self.setMinimumHeight(LINES * line + 2 * PADDING_PX + 4)


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
