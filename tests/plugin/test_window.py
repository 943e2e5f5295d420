"""The window of the reading room: how it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QCloseEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QDockWidget, QPushButton

from napari_recist.room.workspace import read_desk
from napari_recist.window import DockKeeper, Door

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


class Asked(QCloseEvent):
    """A click on the cross of the window."""

    def spontaneous(self) -> bool:
        return True


def test_the_window_closes_without_a_question_and_keeps_where_the_reader_was(
    reader: Reader,
) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    reader.wheel(2)
    left = reader.room.pane.slice_index
    path = reader.reading.session.case_path
    event = Asked()
    assert Door(reader.viewer, reader.dock).eventFilter(reader.dock.window(), event)
    assert not event.isAccepted()
    reader.wait_for(lambda: reader.dock.loader.closed)
    desk = read_desk(path, "reader-1")
    assert desk is not None
    assert desk.panes[0].slice_index == left


def test_neither_eye_nor_float_takes_the_panel_away(reader: Reader) -> None:
    (keeper,) = reader.dock.window().findChildren(DockKeeper)
    dock = keeper.parent()
    assert isinstance(dock, QDockWidget)
    shown = dock.titleBarWidget().findChildren(QPushButton)
    assert [one.objectName() for one in shown if not one.isHidden()] == [
        "QTitleBarCloseButton"
    ]
    QTest.mouseDClick(dock.titleBarWidget(), Qt.MouseButton.LeftButton)
    assert not dock.isFloating()
    keeper.hold()
    shown = dock.titleBarWidget().findChildren(QPushButton)
    assert all(one.isHidden() for one in shown)
    assert not dock.toggleViewAction().isEnabled()
    dock.close()
    assert dock.isVisible()


def test_a_program_closes_the_window_as_ever(reader: Reader) -> None:
    event = QCloseEvent()
    door = Door(reader.viewer, reader.dock)
    assert not door.eventFilter(reader.dock.window(), event)
