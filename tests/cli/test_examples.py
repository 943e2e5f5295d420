"""The examples of the documentation: made anew they are the same."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from recist_tool.cli import main

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"


def answer(capsys, *arguments):
    assert main(["trial", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def percents(month, words):
    return [round(100 * month[word] / month["n"]) for word in words]


def test_the_examples_are_made_byte_for_byte(tmp_path):
    runpy.run_path(str(EXAMPLES / "make.py"))["main"](tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in EXAMPLES.glob("*.json*")}
    assert made == kept


def test_thirty_four_patients_answer_as_published(capsys):
    month = answer(capsys, str(EXAMPLES / "response-34.jsonl"))["landmarks"]["1"]
    assert percents(month, ["PR", "SD", "PD"]) == [24, 68, 9]
    assert round(100 * month["dcr"]["rate"]) == 91


def test_eighty_four_patients_answer_on_pet_as_published(capsys):
    trial = answer(capsys, str(EXAMPLES / "pet-84.jsonl"))
    month = trial["landmarks"]["3"]
    assert percents(month, ["CR", "PR", "SD"]) == [24, 43, 33]
    assert round(100 * month["orr"]["rate"]) == 67
    assert trial["settings"]["criteria"] == ["EORTC PET"]


def test_a_registry_gives_every_endpoint_it_lists(capsys):
    settings = ["--settings", str(EXAMPLES / "registry-settings.json")]
    trial = answer(capsys, str(EXAMPLES / "registry.jsonl"), *settings)
    assert trial["n"] == 200
    ends = trial["endpoints"]
    for rate in ("liver_orr", "orr", "dcr", "liver_dcr"):
        low, high = ends[rate]["ci95"]
        assert 0 < low < ends[rate]["rate"] < high < 1
    for curve in ("os", "pfs", "liver_pfs", "dor", "liver_dor"):
        low, high = ends[curve]["ci95_months"]
        assert 0 < low < ends[curve]["median_months"] < high < 25
        assert 0 < ends[curve]["at_months"]["12"]["rate"] < 1
    assert ends["median_follow_up_months"] > 12
    assert max(month for month, *_ in ends["os"]["km"]) <= 24.5


BLOCK = re.compile(r"```console\n\$ recist (trial docs/[^\n]+)\n(.*?)```", re.DOTALL)
SHOWN = BLOCK.findall((DOCS / "trial.md").read_text("utf-8"))


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[one for one, _ in SHOWN])
def test_what_the_documentation_shows_is_what_is_printed(
    command, output, capsys, monkeypatch
):
    """Each block shows parts of the output; an ellipsis stands for what is left out."""
    monkeypatch.chdir(DOCS.parent)
    assert main(command.split()) == 0
    printed = _words(capsys.readouterr().out)
    parts = [part for part in map(_words, output.split("…")) if part]
    assert parts or "--report" in command
    for part in parts:
        assert part in printed


def _words(text):
    """Return a text with one space for any run of them."""
    return " ".join(text.split())
