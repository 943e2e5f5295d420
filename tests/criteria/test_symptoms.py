"""Relief of symptoms, and use of a somatostatin analogue."""

from __future__ import annotations

import pytest

from recist_tool.criteria.symptoms import dose_response, symptom_response
from recist_tool.model.clinical import SomatostatinAnalogue, Symptom
from recist_tool.model.criteria_settings import SymptomSettings
from recist_tool.terms import Response
from tests.criteria.cases import last, whole

RESPONSE, NO_RESPONSE = Response.RESPONSE, Response.NO_RESPONSE
OFF, NE, NA = Response.OFF_DRUG, Response.NE, Response.NA
SYMPTOMS = {"criteria": "symptoms"}
ANALOGUE = {"criteria": "somatostatin analogue use"}
SETTINGS = SymptomSettings()


def told(**severities: float | bool) -> dict[str, Symptom]:
    return {
        name: Symptom(relieved=one)
        if isinstance(one, bool)
        else Symptom.model_validate({"severity": one})
        for name, one in severities.items()
    }


def dose(mg: float, days: int = 28, drug: str = "") -> SomatostatinAnalogue:
    made = {"dose_mg": mg, "interval_days": days, "drug": drug}
    return SomatostatinAnalogue.model_validate(made)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (told(flushing=3), told(flushing=1), RESPONSE),
        (told(flushing=3), told(flushing=3), NO_RESPONSE),
        (told(flushing=3), told(flushing=4), NO_RESPONSE),
        (told(flushing=3, pain=2), told(flushing=1, pain=2), RESPONSE),
        (told(flushing=3, pain=2), told(flushing=1, pain=3), NO_RESPONSE),
        (told(flushing=3), told(flushing=1, pain=2), NO_RESPONSE),
        (told(flushing=3), told(flushing=True), RESPONSE),
        (told(flushing=3), told(flushing=False), NO_RESPONSE),
        (told(flushing=3), told(), NE),
        (told(flushing=0), told(flushing=0), NA),
        (told(), told(pain=1), NA),
    ],
)
def test_relief_is_one_symptom_better_and_none_worse(
    before: dict[str, Symptom], now: dict[str, Symptom], expected: Response
) -> None:
    assert symptom_response(before, now).response is expected


def test_the_answer_names_the_symptoms() -> None:
    visits = [{"T1": 30, "symptoms": {"flushing": {"severity": one}}} for one in (3, 1)]
    answer = last("T1 liver", *visits, **SYMPTOMS)
    assert answer.reason == "flushing relieved"
    assert answer.citation == "relief against baseline"
    assert answer.figures[0].baseline == 3


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (dose(15), RESPONSE),
        (dose(15.1), NO_RESPONSE),
        (dose(30), NO_RESPONSE),
        (dose(30, 56), RESPONSE),
        (dose(30, 55), NO_RESPONSE),
        (dose(60), NO_RESPONSE),
        (dose(0), OFF),
        (dose(15, drug="lanreotide"), NE),
        (None, NE),
    ],
)
def test_half_of_the_dose_by_time_is_response(
    now: SomatostatinAnalogue | None, expected: Response
) -> None:
    before = dose(30, drug="octreotide LAR")
    assert dose_response(before, [(90, now)], SETTINGS).response is expected


def test_without_the_drug_at_baseline_there_is_nothing_to_reduce() -> None:
    for before in (None, dose(0)):
        assert dose_response(before, [(90, dose(0))], SETTINGS).response is NA


@pytest.mark.parametrize(("day", "long"), [(212, False), (213, True)])
def test_off_for_more_than_six_months_counts_unbroken_days(
    day: int, long: bool
) -> None:
    course = [(30, dose(0)), (100, None), (day, dose(0))]
    found = dose_response(dose(30), course, SETTINGS)
    assert (found.off_days, found.off_for_long) == (day - 30, long)


def test_a_dose_in_between_starts_the_count_again() -> None:
    course = [(30, dose(0)), (100, dose(10)), (150, dose(0)), (300, dose(0))]
    assert dose_response(dose(30), course, SETTINGS).off_days == 150


def test_use_of_the_drug_is_answered_by_visit_and_over_the_course() -> None:
    doses = (30, 15, 0, 0, 0, 0)
    visits = [{"T1": 30, "somatostatin_analogue": {"dose_mg": one}} for one in doses]
    assessed = whole("T1 liver", *visits, **ANALOGUE)
    answers = list(assessed.timepoints.values())
    assert [one.overall for one in answers] == [RESPONSE, OFF, OFF, OFF, OFF]
    assert answers[0].reason == (
        "dose 15.0 mg in 28 days, 50.0 % below baseline 30.0 mg in 28 days"
    )
    assert answers[0].nearest_threshold == "at response"
    assert answers[3].reason == "off the drug for 112 days"
    assert assessed.bor_confirmed is OFF


def test_a_symptom_without_severity_or_word_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a severity"):
        Symptom()
