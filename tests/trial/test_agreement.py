from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.terms import KappaWeights
from recist_tool.trial.agreement import cohen_kappa, progression_agreement
from recist_tool.trial.limits import Z

SCALE = ("CR", "PR", "SD", "PD")
MAY, JUNE, JULY = (dt.date(2024, month, 1) for month in (5, 6, 7))

reads = st.lists(
    st.tuples(st.sampled_from(SCALE), st.sampled_from(SCALE)), min_size=2, max_size=50
)


def kappa_of(table: np.ndarray, credit: np.ndarray) -> float:
    """Kappa of a table of shares, straight from its definition."""
    chance = (np.outer(table.sum(axis=1), table.sum(axis=0)) * credit).sum()
    return ((table * credit).sum() - chance) / (1 - chance)


def answers_of(table: np.ndarray) -> tuple[list[str], list[str]]:
    pairs = [
        (SCALE[row], SCALE[column])
        for (row, column), count in np.ndenumerate(table)
        for _ in range(count)
    ]
    return [one for one, _ in pairs], [other for _, other in pairs]


def test_a_worked_table():
    """Both yes 20, only the first 5, only the second 10, neither 15: kappa 0.4."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    answer = cohen_kappa(first, second)
    assert answer.kappa == pytest.approx(0.4)
    assert answer.agreement == pytest.approx(0.7)
    assert answer.table == ((15, 10), (5, 20))


@pytest.mark.parametrize("weights", KappaWeights)
def test_the_variance_is_what_the_derivative_gives(weights):
    """The limits against the delta method with a numerical derivative."""
    table = np.array([[9, 3, 1, 0], [2, 14, 4, 1], [1, 5, 20, 3], [0, 1, 4, 16]])
    n = table.sum()
    steps = np.arange(4)
    distance = np.abs(steps[:, None] - steps) / 3
    credit = {"none": np.eye(4), "linear": 1 - distance, "quadratic": 1 - distance**2}
    share = table / n
    slope = np.zeros((4, 4))
    for cell in np.ndindex(4, 4):
        ends = []
        for step in (1e-6, -1e-6):
            moved = share.copy()
            moved[cell] += step
            ends.append(kappa_of(moved / moved.sum(), credit[weights.value]))
        slope[cell] = (ends[0] - ends[1]) / 2e-6
    variance = ((share * slope**2).sum() - (share * slope).sum() ** 2) / n

    answer = cohen_kappa(*answers_of(table), SCALE, weights)
    assert answer.kappa == pytest.approx(kappa_of(share, credit[weights.value]))
    half = (answer.ci95[1] - answer.ci95[0]) / 2
    assert half == pytest.approx(Z * np.sqrt(variance), rel=1e-6)


def test_a_near_miss_costs_less_with_weights():
    first, second = ["CR", "PR", "SD", "PD"] * 5, ["PR", "PR", "SD", "PD"] * 5
    plain = cohen_kappa(first, second, SCALE).kappa
    weighted = cohen_kappa(first, second, SCALE, KappaWeights.QUADRATIC).kappa
    assert weighted > plain


def test_a_single_category_has_no_kappa():
    answer = cohen_kappa(["SD", "SD"], ["SD", "SD"])
    assert (answer.agreement, answer.kappa, answer.ci95) == (1, None, None)


def test_no_patient_has_no_agreement():
    assert cohen_kappa([], []).agreement is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["PR"], []), "1 answers of one reader and 0 of the other"),
        ((["PR"], ["XX"], SCALE), "not among the categories: XX"),
        ((["PR"], ["PR"], None, KappaWeights.LINEAR), "categories in order"),
    ],
)
def test_answers_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        cohen_kappa(*arguments)


@given(reads, st.sampled_from(KappaWeights))
def test_readers_may_change_places(pairs, weights):
    first, second = zip(*pairs, strict=True)
    ours = cohen_kappa(first, second, SCALE, weights)
    theirs = cohen_kappa(second, first, SCALE, weights)
    assert ours.kappa == pytest.approx(theirs.kappa)


@given(reads, st.sampled_from(KappaWeights))
def test_a_reader_agrees_fully_with_himself(pairs, weights):
    first = [one for one, _ in pairs]
    answer = cohen_kappa(first, first, SCALE, weights)
    assert answer.kappa is None or answer.kappa == pytest.approx(1)
    assert answer.agreement == 1


def test_dates_of_progression_fall_into_amits_classes():
    answer = progression_agreement(
        [
            (MAY, MAY),
            (JULY, JUNE),
            (MAY, JUNE),
            (MAY, JULY),
            (MAY, None),
            (None, JUNE),
            (None, None),
        ]
    )
    assert answer == (1, 1, 2, 1, 1, 1)
    assert answer.early_discrepancy_rate == pytest.approx(3 / 5)
    assert answer.late_discrepancy_rate == pytest.approx(2 / 5)
    assert answer.agreement == pytest.approx(5 / 7)


def test_dates_near_each_other_may_count_as_the_same():
    assert progression_agreement([(MAY, JUNE)], same_within_days=31).same_time == 1
    assert progression_agreement([(MAY, JUNE)], 30).investigator_earlier == 1


def test_without_progression_there_are_no_rates():
    answer = progression_agreement([(None, None)])
    assert answer.early_discrepancy_rate is None
    assert answer.late_discrepancy_rate is None
    assert answer.agreement == 1
    assert progression_agreement([]).agreement is None
