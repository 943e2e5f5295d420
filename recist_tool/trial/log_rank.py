"""The log-rank test between groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from recist_tool.trial.survival import checked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


class LogRank(NamedTuple):
    """The answer of a log-rank test.

    Attributes
    ----------
    groups
        Names, in the order of `observed` and `expected`.
    n
        Patients in each group.
    observed, expected
        Events in each group, and how many there would be without a difference.
    degrees
        Degrees of freedom: the groups ever at risk of an event, less one; 0 where
        everybody at risk had the first one.
    p_value
        None where no two groups were at risk of an event together.
    """

    groups: tuple[str, ...]
    n: tuple[int, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    degrees: int
    p_value: float | None


class _Table(NamedTuple):
    """Counts at each distinct time: shape (times, groups)."""

    at_risk: NDArray[np.float64]
    events: NDArray[np.float64]


def log_rank(times: ArrayLike, events: ArrayLike, groups: Sequence[str]) -> LogRank:
    """Return the log-rank test of equal survival in all groups (Mantel 1966).

    The variance is hypergeometric, so ties are allowed; the result is that of
    ``survdiff`` of the R package ``survival``.

    Parameters
    ----------
    times, events
        As for `survival.kaplan_meier`, shape (patients,).
    groups
        The group of each patient, as many.

    Raises
    ------
    ValueError
        If the three differ in length, or a time is not a finite number.
    """
    when, happened = checked(times, events)
    if len(groups) != when.size:
        msg = f"{when.size} times and {len(groups)} groups"
        raise ValueError(msg)
    names, group = np.unique(np.asarray(groups, dtype=np.str_), return_inverse=True)
    table = _table(when, happened, group, names.size)
    observed, expected = table.events.sum(axis=0), _expected(table)
    known = _compared(table)
    excess, variance = (observed - expected)[known], _variance(table)
    chi, degrees = _chi_square(excess, variance[np.ix_(known, known)])
    return LogRank(
        groups=tuple(str(name) for name in names),
        n=tuple(np.bincount(group, minlength=names.size).tolist()),
        observed=tuple(observed.astype(int).tolist()),
        expected=tuple(expected.tolist()),
        chi_square=chi,
        degrees=degrees,
        p_value=float(special.chdtrc(degrees, chi)) if degrees else None,
    )


def _table(
    when: NDArray[np.float64],
    happened: NDArray[np.int64],
    group: NDArray[np.intp],
    count: int,
) -> _Table:
    distinct, place = np.unique(when, return_inverse=True)
    leaving = np.zeros((distinct.size, count))
    events = np.zeros((distinct.size, count))
    np.add.at(leaving, (place, group), 1)
    np.add.at(events, (place, group), happened)
    return _Table(leaving[::-1].cumsum(axis=0)[::-1], events)


def _expected(table: _Table) -> NDArray[np.float64]:
    died = table.events.sum(axis=1)
    return (table.at_risk / table.at_risk.sum(axis=1, keepdims=True)).T @ died


def _variance(table: _Table) -> NDArray[np.float64]:
    """Return the covariance of the events of the groups, shape (groups, groups).

    Its rows sum to zero, and the diagonal is had from that: as the difference of two
    sums it would lose the digits of a small group beside a large one.
    """
    total, died = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    some = (died > 0) & (died < total)
    share = table.at_risk[some] / total[some, None]
    weight = died[some] * (total[some] - died[some]) / (total[some] - 1)
    variance = -(share.T @ (weight[:, None] * share))
    np.fill_diagonal(variance, 0)
    np.fill_diagonal(variance, -variance.sum(axis=1))
    return variance


def _compared(table: _Table) -> NDArray[np.intp]:
    """Return the groups whose events tell anything: those at risk at the first one.

    A group at risk later was at risk before, so the first event meets them all and
    each further group is one degree of freedom. Where everybody had the event at once,
    nobody is left to be compared.
    """
    died = table.events.sum(axis=1)
    when = np.flatnonzero(died)
    if not when.size or died[when[0]] == table.at_risk[when[0]].sum():
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(table.at_risk[when[0]])


def _chi_square(
    excess: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[float, int]:
    """Return the statistic of groups compared with each other, and its degrees.

    The excesses sum to zero, so the last group says nothing that the others do not:
    without its row the variance has full rank.
    """
    degrees = max(excess.size - 1, 0)
    if not degrees:
        return 0.0, 0
    free = excess[:-1]
    return float(free @ np.linalg.solve(variance[:-1, :-1], free)), degrees
