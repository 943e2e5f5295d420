"""A small form: fields that are recorded when they are left, faults told in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from napari_recist.widgets.combo_box import CalmComboBox
from napari_recist.widgets.theme import FAULT, UNFIT
from recist_tool.app.reading import (
    NO,
    NOT_BLINDED,
    YES,
    FieldKind,
    choice_words,
    text_of,
    value_of,
    values_of,
)
from recist_tool.errors import CommandRefused
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qtpy.QtGui import QResizeEvent

    from recist_tool.app.reading import Field
    from recist_tool.model import Blinding

FAULT_STYLE = f"QLabel {{ background: {FAULT}; color: white; padding: 2px 4px; }}"
UNFIT_STYLE = f"border: 1px solid {UNFIT};"
SPACING_PX = 4
DAYS = {FieldKind.DATE: "day n", FieldKind.MOMENT: "day n hh:mm"}
PLACEHOLDERS = {FieldKind.DATE: "yyyy-mm-dd", FieldKind.MOMENT: "yyyy-mm-dd hh:mm"}


class RecordForm(QWidget):
    """Fields in columns, each under its label.

    Parameters
    ----------
    name
        Of the form; its fields are named ``form field``.
    columns
        How many fields stand side by side at most.
    has_labels
        Whether each has its name above it.

    Signals
    -------
    changed
        The values of all fields by name, empty ones left out, once the reader changed
        one and all fit.
    """

    changed = Signal(object)

    def __init__(
        self,
        name: str,
        fields: tuple[Field, ...],
        columns: int = 4,
        *,
        has_labels: bool = True,
    ) -> None:
        super().__init__()
        self._fields = fields
        self._editors = {one.name: _editor(name, one) for one in fields}
        self._shown: dict[str, str] = {}
        self._given: dict[str, str] = {}
        self._of: object = None
        self._blinding = NOT_BLINDED
        self._fault = fault_line(name)
        self._columns, self._now = columns, 0
        self._labels = [self._label(one) for one in fields] if has_labels else []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACING_PX)
        self._grid.setVerticalSpacing(1)
        self._arrange(columns)
        for field in fields:
            self._editors[field.name].setToolTip(field.tip)
            self._listen(self._editors[field.name])
        below = QVBoxLayout(self)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(2)
        below.addLayout(self._grid)
        below.addWidget(self._fault)

    @property
    def texts(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: _text(editor) for name, editor in self._editors.items()}

    def blind(self, blinding: Blinding) -> None:
        """Tell dates in another way from the next values on."""
        if blinding == self._blinding:
            return
        self._blinding = blinding
        for field in self._fields:
            editor = self._editors[field.name]
            if isinstance(editor, QLineEdit):
                editor.setPlaceholderText(_placeholder(field, blinding))

    def show_values(self, values: Mapping[str, object], of: object = None) -> None:
        """Show values.

        What the reader typed and nobody recorded yet stays until the values change, or
        are those of something else. What was typed stays as it was typed: 27.0 is 27.

        Parameters
        ----------
        of
            Whose values they are: a visit, a lesion, a series.
        """
        given = {
            one.name: _told(one, values.get(one.name), self._blinding)
            for one in self._fields
        }
        if (given, of) == (self._given, self._of):
            return
        is_other = of != self._of
        self._given, self._of = given, of
        for field in self._fields:
            editor, text = self._editors[field.name], given[field.name]
            if is_other or not self._means(field, _text(editor), text):
                _set_text(editor, text)
        self._shown = self.texts
        self._mark()
        self.tell("")

    def offer(self, name: str, choices: Sequence[str]) -> None:
        """Offer other choices in a field, beside none."""
        self._fields = tuple(
            one._replace(choices=tuple(choices)) if one.name == name else one
            for one in self._fields
        )
        editor, wanted = self._editors[name], ["", *map(choice_words, choices)]
        if isinstance(editor, QComboBox) and wanted != _items(editor):
            editor.clear()
            editor.addItems(wanted)

    def focus(self, name: str) -> None:
        """Give the focus to a field."""
        self._editors[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def let_go(self) -> None:
        """Show what is recorded the next time, whatever the reader typed."""
        self._of = object()

    def clear(self) -> None:
        """Empty the fields: what they held is recorded elsewhere."""
        self.let_go()
        self.show_values({})

    def values(self) -> dict[str, object] | None:
        """Return the values by name; None, with the fault told, where one is unfit."""
        self._mark()
        try:
            values = values_of(self._fields, self.texts, self._blinding)
        except CommandRefused as error:
            self.tell(str(error))
            return None
        self.tell("")
        return values

    def tell(self, fault: str) -> None:
        """Say below the fields what does not fit; nothing where all does."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def minimumSizeHint(self) -> QSize:
        """Need the width of one field; a form of one line needs all of it."""
        least = super().minimumSizeHint()
        return QSize(self._widest, least.height()) if self._flows else least

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many fields side by side as have room."""
        super().resizeEvent(event)
        if self._flows:
            fitting = (self.width() + SPACING_PX) // (self._widest + SPACING_PX)
            self._arrange(max(1, min(self._columns, fitting)))

    @property
    def _flows(self) -> bool:
        return len(self._labels) > self._columns

    @property
    def _widest(self) -> int:
        return max((one.sizeHint().width() for one in self._labels), default=0)

    def _arrange(self, columns: int) -> None:
        """Put the fields into so many columns."""
        if columns == self._now:
            return
        self._now = columns
        for column in range(self._columns):
            self._grid.setColumnStretch(column, int(column < columns))
        for number, editor in enumerate(self._editors.values()):
            row, column = divmod(number, columns)
            for label in self._labels[number : number + 1]:
                self._grid.addWidget(label, 2 * row, column)
            self._grid.addWidget(editor, 2 * row + 1, column)

    def _label(self, field: Field) -> QLabel:
        label = QLabel(field.label)
        label.setToolTip(field.tip)
        label.setBuddy(self._editors[field.name])
        return label

    def _listen(self, editor: QLineEdit | QComboBox) -> None:
        if isinstance(editor, QComboBox):
            editor.activated.connect(self._on_edit)
        else:
            editor.editingFinished.connect(self._on_edit)

    def _on_edit(self, *_: object) -> None:
        if self.texts == self._shown:
            self.values()
            return
        values = self.values()
        if values is not None:
            self._shown = self.texts
            self.changed.emit(values)

    def _mark(self) -> None:
        """Frame the fields that do not fit."""
        for field in self._fields:
            editor = self._editors[field.name]
            style = "" if self._fits(field, _text(editor)) else UNFIT_STYLE
            if editor.styleSheet() != style:
                editor.setStyleSheet(style)

    def _means(self, field: Field, typed: str, text: str) -> bool:
        """Return whether what was typed stands for a value as its text does."""
        if not typed or not self._fits(field, typed):
            return typed == text
        told = self._blinding
        return value_of(field, typed, told) == value_of(field, text, told)

    def _fits(self, field: Field, text: str) -> bool:
        try:
            value_of(field, text, self._blinding)
        except CommandRefused:
            return False
        return True


def fault_line(name: str) -> QLabel:
    """Return the line below a form that says what does not fit."""
    line = QLabel()
    line.setObjectName(f"{name} fault")
    line.setWordWrap(True)
    line.setStyleSheet(FAULT_STYLE)
    line.setVisible(False)
    return line


def _editor(form: str, field: Field) -> QLineEdit | QComboBox:
    if field.kind in (FieldKind.YES_NO, FieldKind.CHOICE):
        box, words = CalmComboBox(), map(choice_words, field.choices)
        box.addItems(["", *((YES, NO) if field.kind is FieldKind.YES_NO else words)])
        editor: QLineEdit | QComboBox = box
    else:
        editor = QLineEdit()
        editor.setPlaceholderText(_placeholder(field, NOT_BLINDED))
        if field.choices:
            completer = QCompleter(list(field.choices), editor)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            editor.setCompleter(completer)
    editor.setObjectName(f"{form} {field.name}")
    editor.setAccessibleName(f"{form}: {field.label}")
    editor.setMinimumWidth(30)
    return editor


def _told(field: Field, value: object, blinding: Blinding) -> str:
    """Return a value as it stands in its field, in a reader's words."""
    text = text_of(value, blinding)
    return choice_words(text) if field.kind is FieldKind.CHOICE else text


def _items(box: QComboBox) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


def _text(editor: QLineEdit | QComboBox) -> str:
    return (
        editor.currentText() if isinstance(editor, QComboBox) else editor.text()
    ).strip()


def _set_text(editor: QLineEdit | QComboBox, text: str) -> None:
    if isinstance(editor, QComboBox):
        editor.setCurrentText(text)
    else:
        editor.setText(text)


def _placeholder(field: Field, blinding: Blinding) -> str:
    """Return how a date is to be written in an empty field."""
    if blinding.hides(Blinded.DATES):
        return DAYS.get(field.kind, "")
    return PLACEHOLDERS.get(field.kind, "")
