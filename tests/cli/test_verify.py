"""``recist verify`` holds all of a case file: journal, case, answers and times."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.audit import AuditEntry, content_hash, next_entry
from recist_tool.model.commands import AddTimepoint
from recist_tool.model.finding import Measured
from recist_tool.store.casefile import journal_path
from recist_tool.store.journal import read_journal
from recist_tool.store.rules_mark import written_by
from recist_tool.terms import LesionRole
from tests.builders import NOON, caliper, timepoint

YEAR = dt.timedelta(days=365)


def read_in(folder, clock=lambda: NOON + YEAR):
    """A case with a target of 30 mm that is 18 mm at TP1, and its path."""
    with Session.create(
        folder, subject_id="S-1", reader_id="reader", clock=clock
    ) as session:
        for number in (0, 1):
            session.do(AddTimepoint(timepoint=timepoint(number)))
        lesion = session.add_lesion(LesionRole.TARGET, "liver")
        for visit, size in (("BL", 30), ("TP1", 18)):
            session.record(lesion.lesion_id, visit, Measured(caliper=caliper(size)))
        return session.case_path


@pytest.fixture
def case_path(tmp_path):
    return read_in(tmp_path)


def change(path, *, by=None, **answers):
    """Write other answers for the whole patient, and another program, into a file."""
    content = json.loads(path.read_text())
    block = content["assessments"]["reader"]["RECIST 1.1"]["overall"]
    assert set(answers) <= set(block)
    block |= answers
    content["written_by"] = by or content["written_by"]
    path.write_text(json.dumps(content))


def verified(path, capsys):
    status = main(["verify", str(path)])
    told = capsys.readouterr()
    return status, " ".join((told.out + told.err).split())


def test_a_file_as_it_was_written_holds(case_path, capsys):
    status, told = verified(case_path, capsys)
    assert status == 0
    assert "today's rules" not in told
    assert "clock" not in told


def test_a_changed_best_response_is_an_error_that_shows_both(case_path, capsys):
    change(case_path, bor_unconfirmed="CR")
    status, told = verified(case_path, capsys)
    assert status == 1
    assert "were changed outside this program" in told
    assert "bor_unconfirmed: the file says CR, today's rules PR" in told


@pytest.mark.parametrize("left", [{}, {"reader": {}}])
def test_answers_that_were_taken_out_are_an_error_too(case_path, capsys, left):
    content = json.loads(case_path.read_text())
    case_path.write_text(json.dumps(content | {"assessments": left}))
    status, told = verified(case_path, capsys)
    assert status == 1
    assert "the file says nothing" in told


@pytest.mark.parametrize("key", ["reason", "citation"])
def test_no_word_of_an_answer_changes_unseen(case_path, capsys, key):
    content = json.loads(case_path.read_text())
    answer = content["assessments"]["reader"]["RECIST 1.1"]["overall"]
    answer["timepoints"]["TP1"][key] = "because"
    case_path.write_text(json.dumps(content))
    assert verified(case_path, capsys)[0] == 1


def test_what_other_rules_answered_is_told_beside_todays_and_is_no_fault(
    case_path, capsys
):
    change(case_path, by="recist_tool 0.0.9", bor_unconfirmed="SD")
    status, told = verified(case_path, capsys)
    assert status == 0
    assert "written by other rules (recist_tool 0.0.9)" in told
    assert "bor_unconfirmed: the file says SD, today's rules PR" in told
    assert "changed outside" not in told


def test_other_rules_that_answered_the_same_are_passed_by(case_path, capsys):
    change(case_path, by="recist_tool 0.0.9")
    status, told = verified(case_path, capsys)
    assert (status, "other rules" in told) == (0, False)


def test_the_mark_of_the_rules_is_that_of_the_file(case_path):
    content = json.loads(case_path.read_text())
    assert content["written_by"] == written_by()


def test_a_clock_set_back_is_in_the_journal_and_told(tmp_path, capsys):
    now = [NOON + YEAR]
    path = read_in(tmp_path, lambda: now[0])
    now[0] -= dt.timedelta(minutes=90)
    reopened = Session.open(path, reader_id="reader", clock=lambda: now[0])
    with reopened as session:
        session.do(AddTimepoint(timepoint=timepoint(2)))
        assert "stands 1 h 30 min before" in session.told[0]
        session.do(AddTimepoint(timepoint=timepoint(3)))
    *_, before, first, second = read_journal(journal_path(path)).entries
    assert before.clock_behind_s == 0
    assert first.clock_behind_s == second.clock_behind_s == 5400
    status, told = verified(path, capsys)
    assert status == 0
    assert told.count("the clock was set back") == 1
    assert f"before entry {first.number}: it stood 1 h 30 min" in told


def test_times_that_run_backwards_unsaid_are_told_as_such(tmp_path, capsys):
    path = read_in(tmp_path)
    journal = journal_path(path)
    entries = list(read_journal(journal).entries)
    made = next_entry(
        entries, AddTimepoint(timepoint=timepoint(2)), by="reader", at=NOON
    )
    unsaid = made.replaced(clock_behind_s=0.0).model_dump(mode="json")
    unsaid = sealed(unsaid)
    with journal.open("a") as file:
        file.write(json.dumps(unsaid) + "\n")
    status, told = verified(path, capsys)
    assert status == 0
    assert "which the journal does not say" in told


def sealed(content):
    entry = AuditEntry.model_validate(content | {"entry_hash": content_hash(content)})
    return entry.model_dump(mode="json")


def test_a_clock_that_goes_on_writes_no_word_of_it(case_path):
    assert "clock_behind_s" not in journal_path(case_path).read_text()
