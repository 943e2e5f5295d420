"""Cases of earlier versions open, replay and verify, whatever has changed since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.audit import replay
from recist_tool.store.casefile import journal_path, load_case
from recist_tool.store.journal import read_journal

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(GOLDEN.glob("*/*.case.json"))


@pytest.fixture(params=CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def golden(request, tmp_path):
    """A copy of a case and its journal: nothing here may be written to."""
    for path in (request.param, journal_path(request.param)):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / request.param.name


def test_there_are_golden_cases_with_every_command_of_their_version():
    commands = {
        json.loads(line)["command"]["command"]
        for case in CASES
        for line in journal_path(case).read_text().splitlines()[1:]
    }
    assert len(CASES) >= 2
    assert len(commands) >= 31


def test_a_golden_journal_replays_to_its_case(golden):
    entries = read_journal(journal_path(golden)).entries
    assert replay(entries) == load_case(golden).case


def test_a_golden_case_opens_without_a_word_and_is_left_as_it_was(golden):
    journal, case = journal_path(golden).read_bytes(), load_case(golden).case
    reader = case.reads[0].reader_id
    with Session.open(golden, reader_id=reader) as session:
        assert session.notes == ()
        assert session.case == case
        assert session.assessment is not None
    assert journal_path(golden).read_bytes() == journal


def test_a_golden_case_verifies(golden, capsys):
    assert main(["verify", str(golden)]) == 0
    assert "chain whole" in capsys.readouterr().out
