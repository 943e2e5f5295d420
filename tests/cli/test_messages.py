"""What the program says about a bad file: one line for each thing to mend, in words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.table import Table

from recist_tool.cli import main
from recist_tool.cli.screen import screen

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "registry.jsonl"
PATIENTS = EXAMPLES.read_text("utf-8").splitlines()[:20]
JARGON = re.compile(
    r"<\w+\.\w+|Input should|\bTuple\b|\btuple\b|\bdict\b|\bdecimal input|valid decimal"
    r"|validation|pydantic|literal\[|function-|Traceback|Error\b|NoneType|\bNone\b"
    r"|Target\b|NonTargetFinding|AbsentPart|\bint\b|\bstr\b|\bbool\b|\bfloat\b|EOF"
    r"|permitted|Field required|\bstring\b(?! at)|\bboolean\b|\barray\b|surrogate"
)
WRONG = st.sampled_from(
    [None, True, 5, -5, 1.5, "12,5", "", "x", "31.12.2024", [], {}, [1], {"a": 1}, 1e12]
)
unhurried = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=80,
)


def patient(**changes):
    made = {
        "id": "P-1",
        "reference_date": "2024-01-01",
        "lesions": [
            {"id": "T1", "role": "target", "organ": "liver"},
            {"id": "NT1", "role": "non_target", "organ": "lung"},
        ],
        "timepoints": [
            {"id": "BL", "date": "2023-12-20", "target": {"T1": {"mm": 50.0}}},
            {"id": "TP1", "date": "2024-02-26", "target": {"T1": {"mm": 35.0}}},
        ],
    }
    return made | changes


def seen(**changes):
    visits = patient()["timepoints"]
    return patient(timepoints=[visits[0], visits[1] | changes])


def told(capsys, path, content, *arguments):
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(json.dumps(content), "utf-8")
    assert main([*(arguments or ("assess", "--json")), str(path)]) == 1
    return capsys.readouterr().err.splitlines()


def places(value):
    """Yield each container of a document with each of its keys."""
    keys = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(keys):
        yield value, key
        if isinstance(one, dict | list):
            yield from places(one)


@given(data=st.data())
@unhurried
def test_damaged_fields_are_told_in_words_with_their_place(tmp_path, capsys, data):
    document = json.loads(data.draw(st.sampled_from(PATIENTS)))
    inner, key = data.draw(st.sampled_from(list(places(document))))
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[key[:-1] + "x"] = inner.pop(key)
    else:
        inner[key] = data.draw(WRONG)
    path = tmp_path / "cohort.jsonl"
    path.write_text(json.dumps(document) + "\n", "utf-8")
    status = main(["assess", "--json", str(path)])
    said = capsys.readouterr().err.splitlines()
    if status == 0:
        return
    assert status == 1
    assert 0 < len(said) <= 12
    for line in said:
        assert not JARGON.search(line), line
        assert line.startswith("recist: cohort.jsonl, line 1")
        assert len(line.split(": ", 2)) == 3, line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            seen(target={"T1": {"mm": "12,5"}}),
            "timepoints[1].target.T1.mm: is written with a decimal comma. "
            "Write a point: 12.5",
        ),
        (
            seen(target={"T1": {"state": "asbent"}}),
            "timepoints[1].target.T1.state: must be one of: 'absent', 'too_small', "
            "'ne' or 'merged_into'. Correct the value",
        ),
        (
            seen(target={"T1": {"mm": 12, "stat": "x"}}),
            "timepoints[1].target.T1.stat: unknown field. Remove the field, or install "
            "a newer recist_tool",
        ),
        (
            seen(target={"T1": {"state": "split", "parts_mm": ["5,5", 4]}}),
            "timepoints[1].target.T1.parts_mm[0]: is written with a decimal comma. "
            "Write a point: 12.5",
        ),
        (
            seen(date="2024-02-30"),
            "timepoints[1].date: must be a date that exists, such as 2024-01-31. "
            "Correct the value",
        ),
        (
            seen(target={"T1": {"state": "split", "parts_mm": []}}),
            "timepoints[1].target.T1.parts_mm: must hold at least 1 of them. "
            "Correct the value",
        ),
        (
            patient(lesions=[{"id": "T1", "role": "tagret", "organ": "liver"}]),
            "lesions[0].role: must be one of: 'target' or 'non_target'. "
            "Correct the value",
        ),
        (
            seen(marker=5),
            "timepoints[1].marker: must be text, in quotes or true or false or an "
            "object, in { }. Correct the value",
        ),
    ],
)
def test_one_thing_to_mend_is_one_line(tmp_path, capsys, content, line):
    said = told(capsys, tmp_path / "p.json", content)
    assert said == [f"recist: p.json, {line}"]


def test_a_decimal_comma_in_the_json_itself_is_guessed(tmp_path, capsys):
    content = json.dumps(patient()).replace("35.0", "35,0").encode()
    (line,) = told(capsys, tmp_path / "p.json", content)
    assert line.startswith("recist: p.json: not valid JSON (")
    assert line.endswith("Write decimal numbers with a point: 12.5")


def test_a_misspelt_setting_of_the_trial_is_told_in_words(tmp_path, capsys):
    path = tmp_path / "trial.json"
    path.write_text('{"landmarks": [{"month": "1,5"}], "censoring": "fdaa"}')
    assert main(["trial", str(EXAMPLES), "--settings", str(path)]) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 3
    assert not JARGON.search(said)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["p.json", "p.jsonl"])
def test_a_file_is_read_in_any_of_the_encodings_of_unicode(
    tmp_path, capsys, name, encoding
):
    lesions = [{"id": "T1", "role": "target", "organ": "肝"}]
    lines = [json.dumps(patient(lesions=lesions), ensure_ascii=False)]
    lines += [lines[0].replace("P-1", "P-2")] * name.endswith("l")
    path = tmp_path / name
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    assert main(["assess", "--json", str(path)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["id"] for one in found] == ["P-1", "P-2"][: len(lines)]
    assert all(one["liver"] for one in found)
    out = tmp_path / "out"
    assert main(["export", str(path), str(out), "--to", "csv"]) == 0


def test_settings_with_a_mark_at_their_start_are_read(tmp_path, capsys):
    path = tmp_path / "trial.json"
    path.write_bytes('{"censoring": "every_event"}'.encode("utf-16"))
    assert main(["trial", str(EXAMPLES), "--json", "--settings", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["censoring"] == "every_event"


@pytest.mark.parametrize("words", ["a[/b]c", "[bold]T1[/]", "[link=x]", ":heart:"])
def test_names_of_files_and_lesions_are_printed_as_they_stand(capsys, words):
    table = Table(title=words)
    table.add_column(words)
    table.add_row(words)
    screen().print(words, table)
    assert capsys.readouterr().out.count(words) == 4


@pytest.mark.parametrize(
    "arguments",
    [["assess", "--json"], ["assess"], ["trial"], ["trial", "--json"], ["schema"]],
)
def test_a_pipe_that_is_closed_ends_a_command_quietly(tmp_path, arguments):
    path = tmp_path / "many.jsonl"
    path.write_text(EXAMPLES.read_text("utf-8"), "utf-8")
    places = ["case"] if arguments == ["schema"] else [str(path)]
    command = ["-c", "import sys; from recist_tool.cli import main; sys.exit(main())"]
    done = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, *command, *arguments, *places],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()
    said = done.stderr.read()
    done.stderr.close()
    assert done.wait(60) == 141
    assert said == b""
