"""Tables for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from recist_tool.model.blinding import Blinding
from recist_tool.terms import MessageLevel, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from rich.console import RenderableType

    from recist_tool.criteria.answer.answer import (
        Message,
        ScopeAssessment,
        TimepointResponse,
    )
    from recist_tool.model.override import ResponseOverride
    from recist_tool.trial.patient import PatientAssessment

_STYLE = {
    Response.CR: "bold green",
    Response.PR: "green",
    Response.PD: "bold red",
    Response.NE: "yellow",
}
_LEVEL_STYLE = {
    MessageLevel.ERROR: "bold red",
    MessageLevel.WARNING: "yellow",
    MessageLevel.QUERY: "cyan",
}
_NONE = "–"


def assessment_view(
    assessment: PatientAssessment,
    reader_id: str = "",
    blinding: Blinding = Blinding(),  # noqa: B008 - it cannot change
) -> RenderableType:
    """Return sums and responses of a patient: whole patient and liver side by side.

    Parameters
    ----------
    reader_id
        Whose read it is, where several are shown.
    blinding
        How the case is told to its readers.
    """
    scopes = {"Whole patient": assessment.overall, "Liver": assessment.liver}
    overrides = [_override(*entry) for entry in assessment.overrides.items()]
    title = f"{blinding.subject(assessment.id)}   {assessment.criteria}"
    title += f"   read by {reader_id}" if reader_id else ""
    below: list[Text] = []
    for name, scope in scopes.items():
        if scope is not None:
            below.append(_best(name, scope, blinding))
            below.extend(_reasons(name, scope))
    below.extend(overrides)
    below.extend(_message(message) for message in assessment.messages)
    return Group(_table(assessment, title, scopes, blinding), *_told(below, blinding))


def _told(texts: Iterable[Text], blinding: Blinding) -> Iterator[Text]:
    """Return texts without what is not told; one that quotes it loses its colours."""
    for text in texts:
        told = blinding.told(text.plain)
        yield text if told == text.plain else Text(told)


def _table(
    assessment: PatientAssessment,
    title: str,
    scopes: dict[str, ScopeAssessment | None],
    blinding: Blinding,
) -> Table:
    table = Table(title=Text(title), title_justify="left")
    table.add_column("Visit")
    table.add_column("Date")
    measured = blinding.told(_measured(assessment))
    for name in scopes:
        table.add_column(f"{name}\n{measured}", justify="right", no_wrap=True)
        table.add_column("from\nbaseline", justify="right")
        table.add_column("from\nnadir", justify="right")
        table.add_column("response")
    baseline: list[str | Text] = ["baseline", ""]
    for scope in scopes.values():
        baseline.extend((_at_baseline(scope) if scope else _NONE, "", "", ""))
    table.add_row(*baseline)
    for timepoint_id, answer in assessment.overall.timepoints.items():
        row: list[str | Text] = [timepoint_id, _date(answer, blinding)]
        for scope in scopes.values():
            row.extend(_cells(scope.timepoints.get(timepoint_id) if scope else None))
        table.add_row(*row)
    return table


def _measured(assessment: PatientAssessment) -> str:
    """Return what the columns hold: a sum of diameters, or another figure."""
    for answer in assessment.overall.timepoints.values():
        if answer.figures and answer.sum_mm is None:
            figure = answer.figures[0]
            return f"{figure.name} {figure.unit}".rstrip()
    return "sum mm"


def _at_baseline(scope: ScopeAssessment) -> str:
    if scope.baseline_sum_mm is not None:
        return _mm(scope.baseline_sum_mm)
    first = (one.figures[0] for one in scope.timepoints.values() if one.figures)
    return next((_mm(figure.baseline) for figure in first), _NONE)


def _cells(answer: TimepointResponse | None) -> Iterator[str | Text]:
    if answer is None:
        yield from (_NONE,) * 4
        return
    if answer.figures and answer.sum_mm is None and answer.partial_sum_mm is None:
        yield _mm(answer.figures[0].value)
        yield _signed(answer.figures[0].pct_from_baseline, " %")
        yield _signed(answer.figures[0].pct_from_nadir, " %")
        yield _response(answer)
        return
    partial = answer.sum_mm is None and answer.partial_sum_mm is not None
    yield f"({_mm(answer.partial_sum_mm)})" if partial else _mm(answer.sum_mm)
    yield _signed(answer.pct_from_baseline, " %")
    nadir = _signed(answer.pct_from_nadir, " %")
    absolute = _signed(answer.abs_from_nadir_mm, " mm")
    yield nadir if absolute == _NONE else f"{nadir}\n{absolute}"
    yield _response(answer)


def _response(answer: TimepointResponse) -> Text:
    text = Text(answer.overall.value, style=_STYLE.get(answer.overall, ""))
    if answer.restated_overall is not None:
        text.append(f"\nrestated {answer.restated_overall.value}", style="bold red")
    if answer.post_pd:
        text.append("\nafter PD", style="dim")
    return text


def _best(name: str, scope: ScopeAssessment, blinding: Blinding) -> Text:
    text = Text(f"{name}: best response ", style="bold")
    best = scope.bor_confirmed
    text.append(best.value, style=_STYLE.get(best, "bold"))
    text.append(f" confirmed, {scope.bor_unconfirmed.value} without confirmation")
    if scope.pd_date is not None:
        text.append(f"; progression on {blinding.date(scope.pd_date)}")
    text.append(f". {scope.bor_reason} ", style="not bold")
    text.append(f"[{scope.bor_citation}]", style="dim")
    return text


def _reasons(name: str, scope: ScopeAssessment) -> Iterator[Text]:
    for timepoint_id, answer in scope.timepoints.items():
        text = Text(f"  {timepoint_id} ")
        text.append(answer.overall.value, style=_STYLE.get(answer.overall, ""))
        text.append(f" {_findings(answer)}: {answer.reason}")
        if answer.nearest_threshold is not None:
            text.append(f"; {answer.nearest_threshold}")
        text.append(f" [{answer.citation}]", style="dim")
        yield text


def _override(place: tuple[Scope, str], override: ResponseOverride) -> Text:
    scope, timepoint_id = place
    name = {Scope.OVERALL: "whole patient", Scope.LIVER: "liver"}[scope]
    text = Text("reader's override", style="magenta")
    text.append(
        f" at {timepoint_id}, {name}: {override.response.value}: {override.reason}"
        " (beside the computed answer; used for nothing)"
    )
    return text


def _findings(answer: TimepointResponse) -> str:
    named = (
        ("target", answer.target),
        ("non-target", answer.nontarget),
        ("new lesions", answer.new_lesions),
    )
    told = [f"{name} {one.value}" for name, one in named if one is not None]
    if told:
        return f"({', '.join(told)})"
    return "by its figures" if answer.figures else "(as recorded)"


def _message(message: Message) -> Text:
    places = [place for place in (message.lesion, message.timepoint) if place]
    text = Text(f"{message.level.value}", style=_LEVEL_STYLE[message.level])
    text.append(f" {' at '.join(places)}: " if places else ": ")
    text.append(message.text)
    return text


def _date(answer: TimepointResponse, blinding: Blinding) -> str:
    return blinding.date(answer.date) if answer.date else f"day {answer.day}"


def _mm(value: Decimal | None) -> str:
    return _NONE if value is None else f"{value:.1f}"


def _signed(value: Decimal | None, unit: str) -> str:
    return _NONE if value is None else f"{value:+.1f}{unit}"
