from __future__ import annotations

from pathlib import Path

from recist_tool.app import Session
from recist_tool.app.reading.case_files import (
    KnownCases,
    cases_folder,
    find_cases,
    is_case,
    reader_id,
)
from recist_tool.app.reading.find_cases import first_note
from recist_tool.app.reading.protocols import Intended
from recist_tool.model import AddTimepoint, SeriesReference, Timepoint
from tests.builders import timepoint


def test_cases_lie_in_the_home_folder_unless_told_otherwise() -> None:
    assert cases_folder({}) == Path.home() / "recist-cases"
    assert cases_folder({"RECIST_CASES": "/data/read"}) == Path("/data/read")


def test_the_reader_is_named_by_the_environment_or_the_login() -> None:
    assert reader_id({"RECIST_READER": " dr-7 "}) == "dr-7"
    assert reader_id({})


def test_a_case_of_the_same_study_is_found_and_others_are_not(tmp_path: Path) -> None:
    for subject, study in (("S-1", "1.2.1"), ("S-2", "1.2.2")):
        folder = tmp_path / subject
        with Session.create(folder, subject_id=subject, reader_id="r") as session:
            session.do(AddTimepoint(timepoint=_visit(study)))
    found = find_cases(tmp_path, ["1.2.2", "9.9"])
    assert found.cases == (tmp_path / "S-2" / "S-2.case.json",)
    assert found.unreadable == ()


def test_a_file_that_does_not_read_is_named_not_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "broken.case.json"
    broken.write_text("{")
    assert find_cases(tmp_path, ["1.2"]).unreadable == (broken,)


def test_a_folder_that_is_not_there_holds_no_cases(tmp_path: Path) -> None:
    assert find_cases(tmp_path / "none", ["1.2"]) == ((), ())


def test_a_case_is_known_by_its_name() -> None:
    assert is_case(Path("a/S-1.case.json"))
    assert not is_case(Path("a/case.json"))


def test_the_first_note_says_what_to_do_or_what_is_in_the_way() -> None:
    one, two = Path("a/S-1.case.json"), Path("b/S-2.case.json")
    assert "Press M" in first_note(KnownCases((), ()), Intended()).text
    several = first_note(KnownCases((one, two), ()), Intended())
    assert several.is_error
    assert "S-1.case.json, S-2.case.json" in several.text
    assert (
        "does not read: S-2.case.json"
        in first_note(KnownCases((), (two,)), Intended()).text
    )


def _visit(study: str) -> Timepoint:
    series = SeriesReference(
        series_instance_uid=f"{study}.1", study_instance_uid=study, modality="CT"
    )
    return timepoint(0).replaced(series=(series,))
