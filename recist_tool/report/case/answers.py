"""Sums and responses, whole patient and liver side by side, with their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.numbers import millimetres
from recist_tool.report.case.blocks import (
    DataTable,
    Paragraph,
    ReportSection,
    TableColumn,
    TextLine,
    Tone,
)
from recist_tool.report.case.words import (
    NONE,
    figure_words,
    response_words,
    signed_mm,
    signed_percent,
)
from recist_tool.terms import MessageLevel, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.criteria.answer.answer import (
        Message,
        ScopeAssessment,
        TimepointResponse,
    )
    from recist_tool.model.case import Timepoint
    from recist_tool.report.case.blocks import Block, Words
    from recist_tool.report.case.matter import CaseMatter
    from recist_tool.trial.patient import PatientAssessment

NAMES: Final = {Scope.OVERALL: "Whole patient", Scope.LIVER: "Liver"}
_LEVELS: Final = {
    MessageLevel.ERROR: "Fault",
    MessageLevel.WARNING: "Note",
    MessageLevel.QUERY: "To be looked at",
}


class Judged(NamedTuple):
    """One scope under one set of criteria."""

    scope: Scope
    found: ScopeAssessment

    @property
    def name(self) -> str:
        """Whole patient, or liver."""
        return NAMES[self.scope]


def judged_scopes(assessment: PatientAssessment) -> list[Judged]:
    """Return the scopes that there are, the whole patient first."""
    both = ((Scope.OVERALL, assessment.overall), (Scope.LIVER, assessment.liver))
    return [Judged(scope, found) for scope, found in both if found is not None]


def responses(of: CaseMatter, assessment: PatientAssessment) -> ReportSection:
    """Return what one set of criteria answers at each visit, and why."""
    scopes = judged_scopes(assessment)
    blocks: list[Block] = [_sums(of, scopes)]
    if assessment.liver is None:
        text = "No liver lesion: nothing is answered for the liver alone."
        blocks.append(Paragraph((TextLine(text, Tone.QUIET),)))
    if of.answered:
        blocks.append(_reasons(of, assessment))
        blocks.append(_best(scopes, of))
    return ReportSection(f"Response by {assessment.criteria.value}", tuple(blocks))


def _sums(of: CaseMatter, scopes: list[Judged]) -> DataTable:
    measured = [_measured(one.found) for one in scopes]
    columns = [TableColumn("Visit", 0.9)]
    for what, unit in measured:
        columns += [
            TableColumn(what, 1.0, is_number=True, below=unit),
            TableColumn("from", 1.0, is_number=True, below="baseline"),
            TableColumn("from", 1.0, is_number=True, below="smallest"),
            TableColumn("Response", 1.2),
        ]
    first = [_visit(of.baseline, of)]
    for one in scopes:
        first += [(TextLine(_at_baseline(one.found)),), (), (), (TextLine("baseline"),)]
    rows = [tuple(first)]
    for visit in of.answered:
        row = [_visit(visit, of)]
        for one in scopes:
            row += _answer_cells(one.found.timepoints.get(visit.timepoint_id))
        rows.append(tuple(row))
    groups = (("", 1), *((one.name, 4) for one in scopes))
    return DataTable(tuple(columns), tuple(rows), groups)


def _visit(visit: Timepoint, of: CaseMatter) -> Words:
    return TextLine(visit.timepoint_id, Tone.STRONG), TextLine(
        of.when(visit), Tone.QUIET
    )


def _measured(scope: ScopeAssessment) -> tuple[str, str]:
    """Return what is compared, and its unit: the sum of diameters, or a figure."""
    for answer in scope.timepoints.values():
        if answer.figures and _has_no_sum(answer):
            figure = answer.figures[0]
            return figure.name, figure.unit
    return "Sum of", "diameters"


def _has_no_sum(answer: TimepointResponse) -> bool:
    return answer.sum_mm is None and answer.partial_sum_mm is None


def _at_baseline(scope: ScopeAssessment) -> str:
    if scope.baseline_sum_mm is not None:
        return millimetres(scope.baseline_sum_mm)
    first = (one.figures[0] for one in scope.timepoints.values() if one.figures)
    return next((figure_words(one.baseline, one.unit) for one in first), NONE)


def _answer_cells(answer: TimepointResponse | None) -> Iterator[Words]:
    if answer is None:
        yield from ((TextLine(NONE),),) * 4
        return
    if answer.figures and _has_no_sum(answer):
        figure = answer.figures[0]
        yield (TextLine(figure_words(figure.value, figure.unit)),)
        yield (TextLine(signed_percent(figure.pct_from_baseline)),)
        yield (TextLine(signed_percent(figure.pct_from_nadir)),)
    else:
        yield (TextLine(_sum(answer)),)
        yield (TextLine(signed_percent(answer.pct_from_baseline)),)
        yield (
            TextLine(signed_percent(answer.pct_from_nadir)),
            TextLine(signed_mm(answer.abs_from_nadir_mm), Tone.QUIET),
        )
    yield tuple(_response(answer))


def _sum(answer: TimepointResponse) -> str:
    if answer.sum_mm is not None:
        return millimetres(answer.sum_mm)
    if answer.partial_sum_mm is not None:
        return f"({millimetres(answer.partial_sum_mm)})"
    return NONE


def _response(answer: TimepointResponse) -> Iterator[TextLine]:
    yield TextLine(answer.overall.value, Tone.CHIP)
    if answer.restated_overall is not None:
        yield TextLine(f"since a later visit {answer.restated_overall.value}")
    if answer.post_pd:
        yield TextLine("after progression", Tone.QUIET)
    if answer.sum_mm is None and answer.partial_sum_mm is not None:
        yield TextLine("sum not complete", Tone.QUIET)


def _reasons(of: CaseMatter, assessment: PatientAssessment) -> DataTable:
    scopes = judged_scopes(assessment)
    columns = (
        TableColumn("Visit", 0.7),
        *(TableColumn(f"{one.name}: why", 3.0) for one in scopes),
    )
    rows = tuple(
        (
            (TextLine(visit.timepoint_id, Tone.STRONG),),
            *(tuple(_why(one, visit, assessment)) for one in scopes),
        )
        for visit in of.answered
    )
    return DataTable(columns, rows)


def _why(
    judged: Judged, visit: Timepoint, assessment: PatientAssessment
) -> Iterator[TextLine]:
    answer = judged.found.timepoints.get(visit.timepoint_id)
    if answer is None:
        yield TextLine(NONE)
        return
    limit = f"; {answer.nearest_threshold}" if answer.nearest_threshold else ""
    yield TextLine(f"{answer.overall.value}: {answer.reason}{limit}")
    parts = _parts(answer)
    if parts:
        yield TextLine(parts)
    yield TextLine(answer.citation, Tone.QUIET)
    own = assessment.overrides.get((judged.scope, visit.timepoint_id))
    if own is not None:
        yield TextLine(
            f"The reader says {own.response.value}: {own.reason}", Tone.STRONG
        )


def _parts(answer: TimepointResponse) -> str:
    named = (
        ("targets", answer.target),
        ("non-targets", answer.nontarget),
        ("new lesions", answer.new_lesions),
    )
    return ", ".join(f"{name} {one.value}" for name, one in named if one is not None)


def _best(scopes: list[Judged], of: CaseMatter) -> Paragraph:
    lines: list[TextLine] = []
    for one in scopes:
        found = one.found
        text = f"{one.name}: best response {response_words(found.bor_confirmed)}"
        if found.bor_unconfirmed is not found.bor_confirmed:
            text += f"; without confirmation {response_words(found.bor_unconfirmed)}"
        if found.pd_date is not None:
            text += f"; first progression on {of.blinding.date(found.pd_date)}"
        lines.append(TextLine(f"{text}. {found.bor_reason}"))
        lines.append(TextLine(found.bor_citation, Tone.QUIET))
    return Paragraph(tuple(lines))


def figures(of: CaseMatter, assessment: PatientAssessment) -> list[Block]:
    """Return what criteria compared beside what `responses` shows: often nothing."""
    visits = [
        one for one in of.answered if one.timepoint_id in assessment.overall.timepoints
    ]
    said: dict[str, dict[str, str]] = {}
    for visit in visits:
        answer = assessment.overall.timepoints[visit.timepoint_id]
        for figure in answer.figures[_has_no_sum(answer) :]:
            name = ", ".join(filter(None, (figure.lesion, figure.name)))
            value = figure_words(figure.value, figure.unit)
            changed = signed_percent(figure.pct_from_baseline)
            told = value if changed == NONE else f"{value} ({changed})"
            said.setdefault(name, {})[visit.timepoint_id] = told
    if not said:
        return []
    columns = (
        TableColumn("Compared, with its change from baseline", 2.0),
        *(TableColumn(one.timepoint_id, 1.0) for one in visits),
    )
    rows = tuple(
        (
            (TextLine(name),),
            *((TextLine(row.get(one.timepoint_id, NONE)),) for one in visits),
        )
        for name, row in said.items()
    )
    return [DataTable(columns, rows)]


def remarks(of: CaseMatter) -> ReportSection:
    """Return what does not conform, and what a person should look at."""
    seen: dict[tuple[str, str | None, str | None], Message] = {}
    for assessment in of.assessments.values():
        for one in assessment.messages:
            seen.setdefault((one.text, one.lesion, one.timepoint), one)
    faults = [f"{criteria}: {fault}" for criteria, fault in of.failed.items()]
    if not seen and not faults:
        text = "Nothing: the read conforms, and no figure asks for a second look."
        return ReportSection("Remarks", (Paragraph((TextLine(text),)),))
    columns = (
        TableColumn("What", 1.0),
        TableColumn("Where", 0.8),
        TableColumn("Says", 4.0),
    )
    rows = [
        (
            (TextLine(_LEVELS[one.level]),),
            (TextLine(" at ".join(filter(None, (one.lesion, one.timepoint)))),),
            (TextLine(one.text),),
        )
        for one in seen.values()
    ]
    rows += [((TextLine("Fault"),), (), (TextLine(one),)) for one in faults]
    return ReportSection("Remarks", (DataTable(columns, tuple(rows)),))
