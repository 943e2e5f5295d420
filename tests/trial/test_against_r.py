"""Every number of a curve, against the R package survival, run beside us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import CurveLimits, Ending
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.competing import cumulative_incidence
from recist_tool.trial.log_rank import log_rank
from recist_tool.trial.survival import follow_up, kaplan_meier
from tests.trial.cohorts import registry
from tests.trial.peer_r import Cohort, ask_r

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.trial.patient_result import PatientResult
    from recist_tool.trial.time_to_event import TimeToEvent

SCALES = {
    "log": CurveLimits.LOG,
    "log-log": CurveLimits.LOG_LOG,
    "plain": CurveLimits.PLAIN,
}
TOLERANCE = 1e-9


def cohort_of(times, causes, groups) -> Cohort:
    """Return a cohort whose readers saw what happened, the second one group late."""
    causes = np.asarray(causes)
    named = np.unique(np.asarray(groups), return_inverse=True)[1] + 1
    first = causes + 1
    return Cohort(
        np.asarray(times, dtype=np.float64),
        (causes > 0).astype(int),
        causes,
        named,
        first,
        np.where(named % 2, first, 4),
    )


def drawn(seed: int, n: int, groups: int, *, step: float, end: float) -> Cohort:
    """Return a cohort with ties: times are cut to `step`, follow-up ends at `end`."""
    rng = np.random.default_rng(seed)
    event = rng.exponential(12, n)
    lost = rng.uniform(3, 30, n)
    times = np.minimum(np.minimum(event, lost), end)
    times = np.ceil(times / step) * step
    events = (event <= np.minimum(lost, end)).astype(int)
    causes = events * rng.integers(1, 3, n)
    return cohort_of(times, causes, [f"g{i % groups}" for i in range(n)])


def by_hand(times: list[float], causes: list[int]) -> Cohort:
    groups = ["odd" if i % 2 else "even" for i in range(len(times))]
    return cohort_of(times, causes, groups)


def of_endpoint(
    pick: Callable[[PatientResult], TimeToEvent | None], *, competing: bool = False
) -> Cohort:
    """Return an endpoint of a registry of 200 over 24 months, in months, by arm."""
    chosen = TrialSettings(liver_progression="competes" if competing else "ignored")
    ends = [
        (chosen.months(end.days), end.ending, one.findings.groups["arm"])
        for one in assess_trial(registry(), chosen).patients
        if (end := pick(one)) is not None
    ]
    times, endings, arms = zip(*ends, strict=True)
    events = [int(ending is not Ending.CENSORED) for ending in endings]
    causes = [
        event + (event and ending is not Ending.PROGRESSION)
        for event, ending in zip(events, endings, strict=True)
    ]
    return cohort_of(times, causes, arms)


COHORTS = {
    "registry OS": of_endpoint(lambda one: one.os),
    "registry PFS": of_endpoint(lambda one: one.overall.pfs),
    "registry liver PFS": of_endpoint(lambda one: one.liver.pfs, competing=True),
    "registry DOR": of_endpoint(lambda one: one.overall.dor),
    "registry liver DOR": of_endpoint(lambda one: one.liver.dor),
    "200 in days": drawn(20240101, 200, 2, step=1 / 30.4375, end=24),
    "34 in whole months": drawn(7, 34, 3, step=1, end=24),
    "84 with heavy ties": drawn(11, 84, 4, step=3, end=30),
    "1000 with many ties": drawn(5, 1000, 5, step=0.5, end=18),
    "12 of whom the last dies": by_hand(
        [1, 2, 2, 3, 4, 5, 6, 6, 8, 9, 10, 11], [1, 2, 0, 1, 0, 1, 2, 1, 0, 1, 2, 1]
    ),
    "curve exactly one half": by_hand([6, 13, 21, 30], [1, 2, 1, 2]),
    "curve ends at one half": by_hand([6, 13, 21, 30], [1, 2, 0, 0]),
    "one half, censored between": by_hand(
        [2, 4, 5, 6, 7, 12, 14, 20], [1, 1, 2, 2, 0, 1, 0, 2]
    ),
    "few events": by_hand([3, 8, 15, 20, 24, 24, 24, 24], [0, 1, 0, 2, 0, 0, 0, 0]),
    "all dead at once": by_hand([12, 12, 12, 12, 20], [1, 1, 2, 1, 2]),
}


@pytest.fixture(scope="module")
def r_says():
    """Return what R answers for all cohorts, by cohort and quantity."""
    return ask_r(COHORTS)


def assert_equal(ours: object, theirs: list[float]) -> None:
    numbers = np.asarray(ours, dtype=np.float64)  # None becomes NaN
    np.testing.assert_allclose(numbers, theirs, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("name", COHORTS)
@pytest.mark.parametrize("scale", SCALES)
class TestEachCohortOnEachScale:
    def test_the_curve_and_its_limits_are_those_of_survfit(self, r_says, name, scale):
        cohort = COHORTS[name]
        curve = kaplan_meier(cohort.times, cohort.events, SCALES[scale])
        assert_equal(curve.times, r_says[name, f"{scale} time"])
        assert_equal(curve.survival, r_says[name, f"{scale} survival"])
        assert_equal(curve.lower, r_says[name, f"{scale} lower"])
        assert_equal(curve.upper, r_says[name, f"{scale} upper"])
        assert_equal(curve.std_err, r_says[name, "std_err"])
        assert_equal(curve.at_risk, r_says[name, "at_risk"])
        assert_equal(curve.events, r_says[name, "events"])
        assert_equal(curve.censored, r_says[name, "censored"])

    def test_the_median_and_its_limits_are_as_r_prints_them(self, r_says, name, scale):
        cohort = COHORTS[name]
        curve = kaplan_meier(cohort.times, cohort.events, SCALES[scale])
        assert_equal(curve.median, r_says[name, f"{scale} median"])

    def test_median_follow_up_is_the_reverse_curve(self, r_says, name, scale):
        cohort = COHORTS[name]
        curve = follow_up(cohort.times, cohort.events, SCALES[scale])
        assert_equal(curve.median, r_says[name, f"{scale} follow-up"])

    def test_survival_at_fixed_times(self, r_says, name, scale):
        cohort = COHORTS[name]
        curve = kaplan_meier(cohort.times, cohort.events, SCALES[scale])
        for time in (5, 12, 20):
            theirs = r_says.get((name, f"{scale} at {time}"))
            if theirs is None:
                assert time > curve.times[-1]
                continue
            assert_equal([*curve.at(time), curve.at_risk_at(time)], theirs)

    def test_cumulative_incidence_is_that_of_a_multi_state_fit(
        self, r_says, name, scale
    ):
        cohort = COHORTS[name]
        ours = cumulative_incidence(
            cohort.times, cohort.causes, kinds=2, limits=SCALES[scale]
        )
        for cause, state in enumerate(("one", "two")):
            for what in ("incidence", "std_err", "lower", "upper"):
                column = getattr(ours, what)[:, cause]
                assert_equal(column, r_says[name, f"{scale} {state} {what}"])


@pytest.mark.parametrize("name", COHORTS)
def test_the_log_rank_test_is_that_of_survdiff(r_says, name):
    cohort = COHORTS[name]
    ours = log_rank(cohort.times, cohort.events, [f"g{one}" for one in cohort.groups])
    tested = [ours.chi_square, ours.p_value, ours.degrees]
    assert_equal(tested, r_says[name, "log-rank"])
    assert_equal(ours.expected, r_says[name, "log-rank expected"])


@pytest.mark.parametrize(
    "name", ["registry PFS", "200 in days", "34 in whole months", "1000 with many ties"]
)
@pytest.mark.parametrize("scale", SCALES)
def test_the_lower_quartile_is_that_of_r(r_says, name, scale):
    cohort = COHORTS[name]
    curve = kaplan_meier(cohort.times, cohort.events, SCALES[scale])
    assert_equal(curve.quantile(0.25), r_says[name, f"{scale} quantile 0.25"])


def test_what_a_trial_reports_is_what_r_prints(r_says):
    endpoints = trial_json(assess_trial(registry()))["endpoints"]
    for endpoint, name in (
        ("os", "registry OS"),
        ("pfs", "registry PFS"),
        ("dor", "registry DOR"),
        ("liver_dor", "registry liver DOR"),
    ):
        answer = endpoints[endpoint]
        printed = [answer["median_months"], *answer["ci95_months"]]
        assert_equal(printed, r_says[name, "log-log median"])
        year = answer["at_months"]["12"]
        at_one_year = r_says[name, "log-log at 12"][:3]
        assert_equal([year["rate"], *year["ci95"]], at_one_year)
    followed = r_says["registry OS", "log-log follow-up"]
    assert_equal(endpoints["median_follow_up_months"], followed[:1])
    incidence = endpoints["liver_progression_incidence"]["progression"]["curve"]
    theirs = r_says["registry liver PFS", "log-log one incidence"]
    assert_equal([row[1] for row in incidence], theirs)
