from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from recist_tool.terms import RateLimits, Response
from recist_tool.trial.rates import disease_control_rate, rate, response_rate

CR, PR, SD, PD, NE = (Response(word) for word in ("CR", "PR", "SD", "PD", "NE"))
NON = Response.NON_CR_NON_PD


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 300))
    return draw(st.integers(0, n)), n


@given(counts())
def test_exact_limits_are_those_of_the_binomial_test(count):
    low, high = rate(*count).ci95
    exact = binomtest(*count).proportion_ci(method="exact")
    assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(counts())
def test_wilson_limits_are_those_of_the_score_test(count):
    low, high = rate(*count, RateLimits.WILSON).ci95
    score = binomtest(*count).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((score.low, score.high), abs=1e-9)


@given(counts(), st.sampled_from(RateLimits))
def test_the_rate_lies_within_its_limits(count, limits):
    answer = rate(*count, limits)
    assert 0 <= answer.ci95[0] <= answer.rate <= answer.ci95[1] <= 1


@given(counts())
def test_limits_of_responders_mirror_those_of_non_responders(count):
    responders, n = count
    low, high = rate(responders, n).ci95
    mirrored = rate(n - responders, n).ci95
    assert (low, high) == pytest.approx((1 - mirrored[1], 1 - mirrored[0]), abs=1e-12)


def test_nobody_has_no_rate():
    assert rate(0, 0) == (0, 0, None, None)


@pytest.mark.parametrize("count", [(-1, 10), (11, 10)])
def test_impossible_counts_are_refused(count):
    with pytest.raises(ValueError, match="responders of 10 patients"):
        rate(*count)


def test_not_evaluable_patients_stay_in_the_denominator():
    answer = response_rate([CR, PR, SD, PD, NE, NE, NON])
    assert (answer.responders, answer.n) == (2, 7)


@pytest.mark.parametrize(("counted", "controlled"), [(True, 4), (False, 3)])
def test_disease_control_counts_non_cr_non_pd_where_allowed(counted, controlled):
    answer = disease_control_rate(
        [CR, PR, SD, PD, NE, NON, Response.NED], count_non_cr_non_pd=counted
    )
    assert (answer.responders, answer.n) == (controlled, 7)
