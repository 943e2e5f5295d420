"""``recist trial``: exit status, faults by file, line and field, JSON, report."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys

import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    RecordFinding,
    SetReferenceDate,
)
from recist_tool.model.finding import Measured
from recist_tool.terms import ReaderRole
from tests.builders import caliper, lesion, timepoint
from tests.trial.cohorts import registry

RESPONSES = {
    "id": "R-1",
    "reference_date": "2024-01-01",
    "timepoints": [{"id": "TP1", "date": "2024-02-26", "overall": "PR"}],
}


def visit(name, date, mm):
    return {"id": name, "date": date, "target": {"T1": {"mm": mm}}}


def patient(name="P-1", **changes):
    made = {
        "id": name,
        "reference_date": "2024-01-01",
        "lesions": [{"id": "T1", "role": "target", "organ": "liver"}],
        "timepoints": [
            visit("BL", "2023-12-20", 50.0),
            visit("TP1", "2024-02-26", 30.0),
            visit("TP2", "2024-04-22", 30.0),
        ],
        "follow_up": {"last_alive": "2024-06-01"},
        "groups": {"arm": "A"},
    }
    return made | changes


def write(path, *patients):
    lines = (one if isinstance(one, str) else json.dumps(one) for one in patients)
    path.write_text("".join(line + "\n" for line in lines))
    return str(path)


def answer(capsys, *arguments):
    assert main(["trial", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(tmp_path, capsys, bad):
    """Return what is said of a bad patient in the second line of a file."""
    path = write(tmp_path / "cohort.jsonl", patient(), bad)
    assert main(["trial", path, "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_the_json_has_the_documented_keys(tmp_path, capsys):
    path = write(tmp_path / "two.jsonl", patient(), patient("P-2"))
    trial = answer(capsys, path)
    assert {"n", "settings", "endpoints", "landmarks", "patients"} <= set(trial)
    ends = trial["endpoints"]
    assert {"orr", "liver_orr", "dcr", "liver_dcr", "os", "pfs", "liver_pfs"} <= set(
        ends
    )
    assert {"dor", "liver_dor", "median_follow_up_months"} <= set(ends)
    assert set(ends["liver_pfs_by_definition"]) == {"ignored", "competes", "censors"}
    assert ends["liver_pfs_by_definition"]["ignored"] == ends["liver_pfs"]
    assert trial["agreement"] == []
    assert set(ends["orr"]) == {"responders", "n", "rate", "ci95"}
    assert {"n", "events", "median_months", "ci95_months", "at_months", "km"} <= set(
        ends["os"]
    )
    assert set(trial["landmarks"]) == {"1", "3", "6", "12", "18"}
    assert [one["id"] for one in trial["patients"]] == ["P-1", "P-2"]
    assert trial["patients"][0]["pfs"]["why"]
    assert trial["patients"][0]["bor"] == "PR"
    assert ends["liver_orr"]["responders"] == 2


def test_the_answer_is_that_of_the_library(tmp_path, capsys):
    from recist_tool.trial import assess_trial
    from recist_tool.trial.cohort_json import trial_json

    cohort = registry(40)
    path = tmp_path / "registry.jsonl"
    path.write_text("\n".join(one.model_dump_json() for one in cohort))
    expected = json.loads(json.dumps(trial_json(assess_trial(cohort))))
    assert answer(capsys, str(path)) == expected


def test_several_files_and_standard_input_are_one_trial(tmp_path, capsys, monkeypatch):
    lines = io.TextIOWrapper(io.BytesIO(json.dumps(patient("P-3")).encode()))
    monkeypatch.setattr(sys, "stdin", lines)
    one = write(tmp_path / "one.json", patient("P-1"))
    two = write(tmp_path / "two.jsonl", patient("P-2"))
    trial = answer(capsys, one, two, "-")
    assert [each["id"] for each in trial["patients"]] == ["P-1", "P-2", "P-3"]


def test_a_person_reads_both_denominators_and_both_scopes(tmp_path, capsys):
    path = write(tmp_path / "two.jsonl", patient(), patient("P-2", groups={"arm": "B"}))
    assert main(["trial", path]) == 0
    text = capsys.readouterr().out
    for wanted in (
        "2 patients treated, 2 evaluable",
        "of all treated",
        "of evaluable",
        "Liver objective response (ORR)",
        "2/2 = 100 %",
        "Overall survival",
        "at 12 months",
        "three definitions",
        "competing risks",
        "Duration of liver response",
        "Follow-up (reverse)",
        "Time to response",
        "landmarks: liver",
        "By arm",
        "Log-rank",
    ):
        assert wanted in text


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (
            patient(
                "X",
                timepoints=[
                    visit("BL", "2023-12-20", 50),
                    visit("TP1", "2024-02-26", 40),
                    visit("TP2", "2024-01-26", 40),
                ],
            ),
            "line 2, timepoint TP2: is earlier than TP1",
        ),
        (
            patient(
                "X",
                timepoints=[
                    visit("BL", "2023-12-20", 50),
                    visit("TP1", "2023-11-26", 40),
                ],
            ),
            "line 2, timepoint TP1: is earlier than BL",
        ),
        (
            patient("X", timepoints=[visit("TP1", "2024-02-26", 50)]),
            "line 2, timepoint TP1: is the first, 56 days after the reference date",
        ),
        (
            RESPONSES
            | {"timepoints": [RESPONSES["timepoints"][0] | {"overall": "better"}]},
            "line 2, timepoints[0].overall: ",
        ),
        (
            RESPONSES | {"timepoints": [RESPONSES["timepoints"][0] | {"liver": "iPR"}]},
            "line 2, timepoint TP1, liver: iPR is no response of RECIST 1.1",
        ),
        (patient(), "line 2, id: the same id as in cohort.jsonl, line 1"),
        (
            patient("X", follow_up={"death": "2024-03-01"}),
            "line 2, follow_up.death: 2024-03-01 is before a scan",
        ),
        (
            patient("X", follow_up={"death": "2023-03-01"}),
            "line 2, follow_up.death: 2023-03-01 is before the reference date",
        ),
        (
            patient(
                "X",
                follow_up={"death": "2024-05-01"},
                treatment=[{"date": "2024-05-02"}],
            ),
            "line 2, treatment[0].date: 2024-05-02 is after the death",
        ),
        (
            patient("X", reference_date=None),
            "line 2, reference_date: is missing",
        ),
        (patient("X", colour="red"), "line 2, colour: unknown field"),
        ('{"id": "X", ', "line 2: not valid JSON"),
    ],
)
def test_bad_input_is_named_by_file_line_and_field(tmp_path, capsys, bad, said):
    assert f"cohort.jsonl, {said}" in refused(tmp_path, capsys, bad)


def test_all_faults_are_named_at_once(tmp_path, capsys):
    bad = [patient(f"X{at}", follow_up={"death": "2020-01-01"}) for at in range(3)]
    path = write(tmp_path / "cohort.jsonl", patient(), *bad)
    assert main(["trial", path]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [f"line {at}, follow_up.death" in lines[at - 2] for at in (2, 3, 4)] == [
        True
    ] * 3


def test_a_duplicate_in_another_file_is_named_with_both_places(tmp_path, capsys):
    one = write(tmp_path / "one.jsonl", patient("A"), patient("B"))
    two = write(tmp_path / "two.jsonl", patient("C"), patient("B"))
    assert main(["trial", one, two]) == 1
    said = "two.jsonl, line 2, id: the same id as in one.jsonl, line 2"
    assert said in capsys.readouterr().err


def test_keep_going_answers_the_good_ones_and_counts_the_refused(tmp_path, capsys):
    path = write(tmp_path / "cohort.jsonl", patient("A"), {"id": "B"}, patient("C"))
    assert main(["trial", path, "--json", "--keep-going"]) == 1
    captured = capsys.readouterr()
    trial = json.loads(captured.out)
    assert [one["id"] for one in trial["patients"]] == ["A", "C"]
    assert "line 2, timepoints: this field is missing" in captured.err
    assert "2 patients answered, 1 refused" in captured.err


def test_neither_of_two_patients_with_one_id_is_answered(tmp_path, capsys):
    """Which of the two is the patient, no program can know."""
    path = write(tmp_path / "cohort.jsonl", patient("A"), patient("B"), patient("A"))
    assert main(["trial", path, "--json", "--keep-going"]) == 1
    captured = capsys.readouterr()
    assert [one["id"] for one in json.loads(captured.out)["patients"]] == ["B"]
    assert "1 patients answered, 2 refused" in captured.err


def test_keep_going_with_no_good_patient_answers_nothing(tmp_path, capsys):
    path = write(tmp_path / "cohort.jsonl", {"id": "B"})
    assert main(["trial", path, "--json", "--keep-going"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "0 patients answered, 1 refused" in captured.err


def test_no_patient_at_all_is_one_line(tmp_path, capsys):
    assert main(["trial", write(tmp_path / "none.jsonl")]) == 1
    assert capsys.readouterr().err == "recist: there is no patient in these files\n"


def test_other_criteria_are_chosen_by_name(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    trial = answer(capsys, path, "--criteria", "iRECIST")
    assert trial["patients"][0]["bor"] == "iPR"


def test_criteria_that_do_not_exist_are_wrong_usage(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    assert main(["trial", path, "--criteria", "RECIST 9"]) == 2
    assert "RECIST 1.1" in capsys.readouterr().err


def test_settings_are_read_used_and_printed(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    settings = tmp_path / "settings.json"
    settings.write_text('{"visit_interval_days": 84, "rates_at_months": [2, 24]}')
    trial = answer(capsys, path, "--settings", str(settings))
    assert trial["settings"]["visit_interval_days"] == 84
    assert set(trial["endpoints"]["os"]["at_months"]) == {"2", "24"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"visit_intervall_days": 84}',
            "settings.json, visit_intervall_days: unknown",
        ),
        ('{"censoring": "never"}', "settings.json, censoring: "),
        ("{", "settings.json: not valid JSON"),
    ],
)
def test_bad_settings_are_named_by_file_and_field(tmp_path, capsys, text, said):
    path = write(tmp_path / "one.jsonl", patient())
    settings = tmp_path / "settings.json"
    settings.write_text(text)
    assert main(["trial", path, "--settings", str(settings)]) == 1
    assert said in capsys.readouterr().err


def test_settings_that_are_not_there_are_one_line(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    assert main(["trial", path, "--settings", str(tmp_path / "none.json")]) == 1
    assert "none.json: cannot be read" in capsys.readouterr().err


def test_patients_are_compared_by_the_fields_asked_for(tmp_path, capsys):
    groups = [{"arm": "A", "sex": "f"}, {"arm": "B", "sex": "m"}]
    cohort = [patient(f"P{at}", groups=one) for at, one in enumerate(groups)]
    path = write(tmp_path / "two.jsonl", *cohort)
    assert set(answer(capsys, path)["subgroups"]) == {"arm", "sex"}
    assert set(answer(capsys, path, "--by", "sex")["subgroups"]) == {"sex"}


def test_a_field_that_nobody_has_is_named_with_those_there_are(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    assert main(["trial", path, "--by", "KRAS"]) == 1
    assert "no patient has 'KRAS'. there are: arm" in capsys.readouterr().err


def case_read_by(folder, *readers, roles=None):
    path = folder / "S-1.case.json"
    with Session.create(folder, subject_id="S-1", reader_id=readers[0]) as session:
        for at in (0, 1):
            session.do(AddTimepoint(timepoint=timepoint(at)))
        session.do(SetReferenceDate(reference_date=dt.date(2024, 1, 2)))
    for reader, mm in zip(readers, (20, 50), strict=False):
        role = ReaderRole((roles or {}).get(reader, "investigator"))
        with Session.open(path, reader_id=reader, role=role) as session:
            session.do(AddLesion(reader_id=reader, lesion=lesion("T1")))
            for at, size in (("BL", 50), ("TP1", mm)):
                session.do(
                    RecordFinding(
                        reader_id=reader,
                        lesion_id="T1",
                        timepoint_id=at,
                        finding=Measured(caliper=caliper(size)),
                    )
                )
    return str(path)


def test_a_case_is_a_patient_of_a_trial(tmp_path, capsys):
    trial = answer(capsys, case_read_by(tmp_path, "ann"))
    assert trial["landmarks"]["1"]["n"] == 1
    assert trial["patients"][0]["id"] == "S-1"


@pytest.mark.parametrize(("reader", "partial"), [("ann", 1), ("bob", 0)])
def test_of_several_reads_the_accepted_one_counts(tmp_path, capsys, reader, partial):
    settings = tmp_path / "settings.json"
    settings.write_text('{"confirmed_responses": false}')
    path = case_read_by(tmp_path, "ann", "bob")
    trial = answer(capsys, path, "--accepted", reader, "--settings", str(settings))
    assert trial["endpoints"]["orr"]["responders"] == partial


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "S-1.case.json: was read by several readers"),
        (["--accepted", "eve"], "S-1.case.json: was not read by that reader"),
    ],
)
def test_no_read_is_taken_by_chance(tmp_path, capsys, arguments, said):
    path = case_read_by(tmp_path, "ann", "bob")
    assert main(["trial", path, *arguments]) == 1
    assert said in capsys.readouterr().err


def by(reader, name="P-1", mm=30.0, **changes):
    one = patient(name, reader=reader, **changes)
    one["timepoints"][1]["target"]["T1"]["mm"] = mm
    one["timepoints"][2]["target"]["T1"]["mm"] = mm
    return one


def test_liver_pfs_is_given_by_each_definition(tmp_path, capsys):
    """PD elsewhere on day 56: ignored, an event, censored."""
    new = [{"id": "N1", "organ": "lung", "status": "definite"}]
    seen = visit("TP1", "2024-02-26", 50.0) | {"new": new}
    one = patient(timepoints=[visit("BL", "2023-12-20", 50.0), seen])
    ends = answer(capsys, write(tmp_path / "one.jsonl", one))["endpoints"]
    found = ends["liver_pfs_by_definition"]
    assert {name: curve["events"] for name, curve in found.items()} == {
        "ignored": 0,
        "competes": 1,
        "censors": 0,
    }


def test_findings_of_two_readers_agree_or_differ(tmp_path, capsys):
    """Reads of one patient need not stand side by side, nor in one file."""
    one = write(tmp_path / "ann.jsonl", by("ann"), by("ann", "P-2"))
    two = write(tmp_path / "bob.jsonl", by("bob", "P-2", 70.0), by("bob"))
    trial = answer(capsys, one, two, "--accepted", "bob")
    assert trial["n"] == 2
    assert {each["reader"] for each in trial["patients"]} == {"bob"}
    assert trial["endpoints"]["orr"]["responders"] == 1
    (agreement,) = trial["agreement"]
    assert (agreement["reference"], agreement["other"]) == ("ann", "bob")
    assert agreement["overall"]["bor"]["table"] == [[1, 1], [0, 0]]
    assert agreement["overall"]["progression"]["other_only"] == 1
    assert agreement["overall"]["progression"]["edr"] is None
    assert agreement["overall"]["progression"]["ldr"] == 1
    assert [each["id"] for each in agreement["discordant"]] == ["P-2"]


def test_a_case_of_two_readers_has_their_agreement(tmp_path, capsys):
    path = case_read_by(tmp_path, "ann", "bob")
    (agreement,) = answer(capsys, path, "--accepted", "ann")["agreement"]
    assert (agreement["reference"], agreement["n"]) == ("ann", 1)


def test_the_adjudicator_has_the_last_word_unless_another_is_named(tmp_path, capsys):
    path = case_read_by(tmp_path, "ann", "bob", roles={"bob": "adjudicator"})
    assert answer(capsys, path)["patients"][0]["reader"] == "bob"
    trial = answer(capsys, path, "--accepted", "ann")
    assert trial["patients"][0]["reader"] == "ann"
    assert trial["agreement"] == []


@pytest.mark.parametrize(
    ("cohort", "arguments", "said"),
    [
        ([by("ann"), by("bob")], [], "line 1: was read by several readers"),
        (
            [by("ann"), by("bob")],
            ["--accepted", "eve"],
            "line 1: was not read by that reader",
        ),
        (
            [by("ann"), by("bob"), by("ann")],
            ["--accepted", "ann"],
            "line 3, id: the same id and reader as in cohort.jsonl, line 1",
        ),
        ([patient(), by("ann")], [], "line 2, id: the same id as in cohort.jsonl"),
        ([by("ann"), patient()], [], "line 2, id: the same id as in cohort.jsonl"),
        (
            [by("ann"), by("bob", reference_date="2024-01-02")],
            ["--accepted", "ann"],
            "line 2, reference_date: 2024-01-02 is not that of cohort.jsonl, line 1",
        ),
        ([by("")], [], "line 1, reader: "),
    ],
)
def test_reads_that_leave_a_doubt_are_refused(
    tmp_path, capsys, cohort, arguments, said
):
    path = write(tmp_path / "cohort.jsonl", *cohort)
    assert main(["trial", path, "--json", *arguments]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"cohort.jsonl, {said}" in captured.err


@pytest.mark.parametrize(
    ("accepted", "answered", "counts"),
    [
        ("ann", ["P-1", "P-2"], "2 patients answered, 0 refused"),
        ("bob", ["P-2"], "1 patients answered, 1 refused"),
    ],
)
def test_keep_going_never_takes_another_read_than_the_accepted(
    tmp_path, capsys, accepted, answered, counts
):
    bad = by("bob", follow_up={"death": "2024-03-01"})
    cohort = [by("ann"), bad, by("ann", "P-2"), by("bob", "P-2")]
    path = write(tmp_path / "cohort.jsonl", *cohort)
    arguments = ["--json", "--keep-going", "--accepted", accepted]
    assert main(["trial", path, *arguments]) == 1
    captured = capsys.readouterr()
    trial = json.loads(captured.out)
    assert [one["id"] for one in trial["patients"]] == answered
    assert trial["agreement"][0]["n"] == 1
    assert "line 2, follow_up.death" in captured.err
    assert counts in captured.err


def test_a_person_reads_how_far_readers_agree(tmp_path, capsys):
    """Readers are named as in the file, brackets and all."""
    cohort = [by("[red]ann"), by("bob", mm=70.0)]
    path = write(tmp_path / "two.jsonl", *cohort)
    folder = tmp_path / "report"
    arguments = ["--accepted", "bob", "--report", str(folder)]
    assert main(["trial", path, *arguments]) == 0
    page = (folder / "trial.html").read_text("utf-8")
    for text in (capsys.readouterr().out, page):
        words = " ".join(text.split())
        assert "Agreement of [red]ann (reference) and bob" in words
        for wanted in ("early discrepancies (EDR)", "weighted kappa", "differ"):
            assert wanted in words


def test_a_report_is_figures_and_one_page(tmp_path, capsys):
    path = write(tmp_path / "two.jsonl", patient(), patient("P-2", groups={"arm": "B"}))
    folder = tmp_path / "report"
    assert main(["trial", path, "--report", str(folder), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["n"] == 2
    written = {one.name for one in folder.iterdir()}
    assert {"trial.html", "os.png", "os.svg", "swimmer-1.svg"} <= written
    assert {line.rpartition("/")[2] for line in captured.err.splitlines()} == written


def test_a_report_that_cannot_be_written_is_one_line(tmp_path, capsys):
    path = write(tmp_path / "one.jsonl", patient())
    assert main(["trial", path, "--report", path]) == 1
    err = capsys.readouterr().err
    assert "cannot be written to" in err
    assert len(err.splitlines()) == 1


def test_findings_are_exported_as_tables(tmp_path, capsys):
    path = write(tmp_path / "one.json", patient())
    folder = tmp_path / "tables"
    arguments = ["export", path, "--to", "csv", str(folder), "--study", "S"]
    assert main(arguments) == 0
    assert (folder / "rs.csv").is_file()
    assert "rs.csv" in capsys.readouterr().out


def test_a_format_of_tables_that_is_not_known_is_wrong_usage(tmp_path, capsys):
    path = write(tmp_path / "one.json", patient())
    assert main(["export", path, "--to", "xlsx", str(tmp_path)]) == 2
    assert "sdtm" in capsys.readouterr().err


def test_one_broken_line_among_many_is_found(tmp_path, capsys):
    many = [
        RESPONSES | {"id": f"R{at}"} if at != 777 else '{"id": 3}' for at in range(2000)
    ]
    path = write(tmp_path / "many.jsonl", *many)
    assert main(["trial", path, "--json", "--keep-going"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["n"] == 1999
    assert "many.jsonl, line 778, id: " in captured.err
    assert "1999 patients answered, 1 refused" in captured.err
