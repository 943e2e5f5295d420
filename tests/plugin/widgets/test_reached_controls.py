"""A key that works a control belongs to it where Tab led there, and only there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QPushButton, QVBoxLayout, QWidget

from napari_recist.widgets.key_filter import Key, KeyFilter

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui


def test_space_presses_a_button_that_tab_led_to_and_no_other(qtbot: QtBot) -> None:
    room = QWidget()
    column, button, other = QVBoxLayout(room), QPushButton("a"), QPushButton("b")
    column.addWidget(button)
    column.addWidget(other)
    done: list[str] = []
    button.clicked.connect(lambda: done.append("button"))
    key = Key("Space", "next", lambda: done.append("room"))
    keys = KeyFilter(room, {"Space": key}.get)
    keys.attach()
    qtbot.addWidget(room)
    room.show()
    room.activateWindow()
    for reason, said in (
        (Qt.FocusReason.OtherFocusReason, "room"),
        (Qt.FocusReason.TabFocusReason, "button"),
        (Qt.FocusReason.MouseFocusReason, "room"),
        (Qt.FocusReason.BacktabFocusReason, "button"),
    ):
        other.setFocus()
        button.setFocus(reason)
        qtbot.waitUntil(button.hasFocus)
        QTest.keyClick(button, Qt.Key.Key_Space)
        assert done.pop() == said
        assert done == []
    keys.detach()
