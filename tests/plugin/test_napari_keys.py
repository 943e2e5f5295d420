"""No key, chord or gesture of napari reaches a pane; outside of ours they stay its own.

Every key is sent to a pane with every modifier, as Qt sends it: through the shortcuts.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain, combinations
from operator import or_
from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import QPoint, QPointF, Qt
from qtpy.QtGui import QNativeGestureEvent, QPointingDevice
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QDockWidget, QFileDialog, QWidget

from napari_recist.panels.tabs import Tabs
from napari_recist.viewport.annotations.overlay_widget import qt_viewer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

HELD = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.MetaModifier,
)
CHORDS = [
    reduce(or_, held, Qt.KeyboardModifier.NoModifier)
    for held in chain.from_iterable(combinations(HELD, count) for count in range(5))
]
SPECIAL = (
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Insert,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Space,
    Qt.Key.Key_Menu,
)
FUNCTION = [Qt.Key(Qt.Key.Key_F1.value + at) for at in range(12)]
WRITING = [Qt.Key(at) for at in range(0x21, 0x7F) if not 0x61 <= at <= 0x7A]
KEYS = [*SPECIAL, *FUNCTION, *WRITING]


def picture_of(viewer: ViewerModel) -> tuple[object, ...]:
    """Return all by which an image is laid on the screen, and what layers there are."""
    dims, camera = viewer.dims, viewer.scene.camera
    return (
        dims.ndisplay,
        dims.order,
        camera.orientation,
        camera.angles,
        viewer.canvas.grid.enabled,
        [(id(one), one.visible, str(one.mode)) for one in viewer.layers],
        [one.data.shape for one in viewer.layers],
        [np.asarray(one.affine.affine_matrix).tolist() for one in viewer.layers],
        [np.asarray(one.rotate).tolist() for one in viewer.layers],
    )


def state_of(reader: Reader) -> tuple[object, ...]:
    """Return the picture, and what is shown and written of it."""
    pane, camera = reader.room.pane, reader.viewer.scene.camera
    session = reader.reading.session
    return (
        *picture_of(reader.viewer),
        tuple(pane.scene().letters),
        pane.slice_index,
        pane.window,
        (camera.center, camera.zoom),
        None if session is None else len(session.entries),
    )


def put_away_menus() -> None:
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.close()


def send_all(
    widget: QWidget, looked: Callable[[], object], keys: Sequence[Qt.Key] = KEYS
) -> None:
    """Press every key with every modifier, and look after each key."""
    before = looked()
    for key in keys:
        for held in CHORDS:
            QTest.keyClick(widget, key, held)
            put_away_menus()
        assert looked() == before, key
    QApplication.processEvents()
    assert looked() == before


def layer_list(reader: Reader) -> QWidget:
    docks = reader.dock.window().findChildren(QDockWidget)
    return next(one for one in docks if one.windowTitle() == "layer list")


def without_own_keys(reader: Reader) -> None:
    reader.dock._keys._find = lambda pressed: None


@pytest.fixture
def two_panes(measured: Reader) -> Reader:
    """A reader with two panes on show and nothing chosen."""
    measured.key(Qt.Key.Key_B)
    measured.settle()
    return measured


def test_no_key_of_napari_reaches_a_pane(two_panes: Reader) -> None:
    reader = two_panes
    without_own_keys(reader)
    other = qt_viewer_of(reader.room.viewing.stations[1].pane.viewer)
    assert other is not None
    stations = reader.room.viewing.stations
    before = picture_of(stations[1].pane.viewer)
    reader.viewer.window.activate()
    send_all(reader.canvas, lambda: state_of(reader))
    napari_s = (Qt.Key.Key_T, Qt.Key.Key_E, Qt.Key.Key_G, Qt.Key.Key_Backspace)
    for widget in (other, reader.dock.findChild(Tabs, "pages")):
        widget.setFocus()
        send_all(widget, lambda: state_of(reader), napari_s)
        assert picture_of(stations[1].pane.viewer) == before


def test_none_of_our_keys_turns_the_picture_unless_it_says_so(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))

    def looked() -> object:
        pane = reader.room.pane
        return (*picture_of(pane.viewer)[:6], pane.scene().letters)

    reader.viewer.window.activate()
    reader.canvas.setFocus()
    send_all(reader.canvas, looked, [key for key in KEYS if key is not Qt.Key.Key_R])


def test_ctrl_y_is_redo(measured: Reader) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    measured.key(Qt.Key.Key_Z, control)
    assert len(measured.reading.read.lesions) == 1
    measured.key(Qt.Key.Key_Y, control)
    assert len(measured.reading.read.lesions) == 2
    assert measured.viewer.dims.ndisplay == 2


def test_a_pinch_on_a_pane_does_nothing(reader: Reader) -> None:
    before = state_of(reader)
    middle = QPointF(reader.canvas.rect().center())
    for kind in (
        Qt.NativeGestureType.BeginNativeGesture,
        Qt.NativeGestureType.ZoomNativeGesture,
        Qt.NativeGestureType.EndNativeGesture,
    ):
        event = QNativeGestureEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            2,
            middle,
            middle,
            QPointF(reader.canvas.mapToGlobal(QPoint(50, 50))),
            0.5,
            QPointF(),
        )
        QApplication.sendEvent(reader.canvas, event)
    assert state_of(reader) == before


def test_in_a_napari_that_is_not_ours_keys_outside_our_panes_stay_its_own(
    measured: Reader,
) -> None:
    window = measured.dock.window()
    layers = layer_list(measured)
    layers.show()
    layers.setFocus()
    measured.key(Qt.Key.Key_M, widget=layers)
    assert measured.room.tool.armed
    measured.key(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier, window)
    assert tuple(measured.viewer.dims.order) == (0, 2, 1)


def test_in_our_own_window_no_key_is_napari_s_wherever_it_is_pressed(
    measured: Reader,
) -> None:
    measured.dock.own_window()
    before = picture_of(measured.viewer)
    layers = layer_list(measured)
    layers.show()
    for widget in (layers, measured.dock.window()):
        for key in (Qt.Key.Key_T, Qt.Key.Key_E, Qt.Key.Key_G, Qt.Key.Key_Backspace):
            measured.key(key, Qt.KeyboardModifier.ControlModifier, widget)
        measured.key(Qt.Key.Key_V, widget=widget)
    assert picture_of(measured.viewer) == before
