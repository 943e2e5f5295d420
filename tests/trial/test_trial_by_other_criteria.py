from __future__ import annotations

import pytest

from recist_tool.model.findings import Findings
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort_json import trial_json
from tests.trial.cohorts import on, patient


def test_metabolic_responses_of_eighty_four_patients():
    """By PET complete in 24 %, partial in 43 %, stable in 33 %: 67 % respond."""
    words = ["CMR"] * 20 + ["PMR"] * 36 + ["SMD"] * 28
    cohort = [
        patient(f"S{at}", f"91 {word}", criteria="EORTC PET")
        for at, word in enumerate(words)
    ]
    answer = trial_json(assess_trial(cohort))
    month = answer["landmarks"]["3"]
    shares = {word: round(100 * month[word] / 84) for word in ("CR", "PR", "SD")}
    assert shares == {"CR": 24, "PR": 43, "SD": 33}
    assert round(100 * answer["endpoints"]["orr"]["rate"]) == 67
    assert answer["patients"][0]["bor"] == "CMR"
    assert answer["endpoints"]["dor"]["n"] == 56


def test_a_marker_counts_those_with_a_raised_baseline():
    """CgA: a response in 53 % of the patients who could be judged at one month."""
    values = [40] * 9 + [90] * 8
    cohort = [marker(f"S{at}", 100, now) for at, now in enumerate(values)]
    cohort.append(marker("normal", 5, 5))
    month = trial_json(assess_trial(cohort))["landmarks"]["1"]
    assert (month["n"], month["evaluable"]) == (18, 17)
    assert round(100 * month["orr_evaluable"]["rate"]) == 53


def marker(name: str, before: float, now: float):
    timepoints = [
        {"id": at, "day": day, "markers": {"CgA": {"value": value, "uln": 10}}}
        for at, day, value in (("BL", -5, before), ("TP1", 30, now))
    ]
    return Findings.model_validate(
        {
            "id": name,
            "criteria": "biochemical",
            "reference_date": on(0),
            "timepoints": timepoints,
        }
    )


@pytest.mark.parametrize(
    ("words", "date", "event"),
    [
        ("56 iUPD, 98 iCPD", 56, True),
        ("56 iUPD, 98 iSD, 154 iSD", 154, False),
        ("56 iSD, 112 iUPD", 112, True),
    ],
)
def test_progression_under_irecist_is_dated_by_its_first_sign(words, date, event):
    result = assess_trial([patient("S1", words, criteria="iRECIST")])
    one = trial_json(result)["patients"][0]
    assert (one["pfs"]["date"], one["pfs"]["event"]) == (on(date), event)


def test_a_response_under_irecist_begins_with_the_first_confirmed_one():
    words = "56 iPR, 112 iCR, 168 iCR, 224 iUPD, 266 iCPD"
    one = trial_json(assess_trial([patient("S1", words, criteria="iRECIST")]))[
        "patients"
    ][0]
    assert one["bor"] == "iCR"
    assert one["dor"]["days"] == 224 - 56 + 1


WITHOUT_PROGRESSION = ("biochemical", "symptoms", "somatostatin analogue use")


@pytest.mark.parametrize("criteria", WITHOUT_PROGRESSION)
def test_criteria_without_a_word_for_progression_time_no_progression(criteria):
    one = marker("A", 100, 40).replaced(criteria=criteria)
    answer = trial_json(assess_trial([one]))
    patient = answer["patients"][0]
    assert patient["os"]["days"] == 31
    for name in ("pfs", "liver_pfs", "dor", "liver_dor"):
        assert patient[name] is None
        assert answer["endpoints"][name]["n"] == 0
    assert answer["endpoints"]["dcr"]["rate"] is None
    assert answer["landmarks"]["1"]["dcr"]["n"] == 0
    assert answer["endpoints"]["orr"]["n"] == 1


def test_a_landmark_counts_by_the_words_of_the_criteria_too():
    cohort = [
        patient("A", "91 CMR", criteria="EORTC PET"),
        patient("B", "91 PMR", criteria="EORTC PET"),
    ]
    month = trial_json(assess_trial(cohort))["landmarks"]["3"]
    assert month["words"] == {"CMR": 1, "PMR": 1}
    assert (month["CR"], month["PR"]) == (1, 1)


def test_disease_control_of_a_mixed_trial_is_of_those_whose_criteria_know_it():
    cohort = [marker("A", 100, 40), patient("B", "30 SD, 91 SD"), patient("C")]
    rates = trial_json(assess_trial(cohort))["endpoints"]
    assert (rates["orr"]["n"], rates["dcr"]["n"]) == (3, 2)
    assert rates["dcr"]["responders"] == 1
