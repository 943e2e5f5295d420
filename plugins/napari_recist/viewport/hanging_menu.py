"""The hanging protocols of the reader: hang by one, save, set the usual one, remove."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from qtpy.QtGui import QAction
from qtpy.QtWidgets import QMenu

from recist_tool.app.reading import ELLIPSIS

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtWidgets import QWidget

    from napari_recist.viewport.host import SavedNames, ViewportHost


class HangingMenu(QMenu):
    """The menu, made anew whenever it opens.

    Parameters
    ----------
    room
        Returns the room, or None before there is one.
    ask_name
        Asks under which name the panes are saved as they hang.
    """

    def __init__(
        self,
        room: Callable[[], ViewportHost | None],
        ask_name: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("hanging protocols")
        self._room = room
        self._ask_name = ask_name
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        room = self._room()
        if room is None:
            return
        hanging = room.hanging
        saved = hanging.saved
        is_empty = not room.viewing.stations[0].film.timepoint_id
        if saved.note:
            self.addAction(_literal(saved.note)).setEnabled(False)
            self.addSeparator()
        for name in saved.protocols:
            act = self._choice(self, name, is_on=name == hanging.name)
            act.triggered.connect(partial(_do, hanging.hang, name))
            act.setEnabled(not is_empty)
        usual = self._choice(self, "As usual", is_on=not hanging.name)
        usual.triggered.connect(partial(_do, hanging.hang_as_usual))
        usual.setEnabled(not is_empty)
        self.addSeparator()
        keep = self.addAction(f"Save how the panes hang{ELLIPSIS}")
        keep.triggered.connect(partial(_do, self._ask_name))
        keep.setEnabled(not is_empty)
        self._add_default(room, saved)
        self._add_removal(room, saved)

    def _add_default(self, room: ViewportHost, saved: SavedNames) -> None:
        hanging, reading = room.hanging, room.reading
        menu = self._below("New cases hang", is_offered=bool(saved.protocols))
        for name in ("", *saved.protocols):
            act = self._choice(menu, name or "As usual", is_on=name == saved.default)
            change = partial(hanging.make_default, name)
            act.triggered.connect(partial(_do, reading.attempt, change))

    def _add_removal(self, room: ViewportHost, saved: SavedNames) -> None:
        menu = self._below("Remove", is_offered=bool(saved.protocols))
        for name in saved.protocols:
            act = menu.addAction(_literal(name))
            act.triggered.connect(partial(_do, room.hanging.ask_to_remove, name))

    def _below(self, title: str, *, is_offered: bool) -> QMenu:
        menu = QMenu(title, self)
        menu.setEnabled(is_offered)
        self.addMenu(menu)
        return menu

    def _choice(self, menu: QMenu, words: str, *, is_on: bool) -> QAction:
        action = menu.addAction(_literal(words))
        action.setCheckable(True)
        action.setChecked(is_on)
        return action


def _do(act: Callable[..., object], *given: object) -> None:
    """Act without what Qt adds: whether an entry was checked."""
    act(*[one for one in given if not isinstance(one, bool)])


def _literal(words: str) -> str:
    """Return words as a menu shows them: no letter becomes a shortcut."""
    return words.replace("&", "&&")
