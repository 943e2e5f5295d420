"""The report of a case says what its answers say, in words, and nothing it must not."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.errors import RecistToolError
from recist_tool.model.case import VisitUptake
from recist_tool.model.findings import Findings
from recist_tool.model.lesion import Lesion
from recist_tool.model.pet import PetScan
from recist_tool.report.case.blocks import (
    DataTable,
    TableColumn,
    TextLine,
    unbroken,
)
from recist_tool.report.case.build import report_of
from recist_tool.report.case.html import html_of
from recist_tool.report.case.pdf import _embed_fonts, _fitting, _least, pdf_of
from recist_tool.terms import Blinded, Criteria, Response
from tests.app.random_reads import chance_of, random_read
from tests.examples import by_day
from tests.report.case_reports import HEAD, case_of, matter_of, texts

if TYPE_CHECKING:
    from recist_tool.model.case import Case
    from recist_tool.report.case.blocks import Report

FOREIGN = "Löwe, Größe, Ἀλέξανδρος Ωμέγα, Пётр Щукин"
HOSTILE = "<script>alert('x')</script> &amp; <b>T1 \x1b[2J"
VOID = {"meta", "img", "br"}
PARTED = re.compile(r"\d (?:mm|ml|%|HU|days?)(?!\w)|\d × | × \d")


def read_of(**changes: Any) -> Findings:
    """Return a read that progresses by a new lesion outside a liver that responds."""
    lesions = [
        {"id": "T1", "role": "target", "organ": "liver"},
        {"id": "T2", "role": "target", "organ": "lung"},
        {"id": "NT1", "role": "non_target", "organ": "liver"},
    ]
    visits = [
        {
            "id": name,
            "date": date,
            "target": {"T1": {"mm": first}, "T2": {"mm": second}},
            "nontarget": {"NT1": {"state": "present"}},
            "new": new,
        }
        for name, date, first, second, new in (
            ("BL", "2024-01-03", 60, 40, []),
            ("TP1", "2024-03-04", "30.05", 40, []),
            ("TP2", "2024-05-06", 30, 40, [{"id": "NL1", "organ": "bone", "mm": 17}]),
        )
    ]
    for seen in visits[2]["new"]:
        seen["status"] = "definite"
    made = {"id": "S-1", "reference_date": "2024-01-10", "lesions": lesions}
    return Findings.model_validate(made | {"timepoints": visits} | changes)


def renamed(case: Case, **changes: Any) -> Case:
    """Return the case with one lesion described in another way."""
    (read,) = case.reads
    first, *others = read.lesions
    told = Lesion.model_validate(first.model_dump() | changes)
    return case.replaced(reads=(read.replaced(lesions=(told, *others)),))


def said(report: Report, title: str) -> str:
    """Return all words of a section, with usual spaces."""
    (section,) = [one for one in report.sections if one.title == title]
    return " ".join(texts(section)).replace("\N{NO-BREAK SPACE}", " ")


class Tags(HTMLParser):
    """Holds a page to be well-formed, and keeps what it shows."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.shown: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.shown.append(data)


# ------------------------------------------------------------------ what it says


def test_the_conclusion_says_patient_and_liver_in_plain_words() -> None:
    report = report_of(matter_of(case_of(read_of())))
    told = said(report, "Conclusion")
    assert "Whole patient: progressive disease (PD) by RECIST 1.1 at TP2" in told
    assert "New lesion NL1 (bone, 17.0 mm)" in told
    assert "first progression on 2024-05-06" in told
    assert "Liver alone: partial response (PR) by RECIST 1.1" in told
    assert "50.0 % below baseline 60.0 mm" in told
    assert "Final: every visit that was read is signed." in told


def test_a_baseline_has_nothing_to_compare_with() -> None:
    first = read_of().timepoints[:1]
    report = report_of(matter_of(case_of(read_of(timepoints=first))))
    told = said(report, "Conclusion")
    assert "2 target and 1 non-target lesions" in told
    assert "whole patient 100.0 mm, liver alone 60.0 mm" in told
    assert "complete response" not in told


def test_each_length_stands_as_it_was_recorded_with_its_change() -> None:
    report = report_of(matter_of(case_of(read_of())))
    told = said(report, "Target lesions")
    for length in ("60.0 mm", "30.05 mm", "30.0 mm"):
        assert length in told
    assert "\N{MINUS SIGN}49.9 %" in told
    assert "\N{MINUS SIGN}50.0 %" in told
    assert "typed in" in told


def test_where_uptake_alone_counts_lesions_have_no_growth_of_their_border() -> None:
    read = read_of(criteria="EORTC PET")
    case = case_of(read)
    (one,) = case.reads
    seen = (("BL", "10.265", "65.23"), ("TP1", "6.133", "78.628"))
    uptake = tuple(
        VisitUptake(
            timepoint_id=visit,
            pet=PetScan.model_validate(
                {
                    "lesions": {"T1": {"suv": suv, "suv_mean": "4.1", "mtv_ml": ml}},
                    "suv_kind": "SUVbw max",
                }
            ),
        )
        for visit, suv, ml in seen
    )
    told = case.replaced(reads=(one.replaced(uptake=uptake),))
    report = report_of(matter_of(told))
    targets = said(report, "Target lesions")
    assert "SUVbw max 6.13 (\N{MINUS SIGN}40.3 %)" in targets
    assert "MTV 78.63 ml (+20.5 %)" in targets
    assert "60.0 mm" not in targets
    assert "diameter" not in targets
    assert "SUVbw mean 4.1" in said(report, "Uptake on PET")
    both = told.protocol.replaced(criteria=(Criteria.EORTC_PET, Criteria.RECIST_1_1))
    sizes = said(report_of(matter_of(told.replaced(protocol=both))), "Target lesions")
    assert "60.0 mm" in sizes


def test_patient_and_liver_stand_side_by_side_with_their_reasons() -> None:
    told = said(report_of(matter_of(case_of(read_of()))), "Response by RECIST 1.1")
    assert told.index("Whole patient") < told.index("Liver")
    assert "70.05 mm" in told
    assert "Eisenhauer 2009, 4.3.5" in told


def test_settings_and_origin_are_said() -> None:
    report = report_of(matter_of(case_of(read_of())))
    assert "at most 5" in said(report, "Settings")
    assert "RECIST 1.1" in said(report, "Settings")
    origin = said(report, "Where this report comes from")
    assert HEAD in origin
    assert "2024-01-01 12:00 UTC" in origin


def test_signatures_are_named_with_what_changed_since_and_what_is_not_signed() -> None:
    case = case_of(read_of())
    (read,) = case.reads
    part = case.replaced(reads=(read.replaced(locks=read.locks[:2]),))
    report = report_of(matter_of(part, outdated={"TP1": "TP1 was signed as PR"}))
    assert "Preliminary: TP2 not signed." in said(report, "Conclusion")
    told = said(report, "Reader and signatures")
    assert "BL Dr R 2024-01-01 12:00 UTC unchanged" in told
    assert "TP1 Dr R 2024-01-01 12:00 UTC TP1 was signed as PR" in told
    assert "TP2 not signed" in told


def test_a_visit_that_was_not_read_is_no_baseline_and_not_in_the_tables() -> None:
    case = case_of(read_of())
    (read,) = case.reads
    later = [one for one in read.findings if one.timepoint_id != "BL"]
    locks = [one for one in read.locks if one.timepoint_id != "BL"]
    unread = read.replaced(findings=tuple(later), locks=tuple(locks))
    report = report_of(matter_of(case.replaced(reads=(unread,))))
    assert "BL" not in said(report, "Target lesions")
    assert "Baseline TP1 (2024-03-04)" in said(report, "Comparison")
    assert "70.05 mm" in said(report, "Response by RECIST 1.1")


def test_ten_visits_stand_in_tables_that_begin_with_the_baseline() -> None:
    first = read_of().timepoints[0]
    visits = [
        first.replaced(
            id=f"V{number}", date=first.date + dt.timedelta(weeks=8 * number)
        )
        for number in range(10)
    ]
    report = report_of(matter_of(case_of(read_of(timepoints=visits))))
    (section,) = [one for one in report.sections if one.title == "Target lesions"]
    tables = [one for one in section.blocks if isinstance(one, DataTable)]
    headings = [[column.title for column in one.columns[1:]] for one in tables]
    assert headings == [
        ["V0", "V1", "V2", "V3"],
        ["V0", "V4", "V5", "V6"],
        ["V0", "V7", "V8", "V9"],
    ]


# ------------------------------------------------- what others wrote, and blinding


def test_markup_and_escapes_of_a_case_are_text_in_both_formats() -> None:
    case = renamed(case_of(read_of()), name=HOSTILE, finding_site="</td></table>")
    report = report_of(matter_of(case))
    page = Tags(html_of(report).decode())
    assert "script" not in page.seen
    assert "b" not in page.seen
    assert any("<script>alert('x')</script> &amp; <b>T1" in one for one in page.shown)
    assert not any("\x1b" in one for one in page.shown)
    assert pdf_of(report).startswith(b"%PDF-")


def test_umlauts_greek_and_cyrillic_have_letters_in_the_fonts_of_the_pdf() -> None:
    from reportlab.pdfbase.pdfmetrics import getFont

    _embed_fonts()
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        font: Any = getFont(name)
        wanted = {
            ord(one) for one in FOREIGN + "\N{MINUS SIGN}–×²³≥µ\N{NO-BREAK SPACE}"
        }
        assert wanted <= set(font.face.charToGlyph)
    case = renamed(case_of(read_of()), name=FOREIGN)
    report = report_of(matter_of(case))
    assert FOREIGN in html_of(report).decode()
    assert b"/FontFile2" in pdf_of(report)


def test_a_blinded_read_has_a_report_without_days_and_subject() -> None:
    case = case_of(read_of(id="SITE7-0042"))
    hidden = case.protocol.replaced(blinded_to=tuple(Blinded))
    told = renamed(case, finding_site="seen on 2024-03-04 in SITE7-0042")
    matter = matter_of(told.replaced(protocol=hidden))
    report = report_of(matter)
    every = " ".join(texts(report)).replace("\N{NO-BREAK SPACE}", " ")
    left = every.replace(HEAD, "")
    assert HEAD in every
    assert "SITE7-0042" not in left
    days = {str(one.date) for one in case.timepoints} | {"2024-01-10"}
    assert not [one for one in days if one in left]
    assert "day -2" not in left  # of the signatures: who signed knows that day
    assert "2024-01-01 12:00 UTC" in left
    assert "day 61" in left
    assert "first progression on day 124" in left
    assert b"(D:2000" in pdf_of(report)


# ------------------------------------------------------------------ how it looks


@given(
    seed=st.integers(0, 2**32),
    criteria=st.lists(st.sampled_from(Criteria), min_size=1, max_size=2, unique=True),
)
@settings(max_examples=by_day(12, at_night=500))
def test_a_report_of_any_read_says_its_answers_and_parts_no_number_from_its_unit(
    seed: int, criteria: list[Criteria]
) -> None:
    read = Findings.model_validate(random_read(chance_of(seed)))
    case = case_of(read, tuple(criteria))
    try:
        matter = matter_of(case)
    except (AssertionError, RecistToolError):
        return  # these criteria cannot judge it
    if not matter.assessments:
        return
    report = report_of(matter)
    for one in texts(report):
        assert not PARTED.search(one), one
    Tags(html_of(report).decode())
    for name, found in matter.assessments.items():
        told = said(report, f"Response by {name.value}")
        for answer in found.overall.timepoints.values():
            assert answer.overall.value in told
            assert answer.citation in told


def test_no_number_of_a_wide_table_is_broken_in_the_pdf() -> None:
    _embed_fonts()
    cell = (
        TextLine(
            "123.45\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}101.25\N{NO-BREAK SPACE}mm"
        ),
    )
    columns = (
        TableColumn("Lesion"),
        *(TableColumn(f"TP{one}", is_number=True) for one in range(4)),
    )
    words = (TextLine("a lesion with a long description of its place"),)
    table = DataTable(columns, ((words, *(cell,) * 4),))
    size, widths = _fitting(table, 511.0)
    assert sum(widths) == pytest.approx(511.0)
    for place, wide in enumerate(widths):
        assert wide >= _least(table, place, size) - 1e-6


def test_a_long_reason_takes_lines_and_no_width_from_the_numbers() -> None:
    _embed_fonts()
    reason = "not evaluable: artefact of a hip prosthesis that covers all of it"
    cell = (TextLine(unbroken("123.45 × 101.25 mm")),)
    columns = tuple(TableColumn(f"TP{one}") for one in range(4))
    table = DataTable(columns, (((TextLine(reason),), cell, cell, cell),))
    size, widths = _fitting(table, 400.0)
    assert size == 8.0
    assert widths[0] < 110.0
    for place in range(1, 4):
        assert widths[place] >= _least(table, place, size) - 1e-6


def test_every_response_has_words() -> None:
    from recist_tool.report.case.words import IN_FULL

    assert set(IN_FULL) == set(Response)


def test_the_same_report_is_the_same_file() -> None:
    report = report_of(matter_of(case_of(read_of())))
    assert pdf_of(report) == pdf_of(report)
