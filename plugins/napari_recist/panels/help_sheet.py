"""All keys on one sheet over the image: to look up, to search, and to move."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QEvent, QPoint, QRect, Qt, Signal
from qtpy.QtGui import QFont, QFontMetrics, QKeyEvent
from qtpy.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from napari_recist.panels.key_bindings import MOUSE
from napari_recist.widgets.key_groups import fitting, grouped, in_columns
from napari_recist.widgets.messages import ERROR_STYLE
from napari_recist.widgets.theme import Dress, lettered, points
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qtpy.QtCore import QObject

    from napari_recist.widgets.key_filter import Key, KeyFilter
    from napari_recist.widgets.key_groups import SheetGroup, SheetRow
    from napari_recist.widgets.key_map import KeyMap

PLACE = QPoint(8, 8)
COLUMNS = range(1, 6)
LETTERS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""How large they are beside those of the window: as large as lets all be seen."""
FALLBACK = 2
"""So many columns, where the window is too small for all of it."""
WIDEST = 60
"""How many letters wide a column is at most."""
NARROWEST = 16
"""How many letters a meaning has for a line at least."""
LINE_MARGIN, CELL_MARGIN = 1, 9
STYLE = """
QFrame#help { border: 1px solid $line; }
QFrame#help QTableWidget { border: none; background: $ground; }
"""
HINT = "Click a key to move it. Esc closes."


class HelpSheet(QFrame):
    """What keys and mouse do, over the image; a click on a key moves it.

    Parameters
    ----------
    keys
        Every action and its key.
    listener
        Hands over the next key that is pressed.
    changed
        Called when a key was moved.
    wall
        The widget that shows the images; None where there is no window.

    Signals
    -------
    tour_wanted
        The reader asks for the tour.
    """

    tour_wanted = Signal()

    def __init__(
        self,
        keys: KeyMap,
        listener: KeyFilter,
        changed: Callable[[], None],
        wall: QWidget | None,
    ) -> None:
        super().__init__(wall)
        self._keys = keys
        self._listener = listener
        self._changed = changed
        self._search = QLineEdit()
        self._table = QTableWidget()
        self._words = QLabel()
        self._reset = QPushButton("Keys as they came")
        self._tour = QPushButton("Tour")
        self._close = QPushButton("Close")
        self._name()
        self._lay_out()
        self._search.textChanged.connect(self.refresh)
        self._search.installEventFilter(self)
        if wall is not None:
            wall.installEventFilter(self)
        self._table.cellClicked.connect(self._on_cell)
        self._reset.clicked.connect(self._on_reset)
        self._tour.clicked.connect(self._on_tour)
        self._close.clicked.connect(self.put_away)
        self.hide()

    def toggle(self) -> None:
        """Show the sheet, or take it away."""
        if not self.isHidden():
            self.put_away()
            return
        self._search.clear()
        self._say(self._keys.note or HINT, is_error=bool(self._keys.note))
        self.show()
        self._lie_over()
        self.raise_()
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def put_away(self) -> None:
        """Close the sheet and give the keys back to the image."""
        self._listener.take_next(None)
        self.hide()
        wall = self.parentWidget()
        if wall is not None:
            wall.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show what fits the searched words, under their headings."""
        groups = grouped(self._keys.rows(), MOUSE)
        found = fitting(groups, self._search.text().casefold().split())
        plan = self._planned(found)
        table = self._table
        table.clear()
        table.clearSpans()
        table.setColumnCount(2 * len(plan.columns))
        table.setRowCount(plan.lines)
        for number, column in enumerate(plan.columns):
            self._put_column(2 * number, column, plan)
        table.verticalHeader().setDefaultSectionSize(plan.line_px)
        self._reset.setEnabled(self._keys.is_changed)

    def _planned(self, groups: Sequence[SheetGroup]) -> Plan:
        """Return how all of it is seen at once, in letters as large as that allows."""
        self._table.ensurePolished()
        room = self._table.maximumViewportSize()
        font = QFont(self._table.font())
        for size in LETTERS:
            font = QFont(self._table.font())
            font.setPointSizeF(size * font.pointSizeF())
            for count in COLUMNS:
                plan = planned(groups, font, count, room.width())
                is_whole = plan.lines * plan.line_px <= room.height()
                if is_whole and plan.width <= room.width():
                    return plan
        bar = self._table.verticalScrollBar().sizeHint().width()
        return planned(groups, font, FALLBACK, room.width() - bar)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep within the panes; close on Escape, and on ``?``, part of no meaning."""
        is_wall = watched is self.parentWidget()
        if is_wall and event.type() == QEvent.Type.Resize and self.isVisible():
            self._lie_over()
        if watched is self._search and event.type() == QEvent.Type.KeyPress:
            typed: QKeyEvent = event  # pyright: ignore[reportAssignmentType] - by its type
            if typed.key() == Qt.Key.Key_Escape or typed.text() == "?":
                self.put_away()
                return True
        return super().eventFilter(watched, event)

    def _put_column(self, at: int, column: PlannedColumn, plan: Plan) -> None:
        row = 0
        self._table.setColumnWidth(at, column.key_px)
        self._table.setColumnWidth(at + 1, column.meaning_px)
        for group in column.groups:
            heading = QTableWidgetItem(group.heading)
            font = QFont(plan.font)
            font.setUnderline(True)
            heading.setFont(font)
            self._table.setItem(row, at, heading)
            self._table.setSpan(row, at, 1, 2)
            row += 1
            for one in group.rows:
                self._put(row, at, one, plan.font)
                tall = lines_of(one.meaning, plan.font, column.meaning_px)
                if tall > 1:
                    self._table.setSpan(row, at, tall, 1)
                    self._table.setSpan(row, at + 1, tall, 1)
                row += tall

    def _put(self, row: int, column: int, said: SheetRow, font: QFont) -> None:
        of_key, of_meaning = QTableWidgetItem(said.name), QTableWidgetItem(said.meaning)
        of_key.setData(Qt.ItemDataRole.UserRole, said.key)
        of_key.setFont(bold(font))
        of_meaning.setFont(font)
        of_key.setToolTip("Click, then press the new key" if said.key else "The mouse")
        of_meaning.setToolTip(said.meaning)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        for at, item in enumerate((of_key, of_meaning)):
            item.setTextAlignment(top)
            self._table.setItem(row, column + at, item)

    def _on_cell(self, row: int, column: int) -> None:
        item = self._table.item(row, column - column % 2)
        key = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if key is None:
            return
        self._say(
            f"Press the new key for '{key.meaning}'; Delete: none; Esc: as it was."
        )
        self._listener.take_next(lambda pressed: self._on_pressed(key, pressed))

    def _on_pressed(self, key: Key, pressed: str) -> None:
        if pressed == "Esc":
            self._say(HINT)
        elif pressed == "Del" and key.sequence != "Delete":
            self._attempt(lambda: self._keys.move(key, ""), f"'{key.meaning}': no key")
        else:
            done = f"'{key.meaning}' is on {pressed} now."
            self._attempt(lambda: self._keys.move(key, pressed), done)

    def _on_reset(self) -> None:
        self._attempt(self._keys.reset, "All keys are as they came.")

    def _on_tour(self) -> None:
        self.put_away()
        self.tour_wanted.emit()

    def _attempt(self, act: Callable[[], None], done: str) -> None:
        try:
            act()
        except CommandRefused as error:
            self._say(str(error), is_error=True)
            return
        self._say(done)
        self.refresh()
        self._changed()

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self._words.setText(text)
        self._words.setStyleSheet(ERROR_STYLE if is_error else "")

    def _lie_over(self) -> None:
        """Lie over the panes: no wider than is read with ease, as high as is needed."""
        wall = self.parentWidget()
        wide = self.size() if wall is None else wall.size()
        widest = 3 * WIDEST * self._table.fontMetrics().averageCharWidth()
        self.resize(
            min(widest, wide.width() - 2 * PLACE.x()), wide.height() - 2 * PLACE.y()
        )
        self.move(PLACE)
        layout = self.layout()
        if layout is not None:
            layout.activate()  # the room for the keys is known now
        self.refresh()
        line_px = self._table.verticalHeader().defaultSectionSize()
        spare = (
            self._table.maximumViewportSize().height()
            - line_px * self._table.rowCount()
        )
        if spare > 0 and not self._search.text():
            self.resize(self.width(), self.height() - spare)

    def _name(self) -> None:
        self.setObjectName("help")
        self._search.setObjectName("search keys")
        self._search.setPlaceholderText("search the keys")
        self._table.setObjectName("keys")
        self._words.setObjectName("keys note")
        self._words.setWordWrap(True)
        self._reset.setObjectName("reset keys")
        self._tour.setObjectName("take tour")
        self._tour.setToolTip("Five steps with a synthetic patient, 3 minutes")
        self._close.setObjectName("close keys")

    def _lay_out(self) -> None:
        Dress(self, lambda: lettered(points()) + STYLE)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        table = self._table
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.setShowGrid(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setWordWrap(True)  # a long meaning takes two lines
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = QHBoxLayout()
        head.addWidget(QLabel("<b>Keys and mouse</b>"))
        head.addWidget(self._search, 1)
        for button in (self._tour, self._reset, self._close):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(table, 1)
        column.addWidget(self._words)


class PlannedColumn(NamedTuple):
    """Groups below each other, and how wide keys and meanings are, screen pixels."""

    groups: tuple[SheetGroup, ...]
    key_px: int
    meaning_px: int


class Plan(NamedTuple):
    """How the sheet is laid out: as many lines, each as high."""

    columns: tuple[PlannedColumn, ...]
    font: QFont
    lines: int
    line_px: int

    @property
    def width(self) -> int:
        """How wide it is, screen pixels."""
        return sum(one.key_px + one.meaning_px for one in self.columns)


def planned(groups: Sequence[SheetGroup], font: QFont, count: int, width: int) -> Plan:
    """Return the groups in columns side by side.

    Parameters
    ----------
    font
        In which they are written.
    count
        How many columns; fewer, where the groups do not fill them or letters lack room.
    width
        Of all columns, screen pixels.
    """
    metrics = QFontMetrics(font)
    wide = width // count
    keys = [_key_px(group, font) for group in groups]
    texts = [max(wide - one, NARROWEST * metrics.averageCharWidth()) for one in keys]
    lines = [_lines(group, font, one) for group, one in zip(groups, texts, strict=True)]
    parts = in_columns(lines, count)
    columns: list[PlannedColumn] = []
    longest = 0
    for part in parts:
        own = tuple(groups[at] for at in part)
        key = max(keys[at] for at in part)
        meaning = max(wide - key, NARROWEST * metrics.averageCharWidth())
        columns.append(PlannedColumn(own, key, meaning))
        longest = max(longest, sum(_lines(one, font, meaning) for one in own))
    return Plan(tuple(columns), font, longest, metrics.height() + LINE_MARGIN)


def lines_of(text: str, font: QFont, width: int) -> int:
    """Return how many lines a text takes in a cell.

    Parameters
    ----------
    width
        Of the cell, screen pixels.
    """
    metrics = QFontMetrics(font)
    wrapped = int(Qt.TextFlag.TextWordWrap.value)
    room = QRect(0, 0, width - CELL_MARGIN, 1000)
    high = metrics.boundingRect(room, wrapped, text).height()
    return max(round(high / metrics.lineSpacing()), 1)


def bold(font: QFont) -> QFont:
    """Return a font as keys are written in it."""
    heavy = QFont(font)
    heavy.setBold(True)
    return heavy


def _key_px(group: SheetGroup, font: QFont) -> int:
    metrics = QFontMetrics(bold(font))
    widest = max(metrics.horizontalAdvance(one.name) for one in group.rows)
    return widest + CELL_MARGIN


def _lines(group: SheetGroup, font: QFont, meaning_px: int) -> int:
    return 1 + sum(lines_of(one.meaning, font, meaning_px) for one in group.rows)
