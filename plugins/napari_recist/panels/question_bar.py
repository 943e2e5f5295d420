"""What has to be confirmed, asked over the foot of the dock: nothing there moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from napari_recist.widgets.theme import FILLED

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from recist_tool.app.reading import CurrentRead

STYLE = (
    f"#question {{ background: {FILLED}; border: 1px solid white; }} "
    "#question QLabel { color: white; background: transparent; }"
)


class QuestionBar(QFrame):
    """A question with *Yes* and *No*; neither is pressed by Return unless reached.

    Parameters
    ----------
    foot
        The widget over the foot of which it lies.
    """

    def __init__(self, reading: CurrentRead, foot: QWidget) -> None:
        super().__init__(foot)
        self._reading = reading
        self.setObjectName("question")
        self.setStyleSheet(STYLE)
        self.setAutoFillBackground(True)
        self._words = QLabel()
        self._words.setObjectName("question words")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._yes, self._no = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.addWidget(self._words, 1)
        for button, is_so in ((self._no, False), (self._yes, True)):
            button.setObjectName("question yes" if is_so else "question no")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        self._yes.clicked.connect(lambda: reading.answer(is_so=True))
        self._no.clicked.connect(lambda: reading.answer(is_so=False))
        foot.installEventFilter(self)
        self.setVisible(False)

    def refresh(self, yes_key: str, no_key: str) -> None:
        """Show the question that stands, with the keys that answer it."""
        text = self._reading.question
        self._yes.setText(f"Yes, it is so  {yes_key}".strip())
        self._no.setText(f"No  {no_key}".strip())
        self._words.setText(text)
        self.setVisible(bool(text))
        if text:
            self._lie_over_foot()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._lie_over_foot()
        return super().eventFilter(watched, event)

    def _lie_over_foot(self) -> None:
        foot = self.parentWidget()
        if foot is None:
            return
        wide = foot.width()
        layout = self.layout()
        high = layout.heightForWidth(wide) if layout is not None else 0
        high = max(high, self.sizeHint().height())
        self.setGeometry(0, foot.height() - high, wide, high)
        self.raise_()
