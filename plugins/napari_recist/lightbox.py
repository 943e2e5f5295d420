"""The wall of panes in napari's window: one, two or four, each with its own slider."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari.components import ViewerModel
from napari.qt import QtViewer
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_recist.film_menu import FilmMenu
from napari_recist.overlay import qt_viewer_of
from napari_recist.pane_bar import PaneBar
from napari_recist.slice_bar import SliceBar

if TYPE_CHECKING:
    from napari_recist.room import Room
    from napari_recist.station import Station

PLACES = {
    1: ((0, 0),),
    2: ((0, 1), (0, 0)),
    4: ((1, 1), (0, 0), (0, 1), (1, 0)),
}
"""Row and column of each pane: earlier visits first, the current one last."""

KEEP_MS = 300
"""How often it is looked whether the desk changed."""

ACTIVE = "#pane { border: 2px solid #ff9f0a; }"
IDLE = "#pane { border: 2px solid #2a2e35; }"


class PaneFrame(QFrame):
    """A canvas with its slider, and a border that says whether it is active."""

    def __init__(self, qt_viewer: QtViewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slices = SliceBar()
        self.films = QToolButton()
        self.films.setText("\N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.films.setObjectName("films")
        self.films.setToolTip("Choose visit, series and plane of this pane")
        self.films.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setObjectName("pane")
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(self.films)
        foot.addWidget(self.slices, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(qt_viewer, 1)
        column.addLayout(foot)
        qt_viewer.dims.hide()
        self._is_active: bool | None = None

    @property
    def qt_viewer(self) -> QtViewer:
        """The view in this frame; looked up, as whoever keeps it keeps a window."""
        return self.findChildren(QtViewer)[0]

    def mark(self, *, is_active: bool) -> None:
        """Show whether keys and calipers work here."""
        if is_active is not self._is_active:
            self._is_active = is_active
            self.setStyleSheet(ACTIVE if is_active else IDLE)


class LightBox(QWidget):
    """Stands where napari's canvas stood, and holds it and the panes beside it."""

    def __init__(self, qt_viewer: QtViewer) -> None:
        super().__init__()
        self.setObjectName("light box")
        home = qt_viewer.parentWidget()
        layout = None if home is None else home.layout()
        if layout is not None:
            layout.replaceWidget(qt_viewer, self)
        self._home = layout
        self._room: Room | None = None
        self.frames = [PaneFrame(qt_viewer)]
        self._clock = QTimer(self)
        self.bar = PaneBar()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(self._grid, 1)
        self._arrange(1)
        self.show()

    @classmethod
    def around(cls, viewer: ViewerModel) -> LightBox | None:
        """Return a light box around the canvas of a viewer; None without a window."""
        qt_viewer = qt_viewer_of(viewer)
        return None if qt_viewer is None else cls(qt_viewer)

    def add_pane(self) -> ViewerModel:
        """Make one more pane; it is shown once there are so many."""
        model = ViewerModel()
        frame = PaneFrame(QtViewer(model))
        frame.setVisible(False)
        self._wire(frame, len(self.frames))
        self.frames.append(frame)
        return model

    def attach(self, room: Room) -> None:
        """Show the panes of a room, and hand on what is done to them."""
        self._room = room
        for number, frame in enumerate(self.frames):
            self._wire(frame, number)
        self.bar.attach(room)
        room.viewing.changed = self.refresh
        self._clock.timeout.connect(room.keeper.keep)
        self._clock.start(KEEP_MS)
        self.refresh()

    def refresh(self) -> None:
        """Show what hangs where, which pane is active, which slices are in view."""
        room = self._room
        if room is None:
            return
        viewing = room.viewing
        self._arrange(viewing.count)
        several = viewing.count > 1
        for station, frame in zip(viewing.on_show, self.frames, strict=False):
            frame.mark(is_active=several and station is viewing.active)
            volume = station.pane.volume
            count = 0 if volume is None else len(volume.voxels)
            frame.slices.show_slice(station.pane.slice_index, count)
            frame.slices.show_ticks(station.sheet.ticks())
        self.bar.refresh()

    def give_back(self) -> None:
        """Put napari's canvas back where it stood, and end the other panes."""
        first, *others = self.frames
        self._room = None
        self._clock.stop()
        first.qt_viewer.dims.show()
        if self._home is not None:
            self._home.replaceWidget(self, first.qt_viewer)
        for frame in others:
            frame.qt_viewer.close()
            frame.setParent(None)
            frame.deleteLater()
        self.frames.clear()
        self.setParent(None)
        self.deleteLater()

    def _arrange(self, count: int) -> None:
        """Give each pane its place; those that stay are not hidden in between."""
        if self._grid.count() == count:
            return
        places = PLACES[count]
        for frame in self.frames:
            self._grid.removeWidget(frame)
        for frame in self.frames[count:]:
            frame.hide()
        for line in (0, 1):
            self._grid.setRowStretch(line, int(any(row == line for row, _ in places)))
            self._grid.setColumnStretch(line, int(any(at == line for _, at in places)))
        for frame, (row, column) in zip(self.frames, places, strict=False):
            self._grid.addWidget(frame, row, column)
            frame.show()

    def _wire(self, frame: PaneFrame, number: int) -> None:
        frame.slices.chosen.connect(partial(self._on_slice, number))
        frame.films.setMenu(
            FilmMenu(partial(self._station, number), lambda: self._room, frame)
        )

    def _station(self, number: int) -> Station | None:
        return None if self._room is None else self._room.viewing.stations[number]

    def _on_slice(self, number: int, slice_index: int) -> None:
        station = self._station(number)
        if station is not None:
            station.pane.go_to(slice_index)
