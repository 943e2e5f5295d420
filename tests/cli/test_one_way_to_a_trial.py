"""`recist trial` and `assess_trial` answer alike, and refuse alike."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from recist_tool.cli import main
from recist_tool.errors import RecistToolError
from recist_tool.model.findings import Findings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.store.cohort_files import read_patients
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort_json import trial_json
from tests.trial.cohorts import on, patient

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.trial.intake.patient import Patient

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.jsonl"))


def settings_of(example: Path) -> list[Path]:
    """Return the settings that the documentation answers an example under."""
    path = example.with_name(f"{example.stem}-settings.json")
    return [path] if path.exists() else []


def by_command(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """Return what the command prints, or the lines with which it refuses."""
    status = main(["trial", *map(str, arguments), "--json"])
    told = capsys.readouterr()
    if status == 0:
        return json.loads(told.out)
    assert (status, told.out) == (1, "")
    return [line.removeprefix("recist: ") for line in told.err.splitlines()]


def by_function(
    cohort: Iterable[Findings | Patient | RecistToolError], **chosen: Any
) -> Any:
    """Return the same of the function."""
    try:
        return json.loads(json.dumps(trial_json(assess_trial(cohort, **chosen))))
    except RecistToolError as error:
        return str(error).splitlines()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 7
    assert sum(len(settings_of(one)) for one in EXAMPLES) > 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_example_has_one_answer(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options: list[object] = []
    chosen: dict[str, Any] = {}
    for path in settings_of(example):
        options = ["--settings", path]
        chosen = {"settings": TrialSettings.model_validate_json(path.read_text())}
    printed = by_command(capsys, example, *options)
    assert by_function(read_patients(example), **chosen) == printed
    lines = example.read_text("utf-8").splitlines()
    parsed = [Findings.model_validate_json(line) for line in lines]
    given = by_function(parsed, **chosen)
    if isinstance(printed, list):  # the place is that in the cohort, not in a file
        printed = [line.replace(f"{example.name}, line", "patient") for line in printed]
    assert given == printed


LATE = {"follow_up": {"death": on(100)}, "treatment": [{"date": on(101)}]}


@pytest.mark.parametrize(
    ("cohort", "said"),
    [
        ([patient("A", "56 PR", **LATE)], "after the death on"),
        ([patient("A", "56 PR"), patient("A", "56 SD")], "the same id as in"),
        (
            [
                patient("A", "56 PR", reader="ann"),
                patient("A", "56 SD", reader="bob"),
            ],
            "was read by several readers",
        ),
        ([], "there is no patient"),
    ],
    ids=["treated after death", "one id twice", "nobody's read accepted", "nobody"],
)
def test_what_the_command_refuses_the_function_refuses(
    cohort: list[Findings],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "cohort.jsonl"
    path.write_text("\n".join(one.model_dump_json() for one in cohort), "utf-8")
    refused = by_command(capsys, path)
    assert isinstance(refused, list)
    assert said in refused[0]
    assert by_function(read_patients(path)) == refused
    given = [line.replace("cohort.jsonl, line", "patient") for line in refused]
    assert by_function(cohort) == given


def test_two_readers_are_paired_and_the_accepted_read_counts() -> None:
    cohort = [
        patient(name, f"56 {word}", reader=reader)
        for reader, words in (("ann", ("PR", "SD")), ("bob", ("PR", "PD")))
        for name, word in zip(("A", "B"), words, strict=True)
    ]
    trial = assess_trial(cohort, accepted="ann")
    assert trial.n == 2
    (pair,) = trial.agreement
    assert (pair.reference, pair.other, pair.n) == ("ann", "bob", 2)
    assert [one.reference.id for one in pair.discordant] == ["B"]


def test_the_good_patients_are_answered_where_that_is_asked() -> None:
    cohort = [patient("A", "56 PR"), patient("B", "56 PR", **LATE)]
    trial = assess_trial(cohort, keep_going=True)
    assert [one.findings.id for one in trial.patients] == ["A"]
    assert [fault.where for fault in trial.refused] == ["patient 2, treatment[0].date"]


def test_what_a_person_should_look_at_again_is_asked_of_both(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    much = {"treatment": [{"date": on(0), "activity_gbq": 2500}]}
    cohort = [patient("A", "56 PR", **much), patient("B", "56 PR", **much)]
    path = tmp_path / "cohort.jsonl"
    path.write_text("\n".join(one.model_dump_json() for one in cohort), "utf-8")
    assert main(["trial", str(path), "--json"]) == 0
    told = capsys.readouterr().err.splitlines()
    asked = assess_trial(read_patients(path), today=dt.date(2026, 1, 1)).questions
    assert [f"recist: {line}" for line in asked] == told
    assert any("2500" in line for line in told)
