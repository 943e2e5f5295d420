"""A signed answer that changes: with a reason only, told, and marked as outdated."""

from __future__ import annotations

import datetime as dt

import pytest

from recist_tool.app.session import Session
from recist_tool.app.signatures import Signatures
from recist_tool.errors import CommandRefused, ReasonNeeded
from recist_tool.model.audit import next_entry, replay
from recist_tool.model.commands import (
    AddTimepoint,
    LockTimepoint,
    ReviseTimepoint,
    SetFollowUp,
    SetProtocol,
    SetReferenceDate,
    SetTreatments,
    UnlockTimepoint,
)
from recist_tool.model.finding import Measured
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.protocol import Protocol, Settings
from recist_tool.store.casefile import journal_path, load_case
from recist_tool.store.journal import read_journal
from recist_tool.terms import Blinded, Criteria, LesionRole, ReaderRole, Response
from tests.builders import NOON, caliper, timepoint

SIZES = {"BL": 100, "TP1": 60, "TP2": "14.7"}
WHY = "the site sent the right date"


def read_through(session, sizes=SIZES, sign=tuple(SIZES)):
    """Read a target at each visit, and sign."""
    if not session.case.timepoints:
        for number in range(len(sizes)):
            session.do(AddTimepoint(timepoint=timepoint(number)))
    lesion = session.add_lesion(LesionRole.TARGET, "liver")
    for visit, size in sizes.items():
        session.record(lesion.lesion_id, visit, Measured(caliper=caliper(size)))
        if visit in sign:
            signed(session, visit)


def signed(session, visit):
    reader = session.reader_id
    session.do(
        LockTimepoint(reader_id=reader, timepoint_id=visit, signed_by=reader, at=NOON)
    )


def opened_again(session, visit, why="query of the sponsor"):
    reader = session.reader_id
    session.do(UnlockTimepoint(reader_id=reader, timepoint_id=visit, reason=why))


def begun(folder, protocol=None, role=ReaderRole.INVESTIGATOR):
    return Session.create(
        folder, subject_id="S-1", reader_id="anna", role=role, protocol=protocol
    )


@pytest.fixture
def session(tmp_path):
    with begun(tmp_path) as made:
        read_through(made)
        yield made


def day_0(weeks):
    """Day 0 so many weeks after baseline."""
    return SetReferenceDate(
        reference_date=timepoint(0).date + dt.timedelta(weeks=weeks)
    )


def whose(outdated):
    return [one.timepoint_id for one in outdated]


def test_a_signature_keeps_the_answers_it_was_given_for(session):
    *_, last = session.read.locks
    whole, liver = last.answers
    assert (whole.overall, f"{whole.sum_mm:f}") == (Response.PR, "14.7")
    assert f"{whole.pct_from_baseline:f}" == "-85.3"
    assert whole.best_confirmed is Response.PR
    assert liver.overall is Response.PR
    baseline = session.read.locks[0].answers[0]
    assert (baseline.overall, f"{baseline.baseline_sum_mm:f}") == (None, "100")


def test_day_0_that_changes_a_signed_answer_needs_a_reason_and_marks_it(session):
    """With day 0 five weeks on, TP1 is too early for SD (42 days)."""
    before, entries = session.case, session.entries
    with pytest.raises(
        ReasonNeeded, match=r"TP1 is signed as .* best SD, and would be"
    ):
        session.do(day_0(5))
    assert (session.case, session.entries) == (before, entries)
    session.do(day_0(5), WHY)
    assert whose(session.outdated) == ["TP1"]
    assert session.entries[-1].reason == WHY
    assert "best SD, and is PR" in session.told[0]


def test_a_change_of_what_all_share_that_changes_no_signed_answer_is_one_step(session):
    count = len(session.entries)
    session.do(SetFollowUp(follow_up=FollowUp(last_alive=dt.date(2025, 1, 1))))
    session.do(
        SetTreatments(treatments=(Treatment(date=dt.date(2024, 1, 5)),)),
    )
    assert len(session.entries) == count + 2
    assert session.told == ()
    assert session.outdated == []
    assert "outdates" not in journal_path(session.case_path).read_text()


def test_a_protocol_that_judges_otherwise_needs_a_reason_and_marks_what_it_changes(
    session,
):
    by_who = SetProtocol(protocol=Protocol(criteria=(Criteria.WHO,)))
    with pytest.raises(
        ReasonNeeded, match=r"TP2 is signed as RECIST 1.1: PR, sum 14.7"
    ):
        session.do(by_who)
    session.do(by_who, WHY)
    assert whose(session.outdated) == ["BL", "TP1", "TP2"]
    assert session.entries[-1].reason == WHY
    assert [one.timepoint_id for one in session.entries[-1].outdates] == [
        "BL",
        "TP1",
        "TP2",
    ]


def test_criteria_in_addition_change_no_signed_answer(session):
    both = Protocol(criteria=(Criteria.RECIST_1_1, Criteria.WHO))
    session.do(SetProtocol(protocol=both))
    assert session.outdated == []


def test_a_new_therapy_that_ends_the_response_is_told_with_both_answers(session):
    began = timepoint(2).date - dt.timedelta(days=1)
    change = SetFollowUp(follow_up=FollowUp(new_therapy=began))
    with pytest.raises(ReasonNeeded, match=r"TP2 is signed as .*best PR.*would be"):
        session.do(change)
    session.do(change, WHY)
    assert whose(session.outdated) == ["TP2"]
    assert "TP2 was signed as PR" in session.told[0]


def test_a_visit_added_before_the_baseline_changes_what_was_signed_after_it(session):
    early = timepoint(0).replaced(timepoint_id="BL-0", date=dt.date(2023, 12, 1))
    session.do(AddTimepoint(timepoint=early))  # nothing is read there: nothing changes
    with pytest.raises(ReasonNeeded, match="TP1 is signed as"):
        session.record("T1", "BL-0", Measured(caliper=caliper(80)))


def test_another_date_of_an_open_visit_that_swaps_two_is_recomputed_first(tmp_path):
    with begun(tmp_path) as session:
        read_through(session, sign=("TP2",))
        moved = timepoint(0).replaced(date=timepoint(2).date + dt.timedelta(days=9))
        with pytest.raises(ReasonNeeded, match=r"TP2 is signed as PR, sum 14.7 mm"):
            session.do(ReviseTimepoint(timepoint=moved))


def test_measuring_an_opened_visit_anew_marks_the_later_signatures(session):
    opened_again(session, "BL")
    session.record("T1", "BL", Measured(caliper=caliper("65.6")))
    assert whose(session.outdated) == ["TP1", "TP2"]
    assert session.entries[-1].reason == "BL opened again: query of the sponsor"
    assert (
        "Signed before this change: TP2 was signed as PR, sum 14.7 mm "
        "(\N{MINUS SIGN}85.3 %), best PR, and is PR, sum 14.7 mm "
        "(\N{MINUS SIGN}77.6 %), best SD now." in session.told
    )
    signed(session, "BL")  # signed again, but the two after it still are as they were
    assert whose(session.outdated) == ["TP1", "TP2"]
    opened_again(session, "TP2")
    signed(session, "TP2")
    assert whose(session.outdated) == ["TP1"]


def test_what_is_read_later_changes_no_signed_answer(tmp_path):
    with begun(tmp_path) as session:
        read_through(session, sign=("BL", "TP1"))
        session.record("T1", "TP2", Measured(caliper=caliper(140)))
        assert session.outdated == []


def test_taking_a_change_back_needs_a_reason_as_well(session):
    change = SetFollowUp(
        follow_up=FollowUp(new_therapy=timepoint(2).date - dt.timedelta(days=1))
    )
    session.do(change, WHY)
    with pytest.raises(ReasonNeeded):
        session.undo()
    with session.giving("it was another patient's"):
        session.undo()
    assert session.entries[-1].reason == "it was another patient's"
    assert session.outdated == []


def test_signatures_of_earlier_versions_are_held_to_the_moment_of_signing(session):
    """Their journals keep no answers: these are worked out from what came before."""
    old = []
    for entry in session.entries:
        command = entry.command
        if isinstance(command, LockTimepoint):
            command = command.replaced(answers=())
        old.append(next_entry(old, command, by="anna", at=entry.at))
    assert Signatures("anna").outdated(replay(old), old) == []
    shift = SetFollowUp(
        follow_up=FollowUp(new_therapy=timepoint(2).date - dt.timedelta(days=1))
    )
    old.append(next_entry(old, shift, by="anna", at=NOON))
    assert whose(Signatures("anna").outdated(replay(old), old)) == ["TP2"]


def test_marks_and_answers_come_back_from_the_files(session):
    opened_again(session, "BL")
    session.record("T1", "BL", Measured(caliper=caliper("65.6")))
    session.close()
    loaded = load_case(session.case_path)
    assert loaded.case == session.case
    last = read_journal(journal_path(session.case_path)).entries[-1]
    assert [one.timepoint_id for one in last.outdates] == ["TP1", "TP2"]


NEW_THERAPY = SetFollowUp(
    follow_up=FollowUp(new_therapy=timepoint(2).date - dt.timedelta(days=1))
)


def second_reader(folder, protocol=None, role=ReaderRole.INVESTIGATOR):
    """Another reader of a case that Anna read and signed."""
    with begun(folder, protocol, role) as first:
        read_through(first)
        path = first.case_path
    other = ReaderRole.READER_2 if role is ReaderRole.READER_1 else role
    return Session.open(path, reader_id="berta", role=other)


def test_of_other_readers_signatures_an_open_read_is_told(tmp_path):
    with second_reader(tmp_path) as other:
        with pytest.raises(ReasonNeeded, match="anna: TP2 is signed as"):
            other.do(NEW_THERAPY)
        other.do(NEW_THERAPY, WHY)
        assert other.told[0].startswith("Signed before this change: anna: TP2")


@pytest.mark.parametrize(
    ("protocol", "role"),
    [
        (Protocol(blinded_to=(Blinded.SUBJECT,)), ReaderRole.INVESTIGATOR),
        (None, ReaderRole.READER_1),
    ],
)
def test_of_other_readers_signatures_a_blinded_read_says_nothing(
    tmp_path, protocol, role
):
    with second_reader(tmp_path, protocol, role) as other:
        with pytest.raises(ReasonNeeded) as refused:
            other.do(NEW_THERAPY)
        for word in ("anna", "TP2", "sign", "PR"):
            assert word not in str(refused.value)
        other.do(NEW_THERAPY, WHY)
        assert other.told == ()
        assert other.entries[-1].outdates[0].reader_id == "anna"
        with pytest.raises(CommandRefused) as locked:
            other.do(ReviseTimepoint(timepoint=timepoint(1).replaced(label="x")))
        assert "anna" not in str(locked.value)


@pytest.mark.parametrize(
    ("begun_under", "changed_to", "what"),
    [
        (
            Protocol(blinded_to=(Blinded.DATES, Blinded.SUBJECT)),
            Protocol(blinded_to=(Blinded.SUBJECT,)),
            "dates are hidden",
        ),
        (Protocol(sequential=True), Protocol(), "sequential read has begun"),
    ],
)
def test_no_protocol_loosens_a_read_that_has_begun(
    tmp_path, begun_under, changed_to, what
):
    with begun(tmp_path, begun_under) as session:
        with pytest.raises(CommandRefused, match=what):
            session.do(SetProtocol(protocol=changed_to), WHY)
        session.do(SetProtocol(protocol=begun_under.replaced(name="amended")))
        tighter = begun_under.replaced(sequential=True, blinded_to=tuple(Blinded))
        session.do(SetProtocol(protocol=tighter))
        with pytest.raises(CommandRefused):
            session.undo()


def test_a_settings_change_is_recomputed_as_well(session):
    longer = Protocol(settings=Settings(confirm_min_days=300))
    with pytest.raises(ReasonNeeded, match=r"TP2 is signed as .*best PR"):
        session.do(SetProtocol(protocol=longer))
