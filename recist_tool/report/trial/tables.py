"""The tables of a trial in words, for the terminal and for the page."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.criteria.answer.vocabulary import best_first
from recist_tool.report.trial.words import (
    control_words,
    response_words,
    speaks_of_recist,
)
from recist_tool.terms import Ending, LiverProgression
from recist_tool.trial.cohort import COMPETING
from recist_tool.trial.liver_definitions import liver_pfs_by_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recist_tool.trial.cohort import ScopeRates, Subgroups, TrialResult
    from recist_tool.trial.landmarks import LandmarkCount
    from recist_tool.trial.limits import Estimate
    from recist_tool.trial.log_rank import LogRank
    from recist_tool.trial.patient_result import ScopeResult
    from recist_tool.trial.rates import Rate
    from recist_tool.trial.survival import SurvivalCurve

NONE: Final = "–"
_ROUNDING: Final = 1e-9

CURVES: Final = {
    "os": "Overall survival",
    "pfs": "Progression-free survival",
    "liver_pfs": "Liver progression-free survival",
    "dor": "Duration of response",
    "liver_dor": "Duration of liver response",
}
_SHORT: Final = {"os": "OS", "pfs": "PFS", "liver_pfs": "liver PFS"}
DEFINITIONS: Final = {
    LiverProgression.IGNORED: "whatever happens elsewhere",
    LiverProgression.COMPETES: "progression elsewhere ends it too",
    LiverProgression.CENSORS: "progression elsewhere censors",
}
ENDINGS: Final = {
    Ending.PROGRESSION: "progression in the liver",
    Ending.DEATH: "death before any progression",
    Ending.EXTRAHEPATIC_PROGRESSION: "progression elsewhere first",
    Ending.CENSORED: "censored",
}
WITHOUT_PROGRESSION: Final = ("os",)
"""The curves that there are under criteria without a word for progression."""


class Table(NamedTuple):
    """A table in words; every row has one cell for each column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(result: TrialResult) -> list[Table]:
    """Return all tables of a trial but the list of its patients."""
    of_progression = [liver_table(result), incidence_table(result)]
    return [
        rates_table(result),
        times_table(result),
        *(of_progression if result.knows_progression else ()),
        response_times_table(result),
        landmark_table("Response at landmarks: whole patient", result.landmarks),
        landmark_table("Response at landmarks: liver", result.liver_landmarks),
        *(subgroup_table(one, result) for one in result.subgroups),
        *([failed_table(result)] if result.failed else []),
    ]


def failed_table(result: TrialResult) -> Table:
    """Return the patients that no figure counts, and why."""
    rows = tuple(
        (" ".join(filter(None, (one.id, one.reader_id))), str(one.fault))
        for one in result.failed
    )
    return Table("Not judged, and in no figure", ("patient", "why"), rows)


def curves_of(result: TrialResult) -> dict[str, str]:
    """Return the titles of the curves that the criteria of a trial know."""
    if result.knows_progression:
        return CURVES
    return {name: CURVES[name] for name in WITHOUT_PROGRESSION}


def rates_table(result: TrialResult) -> Table:
    """Return response and disease control, with both denominators."""
    rows = (
        (f"{scope}{name}", told(treated), told(evaluable))
        for scope, rates in (("", result.overall), ("Liver ", result.liver))
        for name, treated, evaluable in _pairs(rates, result)
    )
    confirmed = result.settings.confirmed_responses
    return Table(
        "Best response",
        ("", "of all treated (95 % limits)", "of evaluable (95 % limits)"),
        tuple((name[0].upper() + name[1:], *cells) for name, *cells in rows),
        "Responses confirmed where the criteria ask for it."
        if confirmed
        else "Responses without confirmation.",
    )


def _pairs(rates: ScopeRates, result: TrialResult) -> Iterator[tuple[str, Rate, Rate]]:
    """Return each rate with its name, which tells the words that are not RECIST's."""
    if not result.knows_progression:
        name = f"response ({response_words(result)})"
        yield name, rates.orr, rates.evaluable_orr
        return
    own = not speaks_of_recist(result)
    of_response, of_control = (
        f": {words}" if own else ""
        for words in (response_words(result), control_words(result))
    )
    yield f"objective response (ORR{of_response})", rates.orr, rates.evaluable_orr
    yield f"disease control (DCR{of_control})", rates.dcr, rates.evaluable_dcr


def times_table(result: TrialResult) -> Table:
    """Return medians, and survival at fixed months, of every curve."""
    months = result.settings.rates_at_months
    rows = [
        (title, *_curve_cells(getattr(result.curves, name), months))
        for name, title in curves_of(result).items()
    ]
    followed = result.curves.follow_up
    rows.append(
        (
            "Follow-up (reverse)",
            str(followed.n),
            NONE,
            in_months(followed.median),
            *(NONE for _ in months),
        )
    )
    return Table("Times to events", _curve_columns(months), tuple(rows))


def liver_table(result: TrialResult) -> Table:
    """Return liver progression-free survival by each of its definitions."""
    months = result.settings.rates_at_months
    curves = liver_pfs_by_definition(result.patients, result.settings)
    used = result.settings.liver_progression
    return Table(
        "Liver progression-free survival: three definitions",
        _curve_columns(months),
        tuple(
            (
                words + (" (used above)" if one is used else ""),
                *_curve_cells(curves[one], months),
            )
            for one, words in DEFINITIONS.items()
        ),
    )


def incidence_table(result: TrialResult) -> Table:
    """Return the cumulative incidence of liver progression and its rivals."""
    incidence, months = result.liver_incidence, result.settings.rates_at_months
    return Table(
        "Cumulative incidence in the liver, competing risks",
        ("what came first", "events", *(f"by {one} months" for one in months)),
        tuple(
            (
                ENDINGS[ending],
                str(int(incidence.events[:, cause - 1].sum())),
                *(in_percent(incidence.at(cause, one)) for one in months),
            )
            for cause, ending in enumerate(COMPETING, start=1)
        ),
    )


def response_times_table(result: TrialResult) -> Table:
    """Return the time to response of the responders."""
    scopes: dict[str, Iterable[ScopeResult]] = {
        "whole patient": [one.overall for one in result.patients],
        "liver": [one.liver for one in result.patients if one.liver],
    }
    return Table(
        "Time to response",
        ("", "responders", "median months", "range"),
        tuple(
            (name, *_response_cells(found, result)) for name, found in scopes.items()
        ),
    )


def _response_cells(
    found: Iterable[ScopeResult], result: TrialResult
) -> tuple[str, str, str]:
    months = [
        result.settings.months(one.response_days)
        for one in found
        if one.response_days is not None
    ]
    if not months:
        return "0", NONE, NONE
    span = f"{min(months):.1f} to {max(months):.1f}"
    return str(len(months)), f"{float(np.median(months)):.1f}", span


def landmark_table(title: str, landmarks: Sequence[LandmarkCount]) -> Table:
    """Return responses at fixed months: counts, shares of all, and both rates.

    The rates are of disease control, and of response where the criteria know no
    progression.
    """
    shown = best_first(word for one in landmarks for word in one.words)
    control = any(one.dcr.n for one in landmarks) or not shown
    rate = "DCR" if control else "response"
    return Table(
        title,
        (
            "month",
            "treated",
            "evaluable",
            *(one.value for one in shown),
            f"{rate} of treated",
            f"{rate} of evaluable",
        ),
        tuple(
            (
                str(one.month),
                str(one.orr.n),
                str(one.evaluable_orr.n),
                *(share(one.words.get(word, 0), one.orr.n) for word in shown),
                _rate_only(one.dcr if control else one.orr),
                _rate_only(one.evaluable_dcr if control else one.evaluable_orr),
            )
            for one in landmarks
        ),
        "Shares are of all treated; NE holds those without an adequate visit then.",
    )


def subgroup_table(subgroups: Subgroups, result: TrialResult) -> Table:
    """Return the endpoints of each group side by side, with log-rank tests."""
    compared = [name for name in curves_of(result) if name in subgroups.log_rank]
    response = "ORR" if result.knows_progression else "response"
    rows = tuple(
        (
            group.name,
            str(group.n),
            f"{percent(group.n / result.n)} %",
            told(group.overall.orr),
            told(group.liver.orr),
            *(in_months(getattr(group.curves, name).median) for name in compared),
        )
        for group in subgroups.groups
    )
    tests = "; ".join(
        f"{CURVES[name].lower()} {p_value(subgroups.log_rank[name])}"
        for name in compared
    )
    without = (
        f" {subgroups.without} patients have no {subgroups.field}."
        if subgroups.without
        else ""
    )
    return Table(
        f"By {subgroups.field}",
        (
            subgroups.field,
            "n",
            "share",
            f"{response} of treated",
            f"liver {response} of treated",
            *(f"{_SHORT[name]}, months" for name in compared),
        ),
        rows,
        f"Log-rank: {tests}.{without}",
    )


def p_value(test: LogRank) -> str:
    """Return the p value of a log-rank test in words."""
    if test.p_value is None:
        return "p not defined"
    return "p < 0.001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}"


def told(rate: Rate) -> str:
    """Return a rate in words: ``8/34 = 24 % (11 to 41)``."""
    if rate.rate is None or rate.ci95 is None:
        return f"{rate.responders}/{rate.n}"
    low, high = rate.ci95
    share = f"{rate.responders}/{rate.n} = {percent(rate.rate)} %"
    return f"{share} ({percent(low)} to {percent(high)})"


def _rate_only(rate: Rate) -> str:
    return told(rate).partition(" = ")[2] or NONE


def in_months(estimate: Estimate) -> str:
    """Return a median in words: ``9.8 (7.1 to not reached)``."""
    if estimate.value is None and estimate.low is None:
        return "not reached"
    low, high = _reached(estimate.low), _reached(estimate.high)
    return f"{_reached(estimate.value)} ({low} to {high})"


def in_percent(estimate: Estimate) -> str:
    """Return a probability in words: ``67 % (51 to 79)``."""
    if estimate.value is None:
        return NONE
    share = f"{percent(estimate.value)} %"
    if estimate.low is None or estimate.high is None:
        return share
    return f"{share} ({percent(estimate.low)} to {percent(estimate.high)})"


def percent(share: float) -> int:
    """Return a share in whole percent; a half is rounded up, as readers expect."""
    return floor(100 * share + 0.5 + _ROUNDING)


def _reached(months: float | None) -> str:
    return "not reached" if months is None else f"{months:.1f}"


def share(count: int, n: int) -> str:
    """Return a count with its share: ``8 (24 %)``."""
    return f"{count} ({percent(count / n)} %)" if n else str(count)


def _curve_columns(months: Sequence[int]) -> tuple[str, ...]:
    return (
        "",
        "n",
        "events",
        "median months (95 % limits)",
        *(f"at {one} months" for one in months),
    )


def _curve_cells(curve: SurvivalCurve, months: Sequence[int]) -> tuple[str, ...]:
    events = int(curve.events.sum())
    if not curve.n:
        return ("0", "0", NONE, *(NONE for _ in months))
    fixed = (in_percent(curve.at(one)) for one in months)
    return str(curve.n), str(events), in_months(curve.median), *fixed
