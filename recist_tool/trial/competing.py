"""Cumulative incidence where several kinds of event compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.terms import CurveLimits
from recist_tool.trial.limits import Estimate, as_estimate, curve_limits
from recist_tool.trial.survival import checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
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
        still_free = self.times.size and self.incidence[-1].sum() < 1 - 1e-12
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
    order = np.lexsort((cause, when))  # sums do not depend on the order of patients
    when, cause = when[order], cause[order]
    distinct, place = np.unique(when, return_inverse=True)
    leaving = np.zeros((distinct.size, count + 1), dtype=np.int64)
    np.add.at(leaving, (place, cause), 1)
    at_risk = leaving.sum(axis=1)[::-1].cumsum()[::-1]
    incidence, std_err = _estimate(place, cause, leaving[:, 1:], at_risk)
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


def _estimate(
    place: NDArray[np.intp],
    cause: NDArray[np.int64],
    events: NDArray[np.int64],
    at_risk: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return incidence and standard error, each of shape (times, causes).

    `free_by` and `had_by` hold what each patient's weight does to the probability of
    being free of any event, and of having had each: the estimate's derivative.
    """
    patients, kinds = place.size, events.shape[1]
    free, had = 1.0, np.zeros(kinds)
    free_by, had_by = np.zeros(patients), np.zeros((patients, kinds))
    incidence, std_err = np.zeros(events.shape), np.zeros(events.shape)
    for step, (died, risk) in enumerate(zip(events, at_risk, strict=True)):
        if died.any():
            hazard = died / risk
            own = np.zeros((patients, kinds))
            here = np.flatnonzero((place == step) & (cause > 0))
            own[here, cause[here] - 1] = 1
            own -= (place >= step)[:, None] * hazard
            own *= free / risk
            had_by += free_by[:, None] * hazard + own
            free_by = free_by * (1 - hazard.sum()) - own.sum(axis=1)
            had = had + free * hazard
            free *= 1 - hazard.sum()
        incidence[step] = had
        std_err[step] = np.sqrt((had_by**2).sum(axis=0))
    return incidence, std_err
