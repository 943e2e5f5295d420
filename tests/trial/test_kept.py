"""What is kept of a patient, what is implausible, liver PFS by three definitions."""

from __future__ import annotations

import pytest

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import LiverProgression
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort import trial_result
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.kept import Known, best_change, kept
from recist_tool.trial.liver_definitions import liver_pfs_by_definition
from recist_tool.trial.patient_result import patient_result
from recist_tool.trial.plausible import implausible
from tests.trial.cohorts import measured, on, patient, registry

SETTINGS = TrialSettings()


def keep(findings):
    return kept(patient_result(findings, SETTINGS), Known())


def test_a_trial_of_kept_patients_has_the_same_answer():
    cohort = [*registry(30), measured("M1", sums=(100, 60, 60, 90))]
    results = [keep(one).result for one in cohort]
    whole = [patient_result(one, SETTINGS) for one in cohort]
    of_whole = trial_json(trial_result(whole, SETTINGS))
    assert trial_json(trial_result(results, SETTINGS)) == of_whole
    assert trial_json(assess_trial(cohort, SETTINGS)) == of_whole


def test_no_visit_and_no_lesion_is_kept():
    result = keep(measured("M1", sums=(100, 60, 60))).result
    assert (result.findings.timepoints, result.findings.lesions) == ((), ())
    assert result.assessment is None
    with pytest.raises(ValueError, match="no visit is left"):
        kept(result, Known())


def test_equal_settings_are_kept_once():
    known = Known()
    made = [
        patient(name, settings={"sd_min_days": days})
        for name, days in (("A", 35), ("B", 35), ("C", 42))
    ]
    results = [kept(patient_result(one, SETTINGS), known).result for one in made]
    assert len({id(one.findings.settings) for one in results}) == 2


def test_changes_run_to_the_first_progression():
    one = keep(measured("M1", sums=(100, 60, 50, 100, 20)))
    assert [change.percent for change in one.changes] == [-40, -50, 0]
    assert [change.day for change in one.changes] == [56, 112, 168]
    assert one.changes == one.liver_changes
    assert best_change(one.changes) == -50


def test_without_a_liver_lesion_there_is_no_liver_change():
    one = keep(measured("M1", organ="lung", sums=(100, 60)))
    assert (one.liver_changes, one.liver_bor_reason) == (None, None)
    assert one.bor_reason


def test_a_response_without_a_sum_is_no_change():
    one = keep(patient("A", "56 PR"))
    assert one.changes == ()
    assert best_change(one.changes) is None


@pytest.mark.parametrize(
    ("first", "faults"),
    [
        ({"id": "BL", "day": 3}, 0),
        ({"id": "screening", "day": -12}, 0),
        ({"id": "screening", "day": 0}, 0),
        ({"id": "TP0", "day": 1}, 1),
    ],
)
def test_a_first_visit_under_treatment_is_no_baseline(first, faults):
    made = measured("A", sums=(100, 60))
    seen = [made.timepoints[0].model_dump() | first, made.timepoints[1]]
    found = implausible(patient_result(made.replaced(timepoints=seen), SETTINGS))
    assert len(found) == faults


def test_responses_alone_need_no_baseline():
    made = patient("A", "56 PR")
    alone = made.replaced(timepoints=made.timepoints[1:], lesions=())
    assert implausible(patient_result(alone, SETTINGS)) == []


@pytest.mark.parametrize(("day", "faults"), [(100, 0), (101, 1)])
def test_nobody_is_treated_after_death(day, faults):
    made = patient(
        "A", "56 PR", follow_up={"death": on(100)}, treatment=[{"date": on(day)}]
    )
    assert len(implausible(patient_result(made, SETTINGS))) == faults


def test_the_definition_in_use_gives_the_curve_of_the_trial():
    for definition in LiverProgression:
        settings = SETTINGS.replaced(liver_progression=definition)
        result = assess_trial(registry(40), settings)
        curves = liver_pfs_by_definition(result.patients, SETTINGS)
        assert set(curves) == set(LiverProgression)
        used, trials = curves[definition], result.curves.liver_pfs
        assert used.survival.tolist() == trials.survival.tolist()
        assert used.times.tolist() == trials.times.tolist()
