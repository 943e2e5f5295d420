"""Going through a read with Space, at the window: what is left is to look and draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QComboBox

from recist_tool.app.reading.window_presets import PRESETS, Window
from recist_tool.model import NonTargetSeen, caliper_of
from recist_tool.terms import LesionRole
from tests.plugin.dock_hands import sign_visit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

LIVER, LUNG = PRESETS["2"].window, PRESETS["3"].window


def typed(reader: Reader, key: Qt.Key) -> None:
    """Press a key as a keyboard does: it goes to what has the focus."""
    reader.key(key, widget=QApplication.focusWidget() or reader.canvas)


def take_seat(reader: Reader) -> None:
    reader.viewer.window.activate()
    reader.dock.window().setFocus()
    reader.wait_for(lambda: QApplication.focusWidget() is not None)


def pick_organ(reader: Reader, organ: str) -> None:
    typed(reader, Qt.Key.Key_O)
    row = reader.dock.findChild(QComboBox, "organ").findText(organ)
    typed(reader, Qt.Key(Qt.Key.Key_1 + row))


@pytest.fixture
def two_organs(reader: Reader) -> Reader:
    """A reader with T1 in the liver and T2 in the lung, each in its window."""
    take_seat(reader)
    reader.key(Qt.Key.Key_2)
    reader.key(Qt.Key.Key_T)
    reader.drag((60, 40), (60, 60))
    reader.key(Qt.Key.Key_T)
    pick_organ(reader, "lung")
    reader.drag((80, 40), (80, 60))
    return reader


def test_a_digit_after_o_picks_the_organ_from_the_keyboard(two_organs: Reader) -> None:
    assert two_organs.reading.read is not None
    organs = [one.organ for one in two_organs.reading.read.lesions]
    assert organs == ["liver", "lung"]


def test_return_in_a_field_accepts_no_proposal(two_organs: Reader) -> None:
    typed(two_organs, Qt.Key.Key_O)
    assert two_organs.dock.findChild(QComboBox, "organ").hasFocus()
    typed(two_organs, Qt.Key.Key_Return)
    assert not two_organs.dock.findChild(QComboBox, "organ").hasFocus()
    assert "proposed" not in two_organs.reading.note.text
    typed(two_organs, Qt.Key.Key_Return)
    assert "Nothing is proposed" in two_organs.reading.note.text


def test_the_organ_of_the_next_lesion_brings_its_window(two_organs: Reader) -> None:
    assert two_organs.room.pane.window == LUNG
    two_organs.key(Qt.Key.Key_T)
    pick_organ(two_organs, "liver")
    assert two_organs.room.pane.window == LIVER


def test_a_window_set_by_hand_comes_back_with_its_organ(two_organs: Reader) -> None:
    own = Window(-20.0, 210.0)
    two_organs.key(Qt.Key.Key_T)
    pick_organ(two_organs, "liver")
    two_organs.room.pane.window = own
    two_organs.key(Qt.Key.Key_BracketRight)
    two_organs.settle()
    two_organs.reading.choose(None)
    two_organs.key(Qt.Key.Key_Space)
    assert two_organs.reading.lesion_id == "T1"
    assert two_organs.room.pane.window == own
    two_organs.key(Qt.Key.Key_Space)
    assert two_organs.room.pane.window == LUNG
    two_organs.key(Qt.Key.Key_Space)
    assert two_organs.room.pane.window == own


def test_correcting_the_organ_of_a_drawn_lesion_leaves_the_window(
    two_organs: Reader,
) -> None:
    pick_organ(two_organs, "liver")
    assert two_organs.reading.lesion is not None
    assert two_organs.reading.lesion.organ == "liver"
    assert two_organs.room.pane.window == LUNG


def test_after_the_signature_space_opens_the_next_visit_at_its_first_lesion(
    two_organs: Reader,
) -> None:
    sign_visit(two_organs)
    two_organs.key(Qt.Key.Key_Escape)
    two_organs.key(Qt.Key.Key_Space)
    two_organs.settle()
    assert two_organs.reading.timepoint_id == "TP1"
    assert two_organs.reading.lesion_id == "T1"
    assert two_organs.room.tool.armed
    (ghost,) = two_organs.room.pane.sketches()
    assert ghost.label.startswith("T1 at BL")


def test_after_the_last_signature_space_says_that_all_is_done(
    two_organs: Reader,
) -> None:
    sign_visit(two_organs)
    for visit in ("TP1", "TP2", "TP3"):
        for _ in range(2):
            two_organs.key(Qt.Key.Key_Space)
            two_organs.settle()
            two_organs.key(Qt.Key.Key_0)
        assert two_organs.reading.timepoint_id == visit
        sign_visit(two_organs)
    two_organs.key(Qt.Key.Key_Space)
    assert two_organs.reading.note.text == "TP3 is complete and signed."


def test_the_tool_for_masks_stays_in_the_hand(two_organs: Reader) -> None:
    two_organs.key(Qt.Key.Key_BracketRight)
    two_organs.settle()
    two_organs.key(Qt.Key.Key_A)
    two_organs.key(Qt.Key.Key_Space)
    assert two_organs.reading.lesion_id is not None
    assert not two_organs.room.tool.armed
    assert two_organs.dock.contouring.mode.value == "find"


@pytest.fixture
def half_node(reader: Reader) -> Reader:
    """A reader who drew the long axis of a node, and not yet its short one."""
    take_seat(reader)
    reader.room.begin()
    reader.key(Qt.Key.Key_T)
    pick_organ(reader, "lymph node")
    reader.drag((60, 40), (60, 60))
    return reader


def test_a_click_on_a_node_that_waits_for_its_short_axis_leaves_it_waiting(
    half_node: Reader,
) -> None:
    half_node.click((60, 50))
    assert half_node.reading.unfinished is not None
    half_node.pull((65, 50), (67, 50))
    caliper = caliper_of(half_node.finding("T1"))
    assert caliper is not None
    assert caliper.short_axis is not None


def test_the_ghost_of_a_node_shows_the_axis_that_counts(half_node: Reader) -> None:
    half_node.pull((65, 50), (67, 50))
    sign_visit(half_node)
    half_node.key(Qt.Key.Key_Space)
    half_node.settle()
    (ghost,) = half_node.room.pane.sketches()
    assert len(ghost.lines) == 2
    assert all(line.dashed for line in ghost.lines)
    assert "\N{MULTIPLICATION SIGN}" in ghost.label


def test_a_read_gone_on_with_at_a_follow_up_draws_new_lesions(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    first = make_reader()
    first.open(patient)
    first.room.begin()
    first.key(Qt.Key.Key_N)
    first.key(Qt.Key.Key_P)
    first.key(Qt.Key.Key_BracketRight)
    first.settle()
    first.dock.close_room()
    second = make_reader()
    second.open(patient)
    assert second.reading.timepoint_id == "TP1"
    assert second.reading.new_lesion.role is LesionRole.NEW
    assert isinstance(second.finding("NT1"), NonTargetSeen)
