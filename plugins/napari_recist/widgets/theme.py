"""How the room looks: colours for a dark and a light window, the size of its letters.

Dark or light is a setting of napari, which also keeps it; what the room colours itself
follows the ground that a widget stands on. What lies over images stays as it is.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Final

from napari.settings import get_settings
from qtpy.QtCore import QEvent, QObject
from qtpy.QtGui import QColor, QPalette
from qtpy.QtWidgets import QApplication

from napari_recist.widgets.role_colours import GHOST_COLOUR, ROLE_COLOURS
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qtpy.QtWidgets import QWidget

Pair = tuple[str, str]
"""A colour on a dark and on a light ground."""

MIDDLE_GREY: Final = 128
STYLED: Final = (QEvent.Type.StyleChange, QEvent.Type.Polish)

FILLED: Final = "#3159c4"
FAULT: Final = "#7a1f1a"
"""Behind white words, on either ground."""

UNFIT: Final = "#e04b43"
"""Around what does not fit, on either ground."""

WORDS: Final[Mapping[str, Pair]] = {
    "text": ("#f0f1f2", "#1e1e21"),
    "quiet": ("#b8bfc8", "#4f4d4a"),
    "marked": ("#ffb340", "#7a3d00"),
}
"""Colours of words: a contrast of at least 4.5 to 1 to every ground of the window."""

LINES: Final[Mapping[str, Pair]] = {
    "line": ("#7b828e", "#807d7a"),
    "active": ("#ff9f0a", "#b35900"),
    "unfit": (UNFIT, UNFIT),
    "handle": ("#e8e8e8", "#2a2e35"),
    "target": (ROLE_COLOURS[LesionRole.TARGET], "#8a6d00"),
    "non_target": (ROLE_COLOURS[LesionRole.NON_TARGET], "#00708f"),
    "new": (ROLE_COLOURS[LesionRole.NEW], "#b0124f"),
    "ghost": (GHOST_COLOUR, "#5f5f5f"),
}
"""Colours of lines and frames that mean something: at least 3 to 1."""

GROUNDS: Final[Mapping[str, Pair]] = {
    "ground": ("#23242b", "#ebe7e6"),
    "idle": ("#2a2e35", "#c5c3c1"),
}
"""Colours of what words stand on, as napari has it, and of frames that say nothing."""

_NAMED: Final = {**WORDS, **LINES, **GROUNDS}
_ON_LIGHT: Final = dict(LINES.values())
_ON_BOTH: Final = {"filled": FILLED, "fault": FAULT}


def is_light(widget: QWidget) -> bool:
    """Return whether a widget stands on a light ground."""
    ground = widget.palette().color(QPalette.ColorRole.Window)
    return ground.lightness() > MIDDLE_GREY


def fitting(widget: QWidget, pair: Pair) -> QColor:
    """Return the colour of a pair that is made for the ground of a widget."""
    return QColor(pair[is_light(widget)])


def named(widget: QWidget, name: str) -> QColor:
    """Return a colour of the room by its name, made for the ground of a widget."""
    return fitting(widget, _NAMED[name])


def grounded(widget: QWidget, colour: str) -> QColor:
    """Return what a colour that is drawn over images becomes beside them."""
    return fitting(widget, (colour, _ON_LIGHT.get(colour, colour)))


def sheet(template: str, *, light: bool) -> str:
    """Return a style sheet in which the names of colours are filled in.

    >>> sheet("QLabel { color: $text; background: $filled; }", light=True)
    'QLabel { color: #1e1e21; background: #3159c4; }'
    """
    colours = {name: pair[light] for name, pair in _NAMED.items()}
    return Template(template).substitute({**colours, **_ON_BOTH})


def set_theme(*, light: bool) -> None:
    """Make every window of napari light or dark, also at the next start."""
    appearance = get_settings().appearance
    name = "light" if light else "dark"
    appearance.theme = name  # pyright: ignore[reportAttributeAccessIssue] - a text will do


def points() -> int:
    """Return the size of plain letters: napari's, or the system's where larger."""
    of_system = QApplication.font().pointSize()
    return max(get_settings().appearance.font_size, of_system)


def lettered(size: int) -> str:
    """Return a style sheet for words: of one size, points, and none too faint."""
    return (
        "QLineEdit, QTabBar::tab, QAbstractItemView, QHeaderView, QAbstractSpinBox, "
        f"QProgressBar, #plot {{ font-size: {size}pt; }} "
        "QLabel, QPushButton, QToolButton, QCheckBox, QComboBox "
        f"{{ font-size: {size + 1}pt; }} "
        "QLineEdit { placeholder-text-color: $quiet; } *:disabled { color: $quiet; } "
    )


class Dress(QObject):
    """Keeps the style sheet of a widget to its ground and to the size of letters.

    Parameters
    ----------
    template
        Returns the style sheet as it is now, with the names of colours in it.
    """

    def __init__(self, widget: QWidget, template: Callable[[], str]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._template = template
        self._is_changing = False
        widget.installEventFilter(self)

    def put_on(self) -> None:
        """Set the style sheet, if it is another one."""
        wanted = sheet(self._template(), light=is_light(self._widget))
        if wanted != self._widget.styleSheet():
            self._is_changing = True  # meanwhile the ground is not what it will be
            self._widget.setStyleSheet(wanted)
            self._is_changing = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when it is shown, or its window was made dark or light."""
        is_restyled = event.type() in STYLED and self._widget.isVisible()
        is_shown = event.type() == QEvent.Type.Show
        if (is_shown or is_restyled) and not self._is_changing:
            self.put_on()
        return super().eventFilter(watched, event)
