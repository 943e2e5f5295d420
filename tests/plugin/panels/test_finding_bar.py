"""The buttons for what became of a lesion: they act on the chosen one, as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QPushButton

from recist_tool.model import Absent, NewLesionSeen, NonTargetSeen
from recist_tool.terms import NewLesionStatus, NonTargetStatus, Response
from tests.plugin.dock_hands import click, offers
from tests.plugin.kept_case import keep

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

ALT = Qt.KeyboardModifier.AltModifier


def lesions(reader: Reader) -> list[str]:
    assert reader.reading.read is not None
    return [one.lesion_id for one in reader.reading.read.lesions]


def response(reader: Reader, visit: str) -> Response | None:
    answer = reader.reading.open_session().assessment
    assert answer is not None
    return answer.overall.timepoints[visit].overall


def non_target(reader: Reader, visit: str) -> NonTargetSeen:
    found = reader.finding("NT1", visit)
    assert isinstance(found, NonTargetSeen)
    return found


def new_lesion(reader: Reader, visit: str) -> NewLesionSeen:
    found = reader.finding("NL1", visit)
    assert isinstance(found, NewLesionSeen)
    return found


@pytest.fixture
def with_non_target(measured: Reader) -> Reader:
    """A reader with T1, T2 and NT1 drawn at baseline; NT1 is chosen."""
    measured.key(Qt.Key.Key_N)
    measured.drag((80, 30), (80, 45))
    assert lesions(measured) == ["T1", "T2", "NT1"]
    measured.reading.choose("NT1")
    return measured


def test_a_baseline_offers_neither_progression_nor_new_lesions_and_asks_before_gone(
    with_non_target: Reader,
) -> None:
    reader = with_non_target
    assert offers(reader, "finding present")
    for word in ("pd", "larger", "definite", "equivocal", "resolved"):
        assert not offers(reader, f"finding {word}")
    before = reader.reading.open_read()
    click(reader, "finding gone")
    assert "NT1 is gone at baseline?" in reader.reading.question
    click(reader, "question no")
    reader.key(Qt.Key.Key_0)
    assert "NT1 is gone at baseline?" in reader.reading.question
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
        reader.key(key)
    assert reader.reading.open_read() == before
    reader.reading.choose("NT1")
    reader.key(Qt.Key.Key_0)
    reader.key(Qt.Key.Key_Y, ALT)
    assert reader.finding("NT1") == Absent()
    reader.reading.choose("T1")
    for word in ("gone", "too small", "ne", "merged", "present"):
        assert not offers(reader, f"finding {word}")


def test_present_says_present_of_the_chosen_lesion_and_adds_none(
    with_non_target: Reader,
) -> None:
    reader = with_non_target
    drawn = non_target(reader, "BL").caliper
    assert drawn is not None
    click(reader, "finding present")
    assert non_target(reader, "BL").caliper == drawn
    reader.key(Qt.Key.Key_P)
    assert lesions(reader) == ["T1", "T2", "NT1"]
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    for lesion_id in ("T1", "T2"):
        reader.reading.choose(lesion_id)
        click(reader, "finding gone")
    reader.reading.choose("NT1")
    click(reader, "finding pd")
    assert response(reader, "TP1") is Response.PD
    click(reader, "finding present")
    assert non_target(reader, "TP1").status is NonTargetStatus.PRESENT
    click(reader, "finding larger")
    reader.key(Qt.Key.Key_P)
    assert non_target(reader, "TP1").status is NonTargetStatus.PRESENT
    assert response(reader, "TP1") is Response.PR
    assert lesions(reader) == ["T1", "T2", "NT1"]


def test_present_leaves_an_equivocal_new_lesion_equivocal_and_alone(
    measured: Reader,
) -> None:
    reader = measured
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    for lesion_id in ("T1", "T2"):
        reader.reading.choose(lesion_id)
        click(reader, "finding gone")
    reader.key(Qt.Key.Key_W)
    reader.drag((90, 30), (90, 45))
    reader.reading.choose("NL1")
    click(reader, "finding equivocal")
    answer = response(reader, "TP1")
    drawn = new_lesion(reader, "TP1").caliper
    assert drawn is not None
    click(reader, "finding present")
    reader.key(Qt.Key.Key_P)
    assert new_lesion(reader, "TP1").status is NewLesionStatus.EQUIVOCAL
    assert new_lesion(reader, "TP1").caliper == drawn
    assert lesions(reader) == ["T1", "T2", "NL1"]
    assert response(reader, "TP1") is answer
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("NL1")
    click(reader, "finding present")
    assert new_lesion(reader, "TP2").status is NewLesionStatus.EQUIVOCAL


def test_without_a_chosen_lesion_the_button_says_that_it_adds_one_and_asks(
    measured: Reader,
) -> None:
    reader = measured
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.key(Qt.Key.Key_W)
    button = reader.dock.findChild(QPushButton, "finding present")
    assert button.text() == "Add, no caliper P"
    click(reader, "finding present")
    assert "Add NL1 as a definite new lesion" in reader.reading.question
    assert lesions(reader) == ["T1", "T2"]
    bar = reader.dock.findChild(QLabel, "question words")
    assert bar.text() == reader.reading.question
    click(reader, "question yes")
    assert lesions(reader) == ["T1", "T2", "NL1"]
    assert reader.reading.question == ""
    assert not bar.isVisible()


def test_a_question_about_a_lesion_goes_with_the_lesion(measured: Reader) -> None:
    reader = measured
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    reader.reading.choose("T1")
    before = reader.reading.open_read()
    click(reader, "finding ne")
    assert offers(reader, "reason done")
    reader.reading.choose("T2")
    assert not offers(reader, "reason done")
    click(reader, "finding ne")
    reader.reading.step_timepoint(-1)
    assert not offers(reader, "reason done")
    reader.reading.step_timepoint(1)
    reader.settle()
    reader.reading.choose("T1")
    click(reader, "finding merged")
    assert offers(reader, "partner done")
    assert reader.reading.open_read() == before
    reader.room.put_away()
    assert not offers(reader, "partner done")


def test_parts_of_a_split_lesion_are_of_the_case_they_were_drawn_in(
    measured: Reader, patient: Path, tmp_path: Path
) -> None:
    reader, recorder = measured, measured.room.recorder
    reader.reading.choose("T1")
    click(reader, "finding split")
    assert recorder.is_splitting
    reader.reading.choose("T2")
    assert not recorder.is_splitting
    reader.reading.choose("T1")
    assert recorder.is_splitting
    reader.open(keep(patient, tmp_path).case_path)
    reader.reading.choose("T1")
    assert reader.reading.lesion is not None
    assert not recorder.is_splitting
