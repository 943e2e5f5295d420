"""Changes of the sum of diameters: waterfall (best) and spider (over time)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.report.trial.style import (
    INK,
    QUIET,
    RESPONSE_COLOURS,
    SCOPE_NAMES,
    WIDTH,
    months_axis,
    nothing,
    own_words,
    word,
)
from recist_tool.terms import Criteria, Response, Scope
from recist_tool.trial.kept import best_change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.kept import Change, KeptPatient

_CEILING: Final = 100.0
_FEW: Final = 150
"""Bars that the eye can tell apart."""
_MANY: Final = 1000
"""More bars or lines than this are drawn as pixels in an SVG."""
_RECIST_LIMITS: Final = (-30, 20)
_BY_RECIST: Final = frozenset({Criteria.RECIST_1_1, Criteria.IRECIST, Criteria.MRECIST})


class _Course(NamedTuple):
    """What is drawn of one patient in one scope.

    Attributes
    ----------
    bor, own
        The best response as the word of RECIST that gives the colour, and as said.
    """

    bor: Response
    own: Response
    changes: tuple[Change, ...]


def waterfall_figure(patients: Sequence[KeptPatient]) -> Figure:
    """Return the best change of every patient, whole patient above liver."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 7.2), layout="constrained")
    for ax, scope in zip(figure.subplots(2, 1), Scope, strict=True):
        _waterfall(ax, patients, scope)
    return figure


def spider_figure(patients: Sequence[KeptPatient], settings: TrialSettings) -> Figure:
    """Return the change of every patient over time, whole patient above liver."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 8.2), layout="constrained")
    for ax, scope in zip(figure.subplots(2, 1), Scope, strict=True):
        _spider(ax, patients, scope, settings)
    return figure


def has_changes(patients: Sequence[KeptPatient]) -> bool:
    """Return whether any patient has a change to draw."""
    return any(one.changes or one.liver_changes for one in patients)


def _courses(patients: Sequence[KeptPatient], scope: Scope) -> list[_Course]:
    return [
        _Course(word(found.bor), found.bor, changes)
        for one in patients
        if (found := one.result.scope(scope)) is not None
        for changes in [
            one.changes if scope is Scope.OVERALL else one.liver_changes or ()
        ]
    ]


def _waterfall(ax: Axes, patients: Sequence[KeptPatient], scope: Scope) -> None:
    courses = _courses(patients, scope)
    best = [
        (change, one.bor)
        for one in courses
        if (change := best_change(one.changes)) is not None
    ]
    _title(ax, scope, "best change from baseline", len(best), len(courses))
    if not best:
        nothing(ax, "no sums: only responses were recorded, or no visit was complete")
        return
    best.sort(key=lambda one: -one[0])
    _bars(ax, best, own_words(one.own for one in courses if one.changes))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_xlim(-0.8, max(len(best), 12) - 0.2)
    ax.set_ylim(*_span([change for change, _ in best]))
    ax.set_xlabel(f"{len(best)} patients, each one bar")
    _limits(ax, patients)
    ax.legend(loc="lower left", title="best response", title_fontsize=8)


def _bars(
    ax: Axes,
    best: Sequence[tuple[float, Response]],
    labels: Mapping[Response, str],
) -> None:
    """Draw the bars of each response; a white edge parts them while there are few."""
    few = len(best) <= _FEW
    for response, colour in RESPONSE_COLOURS.items():
        places = [at for at, (_, found) in enumerate(best) if found is response]
        if not places:
            continue
        outlined = response is Response.NE
        look: dict[str, Any] = {
            "edgecolor": INK if outlined else "white",
            "linewidth": 0.6 if outlined else 0.4 * few,
            "hatch": "////" if outlined else None,
            "label": f"{labels[response]} ({len(places)})",
        }
        heights = [_shown(best[at][0]) for at in places]
        if few:
            ax.bar(places, heights, width=0.86, color=colour, **look)
        else:
            _one_artist(ax, places, heights, facecolor=colour, **look)
    high = [at for at, (change, _) in enumerate(best) if change > _CEILING]
    _arrows(ax, high, few=few)


def _one_artist(
    ax: Axes, places: Sequence[int], heights: Sequence[float], **look: Any
) -> None:
    """Draw bars as one collection: five thousand rectangles take half a minute."""
    from matplotlib.collections import PolyCollection

    left, top = np.array(places) - 0.5, np.array(heights)
    flat = np.zeros_like(top)
    corners = [(left, flat), (left, top), (left + 1, top), (left + 1, flat)]
    bars = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1)
    # SVG holds many bars as a picture of them; its text stays text
    ax.add_collection(
        PolyCollection(list(bars), rasterized=len(places) > _MANY, **look)
    )


def _arrows(ax: Axes, places: Sequence[int], *, few: bool) -> None:
    """Mark the bars that are cut off at the ceiling."""
    if few:
        for at in places:
            ax.text(at, _CEILING, "↑", ha="center", va="bottom", fontsize=8)
    elif places:
        above = [_CEILING + 4] * len(places)
        ax.plot(places, above, "|", color=INK, markersize=4, markeredgewidth=0.6)


def _shown(change: float) -> float:
    """Return the height of a bar; no change is drawn as a line, not as nothing."""
    return min(change, _CEILING) or 0.6


def _span(changes: Sequence[float]) -> tuple[float, float]:
    low, high = min(changes), min(max(changes), _CEILING)
    return min(low - 5, -40), max(high + 12, 30)


def _spider(
    ax: Axes, patients: Sequence[KeptPatient], scope: Scope, settings: TrialSettings
) -> None:
    from matplotlib.collections import LineCollection

    courses = _courses(patients, scope)
    drawn = [one for one in courses if one.changes]
    _title(ax, scope, "change from baseline over time", len(drawn), len(courses))
    if not drawn:
        nothing(ax, "no sums: only responses were recorded, or no visit was complete")
        return
    many, labels = len(drawn) > 60, own_words(one.own for one in drawn)
    for response, colour in RESPONSE_COLOURS.items():
        lines = [_line(one, settings) for one in drawn if one.bor is response]
        if not lines:
            continue
        ax.add_collection(
            LineCollection(
                lines,
                colors=INK if response is Response.NE else _darker(colour),
                linewidths=0.8 if many else 1.3,
                alpha=0.75 if many else 0.95,
                linestyles=":" if response is Response.NE else "-",
                label=f"{labels[response]} ({len(lines)})",
                rasterized=len(drawn) > _MANY,
            )
        )
        ends = np.array([one[-1] for one in lines])
        ax.plot(ends[:, 0], ends[:, 1], ".", color=_darker(colour), markersize=3)
    every = [point for one in drawn for point in _line(one, settings)]
    months_axis(ax, max(month for month, _ in every))
    top = max(percent for _, percent in every)
    ax.set_ylim(-105, max(30, top * 1.08 + 5))
    _limits(ax, patients)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=6)


def _darker(colour: str) -> str:
    """Return a colour that a thin line still shows on white."""
    return {"#c3c7cc": "#8d949c", "#8d949c": "#5c6674", "#ffffff": INK}.get(
        colour, colour
    )


def _line(course: _Course, settings: TrialSettings) -> list[tuple[float, float]]:
    seen = [(settings.months(one.day), one.percent) for one in course.changes]
    return [(0.0, 0.0), *seen]


def _title(ax: Axes, scope: Scope, what: str, shown: int, n: int) -> None:
    name = SCOPE_NAMES[scope]
    left = f" ({n - shown} of {n} without a sum)" if shown < n else ""
    ax.set_title(f"{name[0].upper()}{name[1:]}: {what}{left}")
    ax.set_ylabel("change of sum, %")


def _limits(ax: Axes, patients: Sequence[KeptPatient]) -> None:
    """Draw zero, and the limits of response and progression where RECIST sets them."""
    ax.axhline(0, color=INK, linewidth=0.8)
    if any(one.result.findings.criteria not in _BY_RECIST for one in patients):
        return
    for limit in _RECIST_LIMITS:
        ax.axhline(limit, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.annotate(
            f"{limit:+d} %".replace("-", "−"),
            (1, limit),
            xycoords=("axes fraction", "data"),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=QUIET,
        )
