"""Keys of the reading room: taken first while reading, never while typing.

napari gives digits and letters to layer modes, and chords to transposing, rolling and
deleting what is on show. Here one filter on the application sees every key of the
reading room first and hands it to the action in the table; what is typed into a field
stays there. No other key of the panes and the dock ever reaches napari.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari.qt import QtViewer
from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from napari_recist.widgets.key_position import Layout

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


PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
ANSWERING = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QtViewer,
)
"""What does something when it is pressed."""

SIGNS = ("-", ".", ",", "/", "+", "=")
GESTURES = (
    QEvent.Type.NativeGesture,
    QEvent.Type.Gesture,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.TouchEnd,
)
KEYS = (
    QEvent.Type.ShortcutOverride,
    QEvent.Type.KeyPress,
    QEvent.Type.KeyRelease,
)


class KeyFilter(QObject):
    """Hands keys to actions, and keeps all others of the reading room from napari.

    Parameters
    ----------
    widget
        The dock: its keys are those of the reading room.
    find
        Returns what a key does, or None.
    panes
        Holds the panes; None where there is no window.

    Attributes
    ----------
    before
        Called before anything is done by key or mouse: with what a key does, or None.
    owns_window
        Whether the window is all the reading room's. In another, what is pressed
        outside of dock and panes is napari's.
    """

    def __init__(
        self,
        widget: QWidget,
        find: Callable[[str], Key | None],
        panes: QWidget | None = None,
    ) -> None:
        super().__init__(widget)
        self._places = [one for one in (widget, panes) if one is not None]
        self._find = find
        self._layout = Layout()
        self._taker: Callable[[str], None] | None = None
        self._is_typed = self._climbs = self._missed = False
        self._reached: QObject | None = None
        self.before: Callable[[Key | None], None] = lambda key: None
        self.owns_window = False

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
        if not isinstance(watched, QWidget):
            return False
        if isinstance(event, QKeyEvent) and event.type() in KEYS:
            waits = _waits_for_an_answer()
            return _is_canvas(watched) if waits else self._on_key(event, watched)
        if event.type() in INTERRUPTIONS:
            self.before(None)
        if isinstance(event, QMouseEvent):
            self._on_mouse(event, watched)
        return event.type() in GESTURES and _is_canvas(watched)

    def _on_mouse(self, event: QMouseEvent, watched: QWidget) -> None:
        """Hear of presses on nothing; what climbs out of our parts was heard of."""
        if event.type() in PRESSES and self._is_inside(watched):
            self._missed = _is_missed(watched, event)

    def _on_key(self, event: QKeyEvent, watched: QWidget) -> bool:
        if event.type() != QEvent.Type.KeyPress:
            self._is_typed = False  # another key than the one before
        if event.type() == QEvent.Type.ShortcutOverride:
            self._climbs = False
        is_inside = self._is_inside(watched)
        if self._climbs and not is_inside:
            return self._stop_climbing(watched)
        if not (is_inside or self._is_window(watched)):
            return False
        if not (is_inside or self.owns_window):
            return self._act_alone(event, watched)
        self._climbs = event.type() != QEvent.Type.ShortcutOverride
        is_bare = not is_inside or _is_canvas(watched)
        if event.type() == QEvent.Type.KeyRelease:
            return is_bare
        return self._take(event, watched, is_bare=is_bare)

    def _act_alone(self, event: QKeyEvent, watched: QWidget) -> bool:
        """Take our keys where nothing of napari's has the focus; leave it all others.

        Releases are napari's too: it never saw the press of a key that was ours.
        """
        has_focus = QApplication.focusWidget() in (None, watched)
        is_pressed = event.type() != QEvent.Type.KeyRelease
        if not (watched.isWindow() and has_focus and is_pressed):
            return False
        is_ours = self._taker is not None or self._find(self._pressed(event))
        return bool(is_ours) and self._take(event, watched, is_bare=False)

    def _take(self, event: QKeyEvent, watched: QWidget, *, is_bare: bool) -> bool:
        if self._taker is not None:
            return self._hand_over(event, self._taker)
        return self._act(event, watched, is_bare=is_bare)

    def _act(self, event: QKeyEvent, watched: QWidget, *, is_bare: bool) -> bool:
        """Do what a key means; where nothing but our keys means anything, take it."""
        pressed = self._pressed(event)
        key, takers = self._find(pressed), (watched, QApplication.focusWidget())
        if event.type() == QEvent.Type.KeyPress and event.key() not in MODIFIERS:
            self.before(key)
        if self._is_controlled(pressed) or any(_takes(one, pressed) for one in takers):
            self._is_typed = event.type() == QEvent.Type.KeyPress
            return _stays(event) or _is_canvas(watched)
        if key is None or self._is_typed:  # what a field leaves over climbs to parents
            return _stays(event) or is_bare
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._missed = self._missed and _is_of_number(pressed)
            if _wanted(key, event) and not self._missed:
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
        pressed = self._pressed(event)
        if event.type() == QEvent.Type.KeyPress and event.key() not in MODIFIERS:
            self._taker = None
            taker(pressed)
        return True

    def _is_inside(self, watched: QWidget) -> bool:
        """Return whether a key is pressed in the dock or in a pane."""
        return any(one is watched or one.isAncestorOf(watched) for one in self._places)

    def _is_window(self, watched: QWidget) -> bool:
        return any(one.window() is watched.window() for one in self._places)

    def _stop_climbing(self, watched: QWidget) -> bool:
        """Stop what climbs out of our parts; leave to napari what begins in its own."""
        climbed = (self.owns_window and self._is_window(watched)) or any(
            watched.isAncestorOf(one) for one in self._places
        )
        self._climbs = climbed
        return climbed

    def _pressed(self, event: QKeyEvent) -> str:
        """Return the key with its modifiers as QKeySequence writes it; keypad as keys.

        Digits and signs count by what they write: on many keyboards a bracket needs
        AltGr, and a digit Shift. Letters of another script count by where they are.
        """
        placed = self._layout.placed(event)
        if placed is not None:
            return placed
        return _written(event)


def leave_keys(widget: QWidget, sequences: Sequence[str]) -> None:
    """Leave some keys to a widget while it has the focus."""
    widget.setProperty(OWN, [normal(one) for one in sequences])


def _wanted(key: Key, event: QKeyEvent) -> bool:
    return key.repeats or not event.isAutoRepeat()


def _stays(event: QKeyEvent) -> bool:
    """Keep a key from the shortcuts of napari; Qt then presses it where it was."""
    if event.type() != QEvent.Type.ShortcutOverride:
        return False
    event.accept()
    return True


def _is_missed(watched: QWidget, event: QMouseEvent) -> bool:
    """Return whether a press is on nothing: perhaps beside the field that was meant.

    What is typed then is no shortcut.
    """
    at: QWidget | None = watched.childAt(event.position().toPoint()) or watched
    while at is not None and not at.isWindow():
        if isinstance(at, ANSWERING):
            return False
        at = at.parentWidget()
    return True


def _is_of_number(pressed: str) -> bool:
    """Return whether a key may be part of a number or a date."""
    return pressed.isdecimal() or pressed in SIGNS


def _is_canvas(watched: QWidget) -> bool:
    """Return whether a widget shows an image: in it, only our keys mean anything."""
    at: QWidget | None = watched
    while at is not None and not isinstance(at, QtViewer):
        at = at.parentWidget()
    return at is not None


def _waits_for_an_answer() -> bool:
    return (
        QApplication.activeModalWidget() is not None
        or QApplication.activePopupWidget() is not None
    )


def _written(event: QKeyEvent) -> str:
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
