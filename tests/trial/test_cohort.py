from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.errors import FindingsError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import LiverProgression
from recist_tool.trial import assess_trial
from recist_tool.trial.cohort import TrialResult, trial_result
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.survival import kaplan_meier
from tests.trial.cohorts import REFERENCE, measured, on, patient, registry


def rates(result: TrialResult) -> dict[str, Any]:
    return trial_json(result)["endpoints"]


class TestTheSecondSummarysSentences:
    """Of 34 patients 24 % PR, 68 % SD and 9 % PD at one month; 91 % controlled."""

    COHORT = tuple(
        patient(f"S{place}", f"30 {word}")
        for place, word in enumerate(["PR"] * 8 + ["SD"] * 23 + ["PD"] * 3)
    )

    def test_responses_at_one_month(self):
        month = trial_json(assess_trial(self.COHORT))["landmarks"]["1"]
        shares = {word: round(100 * month[word] / 34) for word in ("PR", "SD", "PD")}
        assert shares == {"PR": 24, "SD": 68, "PD": 9}
        assert round(100 * month["dcr"]["rate"]) == 91
        assert (month["CR"], month["NE"]) == (0, 0)

    def test_patients_no_longer_seen_leave_the_evaluable_denominator(self):
        seen_late = [patient(f"L{place}", "30 SD, 548 SD") for place in range(5)]
        seen_late.append(patient("L6", "30 SD, 548 PD"))
        month = trial_json(assess_trial([*self.COHORT, *seen_late]))["landmarks"]["18"]
        assert (month["n"], month["evaluable"], month["NE"]) == (40, 6, 34)
        assert round(100 * month["dcr_evaluable"]["rate"]) == 83
        assert month["dcr"]["rate"] == pytest.approx(5 / 40)

    def test_four_deaths_and_the_median_follow_up(self):
        """4 of 34 (12 %) died at 1, 4, 7 and 15 months; median follow-up 9.8."""
        days = [round(month * 30.4375) - 1 for month in (1, 4, 7, 15)]
        alive = round(9.8 * 30.4375) - 1
        follow_up = [{"death": on(day)} for day in days]
        follow_up += [{"last_alive": on(alive)}] * 30
        cohort = [
            patient(f"S{place}", follow_up=known)
            for place, known in enumerate(follow_up)
        ]
        endpoints = rates(assess_trial(cohort))
        assert endpoints["os"]["events"] == 4
        assert round(100 * endpoints["os"]["events"] / 34) == 12
        assert endpoints["median_follow_up_months"] == pytest.approx(9.8, abs=0.02)


def test_responses_of_eighty_four_patients():
    """CR 24 %, PR 43 %, SD 33 %: a response in 67 %."""
    words = ["CR"] * 20 + ["PR"] * 36 + ["SD"] * 28
    cohort = [patient(f"S{at}", f"91 {word}") for at, word in enumerate(words)]
    month = trial_json(assess_trial(cohort))["landmarks"]["3"]
    shares = {word: round(100 * month[word] / 84) for word in ("CR", "PR", "SD")}
    assert shares == {"CR": 24, "PR": 43, "SD": 33}
    assert round(100 * month["orr"]["rate"]) == 67


class TestAPatientFromMeasurements:
    def test_best_responses_and_times(self):
        result = assess_trial(
            [
                measured(
                    "S1",
                    sums=(100, 60, 60, 100),
                    follow_up={"death": on(400)},
                )
            ]
        )
        one = trial_json(result)["patients"][0]
        assert (one["bor"], one["liver_bor"], one["evaluable"]) == ("PR", "PR", True)
        assert one["os"] == {
            "event": True,
            "ending": "death",
            "date": on(400),
            "days": 401,
            "why": "death",
        }
        assert (one["pfs"]["date"], one["pfs"]["days"]) == (on(168), 169)
        assert (one["dor"]["days"], one["liver_dor"]["days"]) == (113, 113)
        assert one["time_to_response_days"] == 57

    def test_without_a_liver_lesion_there_are_no_liver_endpoints(self):
        result = assess_trial(
            [
                measured("S1", organ="lung", sums=(100, 60, 60)),
                measured("S2", sums=(100, 60, 60)),
            ]
        )
        one = trial_json(result)["patients"][0]
        assert (one["liver_bor"], one["liver_pfs"], one["liver_dor"]) == (None,) * 3
        assert rates(result)["orr"]["n"] == 2
        assert rates(result)["liver_orr"]["n"] == 1
        assert rates(result)["liver_pfs"]["n"] == 1
        assert trial_json(result)["liver_landmarks"]["3"]["n"] == 1

    def test_a_new_liver_lesion_gives_no_liver_endpoint_without_one_at_baseline(self):
        findings = measured("S1", organ="lung", sums=(100, 60))
        grown = findings.timepoints[1].model_dump() | {
            "new": [{"id": "NL1", "organ": "liver", "status": "definite"}]
        }
        changed = findings.replaced(timepoints=[findings.timepoints[0], grown])
        one = trial_json(assess_trial([changed]))["patients"][0]
        assert (one["bor"], one["liver_pfs"]) == ("PD", None)

    def test_a_progression_is_dated_by_the_scan_with_the_new_lesion(self):
        findings = measured("S1", sums=(100, 100))
        grown = findings.timepoints[1].model_dump() | {
            "target_scan_dates": [on(57), on(58)],
            "new": [
                {
                    "id": "NL1",
                    "organ": "lung",
                    "status": "definite",
                    "scan_date": on(55),
                }
            ],
        }
        changed = findings.replaced(timepoints=[findings.timepoints[0], grown])
        one = trial_json(assess_trial([changed]))["patients"][0]
        assert one["pfs"]["date"] == on(55)
        assert (one["liver_pfs"]["date"], one["liver_pfs"]["event"]) == (on(58), False)

    def test_a_confirmed_equivocal_lesion_dates_progression_back(self):
        findings = measured("S1", sums=(100, 100, 100))
        seen = [
            one.model_dump() | {"new": [{"id": "NL1", "organ": "lung", "status": word}]}
            for one, word in zip(
                findings.timepoints[1:], ("equivocal", "definite"), strict=True
            )
        ]
        for one in seen:
            one["new"][0]["first_seen"] = "TP1"
        changed = findings.replaced(timepoints=[findings.timepoints[0], *seen])
        one = trial_json(assess_trial([changed]))["patients"][0]
        assert (one["pfs"]["date"], one["pfs"]["event"]) == (on(56), True)

    def test_sessions_and_activities_are_added_up(self):
        treatment = [
            {"date": on(0), "activity_gbq": 2.5, "target": "right lobe"},
            {"date": on(0), "activity_gbq": 1.5, "target": "left lobe"},
            {"date": on(40), "target": "left lobe"},
        ]
        one = trial_json(assess_trial([patient("S1", "56 SD", treatment=treatment)]))[
            "patients"
        ][0]
        assert one["treatment"] == {
            "sessions": 2,
            "activity_gbq": None,
            "activity_gbq_by_target": {"left lobe": None, "right lobe": 2.5},
        }

    def test_survival_counts_from_the_first_treatment_without_a_reference_date(self):
        findings = patient(
            "S1",
            treatment=[{"date": on(10)}, {"date": on(5)}],
            follow_up={"death": on(14)},
        ).model_copy(update={"reference_date": None})
        seen = findings.timepoints[0].model_copy(
            update={"date": REFERENCE, "day": None}
        )
        findings = findings.model_copy(update={"timepoints": (seen,)})
        assert trial_json(assess_trial([findings]))["patients"][0]["os"]["days"] == 10


class TestRates:
    def test_both_denominators_are_given(self):
        cohort = [
            patient("S1", "56 PR, 112 PR"),
            patient("S2", "56 SD"),
            patient("S3", "56 NE"),
            patient("S4"),
        ]
        endpoints = rates(assess_trial(cohort))
        assert (endpoints["orr"]["responders"], endpoints["orr"]["n"]) == (1, 4)
        assert endpoints["orr_evaluable"]["n"] == 2
        assert endpoints["dcr"]["rate"] == 0.5
        assert endpoints["dcr_evaluable"]["rate"] == 1

    def test_responses_need_confirmation_unless_the_trial_says_otherwise(self):
        cohort = [patient("S1", "56 PR, 112 PD")]
        assert rates(assess_trial(cohort))["orr"]["responders"] == 0
        unconfirmed = TrialSettings(confirmed_responses=False)
        assert rates(assess_trial(cohort, unconfirmed))["orr"]["responders"] == 1


class TestLiverEndpoints:
    COHORT = (
        patient("S1", "56 PD", "56 SD, 112 PD"),
        patient("S2", "56 SD", "56 SD", follow_up={"death": on(100)}),
        patient("S3", "56 SD, 112 SD", "56 SD, 112 SD"),
    )

    @pytest.mark.parametrize(
        ("definition", "events", "first_date"),
        [
            (LiverProgression.IGNORED, 2, 112),
            (LiverProgression.CENSORS, 1, 56),
            (LiverProgression.COMPETES, 2, 56),
        ],
    )
    def test_each_definition(self, definition, events, first_date):
        chosen = TrialSettings(liver_progression=definition)
        answer = trial_json(assess_trial(self.COHORT, chosen))
        assert answer["endpoints"]["liver_pfs"]["events"] == events
        assert answer["patients"][0]["liver_pfs"]["date"] == on(first_date)

    def test_the_cumulative_incidence_is_always_given(self):
        incidence = rates(assess_trial(self.COHORT))["liver_progression_incidence"]
        found = {
            cause: (answer["events"], answer["curve"][-1][1])
            for cause, answer in incidence.items()
            if cause != "n"
        }
        assert found == {
            "progression": (0, 0),
            "extrahepatic_progression": (1, pytest.approx(1 / 3)),
            "death": (1, pytest.approx(1 / 3)),
        }


class TestSubgroups:
    COHORT = (
        *(
            patient(f"A{day}", groups={"arm": "A"}, follow_up={"death": on(day)})
            for day in (30, 60, 90, 120)
        ),
        *(
            patient(f"B{day}", groups={"arm": "B"}, follow_up={"last_alive": on(day)})
            for day in (300, 400, 500, 600)
        ),
        patient("C"),
    )

    def test_groups_are_compared_by_log_rank(self):
        answer = trial_json(assess_trial(self.COHORT))["subgroups"]["arm"]
        assert answer["without"] == 1
        assert {name: one["n"] for name, one in answer["groups"].items()} == {
            "A": 4,
            "B": 4,
        }
        test = answer["log_rank"]["os"]
        assert test["observed"] == {"A": 4, "B": 0}
        assert test["degrees"] == 1
        assert test["p_value"] < 0.05
        assert answer["groups"]["A"]["os"]["events"] == 4

    def test_only_the_fields_asked_for_are_compared(self):
        assert assess_trial(self.COHORT, subgroups=()).subgroups == ()

    def test_a_field_that_nobody_has_is_refused(self):
        with pytest.raises(
            FindingsError, match=r"no patient has 'sex'\. there are: arm"
        ):
            assess_trial(self.COHORT, subgroups=("sex",))


class TestTheDataCutoff:
    LATE = patient(
        "S1", "56 SD, 112 PD", follow_up={"death": on(300), "new_therapy": on(113)}
    )

    def test_nothing_after_it_is_used(self):
        chosen = TrialSettings(data_cutoff=REFERENCE + dt.timedelta(days=100))
        one = trial_json(assess_trial([self.LATE], chosen))["patients"][0]
        assert (one["os"]["event"], one["os"]["date"]) == (False, on(100))
        assert (one["pfs"]["event"], one["pfs"]["date"]) == (False, on(56))

    def test_a_later_cutoff_changes_nothing(self):
        chosen = TrialSettings(data_cutoff=REFERENCE + dt.timedelta(days=300))
        cut, whole = assess_trial([self.LATE], chosen), assess_trial([self.LATE])
        assert trial_json(cut)["patients"] == trial_json(whole)["patients"]

    def test_a_patient_entered_later_is_refused(self):
        chosen = TrialSettings(data_cutoff=REFERENCE - dt.timedelta(days=50))
        with pytest.raises(FindingsError, match="patient 1, timepoints: none is on or"):
            assess_trial([self.LATE], chosen)


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        (
            patient("S1", "56 SD", follow_up={"death": on(20)}),
            "patient 2, follow_up.death: 2024-01-21 is before a scan or a visit",
        ),
        (
            patient("S1", follow_up={"last_alive": on(-20)}),
            "patient 2, follow_up.last_alive: 2023-12-12 is before the reference date",
        ),
        (
            patient("S1", "-5 SD"),
            "patient 2, timepoint TP1: 2023-12-27 is before the reference date",
        ),
        (patient("S0"), "patient 2, id: the same id as in patient 1"),
        (
            patient("S1", "56 SD").model_copy(update={"reference_date": None}),
            "patient 2, reference_date: is missing",
        ),
    ],
)
def test_each_fault_is_named_by_patient_and_field(findings, message):
    with pytest.raises(FindingsError) as refused:
        assess_trial([patient("S0", "56 SD"), findings])
    assert message in str(refused.value)
    assert "S1" not in str(refused.value)


def test_nobody_gives_an_empty_trial():
    endpoints = rates(trial_result([], TrialSettings()))
    assert endpoints["orr"]["rate"] is None
    assert endpoints["os"]["median_months"] is None


class TestARegistryOfTwoHundred:
    RESULT = assess_trial(registry())

    def test_every_endpoint_that_a_registry_lists_is_there(self):
        endpoints = rates(self.RESULT)
        assert {
            *("orr", "liver_orr", "dcr", "liver_dcr", "os", "pfs", "liver_pfs"),
            *("dor", "liver_dor", "median_follow_up_months", "time_to_response"),
        } <= endpoints.keys()
        assert endpoints["os"]["at_months"]["12"]["rate"] is not None
        assert set(trial_json(self.RESULT)["landmarks"]) == {"1", "3", "6", "12", "18"}

    def test_it_is_valid_json(self):
        text = json.dumps(trial_json(self.RESULT), allow_nan=False)
        assert json.loads(text)["n"] == 200

    def test_a_curve_is_that_of_the_patients_listed(self):
        answer = trial_json(self.RESULT)
        times = [one["pfs"]["days"] / 30.4375 for one in answer["patients"]]
        events = [one["pfs"]["event"] for one in answer["patients"]]
        curve = kaplan_meier(times, events)
        assert answer["endpoints"]["pfs"]["median_months"] == curve.median.value
        rows = [row[1] for row in answer["endpoints"]["pfs"]["km"]]
        assert rows == curve.survival.tolist()

    def test_responders_are_those_with_a_duration(self):
        answer = trial_json(self.RESULT)
        responders = {one["id"] for one in answer["patients"] if one["dor"]}
        assert responders == {
            one["id"] for one in answer["patients"] if one["bor"] in {"CR", "PR"}
        }
        assert len(responders) == answer["endpoints"]["dor"]["n"] > 0

    def test_patients_of_each_landmark_add_up(self):
        for count in trial_json(self.RESULT)["landmarks"].values():
            words = ("CR", "PR", "SD", "PD", "NE")
            assert sum(count[word] for word in words) == count["n"] == 200
            assert count["evaluable"] == 200 - count["NE"]

    @given(st.randoms(use_true_random=False))
    @settings(max_examples=5)
    def test_the_order_of_patients_is_irrelevant(self, random):
        cohort = registry(40)
        shuffled = random.sample(cohort, len(cohort))
        ours, theirs = (trial_json(assess_trial(one)) for one in (cohort, shuffled))
        assert ours["endpoints"] == theirs["endpoints"]
        assert ours["landmarks"] == theirs["landmarks"]
        assert ours["subgroups"] == theirs["subgroups"]
