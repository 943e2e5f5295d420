"""One reader at work: every confirmed change is there, whatever happens."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from recist_tool.app.reading import CurrentRead
from recist_tool.app.session import Session
from recist_tool.errors import (
    BrokenJournalError,
    CaseLockedError,
    CommandRefused,
    StorageError,
)
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    LockTimepoint,
    OverrideResponse,
    OverrideSuv,
    RemoveLesion,
    SetProtocol,
    SetReferenceDate,
    Undo,
    WithdrawOverride,
    WithdrawSuvOverride,
)
from recist_tool.model.finding import (
    Absent,
    Measured,
    NonTargetSeen,
    NotEvaluable,
)
from recist_tool.model.override import VisitOverride
from recist_tool.model.protocol import Protocol
from recist_tool.model.suv_override import SuvOverride
from recist_tool.store.casefile import load_case, read_case_file
from recist_tool.terms import Criteria, LesionRole, Response, Scope
from recist_tool.trial.patient import as_json
from tests.builders import NOON, caliper, lesion, timepoint

WEIGHED = SuvOverride(series_instance_uid="1.2.9", reason="scales", weight_kg=71.0)


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as opened:
        opened.do(SetReferenceDate(reference_date=timepoint(0).date))
        opened.do(AddTimepoint(timepoint=timepoint(0)))
        opened.do(AddTimepoint(timepoint=timepoint(1)))
        yield opened


def reopened(session, reader_id="reader"):
    session.close()
    return Session.open(session.case_path, reader_id=reader_id)


def test_a_case_that_a_crash_left_behind_can_be_read_on_a_full_disk(
    session, monkeypatch
):
    before = session.case_path.read_bytes()
    session.add_lesion(LesionRole.TARGET, "liver")
    session.close()
    session.case_path.write_bytes(before)

    def full(*_: object) -> None:
        raise StorageError.at("S-1.case.json", "cannot be written (no space left)")

    monkeypatch.setattr("recist_tool.app.session.write_case_file", full)
    with Session.open(session.case_path, reader_id="reader") as again:
        assert [one.lesion_id for one in again.read.lesions] == ["T1"]
        assert "no space left" in " ".join(again.notes)


def test_a_measurement_gives_sums_and_responses_for_patient_and_liver(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.add_lesion(LesionRole.TARGET, "lung")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    session.record("T2", "BL", Measured(caliper=caliper(50)))
    session.record("T1", "TP1", Measured(caliper=caliper(30)))
    session.record("T2", "TP1", Measured(caliper=caliper(48)))
    answer = session.assessment
    assert answer.overall.timepoints["TP1"].overall is Response.SD
    assert answer.liver.timepoints["TP1"].overall is Response.PR


def test_the_case_file_carries_the_assessment_that_recist_assess_prints(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    session.record("T1", "TP1", Measured(caliper=caliper(30)))
    saved = json.loads(session.case_path.read_text())
    visit = saved["assessments"]["reader"]["RECIST 1.1"]["liver"]["timepoints"]["TP1"]
    assert visit["overall"] == "PR"
    assert visit["sum_mm"] == 30.0


def test_an_override_stands_beside_the_computed_answer_and_changes_nothing(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    session.record("T1", "TP1", Measured(caliper=caliper(49)))
    computed = as_json(session.assessment)
    override = VisitOverride(
        timepoint_id="TP1",
        scope=Scope.LIVER,
        response=Response.PR,
        reason="necrosis",
    )
    session.do(OverrideResponse(reader_id="reader", override=override))
    told = as_json(session.assessment)
    visit = told["liver"]["timepoints"]["TP1"]
    assert visit.pop("override") == {
        "scope": "liver",
        "response": "PR",
        "reason": "necrosis",
    }
    assert told == computed
    withdraw = WithdrawOverride(
        reader_id="reader", timepoint_id="TP1", scope=Scope.LIVER
    )
    session.do(withdraw)
    assert as_json(session.assessment) == computed
    with pytest.raises(CommandRefused, match="nothing was overridden"):
        session.do(withdraw)


def test_a_protocol_with_several_criteria_has_each_answer_side_by_side(tmp_path):
    protocol = Protocol(criteria=(Criteria.RECIST_1_1, Criteria.WHO))
    with Session.create(
        tmp_path, subject_id="S-2", reader_id="reader", protocol=protocol
    ) as session:
        session.do(AddTimepoint(timepoint=timepoint(0)))
        session.do(AddTimepoint(timepoint=timepoint(1)))
        session.add_lesion(LesionRole.TARGET, "liver")
        session.record("T1", "BL", Measured(caliper=caliper(40, 40)))
        session.record("T1", "TP1", Measured(caliper=caliper(29, 27)))
        answers = {
            criteria: found.overall.timepoints["TP1"].overall
            for criteria, found in session.assessments.items()
        }
    assert answers == {
        Criteria.RECIST_1_1: Response.SD,
        Criteria.WHO: Response.PR,
    }


def test_nothing_is_lost_between_two_sessions(session):
    session.add_lesion(LesionRole.TARGET, "liver", name="segment VII")
    session.record("T1", "BL", Measured(caliper=caliper("32.4", "20.1")))
    case = session.case
    with reopened(session) as again:
        assert again.case == case
        assert again.notes == ()
        assert again.assessment is not None


def test_undo_and_redo_work_across_a_restart(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    before = session.case
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    after = session.case
    with reopened(session) as again:
        assert again.undo() == before
        assert not again.read.findings
        with reopened(again) as third:
            assert third.can_redo
            assert third.redo() == after
            assert not third.can_redo


def test_undo_goes_back_to_the_beginning_of_the_read_and_says_so(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    while session.can_undo:
        session.undo()
    assert session.read.lesions == ()
    assert [one.timepoint_id for one in session.case.timepoints] == ["BL", "TP1"]
    assert session.case.read("reader") is not None
    with pytest.raises(CommandRefused, match="nothing to undo"):
        session.undo()


def test_with_nothing_undone_redo_is_refused(session):
    with pytest.raises(CommandRefused, match="nothing to redo"):
        session.redo()


def test_changes_are_undone_in_order(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.add_lesion(LesionRole.TARGET, "lung")
    with pytest.raises(CommandRefused, match="not this reader's last change"):
        session.do(Undo(entry=len(session.entries) - 1))


def test_another_readers_undo_leaves_my_changes(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    with reopened(session, "second") as second:
        assert not second.can_undo
        second.add_lesion(LesionRole.NON_TARGET, "bone")
        second.undo()
        assert second.case.read("reader").lesion("T1") is not None


def test_what_another_reader_rests_on_is_not_undone(session):
    session.do(OverrideSuv(override=WEIGHED))
    with reopened(session, "second") as second:
        second.do(WithdrawSuvOverride(series_instance_uid="1.2.9"))
        with (
            reopened(second, "reader") as first,
            pytest.raises(CommandRefused, match="later change rests on it"),
        ):
            first.undo()


def test_a_reader_does_not_change_anothers_read(session):
    command = AddLesion(reader_id="second", lesion=lesion())
    with pytest.raises(CommandRefused, match="another reader"):
        session.do(command)


def test_a_refused_command_leaves_journal_and_file_alone(session):
    journal = session.entries
    content = session.case_path.read_bytes()
    with pytest.raises(CommandRefused):
        session.do(RemoveLesion(reader_id="reader", lesion_id="T9"))
    assert session.entries == journal
    assert session.case_path.read_bytes() == content


def test_undo_does_not_take_back_a_signature(session):
    session.do(
        LockTimepoint(reader_id="reader", timepoint_id="BL", signed_by="Dr R", at=NOON)
    )
    assert not session.can_undo


def test_lesion_names_go_on_where_they_stopped(session):
    names = [
        session.add_lesion(LesionRole.TARGET, "liver").lesion_id,
        session.add_lesion(LesionRole.NON_TARGET, "bone").lesion_id,
        session.add_lesion(LesionRole.TARGET, "lung").lesion_id,
        session.add_lesion(LesionRole.NEW, "liver", first_seen="TP1").lesion_id,
    ]
    assert names == ["T1", "NT1", "T2", "NL1"]
    session.do(RemoveLesion(reader_id="reader", lesion_id="T1"))
    assert session.new_lesion_id(LesionRole.TARGET) == "T3"


def test_a_target_unmeasured_at_baseline_is_a_problem_told_in_words(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.add_lesion(LesionRole.NON_TARGET, "bone")
    session.record("NT1", "BL", NonTargetSeen())
    session.record("T1", "TP1", Absent())
    assert session.assessment is None
    assert any("T1" in fault.where for fault in session.problems)


def test_subscribers_hear_of_each_change_until_they_leave(session):
    heard = []

    def hear():
        heard.append(len(session.entries))

    session.changed.connect(hear)
    session.add_lesion(LesionRole.TARGET, "liver")
    session.undo()
    session.changed.disconnect(hear)
    session.redo()
    assert len(heard) == 2


def test_a_refusal_of_who_listens_is_told_to_the_reader_as_one_line(session):
    reading = CurrentRead()
    reading.session = session

    def refuse():
        raise CommandRefused.at("table", "cannot be drawn", "Open the case again")

    session.changed.connect(refuse)
    assert not reading.attempt(lambda: session.add_lesion(LesionRole.TARGET, "liver"))
    assert reading.note == ("table: cannot be drawn. Open the case again", True)
    assert [one.lesion_id for one in session.read.lesions] == ["T1"]


def test_a_full_disk_refuses_the_change_and_keeps_what_was(session, monkeypatch):
    before = session.case

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="not recorded"):
        session.add_lesion(LesionRole.TARGET, "liver")
    monkeypatch.undo()
    assert session.case == before
    session.add_lesion(LesionRole.TARGET, "liver")
    assert load_case(session.case_path).case == session.case


def test_a_second_session_on_the_case_is_refused(session):
    with pytest.raises(CaseLockedError):
        Session.open(session.case_path, reader_id="other")


def test_a_second_case_of_the_same_subject_is_refused(session, tmp_path):
    session.close()
    with pytest.raises(StorageError, match="exists already"):
        Session.create(tmp_path, subject_id="S-1", reader_id="reader")


def test_a_crash_at_the_birth_of_a_case_does_not_block_its_name(tmp_path):
    header = b'{"format": "recist_journal", "schema_version": 1}\n'
    (tmp_path / "S-1.journal.jsonl").write_bytes(header)
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as session:
        assert load_case(session.case_path).case == session.case


@pytest.mark.parametrize("entries", [1, 2])
@pytest.mark.parametrize("has_case_file", [False, True])
def test_a_case_cut_off_at_its_birth_is_gone_on_with(tmp_path, entries, has_case_file):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as session:
        uid, case_path = session.case.case_uid, session.case_path
    journal = tmp_path / "S-1.journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    if not has_case_file:
        case_path.unlink()
        journal.write_bytes(b"".join(lines[: 1 + entries]))
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as session:
        assert session.case.case_uid == uid
        assert session.read.lesions == ()
        session.add_lesion(LesionRole.TARGET, "liver")
        assert load_case(case_path).case == session.case


def test_a_case_cut_off_at_its_birth_is_not_gone_on_with_under_another_protocol(
    tmp_path,
):
    Session.create(tmp_path, subject_id="S-1", reader_id="reader").close()
    with pytest.raises(StorageError, match="exists already"):
        Session.create(
            tmp_path,
            subject_id="S-1",
            reader_id="reader",
            protocol=Protocol(sequential=True),
        )


@pytest.mark.parametrize("subject_id", ["", "a/b", "../x", "Doe^Jane", "x" * 65])
def test_a_subject_id_that_cannot_name_a_file_is_refused(tmp_path, subject_id):
    with pytest.raises(CommandRefused, match="pseudonym"):
        Session.create(tmp_path, subject_id=subject_id, reader_id="reader")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_clear_line():
    with pytest.raises(StorageError, match="cannot be"):
        Session.create(Path("/proc/cases"), subject_id="S-1", reader_id="reader")


def test_a_broken_chain_is_refused_and_the_case_is_free_again(session):
    session.close()
    journal = session.case_path.parent / "S-1.journal.jsonl"
    journal.write_text(journal.read_text().replace('"by":"reader"', '"by":"other"', 1))
    for _ in range(2):
        with pytest.raises(BrokenJournalError, match="journal entry 1"):
            Session.open(session.case_path, reader_id="reader")


WORK = """
import sys
from pathlib import Path
from recist_tool.app.session import Session
from recist_tool.model.finding import Measured
from recist_tool.terms import LesionRole
from tests.builders import caliper

with Session.open(Path(sys.argv[1]), reader_id="reader") as session:
    for number in range(1000):
        one = session.add_lesion(LesionRole.TARGET, "liver")
        session.record(one.lesion_id, "BL", Measured(caliper=caliper(10 + number)))
        print(one.lesion_id, flush=True)
"""


@pytest.mark.parametrize("round_number", range(5))
def test_after_a_sigkill_every_confirmed_change_is_there(session, round_number):
    session.close()
    worker = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", WORK, str(session.case_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    confirmed = [worker.stdout.readline().strip()]
    assert confirmed == ["T1"]
    time.sleep(random.Random(round_number).uniform(0.01, 0.4))  # noqa: S311
    worker.send_signal(signal.SIGKILL)
    confirmed += worker.communicate()[0].split()
    with Session.open(session.case_path, reader_id="reader") as again:
        for lesion_id in confirmed:
            assert again.read.finding(lesion_id, "BL") is not None
        again.add_lesion(LesionRole.NON_TARGET, "bone")
    assert read_case_file(session.case_path).case == again.case


def test_a_change_of_one_read_leaves_the_answers_of_the_others(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    first = session.answer
    other = reopened(session, "second")
    other.add_lesion(LesionRole.TARGET, "lung")
    before = other._answers["reader"]
    other.record("T1", "BL", Measured(caliper=caliper(20)))
    assert other._answers["reader"] is before
    assert other._answers["reader"].written == first.written
    assert set(saved_assessments(other)) == {"reader", "second"}


def test_what_all_readers_share_is_assessed_anew_for_each(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    session.record("T1", "TP1", Measured(caliper=caliper(20)))
    other = reopened(session, "second")
    assert other._answers["reader"].by_criteria[Criteria.RECIST_1_1].liver
    protocol = Protocol(criteria=(Criteria.WHO,))
    other.do(SetProtocol(protocol=protocol))
    assert set(other._answers["reader"].by_criteria) == {Criteria.WHO}


def test_a_read_is_judged_by_criteria_that_its_protocol_has_not(session):
    assert session.answer.by(Criteria.WHO) is None
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50, 40)))
    session.record("T1", "TP1", Measured(caliper=caliper(20, 10)))
    found = session.answer.by(Criteria.WHO)
    assert found is not None
    assert found.overall.timepoints["TP1"].overall is Response.PR
    assert Criteria.WHO not in session.assessments


def test_targets_outside_the_liver_have_their_own_sum(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    assert session.answer.extrahepatic_by(Criteria.RECIST_1_1) is None
    session.add_lesion(LesionRole.TARGET, "lung")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    session.record("T2", "BL", Measured(caliper=caliper(20)))
    session.record("T1", "TP1", NotEvaluable(reason="not imaged"))
    session.record("T2", "TP1", Measured(caliper=caliper("12.5")))
    assert session.assessment.overall.timepoints["TP1"].sum_mm is None
    sums = session.answer.extrahepatic_by(Criteria.RECIST_1_1)
    assert sums.baseline_sum_mm == 20
    assert sums.timepoints["TP1"].sum_mm == Decimal("12.5")
    assert sums.timepoints["TP1"].pct_from_baseline == Decimal("-37.5")


def test_without_targets_outside_the_liver_there_is_no_such_sum(session):
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(50)))
    assert session.answer.extrahepatic_by(Criteria.RECIST_1_1) is None


def saved_assessments(session):
    return json.loads(session.case_path.read_text())["assessments"]
