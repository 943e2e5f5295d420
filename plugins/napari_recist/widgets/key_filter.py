"""Keys of the reading room: taken first while reading, never while typing.

napari gives digits and letters to layer modes, and keys to whichever canvas was clicked
last. Here one filter on the application sees every key of the window first and hands it
to the action in the table; what is typed into a field stays there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OWN = "own keys"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
)


class Key(NamedTuple):
    """One action and the key that it comes with.

    Attributes
    ----------
    sequence
        The key, as QKeySequence writes it; it names the action, too.
    meaning
        What it does, for the reader.
    repeats
        Whether holding the key does it again and again; findings never repeat.
    """

    sequence: str
    meaning: str
    action: Callable[[], object]
    repeats: bool = False


BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
CONTROLS = (QAbstractButton, QComboBox, QTabBar, QAbstractItemView)
CONTROLLED = ("Space", "Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown")
"""Keys that work a control; they are its own only where Tab has led to it."""

INTERRUPTIONS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.Close,
)


class KeyFilter(QObject):
    """Hands keys to actions while the window of `widget` is in front.

    Parameters
    ----------
    widget
        Any widget of the window; keys of other windows are left alone.
    find
        Returns what a key does, or None.

    Attributes
    ----------
    before
        Called before anything is done by key or mouse: with what a key does, or None.
    """

    def __init__(self, widget: QWidget, find: Callable[[str], Key | None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._find = find
        self._taker: Callable[[str], None] | None = None
        self._is_typed = False
        self._reached: QObject | None = None
        self.before: Callable[[Key | None], None] = lambda key: None

    def attach(self) -> None:
        """Begin to see the keys."""
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def detach(self) -> None:
        """Leave the keys alone."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def take_next(self, taker: Callable[[str], None] | None) -> None:
        """Hand the next key to `taker` in place of doing what it means.

        It hears the key as the table of keys writes it; None ends the wait.
        """
        self._taker = taker

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a key that has an action; Qt asks with an override first."""
        if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
            self._follow_focus(watched, event)
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            if event.type() in INTERRUPTIONS and isinstance(watched, QWidget):
                self.before(None)
            return False
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease):
            self._is_typed = False  # another key than the one before
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        if not self._is_ours(watched):
            return False
        if self._taker is not None:
            return self._hand_over(event, self._taker)
        return self._act(event, watched)

    def _act(self, event: QKeyEvent, watched: QWidget) -> bool:
        pressed = _pressed(event)
        key, takers = self._find(pressed), (watched, QApplication.focusWidget())
        if event.type() == QEvent.Type.KeyPress and event.key() not in MODIFIERS:
            self.before(key)
        if self._is_controlled(pressed) or any(_takes(one, pressed) for one in takers):
            self._is_typed = event.type() == QEvent.Type.KeyPress
            return False
        if key is None or self._is_typed:  # what a field leaves over climbs to parents
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress and _wanted(key, event):
            key.action()
        return True

    def _follow_focus(self, watched: QWidget, event: QFocusEvent) -> None:
        """Note which control Tab has led to; a style hears of the focus as well."""
        if event.type() == QEvent.Type.FocusIn:
            by_tab = event.reason() in BY_TAB and isinstance(watched, CONTROLS)
            self._reached = watched if by_tab else None

    def _is_controlled(self, pressed: str) -> bool:
        """Return whether a key works the control that Tab has led to."""
        focus = QApplication.focusWidget()
        return pressed in CONTROLLED and focus is not None and focus is self._reached

    def _hand_over(self, event: QKeyEvent, taker: Callable[[str], None]) -> bool:
        event.accept()
        pressed = _pressed(event)
        if event.type() == QEvent.Type.KeyPress and event.key() not in MODIFIERS:
            self._taker = None
            taker(pressed)
        return True

    def _is_ours(self, watched: QWidget) -> bool:
        return (
            watched.window() is self._widget.window()
            and QApplication.activeModalWidget() is None
            and QApplication.activePopupWidget() is None
        )


def leave_keys(widget: QWidget, sequences: Sequence[str]) -> None:
    """Leave some keys to a widget while it has the focus."""
    widget.setProperty(OWN, [normal(one) for one in sequences])


def _wanted(key: Key, event: QKeyEvent) -> bool:
    return key.repeats or not event.isAutoRepeat()


def _pressed(event: QKeyEvent) -> str:
    """Return the key with its modifiers as QKeySequence writes it; keypad as keys.

    Digits and signs count by what they write: on many keyboards a bracket needs AltGr,
    and a digit Shift.
    """
    text = event.text()
    if text.isprintable() and not text.isalpha() and not text.isspace() and text:
        return text
    return QKeySequence(event.keyCombination()).toString().removeprefix("Num+")


def normal(sequence: str) -> str:
    """Return a key as QKeySequence writes it; empty where it is none."""
    return QKeySequence(sequence).toString()


def _takes(widget: QWidget | None, pressed: str) -> bool:
    """Return whether a widget takes a key: what is typed, or one that is its own."""
    if widget is None:
        return False
    return _is_field(widget) or pressed in (widget.property(OWN) or ())


def _is_field(widget: QWidget) -> bool:
    """Return whether a widget takes what is typed."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, FIELDS) and not widget.isReadOnly()
