"""The line above the panes: how many, how they are tied, PET over CT, what loads."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPoint, QSize, Qt
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSlider,
    QToolButton,
    QWidget,
)

from napari_recist.viewport.hanging_menu import HangingMenu
from napari_recist.widgets.flow_layout import FlowRow
from napari_recist.widgets.inline_question import InlineQuestion
from napari_recist.widgets.progress_bar import ProgressBar
from napari_recist.widgets.theme import Dress, is_light, lettered, points, set_theme
from recist_tool.app.reading import COUNTS

if TYPE_CHECKING:
    from napari_recist.viewport.host import ViewportHost

STYLE = """
QToolButton { padding: 1px 7px; border: 1px solid $line; border-radius: 3px; }
QToolButton:checked { background: $filled; color: white; border-color: $filled; }
QToolButton:disabled { color: $quiet; border-color: $idle; }
"""
BLEND_WIDTH = 110
DOWN = "\N{BLACK DOWN-POINTING SMALL TRIANGLE}"


class ViewportBar(FlowRow):
    """Buttons for the panes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, spacing=4)
        self._room: ViewportHost | None = None
        self.setObjectName("pane bar")
        self._counts = {
            count: _button(f"{count}", f"panes {count}", f"{count} panes (B: next)")
            for count in COUNTS
        }
        self._link = _button("Link  L", "link", "How panes follow each other (L)")
        self._fuse = _button("PET over CT  F", "fuse", "Lay the PET over the CT (F)")
        self._hang = _button(f"Hang {DOWN}", "hang", "")
        self._names = InlineQuestion("hanging name", "Save as", done="Save")
        self._menu = HangingMenu(lambda: self._room, self._ask_name, self)
        self._menus = _button("napari", "menus", "Show or hide the menus of napari")
        self._theme = _button("", "theme", "A dark or a light window; images stay dark")
        self._cancel = _button("Cancel", "cancel", "End what is loading or computed")
        self._progress = ProgressBar()
        self._blend = QSlider(Qt.Orientation.Horizontal)
        self._blend.setObjectName("blend")
        self._blend.setRange(0, 100)
        self._blend.setFixedWidth(BLEND_WIDTH)
        self._blend.setToolTip("How strong the PET is (Alt+wheel)")
        self.setContentsMargins(4, 1, 4, 1)
        self.add(QLabel("Panes"), *self._counts.values(), self._hang)
        self.add(self._link, self._fuse)
        self.add(self._blend)
        self.add_filler(_Work(self._progress, self._cancel))
        self.add(self._theme, self._menus)
        self._names.lie_over(self)
        Dress(self, lambda: lettered(points()) + STYLE)

    def attach(self, room: ViewportHost) -> None:
        """Work on a room."""
        self._room = room
        for count, button in self._counts.items():
            button.setCheckable(True)
            button.clicked.connect(partial(self._on_count, count))
        self._fuse.setCheckable(True)
        self._hang.setCheckable(True)
        self._hang.clicked.connect(self._on_hang)
        self._names.answered.connect(self._on_name)
        self._names.left.connect(self._on_left)
        self._link.clicked.connect(room.viewing.cycle_link)
        self._fuse.clicked.connect(room.viewing.fusing.toggle)
        self._blend.valueChanged.connect(self._on_blend)
        self._theme.clicked.connect(lambda: set_theme(light=not is_light(self)))
        self._menus.clicked.connect(self._on_menus)
        self._cancel.clicked.connect(room.loader.cancel)
        self._progress.follow(room.loader)
        room.loader.progressed.connect(self._cancel.show)
        room.loader.rested.connect(self._cancel.hide)

    def refresh(self) -> None:
        """Show how things stand."""
        if self._room is None:
            return
        viewing = self._room.viewing
        for count, button in self._counts.items():
            button.setChecked(count == viewing.count)
        self._show_hanging(self._room.hanging.name)
        words = f"Link {viewing.linking.mode.value}  L"
        if self._link.text() != words:
            self._link.setText(words)
        self._link.setEnabled(viewing.count > 1)
        fused = [one.pane.fused for one in viewing.on_show if one.pane.fused.is_on]
        self._fuse.setChecked(bool(fused))
        self._blend.setVisible(bool(fused))
        if fused:
            self._blend.blockSignals(True)
            self._blend.setValue(round(100 * fused[0].blend))
            self._blend.blockSignals(False)

    def ask_hanging(self) -> None:
        """Offer the hanging protocols, below their button."""
        below = QPoint(0, self._hang.height())
        self._menu.popup(self._hang.mapToGlobal(below))

    def _on_hang(self) -> None:
        self.refresh()  # a click alone puts nothing in use
        self.ask_hanging()

    def _show_hanging(self, name: str) -> None:
        """Say whether a saved one is in use; its name would make the line too long."""
        self._hang.setChecked(bool(name))
        by = f"Hung by {name}. " if name else ""
        self._hang.setToolTip(escape(f"{by}Hang by a saved protocol (Ctrl+H)"))

    def _ask_name(self) -> None:
        if self._room is None:
            return
        hanging = self._room.hanging
        self._names.offer([*hanging.saved.protocols])
        self._names.ask(hanging.name)

    def _on_name(self, text: str) -> None:
        if self._room is not None:
            reading, save = self._room.reading, self._room.hanging.save
            reading.attempt(partial(save, text))

    def _on_left(self) -> None:
        """Give the keys back to the images."""
        panes = self.parentWidget()
        if panes is not None:
            panes.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Offer the other ground than the one there is."""
        super().changeEvent(event)
        self._name_theme()

    def _name_theme(self) -> None:
        words = "Dark" if is_light(self) else "Light"
        if self._theme.text() != words:
            self._theme.setText(words)

    def _on_count(self, count: int) -> None:
        if self._room is not None:
            self._room.viewing.set_count(count)

    def _on_menus(self) -> None:
        window = self.window()
        if isinstance(window, QMainWindow):
            bar = window.menuBar()
            bar.setVisible(bar.isHidden())

    def _on_blend(self, percent: int) -> None:
        if self._room is not None:
            self._room.viewing.fusing.blend(percent / 100)


class _Work(QWidget):
    """How far work is and the button that ends it, in whatever room there is."""

    def __init__(self, progress: ProgressBar, cancel: QToolButton) -> None:
        super().__init__()
        self._parts = progress, cancel
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch()
        for part in self._parts:
            self._row.addWidget(part)
            part.hide()

    def minimumSizeHint(self) -> QSize:
        """Need room for both also where neither is on show."""
        bar, button = (part.minimumSizeHint() for part in self._parts)
        wide = bar.width() + self._row.spacing() + button.width()
        return QSize(wide, max(bar.height(), button.height()))


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
