"""Kaplan-Meier curves, and what is read off them.

Written here, over numpy, because the common Python libraries give neither the limits of
the median nor the log scale as ``survfit`` of the R package ``survival`` prints them;
the tests compare every number with that package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.terms import CurveLimits
from recist_tool.trial.limits import Estimate, as_estimate, curve_limits

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_SAME = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, eq=False, kw_only=True)
class SurvivalCurve:
    """A Kaplan-Meier estimate; every array has one entry for each distinct time.

    Attributes
    ----------
    times
        Distinct times of events and of censoring, ascending, in the unit given.
    at_risk
        Patients under observation just before each time.
    events, censored
        How many had the event, and how many were last seen, at each time.
    survival
        Probability to be free of the event just after each time.
    relative_se
        Greenwood's standard error divided by `survival`; NaN once survival is 0.
    lower, upper
        95 % limits; NaN where there is none (see `limits.curve_limits`).
    """

    times: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    censored: NDArray[np.int64]
    survival: NDArray[np.float64]
    relative_se: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Number of patients."""
        return int(self.at_risk[0]) if self.at_risk.size else 0

    @property
    def std_err(self) -> NDArray[np.float64]:
        """Greenwood's standard error of `survival`, shape (times,)."""
        return self.survival * self.relative_se

    @property
    def median(self) -> Estimate:
        """The median time and its limits, in the unit of `times`."""
        return self.quantile(0.5)

    def quantile(self, probability: float) -> Estimate:
        """Return the time by which that share had the event, with 95 % limits.

        The first time at which the curve is at or below ``1 - probability``; where it
        runs exactly at that height, the middle of that stretch. Its limits are where
        the limits of the curve cross the same height (Brookmeyer and Crowley 1982).
        None where the curve or its limit does not come down so far.
        """
        height = 1 - probability
        value, low, high = (
            _crossing(self.times, curve, height)
            for curve in (self.survival, self.lower, self.upper)
        )
        return Estimate(value, low, high)

    def at(self, time: float) -> Estimate:
        """Return the survival just after `time`, with 95 % limits.

        None beyond the last time under observation, unless survival is 0 by then.
        """
        if not self.times.size:
            return Estimate(None, None, None)
        if time > self.times[-1] and self.survival[-1] > 0:
            return Estimate(None, None, None)
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return Estimate(1.0, 1.0, 1.0)
        return as_estimate(self.survival[place], self.lower[place], self.upper[place])

    def at_risk_at(self, time: float) -> int:
        """Return how many patients were under observation just before `time`."""
        place = int(np.searchsorted(self.times, time, side="left"))
        return int(self.at_risk[place]) if place < self.at_risk.size else 0


def kaplan_meier(
    times: ArrayLike,
    events: ArrayLike,
    limits: CurveLimits = CurveLimits.LOG_LOG,
) -> SurvivalCurve:
    """Return the Kaplan-Meier estimate (1958) with Greenwood's variance (1926).

    Parameters
    ----------
    times
        Shape (patients,): time to the event or to censoring, any unit.
    events
        Shape (patients,): whether the event happened at that time.
    limits
        Scale of the 95 % limits.

    Raises
    ------
    ValueError
        If the two differ in length, or a time is not a finite number.
    """
    when, happened = checked(times, events)
    distinct, place = np.unique(when, return_inverse=True)
    died = np.bincount(place[happened.astype(bool)], minlength=distinct.size)
    leaving = np.bincount(place, minlength=distinct.size)
    at_risk = leaving[::-1].cumsum()[::-1]
    staying = at_risk - died
    survival = np.cumprod(staying / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(died / (at_risk * staying.astype(np.float64)))
    relative_se = np.sqrt(np.where(survival > 0, greenwood, np.nan))
    lower, upper = curve_limits(survival, relative_se, limits)
    return SurvivalCurve(
        times=distinct,
        at_risk=at_risk,
        events=died,
        censored=leaving - died,
        survival=survival,
        relative_se=relative_se,
        lower=lower,
        upper=upper,
    )


def follow_up(
    times: ArrayLike,
    deaths: ArrayLike,
    limits: CurveLimits = CurveLimits.LOG_LOG,
) -> SurvivalCurve:
    """Return the reverse Kaplan-Meier curve of follow-up (Schemper and Smith 1996).

    Being last seen alive is the event and death censors; its median is the median
    follow-up.

    Parameters
    ----------
    times
        From entry to death or last contact, shape (patients,), in any unit.
    deaths
        0 or False where the patient was last seen alive, shape (patients,).
    limits
        On which scale the 95 % limits are symmetric.

    Raises
    ------
    ValueError
        If the two differ in length, or a time is not a finite number.
    """
    when, happened = checked(times, deaths)
    return kaplan_meier(when, happened == 0, limits)


def checked(
    times: ArrayLike, codes: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times and their event codes as arrays of equal length.

    Parameters
    ----------
    times, codes
        Shape (patients,) each; a code is 0 without an event.

    Raises
    ------
    ValueError
        If the two differ in length, or a time is not a finite number.
    """
    when = np.asarray(times, dtype=np.float64)
    what = np.asarray(codes).astype(np.int64)
    if when.ndim != 1 or when.shape != what.shape:
        msg = f"times of shape {when.shape} and events of shape {what.shape}"
        raise ValueError(msg)
    if not np.isfinite(when).all():
        msg = "a time is not a finite number"
        raise ValueError(msg)
    return when, what


def _crossing(
    times: NDArray[np.float64], curve: NDArray[np.float64], height: float
) -> float | None:
    """Return when a falling curve reaches `height`, or None.

    A curve within rounding of the height counts as lying on it; NaN is left out.
    """
    low = np.flatnonzero(curve < height + _SAME)
    if not low.size:
        return None
    first = low[0]
    below = low[curve[low] < curve[first]]
    if abs(curve[first] - height) < _SAME and below.size:
        return float((times[first] + times[below[0]]) / 2)
    return float(times[first])
