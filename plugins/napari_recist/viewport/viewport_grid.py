"""The wall of panes in napari's window: one, two or four, each with its own slider."""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from napari.qt import QtViewer
from napari.utils.action_manager import action_manager
from qtpy.QtCore import QPoint, QRect, Qt, QTimer
from qtpy.QtGui import QPainter, QPen
from qtpy.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from napari_recist.viewport.annotations.overlay_widget import canvas_of, qt_viewer_of
from napari_recist.viewport.display_set_menu import DisplaySetMenu
from napari_recist.viewport.slice_field import SliceField
from napari_recist.viewport.slice_slider import SliceSlider
from napari_recist.viewport.viewport_bar import ViewportBar
from napari_recist.widgets.file_drop import admit, dropped
from napari_recist.widgets.theme import named
from recist_tool.app.reading import COUNTS, ELLIPSIS, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel
    from qtpy.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent

    from napari_recist.viewport.host import ViewportHost
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewports import Viewports

PLACES = {
    1: ((0, 0),),
    2: ((0, 1), (0, 0)),
    4: ((1, 1), (0, 0), (0, 1), (1, 0)),
}
"""Row and column of each pane: earlier visits first, the current one last."""

KEEP_MS = 300
"""How often it is looked whether the desk changed."""

AHEAD_MS = 1000
"""How long nothing must change before panes are made that nobody asked for yet."""

PAUSE_MS = 150
"""Between two pieces of such work."""

BORDER_PX = 2


class ViewportFrame(QFrame):
    """A canvas with its slider, and a border that says whether it is active."""

    def __init__(self, qt_viewer: QtViewer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slices = SliceSlider()
        self.films = QToolButton()
        self.films.setText("\N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.films.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.films.setObjectName("films")
        self.films.setToolTip("Choose visit, series and plane of this pane")
        self.films.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setObjectName("pane")
        asked = "Say in which folder the images are now"
        self.locate = _over_image(self, "locate", asked)
        self.locate.setText(f"Locate{ELLIPSIS}")
        self.undo = _over_image(self, "take back new lesion", "Undo: no new lesion")
        self.jump = SliceField(self)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(self.films)
        foot.addWidget(self.slices, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(BORDER_PX, BORDER_PX, BORDER_PX, BORDER_PX)
        column.setSpacing(0)
        column.addWidget(qt_viewer, 1)
        column.addLayout(foot)
        qt_viewer.dims.hide()
        qt_viewer.setAcceptDrops(False)  # the light box takes them
        self._is_active = False

    @property
    def qt_viewer(self) -> QtViewer:
        """The view in this frame; looked up, as whoever keeps it keeps a window."""
        return self.findChildren(QtViewer)[0]

    def mark(self, *, is_active: bool) -> None:
        """Show whether keys and calipers work here."""
        if is_active is not self._is_active:
            self._is_active = is_active
            self.update()

    def offer_to_locate(self, *, wanted: bool) -> None:
        """Show the button that asks where images are, over the empty pane."""
        if wanted is self.locate.isHidden():
            self.locate.setVisible(wanted)
            self.locate.raise_()

    def confirm(self, words: str) -> None:
        """Say on the image what was recorded, to be taken back; empty for nothing."""
        if words != self.undo.text():
            self.undo.setText(words)
            self._place_undo()
        self.undo.setVisible(bool(words))

    def _place_undo(self) -> None:
        size = self.undo.sizeHint()
        wide = min(size.width(), self.width())
        at = QPoint((self.width() - wide) // 2, self.height() // 12)
        self.undo.setGeometry(QRect(at.x(), at.y(), wide, size.height()))
        self.undo.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons over the image in their places."""
        super().resizeEvent(event)
        self._place_undo()
        size = self.locate.sizeHint()
        left = (self.width() - size.width()) // 2
        self.locate.setGeometry(QRect(QPoint(left, self.height() * 2 // 3), size))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the border; a style sheet would style all that lies in it anew."""
        del event
        painter = QPainter(self)
        half = BORDER_PX // 2
        colour = named(self, "active" if self._is_active else "idle")
        painter.setPen(QPen(colour, BORDER_PX))
        painter.drawRect(self.rect().adjusted(half, half, -half, -half))
        painter.end()


def _over_image(frame: QWidget, name: str, tip: str) -> QPushButton:
    """Return a button that lies over the image and leaves the keys to it."""
    button = QPushButton(frame)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.hide()
    return button


class ViewportGrid(QWidget):
    """Stands where napari's canvas stood, and holds it and the panes beside it.

    All of it is made inside the window: a canvas that leaves its window, if only for a
    moment, loses what OpenGL holds for it.
    """

    def __init__(self, qt_viewer: QtViewer) -> None:
        home = qt_viewer.parentWidget()
        super().__init__(home)
        self.setObjectName("light box")
        layout = None if home is None else home.layout()
        if layout is not None:
            layout.replaceWidget(qt_viewer, self)
        self._home = layout
        self._room: ViewportHost | None = None
        self._alone: MeasuringViewport | None = None
        self.frames = [ViewportFrame(qt_viewer, self)]
        self._clock = QTimer(self)
        self._turning, self._ahead = QTimer(self), QTimer(self)
        self._turns: deque[Callable[[], None]] = deque()
        for clock in (self._turning, self._ahead):
            clock.setSingleShot(True)
        self._turning.timeout.connect(self._on_turn)
        self.setAcceptDrops(True)
        self.bar = ViewportBar()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.bar)
        self._column.addLayout(self._grid, 1)
        self._arrange(1)
        self.show()

    @classmethod
    def around(cls, viewer: ViewerModel) -> ViewportGrid | None:
        """Return a light box around the canvas of a viewer; None without a window."""
        qt_viewer = qt_viewer_of(viewer)
        return None if qt_viewer is None else cls(qt_viewer)

    def make(self, viewer: ViewerModel) -> None:
        """Make one more canvas, which is not on show yet, for what a viewer holds."""
        # napari binds its keys anew for each viewer, and each time the welcome screen
        # of every viewer looks up its words: 30 ms for each pane there is
        with action_manager.events.shortcut_changed.blocker():
            frame = ViewportFrame(QtViewer(viewer), self)
        frame.setVisible(False)
        self._wire(frame, len(self.frames))
        self.frames.append(frame)

    def warm(self, viewer: ViewerModel) -> None:
        """Paint a canvas once, unseen, so that showing it costs little."""
        canvas = canvas_of(viewer)
        if canvas is not None:
            canvas.grabFramebuffer()

    @property
    def busy(self) -> bool:
        """Whether anything waits for its turn."""
        return bool(self._turns)

    def next_turn(self, act: Callable[[], None], *, urgent: bool) -> None:
        """Do something once the window has answered to what waits."""
        self._turns.append(act)
        if not self._turning.isActive() or urgent:
            self._turning.start(0 if urgent else PAUSE_MS)

    def attach(self, room: ViewportHost) -> None:
        """Show the panes of a room, and hand on what is done to them."""
        self._room = room
        for number, frame in enumerate(self.frames):
            self._wire(frame, number)
        self.bar.attach(room)
        room.viewing.changed.connect(self.refresh)
        self._clock.timeout.connect(room.keeper.keep)
        self._clock.start(KEEP_MS)
        self._ahead.timeout.connect(self._on_ahead)
        self.refresh()

    def stand_above(self, strip: QWidget) -> None:
        """Give a strip its place between the bar and the panes."""
        self._column.insertWidget(1, strip)

    def refresh(self) -> None:
        """Show what hangs where, which pane is active, which slices are in view."""
        room = self._room
        if room is None:
            return
        viewing = room.viewing
        self._arrange(viewing.count)
        self._enlarge(viewing)
        several = viewing.count > 1
        for station, frame in zip(viewing.on_show, self.frames, strict=False):
            frame.mark(is_active=several and station is viewing.active)
            is_here = station is viewing.active
            frame.confirm(room.recorded_new() if is_here else "")
            volume = station.pane.volume
            count = 0 if volume is None else len(volume.voxels)
            frame.slices.show_slice(station.pane.slice_index, count)
            frame.slices.show_loaded(station.pane.is_loaded)
            frame.slices.show_ticks(station.sheet.ticks())
            lost = room.missing.of_film(station.film)
            frame.offer_to_locate(wanted=bool(lost) and volume is None)
        self.bar.refresh()
        self._ahead.start(AHEAD_MS)

    def give_back(self) -> None:
        """Put napari's canvas back where it stood, and end the other panes."""
        first, *others = self.frames
        self._room = None
        for clock in (self._clock, self._turning, self._ahead):
            clock.stop()
        self._turns.clear()
        first.qt_viewer.dims.show()
        first.qt_viewer.setAcceptDrops(True)
        if self._home is not None:
            self._home.replaceWidget(self, first.qt_viewer)
        for frame in others:
            frame.qt_viewer.close()
            frame.setParent(None)
            frame.deleteLater()
        self.frames.clear()
        self.setParent(None)
        self.deleteLater()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        admit(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped on the panes."""
        paths = dropped(event)
        if self._room is not None:
            self._room.open_dropped(paths)

    def _arrange(self, count: int) -> None:
        """Give each pane its place; those that stay are not hidden in between."""
        if self._grid.count() == count:
            return
        places = PLACES[count]
        for frame in self.frames:
            self._grid.removeWidget(frame)
        for frame in self.frames[count:]:
            frame.hide()
        self._stretch(places)
        for frame, (row, column) in zip(self.frames, places, strict=False):
            self._grid.addWidget(frame, row, column)
            if frame.isHidden():
                self.next_turn(partial(self._unveil, frame), urgent=True)

    def _stretch(self, places: Sequence[tuple[int, int]]) -> None:
        """Give the rows and columns in use all the room, and the others none."""
        for line in (0, 1):
            self._grid.setRowStretch(line, int(any(row == line for row, _ in places)))
            self._grid.setColumnStretch(line, int(any(at == line for _, at in places)))

    def _enlarge(self, viewing: Viewports) -> None:
        """Let one pane fill the wall, or all stand side by side again."""
        alone = viewing.enlarged
        if alone is self._alone:
            return
        self._alone = alone
        places = PLACES[viewing.count]
        shown = zip(viewing.on_show, self.frames, places, strict=False)
        wanted = [(f, at, alone is None or s is alone) for s, f, at in shown]
        self._stretch([at for _, at, is_wanted in wanted if is_wanted])
        for frame, _, is_wanted in wanted:
            if is_wanted and frame.isHidden():
                self.next_turn(partial(self._unveil, frame), urgent=True)
            elif not is_wanted:
                frame.hide()

    def _unveil(self, frame: ViewportFrame) -> None:
        """Show a pane, if it is still wanted: one a turn, as each takes its time."""
        is_wanted = self._alone is None or frame is self._frame_of(self._alone)
        if self._grid.indexOf(frame) >= 0 and is_wanted:
            frame.show()

    def _frame_of(self, station: MeasuringViewport) -> ViewportFrame | None:
        room = self._room
        if room is None:
            return None
        pairs = zip(room.viewing.stations, self.frames, strict=False)
        return next((frame for one, frame in pairs if one is station), None)

    def ask_slice(self) -> None:
        """Ask which slice of the pane at hand to go to."""
        room = self._room
        if room is None:
            return
        station = room.viewing.at_hand
        frame, volume = self._frame_of(station), station.pane.volume
        if frame is not None and volume is not None:
            frame.jump.ask(len(volume.voxels))

    def _on_turn(self) -> None:
        self._turns.popleft()()
        if self._turns and not self._turning.isActive():
            self._turning.start(0)

    def _on_ahead(self) -> None:
        """Make the panes that may be asked for, while nothing else is to do."""
        room = self._room
        if room is None or room.viewing.active.pane.volume is None:
            return
        if room.loader.busy:
            self._ahead.start(AHEAD_MS)
        else:
            room.viewing.making.ensure(COUNTS[-1])

    def _wire(self, frame: ViewportFrame, number: int) -> None:
        frame.slices.chosen.connect(partial(self._on_slice, number))
        frame.jump.chosen.connect(partial(self._on_jump, number))
        frame.locate.clicked.connect(partial(self._on_locate, number))
        frame.undo.clicked.connect(self._on_undo)
        frame.films.setMenu(
            DisplaySetMenu(partial(self._station, number), lambda: self._room, frame)
        )

    def _station(self, number: int) -> MeasuringViewport | None:
        return None if self._room is None else self._room.viewing.stations[number]

    def _on_slice(self, number: int, slice_index: int) -> None:
        station = self._station(number)
        if station is not None:
            station.pane.go_to(slice_index)

    def _on_jump(self, number: int, slice_number: int) -> None:
        self._on_slice(number, slice_number - 1)

    def _on_undo(self) -> None:
        if self._room is not None:
            self._room.reading.attempt(self._room.reading.undo)

    def _on_locate(self, number: int) -> None:
        """Ask where the images of a pane are now."""
        room, station = self._room, self._station(number)
        if room is None or station is None:
            return
        film = station.film
        lost = room.missing.of_film(film)
        start = nearest(lost[0].folder) if lost else ""
        asked = f"Where are the images of {film.timepoint_id} now?"
        chosen = QFileDialog.getExistingDirectory(self, asked, start)
        if chosen:
            room.locate(Path(chosen))
