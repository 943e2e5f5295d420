from __future__ import annotations

from decimal import Decimal

import pytest

from napari_recist.room.finding_recorder import Recorder
from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome
from recist_tool.app.reading.current_read import UNFINISHED, CurrentRead, NewLesion
from recist_tool.app.reading.lesion_draft import describe
from recist_tool.app.reading.signing import sign
from recist_tool.app.reading.states import State
from recist_tool.errors import CommandRefused, GeometryError
from recist_tool.measure import PlaneCaliper
from recist_tool.model import (
    Absent,
    LockTimepoint,
    Measured,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Protocol,
    SetProtocol,
    TooSmall,
    calipers_of,
)
from recist_tool.terms import LesionRole, NewLesionStatus, NonTargetStatus
from tests.builders import NOON
from tests.plugin.volumes import volume

LONG = PlaneCaliper(((10.0, 10.0), (10.0, 50.0)))  # 20 mm
CROSS = PlaneCaliper(LONG.long_ends, ((0.0, 30.0), (20.0, 30.0)))  # x 10 mm
OTHER = PlaneCaliper(((40.0, 10.0), (40.0, 40.0)))  # 15 mm


@pytest.fixture
def recorder(reading: CurrentRead) -> Recorder:
    return Recorder(reading)


def draw(recorder: Recorder, caliper: PlaneCaliper, key: str = NEW) -> None:
    recorder.caliper_drawn(CaliperOutcome(key, caliper), volume(), 2)


def finding(reading: CurrentRead, lesion_id: str, visit: str = "BL") -> object:
    assert reading.read is not None
    return reading.read.finding(lesion_id, visit)


def test_each_caliper_at_baseline_is_a_new_lesion_of_the_form(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.describe(NewLesion(LesionRole.TARGET, "lung", "right apex"))
    draw(recorder, OTHER)
    assert reading.read is not None
    named = [(one.lesion_id, one.organ, one.name) for one in reading.read.lesions]
    assert named == [("T1", "liver", ""), ("T2", "lung", "right apex")]
    assert reading.lesion_id == "T2"
    assert reading.new_lesion.name == ""


def test_the_caliper_is_kept_in_millimetres_and_on_its_image(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, CROSS)
    found = finding(reading, "T1")
    assert isinstance(found, Measured)
    assert str(found.caliper.long_axis.value_mm) == "20.0"
    assert found.caliper.short_axis is not None
    assert str(found.caliper.short_axis.value_mm) == "10.0"
    assert found.caliper.plane is not None
    assert found.caliper.plane.sop_instance_uid == "1.2.3.2"


def test_pulling_a_caliper_replaces_it_and_adds_no_lesion(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    draw(recorder, CROSS, key="T1")
    assert reading.read is not None
    assert len(reading.read.lesions) == 1
    found = finding(reading, "T1")
    assert isinstance(found, Measured)
    assert found.caliper.short_axis is not None


def test_a_caliper_at_follow_up_measures_the_chosen_lesion(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    reading.choose("T1")
    draw(recorder, OTHER)
    found = finding(reading, "T1", "TP1")
    assert isinstance(found, Measured)
    assert str(found.caliper.long_axis.value_mm) == "15.0"


def test_no_target_is_added_after_baseline(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    reading.next_new(LesionRole.TARGET)
    with pytest.raises(CommandRefused, match="chosen at baseline"):
        draw(recorder, OTHER)
    assert reading.read is not None
    assert len(reading.read.lesions) == 1


def test_a_new_lesion_is_first_seen_where_it_is_drawn(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.open_timepoint("TP1")
    assert reading.new_lesion.role is LesionRole.NEW
    reading.next_new(LesionRole.NEW)
    draw(recorder, LONG)
    assert reading.lesion is not None
    assert (reading.lesion.lesion_id, reading.lesion.first_seen) == ("NL1", "TP1")
    found = finding(reading, "NL1", "TP1")
    assert isinstance(found, NewLesionSeen)
    assert found.status is NewLesionStatus.DEFINITE


def test_a_node_waits_for_its_short_axis_and_leaves_no_trace_before(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.describe(NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    draw(recorder, LONG)
    assert reading.unfinished is not None
    assert reading.read is not None
    assert reading.read.lesions == ()
    draw(recorder, CROSS, key=UNFINISHED)
    assert reading.unfinished is None
    assert isinstance(finding(reading, "T1"), Measured)


def test_a_caliper_off_the_image_leaves_no_lesion_behind(
    reading: CurrentRead, recorder: Recorder
) -> None:
    with pytest.raises(GeometryError):
        draw(recorder, PlaneCaliper(((10.0, 10.0), (10.0, 500.0))))
    assert reading.read is not None
    assert reading.read.lesions == ()


def test_a_caliper_without_length_is_refused(
    reading: CurrentRead, recorder: Recorder
) -> None:
    with pytest.raises(CommandRefused, match="no length"):
        draw(recorder, PlaneCaliper(((10.0, 10.0), (10.0, 10.0))))
    assert reading.read is not None
    assert reading.read.lesions == ()


def test_a_refused_finding_takes_its_new_lesion_back(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert reading.session is not None
    lock = LockTimepoint(
        reader_id="reader-1", timepoint_id="BL", signed_by="reader-1", at=NOON
    )
    reading.session.do(lock)
    with pytest.raises(CommandRefused, match="locked"):
        draw(recorder, LONG)
    assert reading.session.read.lesions == ()


def test_gone_too_small_and_not_evaluable_are_said_of_the_chosen_lesion(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    recorder.gone()
    assert finding(reading, "T1", "TP1") == Absent()
    recorder.too_small()
    assert finding(reading, "T1", "TP1") == TooSmall()
    recorder.not_evaluable("not imaged")
    assert finding(reading, "T1", "TP1") == NotEvaluable(reason="not imaged")
    recorder.clear()
    assert finding(reading, "T1", "TP1") is None


def test_a_non_target_is_added_as_present_without_a_caliper(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.next_new(LesionRole.NON_TARGET)
    recorder.present()
    assert finding(reading, "NT1") == NonTargetSeen()


def test_a_target_is_never_merely_present(recorder: Recorder) -> None:
    with pytest.raises(CommandRefused, match="Draw its caliper"):
        recorder.present()


def test_another_status_of_a_non_target_keeps_its_caliper(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.next_new(LesionRole.NON_TARGET)
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    reading.choose("NT1")
    draw(recorder, LONG)
    recorder.say(State.PROGRESSION)
    found = finding(reading, "NT1", "TP1")
    assert isinstance(found, NonTargetSeen)
    assert found.status is NonTargetStatus.UNEQUIVOCAL_PD
    assert found.caliper is not None


def test_a_new_lesion_that_is_gone_is_resolved(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.open_timepoint("TP1")
    reading.next_new(LesionRole.NEW)
    draw(recorder, LONG)
    reading.open_timepoint("TP2")
    recorder.gone()
    found = finding(reading, "NL1", "TP2")
    assert isinstance(found, NewLesionSeen)
    assert found.status is NewLesionStatus.RESOLVED


def test_what_needs_a_lesion_says_so_where_none_is_chosen(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert not reading.attempt(recorder.gone)
    assert reading.note.is_error
    assert "no lesion is chosen" in reading.note.text


def test_space_goes_round_the_lesions_that_wait(
    reading: CurrentRead, recorder: Recorder
) -> None:
    for caliper in (LONG, OTHER, CROSS):
        draw(recorder, caliper)
    reading.open_timepoint("TP1")
    reading.choose(None)
    seen: list[str | None] = []
    for _ in range(3):
        reading.next_expected()
        seen.append(reading.lesion_id)
    assert seen == ["T1", "T2", "T3"]
    recorder.gone()
    reading.next_expected()
    assert reading.lesion_id == "T1"
    reading.next_expected(-1)
    assert reading.lesion_id == "T2"


def test_a_complete_visit_says_that_nothing_waits(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.next_expected()
    assert reading.note.text == "BL is complete: nothing waits."


def test_a_new_lesion_is_not_expected_before_it_was_seen(
    reading: CurrentRead, recorder: Recorder
) -> None:
    reading.open_timepoint("TP1")
    reading.next_new(LesionRole.NEW)
    draw(recorder, LONG)
    assert reading.expected("BL") == []
    assert [one.lesion_id for one in reading.expected("TP2")] == ["NL1"]


def test_a_caliper_at_a_follow_up_is_no_new_lesion_unless_one_was_asked_for(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    draw(recorder, LONG)
    reading.next_new(LesionRole.NEW)
    reading.choose("T1")
    with pytest.raises(CommandRefused, match="not asked for"):
        draw(recorder, CROSS)
    with pytest.raises(CommandRefused, match="not asked for"):
        recorder.add(NewLesionSeen(status=NewLesionStatus.DEFINITE))
    assert [one.lesion_id for one in reading.read.lesions] == ["T1"]
    reading.next_new(LesionRole.NEW)
    draw(recorder, CROSS)
    with pytest.raises(CommandRefused, match="not asked for"):
        draw(recorder, LONG)
    assert [one.lesion_id for one in reading.read.lesions] == ["T1", "NL1"]


def test_no_lesion_is_new_at_baseline(reading: CurrentRead, recorder: Recorder) -> None:
    reading.next_new(LesionRole.NEW)
    assert "At baseline no lesion is new" in reading.note.text
    assert reading.new_lesion.role is LesionRole.TARGET
    reading.describe(NewLesion(LesionRole.NEW))
    with pytest.raises(CommandRefused, match="no lesion is new"):
        draw(recorder, LONG)


def test_a_slip_of_less_than_3_mm_is_no_lesion_and_2_mm_are_typed(
    reading: CurrentRead, recorder: Recorder
) -> None:
    with pytest.raises(CommandRefused, match="too short for a drawn one"):
        draw(recorder, PlaneCaliper(((10.0, 10.0), (10.0, 12.9))))
    assert reading.read is not None
    assert reading.read.lesions == ()
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    recorder.typed("2,0 mm")
    (caliper,) = calipers_of(finding(reading, "T1", "TP1"))
    assert caliper.long_axis.value_mm == Decimal("2.0")
    assert caliper.plane is None
    for text in ("", "two", "-1", "0", "nan", "inf", "5000"):
        with pytest.raises(CommandRefused, match="no length"):
            recorder.typed(text)


def test_a_key_for_gone_asks_before_it_takes_the_place_of_a_measurement(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.open_timepoint("TP1")
    draw(recorder, LONG)
    assert not reading.attempt(recorder.gone)
    assert "T1 is measured here" in reading.question
    assert isinstance(finding(reading, "T1", "TP1"), Measured)
    reading.answer(is_so=True)
    assert isinstance(finding(reading, "T1", "TP1"), Absent)


def test_undo_takes_no_visit_away_and_one_drawn_lesion_is_one_undo(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    draw(recorder, LONG)
    visits = reading.visits
    for left in (1, 0):
        reading.undo()
        assert len(reading.read.lesions) == left
        assert reading.visits == visits
    with pytest.raises(CommandRefused, match="nothing to undo"):
        reading.undo()
    assert reading.visits == visits


def test_an_organ_that_needs_the_short_axis_is_taken_once_it_is_drawn(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    describe(reading, NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    assert "once that is drawn" in reading.note.text
    assert reading.chosen().organ == "liver"
    draw(recorder, CROSS, key="T1")
    assert (reading.chosen().organ, reading.chosen().nodal) == ("lymph node", True)


def test_undo_takes_back_the_measurement_and_redo_brings_it_back(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    before = finding(reading, "T1")
    reading.undo()
    assert finding(reading, "T1") is None
    reading.redo()
    assert finding(reading, "T1") == before


def test_brackets_stop_at_the_first_and_last_visit(reading: CurrentRead) -> None:
    reading.step_timepoint(-1)
    assert reading.timepoint_id == "BL"
    for _ in range(4):
        reading.step_timepoint(1)
    assert reading.timepoint_id == "TP2"


def test_a_visit_of_a_known_day_is_not_added_twice(reading: CurrentRead) -> None:
    visits = reading.visits
    reading.join(visits)
    assert reading.visits == visits


def test_a_later_visit_with_a_taken_name_gets_a_free_one(reading: CurrentRead) -> None:
    later = reading.visits[0].replaced(date=reading.visits[2].date.replace(month=9))
    reading.join([later])
    assert [one.timepoint_id for one in reading.visits] == ["BL", "TP1", "TP2", "TP3"]


def test_a_name_and_an_organ_are_corrected_in_place(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, LONG)
    reading.revise("T1", organ="lung", name="apex")
    assert reading.lesion is not None
    assert (reading.lesion.organ, reading.lesion.name) == ("lung", "apex")


def sign_visit(reading: CurrentRead, timepoint_id: str) -> None:
    reading.timepoint_id = timepoint_id
    sign(reading, "Dr A")


def test_a_sequential_read_stays_at_a_visit_until_it_is_signed(
    reading: CurrentRead,
) -> None:
    protocol = Protocol(sequential=True)
    reading.open_session().do(SetProtocol(protocol=protocol))
    reading.step_timepoint(1)
    assert reading.timepoint_id == "BL"
    assert reading.note.is_error
    assert "TP1 opens once BL is signed" in reading.note.text
    sign_visit(reading, "BL")
    reading.step_timepoint(1)
    assert reading.timepoint_id == "TP1"
    assert not reading.may_open("TP2")
    reading.open_timepoint("BL")
    assert reading.timepoint_id == "BL"


def test_any_visit_opens_in_a_read_that_is_not_sequential(reading: CurrentRead) -> None:
    reading.open_timepoint("TP2")
    assert reading.timepoint_id == "TP2"
    assert not reading.note.is_error
