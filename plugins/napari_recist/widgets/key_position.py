"""Keys of keyboards that write another script: by where they are.

A reader with a Cyrillic, Greek or Arabic keyboard presses the key that is M elsewhere.
Qt finds the Latin letter only with Ctrl, and only where a Latin layout is loaded too.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING, Final

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence

if TYPE_CHECKING:
    from qtpy.QtGui import QKeyEvent

ROWS: Final = (
    (2, "1234567890-="),
    (16, "QWERTYUIOP[]"),
    (30, "ASDFGHJKL;'`"),
    (44, "ZXCVBNM,./"),
)
"""The first key of each row as evdev and Windows number it, and what a US keyboard has
there. X11 and Wayland count 8 more."""

X11_OFFSET: Final = 8

MAC: Final = dict(enumerate("ASDFHGZXCV\0BQWERYT123465=97-80]OU[IP\0LJ'K;\\,/NM."))
"""What macOS numbers its keys by: kVK_ANSI_A is 0."""

CHORD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)

KEYS: Final = {
    first + at: sign for first, signs in ROWS for at, sign in enumerate(signs)
}


class Layout:
    """Tells Latin letters by the place of a key where it writes another script.

    A sign on such a keyboard may lie where a letter is elsewhere (Hebrew has none on
    W), so the script of the last letter is kept in mind.
    """

    def __init__(self) -> None:
        self._is_other = False

    def placed(self, event: QKeyEvent) -> str | None:
        """Return a key with its modifiers as of a US keyboard; None of a Latin one."""
        sign = _sign(event)
        if not sign or Qt.KeyboardModifier.KeypadModifier in event.modifiers():
            return None
        if sign.isdecimal():
            return None if sign.isascii() else str(unicodedata.decimal(sign[0]))
        is_letter, held = any(map(str.isalpha, sign)), event.modifiers()
        is_other = not _is_latin(sign) if is_letter else self._is_other
        if is_letter and not held & CHORD:  # in a chord Qt may look for a Latin letter
            self._is_other = is_other
        there = _there(event)
        if not is_other or there is None or not (there.isalpha() or is_letter):
            return None
        if not there.isalpha():  # signs count by what they write
            held &= ~Qt.KeyboardModifier.ShiftModifier
        return QKeySequence(ord(there) | held.value).toString()


def _sign(event: QKeyEvent) -> str:
    """Return what a key writes, also where Ctrl keeps it from writing."""
    if event.text().isprintable() and event.text().strip():
        return event.text()
    return chr(event.key()) if 0x20 < event.key() <= sys.maxunicode else ""


def _is_latin(sign: str) -> bool:
    return all(unicodedata.name(one, "").startswith("LATIN") for one in sign)


def _there(event: QKeyEvent) -> str | None:
    """Return what a US keyboard has at the place of a key; None where it has none."""
    if sys.platform == "darwin":
        found = MAC.get(event.nativeVirtualKey())
        return None if found in (None, "\0") else found
    offset = 0 if sys.platform == "win32" else X11_OFFSET
    return KEYS.get(event.nativeScanCode() - offset)
