"""A set of criteria that goes wrong: said as such, and everything else goes on."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

from recist_tool.app.reading.assessment import CurrentAssessment, whys
from recist_tool.app.session import Session
from recist_tool.cli.main import main
from recist_tool.criteria import CRITERIA
from recist_tool.errors import AssessmentFailed, CommandRefused
from recist_tool.model.commands import (
    AddTimepoint,
    LocateSeries,
    SetGroups,
    SetReferenceDate,
    SetTreatments,
)
from recist_tool.model.finding import Measured, Split
from recist_tool.model.follow_up import Treatment
from recist_tool.model.protocol import Protocol
from recist_tool.store.casefile import load_case
from recist_tool.terms import Criteria, LesionRole, Response
from recist_tool.trial import assess_trial
from recist_tool.trial.patient import assess
from tests.builders import caliper, timepoint
from tests.criteria.cases import findings

EVERY = tuple(Criteria)
FAULT = "WHO: this read could not be judged: ZeroDivisionError: a bug"


def broken(*_):
    raise ZeroDivisionError("a bug\nwith a second line")


class BrokenWhy:
    """Evidence that goes wrong only when it is asked."""

    reason = citation = limits = broken


def sabotaged(monkeypatch, *, is_late):
    """Return what lets WHO go wrong, of all patients or of one."""
    sound = CRITERIA[Criteria.WHO].assess_visits

    def begin(of_patient=None):
        def assess_visits(course, view, whole):
            total, answers = sound(course, view, whole)
            if of_patient not in (None, course.findings.id):
                return total, answers
            if not is_late:
                broken()
            why = BrokenWhy()
            late = {name: one._replace(why=why) for name, one in answers.items()}
            return total, late

        rules = CRITERIA[Criteria.WHO]._replace(assess_visits=assess_visits)
        monkeypatch.setitem(CRITERIA, Criteria.WHO, rules)

    return begin


@pytest.fixture
def sabotage_at_once(monkeypatch):
    return sabotaged(monkeypatch, is_late=False)


@pytest.fixture(params=[False, True], ids=["at once", "when it is asked"])
def sabotage(request, monkeypatch):
    return sabotaged(monkeypatch, is_late=request.param)


@pytest.fixture
def session(tmp_path):
    with Session.create(
        tmp_path,
        subject_id="S-1",
        reader_id="reader",
        protocol=Protocol(criteria=EVERY),
    ) as opened:
        opened.do(SetReferenceDate(reference_date=timepoint(0).date))
        opened.do(AddTimepoint(timepoint=timepoint(0)))
        opened.do(AddTimepoint(timepoint=timepoint(1)))
        opened.add_lesion(LesionRole.TARGET, "liver")
        opened.record("T1", "BL", Measured(caliper=caliper(50, 40)))
        yield opened


def test_a_read_goes_on_under_all_other_criteria(session, sabotage):
    sabotage()
    session.record("T1", "TP1", Measured(caliper=caliper(30, 20)))
    assert session.answer.by_criteria.keys() == set(EVERY) - {Criteria.WHO}
    assert session.assessment.overall.timepoints["TP1"].overall is Response.PR
    assert not session.problems
    said = str(session.answer.failed[Criteria.WHO])
    assert said.startswith(FAULT)
    assert "second line" not in said
    saved = json.loads(session.case_path.read_text())["assessments"]["reader"]
    assert saved["WHO"]["fault"] == said
    assert saved["WHO"]["overall"] is None
    assert saved["mRECIST"]["overall"]["timepoints"]["TP1"]["overall"] == "PR"


def test_a_case_opens_verifies_and_can_be_undone_whatever_criteria_do(
    session, sabotage, capsys
):
    session.record("T1", "TP1", Measured(caliper=caliper(30, 20)))
    session.close()
    sabotage()
    assert main(["verify", str(session.case_path)]) == 0
    assert FAULT in capsys.readouterr().out
    with Session.open(session.case_path, reader_id="reader") as again:
        assert again.case == session.case
        assert str(again.answer.failed[Criteria.WHO]).startswith(FAULT)
        again.undo()
        assert again.read.finding("T1", "TP1") is None


def test_a_case_whose_last_entry_ended_in_a_crash_opens(session, sabotage, tmp_path):
    before = tmp_path / "before"
    shutil.copy(session.case_path, before)
    session.record("T1", "TP1", Measured(caliper=caliper(30, 20)))
    session.close()
    shutil.copy(before, session.case_path)  # as versions before this one left it
    sabotage()
    assert load_case(session.case_path).behind == 1
    with Session.open(session.case_path, reader_id="reader") as again:
        assert again.case == session.case
        assert Criteria.WHO in again.answer.failed
    assert load_case(session.case_path).behind == 0


def test_the_window_says_why_these_criteria_have_no_answer(session, sabotage):
    judge = CurrentAssessment()
    judge.criteria = Criteria.WHO
    assert judge.judged(session).found is not None
    sabotage()
    session.record("T1", "TP1", Measured(caliper=caliper(30, 20)))
    judged = judge.judged(session)
    assert judged.found is None
    assert judged.why.startswith(FAULT)
    assert whys(judged, "TP1")[0].short.startswith(FAULT)
    judge.criteria = Criteria.MRECIST
    assert judge.judged(session).found is not None


def test_the_window_says_it_of_criteria_outside_the_protocol_too(tmp_path, sabotage):
    with Session.create(tmp_path, subject_id="S-1", reader_id="reader") as session:
        session.do(AddTimepoint(timepoint=timepoint(0)))
        session.do(AddTimepoint(timepoint=timepoint(1)))
        session.add_lesion(LesionRole.TARGET, "lung")
        session.record("T1", "BL", Measured(caliper=caliper(50, 40)))
        session.record("T1", "TP1", Measured(caliper=caliper(50, 40)))
        sabotage()
        judge = CurrentAssessment()
        judge.criteria = Criteria.WHO
        assert judge.judged(session).why.startswith(FAULT)


def cohort(tmp_path):
    """Return a file of three patients; the second is called B."""
    full = {"mm": 30, "perpendicular_mm": 20}
    reads = [
        findings("T1 liver", {"T1": full}, {"T1": full}, id=name, criteria="WHO")
        for name in "ABC"
    ]
    path = tmp_path / "cohort.jsonl"
    path.write_text("".join(one.model_dump_json() + "\n" for one in reads))
    return str(path)


def test_assess_answers_all_other_patients_of_a_file(tmp_path, sabotage, capsys):
    path = cohort(tmp_path)
    sabotage("B")
    assert main(["assess", path, "--json"]) == 1
    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert [one["id"] for one in answers] == ["A", "B", "C"]
    assert answers[1]["fault"].startswith(FAULT)
    assert answers[1]["overall"] is None
    assert answers[1]["messages"][0]["code"] == "assessment-failed"
    assert "fault" not in answers[0]
    assert answers[2]["overall"]["bor_confirmed"] == "NC"
    assert err.splitlines()[0].startswith(f"recist: cohort.jsonl, line 2, {FAULT}")
    assert err.splitlines()[1] == "recist: 2 patients answered, 1 refused"
    assert "Traceback" not in err


def test_assess_shows_all_other_patients_at_a_terminal(tmp_path, sabotage, capsys):
    path = cohort(tmp_path)
    sabotage("B")
    assert main(["assess", path]) == 1
    out, err = capsys.readouterr()
    assert "A   WHO" in out
    assert "C   WHO" in out
    assert FAULT in err


def test_trial_counts_all_other_patients_and_names_the_one(
    tmp_path, sabotage_at_once, capsys
):
    path = cohort(tmp_path)
    sabotage_at_once("B")
    assert main(["trial", path, "--json"]) == 1
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert result["n"] == 2
    assert [one["id"] for one in result["failed"]] == ["B"]
    assert FAULT in result["failed"][0]["fault"]
    assert FAULT in err
    assert main(["trial", path]) == 1
    assert "Not judged, and in no figure" in capsys.readouterr().out


def test_export_writes_all_other_patients_and_names_the_one(
    tmp_path, sabotage_at_once, capsys
):
    path = cohort(tmp_path)
    sabotage_at_once("B")
    assert main(["export", path, str(tmp_path / "out"), "--to", "csv"]) == 1
    assert FAULT in capsys.readouterr().err
    for table in ("tu", "tr", "rs", "adrs"):
        with (tmp_path / "out" / f"{table}.csv").open() as file:
            assert {row["USUBJID"] for row in csv.DictReader(file)} == {"A", "C"}


def test_python_gets_one_error_class_and_a_cohort_its_other_patients(sabotage_at_once):
    sound = findings("T1 liver", {"T1": 30}, {"T1": 30}, id="A", criteria="WHO")
    other = sound.model_copy(update={"id": "B"})
    sabotage_at_once("B")
    with pytest.raises(AssessmentFailed, match="ZeroDivisionError"):
        assess(other)
    result = assess_trial([sound, other])
    assert (result.n, [one.id for one in result.failed]) == (1, ["B"])
    with pytest.raises(AssessmentFailed):
        assess_trial([other])


@pytest.mark.parametrize(
    "command",
    [
        SetTreatments.model_construct(
            treatments=(
                Treatment.model_construct(
                    date=timepoint(0).date, activity_gbq=float("nan"), target=""
                ),
            )
        ),
        SetGroups(groups={"arm": "\ud800"}),
        LocateSeries(folders={"1.2": "\udcff"}),
    ],
)
def test_what_a_journal_would_not_give_back_is_refused_and_not_written(
    session, command
):
    before = session.case, session.entries
    with pytest.raises(CommandRefused, match="could not be replayed") as refusal:
        session.do(command)
    assert "\n" not in str(refusal.value)
    assert (session.case, session.entries) == before
    session.close()
    assert load_case(session.case_path).case == session.case


def test_a_change_after_which_a_read_is_no_findings_is_refused(session, monkeypatch):
    before = session.entries
    monkeypatch.setattr("recist_tool.app.answers.findings_of", broken)
    with pytest.raises(CommandRefused, match="cannot be judged by any criteria"):
        session.record("T1", "TP1", Measured(caliper=caliper(30, 20)))
    assert session.entries == before


def test_a_read_that_is_no_findings_opens_and_can_be_mended(session, monkeypatch):
    session.close()
    monkeypatch.setattr("recist_tool.app.answers.findings_of", broken)
    with Session.open(session.case_path, reader_id="reader") as again:
        assert "cannot be judged" in str(again.problems[0])
        again.undo()
        assert not again.read.findings


def test_a_node_in_parts_without_short_axes_is_not_evaluable(session):
    session.add_lesion(LesionRole.TARGET, "lymph node", nodal=True)
    session.record("T2", "BL", Measured(caliper=caliper(30, 20)))
    session.record("T2", "TP1", Split(parts=(caliper(9), caliper(8, 7))))
    session.close()
    with Session.open(session.case_path, reader_id="reader") as again:
        answer = again.assessment.overall.timepoints["TP1"]
        assert answer.target is Response.NE
        assert answer.sum_mm is None
