"""A caliper moved by keys, at the window: real key events, one change a burst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt

from recist_tool.app import Session
from recist_tool.app.reading.signing import sign
from recist_tool.model import Caliper, Measured

if TYPE_CHECKING:
    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT, RIGHT, UP = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up


@pytest.fixture
def drawn(reader: Reader) -> Reader:
    """A reader who drew T1, and laid the pointer aside."""
    reader.key(Qt.Key.Key_M)
    reader.drag((60, 40), (60, 70))
    reader.key(Qt.Key.Key_Escape)
    reader.hover((20, 20))
    return reader


def caliper(reader: Reader) -> Caliper:
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    return found.caliper


def long_ends(reader: Reader) -> tuple[Pixel, Pixel]:
    """Return the recorded ends as (column, row)."""
    ends = caliper(reader).long_axis.ends_pixel
    assert ends is not None
    return ends


def moved_by(before: tuple[Pixel, Pixel], now: tuple[Pixel, Pixel]) -> list[float]:
    pairs = zip((*before[0], *before[1]), (*now[0], *now[1]), strict=True)
    return [round(after - old, 6) for old, after in pairs]


def changes(reader: Reader) -> int:
    assert reader.reading.session is not None
    return len(reader.reading.session.entries)


def label(reader: Reader) -> str:
    (sketch,) = reader.room.pane.sketches()
    return sketch.label


def test_a_burst_of_keys_moves_the_caliper_on_the_screen_and_is_one_change(
    drawn: Reader,
) -> None:
    before, entries = long_ends(drawn), changes(drawn)
    on_screen = drawn.room.pane.sketches()[0].box
    for _ in range(3):
        drawn.key(RIGHT, CTRL)
    assert drawn.room.pane.sketches()[0].box.left > on_screen.left
    assert label(drawn).endswith("\N{HORIZONTAL ELLIPSIS}")
    assert changes(drawn) == entries
    drawn.wait_for(lambda: changes(drawn) > entries)
    assert changes(drawn) == entries + 1
    assert moved_by(before, long_ends(drawn)) == [3, 0, 3, 0]
    assert label(drawn).startswith("T1")
    assert not label(drawn).endswith("\N{HORIZONTAL ELLIPSIS}")


def test_another_key_records_the_burst_and_does_what_it_means(drawn: Reader) -> None:
    before, entries = long_ends(drawn), changes(drawn)
    drawn.key(UP, CTRL)
    drawn.key(UP, CTRL | SHIFT)
    drawn.key(Qt.Key.Key_2)
    assert changes(drawn) == entries + 1
    assert moved_by(before, long_ends(drawn)) == [0, -1.1, 0, -1.1]
    assert drawn.room.pane.window.width == 150


def test_undo_takes_back_the_whole_burst(drawn: Reader) -> None:
    before = caliper(drawn)
    drawn.key(RIGHT, CTRL)
    drawn.key(RIGHT, CTRL)
    drawn.key(Qt.Key.Key_Z, CTRL)
    assert caliper(drawn) == before
    drawn.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert caliper(drawn) != before


def test_the_wheel_records_the_burst_before_the_slice_changes(drawn: Reader) -> None:
    before, at = long_ends(drawn), drawn.room.pane.slice_index
    drawn.key(LEFT, CTRL)
    drawn.wheel(1)
    assert moved_by(before, long_ends(drawn)) == [-1, 0, -1, 0]
    assert drawn.room.pane.slice_index == at + 1


def test_alt_moves_the_end_that_was_drawn_last(drawn: Reader) -> None:
    before, length = long_ends(drawn), caliper(drawn).long_axis.value_mm
    drawn.key(RIGHT, ALT)
    drawn.key(RIGHT, ALT | SHIFT)
    drawn.dock.nudging.settle()
    assert moved_by(before, long_ends(drawn)) == [0, 0, 1.1, 0]
    assert caliper(drawn).long_axis.value_mm > length


def test_alt_moves_the_end_under_the_pointer(drawn: Reader) -> None:
    before = long_ends(drawn)
    drawn.hover((60, 40))
    drawn.key(UP, ALT)
    drawn.dock.nudging.settle()
    assert moved_by(before, long_ends(drawn)) == [0, -1, 0, 0]


def test_alt_moves_the_short_end_that_was_pulled_last_and_keeps_the_right_angle(
    drawn: Reader,
) -> None:
    drawn.drag((67, 55), (70, 55), (71, 55))
    drawn.hover((20, 20))
    before, long_axis = caliper(drawn).short_axis, caliper(drawn).long_axis
    drawn.key(Qt.Key.Key_Down, ALT)
    drawn.dock.nudging.settle()
    after = caliper(drawn)
    assert before is not None
    assert after.short_axis is not None
    assert after.short_axis.value_mm > before.value_mm
    assert after.long_axis == long_axis
    assert after.short_axis.ends_pixel is not None
    (first, _), (second, _) = after.short_axis.ends_pixel
    assert first == pytest.approx(second)


def test_escape_drops_the_burst(drawn: Reader) -> None:
    before, entries = caliper(drawn), changes(drawn)
    drawn.key(RIGHT, CTRL)
    drawn.key(Qt.Key.Key_Escape)
    drawn.dock.nudging.settle()
    assert caliper(drawn) == before
    assert changes(drawn) == entries
    assert not label(drawn).endswith("\N{HORIZONTAL ELLIPSIS}")


def test_a_window_that_closes_records_the_burst(drawn: Reader) -> None:
    before = long_ends(drawn)
    assert drawn.reading.session is not None
    path = drawn.reading.session.case_path
    drawn.key(RIGHT, CTRL)
    drawn.dock.close_room()
    with Session.open(path, reader_id="reader-1") as again:
        found = again.read.finding("T1", "BL")
    assert isinstance(found, Measured)
    assert found.caliper.long_axis.ends_pixel is not None
    assert moved_by(before, found.caliper.long_axis.ends_pixel) == [1, 0, 1, 0]


def test_a_caliper_stays_on_the_image(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((60, 2), (60, 30))
    before = long_ends(reader)
    for _ in range(5):
        reader.key(LEFT, CTRL)
    reader.dock.nudging.settle()
    moved = moved_by(before, long_ends(reader))
    assert moved == [-2, 0, -2, 0]
    assert not reader.reading.note.is_error


def test_without_a_lesion_there_is_nothing_to_nudge(reader: Reader) -> None:
    reader.key(RIGHT, CTRL)
    assert reader.reading.note.is_error
    assert "no lesion is chosen" in reader.reading.note.text


def test_a_caliper_on_another_slice_stays_where_it_is(drawn: Reader) -> None:
    entries = changes(drawn)
    drawn.wheel(1)
    drawn.key(RIGHT, CTRL)
    drawn.dock.nudging.settle()
    assert "no single caliper on this slice" in drawn.reading.note.text
    assert changes(drawn) == entries


def test_a_signed_visit_is_not_nudged(drawn: Reader) -> None:
    drawn.reading.attempt(lambda: sign(drawn.reading, "Dr A"))
    entries = changes(drawn)
    drawn.key(RIGHT, CTRL)
    drawn.dock.nudging.settle()
    assert "BL: is signed" in drawn.reading.note.text
    assert changes(drawn) == entries


def test_while_the_mouse_holds_a_caliper_keys_do_not_move_it(drawn: Reader) -> None:
    drawn.key(Qt.Key.Key_M)
    drawn.click((30, 30))
    drawn.key(RIGHT, CTRL)
    assert not drawn.room.tool.is_nudged
    drawn.click((30, 50))
    assert drawn.finding("T2") is not None
