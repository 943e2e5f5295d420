"""A reader at the right-hand side: pages, fields, boxes and buttons by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from napari_recist.panels.tabs import Tabs
from recist_tool.app.reading.signing import is_signed

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

PAGES = (
    "Read",
    "Images",
    "Lesion",
    "Visit",
    "PET",
    "Patient",
    "Protocol",
    "Worklist",
)


def turn_to(reader: Reader, name: str) -> None:
    reader.dock.findChild(Tabs, "pages").setCurrentIndex(PAGES.index(name))


def type_into(reader: Reader, name: str, text: str) -> None:
    field = reader.dock.findChild(QLineEdit, name)
    field.setText(text)
    field.editingFinished.emit()


def choose(reader: Reader, name: str, text: str) -> None:
    box = reader.dock.findChild(QComboBox, name)
    row = box.findText(text)
    assert row >= 0
    box.setCurrentIndex(row)
    box.activated.emit(row)


def press(reader: Reader, name: str) -> None:
    button = reader.dock.findChild(QPushButton, name)
    assert button.isVisibleTo(reader.dock)
    button.click()


def click(reader: Reader, name: str, where: QWidget | None = None) -> None:
    """Click a button with the mouse."""
    button = (where or reader.dock).findChild(QPushButton, name)
    assert button.isVisible(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def sign_visit(reader: Reader) -> None:
    """Sign the open visit as a reader does: look at what is signed, and click."""
    reader.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    click(reader, "signing sign")
    assert is_signed(reader.reading)


def offers(reader: Reader, name: str) -> bool:
    """Return whether a button is on show and can be pressed."""
    button = reader.dock.findChild(QPushButton, name)
    return button.isVisible() and button.isEnabled()


def fault(reader: Reader, form: str) -> QLabel:
    return reader.dock.findChild(QLabel, f"{form} fault")
