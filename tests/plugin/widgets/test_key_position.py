"""Letter keys of keyboards that write another script are known by where they are."""

from __future__ import annotations

import sys

import pytest
from qtpy.QtCore import QEvent, Qt
from qtpy.QtGui import QKeyEvent

from napari_recist.widgets.key_position import Layout

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="X11 numbers")

M, W, Z, SEVEN, BRACKET, COMMA = 58, 25, 52, 16, 34, 59
"""Keys as X11 numbers them, by what a US keyboard has there."""


def pressed(
    sign: str, number: int, held: Qt.KeyboardModifier = NONE, text: str | None = None
) -> QKeyEvent:
    key = ord(sign.upper()[0]) if sign else 0
    written = sign if text is None else text
    return QKeyEvent(QEvent.Type.KeyPress, key, held, number, 0, 0, written)


@ON_LINUX
@pytest.mark.parametrize("sign", ["\u044c", "\u03bc", "\u0649", "\u05e6", "\u3161"])
def test_m_is_where_m_is_whatever_the_script(sign: str) -> None:
    assert Layout().placed(pressed(sign, M)) == "M"


@ON_LINUX
def test_chords_and_signs_keep_their_modifiers_as_far_as_they_mean_them() -> None:
    layout = Layout()
    assert layout.placed(pressed("\u044f", Z, CONTROL, text="\x1a")) == "Ctrl+Z"
    shifted = CONTROL | SHIFT
    assert layout.placed(pressed("\u044f", Z, shifted, text="\x1a")) == "Ctrl+Shift+Z"
    assert layout.placed(pressed("\u0445", BRACKET)) == "["
    assert layout.placed(pressed("\u044c", M, SHIFT)) == "Shift+M"


@ON_LINUX
def test_a_sign_where_a_letter_is_elsewhere_counts_once_the_script_is_known() -> None:
    """A Hebrew keyboard has an apostrophe on W; a French one a comma on M."""
    layout = Layout()
    assert layout.placed(pressed("'", W)) is None
    layout.placed(pressed("\u05e6", M))
    assert layout.placed(pressed("'", W)) == "W"
    layout.placed(pressed("m", 47))
    assert layout.placed(pressed(",", M)) is None


def test_latin_letters_and_digits_count_by_what_they_write() -> None:
    """Z of a German keyboard lies where a US one has Y."""
    layout = Layout()
    assert layout.placed(pressed("z", 29)) is None
    assert layout.placed(pressed("\u00f6", 47)) is None
    assert layout.placed(pressed("7", SEVEN)) is None


def test_digits_of_other_scripts_are_digits() -> None:
    assert Layout().placed(pressed("\u0667", SEVEN)) == "7"
    assert Layout().placed(pressed("\u06f7", SEVEN)) == "7"


def test_keys_that_write_nothing_are_left_as_they_are() -> None:
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Space, Qt.Key.Key_Shift):
        event = QKeyEvent(QEvent.Type.KeyPress, key, NONE, 9, 0, 0, "")
        assert Layout().placed(event) is None
