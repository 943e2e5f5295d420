"""``recist export --settings``: ADTTE is what ``recist trial`` says of each patient."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from recist_tool.cli import main
from recist_tool.model.trial_settings import TrialSettings
from tests.report.cdisc_reads import findings

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRY = Path(__file__).parents[2] / "docs" / "examples" / "registry.jsonl"
OWN = {"visit_interval_days": 91, "visit_window_days": 14}
CONVENTIONS: list[dict[str, Any]] = [
    {},
    OWN,
    {"censoring": "every_event"},
    {**OWN, "missed_visits": "counted"},
    {"liver_progression": "competes", "count_first_day": False},
    {**OWN, "liver_progression": "censors", "death_ends_response": False},
    {**OWN, "confirmed_responses": False},
    {**OWN, "data_cutoff": "2023-06-30"},
]
"""Of each kind: schedule, censoring, the liver, durations, what is known."""

ENDPOINTS = {
    "OS": "os",
    "PFS": "pfs",
    "DOR": "dor",
    "LPFS": "liver_pfs",
    "LDOR": "liver_dor",
}
Said = dict[tuple[str, str], tuple[int, str, str]]


def settings_file(folder: Path, conventions: Mapping[str, Any]) -> str:
    path = folder / "settings.json"
    path.write_text(json.dumps(conventions), "utf-8")
    return str(path)


def one_patient(folder: Path) -> Path:
    path = folder / "patient.json"
    path.write_text(findings().model_dump_json(), "utf-8")
    return path


def exported(cohort: Path, folder: Path, settings: str) -> Said:
    """Return by patient and endpoint: whether an event or censored, date, days."""
    out = folder / "tables"
    arguments = [str(cohort), str(out), "--to", "csv", "--settings", settings]
    assert main(["export", *arguments]) == 0
    with (out / "adtte.csv").open(encoding="utf-8") as file:
        return {
            (row["USUBJID"], row["PARAMCD"]): (
                int(row["CNSR"]),
                row["ADT"],
                row["AVAL"],
            )
            for row in csv.DictReader(file)
            if row["PARAMCD"] in ENDPOINTS
        }


def told(cohort: Path, settings: str, capsys: pytest.CaptureFixture[str]) -> Said:
    """Return the same from ``recist trial --json``."""
    capsys.readouterr()
    assert main(["trial", str(cohort), "--json", "--settings", settings]) == 0
    trial = json.loads(capsys.readouterr().out)
    censor = {"censored": 1, "extrahepatic_progression": 2}
    return {
        (patient["id"], code): (
            censor.get(end["ending"], 0),
            end["date"],
            str(end["days"]),
        )
        for patient in trial["patients"]
        for code, name in ENDPOINTS.items()
        if (end := patient[name]) is not None
    }


@pytest.mark.parametrize("conventions", CONVENTIONS, ids=str)
def test_every_time_of_every_patient_is_that_of_the_trial(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    conventions: dict[str, Any],
) -> None:
    lines = REGISTRY.read_text("utf-8").splitlines(keepends=True)[:60]
    cohort = tmp_path / "cohort.jsonl"
    cohort.write_text("".join(lines), "utf-8")
    settings = settings_file(tmp_path, conventions)
    found = exported(cohort, tmp_path, settings)
    assert len(found) > 2 * len(lines)
    assert found == told(cohort, settings, capsys)


def test_the_registry_has_as_many_events_as_its_trial(tmp_path: Path) -> None:
    found = exported(REGISTRY, tmp_path, settings_file(tmp_path, OWN))
    assert sum(found[key][0] == 0 for key in found if key[1] == "PFS") == 164


def test_the_settings_used_are_said_and_can_be_used_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(one_patient(tmp_path), tmp_path, settings_file(tmp_path, OWN))
    said = capsys.readouterr()
    by = "settings.json: visit_interval_days 91, visit_window_days 14"
    assert f"(ADTTE) by {by}\n" in said.err
    path = tmp_path / "tables" / "trial-settings.json"
    assert str(path) in said.out.split()
    kept = TrialSettings.model_validate_json(path.read_bytes())
    assert kept == TrialSettings.model_validate(OWN)


def test_a_file_of_settings_that_changes_nothing_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(one_patient(tmp_path), tmp_path, settings_file(tmp_path, {}))
    assert "(ADTTE) by settings.json: all as by default" in capsys.readouterr().err


def test_a_setting_that_is_not_known_is_named_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_file(tmp_path, {"visit_interval": 91})
    arguments = [str(one_patient(tmp_path)), str(tmp_path / "out"), "--to", "csv"]
    assert main(["export", *arguments, "--settings", settings]) == 1
    assert "settings.json, visit_interval: unknown field" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
