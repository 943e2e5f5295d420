"""The panel folded to a strip: the images have the window, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QLabel, QLineEdit, QToolButton

from napari_recist.panels.fold import fold_path
from napari_recist.window import leave_title
from recist_tool.model import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def folding(measured: Reader) -> Iterator[Reader]:
    yield measured
    measured.dock.fold.unfold()


def part_of_images(reader: Reader) -> float:
    wall = reader.dock.lightbox
    return wall.width() / wall.window().width()


def on_images(reader: Reader, kind: type, name: str) -> list[QLabel]:
    return [
        one for one in reader.dock.lightbox.findChildren(kind, name) if one.isVisible()
    ]


@pytest.mark.parametrize("size", [(1366, 768), (960, 540)])
def test_folded_by_a_key_the_images_have_the_window(
    folding: Reader, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window = folding.dock.window()
    window.resize(*size)
    qtbot.waitUntil(lambda: window.size().toTuple() == size)
    folding.key(Qt.Key.Key_B, CTRL)
    qtbot.waitUntil(lambda: part_of_images(folding) >= 0.95)
    folding.key(Qt.Key.Key_B, CTRL)
    qtbot.waitUntil(lambda: folding.dock.fold.width() < 20)
    window.resize(1366, 768)


def test_open_the_panel_leaves_two_thirds_to_the_images_on_a_small_screen(
    folding: Reader, qtbot: QtBot
) -> None:
    leave_title(folding.dock)
    folding.dock.fold.give_width()
    qtbot.waitUntil(lambda: part_of_images(folding) >= 0.68)


def test_the_image_keeps_its_part_of_the_pane_when_the_panel_folds(
    folding: Reader, qtbot: QtBot
) -> None:
    pane = folding.room.pane
    pane.magnification = 1.5
    wide = folding.dock.lightbox.width()
    strip = folding.dock.findChild(QToolButton, "fold")
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: folding.dock.lightbox.width() > wide)
    qtbot.wait(100)
    assert pane.magnification == pytest.approx(1.5)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: folding.dock.lightbox.width() == wide)
    qtbot.wait(100)
    assert pane.magnification == pytest.approx(1.5)


def test_notes_and_questions_lie_over_the_images_while_it_is_folded(
    folding: Reader, qtbot: QtBot
) -> None:
    wall = folding.dock.lightbox
    folding.key(Qt.Key.Key_B, CTRL)
    size = wall.size()
    folding.reading.say("This cannot be done.", is_error=True)
    (note,) = on_images(folding, QLabel, "note")
    assert note.text() == "This cannot be done."
    qtbot.mouseClick(note, Qt.MouseButton.LeftButton)
    assert not note.isVisible()
    asked: list[str] = []
    folding.reading.ask("Is it so?", lambda: asked.append("yes"))
    folding.reading.changed.emit()
    assert len(on_images(folding, QFrame, "question")) == 1
    folding.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert asked == ["yes"]
    assert on_images(folding, QFrame, "question") == []
    assert wall.size() == size


def test_keys_record_while_it_is_folded_and_a_field_that_is_wanted_opens_it(
    folding: Reader,
) -> None:
    folding.reading.choose("T1")
    folding.key(Qt.Key.Key_B, CTRL)
    folding.reading.open_timepoint("TP1")
    folding.settle()
    folding.reading.choose("T1")
    folding.key(Qt.Key.Key_0)
    folding.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert isinstance(folding.reading.read.finding("T1", "TP1"), Absent)
    assert folding.dock.fold.is_folded
    folding.key(Qt.Key.Key_Equal)
    assert not folding.dock.fold.is_folded
    field = folding.dock.findChild(QLineEdit, "length")
    assert field is None or field.isVisible()


def test_the_next_start_has_it_as_it_was_left(folding: Reader) -> None:
    folding.key(Qt.Key.Key_B, CTRL)
    assert "yes" in fold_path().read_text()
    fold = folding.dock.fold
    fold.unfold()
    fold.lay_as_left()
    assert fold.is_folded
    fold.unfold()
    fold_path().write_text("[")
    fold.lay_as_left()
    assert not fold.is_folded
