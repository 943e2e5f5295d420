"""Liver progression by its three definitions, and how long responses last."""

from __future__ import annotations

import datetime as dt

import pytest

from recist_tool.criteria.answer.confirmation import Dated
from recist_tool.model.protocol import Settings
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import LiverProgression
from recist_tool.trial.patient_course import PatientCourse
from recist_tool.trial.time_to_event import (
    duration_of_liver_response,
    duration_of_response,
    liver_progression_free_survival,
)
from tests.trial.best import best_response
from tests.trial.courses import REFERENCE, course, on, visits

DEFAULT = TrialSettings()


def start_of(
    words: str, settings: TrialSettings = DEFAULT, **rules: object
) -> dt.date | None:
    dated = [Dated((one.date - REFERENCE).days, one.response) for one in visits(words)]
    best = best_response(dated, Settings.model_validate(rules))
    first = best.first_response(confirmed=settings.confirmed_responses)
    return first and on(first.day)


def liver_pfs(patient: PatientCourse, settings: TrialSettings = DEFAULT):
    answer = liver_progression_free_survival(patient, settings)
    return answer and (answer.ending.value, (answer.date - REFERENCE).days)


ELSEWHERE_FIRST = course("56 PD", "56 PR, 112 PR, 168 PD")


@pytest.mark.parametrize(
    ("patient", "ignored", "competes", "censors"),
    [
        (
            ELSEWHERE_FIRST,
            ("progression", 168),
            ("extrahepatic_progression", 56),
            ("censored", 56),
        ),
        (course("56 SD, 112 PD", "56 SD, 112 PD"), *[("progression", 112)] * 3),
        (course("56 SD, 112 SD", "56 SD, 112 PD"), *[("progression", 112)] * 3),
        (course("56 SD", "56 SD", death=90), *[("death", 90)] * 3),
        (course("56 SD", "56 SD"), *[("censored", 56)] * 3),
        (
            course("56 PD", "56 SD", new_therapy=60),
            ("censored", 56),
            ("extrahepatic_progression", 56),
            ("censored", 56),
        ),
        (
            course("56 SD, 112 PD", "56 SD, 112 SD, 168 PD", new_therapy=80),
            *[("censored", 56)] * 3,
        ),
        (
            course("56 PD", "56 SD", death=300),
            ("censored", 56),
            ("extrahepatic_progression", 56),
            ("censored", 56),
        ),
    ],
)
def test_the_three_definitions_of_liver_progression(
    patient, ignored, competes, censors
):
    for definition, expected in (
        (LiverProgression.IGNORED, ignored),
        (LiverProgression.COMPETES, competes),
        (LiverProgression.CENSORS, censors),
    ):
        settings = TrialSettings(liver_progression=definition)
        assert liver_pfs(patient, settings) == expected


def test_a_patient_without_liver_lesions_has_no_liver_endpoint():
    assert liver_pfs(course("56 SD")) is None
    assert duration_of_liver_response(course("56 PR"), on(56), DEFAULT) is None


def dor(words: str, settings: TrialSettings = DEFAULT, **days: int):
    answer = duration_of_response(
        course(words, **days), start_of(words, settings), settings
    )
    if answer is None:
        return None
    return (answer.start - REFERENCE).days, (answer.date - REFERENCE).days, answer.event


@pytest.mark.parametrize(
    ("words", "days", "expected"),
    [
        ("56 PR, 112 PR, 168 PD", {}, (56, 168, True)),
        ("56 PR, 112 PR", {}, (56, 112, False)),
        ("56 PR, 112 PR", {"death": 150}, (56, 150, True)),
        ("56 SD, 112 PR, 168 CR, 224 PD", {}, (112, 224, True)),
        ("56 PR, 112 CR, 168 CR", {}, (56, 168, False)),
        ("56 PR, 112 SD, 168 PR, 224 PD", {}, (56, 224, True)),
        ("56 PR, 112 SD, 168 SD, 224 PR, 280 PR", {}, (224, 280, False)),
        ("56 PR, 112 PR, 290 PD", {}, (56, 112, False)),
        ("56 PR, 112 PD", {}, None),
        ("56 SD, 112 SD", {}, None),
    ],
)
def test_a_response_lasts_from_its_first_visit_to_progression_or_death(
    words, days, expected
):
    assert dor(words, **days) == expected


def test_unconfirmed_responses_count_where_the_trial_says_so():
    settings = TrialSettings(confirmed_responses=False)
    assert dor("56 PR, 112 PD", settings) == (56, 112, True)


def test_death_may_censor_a_response():
    settings = TrialSettings(death_ends_response=False)
    assert dor("56 PR, 112 PR", settings, death=150) == (56, 112, False)


def test_the_length_of_a_response_counts_both_days():
    words = "56 PR, 112 PR, 168 PD"
    assert duration_of_response(course(words), on(56), DEFAULT).days == 113


def test_the_first_response_is_the_one_that_was_confirmed():
    words = "56 PR, 112 NE, 168 PR"
    assert start_of(words, max_ne_between=0) is None
    assert start_of(words) == on(56)


@pytest.mark.parametrize(
    ("definition", "end", "ending"),
    [
        (LiverProgression.IGNORED, 224, "progression"),
        (LiverProgression.COMPETES, 112, "extrahepatic_progression"),
        (LiverProgression.CENSORS, 112, "censored"),
    ],
)
def test_a_liver_response_lasts_to_liver_progression(definition, end, ending):
    liver = "56 PR, 112 PR, 168 PR, 224 PD"
    settings = TrialSettings(liver_progression=definition)
    answer = duration_of_liver_response(
        course("56 PR, 112 PD", liver), start_of(liver), settings
    )
    assert (answer.start, answer.date, answer.ending) == (on(56), on(end), ending)


def test_a_liver_response_after_censoring_progression_elsewhere_is_not_counted():
    liver = "56 SD, 112 PR, 168 PR"
    settings = TrialSettings(liver_progression=LiverProgression.CENSORS)
    patient = course("56 PD", liver)
    assert duration_of_liver_response(patient, on(112), settings) is None
