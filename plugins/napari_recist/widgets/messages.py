"""What the program has to say, in place: one line for now, a list for what stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from napari_recist.widgets.theme import FAULT
from recist_tool.model import Blinding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtGui import QResizeEvent

    from recist_tool.app import Session
    from recist_tool.app.reading import Note
    from recist_tool.criteria import Message

ERROR_STYLE = f"QLabel {{ background: {FAULT}; color: white; padding: 4px; }}"
NOTE_STYLE = "QLabel { padding: 4px; }"
LINES = 4
"""How many of them are in view at most."""


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
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """Be as high as the lines, up to some of them."""
        lines = sum(self.sizeHintForRow(row) for row in range(self.count()))
        most = LINES * self.fontMetrics().lineSpacing()
        self.setFixedHeight(min(lines, most) + 2 * self.frameWidth())


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
