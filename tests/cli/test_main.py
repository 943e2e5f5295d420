"""The command line: exit status, one line per fault, JSON and nothing else."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from recist_tool.cli import main
from tests.processes import python

CASES = Path(__file__).parents[1] / "vectors" / "data"


def patient(**changes):
    made = {
        "id": "P-1",
        "reference_date": "2024-01-01",
        "lesions": [{"id": "T1", "role": "target", "organ": "liver"}],
        "timepoints": [
            {"id": "BL", "date": "2023-12-20", "target": {"T1": {"mm": 50.0}}},
            {"id": "TP1", "date": "2024-02-26", "target": {"T1": {"mm": 35.0}}},
        ],
    }
    return made | changes


def write(path, *patients):
    path.write_text("".join(json.dumps(one) + "\n" for one in patients))
    return str(path)


@pytest.mark.parametrize(
    "command",
    ["", "demo", "open", "scan", "assess", "trial", "export", "verify"],
)
def test_help_answers_and_imports_nothing_heavy(command):
    arguments = [*command.split(), "--help"]
    script = (
        "import sys\n"
        "from recist_tool.cli import main\n"
        f"status = main({arguments!r})\n"
        "heavy = {'numpy', 'pydicom', 'SimpleITK', 'matplotlib', 'napari', 'scipy'}\n"
        "found = heavy & set(sys.modules)\n"
        "sys.exit(str(found) if found else status)"
    )
    done = python(script)
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["scan"], ["assess", "--bad", "x"], ["schema", "what"]]
)
def test_wrong_usage_is_status_2(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_assess_prints_one_json_line_a_patient_and_nothing_else(tmp_path, capsys):
    path = write(tmp_path / "two.jsonl", patient(), patient(id="P-2"))
    assert main(["assess", path, "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["P-1", "P-2"]
    first = json.loads(lines[0])
    assert first["overall"]["timepoints"]["TP1"]["overall"] == "PR"
    assert first["liver"]["baseline_sum_mm"] == 50.0
    assert "Eisenhauer" in first["overall"]["timepoints"]["TP1"]["citation"]


def test_assess_reads_standard_input(monkeypatch, capsys):
    lines = io.TextIOWrapper(io.BytesIO(json.dumps(patient()).encode()))
    monkeypatch.setattr(sys, "stdin", lines)
    assert main(["assess", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "P-1"


def test_a_person_reads_a_table_with_both_scopes_and_the_reasons(tmp_path, capsys):
    path = write(tmp_path / "one.json", patient())
    assert main(["assess", path]) == 0
    text = capsys.readouterr().out
    for wanted in ("Whole patient", "Liver", "35.0", "-30.0 %", "PR", "Eisenhauer"):
        assert wanted in text


def test_a_broken_line_is_named_by_file_line_and_field(tmp_path, capsys):
    bad = patient(timepoints=[{"id": "BL", "date": "2023-13-20"}])
    path = write(tmp_path / "many.jsonl", patient(), bad)
    assert main(["assess", path, "--json"]) == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "many.jsonl, line 2, timepoints[0].date" in captured.err
    assert "Traceback" not in captured.err


def test_keep_going_answers_the_good_ones_and_counts_the_refused(tmp_path, capsys):
    path = write(tmp_path / "many.jsonl", patient(), {"id": "x"}, patient(id="P-3"))
    assert main(["assess", path, "--json", "--keep-going"]) == 1
    captured = capsys.readouterr()
    answered = [json.loads(line)["id"] for line in captured.out.splitlines()]
    assert answered == ["P-1", "P-3"]
    assert "line 2" in captured.err
    assert "2 patients answered" in captured.err


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, name, capsys):
    assert main(["assess", str(tmp_path / name)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("which", ["case", "findings", "protocol", "trial"])
def test_the_schema_is_a_json_schema(which, capsys):
    assert main(["schema", which]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_findings_fit_the_schema_that_is_printed(capsys):
    main(["schema", "findings"])
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(patient(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(patient(colour="red"), schema)


def test_scan_of_a_folder_without_images_is_one_line(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("hello")
    assert main(["scan", str(tmp_path)]) == 1
    assert "no image series found" in capsys.readouterr().err


def test_verify_names_a_case_that_is_not_there(tmp_path, capsys):
    assert main(["verify", str(tmp_path / "S-1.case.json")]) == 1
    assert "S-1" in capsys.readouterr().err


def test_output_cut_off_by_its_reader_ends_quietly(tmp_path):
    path = write(tmp_path / "many.jsonl", *(patient() for _ in range(2000)))
    script = "import sys; from recist_tool.cli import main; sys.exit(main())"
    recist = f"{sys.executable} -c '{script}'"
    done = subprocess.run(  # noqa: S602 - our own command
        f"{recist} assess {path} --json | head -1",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["id"] == "P-1"
