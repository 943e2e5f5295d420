"""What a reader wrote, and drew, that is no finding: comments, rulers, regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.measure.drawn.words import KIND_WORDS, figure_parts
from recist_tool.report.case.blocks import (
    DataTable,
    Paragraph,
    ReportSection,
    TableColumn,
    TextLine,
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.model.annotation import Annotation
    from recist_tool.model.case import Timepoint
    from recist_tool.model.lesion import Lesion
    from recist_tool.report.case.blocks import Block, Words
    from recist_tool.report.case.matter import CaseMatter

OTHER_MEASUREMENTS: Final = "Other measurements, not part of the response"
_HOW: Final = "Values of a region are mean \N{PLUS-MINUS SIGN} SD, then least to most."
_COMMENT: Final = TableColumn("Comment", 6.0)


def comments_on(lesions: Sequence[Lesion], of: CaseMatter) -> list[DataTable]:
    """Return what was written of lesions, each by visit: often nothing."""
    rows = [
        (_strong(lesion.lesion_id), *_visit(visit, of), _flowing(text))
        for lesion in lesions
        for visit in of.case.timepoints
        if (text := of.read.comment(visit.timepoint_id, lesion.lesion_id))
    ]
    columns = (
        TableColumn("Lesion", 0.7, is_number=True),
        TableColumn("Visit", 0.7, is_number=True),
        _COMMENT,
    )
    return [DataTable(columns, tuple(rows))] if rows else []


def visit_comments(of: CaseMatter) -> Iterator[ReportSection]:
    """Return what was written of visits, also of one that was not read."""
    rows = [
        (*_visit(visit, of), _flowing(text))
        for visit in of.case.timepoints
        if (text := of.read.comment(visit.timepoint_id))
    ]
    if rows:
        columns = (TableColumn("Visit", 0.7, is_number=True), _COMMENT)
        table = DataTable(columns, tuple(rows))
        yield ReportSection("Comments on the visits", (table,))


def other_measurements(of: CaseMatter) -> Iterator[ReportSection]:
    """Return the rulers, angles and regions of each visit: they enter no sum."""
    drawn = [
        (visit, one)
        for visit in of.case.timepoints
        for one in of.read.annotations_at(visit.timepoint_id)
    ]
    if not drawn:
        return
    columns = (
        TableColumn("Visit", 0.9, is_number=True),
        TableColumn("What", 1.6),
        TableColumn("Measured", 2.0),
        TableColumn("Where", 1.4),
    )
    rows = tuple((*_visit(visit, of), *_drawn(one, of)) for visit, one in drawn)
    blocks: list[Block] = [DataTable(columns, rows)]
    if any("mean" in one.figures for _, one in drawn):
        blocks.append(Paragraph((TextLine(_HOW, Tone.QUIET),)))
    yield ReportSection(OTHER_MEASUREMENTS, tuple(blocks))


def _drawn(one: Annotation, of: CaseMatter) -> Iterator[Words]:
    yield TextLine(one.annotation_id, Tone.STRONG), TextLine(KIND_WORDS[one.kind])
    yield tuple(map(TextLine, figure_parts(one.figures, one.units)))
    yield (TextLine(of.place(one.plane, one.points_lps), Tone.QUIET),)


def _visit(visit: Timepoint, of: CaseMatter) -> tuple[Words]:
    day = TextLine(of.when(visit), Tone.QUIET)
    return ((TextLine(visit.timepoint_id, Tone.STRONG), day),)


def _strong(text: str) -> Words:
    return (TextLine(text, Tone.STRONG),)


def _flowing(text: str) -> Words:
    """Return a comment as one line, which wraps: its own breaks are spaces."""
    return (TextLine(" ".join(text.split())),)
