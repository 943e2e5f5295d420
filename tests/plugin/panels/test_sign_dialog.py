"""A signature is given in a dialog of its own, on purpose and never by the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QPushButton, QTextBrowser

from recist_tool.app.reading.signing import is_signed
from recist_tool.model import LockTimepoint
from tests.plugin.dock_hands import click, press

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

CTRL = Qt.KeyboardModifier.ControlModifier
SPACE, RETURN, TAB = Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Tab


def dialog(reader: Reader) -> QWidget | None:
    return QApplication.activeModalWidget()


def opened(reader: Reader) -> QWidget:
    """Return the dialog once keys go to it."""
    shown = dialog(reader)
    assert shown is not None
    reader.wait_for(shown.isActiveWindow)
    return shown


def typed(reader: Reader, *keys: Qt.Key) -> None:
    """Press keys as a keyboard does: they go to what has the focus."""
    for key in keys:
        reader.key(key, widget=QApplication.focusWidget() or reader.canvas)


def take_seat(reader: Reader) -> None:
    reader.viewer.window.activate()
    reader.dock.window().setFocus()
    reader.wait_for(lambda: QApplication.focusWidget() is not None)


def test_space_leads_to_the_button_and_no_further(measured: Reader) -> None:
    take_seat(measured)
    typed(measured, *[SPACE] * 5)
    button = measured.dock.findChild(QPushButton, "sign")
    assert QApplication.focusWidget() is button
    assert "BL is complete" in measured.reading.note.text
    assert dialog(measured) is None
    assert not is_signed(measured.reading)
    typed(measured, RETURN)
    opened(measured)
    typed(measured, *[SPACE, RETURN, Qt.Key.Key_Enter, SPACE] * 3)
    assert dialog(measured) is not None
    assert not is_signed(measured.reading)
    typed(measured, Qt.Key.Key_Escape)
    assert dialog(measured) is None
    assert not is_signed(measured.reading)


def test_the_dialog_says_who_what_and_what_it_means(measured: Reader) -> None:
    reader = measured
    take_seat(reader)
    reader.key(Qt.Key.Key_N)
    reader.key(Qt.Key.Key_P)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("T1")
    reader.key(Qt.Key.Key_0)
    reader.reading.choose("NT1")
    reader.key(Qt.Key.Key_P)
    press(reader, "sign")
    shown = opened(reader)
    text = shown.findChild(QTextBrowser).toPlainText()
    for words in (
        "reader-1, investigator",
        "TP1, 2024-05-13",
        "T1, liver: 0 (gone: 0 mm)",
        "NT1, liver: present",
        "T2: no finding",
        "RECIST 1.1, whole patient: NE",
        "I, reader-1, have read TP1",
    ):
        assert words in text
    button = shown.findChild(QPushButton, "signing sign")
    assert button.text() == "Sign TP1 as reader-1"
    assert not button.hasFocus()
    assert not button.isDefault()
    assert not button.autoDefault()
    click(reader, "signing leave")
    assert not is_signed(reader.reading)


def test_the_button_signs_by_a_click_or_where_tab_has_led_to_it(
    measured: Reader,
) -> None:
    reader = measured
    take_seat(reader)
    typed(reader, SPACE)
    reader.key(RETURN, CTRL)
    shown = opened(reader)
    button = shown.findChild(QPushButton, "signing sign")
    typed(reader, TAB)
    assert not button.hasFocus()
    typed(reader, TAB)
    assert button.hasFocus()
    typed(reader, SPACE)
    assert not is_signed(reader.reading)
    typed(reader, RETURN)
    assert is_signed(reader.reading)
    assert dialog(reader) is None
    entry = reader.reading.open_session().entries[-1]
    assert isinstance(entry.command, LockTimepoint)
    assert entry.command.signed_by == "reader-1"
    assert entry.reason.startswith("I, reader-1, have read BL")
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    press(reader, "sign")
    click(reader, "signing sign")
    assert reader.reading.open_read().locked("TP1")


def test_what_changed_under_the_dialog_is_stated_before_it_is_signed(
    measured: Reader,
) -> None:
    press(measured, "sign")
    shown = opened(measured)
    measured.reading.revise("T1", name="dome")
    click(measured, "signing sign")
    assert not is_signed(measured.reading)
    assert "T1 dome" in shown.findChild(QTextBrowser).toPlainText()
    click(measured, "signing sign")
    assert is_signed(measured.reading)
