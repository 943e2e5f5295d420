from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from recist_tool.terms import CurveLimits
from recist_tool.trial.competing import cumulative_incidence
from recist_tool.trial.log_rank import log_rank
from recist_tool.trial.survival import follow_up, kaplan_meier

DEATH_IN_SIX = ([6, 6, 6, 6, 7, 9], [1, 1, 1, 0, 1, 0])

cohorts = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 2)), min_size=1, max_size=60
)


def times_and_codes(cohort: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    times, codes = zip(*cohort, strict=True)
    return np.array(times), np.array(codes)


def test_a_death_counts_before_a_loss_on_the_same_day():
    curve = kaplan_meier(*DEATH_IN_SIX)
    assert curve.at_risk.tolist() == [6, 2, 1]
    assert curve.events.tolist() == [3, 1, 0]
    assert curve.censored.tolist() == [1, 0, 1]
    assert curve.survival.tolist() == pytest.approx([0.5, 0.25, 0.25])


def test_the_standard_error_is_greenwoods():
    curve = kaplan_meier(*DEATH_IN_SIX)
    by_hand = 0.25 * np.sqrt(3 / (6 * 3) + 1 / (2 * 1))
    assert curve.std_err[1] == pytest.approx(by_hand)


def test_a_median_on_a_level_stretch_is_its_middle():
    assert kaplan_meier(*DEATH_IN_SIX).median.value == 6.5


def test_a_median_that_is_not_reached_is_none():
    assert kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]).median.value is None


def test_survival_beyond_the_last_patient_is_not_known():
    assert kaplan_meier(*DEATH_IN_SIX).at(9.5) == (None, None, None)


def test_survival_stays_zero_after_the_last_death():
    assert kaplan_meier([1, 2], [1, 1]).at(12).value == 0


def test_survival_before_the_first_day_is_one():
    assert kaplan_meier(*DEATH_IN_SIX).at(2) == (1, 1, 1)


def test_nobody_gives_an_empty_curve():
    curve = kaplan_meier([], [])
    assert curve.n == 0
    assert curve.at(12) == curve.median == (None, None, None)


def test_patients_at_risk_are_those_not_yet_gone():
    curve = kaplan_meier(*DEATH_IN_SIX)
    assert [curve.at_risk_at(time) for time in (0, 6, 6.5, 9, 10)] == [6, 6, 2, 1, 0]


def test_follow_up_of_patients_who_all_live_is_their_median_time():
    assert follow_up([4, 8, 12], [0, 0, 0]).median.value == 8


@pytest.mark.parametrize("estimate", [kaplan_meier, cumulative_incidence])
def test_times_and_events_must_belong_together(estimate):
    with pytest.raises(ValueError, match="times of shape"):
        estimate([1, 2, 3], [1, 0])
    with pytest.raises(ValueError, match="not a finite number"):
        estimate([1, np.nan], [1, 0])


def test_a_cause_out_of_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 2"):
        cumulative_incidence([1, 2], [3, 0], kinds=2)


def test_incidence_beyond_the_last_patient_is_not_known():
    incidence = cumulative_incidence([3, 5, 8], [1, 2, 0])
    assert incidence.at(1, 9) == (None, None, None)
    assert incidence.at(1, 2).value == 0
    assert incidence.at(2, 8).value == pytest.approx(1 / 3)


def test_a_cause_that_never_occurred_has_no_incidence():
    incidence = cumulative_incidence([3, 5], [1, 0], kinds=2)
    assert incidence.at(2, 4) == (0, None, None)


def test_one_group_cannot_be_compared():
    answer = log_rank([1, 2, 3], [1, 1, 0], ["a", "a", "a"])
    assert (answer.chi_square, answer.degrees, answer.p_value) == (0, 0, None)


def test_groups_that_die_all_at_once_cannot_be_compared():
    answer = log_rank([1, 1, 1, 1], [1, 1, 1, 1], list("abab"))
    assert (answer.chi_square, answer.degrees, answer.p_value) == (0, 0, None)


def test_every_patient_needs_a_group():
    with pytest.raises(ValueError, match="2 times and 1 groups"):
        log_rank([1, 2], [1, 1], ["a"])


def test_groups_alike_do_not_differ():
    answer = log_rank([1, 1, 4, 4, 6, 6], [1, 1, 0, 0, 1, 1], list("ababab"))
    assert answer.chi_square == pytest.approx(0)
    assert answer.p_value == pytest.approx(1)


@given(cohorts)
def test_the_curve_is_that_of_scipy(cohort):
    times, codes = times_and_codes(cohort)
    died = codes > 0
    curve = kaplan_meier(times, died)
    theirs = ecdf(CensoredData(uncensored=times[died], right=times[~died])).sf
    np.testing.assert_allclose(curve.survival, theirs.evaluate(curve.times), atol=1e-12)


@given(cohorts, st.randoms(use_true_random=False))
def test_the_order_of_patients_is_irrelevant(cohort, random):
    shuffled = random.sample(cohort, len(cohort))
    ours, theirs = (kaplan_meier(*times_and_codes(one)) for one in (cohort, shuffled))
    np.testing.assert_array_equal(ours.survival, theirs.survival)


@given(cohorts, st.sampled_from(CurveLimits))
def test_limits_enclose_the_curve(cohort, scale):
    times, codes = times_and_codes(cohort)
    curve = kaplan_meier(times, codes > 0, scale)
    known = ~np.isnan(curve.lower)
    assert (curve.lower[known] <= curve.survival[known] + 1e-12).all()
    assert (curve.upper[known] >= curve.survival[known] - 1e-12).all()
    assert (curve.upper[known] <= 1).all()


@given(cohorts)
def test_incidences_and_survival_add_up_to_one(cohort):
    times, codes = times_and_codes(cohort)
    incidence = cumulative_incidence(times, codes, kinds=2)
    free = kaplan_meier(times, codes > 0).survival
    np.testing.assert_allclose(incidence.incidence.sum(axis=1) + free, 1, atol=1e-12)


@given(cohorts)
def test_with_one_cause_incidence_is_one_minus_kaplan_meier(cohort):
    times, codes = times_and_codes(cohort)
    died = (codes > 0).astype(int)
    incidence = cumulative_incidence(times, died, kinds=1)
    curve = kaplan_meier(times, died)
    np.testing.assert_allclose(
        incidence.incidence[:, 0], 1 - curve.survival, atol=1e-12
    )
    known = curve.survival > 0
    np.testing.assert_allclose(
        incidence.std_err[known, 0], curve.std_err[known], atol=1e-12
    )


@given(cohorts)
def test_events_expected_are_as_many_as_observed(cohort):
    times, codes = times_and_codes(cohort)
    groups = [str(place % 3) for place in range(times.size)]
    answer = log_rank(times, codes > 0, groups)
    assert sum(answer.expected) == pytest.approx(sum(answer.observed))
