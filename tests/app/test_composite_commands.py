"""What a reader does in one go is one entry of the journal, and one undo."""

from __future__ import annotations

import pytest

from recist_tool.app.session import Session
from recist_tool.errors import CommandRefused
from recist_tool.model.case import SeriesReference
from recist_tool.model.commands import (
    AddTimepoint,
    AttachSeries,
    DetachSeries,
    LockTimepoint,
    RecordUptake,
    RemoveTimepoint,
)
from recist_tool.model.diameter import ImagePlane
from recist_tool.model.finding import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
    TooSmall,
    finding_in_role,
)
from recist_tool.model.pet import PetLesion, PetScan
from recist_tool.store.casefile import load_case
from recist_tool.terms import LesionRole, NewLesionStatus
from tests.builders import NOON, caliper, timepoint

TARGET, NON_TARGET, NEW = LesionRole.TARGET, LesionRole.NON_TARGET, LesionRole.NEW
CT = SeriesReference(
    series_instance_uid="1.2.3", study_instance_uid="1.2", modality="CT"
)


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as opened:
        for number in range(3):
            opened.do(AddTimepoint(timepoint=timepoint(number)))
        yield opened


def drawn(session, role=TARGET, long_mm=50, visit="BL"):
    """Draw a lesion, as a reader does."""
    first_seen = visit if role is NEW else None
    lesion = session.new_lesion(role, "liver", first_seen=first_seen)
    finding = {
        TARGET: Measured(caliper=caliper(long_mm)),
        NON_TARGET: NonTargetSeen(caliper=caliper(long_mm)),
        NEW: NewLesionSeen(status=NewLesionStatus.DEFINITE, caliper=caliper(long_mm)),
    }[role]
    session.add_measured(lesion, visit, finding)
    return lesion


def signed(session, visit):
    session.do(
        LockTimepoint(reader_id="reader", timepoint_id=visit, signed_by="r", at=NOON)
    )


def test_a_drawn_lesion_is_one_entry_and_one_undo(session):
    entries, before = len(session.entries), session.case
    lesion = drawn(session)
    assert len(session.entries) == entries + 1
    assert session.read.finding(lesion.lesion_id, "BL") is not None
    assert session.undo() == before
    assert not session.can_undo


def test_a_drawn_lesion_that_is_refused_leaves_nothing(session):
    signed(session, "BL")
    entries, before = session.entries, session.case
    with pytest.raises(CommandRefused, match="locked"):
        drawn(session)
    assert (session.entries, session.case) == (entries, before)


def test_a_change_of_role_keeps_uid_findings_and_uptake(session):
    lesion = drawn(session)
    session.record("T1", "TP1", TooSmall())
    session.record("T1", "TP2", NotEvaluable(reason="not imaged"))
    scan = PetScan(lesions={"T1": PetLesion(suv="7.3")}, suv_kind="SUVbw max")
    session.do(RecordUptake(reader_id="reader", timepoint_id="BL", pet=scan))
    before, entries = session.case, len(session.entries)
    assert session.change_role("T1", NON_TARGET, "BL") == "NT1"
    assert len(session.entries) == entries + 1
    changed = session.read.lesion("NT1")
    assert changed.tracking_uid == lesion.tracking_uid
    assert session.read.lesion("T1") is None
    found = [session.read.finding("NT1", visit) for visit in ("BL", "TP1", "TP2")]
    assert found == [
        NonTargetSeen(caliper=caliper(50)),
        NonTargetSeen(),
        NotEvaluable(reason="not imaged"),
    ]
    assert set(session.read.uptake[0].pet.lesions) == {"NT1"}
    assert session.undo() == before


def test_a_case_with_composite_commands_opens_again(session):
    drawn(session)
    drawn(session, NON_TARGET)
    session.change_role("NT1", TARGET, "BL")
    session.undo()
    session.redo()
    session.close()
    assert load_case(session.case_path).case == session.case


def test_a_role_is_not_changed_behind_a_signature(session):
    drawn(session)
    signed(session, "BL")
    with pytest.raises(CommandRefused, match="locked"):
        session.change_role("T1", NON_TARGET, "BL")


def test_a_merged_lesion_keeps_its_role_and_so_does_its_partner(session):
    drawn(session)
    drawn(session, long_mm=30)
    session.record("T2", "TP1", MergedInto(lesion_id="T1"))
    for name in ("T1", "T2"):
        with pytest.raises(CommandRefused, match=f"{name}: is merged with another"):
            session.change_role(name, NON_TARGET, "BL")


def test_a_non_target_without_a_caliper_is_no_target(session):
    drawn(session, NON_TARGET)
    session.record("NT1", "TP1", NonTargetSeen())
    with pytest.raises(CommandRefused, match="NT1, TP1: a target lesion cannot be"):
        session.change_role("NT1", TARGET, "BL")


DEFINITE, GONE = NewLesionStatus.DEFINITE, NewLesionStatus.RESOLVED


@pytest.mark.parametrize(
    ("finding", "target", "non_target", "new"),
    [
        (
            Measured(caliper=caliper(20)),
            Measured(caliper=caliper(20)),
            NonTargetSeen(caliper=caliper(20)),
            NewLesionSeen(status=DEFINITE, caliper=caliper(20)),
        ),
        (TooSmall(), None, NonTargetSeen(), NewLesionSeen(status=DEFINITE)),
        (NonTargetSeen(), None, NonTargetSeen(), NewLesionSeen(status=DEFINITE)),
        (Absent(), Absent(), Absent(), NewLesionSeen(status=GONE)),
        (
            NewLesionSeen(status=GONE),
            Absent(),
            Absent(),
            NewLesionSeen(status=GONE),
        ),
        (
            NotEvaluable(reason="r"),
            NotEvaluable(reason="r"),
            NotEvaluable(reason="r"),
            None,
        ),
        (Split(parts=(caliper(9), None)), None, None, None),
    ],
)
def test_a_finding_in_another_role(finding, target, non_target, new):
    roles = (TARGET, NON_TARGET, NEW)
    assert [finding_in_role(finding, role) for role in roles] == [
        target,
        non_target,
        new,
    ]


def test_undo_passes_by_the_registration_of_visits_and_series(session):
    drawn(session)
    session.do(AttachSeries(timepoint_id="TP1", series=CT))
    session.do(AddTimepoint(timepoint=timepoint(3)))
    session.undo()
    for _ in range(3):
        with pytest.raises(CommandRefused, match="nothing to undo"):
            session.undo()
    assert [one.timepoint_id for one in session.case.timepoints] == [
        *("BL", "TP1", "TP2", "TP3")
    ]
    assert session.case.timepoint("TP1").series == (CT,)
    assert session.can_redo
    session.do(AddTimepoint(timepoint=timepoint(4)))
    session.redo()  # registering a visit does not cut the way back
    assert session.read.lesion("T1") is not None


def remove(session, visit):
    session.do(RemoveTimepoint(timepoint_id=visit, reason="of another patient"))


def test_a_visit_registered_by_mistake_is_taken_out_with_a_reason(session):
    remove(session, "TP2")
    assert session.case.timepoint("TP2") is None
    assert session.entries[-1].command.reason == "of another patient"
    session.do(AddTimepoint(timepoint=timepoint(2)))


def test_a_visit_at_which_anything_is_recorded_stays(session):
    drawn(session)
    session.record("T1", "TP1", Absent())
    drawn(session, NEW, visit="TP2")
    for visit in ("BL", "TP1", "TP2"):
        with pytest.raises(CommandRefused, match="something is recorded"):
            remove(session, visit)


def detach(session, visit="TP1", series=CT):
    session.do(
        DetachSeries(
            timepoint_id=visit,
            series_instance_uid=series.series_instance_uid,
            reason="of another visit",
        )
    )


def test_a_series_pinned_by_mistake_is_taken_off(session):
    session.do(AttachSeries(timepoint_id="TP1", series=CT))
    detach(session)
    assert session.case.timepoint("TP1").series == ()
    with pytest.raises(CommandRefused, match="not pinned here"):
        detach(session)
    session.do(AttachSeries(timepoint_id="TP2", series=CT))


def test_a_series_that_is_measured_on_stays(session):
    plane = ImagePlane(sop_instance_uid="1.2.3.4", series_instance_uid="1.2.3")
    on_ct = caliper(40).replaced(plane=plane)
    drawn(session)
    session.do(AttachSeries(timepoint_id="TP1", series=CT))
    session.record("T1", "TP1", Measured(caliper=on_ct))
    with pytest.raises(CommandRefused, match="T1: is measured on this series at TP1"):
        detach(session)
