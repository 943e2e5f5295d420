"""``recist report``: both formats, a name that tells nobody's, and one line each for
what cannot be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.commands import AddTimepoint
from recist_tool.model.finding import Measured
from recist_tool.terms import LesionRole
from tests.builders import caliper, timepoint

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT = "SITE7-0042"


@pytest.fixture
def case_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case that was read by two visits; the tests write where they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECIST_READER", raising=False)
    with _begun(tmp_path / "cases") as session:
        session.add_lesion(LesionRole.TARGET, "liver")
        for visit, mm in (("BL", 30), ("TP1", 20)):
            session.record("T1", visit, Measured(caliper=caliper(mm)))
        return session.case_path


def _begun(folder: Path) -> Session:
    session = Session.create(folder, subject_id=SUBJECT, reader_id="first")
    for number in range(2):
        session.do(AddTimepoint(timepoint=timepoint(number)))
    return session


def reports(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.glob("*.report.*"))


def line(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line on standard error."""
    (only,) = capsys.readouterr().err.splitlines()
    return only


def test_both_formats_are_written_under_a_name_that_tells_nobodys(
    case_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(case_path)]) == 0
    made = reports(tmp_path)
    assert [one.rpartition(".")[2] for one in made] == ["html", "pdf"]
    assert capsys.readouterr().out.split() == made
    assert not any(SUBJECT in one for one in made)
    page, file = (tmp_path / one for one in made)
    assert "20.0\N{NO-BREAK SPACE}mm" in page.read_text("utf-8")
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_folder_a_file_or_a_format_can_be_named(
    case_path: Path, tmp_path: Path
) -> None:
    assert main(["report", str(case_path), "out/of/here", "--format", "html"]) == 0
    assert [one.rpartition(".")[2] for one in reports(tmp_path / "out/of/here")] == [
        "html"
    ]
    assert main(["report", str(case_path), "--output", "mine.pdf"]) == 0
    assert (tmp_path / "mine.pdf").exists()
    assert main(["export", str(case_path), "same", "--to", "pdf"]) == 0
    assert [one.rpartition(".")[2] for one in reports(tmp_path / "same")] == ["pdf"]


def test_a_file_that_is_there_is_replaced_only_when_that_is_said(
    case_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "mine.html"
    kept.write_text("mine")
    command = ["report", str(case_path), "--output", str(kept)]
    assert main(command) == 1
    assert line(capsys) == (
        "recist: mine.html: exists already. Name another with --output, or replace it "
        "with --overwrite"
    )
    assert kept.read_text() == "mine"
    assert main([*command, "--overwrite"]) == 0
    assert "<!doctype html>" in kept.read_text()


@pytest.mark.parametrize(
    "options",
    [
        ["--output", "report.docx"],
        ["--output", "report.pdf", "--format", "html"],
        ["--format", "docx"],
        ["somewhere", "--output", "report.pdf"],
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(
    case_path: Path, options: list[str]
) -> None:
    assert main(["report", str(case_path), *options]) == 2


def test_of_several_reads_one_is_named(
    case_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Session.open(case_path, reader_id="second").close()
    assert main(["report", str(case_path)]) == 1
    assert "has 2 reads. Name one of first, second with --reader" in line(capsys)
    assert main(["report", str(case_path), "--reader", "third"]) == 1
    assert "has no read of 'third'" in line(capsys)
    assert main(["report", str(case_path), "--reader", "second"]) == 1
    assert "second has recorded nothing yet" in line(capsys)
    assert reports(tmp_path) == []
    monkeypatch.setenv("RECIST_READER", "first")
    assert main(["report", str(case_path)]) == 0


def test_a_file_that_is_no_case_is_told_in_a_line(
    case_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other: dict[str, Any] = {"id": "S-1", "lesions": [], "timepoints": []}
    (tmp_path / "findings.json").write_text(json.dumps(other))
    for name, why in (
        ("findings.json", "is no case, and a report is of one"),
        ("nothing.json", "there is no such file"),
        (".", "cannot be read"),
    ):
        assert main(["report", name]) == 1
        assert why in line(capsys)
    case_path.write_text(case_path.read_text().replace('"T1"', '"T9"'))
    assert main(["report", str(case_path)]) == 1
    assert "does not follow from its journal" in line(capsys)


def test_a_read_that_cannot_be_judged_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with _begun(tmp_path / "unmeasured") as session:
        for _ in range(2):
            session.add_lesion(LesionRole.TARGET, "liver")
        session.record("T2", "BL", Measured(caliper=caliper(20)))
        path = session.case_path
    assert main(["report", str(path), str(tmp_path / "out")]) == 1
    assert "T1" in line(capsys)
    assert not (tmp_path / "out").exists()
