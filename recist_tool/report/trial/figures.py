"""All figures of a trial, each under the name of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.report.trial.changes import (
    has_changes,
    spider_figure,
    waterfall_figure,
)
from recist_tool.report.trial.curves import (
    MOST_GROUPS,
    incidence_figure,
    survival_figure,
)
from recist_tool.report.trial.landmarks import landmark_figure
from recist_tool.report.trial.swimmer import MOST_FIGURES, ROWS, swimmer_figures
from recist_tool.report.trial.tables import curves_of, p_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.figure import Figure

    from recist_tool.trial.cohort import Subgroups, TrialResult
    from recist_tool.trial.kept import KeptPatient

_STARTS: Final = {"dor": "first response", "liver_dor": "first response of the liver"}


class Picture(NamedTuple):
    """A figure, the name of its files without suffix, and what it shows."""

    name: str
    title: str
    figure: Figure
    note: str = ""


def trial_figures(
    result: TrialResult, patients: Sequence[KeptPatient]
) -> Iterator[Picture]:
    """Return the figures one after the other: no two need to be in memory at once."""
    yield from _change_pictures(result, patients)
    for name, title in curves_of(result).items():
        figure = survival_figure(
            {"": getattr(result.curves, name)},
            title,
            start=_STARTS.get(name, "reference date"),
        )
        yield Picture(name.replace("_", "-"), title, figure)
    if result.knows_progression:
        title = "Cumulative incidence of progression in the liver"
        figure = incidence_figure(result.liver_incidence, title)
        yield Picture("liver-incidence", title, figure)
    yield Picture("landmarks", "Response at landmarks", landmark_figure(result))
    for subgroups in result.subgroups:
        yield from _subgroup_pictures(subgroups, result)
    yield from _swimmers(result)


def absences(result: TrialResult, patients: Sequence[KeptPatient]) -> list[str]:
    """Return what is not drawn, and why."""
    told: list[str] = []
    if not has_changes(patients):
        told.append("No waterfall and no spider: no visit has a sum to compare.")
    if result.n > ROWS * MOST_FIGURES:
        drawn = f"{ROWS * MOST_FIGURES} patients observed longest"
        told.append(f"The swimmer plots show the {drawn}, of {result.n}.")
    told += [
        f"No curves by {one.field}: {len(one.groups)} groups, more than {MOST_GROUPS} "
        "cannot be told apart."
        for one in result.subgroups
        if len(one.groups) > MOST_GROUPS
    ]
    return told


def _change_pictures(
    result: TrialResult, patients: Sequence[KeptPatient]
) -> Iterator[Picture]:
    if not has_changes(patients):
        return
    note = "Visits up to the first progression; arrows, or ticks above many bars, mark "
    note += "growth of more than 100 %."
    title = "Best change of the sum of diameters"
    yield Picture("waterfall", title, waterfall_figure(patients), note)
    figure = spider_figure(patients, result.settings)
    yield Picture("spider", "Change of the sum of diameters over time", figure)


def _subgroup_pictures(subgroups: Subgroups, result: TrialResult) -> Iterator[Picture]:
    if len(subgroups.groups) > MOST_GROUPS:
        return
    field = "".join(sign if sign.isalnum() else "-" for sign in subgroups.field)
    for name, title in curves_of(result).items():
        test = subgroups.log_rank.get(name)
        if test is None:
            continue
        title = f"{title} by {subgroups.field}"
        figure = survival_figure(
            {one.name: getattr(one.curves, name) for one in subgroups.groups},
            title,
            note=f"log-rank {p_value(test)}",
        )
        yield Picture(f"{name.replace('_', '-')}-by-{field}", title, figure)


def _swimmers(result: TrialResult) -> Iterator[Picture]:
    figures = swimmer_figures(result.patients, result.settings)
    for number, figure in enumerate(figures, start=1):
        title = "Course of each patient" + (f" ({number})" if number > 1 else "")
        yield Picture(f"swimmer-{number}", title, figure)
