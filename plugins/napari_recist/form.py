"""What the next lesion will be: role, organ, name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from napari_recist.reading import NewLesion
from recist_tool import LesionRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qtpy.QtGui import QWheelEvent

ROLES = (
    (LesionRole.TARGET, "Target", "T"),
    (LesionRole.NON_TARGET, "Non-target", "N"),
    (LesionRole.NEW, "New", "W"),
)


class LesionForm(QWidget):
    """Role, organ and name of the next lesion.

    Signals
    -------
    edited
        A `NewLesion`, whenever the reader changed it.
    left
        The reader is done with the form: the keys go back to the image.
    """

    edited = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = QButtonGroup(self)
        self._organ = _organ_box()
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setPlaceholderText("name, e.g. segment VII")
        self._node = QCheckBox("node")
        self._node.setToolTip("A lymph node: counted by its short axis")
        self._lay_out()
        self._buttons.buttonClicked.connect(self._on_edit)
        self._organ.textActivated.connect(self._on_organ)
        line_of(self._organ).editingFinished.connect(self._on_organ)
        line_of(self._organ).returnPressed.connect(self.left)
        self._name.editingFinished.connect(self._on_edit)
        self._name.returnPressed.connect(self.left)
        self._node.clicked.connect(self._on_edit)

    def focus_organ(self) -> None:
        """Let the reader type the organ."""
        self._organ.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line_of(self._organ).selectAll()

    def offer(self, organs: Sequence[str], used: Iterable[str]) -> None:
        """Offer the organs of the protocol, those used in this read first."""
        first = list(dict.fromkeys(used))
        wanted = [*first, *(one for one in organs if one not in first)]
        if wanted == [self._organ.itemText(row) for row in range(self._organ.count())]:
            return
        text = self._organ.currentText()
        self._organ.clear()
        self._organ.addItems(wanted)
        self._organ.setCurrentText(text)

    def show_lesion(self, lesion: NewLesion) -> None:
        """Show what the next lesion will be."""
        for number, (role, _, _) in enumerate(ROLES):
            self._buttons.button(number).setChecked(role is lesion.role)
        if not line_of(self._organ).hasFocus():
            self._organ.setCurrentText(lesion.organ)
        if not self._name.hasFocus():
            self._name.setText(lesion.name)
        self._node.setChecked(lesion.nodal)

    def _lay_out(self) -> None:
        roles = QHBoxLayout()
        roles.setSpacing(2)
        for number, (role, word, key) in enumerate(ROLES):
            button = QPushButton()
            button.setText(f"{word}  {key}")
            button.setToolTip(f"The next caliper is a new {role.value} lesion ({key})")
            button.setCheckable(True)
            button.setObjectName(f"role {role.value}")
            self._buttons.addButton(button, number)
            roles.addWidget(button)
        roles.addStretch(1)
        roles.addWidget(self._node)
        words = QHBoxLayout()
        words.addWidget(QLabel("Organ"))
        words.addWidget(self._organ, 1)
        words.addWidget(self._name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(roles)
        column.addLayout(words)

    def _on_organ(self, *_: object) -> None:
        organ = self._organ.currentText().strip().lower()
        self._node.setChecked("node" in organ)
        self._on_edit()

    def _on_edit(self, *_: object) -> None:
        role = ROLES[max(self._buttons.checkedId(), 0)][0]
        organ = self._organ.currentText().strip().lower() or "other"
        name = self._name.text().strip()
        self.edited.emit(NewLesion(role, organ, name, self._node.isChecked()))


def line_of(box: QComboBox) -> QLineEdit:
    """Return the field of an editable box.

    Raises
    ------
    TypeError
        If the box is not editable.
    """
    line = box.lineEdit()
    if line is None:
        msg = "the box is not editable"
        raise TypeError(msg)
    return line


class CalmComboBox(QComboBox):
    """A box that the wheel does not change: it only passes by on its way."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what lies around the box."""
        event.ignore()


def _organ_box() -> QComboBox:
    box = CalmComboBox()
    box.setObjectName("organ")
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setMinimumContentsLength(8)
    completer = box.completer()
    if completer is not None:
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
    return box
