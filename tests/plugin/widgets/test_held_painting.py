"""A window paints once, when much has changed, and never waits long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_recist.widgets.held_painting import HeldPainting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui


class Painted(QObject):
    """Counts how often a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.times += event.type() == QEvent.Type.Paint
        return False


@pytest.fixture
def part(qtbot: QtBot) -> Iterator[QWidget]:
    """Return a part of a window on show."""
    window = QWidget()
    inside = QWidget()
    QVBoxLayout(window).addWidget(inside)
    qtbot.addWidget(window)
    window.resize(200, 200)
    window.show()
    qtbot.waitExposed(window)
    qtbot.wait(50)
    yield inside
    window.close()


def test_nothing_is_painted_until_it_is_let_go(part: QWidget, qtbot: QtBot) -> None:
    painted, held = Painted(part), HeldPainting(part)
    held.hold()
    part.update()
    qtbot.wait(50)
    assert (painted.times, held.holds) == (0, True)
    held.let_go()
    qtbot.waitUntil(lambda: painted.times > 0)
    assert not held.holds


def test_a_window_that_nobody_lets_go_paints_after_a_moment(
    part: QWidget, qtbot: QtBot
) -> None:
    painted, held = Painted(part), HeldPainting(part)
    held.hold()
    held.hold()
    qtbot.waitUntil(lambda: painted.times > 0, timeout=5_000)
    assert part.window().updatesEnabled()
    assert not held.holds


def test_letting_go_of_nothing_changes_nothing(part: QWidget) -> None:
    part.window().setUpdatesEnabled(False)
    HeldPainting(part).let_go()
    assert not part.window().updatesEnabled()
