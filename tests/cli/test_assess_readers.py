"""Two reads of one patient are told apart by who read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.commands import AddTimepoint
from recist_tool.model.finding import Measured
from recist_tool.terms import LesionRole
from tests.builders import caliper, timepoint

if TYPE_CHECKING:
    from pathlib import Path


def measured(session: Session, baseline_mm: int, follow_up_mm: int) -> None:
    session.add_lesion(LesionRole.TARGET, "liver")
    session.record("T1", "BL", Measured(caliper=caliper(baseline_mm)))
    session.record("T1", "TP1", Measured(caliper=caliper(follow_up_mm)))


@pytest.fixture
def read_once(tmp_path: Path) -> Path:
    with Session.create(tmp_path, subject_id="S-1", reader_id="anna") as session:
        for number in (0, 1):
            session.do(AddTimepoint(timepoint=timepoint(number)))
        measured(session, 50, 20)
        return session.case_path


@pytest.fixture
def read_twice(read_once: Path) -> Path:
    with Session.open(read_once, reader_id="[bold]bert") as session:
        measured(session, 50, 70)
    return read_once


def test_json_of_two_reads_says_who_read(read_twice, capsys):
    assert main(["assess", str(read_twice), "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = {
        one["reader_id"]: one["overall"]["timepoints"]["TP1"]["overall"]
        for one in found
    }
    assert told == {"anna": "PR", "[bold]bert": "PD"}


def test_json_of_a_single_read_is_as_it_was(read_once, capsys):
    assert main(["assess", str(read_once), "--json"]) == 0
    assert "reader_id" not in json.loads(capsys.readouterr().out)


def test_a_read_that_holds_nothing_makes_no_second(read_once, capsys):
    Session.open(read_once, reader_id="carl").close()
    assert main(["assess", str(read_once), "--json"]) == 0
    assert "reader_id" not in json.loads(capsys.readouterr().out)


def test_each_table_of_two_reads_names_its_reader_as_written(read_twice, capsys):
    assert main(["assess", str(read_twice)]) == 0
    printed = capsys.readouterr().out
    assert "read by anna" in printed
    assert "read by [bold]bert" in printed


def test_the_table_of_a_single_read_names_none(read_once, capsys):
    assert main(["assess", str(read_once)]) == 0
    assert "read by" not in capsys.readouterr().out
