"""From one lesion to the others of its organ, each accepted or dropped by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from qtpy.QtCore import Qt

from recist_tool.model import NonTargetSeen
from recist_tool.phantom import SMALL_PATIENT, truth
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from napari_recist.room.other_lesions import OtherLesions
    from tests.plugin.hands import Pixel, Reader

pytestmark = pytest.mark.gui

T2 = SMALL_PATIENT.lesions[1]


@pytest.fixture
def others(reader: Reader) -> OtherLesions:
    return reader.dock.others


def _accept_first(reader: Reader, visit: str = "BL") -> None:
    series = reader.room.pane.volume
    known = truth(SMALL_PATIENT).timepoint(visit).lesion("T1").caliper
    assert series is not None
    assert known is not None
    place = np.mean(known.long_ends_lps, axis=0)
    heights = series.slice_origins_lps @ series.normal_lps
    slice_index = int(np.abs(heights - place @ series.normal_lps).argmin())
    reader.room.pane.go_to(slice_index)
    at: Pixel = tuple(series.lps_to_pixel(slice_index, place[np.newaxis])[0].tolist())
    if visit == "BL":  # it stays in hand
        reader.key(Qt.Key.Key_A)
    reader.click(at)
    reader.settle()
    reader.key(Qt.Key.Key_Return)


def _look_for_others(reader: Reader) -> None:
    _accept_first(reader)
    reader.key(Qt.Key.Key_Q)
    reader.settle()


def _lesions(reader: Reader) -> list[str]:
    assert reader.reading.read is not None
    return [one.lesion_id for one in reader.reading.read.lesions]


def test_the_others_are_proposed_in_turn_and_accepted_by_a_key(
    reader: Reader, others: OtherLesions
) -> None:
    _look_for_others(reader)
    waiting = others.waiting
    assert reader.dock.contouring.draft is not None
    assert "1 of" in reader.reading.note.text
    assert "like T1" in reader.reading.note.text
    assert _lesions(reader) == ["T1"]  # nothing is recorded unasked
    for _ in range(waiting + 1):
        reader.key(Qt.Key.Key_Return)
    read = reader.reading.read
    assert read is not None
    added = [one for one in read.lesions if one.lesion_id != "T1"]
    assert len(added) == waiting + 1
    assert {one.role for one in added} == {LesionRole.NON_TARGET}
    assert {one.organ for one in added} == {"liver"}
    assert f"{waiting + 1} of {waiting + 1} accepted" in reader.reading.note.text
    assert "% of the organ" in reader.reading.note.text
    saved = read.mask(added[0].lesion_id, "BL")
    assert saved is not None
    assert saved.provenance is not None
    assert saved.provenance.algorithm == "like_another"
    assert saved.provenance.parameters["like"] == "T1"
    assert isinstance(reader.finding(added[0].lesion_id), NonTargetSeen)
    places = [_middle(reader, one.lesion_id) for one in added]
    assert min(np.linalg.norm(place - T2.center_lps) for place in places) < 12


def _middle(reader: Reader, lesion_id: str) -> np.ndarray:
    mask = reader.dock.contouring.mask_of(lesion_id)
    assert mask is not None
    return mask.middle_lps()


def test_one_key_drops_a_proposal_and_another_ends_it(
    reader: Reader, others: OtherLesions
) -> None:
    _accept_first(reader)
    hand = reader.reading.new_lesion
    reader.key(Qt.Key.Key_Q)
    reader.settle()
    waiting, first = others.waiting, reader.dock.contouring.draft
    assert waiting >= 1
    reader.key(Qt.Key.Key_Escape)
    assert others.waiting == waiting - 1
    assert reader.dock.contouring.draft not in (None, first)
    reader.key(Qt.Key.Key_Q)
    assert reader.dock.contouring.draft is None
    assert "0 of" in reader.reading.note.text
    assert _lesions(reader) == ["T1"]
    assert reader.reading.new_lesion == hand
    reader.key(Qt.Key.Key_Escape)  # the tool, as without them
    assert _lesions(reader) == ["T1"]


def test_at_a_follow_up_nothing_is_new_any_more_once_it_has_ended(
    reader: Reader, others: OtherLesions
) -> None:
    _accept_first(reader)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("T1")
    _accept_first(reader, "TP1")
    assert reader.finding("T1", "TP1") is not None
    reader.key(Qt.Key.Key_Q)
    reader.settle()
    assert reader.reading.new_wanted == (others.waiting > 0 or bool(others.busy))
    reader.key(Qt.Key.Key_Q)
    assert not reader.reading.new_wanted
    assert _lesions(reader) == ["T1"]


def test_without_a_lesion_with_a_mask_it_says_what_to_do(
    reader: Reader, others: OtherLesions
) -> None:
    reader.key(Qt.Key.Key_Q)
    assert reader.reading.note.is_error
    assert "Click one with A, and accept it" in reader.reading.note.text
    assert not others.busy


def test_another_visit_ends_it(reader: Reader, others: OtherLesions) -> None:
    _look_for_others(reader)
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    assert others.waiting == 0
    assert reader.dock.contouring.draft is None
