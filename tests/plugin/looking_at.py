"""What is seen of a window, measured: words, colours, places."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from qtpy.QtCore import QPoint, QRect
from qtpy.QtGui import QPalette
from qtpy.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QLabel,
    QPushButton,
    QScrollBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from napari_recist.widgets.elided_label import ElidedLabel
from napari_recist.widgets.flow_layout import FlowRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qtpy.QtGui import QColor


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.1)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    colour = colour.removeprefix("#")
    if len(colour) == 3:
        colour = "".join(2 * one for one in colour)
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def parts_of(root: QWidget) -> Iterator[QWidget]:
    """Yield every part of a window that is on show."""
    for part in root.findChildren(QWidget):
        if part.isVisibleTo(root):
            yield part


def faint_words(root: QWidget, least: float) -> list[str]:
    """Return the words whose colours are too near to what they stand on."""
    faint: list[str] = []
    for part in parts_of(root):
        words = _words(part)
        if words and contrast(_ink(part), _ground(part)) < least:
            faint.append(f"{words}: {_ink(part)} on {_ground(part)}")
    return faint


def painted_ground(part: QWidget, root: QWidget) -> str:
    """Return the colour that most of a part is painted in."""
    place = QRect(part.mapTo(root, QPoint(0, 0)), part.size())
    picture = root.grab(place).toImage()
    colours = Counter(
        picture.pixelColor(x, y).name()
        for y in range(picture.height())
        for x in range(picture.width())
    )
    return colours.most_common(1)[0][0]


def faintly_painted(part: QWidget, root: QWidget, least: float) -> list[str]:
    """Return a part's words where they are too near to what is painted behind them."""
    ground = painted_ground(part, root)
    if contrast(_ink(part), ground) >= least:
        return []
    return [f"{_words(part)}: {_ink(part)} on {ground}"]


def cut_words(root: QWidget) -> list[str]:
    """Return the words for which their part has no room."""
    return [
        f"{_words(part)}: {part.size().toTuple()} of {part.sizeHint().toTuple()}"
        for part in parts_of(root)
        if _words(part) and not _fits(part)
    ]


def vanished(root: QWidget) -> list[str]:
    """Return the parts that are on show and have no size."""
    return [
        f"{type(part).__name__} {part.objectName()}"
        for part in parts_of(root)
        if part.size().isEmpty() and not part.sizeHint().isEmpty()
    ]


def overlapping(root: QWidget) -> list[str]:
    """Return the parts of a layout that lie over each other."""
    found: list[str] = []
    for parent in [root, *parts_of(root)]:
        layout = parent.layout()
        inside = [
            one
            for one in parent.findChildren(QWidget)
            if one.parentWidget() is parent and one.isVisibleTo(root)
        ]
        laid = inside if isinstance(parent, FlowRow) else []
        if layout is not None:
            laid = [one for one in inside if _is_laid(layout, one)]
        found += [
            f"{_name(one)} over {_name(other)}"
            for one, other in combinations(laid, 2)
            if one.geometry().intersects(other.geometry())
        ]
    return found


def is_whole(part: QWidget, root: QWidget) -> bool:
    """Return whether all of a part is in view."""
    seen = part.visibleRegion().boundingRect()
    return part.isVisibleTo(root) and seen.size() == part.size()


def _is_laid(layout: object, part: QWidget) -> bool:
    items = [layout.itemAt(number) for number in range(layout.count())]
    return any(
        item.widget() is part
        or (item.layout() is not None and _is_laid(item.layout(), part))
        for item in items
    )


def _name(part: QWidget) -> str:
    return f"{type(part).__name__} {part.objectName()} {_words(part)}".strip()


def _words(part: QWidget) -> str:
    if isinstance(part, ElidedLabel | QScrollBar | QTabBar):
        return ""
    if isinstance(part, QLabel | QPushButton | QToolButton | QCheckBox):
        return part.text()
    return ""


def _fits(part: QWidget) -> bool:
    if isinstance(part, QLabel) and part.wordWrap():
        return part.height() >= part.heightForWidth(part.width())
    needed = part.minimumSizeHint()
    return part.width() >= needed.width() and part.height() >= needed.height() - 1


def _ink(part: QWidget) -> str:
    is_button = isinstance(part, QAbstractButton)
    role = QPalette.ColorRole.ButtonText if is_button else QPalette.ColorRole.WindowText
    return _opaque(part.palette().color(role), _ground(part))


def _ground(part: QWidget) -> str:
    is_button = isinstance(part, QPushButton | QToolButton)
    role = QPalette.ColorRole.Button if is_button else QPalette.ColorRole.Window
    return part.palette().color(role).name()


def _opaque(colour: QColor, ground: str) -> str:
    """Return a colour as it is seen where what lies behind it shines through."""
    behind = [int(ground[at : at + 2], 16) for at in (1, 3, 5)]
    share = colour.alphaF()
    mixed = [
        round(share * one + (1 - share) * other)
        for one, other in zip(
            (colour.red(), colour.green(), colour.blue()), behind, strict=True
        )
    ]
    return "#" + "".join(f"{one:02x}" for one in mixed)
