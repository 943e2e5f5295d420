from __future__ import annotations

import csv
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import typer

from recist_tool.app.session import Session
from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.cli.export import run
from recist_tool.errors import FindingsError, InputError, StorageError
from recist_tool.model.commands import AddLesion, AddTimepoint, RecordFinding
from recist_tool.model.finding import Measured, NonTargetSeen
from recist_tool.terms import LesionRole
from tests.builders import caliper, lesion, timepoint
from tests.report.cdisc_reads import findings, visits

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.model.commands import Command

NAMES = {"tu", "tr", "rs", "adrs", "adtr", "adtte"}


def file_of(folder: Path, **parts: Any) -> Path:
    path = folder / "patient.json"
    path.write_text(findings(**parts).model_dump_json(), "utf-8")
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_csv_makes_one_file_a_table_and_names_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(file_of(tmp_path), "csv", out, study="TRIAL-1") == 0
    assert names(out) >= {f"{name}.csv" for name in NAMES}
    printed = capsys.readouterr()
    assert set(printed.out.split()) == {str(path) for path in out.iterdir()}
    assert printed.err == (
        "recist: times to events (ADTTE) by the default settings of a trial; "
        "--settings takes the trial's own\n"
    )
    with (out / "tu.csv").open(encoding="utf-8") as file:
        (lesion,) = csv.DictReader(file)
    assert (lesion["STUDYID"], lesion["USUBJID"]) == ("TRIAL-1", "S-1")


def test_sdtm_makes_dataset_json_and_xpt(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(file_of(tmp_path), "sdtm", out, study="TRIAL-1") == 0
    assert names(out) >= {f"{name}.{end}" for name in NAMES for end in ("json", "xpt")}
    assert json.loads((out / "tr.json").read_text("utf-8"))["name"] == "TR"


def test_an_empty_study_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(file_of(tmp_path), "csv", tmp_path / "out")
    assert "STUDYID is empty" in capsys.readouterr().err


def case_of(folder: Path, *commands: Command) -> Path:
    with Session.create(folder, subject_id="S-1", reader_id="reader") as session:
        for command in (AddTimepoint(timepoint=timepoint(0)), *commands):
            session.do(command)
    return folder / "S-1.case.json"


def test_a_case_is_exported_as_it_was_read(tmp_path: Path) -> None:
    path = case_of(
        tmp_path,
        AddLesion(reader_id="reader", lesion=lesion("T1")),
        RecordFinding(
            reader_id="reader",
            lesion_id="T1",
            timepoint_id="BL",
            finding=Measured(caliper=caliper(50, 40)),
        ),
    )
    assert run(path, "csv", tmp_path / "out") == 0
    with (tmp_path / "out" / "tr.csv").open(encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if row["TRLNKID"] == "T1"]
    assert [(one["TRTESTCD"], one["TRSTRESN"]) for one in found] == [
        ("LDIAM", "50"),
        ("LPERP", "40"),
    ]
    assert {one["TREVAL"] for one in found} == {"INVESTIGATOR"}


def test_a_case_of_which_nothing_was_read_is_named(tmp_path: Path) -> None:
    path = case_of(tmp_path)
    with pytest.raises(FindingsError, match=r"S-1\.case\.json: nothing was read"):
        run(path, "csv", tmp_path / "out")


def test_a_target_not_measured_at_baseline_is_named_with_its_file(
    tmp_path: Path,
) -> None:
    path = case_of(
        tmp_path,
        AddLesion(reader_id="reader", lesion=lesion("T1")),
        AddLesion(reader_id="reader", lesion=lesion("NT1", role=LesionRole.NON_TARGET)),
        RecordFinding(
            reader_id="reader",
            lesion_id="NT1",
            timepoint_id="BL",
            finding=NonTargetSeen(),
        ),
    )
    with pytest.raises(FindingsError, match=r"S-1\.case\.json, .*T1"):
        run(path, "csv", tmp_path / "out")


def test_reads_without_a_reference_date_are_counted_for_times_to_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(file_of(tmp_path, reference_date=None), "csv", tmp_path / "out")
    assert "ADTTE lacks 1 reads" in capsys.readouterr().err
    lines = (tmp_path / "out" / "adtte.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1


def test_two_reads_of_one_patient_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "cohort.jsonl"
    lines = [findings(id=name).model_dump_json() for name in ("S-1", "S-2", "S-1")]
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(FindingsError, match=r"line 3, id: the same as in .*line 1"):
        run(path, "csv", tmp_path / "out")


def test_two_reads_of_one_patient_are_refused_in_python_as_well() -> None:
    subjects = [subject_of_findings(findings(id=one)) for one in ("S-1", "S-2", "S-1")]
    with pytest.raises(FindingsError, match=r"subject 3, id: the same as .* subject 1"):
        datasets(subjects)


def test_many_patients_go_into_the_same_tables(tmp_path: Path) -> None:
    path = tmp_path / "cohort.jsonl"
    lines = [findings(id=name).model_dump_json() for name in ("S-1", "S-2", "S-3")]
    path.write_text("\n".join(lines) + "\n\n", "utf-8")
    run(path, "csv", tmp_path / "out")
    with (tmp_path / "out" / "tu.csv").open(encoding="utf-8") as file:
        found = [(row["USUBJID"], row["TUSEQ"]) for row in csv.DictReader(file)]
    assert found == [("S-1", "1"), ("S-2", "1"), ("S-3", "1")]


def test_what_xpt_cannot_hold_is_refused_and_all_else_is_written(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    run(file_of(tmp_path), "sdtm", out)
    moved = {"target": {"T1": {"state": "ne", "reason": "unruhig über 2 min"}}}
    path = file_of(tmp_path, timepoints=visits({"target": {"T1": {"mm": 30}}}, moved))
    with pytest.raises(InputError, match="TR record 6, TRREASND"):
        run(path, "sdtm", out)
    assert "tr.json" in names(out)
    assert "tr.xpt" not in names(out)
    assert "tu.xpt" in names(out)


def test_faults_are_named_by_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "cohort.jsonl"
    good = findings().model_dump_json()
    path.write_text(f'{good}\n{{"id": "S-2"}}\n', "utf-8")
    with pytest.raises(FindingsError, match=r"cohort\.jsonl, line 2, timepoints"):
        run(path, "csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_contradictory_findings_are_named_with_their_file(tmp_path: Path) -> None:
    twice = visits({"target": {"T1": {"mm": 30}}}, {"target": {"T9": {"mm": 30}}})
    path = file_of(tmp_path, timepoints=twice)
    with pytest.raises(FindingsError, match=r"patient\.json, timepoint TP1"):
        run(path, "csv", tmp_path / "out")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read"):
        run(tmp_path / "none.json", "csv", tmp_path / "out")


def test_a_format_that_is_not_known_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(typer.BadParameter, match="choose sdtm, csv"):
        run(tmp_path / "none.json", "xlsx", tmp_path)


def test_a_death_before_a_scan_is_named_with_its_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, follow_up={"death": "2024-01-20"})
    with pytest.raises(FindingsError, match="death"):
        run(path, "csv", tmp_path / "out")


def test_a_place_that_is_no_folder_is_one_line(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    with pytest.raises(StorageError, match="cannot be written to"):
        run(path, "csv", path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="cannot be written to"):
        run(file_of(tmp_path), "csv", out)


def test_exporting_again_replaces_the_tables(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(file_of(tmp_path), "csv", out)
    before = names(out)
    run(file_of(tmp_path, id="S-9"), "csv", out)
    assert names(out) == before
    assert "S-9" in (out / "tu.csv").read_text("utf-8")
