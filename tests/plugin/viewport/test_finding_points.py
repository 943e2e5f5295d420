"""The same point in all panes, one pane alone, and scrolling by a drag."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication

from napari_recist.viewport.annotations.overlay_widget import canvas_of
from recist_tool.app.reading import Plane

if TYPE_CHECKING:
    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
BARE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def send(
    reader: Reader,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton,
    held: Qt.KeyboardModifier = BARE,
) -> None:
    down = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
    anywhere = QPointF(reader.canvas.mapToGlobal(at.toPoint()))
    event = QMouseEvent(kind, at, anywhere, button, down, held)
    QApplication.sendEvent(reader.canvas, event)
    QApplication.processEvents()


def click(reader: Reader, pixel: Pixel, held: Qt.KeyboardModifier = BARE) -> None:
    at = QPointF(reader.at(pixel))
    send(reader, QEvent.Type.MouseButtonPress, at, LEFT, held)
    send(reader, QEvent.Type.MouseButtonRelease, at, LEFT, held)


def double_click(reader: Reader, pixel: Pixel) -> None:
    click(reader, pixel)
    at = QPointF(reader.at(pixel))
    send(reader, QEvent.Type.MouseButtonDblClick, at, LEFT)
    send(reader, QEvent.Type.MouseButtonRelease, at, LEFT)
    reader.settle()


@pytest.fixture
def four(reader: Reader) -> Reader:
    for _ in range(2):
        reader.key(Qt.Key.Key_B)
        reader.settle()
    return reader


@pytest.mark.parametrize("by_key", [False, True])
def test_a_click_finds_the_same_point_of_the_patient_in_every_pane(
    four: Reader, by_key: bool
) -> None:
    entries = four.reading.session
    if by_key:
        four.key(Qt.Key.Key_X, SHIFT)
        click(four, (45, 40))
    else:
        click(four, (45, 40), SHIFT)
    source = four.room.pane
    place = source._found
    assert place is not None
    wanted = source.volume.pixel_to_lps(place[0], np.array([place[1]]))[0]
    planes = set()
    for station in four.room.viewing.on_show:
        pane, found = station.pane, station.pane._found
        planes.add(pane.plane)
        assert found is not None
        assert pane.slice_index == found[0]
        there = pane.volume.pixel_to_lps(found[0], np.array([found[1]]))[0]
        assert np.abs(there - wanted).max() <= pane.volume.slice_spacing_mm / 2 + 1e-6
        assert len(pane.scene().crossings) >= 4
    assert {Plane.CORONAL, Plane.SAGITTAL} <= planes
    assert four.reading.session is entries
    four.key(Qt.Key.Key_Escape)
    assert not four.room.viewing.finds_points
    assert all(one.pane._found is None for one in four.room.viewing.on_show)


def test_a_double_click_shows_a_pane_alone_and_all_again(four: Reader) -> None:
    frames = four.dock.lightbox.frames
    small = frames[0].size()
    double_click(four, (45, 40))
    assert [one.isVisible() for one in frames] == [True, False, False, False]
    assert frames[0].width() > 1.8 * small.width()
    assert frames[0].height() > 1.8 * small.height()
    double_click(four, (45, 40))
    four.wait_for(lambda: all(one.isVisible() for one in frames))
    assert four.reading.session is None


def test_another_visit_shows_all_panes(four: Reader) -> None:
    four.key(Qt.Key.Key_F, SHIFT)
    assert four.room.viewing.enlarged is not None
    four.key(Qt.Key.Key_BracketRight)
    four.settle()
    assert four.room.viewing.enlarged is None
    four.wait_for(lambda: all(one.isVisible() for one in four.dock.lightbox.frames))


def test_a_drag_with_control_scrolls_through_the_series(reader: Reader) -> None:
    pane = reader.room.pane
    pane.go_to(0)
    canvas = canvas_of(reader.viewer)
    top, low = QPointF(200, 20), QPointF(200, 20 + canvas.height() / 2)
    send(reader, QEvent.Type.MouseButtonPress, top, LEFT, CONTROL)
    send(reader, QEvent.Type.MouseMove, low, NONE, CONTROL)
    send(reader, QEvent.Type.MouseButtonRelease, low, LEFT, CONTROL)
    assert pane.slice_index == pytest.approx(len(pane.volume.voxels) / 2, abs=1)
    assert reader.reading.session is None


def test_the_view_is_reset(reader: Reader) -> None:
    pane = reader.room.pane
    before = pane.window, pane.mm_per_px, pane.display
    reader.wheel(3, ctrl=True)
    reader.key(Qt.Key.Key_R)
    reader.key(Qt.Key.Key_3)
    assert (pane.window, pane.mm_per_px, pane.display) != before
    reader.key(Qt.Key.Key_R, CONTROL)
    assert pane.window == before[0]
    assert pane.mm_per_px == pytest.approx(before[1])
    assert pane.display == before[2]
