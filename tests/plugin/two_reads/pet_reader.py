"""A reader of PET: hands in any pane, each action counted and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QKeySequence, QMouseEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

from napari_recist.viewport.annotations.overlay_widget import canvas_of
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.widgets.choice_list import VALUE, ChoiceList
from recist_tool.app.reading.signing import is_signed
from recist_tool.terms import LesionRole
from tests.plugin.dock_hands import click
from tests.plugin.scripted_read import Action, nobody

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtWidgets import QWidget

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from recist_tool.app import Session
    from tests.plugin.hands import Reader
    from tests.plugin.two_reads.places import Place

LONG_WAIT_MS = 180_000
ROLE_KEYS = {LesionRole.TARGET: "T", LesionRole.NON_TARGET: "N", LesionRole.NEW: "W"}


class PetReader:
    """Reads a PET by clicks on it, with the CT beside.

    Parameters
    ----------
    done
        Called after each action, once the screen shows it.
    """

    def __init__(self, reader: Reader, done: Callable[[Action], None] = nobody) -> None:
        self.actions: list[Action] = []
        self._reader = reader
        self._reading = reader.reading
        self._done = done

    @property
    def session(self) -> Session:
        """The case that is read."""
        return self._reading.open_session()

    @property
    def note(self) -> str:
        """What stands at the foot of the panel."""
        return self._reading.note.text

    def take_seat(self) -> None:
        """Bring the window to the front, as it is where there is a window manager."""
        self._reader.viewer.window.activate()
        self._reader.dock.window().setFocus()
        self._reader.wait_for(lambda: QApplication.focusWidget() is not None)

    def key(self, name: str, lesion_id: str = "") -> None:
        """Press a key, wherever the focus is."""
        pressed = QKeySequence(name)[0]
        widget = QApplication.focusWidget() or self._reader.canvas
        self._reader.key(pressed.key(), pressed.keyboardModifiers(), widget)
        self._tell("key", name, lesion_id)

    def pet(self) -> MeasuringViewport:
        """Return the pane in which the PET of the open visit hangs."""
        panes = self._reader.room.viewing.stations
        return next(
            one
            for one in panes
            if one.pane.volume is not None
            and one.pane.volume.modality == "PT"
            and one.film.timepoint_id in ("", self._reading.timepoint_id)
        )

    def say(self, role: LesionRole, organ: str) -> None:
        """Say what is found next: its role by a key, its organ from the list."""
        self.key(ROLE_KEYS[role])
        if self._reading.new_lesion.organ == organ:
            return
        self.key("O")
        (choices,) = [
            one
            for one in self._reader.dock.window().findChildren(ChoiceList, "choices")
            if one.isVisible()
        ]
        (row,) = [
            item
            for item in map(choices.item, range(choices.count()))
            if item.data(VALUE) == organ
        ]
        self._press(choices.viewport(), choices.visualItemRect(row).center())
        self._tell("click", organ)
        assert self._reading.new_lesion.organ == organ

    def find(self, place: Place, lesion_id: str) -> None:
        """Take up *Find*, click in a lesion on the PET, and take what is proposed."""
        if not self._finds():
            self.key("A", lesion_id)
        self.point(place, lesion_id)
        self.key("Return", lesion_id)

    def point(self, place: Place, lesion_id: str) -> None:
        """Turn the wheel to a slice of the PET, click there, wait for the border."""
        self.go_to(place[0], lesion_id)
        canvas, pane = self._canvas(), self.pet().pane
        x, y = pane.to_screen(place[1])
        self._press(canvas, QPoint(round(x), round(y)))
        self._reader.wait_for(lambda: self._reader.dock.contouring.draft is not None)
        self._tell("click", "PET", lesion_id)

    def place_liver(self, place: Place) -> None:
        """Rest the pointer in the liver on the PET, and press the key of its sphere."""
        self.go_to(place[0])
        x, y = self.pet().pane.to_screen(place[1])
        self._move(QPoint(round(x), round(y)))
        self.key("Shift+H")

    def go_to(self, slice_index: int, lesion_id: str = "") -> None:
        """Turn the wheel over the PET until a slice is in view."""
        pane, canvas = self.pet().pane, self._canvas()
        if pane.slice_index == slice_index:
            return
        notch = 1
        while pane.slice_index != slice_index:
            far = abs(pane.slice_index - slice_index)
            self._reader.wheel(notch, widget=canvas)
            if abs(pane.slice_index - slice_index) > far:
                notch = -notch
        self._tell("wheel", f"slice {slice_index + 1}", lesion_id)

    def sign(self) -> None:
        """Sign the open visit: look at what is signed, and click."""
        self.key("Ctrl+Return")
        click(self._reader, "signing sign")
        self._tell("click", "Sign")
        assert is_signed(self._reading)

    def _finds(self) -> bool:
        return self._reader.dock.contouring.mode is Mode.FIND

    def _canvas(self) -> QWidget:
        canvas = canvas_of(self.pet().pane.viewer)
        assert canvas is not None
        return canvas

    def _press(self, widget: QWidget, at: QPoint) -> None:
        QTest.mouseMove(widget, at)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
        QApplication.processEvents()

    def _move(self, at: QPoint) -> None:
        canvas = self._canvas()
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(canvas.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(canvas, event)
        QApplication.processEvents()

    def _look_at_screen(self) -> None:
        """Wait until nothing loads any more; nothing may have been refused."""
        self._reader.settle(LONG_WAIT_MS)
        assert not self._reading.note.is_error, self._reading.note.text

    def _tell(self, kind: str, what: str, lesion_id: str = "") -> None:
        self._look_at_screen()
        visit = self._reading.timepoint_id or ""
        action = Action(len(self.actions) + 1, kind, what, visit, lesion_id)
        self.actions.append(action)
        self._done(action)
