"""Responses at landmarks: the shares of all treated patients, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from recist_tool.report.trial.style import (
    INK,
    RESPONSE_COLOURS,
    SCOPE_NAMES,
    SHARE_NAMES,
    SHARES,
    WIDTH,
    own_words,
)
from recist_tool.terms import Response, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.landmarks import LandmarkCount

_LEAST_LABELLED = 0.055


def landmark_figure(result: TrialResult) -> Figure:
    """Return stacked shares at each landmark, whole patient beside liver."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    every = (*result.landmarks, *result.liver_landmarks)
    shown = [
        one for one in RESPONSE_COLOURS if any(seen.counts.get(one) for seen in every)
    ]
    labels = own_words(word for one in every for word in one.words)
    _draw(left, result.landmarks, Scope.OVERALL, shown, labels)
    _draw(right, result.liver_landmarks, Scope.LIVER, shown, labels)
    left.set_ylabel("share of all treated")
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=max(len(names), 1))
    return figure


def _draw(
    ax: Axes,
    landmarks: Sequence[LandmarkCount],
    scope: Scope,
    shown: Sequence[Response],
    labels: Mapping[Response, str],
) -> None:
    name = SCOPE_NAMES[scope]
    ax.set_title(f"{name[0].upper()}{name[1:]}")
    months = [f"{one.month}\n{_evaluable(one)}" for one in landmarks]
    bottom = np.zeros(len(landmarks))
    for response in shown:
        counts = [one.counts.get(response, 0) for one in landmarks]
        shares = np.array(
            [
                count / one.orr.n if one.orr.n else 0
                for count, one in zip(counts, landmarks, strict=True)
            ]
        )
        empty = response is Response.NE
        ax.bar(
            range(len(landmarks)),
            shares,
            bottom=bottom,
            color=RESPONSE_COLOURS[response],
            edgecolor=INK if empty else "white",
            linewidth=0.5,
            hatch="////" if empty else None,
            label="NE or not seen" if empty else labels.get(response, response.value),
        )
        _numbers(ax, counts, shares, bottom, response)
        bottom += shares
    ax.set_xticks(range(len(landmarks)), months)
    ax.set_xlabel("month, and how many were evaluable")
    ax.set_ylim(0, 1.01)
    ax.set_yticks(SHARES, SHARE_NAMES)


def _evaluable(one: LandmarkCount) -> str:
    return f"{one.evaluable_orr.n}/{one.orr.n}"


def _numbers(
    ax: Axes,
    counts: Sequence[int],
    shares: np.ndarray,
    bottom: np.ndarray,
    response: Response,
) -> None:
    """Write each count inside its part of the bar where there is room."""
    light = response in {Response.CR, Response.PD}
    for place, (count, share) in enumerate(zip(counts, shares, strict=True)):
        if share >= _LEAST_LABELLED:
            text = ax.text(
                place,
                bottom[place] + share / 2,
                str(count),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if light else INK,
            )
            if response is Response.NE:
                text.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1})
