"""The log-rank test between groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special  # pyright: ignore[reportMissingTypeStubs] - SciPy ships none

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
        Degrees of freedom.
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
        As for `survival.kaplan_meier`.
    groups
        The group of each patient.

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
    chi, degrees = _chi_square(observed - expected, _variance(table))
    return LogRank(
        tuple(str(name) for name in names),
        tuple(np.bincount(group, minlength=names.size).tolist()),
        tuple(observed.astype(int).tolist()),
        tuple(expected.tolist()),
        chi,
        degrees,
        float(special.chdtrc(degrees, chi)) if degrees else None,
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
    """Return the covariance of the events of the groups, shape (groups, groups)."""
    total, died = table.at_risk.sum(axis=1), table.events.sum(axis=1)
    some = total > 1
    share = table.at_risk[some] / total[some, None]
    weight = died[some] * (total[some] - died[some]) / (total[some] - 1)
    return np.diag(weight @ share) - share.T @ (weight[:, None] * share)


def _chi_square(
    excess: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[float, int]:
    """Return the statistic and its degrees of freedom, the rank of the variance.

    The rank is one less than the groups ever at risk of an event, as the excesses sum
    to zero; less still where everybody at risk had the event at once.
    """
    degrees = int(np.linalg.matrix_rank(variance, hermitian=True))
    if not degrees:
        return 0.0, 0
    return float(excess @ np.linalg.pinv(variance, hermitian=True) @ excess), degrees
