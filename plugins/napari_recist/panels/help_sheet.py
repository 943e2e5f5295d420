"""All keys on one sheet over the image: to look up, to search, and to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPoint, Qt, Signal
from qtpy.QtGui import QFontMetrics, QKeyEvent
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
from napari_recist.widgets.flow_layout import FlowRow
from napari_recist.widgets.key_groups import fitting, grouped, halves
from napari_recist.widgets.messages import ERROR_STYLE
from napari_recist.widgets.theme import Dress, lettered, points
from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qtpy.QtCore import QObject

    from napari_recist.widgets.key_filter import Key, KeyFilter
    from napari_recist.widgets.key_groups import SheetGroup, SheetRow
    from napari_recist.widgets.key_map import KeyMap

PLACE = QPoint(12, 48)
BLOCK = 50
"""How many letters a key and its meaning take; two such stand side by side or one."""
WIDTH, HEIGHT = 2 * BLOCK + 20, 70
"""How many letters stand side by side, how many lines below each other, at most."""
LINE_MARGIN = 3
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
        self._fit()
        self.refresh()
        self.show()
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
        is_wide = self.width() > 2 * BLOCK * self._letter.averageCharWidth()
        blocks = halves(found) if is_wide else [found]
        table = self._table
        table.clear()
        table.clearSpans()
        table.setColumnCount(2 * len(blocks))
        table.setRowCount(
            max((sum(one.lines for one in of) for of in blocks), default=0)
        )
        for number, block in enumerate(blocks):
            self._put_block(2 * number, block)
        self._reset.setEnabled(self._keys.is_changed)
        self._size_cells()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep within the panes; close on Escape, and on ``?``, part of no meaning."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._fit()
            if self.isVisible():
                self.refresh()
        if watched is self._search and event.type() == QEvent.Type.KeyPress:
            typed: QKeyEvent = event  # pyright: ignore[reportAssignmentType] - by its type
            if typed.key() == Qt.Key.Key_Escape or typed.text() == "?":
                self.put_away()
                return True
        return super().eventFilter(watched, event)

    def _put_block(self, column: int, groups: Sequence[SheetGroup]) -> None:
        row = 0
        for group in groups:
            heading = QTableWidgetItem(group.heading)
            font = heading.font()
            font.setUnderline(True)
            heading.setFont(font)
            self._table.setItem(row, column, heading)
            self._table.setSpan(row, column, 1, 2)
            for number, one in enumerate(group.rows, start=row + 1):
                self._put(number, column, one)
            row += group.lines

    def _put(self, row: int, column: int, said: SheetRow) -> None:
        of_key, of_meaning = QTableWidgetItem(said.name), QTableWidgetItem(said.meaning)
        of_key.setData(Qt.ItemDataRole.UserRole, said.key)
        font = of_key.font()
        font.setBold(True)
        of_key.setFont(font)
        of_key.setToolTip("Click, then press the new key" if said.key else "The mouse")
        of_meaning.setToolTip(said.meaning)
        self._table.setItem(row, column, of_key)
        self._table.setItem(row, column + 1, of_meaning)

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

    @property
    def _letter(self) -> QFontMetrics:
        return self._table.fontMetrics()

    def _size_cells(self) -> None:
        """Give the meanings what the keys leave, and lines enough to be whole."""
        lines, columns = self._table.verticalHeader(), self._table.horizontalHeader()
        for column in range(self._table.columnCount()):
            is_key = column % 2 == 0
            mode = QHeaderView.ResizeMode
            columns.setSectionResizeMode(
                column, mode.ResizeToContents if is_key else mode.Stretch
            )
        lines.setMinimumSectionSize(self._letter.height() + LINE_MARGIN)
        self._table.resizeRowsToContents()

    def _fit(self) -> None:
        wall, letter = self.parentWidget(), self._letter
        room = self.size() if wall is None else wall.size()
        self.resize(
            min(WIDTH * letter.averageCharWidth(), room.width() - 2 * PLACE.x()),
            min(HEIGHT * letter.height(), room.height() - PLACE.y() - PLACE.x()),
        )
        self.move(PLACE)

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
        table.setWordWrap(True)  # a long meaning takes two lines
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
        head = QHBoxLayout()
        head.addWidget(QLabel("<b>Keys and mouse</b>"))
        head.addWidget(self._search, 1)
        foot = FlowRow()
        foot.add(self._tour, self._reset, self._close)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(table, 1)
        column.addWidget(self._words)
        column.addWidget(foot)
