"""Cumulative incidence where several kinds of event compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.terms import CurveLimits
from recist_tool.trial.limits import ROUNDING, Estimate, as_estimate, curve_limits
from recist_tool.trial.survival import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class CumulativeIncidence:
    """An Aalen-Johansen estimate; rows are distinct times, columns are causes.

    Attributes
    ----------
    times
        Shape (times,): distinct times of events and of censoring, ascending.
    at_risk, censored
        Shape (times,): under observation just before each time; last seen there.
    events, incidence, std_err, lower, upper
        Shape (times, causes): events at each time; probability to have had that event
        first by each time, its standard error, and 95 % limits (NaN where there is
        none).
    """

    times: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    censored: NDArray[np.int64]
    events: NDArray[np.int64]
    incidence: NDArray[np.float64]
    std_err: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    def at(self, cause: int, time: float) -> Estimate:
        """Return the incidence of a cause (1, 2, ...) by `time`, with 95 % limits.

        None beyond the last time under observation, unless every patient had an event.
        """
        still_free = self.times.size and self.incidence[-1].sum() < 1 - ROUNDING
        if not self.times.size or (time > self.times[-1] and still_free):
            return Estimate(None, None, None)
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return Estimate(0.0, None, None)
        cell = (place, cause - 1)
        return as_estimate(self.incidence[cell], self.lower[cell], self.upper[cell])


def cumulative_incidence(
    times: ArrayLike,
    causes: ArrayLike,
    *,
    kinds: int | None = None,
    limits: CurveLimits = CurveLimits.LOG_LOG,
) -> CumulativeIncidence:
    """Return the cumulative incidence of each cause (Aalen and Johansen 1978).

    The variance is the infinitesimal jackknife: the sum of squares of what each patient
    contributes to the estimate. It and the limits are those of ``survfit`` of the R
    package ``survival`` for ``Surv(time, factor)``.

    Parameters
    ----------
    times
        Shape (patients,): time to the first event or to censoring, any unit.
    causes
        Shape (patients,): 0 for censored, 1, 2, ... for the cause of the event.
    kinds
        Number of causes, where the last ones may not have occurred.
    limits
        Scale of the 95 % limits.

    Raises
    ------
    ValueError
        If the two differ in length, a time is not finite, or a cause is out of range.
    """
    when, cause = checked(times, causes)
    count = int(cause.max(initial=0)) if kinds is None else kinds
    if cause.min(initial=0) < 0 or cause.max(initial=0) > count:
        msg = f"causes must lie between 0 and {count}"
        raise ValueError(msg)
    distinct, place = np.unique(when, return_inverse=True)
    leaving = np.zeros((distinct.size, count + 1), dtype=np.int64)
    np.add.at(leaving, (place, cause), 1)
    at_risk = leaving.sum(axis=1)[::-1].cumsum()[::-1]
    incidence, std_err = _estimate(leaving, at_risk)
    with np.errstate(invalid="ignore"):
        relative_se = np.where(incidence > 0, std_err / incidence, 0)
    lower, upper = curve_limits(incidence, relative_se, limits)
    return CumulativeIncidence(
        times=distinct,
        at_risk=at_risk,
        censored=leaving[:, 0],
        events=leaving[:, 1:],
        incidence=incidence,
        std_err=std_err,
        lower=lower,
        upper=upper,
    )


class _Influence(NamedTuple):
    """What the weight of one patient does to the estimates: their derivatives.

    Attributes
    ----------
    free, had
        On the probability to be free of any event, and to have had each of them.
    """

    free: float
    had: NDArray[np.float64]


class _Gone:
    """Patients no longer under observation, those who left alike taken together.

    What such a patient does to the incidence F of a cause is ``then + b (F - F_then)``.
    Expanded into sums of products this would lose all digits where F comes to 1 and
    nothing is left of it.
    """

    def __init__(self, classes: int, kinds: int) -> None:
        self._then, self._had = np.zeros((2, classes, kinds))
        self._slope, self._count = np.zeros((2, classes, 1))
        self._filled = 0

    def add(
        self, count: int, one: _Influence, free: float, had: NDArray[np.float64]
    ) -> None:
        if not count:
            return
        at = self._filled
        self._then[at], self._had[at], self._count[at] = one.had, had, count
        # nothing happens once nobody is free
        self._slope[at] = one.free / free if free else 0.0
        self._filled += 1

    def sum_of_squares(self, had: NDArray[np.float64]) -> NDArray[np.float64]:
        some = slice(self._filled)
        now = self._then[some] + self._slope[some] * (had - self._had[some])
        return (self._count[some].T @ (now * now))[0]


def _estimate(
    leaving: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return incidence and standard error, each of shape (times, causes).

    All patients still under observation have the same influence, `stay`; one who leaves
    takes it along, and an event of one's own adds to it.
    """
    kinds = leaving.shape[1] - 1
    own_event = np.eye(kinds)
    free, had = 1.0, np.zeros(kinds)
    stay, gone = _Influence(0.0, np.zeros(kinds)), _Gone(leaving.size, kinds)
    incidence, variance = np.zeros((2, len(leaving), kinds))
    for step, (left, risk) in enumerate(zip(leaving, at_risk, strict=True)):
        hazard = left[1:] / risk
        any_event, share = left[1:].sum() / risk, free / risk
        stay = _Influence(
            stay.free * (1 - any_event) + any_event * share,
            stay.had + stay.free * hazard - hazard * share,
        )
        had = had + free * hazard
        free *= 1 - any_event
        gone.add(int(left[0]), stay, free, had)
        for cause in np.flatnonzero(left[1:]):
            bumped = stay.had + own_event[cause] * share
            event = _Influence(stay.free - share, bumped)
            gone.add(int(left[1 + cause]), event, free, had)
        still = risk - left.sum()
        incidence[step] = had
        variance[step] = gone.sum_of_squares(had) + still * stay.had**2
    return incidence, np.sqrt(np.maximum(variance, 0))
