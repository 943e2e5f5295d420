"""Deaths by cause, ranges of follow-up, treatment, composites, lesions, a horizon."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recist_tool.model.findings import Findings
from recist_tool.model.follow_up import FollowUp, Treatment
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import Criteria
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.patient_result import patient_result
from tests.trial.cohorts import REFERENCE, measured, on, patient

PLAIN = TrialSettings(count_first_day=False)


def told(cohort, **settings):
    return trial_json(assess_trial(cohort, PLAIN.replaced(**settings)))


# --------------------------------------------------------------------- deaths


def dead(name, day, cause=None):
    follow_up = {"death": on(day)} | ({"death_cause": cause} if cause else {})
    return patient(name, follow_up=follow_up)


def test_deaths_are_told_by_cause_with_the_month_of_each():
    cohort = [
        dead("A", 213, "liver"),
        dead("B", 30, "liver"),
        dead("C", 61, "lung"),
        dead("D", 91),
        patient("E"),
    ]
    deaths = told(cohort)["deaths"]
    assert [(one["cause"], one["n"]) for one in deaths] == [
        ("liver", 2),
        ("lung", 1),
        (None, 1),
    ]
    assert deaths[0]["months"] == pytest.approx([30 / 30.4375, 213 / 30.4375])


def test_a_cause_without_a_death_is_refused():
    with pytest.raises(ValidationError, match="needs the date of death"):
        FollowUp(death_cause="liver")


def test_a_death_after_the_data_cutoff_takes_its_cause_along():
    one = patient_result(
        dead("A", 100, "liver"), TrialSettings(data_cutoff=dt.date(2024, 2, 1))
    )
    assert one.findings.follow_up.death is None
    assert one.findings.follow_up.death_cause is None


def test_fields_that_are_not_used_are_not_written():
    day = dt.date(2024, 1, 1)
    assert "death_cause" not in FollowUp(death=day).model_dump()
    assert FollowUp(death=day, death_cause="x").model_dump()["death_cause"] == "x"
    assert "fractions" not in Treatment(date=day).model_dump()
    assert Treatment(date=day, fractions=2).model_dump()["fractions"] == 2


# ------------------------------------------------------------------ follow-up


def test_follow_up_has_its_range_and_so_has_survival():
    cohort = [
        dead("A", 60),
        patient("B", "56 SD", follow_up={"last_alive": on(90)}),
        patient("C", follow_up={"last_alive": on(300)}),
    ]
    found = told(cohort)["follow_up"]
    days = {
        name: [round(month * 30.4375) for month in one["range_months"]]
        for name, one in found.items()
    }
    assert days == {
        "followed": [60, 300],
        "died": [60, 60],
        "living": [90, 300],
        "scanned": [56, 56],
    }


def test_nobody_who_died_has_no_range():
    died = told([patient("A")])["follow_up"]["died"]
    assert died == {"n": 0, "median_months": None, "range_months": None}


# ------------------------------------------------------------------ treatment


def treated(name, *given):
    sessions = [
        {"date": on(day), "activity_gbq": gbq, "target": target}
        for day, gbq, target in given
    ]
    return patient(name, treatment=sessions)


def test_sessions_are_days_and_fractions_are_parts():
    cohort = [
        treated("A", (0, 2.5, "right lobe"), (0, 1.5, "left lobe")),
        treated("B", (0, 1.0, "right lobe"), (42, None, "right lobe")),
        patient("C"),
    ]
    every, left, right = told(cohort)["treatment"]
    assert (every["patients"], every["sessions"], every["fractions"]) == (2, 3, 4)
    assert every["sessions_per_patient"] == {"1": 1, "2": 1}
    assert every["activity_gbq"] == {
        "patients": 1,  # of B an activity is not known
        "total": 4.0,
        "median": 4.0,
        "least": 4.0,
        "most": 4.0,
    }
    assert (left["target"], left["activity_gbq"]["total"]) == ("left lobe", 1.5)
    assert (right["sessions"], right["activity_gbq"]["total"]) == (3, 2.5)


def test_a_session_may_have_been_given_in_several_fractions():
    one = patient("A", treatment=[{"date": on(0), "fractions": 3}])
    assert told([one])["treatment"][0]["fractions"] == 3


# ----------------------------------------------------------------- composites

ANY = {"name": "any", "parts": ["RECIST 1.1", "scan"]}
ALL = ANY | {"name": "all", "needs": "all"}


def judged(name, recist, scan):
    """Return a patient with responses by imaging twice, and by another method."""
    timepoints = [{"id": "BL", "day": -5, "nontarget": {"NT1": "present"}}]
    for place, day in enumerate((60, 120), start=1):
        responses = {"RECIST 1.1": recist, "scan": scan}
        by = {key: {"overall": one} for key, one in responses.items() if one}
        timepoints.append({"id": f"TP{place}", "day": day, "responses": by})
    return patient(name, timepoints=timepoints)


@pytest.mark.parametrize(
    ("recist", "scan", "by_any", "by_all"),
    [
        ("PR", "PR", "RESPONSE", "RESPONSE"),
        ("PR", "SD", "RESPONSE", "NO RESPONSE"),
        ("PR", None, "RESPONSE", "NE"),
        ("SD", None, "NO RESPONSE", "NO RESPONSE"),
        (None, "CR", "RESPONSE", "NE"),
        (None, None, "NE", "NE"),
        ("NE", "SD", "NO RESPONSE", "NO RESPONSE"),
    ],
)
def test_a_composite_takes_its_parts_together(recist, scan, by_any, by_all):
    answer = told([judged("A", recist, scan)], composites=[ANY, ALL])
    assert answer["patients"][0]["composites"] == {"any": by_any, "all": by_all}


def test_a_composite_has_both_denominators():
    cohort = [judged("A", "PR", None), judged("B", "SD", None), judged("C", None, None)]
    rate = told(cohort, composites=[ANY])["composites"]["any"]
    assert (rate["responders"], rate["n"], rate["evaluable"]["n"]) == (1, 3, 2)


def test_a_composite_among_the_responders_of_another_counts_those_alone():
    complete = {"name": "CR", "parts": ["scan"], "counts": ["CR"], "among": "any"}
    cohort = [judged("A", "PR", "CR"), judged("B", None, "PR"), judged("C", "SD", "SD")]
    rates = told(cohort, composites=[ANY, complete])["composites"]
    assert (rates["any"]["responders"], rates["any"]["n"]) == (2, 3)
    assert (rates["CR"]["responders"], rates["CR"]["n"]) == (1, 2)


def test_a_method_is_believed_up_to_its_first_progression():
    one = judged("A", None, "PD")
    later = one.timepoints[2].model_copy(
        update={
            "responses": {
                "scan": judged("B", None, "CR").timepoints[2].responses["scan"]
            }
        }
    )
    course = one.model_copy(update={"timepoints": (*one.timepoints[:2], later)})
    assert told([course], composites=[ANY])["patients"][0]["composites"]["any"] == (
        "NO RESPONSE"
    )


@pytest.mark.parametrize(
    ("composites", "why"),
    [
        ([ANY, ANY], "two composites named 'any'"),
        ([ANY | {"among": "nothing"}], "not named before"),
    ],
)
def test_composites_that_lead_nowhere_are_refused(composites, why):
    with pytest.raises(ValidationError, match=why):
        TrialSettings(composites=composites)


def test_a_response_is_used_under_the_criteria_that_it_was_recorded_by():
    one = judged("A", "PR", None)
    assert told([one])["patients"][0]["bor"] == "PR"
    pet = one.replaced(criteria="EORTC PET")
    assert told([pet])["patients"][0]["bor"] == "NE"


def test_findings_without_responses_by_method_are_left_as_they_are():
    one = patient("A", "56 PR")
    assert one.judged_by(one.criteria) is one
    assert one.judged_by(Criteria.EORTC_PET).timepoints[1].overall is None


# -------------------------------------------------------------------- lesions


def lesions_of(name, *visits):
    """Return a patient by lesions of 20 mm, with their sizes at visits."""
    names = [f"T{place}" for place in range(1, len(visits[0]) + 1)]
    timepoints = [
        {
            "id": f"TP{at}" if at else "BL",
            "day": 56 * at - 5,
            "target": {
                one: {"mm": mm} if mm else {"state": "absent"}
                for one, mm in zip(names, sizes, strict=True)
            },
        }
        for at, sizes in enumerate([[20] * len(names), *visits])
    ]
    lesions = [{"id": one, "role": "target", "organ": "liver"} for one in names]
    given = {"id": name, "criteria": "per lesion", "reference_date": on(0)}
    return Findings.model_validate(
        given | {"lesions": lesions, "timepoints": timepoints}
    )


def test_lesions_of_all_patients_are_counted_each_at_its_best():
    cohort = [lesions_of("A", [0, 10, 18], [4, 16, 16]), lesions_of("B", [12])]
    found = told(cohort)["lesions"]
    assert (found["patients"], found["lesions"]) == (2, 4)
    counts = {name: one["lesions"] for name, one in found["shares"].items()}
    assert counts == {"CR": 1, "PR": 2, "MR": 1}
    # A: 28 of 60 mm at its smallest; B: 12 of 20 mm
    assert found["mean_size_change_percent"] == pytest.approx([-160 / 3, -40])


def test_other_criteria_have_no_shares_of_lesions():
    assert told([measured("A", sums=(50, 20))])["lesions"] is None


# -------------------------------------------------------------------- horizon


def test_nothing_after_the_horizon_is_used_for_any_endpoint():
    late = patient(
        "A", "56 SD, 700 SD, 800 PD", follow_up={"death": on(900), "death_cause": "x"}
    )
    answer = told([late], horizon_months=24, visit_interval_days=None)
    one = answer["patients"][0]
    assert (one["os"]["event"], one["os"]["days"]) == (False, 731)
    assert (one["pfs"]["event"], one["pfs"]["days"]) == (False, 700)
    assert answer["deaths"] == []
    whole = told([late], visit_interval_days=None)["patients"][0]
    assert whole["os"]["event"]
    assert whole["pfs"]["days"] == 800


def test_a_response_after_the_horizon_is_none():
    late = patient("A", "56 SD, 400 PR, 460 PR")
    assert told([late])["endpoints"]["orr"]["responders"] == 1
    assert told([late], horizon_months=12)["endpoints"]["orr"]["responders"] == 0


@given(
    st.floats(1, 60),
    st.booleans(),
    st.dates(dt.date(2023, 1, 1), dt.date(2026, 1, 1)) | st.none(),
)
def test_a_curve_can_be_read_off_at_the_horizon(months, first_day, cutoff):
    settings = TrialSettings(
        horizon_months=months, count_first_day=first_day, data_cutoff=cutoff
    )
    last = settings.last_day(REFERENCE)
    if cutoff is not None and last == cutoff:
        return  # the data end before
    days = (last - REFERENCE).days + int(first_day)
    assert settings.months(days) >= months - 1e-9
    assert settings.months(days - 1) < months
