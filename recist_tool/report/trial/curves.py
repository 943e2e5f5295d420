"""Curves of a trial: Kaplan-Meier with numbers at risk, and cumulative incidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.report.trial.style import (
    GROUP_COLOURS,
    GROUP_LINES,
    INK,
    QUIET,
    SHARE_NAMES,
    SHARES,
    WIDTH,
    last_month,
    months_axis,
    nothing,
)
from recist_tool.report.trial.tables import ENDINGS, in_months
from recist_tool.trial.cohort import COMPETING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from recist_tool.trial.competing import CumulativeIncidence
    from recist_tool.trial.survival import SurvivalCurve

MOST_GROUPS: Final = len(GROUP_COLOURS)
"""More curves than this in one figure cannot be told apart."""


class _Steps(NamedTuple):
    """A curve of steps with its limits, from month 0 on."""

    months: NDArray[np.float64]
    value: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def survival_figure(
    curves: Mapping[str, SurvivalCurve],
    title: str,
    *,
    start: str = "reference date",
    note: str = "",
) -> Figure:
    """Return Kaplan-Meier curves with limits, censoring and numbers at risk.

    Parameters
    ----------
    curves
        By the name of the group, at most `MOST_GROUPS`; a single one is drawn with its
        95 % limits and median, several with their limits lightly.
    start
        What month 0 is.
    """
    ax, below, figure = _with_rows(max(len(curves), 1))
    ax.set_title(title)
    if not any(one.n for one in curves.values()):
        below.axis("off")
        nothing(ax, "no patient has this endpoint")
        return figure
    ticks = months_axis(ax, max(last_month(one) for one in curves.values()))
    for place, (name, curve) in enumerate(curves.items()):
        _draw_survival(ax, curve, place, _label(name, curve))
    _probability(ax, "probability")
    ax.axhline(0.5, color=QUIET, linewidth=0.6, linestyle=(0, (2, 3)))
    ax.set_xlabel(f"months from {start}")
    ax.legend(loc="upper right", title=note or None, title_fontsize=8)
    rows = {
        name: [one.at_risk_at(tick) for tick in ticks] for name, one in curves.items()
    }
    _at_risk(below, ax, ticks, rows)
    return figure


def incidence_figure(incidence: CumulativeIncidence, title: str) -> Figure:
    """Return the cumulative incidence of each competing cause with its limits."""
    ax, below, figure = _with_rows(1)
    ax.set_title(title)
    if not incidence.times.size:
        below.axis("off")
        nothing(ax, "no patient has liver lesions at baseline")
        return figure
    ticks = months_axis(ax, float(incidence.times[-1]))
    for cause, ending in enumerate(COMPETING):
        count = int(incidence.events[:, cause].sum())
        label = f"{ENDINGS[ending]} ({count})"
        _draw_incidence(ax, incidence, cause, label)
    _probability(ax, "cumulative incidence")
    ax.legend(loc="upper left")
    places = np.searchsorted(incidence.times, ticks, side="left")
    risks = np.append(incidence.at_risk, 0)[places]
    _at_risk(below, ax, ticks, {"": risks.tolist()})
    return figure


def _with_rows(rows: int) -> tuple[Axes, Axes, Figure]:
    """Return an axis for curves, one below it for `rows` of numbers, the figure."""
    from matplotlib.figure import Figure

    below = 0.42 + 0.19 * rows
    figure = Figure(figsize=(WIDTH, 3.9 + below), layout="constrained")
    ax, numbers = figure.subplots(2, 1, height_ratios=(3.9, below))
    return ax, numbers, figure


def _label(name: str, curve: SurvivalCurve) -> str:
    events = int(curve.events.sum())
    told = f"{events} events in {curve.n}, median {in_months(curve.median)}"
    return f"{name}: {told}" if name else told


def _draw_survival(ax: Axes, curve: SurvivalCurve, place: int, label: str) -> None:
    colour, line = GROUP_COLOURS[place], GROUP_LINES[place]
    steps = _from_start(curve.times, curve.survival, (curve.lower, curve.upper), 1.0)
    _draw_steps(ax, steps, colour, line, label)
    left = curve.censored > 0
    ax.plot(
        curve.times[left],
        curve.survival[left],
        linestyle="none",
        marker="|",
        markersize=5,
        markeredgewidth=0.8,
        color=colour,
    )


def _draw_incidence(
    ax: Axes, incidence: CumulativeIncidence, cause: int, label: str
) -> None:
    steps = _from_start(
        incidence.times,
        incidence.incidence[:, cause],
        (incidence.lower[:, cause], incidence.upper[:, cause]),
        0.0,
    )
    _draw_steps(ax, steps, GROUP_COLOURS[cause], GROUP_LINES[cause], label)


def _draw_steps(
    ax: Axes,
    steps: _Steps,
    colour: str,
    line: str | tuple[int, Sequence[int]],
    label: str,
) -> None:
    ax.fill_between(
        steps.months,
        steps.lower,
        steps.upper,
        step="post",
        color=colour,
        alpha=0.15,
        linewidth=0,
    )
    ax.step(
        steps.months,
        steps.value,
        where="post",
        color=colour,
        linestyle=line,
        linewidth=1.6,
        label=label,
    )


def _from_start(
    times: NDArray[np.float64],
    value: NDArray[np.float64],
    limits: tuple[NDArray[np.float64], NDArray[np.float64]],
    start: float,
) -> _Steps:
    """Return a curve with its start; before the first event it has no width.

    A curve that ends at 0 or 1 has no limits there, but it has some up to that day:
    the last point of a band is where it ends, and holds the limits of the one before.
    """
    lower, upper = (
        np.concatenate(([start], np.where(value == start, start, one)))
        for one in limits
    )
    for limit in (lower, upper):
        if np.isnan(limit[-1]):
            limit[-1] = limit[-2]
    return _Steps(
        np.concatenate(([0.0], times)), np.concatenate(([start], value)), lower, upper
    )


def _probability(ax: Axes, name: str) -> None:
    ax.set_ylim(0, 1.02)
    ax.set_yticks(SHARES, SHARE_NAMES)
    ax.set_ylabel(name)


def _at_risk(
    below: Axes, above: Axes, ticks: Sequence[int], rows: Mapping[str, Sequence[int]]
) -> None:
    below.set_xlim(above.get_xlim())
    below.set_ylim(len(rows) - 0.5, -0.5)
    below.set_title("number at risk", fontsize=8, fontweight="normal")
    below.set_xticks([])
    below.set_yticks(range(len(rows)), list(rows), fontsize=8)
    below.tick_params(length=0, pad=14)
    below.spines[["left", "bottom"]].set_visible(False)
    for place, counts in enumerate(rows.values()):
        colour = GROUP_COLOURS[place] if len(rows) > 1 else INK
        for tick, count in zip(ticks, counts, strict=True):
            below.text(
                tick,
                place,
                str(count),
                ha="center",
                va="center",
                fontsize=8,
                color=colour,
                clip_on=False,
            )
