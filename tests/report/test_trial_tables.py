"""The words in which rates, times and tests are told."""

from __future__ import annotations

import pytest

from recist_tool.criteria.answer.vocabulary import best_first
from recist_tool.report.trial.tables import (
    in_months,
    in_percent,
    incidence_table,
    landmark_table,
    liver_table,
    p_value,
    rates_table,
    subgroup_table,
    tables,
    told,
)
from recist_tool.terms import LiverProgression, Response
from recist_tool.trial.limits import Estimate
from recist_tool.trial.log_rank import LogRank
from recist_tool.trial.rates import Rate, rate
from tests.report.trial_reports import made, registry
from tests.trial.cohorts import measured, on, patient


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (rate(8, 34), "8/34 = 24 % (11 to 41)"),
        (rate(149, 200), "149/200 = 75 % (68 to 80)"),
        (rate(57, 200), "57/200 = 29 % (22 to 35)"),
        (rate(0, 10), "0/10 = 0 % (0 to 31)"),
        (Rate(0, 0, None, None), "0/0"),
    ],
)
def test_a_rate_in_words(given, words):
    assert told(given) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Estimate(9.84, 7.06, None), "9.8 (7.1 to not reached)"),
        (Estimate(None, 7.06, None), "not reached (7.1 to not reached)"),
        (Estimate(None, None, None), "not reached"),
    ],
)
def test_a_median_in_words(given, words):
    assert in_months(given) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Estimate(0.674, 0.51, 0.79), "67 % (51 to 79)"),
        (Estimate(0.0, None, None), "0 %"),
        (Estimate(None, None, None), "–"),
    ],
)
def test_a_probability_in_words(given, words):
    assert in_percent(given) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.04567, "p = 0.046"), (0.0004, "p < 0.001"), (None, "p not defined")],
)
def test_a_p_value_in_words(value, words):
    test = LogRank(("A", "B"), (1, 1), (1, 1), (1.0, 1.0), 0.0, 1, value)
    assert p_value(test) == words


def test_both_denominators_are_told():
    result, _ = made([patient("A", "56 PR, 112 PR"), patient("B"), patient("C")])
    orr = rates_table(result).rows[0]
    assert orr == (
        "Objective response (ORR)",
        "1/3 = 33 % (1 to 91)",
        "1/1 = 100 % (3 to 100)",
    )


def test_the_definition_of_liver_progression_in_use_is_marked():
    cohort = [
        patient("A", "56 PD, 112 PD", liver="56 SD, 112 PD"),
        patient("B", "56 SD, 112 SD"),
    ]
    result, _ = made(cohort)
    rows = {row[0]: row for row in liver_table(result).rows}
    assert len(rows) == len(LiverProgression)
    assert rows["whatever happens elsewhere (used above)"][2] == "1"
    assert rows["progression elsewhere ends it too"][2] == "1"
    assert rows["progression elsewhere censors"][2] == "0"


def test_each_competing_event_is_counted():
    cohort = [
        patient("A", "56 PD", liver="56 PD"),
        patient("B", "56 PD", liver="56 SD"),
        patient("C", "56 SD", follow_up={"death": on(80)}),
    ]
    result, _ = made(cohort)
    assert [row[1] for row in incidence_table(result).rows] == ["1", "1", "1"]


def test_landmarks_show_only_responses_that_there_are():
    result, _ = made([patient("A", "30 PR"), patient("B", "30 PD")])
    table = landmark_table("x", result.landmarks)
    assert "CR" not in table.columns
    first = dict(zip(table.columns, table.rows[0], strict=True))
    assert first["PR"] == "1 (50 %)"
    assert first["DCR of treated"] == "50 % (1 to 99)"
    assert table.rows[2][2] == "0"


def test_groups_are_told_with_those_in_none():
    cohort = [
        patient("A", "56 SD", groups={"arm": "x"}),
        patient("B", "56 SD", groups={"arm": "y"}),
        patient("C", "56 SD"),
    ]
    result, _ = made(cohort)
    table = subgroup_table(result.subgroups[0], result)
    assert [row[:2] for row in table.rows] == [("x", "1"), ("y", "1")]
    assert table.note.endswith("1 patients have no arm.")


def test_every_row_fills_its_table():
    for cohort in (registry()[0], made([measured("A", organ="lung", sums=(9, 9))])[0]):
        for table in tables(cohort):
            assert {len(row) for row in table.rows} == {len(table.columns)}, table.title


def by(criteria, words):
    """Return the titles and all cells of a trial of one patient under some criteria."""
    timepoints = [
        {"id": "BL", "day": -5, "markers": {"CgA": {"value": 100, "uln": 10}}},
        {"id": "TP1", "day": 30, "markers": {"CgA": {"value": 40}}},
    ]
    if words:
        cohort = [patient("A", words, criteria=criteria)]
    else:
        cohort = [patient("A", criteria=criteria, timepoints=timepoints)]
    made_of = tables(made(cohort)[0])
    return {table.title: table for table in made_of}


@pytest.mark.parametrize(
    ("criteria", "words", "response", "control"),
    [
        ("EORTC PET", "30 PMR", "ORR: CMR, PMR", "DCR: CMR, PMR, SMD"),
        ("iRECIST", "30 iPR", "ORR: iCR, iPR", "DCR: iCR, iPR, iSD"),
        ("WHO", "30 PR", "ORR: CR, PR", "DCR: CR, PR, NC"),
        ("RECIST 1.1", "30 PR", "(ORR)", "(DCR)"),
        ("mRECIST", "30 PR", "(ORR)", "(DCR)"),
    ],
)
def test_rates_are_told_in_the_words_of_the_criteria(
    criteria, words, response, control
):
    shown = by(criteria, words)
    rows = shown["Best response"].rows
    assert response in rows[0][0]
    assert control in rows[1][0]
    said = words.split()[1]
    assert said in shown["Response at landmarks: whole patient"].columns


@pytest.mark.parametrize(
    "criteria", ["biochemical", "symptoms", "somatostatin analogue use"]
)
def test_markers_symptoms_and_drug_use_have_no_progression_in_any_table(criteria):
    shown = by(criteria, "")
    told_of = " ".join(
        " ".join((title, *table.columns, *(cell for row in table.rows for cell in row)))
        for title, table in shown.items()
    )
    for never in ("rogression", "DCR", "Duration of", "SD", "PFS"):
        assert never not in told_of
    landmarks = shown["Response at landmarks: whole patient"]
    assert "response of evaluable" in landmarks.columns


def test_words_of_all_criteria_can_be_put_in_order():
    shown = best_first(Response)
    assert set(shown) == set(Response)
    assert shown[-1] is Response.NE
