"""Swimmer plot: what happened to each patient, one row each."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.registry import CRITERIA
from recist_tool.report.trial.style import (
    INK,
    RESPONSE_COLOURS,
    SCOPE_COLOURS,
    WIDTH,
    months_axis,
    own_words,
    word,
)
from recist_tool.terms import Ending, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_result import PatientResult

ROWS: Final = 40
"""Patients in one figure, so that each row can be read on paper."""

MOST_FIGURES: Final = 10
"""After as many figures the other patients are counted, not drawn."""

_ROW_HEIGHT: Final = 0.21
_OBSERVED: Final = "#e9ecf0"
_RESPONDING: Final = "#bfe0f6"
LONGEST_NAME: Final = 44
"""Letters beside a row; more would leave the bars no room. The tables have them all."""

_RESPONSES: Final = {
    Response.CR: ("*", 8.0),
    Response.PR: ("v", 5.5),
    Response.SD: ("o", 4.0),
    Response.NON_CR_NON_PD: ("o", 4.0),
    Response.PD: ("X", 6.5),
    Response.NE: ("o", 4.0),
}


def swimmer_figures(
    patients: Sequence[PatientResult], settings: TrialSettings
) -> Iterator[Figure]:
    """Return figures of `ROWS` patients each, the longest observed first."""
    ordered = sorted(patients, key=lambda one: (-one.os.days, one.findings.id))
    drawn = ordered[: ROWS * MOST_FIGURES]
    last = max((settings.months(one.os.days) for one in drawn), default=1.0)
    for first in range(0, len(drawn), ROWS):
        page = drawn[first : first + ROWS]
        title = f"Patients {first + 1} to {first + len(page)} of {len(ordered)}"
        yield _page(page, settings, last, f"{title}, the longest observed first")


def _page(
    patients: Sequence[PatientResult], settings: TrialSettings, last: float, title: str
) -> Figure:
    from matplotlib.figure import Figure

    height = 1.5 + _ROW_HEIGHT * max(len(patients), 6)
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ax = figure.subplots()
    for row, one in enumerate(patients):
        _row(ax, row, one, settings)
    months_axis(ax, last * 1.03)
    ax.set_ylim(max(len(patients), 6) - 0.4, -0.7)
    names = [_name(one) for one in patients]
    ax.set_yticks(range(len(patients)), names, fontsize=7)
    ax.tick_params(axis="y", length=0)
    ax.set_title(title)
    figure.legend(
        handles=_legend(own_words(_said(patients))),
        loc="outside lower center",
        ncols=4,
        fontsize=7.5,
        handletextpad=0.4,
        columnspacing=1.2,
    )
    return figure


def _row(ax: Axes, row: int, one: PatientResult, settings: TrialSettings) -> None:
    course = one.course
    end = settings.months((one.os.date - course.reference_date).days)
    ax.barh(row, end, height=0.62, color=_OBSERVED, zorder=1)
    _response_bar(ax, row, one, settings)
    for session in one.findings.treatment:
        month = settings.months((session.date - course.reference_date).days)
        ax.plot(month, row, "|", color=INK, markersize=11, markeredgewidth=1.8)
    progressed = False
    for visit in course.assessments:
        month = settings.months((visit.date - course.reference_date).days)
        response = word(visit.response)
        _mark(ax, row, month, response, after=progressed)
        progressed = progressed or response is Response.PD
    _liver_progression(ax, row, one, settings)
    _ending(ax, row, end, one)


def _response_bar(
    ax: Axes, row: int, one: PatientResult, settings: TrialSettings
) -> None:
    lasting = one.overall.dor
    if lasting is None:
        return
    start = settings.months((lasting.start - one.course.reference_date).days)
    length = settings.months((lasting.date - lasting.start).days)
    ax.barh(row, length, left=start, height=0.62, color=_RESPONDING, zorder=2)


def _name(one: PatientResult) -> str:
    """Return the id and the activity of each session; ``+`` joins those of one day."""
    ordered = sorted(one.findings.treatment, key=lambda session: session.date)
    days = [
        "+".join(
            "?" if session.activity_gbq is None else f"{session.activity_gbq:.1f}"
            for session in sessions
        )
        for _, sessions in groupby(ordered, key=lambda session: session.date)
    ]
    name = f"{one.findings.id}   {', '.join(days)}" if days else one.findings.id
    cut = f"{name[: LONGEST_NAME - 1]}\N{HORIZONTAL ELLIPSIS}"
    return name if len(name) <= LONGEST_NAME else cut


def _mark(ax: Axes, row: int, month: float, response: Response, *, after: bool) -> None:
    """Draw a visit; one after progression is small, as it no longer counts."""
    marker, size = _RESPONSES[response]
    hollow = response is Response.NE
    ax.plot(
        month,
        row,
        marker,
        markersize=size * (0.5 if after else 1),
        alpha=0.6 if after else 1,
        markerfacecolor="white" if hollow else RESPONSE_COLOURS[response],
        markeredgecolor=INK,
        markeredgewidth=0.5,
        zorder=6,
    )


def _liver_progression(
    ax: Axes, row: int, one: PatientResult, settings: TrialSettings
) -> None:
    liver = one.liver
    if not liver or not liver.pfs or liver.pfs.ending is not Ending.PROGRESSION:
        return
    month = settings.months((liver.pfs.date - one.course.reference_date).days)
    ax.plot(
        month,
        row,
        "s",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=SCOPE_COLOURS[Scope.LIVER],
        markeredgewidth=1.1,
        zorder=5,
    )


def _ending(ax: Axes, row: int, end: float, one: PatientResult) -> None:
    if one.os.event:
        ax.plot(end, row, "D", color=INK, markersize=4.5, zorder=7)
        return
    ax.annotate(
        "",
        (end, row),
        xytext=(10, 0),
        textcoords="offset points",
        arrowprops={"arrowstyle": "<|-", "color": INK, "linewidth": 0.9},
        annotation_clip=False,
        zorder=3,
    )


def _said(patients: Sequence[PatientResult]) -> Iterator[Response]:
    """Return the responses of all visits, and those that a criterion may always say."""
    for one in patients:
        yield from (visit.response for visit in one.course.assessments)
        yield from CRITERIA[one.findings.criteria].responses & set(_RESPONSES)


def _legend(labels: Mapping[Response, str]) -> list[Artist]:
    from matplotlib.patches import Patch

    responses = [
        _point(labels[response], marker, size, fill=RESPONSE_COLOURS[response])
        for response, (marker, size) in _RESPONSES.items()
        if response is not Response.NON_CR_NON_PD and response in labels
    ]
    in_liver = _point("PD in the liver", "s", 8, fill="none", width=1.1)
    in_liver.set_markeredgecolor(SCOPE_COLOURS[Scope.LIVER])
    return [
        *responses,
        in_liver,
        _point("treatment (GBq beside the id)", "|", 10, width=1.8),
        _point("death", "D", 4.5),
        _point("alive when last seen", ">", 5),
        Patch(color=_RESPONDING, label="response lasts"),
        Patch(color=_OBSERVED, label="under observation"),
    ]


def _point(
    label: str, marker: str, size: float, *, fill: str = INK, width: float = 0.5
) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markerfacecolor=fill,
        markeredgecolor=INK,
        markeredgewidth=width,
        label=label,
    )
