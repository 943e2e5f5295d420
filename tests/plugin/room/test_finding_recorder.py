"""Split, merge, sign; and which lesion the form acts upon."""

from __future__ import annotations

from decimal import Decimal

import pytest

from napari_recist.room.finding_recorder import Merge, Recorder
from napari_recist.table.rows import finding_words
from napari_recist.viewport.annotations.case_graphics import placed_marks
from napari_recist.viewport.mouse.caliper_tool import NEW, CaliperOutcome
from recist_tool.app.reading.current_read import UNFINISHED, CurrentRead, NewLesion
from recist_tool.app.reading.lesion_draft import (
    caliper_words,
    describe,
    in_order,
    subject_of,
)
from recist_tool.app.reading.signing import is_signed, sign, unlock, visit_words
from recist_tool.errors import CommandRefused
from recist_tool.measure import PlaneCaliper
from recist_tool.model import Absent, Measured, MergedInto, NonTargetSeen, Split
from recist_tool.terms import LesionRole
from tests.builders import caliper
from tests.plugin.volumes import volume


def axis(length_mm: float) -> PlaneCaliper:
    return PlaneCaliper(((20.0, 5.0), (20.0, 5.0 + 2 * length_mm)))


def draw(recorder: Recorder, length_mm: float) -> None:
    recorder.caliper_drawn(CaliperOutcome(NEW, axis(length_mm)), volume(), 1)


@pytest.fixture
def recorder(reading: CurrentRead) -> Recorder:
    """Two liver targets of 30 and 20 mm at baseline; TP1 open, T1 chosen."""
    recorder = Recorder(reading)
    for length in (30, 20):
        draw(recorder, length)
    reading.open_timepoint("TP1")
    reading.choose("T1")
    return recorder


def found(reading: CurrentRead, lesion_id: str) -> object:
    return reading.open_read().finding(lesion_id, "TP1")


def test_a_split_lesion_is_the_sum_of_its_parts(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.split()
    draw(recorder, 12)
    assert found(reading, "T1") is None
    draw(recorder, 9)
    draw(recorder, 3)
    finding = found(reading, "T1")
    assert isinstance(finding, Split)
    lengths = [part.long_axis.value_mm for part in finding.parts if part]
    assert lengths == [12, 9, 3]
    reading.choose("T2")
    draw(recorder, 20)
    answer = reading.open_session().assessment
    assert answer is not None
    assert answer.overall.timepoints["TP1"].sum_mm == 44


def test_what_was_measured_before_a_split_is_its_first_part(
    reading: CurrentRead, recorder: Recorder
) -> None:
    draw(recorder, 14)
    recorder.split()
    draw(recorder, 6)
    finding = found(reading, "T1")
    assert isinstance(finding, Split)
    assert len(finding.parts) == 2
    reading.undo()
    assert isinstance(found(reading, "T1"), Measured)


def test_a_split_ends_when_asked_again_or_when_another_lesion_is_chosen(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.split()
    assert "a part of T1" in caliper_words(reading, splitting=recorder.is_splitting)
    recorder.split()
    assert not recorder.is_splitting
    recorder.split()
    reading.choose("T2")
    assert not recorder.is_splitting


def test_each_part_of_a_node_waits_for_its_short_axis(reading: CurrentRead) -> None:
    recorder = Recorder(reading)
    cross = PlaneCaliper(((20.0, 5.0), (20.0, 65.0)), ((0.0, 35.0), (40.0, 35.0)))
    reading.describe(NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    recorder.caliper_drawn(CaliperOutcome(NEW, cross), volume(), 1)
    reading.open_timepoint("TP1")
    reading.choose("T1")
    recorder.split()
    for _ in range(2):
        draw(recorder, 30)
        assert reading.unfinished is not None
        recorder.caliper_drawn(CaliperOutcome(UNFINISHED, cross), volume(), 1)
    finding = found(reading, "T1")
    assert isinstance(finding, Split)
    assert all(part and part.short_axis for part in finding.parts)


def test_only_a_target_splits(reading: CurrentRead) -> None:
    recorder = Recorder(reading)
    reading.next_new(LesionRole.NON_TARGET)
    recorder.present()
    with pytest.raises(CommandRefused, match="is no target"):
        recorder.split()


def test_a_merged_lesion_counts_in_the_other(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert recorder.partners() == ["T2"]
    recorder.merge(Merge("T1", "T2"))
    assert found(reading, "T1") == MergedInto(lesion_id="T2")
    reading.choose("T2")
    draw(recorder, 36)
    answer = reading.open_session().assessment
    assert answer is not None
    assert answer.overall.timepoints["TP1"].sum_mm == 36


def test_the_form_acts_on_the_chosen_lesion_and_says_so(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert subject_of(reading).heading == "T1"
    describe(reading, NewLesion(LesionRole.TARGET, "lung", "S6"))
    lesion = reading.lesion
    assert lesion is not None
    assert (lesion.lesion_id, lesion.organ, lesion.name) == ("T1", "lung", "S6")
    assert reading.new_lesion.organ == "lung"
    assert reading.new_lesion.name == ""


def test_without_a_chosen_lesion_the_form_describes_the_next(
    reading: CurrentRead,
) -> None:
    assert subject_of(reading).heading == "New lesion"
    describe(reading, NewLesion(LesionRole.NON_TARGET, "bone"))
    assert reading.open_read().lesions == ()
    assert caliper_words(reading, splitting=False) == "a new non-target, bone"


def test_a_target_becomes_a_non_target_and_keeps_its_caliper(
    reading: CurrentRead,
) -> None:
    draw(Recorder(reading), 8)
    before = reading.open_read().finding("T1", "BL")
    assert isinstance(before, Measured)
    describe(reading, NewLesion(LesionRole.NON_TARGET, "liver"))
    assert [one.lesion_id for one in reading.open_read().lesions] == ["NT1"]
    assert reading.chosen().lesion_id == "NT1"
    after = reading.open_read().finding("NT1", "BL")
    assert isinstance(after, NonTargetSeen)
    assert after.caliper == before.caliper
    reading.undo()
    assert reading.open_read().finding("T1", "BL") == before


def test_a_lesion_read_at_other_visits_takes_its_findings_along(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.gone()
    lesion = reading.chosen()
    before = reading.open_read().finding(lesion.lesion_id, "BL")
    assert isinstance(before, Measured)
    describe(reading, NewLesion(LesionRole.NON_TARGET, "liver"))
    now = reading.chosen()
    assert (now.lesion_id, now.tracking_uid) == ("NT1", lesion.tracking_uid)
    assert reading.open_read().finding("NT1", "TP1") == Absent()
    seen = reading.open_read().finding("NT1", "BL")
    assert isinstance(seen, NonTargetSeen)
    assert seen.caliper == before.caliper


def test_a_lesion_measured_at_a_signed_visit_keeps_its_role(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.gone()
    sign(reading, "Dr A")
    entries = reading.open_session().entries
    describe(reading, NewLesion(LesionRole.NON_TARGET, "liver"))
    assert "locked" in reading.note.text
    assert reading.chosen().role is LesionRole.TARGET
    assert reading.open_session().entries == entries


def test_a_non_target_without_a_caliper_does_not_become_a_target(
    reading: CurrentRead,
) -> None:
    reading.next_new(LesionRole.NON_TARGET)
    Recorder(reading).present()
    describe(reading, NewLesion(LesionRole.TARGET, "liver"))
    assert reading.note.is_error
    assert reading.chosen().lesion_id == "NT1"


def test_what_is_refused_half_way_leaves_the_lesion_as_it_was(
    reading: CurrentRead,
) -> None:
    session = reading.open_session()
    session.add_lesion(LesionRole.NON_TARGET, "lymph node", nodal=True)
    session.record("NT1", "BL", NonTargetSeen(caliper=caliper(12)))
    before = reading.open_read()
    reading.choose("NT1")
    describe(reading, NewLesion(LesionRole.TARGET, "lymph node", nodal=True))
    assert "short axis" in reading.note.text
    assert reading.open_read() == before


def test_organs_keep_their_places_and_none_comes_twice() -> None:
    assert in_order(["liver", "lung", "bone"], ["bone", "spleen"]) == [
        "liver",
        "lung",
        "bone",
        "spleen",
    ]


def test_what_a_visit_waits_for_is_named(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert visit_words(reading) == "TP1 waits for T1, T2"
    recorder.gone()
    assert visit_words(reading) == "TP1 waits for T2"
    reading.choose("T2")
    recorder.too_small()
    assert visit_words(reading) == "TP1 is complete"


def test_a_signed_visit_says_by_whom_and_takes_no_change(
    reading: CurrentRead, recorder: Recorder
) -> None:
    sign(reading, "Dr A")
    assert is_signed(reading)
    assert visit_words(reading).startswith("TP1 is signed by Dr A, ")
    with pytest.raises(CommandRefused, match="locked"):
        recorder.gone()
    with pytest.raises(CommandRefused):
        sign(reading, "Dr B")
    unlock(reading, "query")
    assert not is_signed(reading)
    recorder.gone()


def test_a_split_lesion_shows_its_sum_and_its_parts_have_names(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.split()
    draw(recorder, 12)
    draw(recorder, 9)
    lesion, finding = reading.chosen(), reading.open_read().finding("T1", "TP1")
    assert isinstance(finding, Split)
    text, tooltip = finding_words(lesion, finding)
    assert Decimal(text) == 21
    assert tooltip == "split: T1a 12.0 + T1b 9.0 mm"
    here = placed_marks(reading, volume(), "TP1", lambda _, points: points)
    labels = [one.mark.label for one in here]
    assert labels == ["T1a  12.0 mm", "T1b  9.0 mm"]
    reading.open_timepoint("TP2")
    ghosts = placed_marks(reading, volume(), "TP2", lambda _, points: points)
    assert [one.mark.label for one in ghosts] == [
        "T1a at TP1: 12.0 mm",
        "T1b at TP1: 9.0 mm",
    ]
    assert all(one.mark.ghost for one in ghosts)


def test_a_caliper_on_bare_image_never_replaces_the_parts_of_a_split_lesion(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.split()
    draw(recorder, 12)
    draw(recorder, 9)
    recorder.split()
    before = found(reading, "T1")
    reading.attempt(lambda: draw(recorder, 30))
    assert found(reading, "T1") == before


def test_merging_asks_whose_caliper_covers_the_mass(
    reading: CurrentRead, recorder: Recorder
) -> None:
    assert recorder.merges() == {"T2 (drawn next)": Merge("T1", "T2")}
    draw(recorder, 36)
    assert recorder.merges() == {
        "T2 (drawn next)": Merge("T1", "T2"),
        "T1 (36.0 mm), with T2 in it": Merge("T2", "T1"),
    }
    recorder.merge(Merge("T2", "T1"))
    assert found(reading, "T2") == MergedInto(lesion_id="T1")
    assert reading.lesion_id == "T1"
    answer = reading.open_session().assessment
    assert answer is not None
    assert answer.overall.timepoints["TP1"].sum_mm == 36
    assert recorder.merges() == {}
    reading.undo()
    recorder.merge(Merge("T1", "T2"))
    assert reading.lesion_id == "T2"
    assert "draw T2, all of it" in reading.note.text


def test_a_merged_lesion_that_is_gone_asks_for_its_partner(
    reading: CurrentRead, recorder: Recorder
) -> None:
    recorder.merge(Merge("T1", "T2"))
    draw(recorder, 36)
    reading.open_timepoint("TP2")
    for answer, state in ((False, None), (True, Absent())):
        reading.choose("T2")
        reading.attempt(recorder.gone)
        assert "T1 was merged with T2, which is gone" in reading.question
        reading.answer(is_so=answer)
        assert reading.question == ""
        assert reading.open_read().finding("T2", "TP2") == Absent()
        assert reading.open_read().finding("T1", "TP2") == state
