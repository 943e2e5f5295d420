"""A blinded case: people see no date and no subject; scripts see both."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from recist_tool.app.reporting import case_matter
from recist_tool.app.session import Session
from recist_tool.cli import main
from recist_tool.model.blinding import Blinding
from recist_tool.model.commands import (
    AddTimepoint,
    OverrideResponse,
    RecordVolumes,
    SetReferenceDate,
    SetTreatments,
)
from recist_tool.model.finding import Measured
from recist_tool.model.follow_up import Treatment
from recist_tool.model.override import VisitOverride
from recist_tool.model.protocol import Protocol
from recist_tool.report.case.build import report_of
from recist_tool.report.case.html import html_of
from recist_tool.report.figures import key_images, sums_over_time
from recist_tool.terms import Blinded, Criteria, LesionRole, Response, Scope
from tests.builders import caliper, timepoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUBJECT = "SITE7-0042"
DAY_0 = dt.date(2024, 1, 12)
TREATED = dt.date(2024, 1, 15)
DATES = (DAY_0, TREATED, *(timepoint(number).date for number in range(3)))
HIDDEN = (SUBJECT, *map(str, DATES), *(f"{one:%d.%m.%Y}" for one in DATES))


@pytest.fixture(params=[Criteria.RECIST_1_1, Criteria.VOLUMETRIC])
def session(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A read that progresses, with dates wherever a case can hold them."""
    protocol = Protocol(blinded_to=tuple(Blinded), criteria=(request.param,))
    with Session.create(
        tmp_path, subject_id=SUBJECT, reader_id="reader", protocol=protocol
    ) as session:
        for number in range(3):
            session.do(AddTimepoint(timepoint=timepoint(number)))
        session.do(SetReferenceDate(reference_date=DAY_0))
        session.do(SetTreatments(treatments=(Treatment(date=TREATED),)))
        session.add_lesion(LesionRole.TARGET, "liver")
        for visit, mm in (("BL", 30), ("TP1", 20), ("TP2", 40)):
            found = Measured(caliper=caliper(mm), volume_ml=Decimal(mm))
            session.record("T1", visit, found)
            session.do(
                RecordVolumes(
                    reader_id="reader",
                    timepoint_id=visit,
                    volumes_ml={"liver": Decimal(1500 + mm)},
                )
            )
        said = VisitOverride(
            timepoint_id="TP2",
            scope=Scope.OVERALL,
            response=Response.SD,
            reason=f"{SUBJECT} had ascites on {TREATED:%d.%m.%Y}",
        )
        session.do(OverrideResponse(reader_id="reader", override=said))
        yield session


def quoted(text: str) -> list[str]:
    return [one for one in HIDDEN if one in text]


def test_the_page_of_a_case_tells_days_and_a_neutral_name(
    session: Session,
) -> None:
    matter = case_matter(session.case_path, session.reader_id)
    html = html_of(report_of(matter)).decode().replace("\N{NO-BREAK SPACE}", " ")
    assert quoted(html) == []
    assert Blinding.of(session.case).subject(SUBJECT) in html
    assert "TP1\nday 56</th>" in html
    assert "day 11</td>" in html
    assert "progression on day 112" in html


def test_figures_of_a_case_count_days_from_the_baseline(session: Session) -> None:
    from matplotlib.text import Text

    assert session.assessment is not None
    images = key_images(session.case, session.read, {})
    titles = [one.get_text() for one in images.findobj(Text)]
    assert quoted(" ".join(titles)) == []
    assert "TP1  day 56" in titles
    (plot,) = sums_over_time(session.case, session.assessment).axes
    days = {float(day) for curve in plot.lines for day in curve.get_xdata()}
    sums = session.case.protocol.criteria[0] is Criteria.RECIST_1_1
    assert days == ({0.0, 56.0, 112.0} if sums else set())


def test_the_table_at_a_terminal_tells_days_and_a_neutral_name(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    name = session.case_path
    session.close()
    assert main(["assess", str(name)]) == 0
    shown = capsys.readouterr().out
    assert quoted(shown) == []
    assert "day 56" in shown
    assert "progression on day 112" in " ".join(shown.split())


def test_json_for_scripts_keeps_what_is_so(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.close()
    assert main(["assess", str(session.case_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["id"] == SUBJECT
    assert found["overall"]["timepoints"]["TP1"]["date"] == "2024-02-26"
    assert found["overall"]["pd_date"] == "2024-04-22"
    case = json.loads(session.case_path.read_text())["case"]
    assert (case["subject_id"], case["reference_date"]) == (SUBJECT, str(DAY_0))
