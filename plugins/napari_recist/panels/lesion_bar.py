"""The lesion that the controls act upon: who it is, and its role, organ and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, Qt, Signal
from qtpy.QtGui import QKeyEvent, QPainter
from qtpy.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from napari_recist.widgets.combo_box import CalmComboBox, line_of
from napari_recist.widgets.role_colours import ROLE_COLOURS
from napari_recist.widgets.theme import grounded
from recist_tool.app.reading import LesionDraft, NewLesion, in_order, organ_and_name
from recist_tool.criteria import organ_group
from recist_tool.terms import LYMPH_NODE, LesionRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtCore import QObject
    from qtpy.QtGui import QPaintEvent

ROLES = (
    (LesionRole.TARGET, "target"),
    (LesionRole.NON_TARGET, "non-target"),
    (LesionRole.NEW, "new"),
)
STRIP_PX = 4
PICKED = 9
"""How many organs of the list a single digit picks."""


class LesionBar(QFrame):
    """Role, organ and name of the chosen lesion, or of the next new one.

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
        self.setObjectName("subject_form")
        self._shown_role, self._shown_organ = LesionRole.TARGET, ""
        self._heading = QLabel()
        self._heading.setObjectName("acts upon")
        self._role = CalmComboBox()
        self._role.setObjectName("role")
        for role, word in ROLES:
            self._role.addItem(word, role)
        self._role.keep_narrow(6)
        self._organ = _organ_box()
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setPlaceholderText("name")
        self._node = QCheckBox("node")
        self._node.setToolTip("A lymph node: counted by its short axis")
        self._lay_out()
        line = line_of(self._organ)
        self._role.activated.connect(self._on_edit)
        self._organ.activated.connect(self._on_organ)
        line.editingFinished.connect(self._on_organ)
        line.returnPressed.connect(self.left)
        self._organ.installEventFilter(self)  # it has the focus in its field's place
        line.installEventFilter(self)
        self._name.editingFinished.connect(self._on_edit)
        self._name.returnPressed.connect(self.left)
        self._node.clicked.connect(self._on_edit)

    def focus_organ(self) -> None:
        """Let the reader pick the organ by its digit, or type it."""
        self._organ.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line_of(self._organ).selectAll()

    def next_role(self) -> None:
        """Give the lesion of the form its next role."""
        self._role.setCurrentIndex((self._role.currentIndex() + 1) % len(ROLES))
        self._on_edit()

    def toggle_node(self) -> None:
        """Make the lesion of the form a lymph node, or none."""
        self._node.click()

    def offer(self, organs: Sequence[str], used: Sequence[str]) -> None:
        """Offer the organs of the protocol, those used in this read first."""
        wanted = in_order(organs, used)
        if wanted == [self._organ.itemData(row) for row in range(self._organ.count())]:
            return
        text = self._organ.currentText()
        self._organ.clear()
        for number, organ in enumerate(wanted, start=1):
            self._organ.addItem(organ, organ)
            if number <= PICKED:
                tip = f"O, then {number}"
                self._organ.setItemData(number - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self._organ.setCurrentText(text)
        picks = ", ".join(f"{at} {one}" for at, one in enumerate(wanted[:PICKED], 1))
        self._organ.setToolTip(
            f"O, then a digit: {picks}; or type it, with the name: liver, segment VII"
        )

    def show_subject(self, subject: LesionDraft) -> None:
        """Show the lesion that is acted upon."""
        lesion = subject.described
        self._heading.setText(f"<b>{subject.heading}</b>")
        chosen = subject.lesion_id is not None
        self._heading.setToolTip(
            "The fields and buttons here act upon this lesion. T, N, W: a new one"
            if chosen
            else "The next caliper on bare image becomes this. T, N, W: its role"
        )
        if lesion.role is not self._shown_role:
            self._shown_role = lesion.role
            self.update()
        self._role.setCurrentIndex([one for one, _ in ROLES].index(lesion.role))
        self._shown_organ = lesion.organ
        if not line_of(self._organ).hasFocus():
            self._organ.setCurrentText(lesion.organ)
            line_of(self._organ).setCursorPosition(0)  # its beginning stays in view
        if not self._name.hasFocus():
            self._name.setText(lesion.name)
            self._name.setCursorPosition(0)
        self._node.setChecked(lesion.nodal)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a strip in the colour of the role at the left."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = grounded(self, ROLE_COLOURS[self._shown_role])
        painter.fillRect(0, 0, STRIP_PX, self.height(), colour)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a digit in the organ's field as a pick from its list; Escape leaves."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        row = event.key() - Qt.Key.Key_1
        line = line_of(self._organ)
        untouched = line.selectedText() == line.text()
        if untouched and 0 <= row < min(PICKED, self._organ.count()):
            self._organ.setCurrentIndex(row)
            self._on_organ()
            self.left.emit()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(STRIP_PX + 4, 1, 0, 1)
        row.setSpacing(4)
        row.addWidget(self._heading)
        row.addWidget(self._role)
        row.addWidget(self._organ, 3)
        row.addWidget(self._name, 4)
        row.addWidget(self._node)

    def _on_organ(self, *_: object) -> None:
        organ, name = organ_and_name(self._organ.currentText())
        if name is not None:
            self._name.setText(name)
        self._organ.setCurrentText(organ)
        if organ != self._shown_organ:
            self._node.setChecked(organ_group(organ) == LYMPH_NODE)
        self._on_edit()

    def _on_edit(self, *_: object) -> None:
        role = ROLES[self._role.currentIndex()][0]
        organ = organ_and_name(self._organ.currentText())[0]
        name = self._name.text().strip()
        self.edited.emit(NewLesion(role, organ, name, self._node.isChecked()))


def _organ_box() -> QComboBox:
    box = CalmComboBox()
    box.setObjectName("organ")
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.keep_narrow(6)
    completer = box.completer()
    if completer is not None:
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
    return box
