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

from napari_recist.widgets.choice_list import ChoiceList
from napari_recist.widgets.combo_box import CalmComboBox, line_of
from napari_recist.widgets.key_filter import ENTER
from napari_recist.widgets.role_colours import ROLE_COLOURS
from napari_recist.widgets.theme import grounded
from recist_tool.app.reading import (
    NOT_RECOGNISED,
    LesionDraft,
    NewLesion,
    fitting_organs,
    in_order,
    is_recognised,
    organ_and_name,
    organ_meant,
)
from recist_tool.criteria import organ_group
from recist_tool.terms import LYMPH_NODE, LesionRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtCore import QObject
    from qtpy.QtGui import QPaintEvent

    from recist_tool.model import OrganWords

ROLES = (
    (LesionRole.TARGET, "target"),
    (LesionRole.NON_TARGET, "non-target"),
    (LesionRole.NEW, "new"),
)
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
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
        self._words: OrganWords = ()
        self._listed: Sequence[str] = ()
        self._offered: list[str] = []
        self._heading = QLabel()
        self._heading.setObjectName("acts upon")
        self._role = CalmComboBox()
        self._role.setObjectName("role")
        for role, word in ROLES:
            self._role.addItem(word, role)
        self._role.keep_narrow(4)
        self._organ = _organ_box()
        self._choices = ChoiceList(self._organ)
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setPlaceholderText("name")
        self._node = QCheckBox("node")
        self._node.setToolTip("A lymph node: counted by its short axis")
        self._lay_out()
        self._connect()

    def _connect(self) -> None:
        line = line_of(self._organ)
        self._role.activated.connect(self._on_edit)
        self._organ.activated.connect(self._on_chosen)
        line.editingFinished.connect(self._on_left)
        line.textEdited.connect(self._show_choices)
        self._choices.picked.connect(self._pick)
        self._organ.installEventFilter(self)  # it has the focus in its field's place
        line.installEventFilter(self)
        self._name.editingFinished.connect(self._on_edit)
        self._name.returnPressed.connect(self.left)
        self._node.clicked.connect(self._on_edit)

    def focus_organ(self) -> None:
        """Let the reader pick the organ by its digit, or type it."""
        self._organ.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line_of(self._organ).selectAll()
        self._show_choices("")

    def next_role(self) -> None:
        """Give the lesion of the form its next role."""
        self._role.setCurrentIndex((self._role.currentIndex() + 1) % len(ROLES))
        self._on_edit()

    def toggle_node(self) -> None:
        """Make the lesion of the form a lymph node, or none."""
        self._node.click()

    def offer(
        self, organs: Sequence[str], used: Sequence[str], words: OrganWords = ()
    ) -> None:
        """Offer the organs of the protocol, then others used in this read.

        Parameters
        ----------
        organs, used
            Each organ keeps its place, and its digit.
        words
            The trial's own words for organs.
        """
        self._words, wanted = words, in_order(organs, used)
        self._listed = organs
        if wanted == self._offered:
            return
        self._offered = wanted
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
        known = is_recognised(lesion.organ, self._listed, self._words)
        mark = "" if known else f" \N{WARNING SIGN} organ {NOT_RECOGNISED}"
        # the fields behind it stay where they are, whoever it names
        longest = subject._replace(lesion_id=None).heading
        self._heading.setText(f"<b>{longest}</b>")
        self._heading.setMinimumWidth(self._heading.sizeHint().width())
        self._heading.setText(f"<b>{subject.heading}</b>{mark}")
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
        if event.type() == QEvent.Type.FocusOut:
            self._choices.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Escape:
            self._put_back()
            self._leave()
            return True
        if event.key() in STEPS and not self._choices.isHidden():
            self._choices.step(STEPS[Qt.Key(event.key())])
            return True
        if event.key() in ENTER:
            self._on_return()
            return True
        row = event.key() - Qt.Key.Key_1
        line = line_of(self._organ)
        untouched = line.selectedText() == line.text()
        if untouched and 0 <= row < min(PICKED, self._organ.count()):
            self._pick(self._offered[row])
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

    def _show_choices(self, text: str) -> None:
        """List what a text may mean, and last the text itself, marked as unknown."""
        organ, name = organ_and_name(text)
        behind = "" if name is None else f", {name}"
        rows = [
            (f"{number}  {one}" if number <= PICKED else f"    {one}", f"{one}{behind}")
            for number, one in enumerate(self._offered, start=1)
            if one in fitting_organs(organ, self._offered)
        ]
        if organ and organ not in self._offered:
            known = is_recognised(organ, self._listed, self._words)
            mark = "" if known else f" ({NOT_RECOGNISED})"
            rows.append(
                (
                    f"    \N{LEFT DOUBLE QUOTATION MARK}{organ}"
                    f"\N{RIGHT DOUBLE QUOTATION MARK}{mark}",
                    text,
                )
            )
        self._choices.offer(rows)

    def _on_return(self) -> None:
        """Take the marked row, or what the text settles; else go on asking."""
        marked = self._choices.marked if self._choices.isVisible() else None
        if marked is not None:
            self._pick(marked)
            return
        text = line_of(self._organ).text()
        if self._take(text):
            self._leave()
        else:
            self._show_choices(text)

    def _take(self, text: str) -> bool:
        """Take an organ that a text settles; return whether it did."""
        organ, name = organ_and_name(text)
        meant = organ_meant(organ, self._offered, self._words)
        if meant is None and organ == self._shown_organ:
            meant = organ  # as it is
        if meant is not None:
            self._set(meant, name)
        return meant is not None

    def _pick(self, text: str) -> None:
        """Take a row of the list as it stands there."""
        self._set(*organ_and_name(text))
        self._leave()

    def _leave(self) -> None:
        self._choices.hide()
        self.left.emit()

    def _put_back(self) -> None:
        self._organ.setCurrentText(self._shown_organ)

    def _on_chosen(self, row: int) -> None:
        self._pick(self._organ.itemText(row))

    def _on_left(self) -> None:
        """Take what was typed if it settles an organ; a typo changes nothing."""
        if not self._take(line_of(self._organ).text()):
            self._put_back()

    def _set(self, organ: str, name: str | None) -> None:
        if name is not None:
            self._name.setText(name)
        self._organ.setCurrentText(organ)
        if organ != self._shown_organ:
            self._node.setChecked(organ_group(organ, self._words) == LYMPH_NODE)
        self._emit(organ)
        self._put_back()  # where it was refused, what is so stands there again

    def _on_edit(self, *_: object) -> None:
        self._emit(self._shown_organ)
        if self.sender() is not self._name:
            self._leave()

    def _emit(self, organ: str) -> None:
        role = ROLES[self._role.currentIndex()][0]
        name = self._name.text().strip()
        self.edited.emit(NewLesion(role, organ, name, self._node.isChecked()))


def _organ_box() -> QComboBox:
    box = CalmComboBox()
    box.setObjectName("organ")
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.keep_narrow(4)
    # the usual one would write the end of a word that nobody typed
    line_of(box).setCompleter(QCompleter(box))
    return box
