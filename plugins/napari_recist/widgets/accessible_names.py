"""Names of controls for whoever cannot see them, or reaches them by the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QAbstractButton, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator


def controls_of(widget: QWidget) -> Iterator[QWidget]:
    """Yield the parts of a widget that Tab leads to, hidden ones among them."""
    for one in widget.findChildren(QWidget):
        if is_control(one):
            yield one


def is_control(widget: QWidget) -> bool:
    """Return whether Tab leads to a widget, if it is shown and enabled."""
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def name_controls(widget: QWidget) -> None:
    """Name each control that no words stand on: by what its tooltip says, or its own.

    One that has a name keeps it.
    """
    for one in controls_of(widget):
        words = one.text() if isinstance(one, QAbstractButton) else ""
        if not one.accessibleName() and not any(map(str.isalnum, words)):
            one.setAccessibleName(_name_of(one))


def _name_of(widget: QWidget) -> str:
    """Return what a control is called, after what it lies in where it says nothing."""
    at: QWidget | None = widget
    while at is not None:
        name = at.toolTip().partition("\n")[0] or at.objectName()
        if name and not name.startswith("qt_"):
            return name
        at = at.parentWidget()
    return type(widget).__name__
