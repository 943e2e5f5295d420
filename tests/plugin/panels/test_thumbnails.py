"""The middle slice of a series, in little, where the pointer rests on its line."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QEvent
from qtpy.QtGui import QHelpEvent, QImage
from qtpy.QtWidgets import QApplication, QToolTip, QTreeWidget

if TYPE_CHECKING:
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def rest_on(tree: QTreeWidget, row: int) -> None:
    """Let the pointer rest on a series of the first visit, as the system tells it."""
    item = tree.topLevelItem(0).child(row)
    place = tree.visualItemRect(item).center()
    there = tree.viewport().mapToGlobal(place)
    event = QHelpEvent(QEvent.Type.ToolTip, place, there)
    QApplication.sendEvent(tree.viewport(), event)


def picture(text: str) -> QImage | None:
    """Return the picture in a tooltip."""
    found = re.search(r"base64,([^\"]+)", text)
    return QImage.fromData(base64.b64decode(found[1])) if found else None


def test_the_middle_slice_of_a_series_is_seen_where_the_pointer_rests(
    reader: Reader,
) -> None:
    tree = reader.dock.findChild(QTreeWidget, "visits")

    def seen() -> bool:
        rest_on(tree, 0)
        return picture(QToolTip.text()) is not None

    reader.wait_for(seen)
    shown = picture(QToolTip.text())
    assert shown is not None
    assert max(shown.width(), shown.height()) == 160
    middle = shown.pixelColor(shown.width() // 2, shown.height() // 2).lightness()
    assert middle > shown.pixelColor(1, 1).lightness()  # the body, and the air
    assert "CT" in QToolTip.text()
    QToolTip.hideText()
