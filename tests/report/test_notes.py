"""Comments, rulers and regions in the report: said, placed, blinded, no markup."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from recist_tool.model.annotation import Annotation, Comment
from recist_tool.model.diameter import ImagePlane
from recist_tool.report.case.blocks import DataTable
from recist_tool.report.case.build import report_of
from recist_tool.report.case.html import html_of
from recist_tool.report.case.matter import SlicePlace
from recist_tool.report.case.notes import OTHER_MEASUREMENTS
from recist_tool.report.case.pdf import _embed_fonts, _fitting, _least, pdf_of
from recist_tool.terms import AnnotationKind, Blinded
from tests.report.case_reports import case_of, matter_of, texts
from tests.report.test_case_report import HOSTILE, Tags, read_of, said

if TYPE_CHECKING:
    from recist_tool.model.case import Case

VISITS = "Comments on the visits"
RULER = Annotation(
    annotation_id="M1",
    timepoint_id="TP1",
    kind=AnnotationKind.RULER,
    plane=ImagePlane(sop_instance_uid="1.2.7", series_instance_uid="1.2"),
    points_pixel=((10.0, 10.0), (40.0, 10.0)),
    points_lps=((0.0, 0.0, -123.0), (23.4, 0.0, -123.0)),
    figures={"length_mm": Decimal("23.44")},
)
CIRCLE = Annotation(
    annotation_id="M2",
    timepoint_id="TP2",
    kind=AnnotationKind.CIRCLE,
    plane=ImagePlane(sop_instance_uid="1.2.8", series_instance_uid="1.2"),
    points_pixel=((10.0, 10.0), (14.0, 10.0)),
    points_lps=((0.0, 0.0, -98.0), (4.0, 0.0, -98.0)),
    figures={
        "mean": Decimal("45.21"),
        "sd": Decimal(12),
        "min": Decimal(-8),
        "max": Decimal(80),
        "area_mm2": Decimal(99),
    },
    units="HU",
)


def noted(*notes: Comment | Annotation, subject: str = "S-1") -> Case:
    """Return the case of a read, with what its reader wrote and drew."""
    case = case_of(read_of(id=subject))
    (read,) = case.reads
    comments = tuple(one for one in notes if isinstance(one, Comment))
    drawn = tuple(one for one in notes if isinstance(one, Annotation))
    return case.replaced(reads=(read.replaced(comments=comments, annotations=drawn),))


def comment(text: str, lesion_id: str | None = None, visit: str = "TP1") -> Comment:
    return Comment(timepoint_id=visit, lesion_id=lesion_id, text=text)


def titles(case: Case) -> list[str]:
    return [one.title for one in report_of(matter_of(case)).sections]


def test_a_comment_on_a_lesion_stands_below_its_table_with_lesion_and_visit() -> None:
    case = noted(comment("next to the clip", "T2"), comment("blurred", "NT1", "TP2"))
    report = report_of(matter_of(case))
    assert "T2 TP1 2024-03-04 next to the clip" in said(report, "Target lesions")
    assert "NT1 TP2 2024-05-06 blurred" in said(report, "Non-target lesions")
    assert "blurred" not in said(report, "Target lesions")
    assert VISITS not in titles(case)


def test_a_comment_on_a_visit_stands_before_its_response() -> None:
    case = noted(comment("no contrast", visit="TP2"), comment("breathes"))
    report = report_of(matter_of(case))
    told = said(report, VISITS)
    assert "TP1 2024-03-04 breathes TP2" in told
    names = titles(case)
    assert names.index(VISITS) < names.index("Response by RECIST 1.1")


def test_rulers_and_regions_stand_with_figures_units_and_place_outside_the_sum() -> (
    None
):
    case = noted(RULER, CIRCLE)
    matter = matter_of(case, slices={("1.2.8", None): SlicePlace(12, 41)})
    told = said(report_of(matter), OTHER_MEASUREMENTS)
    assert "TP1 2024-03-04 M1 ruler 23.4 mm at z -123.0 mm" in told
    assert (
        "M2 circle 45.2 \N{PLUS-MINUS SIGN} 12.0 HU -8.0 to 80.0 99 mm² slice 12 of 41"
    ) in told
    assert "mean \N{PLUS-MINUS SIGN} SD" in told
    without = report_of(matter_of(noted()))
    sums = "Response by RECIST 1.1"
    assert said(report_of(matter), sums) == said(without, sums)


def test_a_ruler_alone_needs_no_words_for_regions_and_a_bare_read_no_section() -> None:
    assert "SD" not in said(report_of(matter_of(noted(RULER))), OTHER_MEASUREMENTS)
    assert OTHER_MEASUREMENTS not in titles(noted())
    assert VISITS not in titles(noted())


def test_days_and_subject_in_a_comment_are_not_told_in_a_blinded_read() -> None:
    text = "SITE7-0042 was scanned on 2024-03-04 and 04.03.2024"
    case = noted(comment(text), comment(text, "T1"), RULER, subject="SITE7-0042")
    hidden = case.protocol.replaced(blinded_to=tuple(Blinded))
    report = report_of(matter_of(case.replaced(protocol=hidden)))
    shown = " ".join(texts(report)).replace("\N{NO-BREAK SPACE}", " ")
    assert shown.count("was scanned on day 61 and a date") == 2
    assert "TP1 day 61 M1 ruler" in said(report, OTHER_MEASUREMENTS)
    for told in ("SITE7-0042", "2024-03-04", "04.03.2024"):
        assert told not in shown


def test_markup_in_a_comment_is_text() -> None:
    report = report_of(matter_of(noted(comment(HOSTILE), comment(HOSTILE, "T1"))))
    page = Tags(html_of(report).decode())
    assert page.seen.isdisjoint({"script", "b"})
    seen = [one for one in page.shown if "<script>alert('x')</script>" in one]
    assert len(seen) == 2
    assert pdf_of(report).startswith(b"%PDF-")


def test_a_long_comment_wraps_whatever_it_is_made_of() -> None:
    _embed_fonts()
    whole = pdf_of(report_of(matter_of(noted())))
    for piece in ("a word ", "W", "1 × ", "line\n", "12 mm "):
        text = (piece * 2000)[:2000]
        report = report_of(matter_of(noted(comment(text), comment(text, "T1"))))
        assert len(pdf_of(report)) > len(whole), piece
        (section,) = [one for one in report.sections if one.title == VISITS]
        (table,) = section.blocks
        assert isinstance(table, DataTable)
        size, widths = _fitting(table, 511.0)
        assert size == 8.0
        assert sum(widths) == pytest.approx(511.0)
        assert widths[0] >= _least(table, 0, size) - 1e-6
        assert "line\n" not in html_of(report).decode()
