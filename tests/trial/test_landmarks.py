from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from recist_tool.model.trial_settings import LANDMARKS, Landmark, TrialSettings
from recist_tool.terms import Response
from recist_tool.trial.landmarks import count_landmark, landmark_response
from recist_tool.trial.patient_course import Assessment, PatientCourse

REFERENCE = dt.date(2024, 1, 1)
ONE, THREE = LANDMARKS[:2]
SIX = LANDMARKS[2]
CARRIED = TrialSettings(landmarks_carry_progression=True)


def response(
    words: str,
    landmark: Landmark,
    settings: TrialSettings = TrialSettings(),  # noqa: B008 - frozen
    new_therapy: int | None = None,
) -> str:
    pairs = (one.split() for one in words.split(","))
    visits = [
        Assessment(REFERENCE + dt.timedelta(days=int(day)), Response(word))
        for day, word in pairs
    ]
    therapy = None if new_therapy is None else REFERENCE + dt.timedelta(new_therapy)
    course = PatientCourse(REFERENCE, tuple(visits), new_therapy=therapy)
    return landmark_response(course, visits, landmark, settings).value


@pytest.mark.parametrize(
    ("day", "answer"), [(15, "NE"), (16, "PR"), (45, "PR"), (46, "NE")]
)
def test_a_window_ends_fifteen_days_around_one_month(day, answer):
    assert response(f"{day} PR", ONE) == answer


def test_the_nearest_visit_answers():
    assert response("80 SD, 95 PR, 115 SD", THREE) == "PR"


def test_a_visit_not_evaluable_gives_way_to_the_next():
    assert response("80 SD, 91 NE", THREE) == "SD"


def test_after_progression_a_patient_stays_in_progression():
    assert response("30 PD, 91 SD", THREE) == "PD"


@pytest.mark.parametrize(
    ("settings", "answer"), [(TrialSettings(), "NE"), (CARRIED, "PD")]
)
def test_progression_without_a_later_visit(settings, answer):
    assert response("30 PD", SIX, settings) == answer


def test_progression_is_not_carried_backwards():
    assert response("300 PD", SIX, CARRIED) == "NE"


def test_a_visit_under_new_therapy_does_not_answer():
    assert response("91 PR", THREE, new_therapy=60) == "NE"
    assert response("91 PR", THREE, new_therapy=91) == "PR"


def test_both_denominators_are_given():
    words = ["PR"] * 2 + ["SD"] * 3 + ["PD", "NE", "NE", "NON-CR/NON-PD"]
    count = count_landmark(map(Response, words), ONE, TrialSettings())
    assert {key.value: value for key, value in count.counts.items()} == {
        "CR": 0,
        "PR": 2,
        "SD": 3,
        "PD": 1,
        "NE": 2,
        "NON-CR/NON-PD": 1,
    }
    assert count.orr[:2] == (2, 9)
    assert count.dcr[:2] == (6, 9)
    assert count.evaluable_orr[:2] == (2, 7)
    assert count.evaluable_dcr[:2] == (6, 7)


def test_default_windows_do_not_overlap():
    month = TrialSettings().days_per_month
    for earlier, later in pairwise(LANDMARKS):
        end = earlier.month * month + earlier.window_days
        assert end < later.month * month - later.window_days


def test_a_window_of_visits_must_be_shorter_than_half_their_interval():
    with pytest.raises(ValueError, match="less than half"):
        TrialSettings(visit_interval_days=14, visit_window_days=7)
