"""How far two readers agree on response and on progression."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from recist_tool.terms import KappaWeights
from recist_tool.trial.limits import Z

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


class Kappa(NamedTuple):
    """Agreement beyond chance of two readers.

    Attributes
    ----------
    agreement
        Share of patients on whom both said the same; None without patients.
    kappa, ci95
        None where both readers use a single category: chance explains all.
    table
        Patients by the first reader's category (rows) and the second's (columns).
    """

    n: int
    categories: tuple[str, ...]
    table: tuple[tuple[int, ...], ...]
    agreement: float | None
    kappa: float | None
    ci95: tuple[float, float] | None


def cohen_kappa(
    first: Sequence[str],
    second: Sequence[str],
    categories: Sequence[str] | None = None,
    weights: KappaWeights = KappaWeights.NONE,
) -> Kappa:
    """Return Cohen's kappa of two readers, with 95 % limits.

    The variance is that of Fleiss, Cohen and Everitt (1969), for a kappa that need not
    be zero.

    Parameters
    ----------
    first, second
        What each reader said of each patient, in the same order of patients.
    categories
        All possible answers, from one end of the scale to the other where weights are
        asked for; those that occur, in alphabetical order, by default.
    weights
        How much a disagreement by several categories counts for (Cohen 1968).

    Raises
    ------
    ValueError
        If the readers did not see the same number of patients, an answer is none of the
        categories, or a weighted kappa has no order of categories.

    Examples
    --------
    >>> cohen_kappa(["PR", "PR", "SD", "PD"], ["PR", "SD", "SD", "PD"]).agreement
    0.75
    """
    if len(first) != len(second):
        msg = f"{len(first)} answers of one reader and {len(second)} of the other"
        raise ValueError(msg)
    if categories is None and weights is not KappaWeights.NONE:
        msg = "a weighted kappa needs its categories in order"
        raise ValueError(msg)
    names = tuple(sorted({*first, *second}) if categories is None else categories)
    place = {name: number for number, name in enumerate(names)}
    if unknown := {*first, *second} - place.keys():
        msg = f"not among the categories: {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    table = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(table, ([place[one] for one in first], [place[one] for one in second]), 1)
    return _kappa_of(names, table, _credit(len(names), weights))


class ProgressionAgreement(NamedTuple):
    """Progression by the investigator and by central review (Amit and others 2011).

    Attributes
    ----------
    same_time
        a1: both saw progression, at the same time.
    investigator_later, investigator_earlier
        a2, a3: both saw it, at different times.
    investigator_only, central_only, neither
        b, c, d.
    """

    same_time: int
    investigator_later: int
    investigator_earlier: int
    investigator_only: int
    central_only: int
    neither: int

    @property
    def both(self) -> int:
        """Patients in whom both saw progression (a)."""
        return self.same_time + self.investigator_later + self.investigator_earlier

    @property
    def n(self) -> int:
        """Number of patients."""
        return sum(self)

    @property
    def early_discrepancy_rate(self) -> float | None:
        """EDR: of the investigator's progressions, those earlier or his alone."""
        early = self.investigator_only + self.investigator_earlier
        return _share(early, self.both + self.investigator_only)

    @property
    def late_discrepancy_rate(self) -> float | None:
        """LDR: of the discrepancies, those with the investigator later or silent."""
        late = self.central_only + self.investigator_later
        early = self.investigator_only + self.investigator_earlier
        return _share(late, late + early)

    @property
    def agreement(self) -> float | None:
        """Share of patients on whom both agree whether there was progression."""
        return _share(self.both + self.neither, self.n)


def progression_agreement(
    pairs: Iterable[tuple[dt.date | None, dt.date | None]], same_within_days: int = 0
) -> ProgressionAgreement:
    """Return how the dates of progression of two readers compare.

    Parameters
    ----------
    pairs
        For each patient the investigator's date of progression and central review's;
        None where that reader saw none.
    same_within_days
        Dates no further apart than this are the same time.
    """
    counts = [0] * 6
    for investigator, central in pairs:
        counts[_kind(investigator, central, same_within_days)] += 1
    return ProgressionAgreement(*counts)


def _kind(
    investigator: dt.date | None, central: dt.date | None, same_within_days: int
) -> int:
    """Return which field of `ProgressionAgreement` counts a patient."""
    if investigator is None:
        return 5 if central is None else 4
    if central is None:
        return 3
    later_by = (investigator - central).days
    if abs(later_by) <= same_within_days:
        return 0
    return 1 if later_by > 0 else 2


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _credit(count: int, weights: KappaWeights) -> NDArray[np.float64]:
    """Return how far each pair of categories counts as agreement, 0 to 1."""
    if weights is KappaWeights.NONE or count < 2:
        return np.eye(count)
    steps = np.arange(count)
    distance = np.abs(steps[:, None] - steps) / (count - 1)
    return 1 - distance ** (2 if weights is KappaWeights.QUADRATIC else 1)


def _kappa_of(
    names: tuple[str, ...], table: NDArray[np.int64], credit: NDArray[np.float64]
) -> Kappa:
    n = int(table.sum())
    rows = tuple(tuple(int(count) for count in row) for row in table)
    if not n:
        return Kappa(
            n=n, categories=names, table=rows, agreement=None, kappa=None, ci95=None
        )
    agreement = float(np.trace(table)) / n
    seen = table / n
    by_first, by_second = seen.sum(axis=1), seen.sum(axis=0)
    chance = float(by_first @ credit @ by_second)
    if np.isclose(chance, 1, atol=1e-12):
        return Kappa(
            n=n,
            categories=names,
            table=rows,
            agreement=agreement,
            kappa=None,
            ci95=None,
        )
    observed = float((seen * credit).sum())
    kappa = (observed - chance) / (1 - chance)
    margin = (credit @ by_second)[:, None] + by_first @ credit
    told = credit - margin * (1 - kappa)
    # about its mean: the published difference of two squares loses a small variance
    variance = float((seen * (told - (seen * told).sum()) ** 2).sum())
    half = Z * float(np.sqrt(variance / n)) / (1 - chance)
    limits = (max(-1.0, kappa - half), min(1.0, kappa + half))
    return Kappa(
        n=n, categories=names, table=rows, agreement=agreement, kappa=kappa, ci95=limits
    )
