"""Every statistic of ``recist_tool.trial`` held to R, on random cohorts.

``python -m tests.trial.against_r --cohorts 500`` prints the largest difference of each
statistic (``make nightly`` does it); ``--document`` writes them into the documentation
too. Cohorts have 20 to 5,000 patients, ties from days to quarters of a year, two to
five groups of any size, some of them never at risk or without a patient.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.terms import CurveLimits, KappaWeights
from recist_tool.trial.agreement import cohen_kappa
from recist_tool.trial.competing import cumulative_incidence
from recist_tool.trial.log_rank import log_rank
from recist_tool.trial.rates import clopper_pearson, wilson
from recist_tool.trial.survival import follow_up, kaplan_meier
from tests.trial.peer_r import CATEGORIES, Cohort, ask_r

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOLERANCE: Final = 1e-9
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "rules" / "endpoints.md"
SCALES: Final = {
    "log": CurveLimits.LOG,
    "log-log": CurveLimits.LOG_LOG,
    "plain": CurveLimits.PLAIN,
}
TIMES: Final = (5, 12, 20)
_STEPS: Final = (1 / 30.4375, 1 / 30.4375, 0.5, 1.0, 3.0)
_COMPLETE: Final = 1e-12
"""Nearer to 1 than this an incidence is 1: whether R sums its shares to exactly 1, and
so has no limits there, is chance."""


class Difference(NamedTuple):
    """One statistic, and how far it is from R at most.

    Attributes
    ----------
    numbers
        How many were compared.
    largest
        Of ``|ours - theirs| / (1 + |theirs|)``; infinite where only one has a number.
    cohort
        Where it was found.
    """

    statistic: str
    numbers: int
    largest: float
    cohort: str


def random_cohort(seed: int) -> Cohort:
    """Return a cohort; the same for the same seed."""
    rng = np.random.default_rng([20_260_101, seed])
    n = int(np.exp(rng.uniform(np.log(20), np.log(5001))))
    step = float(rng.choice(_STEPS))
    end = float(rng.choice([18, 24, 36, 1000]))  # the last: until everybody had it
    event = rng.exponential(rng.choice([4, 12, 40]), n)
    low, high = ((1, 30), (12, 24), (1000, 1001))[rng.integers(3)]
    lost = rng.uniform(low, high, n)
    seen = np.minimum(lost, end)
    times = np.ceil(np.minimum(event, seen) / step) * step
    shares = [(0.5, 0.5), (0.9, 0.1), (1.0, 0.0)][rng.integers(3)]
    causes = (event <= seen) * rng.choice([1, 2], n, p=shares)
    groups = _groups(rng, n)
    if rng.random() < 0.15:  # a group that was never at risk of an event
        gone = groups == groups.max()
        times[gone], causes[gone] = times.min() * 0.5, 0
    first, second = _readers(rng, n)
    happened = (causes > 0).astype(np.int64)
    return Cohort(times, happened, causes, groups, first, second)


def _groups(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return two to five groups, alike or with tiny ones; a number may have nobody."""
    count = int(rng.integers(2, 6))
    weights = rng.dirichlet(np.full(count, rng.choice([0.2, 1.0, 20.0])))
    return rng.choice(count, n, p=weights) + 1


def _readers(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two readers who agree by chance, mostly, always, or use few words."""
    words = int(rng.integers(1, len(CATEGORIES) + 1))
    first, other = rng.integers(1, words + 1, (2, n))
    agree = rng.random(n) < rng.choice([0, 0.6, 0.95, 1])
    return first, np.where(agree, first, other)


def ours(cohort: Cohort) -> Iterator[tuple[str, object]]:
    """Return what this program answers, by the names of ``reference.R``."""
    for name, scale in SCALES.items():
        for what, numbers in _curves(cohort, scale):
            yield f"{name} {what}", numbers
    curve = kaplan_meier(cohort.times, cohort.events)
    yield "at_risk", curve.at_risk
    yield "events", curve.events
    yield "censored", curve.censored
    yield "std_err", curve.std_err
    yield from _tests(cohort)
    yield "clopper-pearson", clopper_pearson(int(cohort.events.sum()), curve.n)
    yield "wilson", wilson(int(cohort.events.sum()), curve.n)
    first, second = (
        [str(one) for one in reader] for reader in (cohort.first, cohort.second)
    )
    for weights in KappaWeights:
        kappa = cohen_kappa(first, second, CATEGORIES, weights)
        yield f"kappa {weights}", (kappa.kappa, *(kappa.ci95 or (None, None)))


def _curves(cohort: Cohort, scale: CurveLimits) -> Iterator[tuple[str, object]]:
    curve = kaplan_meier(cohort.times, cohort.events, scale)
    yield "time", curve.times
    yield "survival", curve.survival
    yield "lower", curve.lower
    yield "upper", curve.upper
    yield "median", curve.median
    for month in TIMES:
        if month <= curve.times[-1]:
            yield f"at {month}", (*curve.at(month), curve.at_risk_at(month))
    for share in (0.25, 0.75):
        yield f"quantile {share}", curve.quantile(share)
    followed = follow_up(cohort.times, cohort.events, scale)
    yield "follow-up", followed.median
    yield "follow-up survival", followed.survival
    yield "follow-up lower", followed.lower
    yield "follow-up upper", followed.upper
    if not cohort.causes.any():
        return
    found = cumulative_incidence(cohort.times, cohort.causes, kinds=2, limits=scale)
    for cause, state in enumerate(("one", "two")):
        for what in ("incidence", "std_err", "lower", "upper"):
            yield f"{state} {what}", getattr(found, what)[:, cause]


def _tests(cohort: Cohort) -> Iterator[tuple[str, object]]:
    if np.unique(cohort.groups).size < 2:
        return
    names = [str(one) for one in cohort.groups]
    test = log_rank(cohort.times, cohort.events, names)
    chi = test.chi_square if test.degrees else None
    yield "log-rank", (chi, test.p_value, test.degrees)
    yield "log-rank expected", test.expected
    yield "log-rank observed", test.observed


def differences(cohorts: Mapping[str, Cohort]) -> list[Difference]:
    """Return how far every statistic is from R at most, over all cohorts.

    Raises
    ------
    AssertionError
        If only one side answers a statistic, or with another count of numbers.
    """
    theirs = ask_r(cohorts)
    asked: dict[str, set[str]] = {}
    for name, what in theirs:
        asked.setdefault(name, set()).add(what)
    found: dict[str, Difference] = {}
    for name, cohort in cohorts.items():
        mine = dict(ours(cohort))
        assert mine.keys() == asked[name], f"{name}: {mine.keys() ^ asked[name]}"
        for what, numbers in mine.items():
            known = _comparable(what, mine)
            this = _difference(
                np.asarray(numbers, dtype=np.float64)[known],
                theirs[name, what][known],
                line_of(what),
                name,
            )
            before = found.setdefault(this.statistic, this._replace(numbers=0))
            worse = this if this.largest > before.largest else before
            count = before.numbers + this.numbers
            found[this.statistic] = worse._replace(numbers=count)
    order = list(dict.fromkeys(_LINES.values()))
    return sorted(found.values(), key=lambda one: order.index(one.statistic))


def _comparable(what: str, mine: Mapping[str, object]) -> slice | np.ndarray:
    """Return the numbers of which R has no answer by chance, nor two.

    Where a limit of the curve rises again, R's ``quantile`` sorts it before it looks;
    its own median does not, and neither does this program.
    """
    if quantile := re.fullmatch("(.*) quantile .*", what):
        curves = (mine[f"{quantile[1]} {name}"] for name in ("lower", "upper"))
        return np.array([True, *map(_never_rises, curves)])
    limits = re.fullmatch("(log-log (?:one|two)) (?:lower|upper)", what)
    if limits is None:
        return slice(None)
    return np.asarray(mine[f"{limits[1]} incidence"]) < 1 - _COMPLETE


def _never_rises(curve: object) -> bool:
    known = np.asarray(curve)
    return not (np.diff(known[~np.isnan(known)]) > 0).any()


def _difference(
    mine: np.ndarray, theirs: np.ndarray, line: str, cohort: str
) -> Difference:
    assert mine.shape == theirs.shape, f"{cohort}, {line}"
    both = ~np.isnan(mine) & ~np.isnan(theirs)
    apart = np.abs(mine[both] - theirs[both]) / (1 + np.abs(theirs[both]))
    largest = float(apart.max(initial=0.0))
    if (np.isnan(mine) != np.isnan(theirs)).any():
        largest = np.inf
    return Difference(line, mine.size, largest, cohort)


_SCALED: Final = {
    "lower|upper": "Kaplan–Meier curve: {} limits",
    "at .*": "survival at a month, with {} limits",
    "median": "median, with {} limits",
    "quantile .*": "quartiles, with {} limits",
    "follow-up": "median follow-up, with {} limits",
    "follow-up (lower|upper)": "reverse Kaplan–Meier curve: {} limits",
    "(one|two) (lower|upper)": "cumulative incidence: {} limits",
}
_CURVE: Final = "Kaplan–Meier curve: times, counts, probability, standard error"
_INCIDENCE: Final = "cumulative incidence: probability, standard error"
_LINES: Final = {
    "log-rank": "log-rank test: statistic, p, degrees of freedom",
    "log-rank .*": "log-rank test: events expected and observed",
    "(log|log-log|plain) (time|survival)": _CURVE,
    "std_err|at_risk|events|censored": _CURVE,
    **{
        f"{scale} ({what})": line.format(scale)
        for what, line in _SCALED.items()
        for scale in SCALES
    },
    ".* follow-up survival": "reverse Kaplan–Meier curve: probability",
    ".* (one|two) (incidence|std_err)": _INCIDENCE,
    "clopper-pearson": "rate: Clopper–Pearson limits",
    "wilson": "rate: Wilson limits",
    **{
        f"kappa {weights}": f"Cohen's kappa, weights {weights}: value, limits"
        for weights in KappaWeights
    },
}
"""The lines of the table, by what belongs to each of the names of ``reference.R``."""


def line_of(what: str) -> str:
    """Return the line of the table that a name of ``reference.R`` belongs to."""
    lines = {line for name, line in _LINES.items() if re.fullmatch(name, what)}
    (line,) = lines
    return line


def table(found: Iterable[Difference], cohorts: int) -> str:
    """Return the table of the documentation, its first line telling of what run."""
    rows = [
        f"| {one.statistic} | {one.numbers:,} | {_rounded(one.largest)} |"
        for one in found
    ]
    return "\n".join(
        [
            f"Of {cohorts} random cohorts, the largest difference from R:",
            "",
            "| statistic | numbers compared | largest difference |",
            "|---|---|---|",
            *rows,
        ]
    )


def _rounded(largest: float) -> str:
    """Return a difference with one digit, rounded up."""
    if not largest:
        return "0"
    power = np.floor(np.log10(largest))
    digit = int(np.ceil(largest / 10**power))
    return f"{digit * 10**power:.0e}"


def document(found: Iterable[Difference], cohorts: int) -> None:
    """Write the table in place of the one in the documentation."""
    text = DOCUMENT.read_text("utf-8")
    made = table(found, cohorts)
    new, count = re.subn(
        r"Of \d+ random cohorts, .*?:\n\n(\|[^\n]*\n)+", f"{made}\n", text
    )
    assert count == 1, f"no table in {DOCUMENT}"
    DOCUMENT.write_text(new, "utf-8")


def main() -> int:
    """Return 1 where a statistic is not that of R."""
    parser = argparse.ArgumentParser(prog="python -m tests.trial.against_r")
    parser.add_argument("--cohorts", type=int, default=500)
    parser.add_argument("--document", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    cohorts = {str(seed): random_cohort(seed) for seed in range(given.cohorts)}
    found = differences(cohorts)
    for one in found:
        said = f"{one.largest:.1e}  {one.statistic} ({one.numbers:,} numbers"
        sys.stdout.write(f"{said}; cohort {one.cohort})\n")
    patients = sum(one.times.size for one in cohorts.values())
    took = time.monotonic() - began
    sys.stdout.write(f"{len(cohorts)} cohorts, {patients:,} patients, {took:.0f} s\n")
    if given.document:
        document(found, given.cohorts)
    return int(any(not one.largest <= TOLERANCE for one in found))


if __name__ == "__main__":
    sys.exit(main())
