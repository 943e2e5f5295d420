"""Every field of a case, in its page, its figures, the terminal and its tables."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError

from recist_tool.cdisc.subject import subject_of_case
from recist_tool.cdisc.tables import datasets
from recist_tool.cdisc.write_csv import write_csv
from recist_tool.cli.screen import screen
from recist_tool.errors import RecistToolError
from recist_tool.model.case import Case
from recist_tool.model.read_findings import findings_of
from recist_tool.report.case.build import report_of
from recist_tool.report.case.html import html_of
from recist_tool.report.case.pdf import pdf_of
from recist_tool.report.drawn import draw
from recist_tool.report.figures import key_images, sums_over_time
from recist_tool.report.terminal import assessment_view
from recist_tool.trial.patient import assess
from tests.hostile.schema_walk import Walk, changed
from tests.hostile.test_every_field import (
    FORMULA,
    MARK,
    NUMBER,
    TEXTS,
    require_plain,
    tags_of,
)
from tests.report.case_reports import matter_of

if TYPE_CHECKING:
    from recist_tool.model.case import Read

GOLDEN = Path(__file__).parents[1] / "golden" / "0.1" / "EVERY-COMMAND.case.json"


def filled(text: str) -> tuple[Case, set[str]]:
    """Return a case with a text in every field that takes it, and those fields."""
    walk = Walk(Case.model_json_schema())
    made: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))["case"]
    taken: set[str] = set()
    seen: set[str] = set()
    while True:  # names that change make other places of those behind them
        place = next((one for one in walk.places(made) if one.field not in seen), None)
        if place is None:
            return Case.model_validate(made), taken
        seen.add(place.field)
        tried = changed(made, place, f"{text}{len(seen)}")
        try:
            case = Case.model_validate(tried)
            shown(case)
        except (ValidationError, RecistToolError):
            continue
        made, _ = tried, taken.add(place.field)


def shown(case: Case) -> Read:
    """Return the read of a case that can be answered."""
    for read in case.reads:
        findings = findings_of(case, read.reader_id)
        if findings is not None:
            assess(findings)
            return read
    raise RecistToolError("no read")


@pytest.mark.parametrize("text", TEXTS)
def test_every_field_of_a_case_comes_out_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    case, taken = filled(text)
    assert len(taken) > 3 or not text.isprintable(), "no field takes text any more"
    read = shown(case)
    findings = findings_of(case, read.reader_id)
    assert findings is not None
    assessment = assess(findings)
    page = tmp_path / "page.html"
    images, sums = key_images(case, read, {}), sums_over_time(case, assessment)
    report = report_of(matter_of(case, read.reader_id))
    page.write_bytes(html_of(report))
    assert pdf_of(report).startswith(b"%PDF")
    assert MARK in page.read_text("utf-8")
    assert not {"script", "bold"} & tags_of(page)
    for number, figure in enumerate((images, sums)):
        draw(figure, tmp_path / f"{number}.svg")
        ElementTree.parse(tmp_path / f"{number}.svg")  # noqa: S314 - ours
    screen().print(assessment_view(assessment, read.reader_id))
    told = capsys.readouterr()
    require_plain(told.out + told.err)
    for table in datasets([subject_of_case(case, study=text)]):
        file = io.StringIO(newline="")
        write_csv(table, file)
        for row in csv.reader(io.StringIO(file.getvalue(), newline="")):
            assert not [
                cell
                for cell in row
                if FORMULA.match(cell) and not NUMBER.fullmatch(cell)
            ]
