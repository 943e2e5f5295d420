"""Commands change a case only as the case allows."""

from __future__ import annotations

import pytest

from recist_tool.errors import CommandRefused
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    AttachSeries,
    ClearFinding,
    LocateSeries,
    LockTimepoint,
    RecordFinding,
    RemoveLesion,
    ReviseLesion,
    ReviseTimepoint,
    StartRead,
    UnlockTimepoint,
)
from recist_tool.model.finding import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    TooSmall,
)
from recist_tool.terms import LesionRole, NewLesionStatus
from tests.builders import NOON, caliper, case, lesion, timepoint


def with_lesions(*lesions):
    start = case()
    for one in lesions:
        start = AddLesion(reader_id="reader", lesion=one).apply(start)
    return start


def record(finding, lesion_id="T1", timepoint_id="TP1"):
    return RecordFinding(
        reader_id="reader",
        lesion_id=lesion_id,
        timepoint_id=timepoint_id,
        finding=finding,
    )


def lock(timepoint_id="TP1"):
    return LockTimepoint(
        reader_id="reader", timepoint_id=timepoint_id, signed_by="Dr R", at=NOON
    )


def test_a_command_leaves_the_case_it_was_given_as_it_was():
    before = case()
    after = AddLesion(reader_id="reader", lesion=lesion()).apply(before)
    assert before == case()
    assert [one.lesion_id for one in after.reads[0].lesions] == ["T1"]


def test_timepoints_stay_in_the_order_of_their_dates():
    late_first = case(1)
    for number in (3, 1, 2):
        late_first = AddTimepoint(timepoint=timepoint(number)).apply(late_first)
    ids = [one.timepoint_id for one in late_first.timepoints]
    assert ids == ["BL", "TP1", "TP2", "TP3"]


def test_two_timepoints_of_one_date_are_refused():
    twin = timepoint(1).replaced(timepoint_id="TPX")
    with pytest.raises(CommandRefused, match="same date"):
        AddTimepoint(timepoint=twin).apply(case())


def test_a_series_is_pinned_once_only():
    series = SeriesReference(
        series_instance_uid="1.2", study_instance_uid="1", modality="CT"
    )
    pinned = AttachSeries(timepoint_id="BL", series=series).apply(case())
    assert pinned.timepoints[0].series == (series,)
    with pytest.raises(CommandRefused, match="pinned here already"):
        AttachSeries(timepoint_id="TP1", series=series).apply(pinned)


def test_where_series_lie_now_is_remembered_and_nothing_else_changes():
    one, other = (
        SeriesReference(
            series_instance_uid=uid,
            study_instance_uid="1",
            modality="CT",
            folder="/old",
            slices=40,
        )
        for uid in ("1.2", "1.3")
    )
    pinned = AttachSeries(timepoint_id="BL", series=one).apply(case())
    pinned = AttachSeries(timepoint_id="TP1", series=other).apply(pinned)
    found = LocateSeries(folders={"1.3": "/new", "9.9": "/new"}).apply(pinned)
    assert found.pinned("1.2") == one
    assert found.pinned("1.3") == other.replaced(folder="/new")
    assert found.reads == pinned.reads


def test_a_signed_visit_remembers_where_its_series_lie_now():
    series = SeriesReference(
        series_instance_uid="1.2", study_instance_uid="1", modality="CT"
    )
    pinned = AttachSeries(timepoint_id="BL", series=series).apply(case())
    lock = LockTimepoint(reader_id="reader", timepoint_id="BL", signed_by="A", at=NOON)
    found = LocateSeries(folders={"1.2": "/new"}).apply(lock.apply(pinned))
    assert found.pinned("1.2").folder == "/new"
    assert found.reads[0].locked("BL")


def test_a_count_of_slices_is_written_only_where_somebody_counted():
    series = SeriesReference(
        series_instance_uid="1.2", study_instance_uid="1", modality="CT"
    )
    assert "slices" not in series.model_dump(mode="json")
    counted = series.replaced(slices=40)
    assert SeriesReference.model_validate_json(counted.model_dump_json()) == counted
    assert counted.model_dump(mode="json")["slices"] == 40


def test_recording_twice_keeps_the_later_finding():
    start = with_lesions(lesion())
    once = record(Measured(caliper=caliper(30))).apply(start)
    twice = record(Measured(caliper=caliper(31))).apply(once)
    assert len(twice.reads[0].findings) == 1
    assert twice.reads[0].finding("T1", "TP1").caliper == caliper(31)


def test_a_finding_can_be_cleared_and_nothing_cannot():
    recorded = record(Absent()).apply(with_lesions(lesion()))
    clear = ClearFinding(reader_id="reader", lesion_id="T1", timepoint_id="TP1")
    cleared = clear.apply(recorded)
    assert cleared.reads[0].findings == ()
    with pytest.raises(CommandRefused, match="nothing is recorded"):
        clear.apply(cleared)


@pytest.mark.parametrize(
    ("role", "finding"),
    [
        (LesionRole.TARGET, NonTargetSeen()),
        (LesionRole.NON_TARGET, Measured(caliper=caliper(10))),
        (LesionRole.TARGET, NewLesionSeen(status=NewLesionStatus.DEFINITE)),
    ],
)
def test_a_finding_must_fit_the_role_of_its_lesion(role, finding):
    with pytest.raises(CommandRefused, match="cannot be"):
        record(finding).apply(with_lesions(lesion(role=role)))


@pytest.mark.parametrize(
    "finding", [Absent(), TooSmall(), NotEvaluable(reason="motion")]
)
def test_at_baseline_a_target_is_measured_and_nothing_else(finding):
    start = with_lesions(lesion(), lesion("NT1", role=LesionRole.NON_TARGET))
    measured = record(Measured(caliper=caliper(30)), timepoint_id="BL").apply(start)
    with pytest.raises(CommandRefused, match="measured at baseline"):
        record(finding, timepoint_id="BL").apply(measured)
    assert record(finding).apply(measured).reads[0].finding("T1", "TP1") == finding


def test_a_node_without_a_short_axis_is_refused():
    node = lesion(organ="lymph node", nodal=True)
    with pytest.raises(CommandRefused, match="short axis"):
        record(Measured(caliper=caliper(25))).apply(with_lesions(node))


def test_a_lesion_id_and_a_tracking_uid_are_unique_in_a_read():
    start = with_lesions(lesion())
    with pytest.raises(CommandRefused, match="of this name exists"):
        AddLesion(reader_id="reader", lesion=lesion("T1", tracking_uid="2.25.9")).apply(
            start
        )
    with pytest.raises(CommandRefused, match="belongs to another lesion"):
        AddLesion(
            reader_id="reader", lesion=lesion("T2", tracking_uid=lesion().tracking_uid)
        ).apply(start)


def test_the_tracking_uid_of_a_lesion_never_changes():
    changed = lesion(tracking_uid="2.25.9")
    with pytest.raises(CommandRefused, match="never changes"):
        ReviseLesion(reader_id="reader", lesion=changed).apply(with_lesions(lesion()))


def test_a_role_cannot_change_under_findings_that_do_not_fit_it():
    recorded = record(Measured(caliper=caliper(30))).apply(with_lesions(lesion()))
    revised = ReviseLesion(
        reader_id="reader", lesion=lesion(role=LesionRole.NON_TARGET)
    )
    with pytest.raises(CommandRefused, match="cannot be 'measured'"):
        revised.apply(recorded)


def test_removing_a_lesion_takes_its_findings_along():
    recorded = record(Absent()).apply(with_lesions(lesion(), lesion("T2")))
    removed = RemoveLesion(reader_id="reader", lesion_id="T1").apply(recorded)
    assert [one.lesion_id for one in removed.reads[0].lesions] == ["T2"]
    assert removed.reads[0].findings == ()


def test_a_lesion_that_others_merged_with_stays():
    merged = record(MergedInto(lesion_id="T2")).apply(
        with_lesions(lesion(), lesion("T2"))
    )
    with pytest.raises(CommandRefused, match="T1 is merged with it"):
        RemoveLesion(reader_id="reader", lesion_id="T2").apply(merged)


def test_a_lesion_cannot_merge_with_itself_nor_with_nothing():
    start = with_lesions(lesion())
    with pytest.raises(CommandRefused, match="itself"):
        record(MergedInto(lesion_id="T1")).apply(start)
    with pytest.raises(CommandRefused, match="no such lesion"):
        record(MergedInto(lesion_id="T7")).apply(start)


def test_a_locked_timepoint_takes_no_change_until_it_is_unlocked_with_a_reason():
    recorded = record(Absent()).apply(with_lesions(lesion()))
    locked = lock().apply(recorded)
    moved = timepoint(1).replaced(label="moved")
    for change in (
        record(Absent()),
        ClearFinding(reader_id="reader", lesion_id="T1", timepoint_id="TP1"),
        RemoveLesion(reader_id="reader", lesion_id="T1"),
        ReviseLesion(reader_id="reader", lesion=lesion(organ="lung")),
        ReviseTimepoint(timepoint=moved),
        lock(),
    ):
        with pytest.raises(CommandRefused, match="locked"):
            change.apply(locked)
    unlock = UnlockTimepoint(reader_id="reader", timepoint_id="TP1", reason="typo")
    assert record(Absent()).apply(unlock.apply(locked)).reads[0].locks == ()


def test_readers_do_not_share_lesions():
    both = StartRead(reader_id="second").apply(with_lesions(lesion()))
    assert both.read("second").lesions == ()
    own = AddLesion(reader_id="second", lesion=lesion()).apply(both)
    assert own.read("second").lesion("T1") is not None


@pytest.mark.parametrize(
    "change",
    [
        RemoveLesion(reader_id="reader", lesion_id="T9"),
        RemoveLesion(reader_id="nobody", lesion_id="T1"),
        record(Absent(), timepoint_id="TP9"),
        AddLesion(
            reader_id="reader",
            lesion=lesion("NL1", role=LesionRole.NEW, first_seen="TP9"),
        ),
        UnlockTimepoint(reader_id="reader", timepoint_id="TP1", reason="why"),
        StartRead(reader_id="reader"),
    ],
)
def test_what_the_case_does_not_have_is_refused_by_name(change):
    with pytest.raises(CommandRefused):
        change.apply(with_lesions(lesion()))
