"""Endpoints of one patient; days count from a reference date of 1 January 2024."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import (
    Censoring,
    Ending,
    MissedVisits,
    Response,
    VisitDating,
)
from recist_tool.trial.patient_course import Assessment, PatientCourse, date_faults
from recist_tool.trial.time_to_event import (
    liver_progression_free_survival,
    overall_survival,
    progression_free_survival,
)
from tests.trial.courses import REFERENCE, course, on

DEFAULT = TrialSettings()
EVERY_EVENT = TrialSettings(censoring=Censoring.EVERY_EVENT)


def pfs(patient: PatientCourse, settings: TrialSettings = DEFAULT):
    answer = progression_free_survival(patient, settings)
    return answer.ending.value, (answer.date - REFERENCE).days


FDA_TABLE = {  # the patient, then the ending and its day
    "progression": (course("56 SD, 112 PD"), "progression", 112),
    "death without progression": (course("56 SD", death=100), "death", 100),
    "death before the first scan": (course(death=40), "death", 40),
    "death on the day of progression": (
        course("56 PD", death=56),
        "progression",
        56,
    ),
    "no event": (course("56 SD, 112 SD", last_alive=400), "censored", 112),
    "last scan not evaluable": (course("56 SD, 112 NE"), "censored", 56),
    "no scan after baseline": (course(last_alive=90), "censored", 0),
    "only scans not evaluable": (course("56 NE, 112 NE"), "censored", 0),
    "no baseline scan": (course("56 PD", has_baseline=False), "censored", 0),
    "no baseline scan, early death": (
        course(has_baseline=False, death=30),
        "death",
        30,
    ),
    "no baseline scan, late death": (
        course(has_baseline=False, death=127),
        "censored",
        0,
    ),
    "progression after one missed visit": (
        course("56 SD, 168 PD"),
        "progression",
        168,
    ),
    "progression at the limit of the gap": (
        course("56 SD, 182 PD"),
        "progression",
        182,
    ),
    "progression after two missed visits": (course("56 SD, 183 PD"), "censored", 56),
    "a scan not evaluable does not close the gap": (
        course("56 SD, 112 NE, 183 PD"),
        "censored",
        56,
    ),
    "death after two missed visits": (course("56 SD", death=250), "censored", 56),
    "death long after the start without a scan": (course(death=127), "censored", 0),
    "progression at a first scan far too late": (course("130 PD"), "censored", 0),
    "new therapy before progression": (
        course("56 SD, 112 PD", new_therapy=100),
        "censored",
        56,
    ),
    "new therapy on the day of progression": (
        course("56 SD, 112 PD", new_therapy=112),
        "progression",
        112,
    ),
    "new therapy on the day of a scan": (
        course("56 SD, 112 SD, 168 PD", new_therapy=112),
        "censored",
        112,
    ),
    "new therapy, scans go on": (
        course("56 SD, 112 SD", new_therapy=60),
        "censored",
        56,
    ),
    "new therapy before any scan": (
        course("56 SD", new_therapy=20, death=90),
        "censored",
        0,
    ),
    "new therapy after progression": (
        course("56 PD", new_therapy=60, death=90),
        "progression",
        56,
    ),
    "clinical progression only": (
        course("56 SD", clinical_progression=80),
        "censored",
        56,
    ),
    "non-target disease alone is adequate": (
        course("56 NON-CR/NON-PD, 112 NED"),
        "censored",
        112,
    ),
}


@pytest.mark.parametrize("name", FDA_TABLE)
def test_each_situation_of_the_fda_table(name):
    patient, ending, day = FDA_TABLE[name]
    assert pfs(patient) == (ending, day)


@pytest.mark.parametrize(
    ("patient", "ending", "day"),
    [
        (course("56 SD, 112 PD", new_therapy=100), "progression", 112),
        (course("56 SD", death=250), "death", 250),
        (course("56 PD", has_baseline=False), "progression", 56),
        (course("56 SD, 112 SD", new_therapy=60), "censored", 112),
        (course(last_alive=90), "censored", 0),
    ],
)
def test_every_event_counts_at_its_own_date_where_the_trial_says_so(
    patient, ending, day
):
    assert pfs(patient, EVERY_EVENT) == (ending, day)


@pytest.mark.parametrize(
    ("rule", "last_event_day"),
    [
        (MissedVisits.TWO_WINDOWS, 56 + 126),
        (MissedVisits.ONE_WINDOW, 56 + 119),
        (MissedVisits.COUNTED, 175),  # the window of day 168 closes with day 175
    ],
)
def test_each_way_to_tell_missed_visits_has_its_limit(rule, last_event_day):
    settings = TrialSettings(missed_visits=rule)
    in_time = course(f"56 SD, {last_event_day} PD")
    too_late = course(f"56 SD, {last_event_day + 1} PD")
    assert pfs(in_time, settings) == ("progression", last_event_day)
    assert pfs(too_late, settings) == ("censored", 56)


def test_a_visit_after_its_window_leaves_the_scheduled_one_missed():
    settings = TrialSettings(missed_visits=MissedVisits.COUNTED)
    assert pfs(course("56 SD, 130 SD, 230 PD"), settings) == ("progression", 230)
    assert pfs(course("56 SD, 130 SD, 232 PD"), settings) == ("censored", 130)


def test_without_a_schedule_no_visit_is_missed():
    unscheduled = TrialSettings(visit_interval_days=None)
    assert pfs(course("56 SD", death=700), unscheduled) == ("death", 700)


def test_why_names_the_gap_and_its_limit():
    why = progression_free_survival(course("56 SD, 183 PD"), DEFAULT).why
    assert why == (
        "censored at last adequate scan: two missed visits before progression on "
        "2024-07-02 (127 days, limit 126)"
    )


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        (course("56 PD"), "progression on imaging"),
        (course("56 SD", death=60), "death without progression"),
        (course("56 SD"), "at last adequate scan: no progression or death"),
        (course("56 SD", new_therapy=60), "new therapy on 2024-03-01"),
        (course(), "at start: no adequate scan after baseline"),
        (course(has_baseline=False), "at start: no baseline scan"),
    ],
)
def test_every_patient_has_a_reason(patient, words):
    assert words in progression_free_survival(patient, DEFAULT).why


def test_clinical_progression_counts_where_the_trial_says_so():
    settings = TrialSettings(symptomatic_progression_counts=True)
    patient = course("56 SD, 112 PD", clinical_progression=80)
    assert pfs(patient, settings) == ("progression", 80)
    assert "clinical progression" in progression_free_survival(patient, settings).why


@pytest.mark.parametrize(
    ("target_scans", "new_lesion_scans", "by_fda", "earliest"),
    [
        ((), (), 112, 112),
        ((110, 113), (), 113, 110),
        ((110, 113), (111, 113), 111, 110),
        ((), (111, 114), 111, 111),
    ],
)
def test_progression_on_several_scan_dates(
    target_scans, new_lesion_scans, by_fda, earliest
):
    visit = Assessment(
        on(112),
        Response.PD,
        tuple(on(day) for day in target_scans),
        tuple(on(day) for day in new_lesion_scans),
    )
    assert visit.progression_date(VisitDating.FDA) == on(by_fda)
    assert visit.progression_date(VisitDating.EARLIEST_SCAN) == on(earliest)


def test_a_patient_is_censored_at_the_last_scan_of_the_last_visit():
    visit = Assessment(on(56), Response.SD, (on(55), on(58)))
    assert pfs(PatientCourse(REFERENCE, (visit,))) == ("censored", 58)


def test_survival_counts_first_and_last_day():
    answer = overall_survival(course(death=10), DEFAULT)
    assert (answer.event, answer.days) == (True, 11)
    plain = TrialSettings(count_first_day=False)
    assert overall_survival(course(death=10), plain).days == 10


@pytest.mark.parametrize(
    ("patient", "day"),
    [
        (course("56 SD", last_alive=90), 90),
        (course("56 SD, 112 SD", last_alive=90), 112),
        (course("56 SD", "56 SD, 120 SD"), 120),
        (course("56 SD", new_therapy=70), 70),
        (course(), 0),
    ],
)
def test_a_living_patient_is_censored_when_last_known(patient, day):
    answer = overall_survival(patient, DEFAULT)
    assert (answer.ending, answer.date) == (Ending.CENSORED, on(day))


@pytest.mark.parametrize(
    ("patient", "where", "what"),
    [
        (course(death=-3), "follow_up.death", "before the reference date 2024-01-01"),
        (course(new_therapy=-3), "follow_up.new_therapy", "before the reference date"),
        (course("56 SD", death=50), "follow_up.death", "before a scan or a visit"),
        (course(death=50, last_alive=60), "follow_up.death", "2024-03-01"),
    ],
)
def test_dates_that_cannot_be_are_named(patient, where, what):
    faults = date_faults(patient)
    assert where in {fault.where for fault in faults}
    assert any(what in fault.what for fault in faults)


def test_good_dates_have_no_fault():
    assert date_faults(course("56 SD", death=56, new_therapy=10, last_alive=56)) == []


ANSWERS = st.sampled_from(["CR", "PR", "SD", "PD", "NE", "NON-CR/NON-PD"])
courses = st.builds(
    lambda steps, words, death: course(
        ", ".join(
            f"{sum(steps[: place + 1])} {word}"
            for place, word in enumerate(words[: len(steps)])
        ),
        **({"death": sum(steps) + death} if death is not None else {}),
    ),
    st.lists(st.integers(20, 200), max_size=6),
    st.lists(ANSWERS, min_size=6, max_size=6),
    st.none() | st.integers(0, 300),
)


@given(courses, st.sampled_from(MissedVisits))
def test_progression_free_survival_is_never_longer_than_survival(patient, rule):
    settings = TrialSettings(missed_visits=rule)
    assert (
        progression_free_survival(patient, settings).days
        <= overall_survival(patient, settings).days
    )


@given(courses)
def test_the_fda_rule_never_adds_an_event(patient):
    by_fda = progression_free_survival(patient, DEFAULT)
    every = progression_free_survival(patient, EVERY_EVENT)
    assert by_fda.date <= every.date
    if by_fda.event:
        assert every[:4] == by_fda[:4]


@given(courses)
def test_progression_of_the_whole_liver_patient_is_the_same_in_both_scopes(patient):
    same = patient._replace(liver=patient.assessments)
    whole = progression_free_survival(same, DEFAULT)
    liver = liver_progression_free_survival(same, DEFAULT)
    assert (liver.ending, liver.date) == (whole.ending, whole.date)
