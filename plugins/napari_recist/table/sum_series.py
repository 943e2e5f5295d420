"""What the plot of the sums shows: points in days and millimetres. No Qt here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.reading import EXTRAHEPATIC

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from recist_tool.app.reading import Assessed
    from recist_tool.criteria import TimepointResponse
    from recist_tool.model import Timepoint

Point = tuple[float, float]


class Curve(NamedTuple):
    """The sums of one scope.

    Attributes
    ----------
    points
        Days since baseline and sum, mm; visits without a complete sum are left out.
    visits
        Timepoint of each point.
    """

    name: str
    points: tuple[Point, ...]
    visits: tuple[str, ...]


class Course(NamedTuple):
    """Everything in the plot.

    Attributes
    ----------
    visits
        Day and name of every visit.
    pr_mm
        Largest sum of the patient that is still a PR; None without any.
    pd
        Days and the smallest sum that is PD, from the second visit on.
    """

    visits: tuple[tuple[float, str], ...] = ()
    curves: tuple[Curve, ...] = ()
    pr_mm: float | None = None
    pd: tuple[Point, ...] = ()

    @property
    def highest_mm(self) -> float:
        """The upper end of what is shown, mm."""
        every = [y for curve in self.curves for _, y in curve.points]
        return max([*every, *(y for _, y in self.pd), self.pr_mm or 0.0], default=0.0)


def course_of(judged: Assessed, visits: Sequence[Timepoint]) -> Course:
    """Return the plot of a read."""
    if judged.found is None or not visits:
        return Course()
    first = visits[0].date
    days = {one.timepoint_id: _day(one.date, first) for one in visits}
    curves = [
        _curve(name, scope.baseline_sum_mm, scope.timepoints, days)
        for name, scope in judged.scopes
    ]
    if judged.outside is not None:
        sums = judged.outside
        curves.append(_curve(EXTRAHEPATIC, sums.baseline_sum_mm, sums.timepoints, days))
    answers = list(judged.found.overall.timepoints.values())
    return Course(
        tuple((day, name) for name, day in days.items()),
        tuple(one for one in curves if one.points),
        _pr_mm(answers),
        tuple(
            (days[one.timepoint_id], float(one.sum_mm + one.to_pd_mm))
            for one in answers
            if one.sum_mm is not None and one.to_pd_mm is not None
        ),
    )


def _day(date: dt.date, first: dt.date) -> float:
    return float((date - first).days)


def _curve(
    name: str,
    baseline_mm: Decimal | None,
    answers: Mapping[str, TimepointResponse],
    days: Mapping[str, float],
) -> Curve:
    sums = {} if baseline_mm is None else {next(iter(days)): baseline_mm}
    sums |= {at: one.sum_mm for at, one in answers.items() if one.sum_mm is not None}
    points = tuple((days[at], float(sum_mm)) for at, sum_mm in sums.items())
    return Curve(name, points, tuple(sums))


def _pr_mm(answers: Sequence[TimepointResponse]) -> float | None:
    for one in answers:
        if one.sum_mm is not None and one.to_pr_mm is not None:
            return float(one.sum_mm - one.to_pr_mm)
    return None
