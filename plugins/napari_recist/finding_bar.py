"""Buttons for what became of the chosen lesion, those that fit its role."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from napari_recist.form import CalmComboBox, line_of
from recist_tool import (
    LesionRole,
    NewLesionSeen,
    NewLesionStatus,
    NonTargetSeen,
    NonTargetStatus,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtCore import QObject

    from napari_recist.reading import Reading
    from napari_recist.recording import Recorder

REASONS = (
    "not imaged",
    "obscured by an artefact",
    "imaged in another way",
    "treated locally since baseline",
)
PRESENT = "finding present"
"""The one button that can add a lesion, so that it needs none."""


class FindingBar(QWidget):
    """One button for each finding that needs no caliper.

    Signals
    -------
    asked
        A verb of the read was asked for; it is carried as a callable.
    left
        The reader is done with a field here.
    """

    asked = Signal(object)
    left = Signal()

    def __init__(
        self, reading: Reading, recorder: Recorder, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._reading = reading
        self._recorder = recorder
        self._buttons: list[tuple[QPushButton, frozenset[LesionRole]]] = []
        row = QHBoxLayout()
        row.setSpacing(2)
        for word, key, tip, roles, verb in self._verbs():
            button = _button(word, key, tip)
            button.clicked.connect(partial(self.asked.emit, verb))
            self._buttons.append((button, frozenset(roles)))
            row.addWidget(button)
        row.addStretch(1)
        self._reason = self._reason_box()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(self._reason)

    def refresh(self) -> None:
        """Show the buttons that fit the chosen lesion, or the next one."""
        lesion = self._reading.lesion
        role = lesion.role if lesion else self._reading.new_lesion.role
        for button, roles in self._buttons:
            button.setVisible(role in roles)
            button.setEnabled(lesion is not None or button.objectName() == PRESENT)

    def ask_reason(self) -> None:
        """Let the reader say why the lesion cannot be evaluated."""
        self._reason.setVisible(True)
        self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line_of(self._reason).selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the field for the reason on Escape."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.KeyPress:
                self._close_reason()
            return True
        return super().eventFilter(watched, event)

    def _reason_box(self) -> QComboBox:
        box = CalmComboBox()
        box.setObjectName("reason")
        box.setEditable(True)
        box.addItems(REASONS)
        box.setToolTip("Why it cannot be evaluated: Enter records it, Esc does not")
        line_of(box).returnPressed.connect(self._on_reason)
        box.installEventFilter(self)
        line_of(box).installEventFilter(self)
        box.setVisible(False)
        return box

    def _on_reason(self) -> None:
        reason = self._reason.currentText().strip()
        self._close_reason()
        if reason:
            self.asked.emit(partial(self._recorder.not_evaluable, reason))

    def _close_reason(self) -> None:
        self._reason.setVisible(False)
        self.left.emit()

    def _verbs(
        self,
    ) -> list[tuple[str, str, str, set[LesionRole], Callable[[], None]]]:
        recorder = self._recorder
        target, other, new = LesionRole
        larger = NonTargetSeen(status=NonTargetStatus.INCREASED_NOT_UNEQUIVOCAL)
        worse = NonTargetSeen(status=NonTargetStatus.UNEQUIVOCAL_PD)
        definite = NewLesionSeen(status=NewLesionStatus.DEFINITE)
        equivocal = NewLesionSeen(status=NewLesionStatus.EQUIVOCAL)
        return [
            ("Present", "P", "Seen; no caliper needed", {other, new}, recorder.present),
            ("Gone", "0", "Gone: 0 mm", {target, other, new}, recorder.gone),
            ("Too small", "5", "Counts as 5 mm", {target}, recorder.too_small),
            (
                "Larger",
                "",
                "Larger, but no unequivocal progression",
                {other},
                partial(recorder.set_status, larger),
            ),
            (
                "Progressed",
                "",
                "Unequivocal progression",
                {other},
                partial(recorder.set_status, worse),
            ),
            (
                "Definite",
                "D",
                "Certainly a new lesion",
                {new},
                partial(recorder.set_status, definite),
            ),
            (
                "Equivocal",
                "E",
                "Perhaps a new lesion; look again next time",
                {new},
                partial(recorder.set_status, equivocal),
            ),
            (
                "Not evaluable",
                "X",
                "Cannot be judged here; asks why",
                {target, other},
                self.ask_reason,
            ),
        ]


def _button(word: str, key: str, tip: str) -> QPushButton:
    button = QPushButton()
    button.setText(f"{word}  {key}".strip())
    button.setToolTip(f"{tip} ({key})" if key else tip)
    button.setObjectName(f"finding {word.lower()}")
    return button
