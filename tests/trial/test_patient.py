"""One patient, both scopes, as scripts see it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from recist_tool.errors import FindingsError
from recist_tool.terms import Response
from recist_tool.trial.patient import as_json, assess
from tests.criteria.cases import findings, new

CR, PR, SD, PD, NE = (Response(word) for word in ("CR", "PR", "SD", "PD", "NE"))
BOTH = "T1 liver, T2 lung"
COURSE = ({"T1": 60, "T2": 40}, {"T1": 42, "T2": 28}, {"T1": "ne", "T2": 28})
TIMEPOINT_KEYS = [
    "date",
    "sum_mm",
    "partial_sum_mm",
    "pct_from_baseline",
    "nadir_ref_mm",
    "abs_from_nadir_mm",
    "pct_from_nadir",
    "target",
    "nontarget",
    "new_lesions",
    "overall",
    "restated_overall",
    "post_pd",
    "reason",
    "citation",
]


def written(lesions: str, *visits: dict[str, Any], **more: Any) -> dict[str, Any]:
    text = json.dumps(as_json(assess(findings(lesions, *visits, **more))))
    return json.loads(text)


class TestJson:
    def test_it_has_the_names_that_scripts_depend_on(self) -> None:
        made = written(BOTH, *COURSE)
        assert list(made) == [
            "id",
            "criteria",
            "overall",
            "liver",
            "messages",
            "settings",
        ]
        assert made["settings"]["sd_min_days"] == 42
        assert "other_criteria" not in made["settings"]
        for scope in ("overall", "liver"):
            assert list(made[scope]) == [
                "baseline_sum_mm",
                "timepoints",
                "bor_unconfirmed",
                "bor_confirmed",
                "pd_date",
            ]
            assert list(made[scope]["timepoints"]["TP1"]) == TIMEPOINT_KEYS

    def test_it_holds_the_figures_of_the_visit(self) -> None:
        made = written(BOTH, *COURSE)["overall"]
        assert made["baseline_sum_mm"] == 100.0
        assert made["timepoints"]["TP1"] == {
            "date": "2024-02-26",
            "sum_mm": 70.0,
            "partial_sum_mm": None,
            "pct_from_baseline": -30.0,
            "nadir_ref_mm": 100.0,
            "abs_from_nadir_mm": -30.0,
            "pct_from_nadir": -30.0,
            "target": "PR",
            "nontarget": "NA",
            "new_lesions": "NO",
            "overall": "PR",
            "restated_overall": None,
            "post_pd": False,
            "reason": "sum 70.0 mm, 30.0 % below baseline 100.0 mm",
            "citation": "Eisenhauer 2009, 4.3.1; Table 1 row 4",
        }
        assert made["timepoints"]["TP2"]["partial_sum_mm"] == 28.0

    def test_the_liver_is_null_where_there_is_no_liver_lesion(self) -> None:
        assert written("T1 lung", {"T1": 60}, {"T1": 60})["liver"] is None

    def test_dates_are_iso_or_null(self) -> None:
        grown = ({"T1": 30}, {"T1": 60})
        assert written("T1", *grown)["overall"]["pd_date"] == "2024-02-26"
        undated = written("T1", *grown, reference_date=None)["overall"]
        assert undated["pd_date"] is None
        assert undated["timepoints"]["TP1"]["date"] is None

    def test_messages_have_level_code_place_and_text(self) -> None:
        [message] = written("T1", {"T1": 9}, {"T1": 9})["messages"]
        assert message == {
            "level": "warning",
            "code": "target-not-measurable",
            "lesion": "T1",
            "timepoint": "BL",
            "text": "target T1 at baseline is not measurable: long axis 9.0 mm, below "
            "10.0 mm (Eisenhauer 2009, 3.1.1)",
        }


def test_the_same_findings_always_give_the_same_answer() -> None:
    read = findings(BOTH, *COURSE)
    assert as_json(assess(read)) == as_json(assess(read))


def test_a_baseline_alone_has_no_answers_yet() -> None:
    overall = assess(findings(BOTH, COURSE[0])).overall
    assert overall.timepoints == {}
    assert overall.bor_confirmed is NE


def test_new_therapy_ends_best_response_but_not_the_display() -> None:
    settings = {"new_therapy_day": 80}
    visits = ({"T1": 60}, {"T1": 30}, {"T1": 30})
    overall = assess(findings("T1", *visits, settings=settings)).overall
    assert (overall.bor_unconfirmed, overall.bor_confirmed) == (PR, SD)
    assert list(overall.timepoints) == ["TP1", "TP2"]


def test_a_visit_on_the_day_of_new_therapy_counts() -> None:
    visits = ({"T1": 60}, {"T1": 30}, {"T1": 30})
    for day, best in ((112, PR), (111, SD)):
        settings = {"new_therapy_day": day}
        overall = assess(findings("T1", *visits, settings=settings)).overall
        assert overall.bor_confirmed is best


def test_new_therapy_known_from_follow_up_ends_best_response_too() -> None:
    follow_up = {"new_therapy": "2024-03-21"}
    visits = ({"T1": 60}, {"T1": 30}, {"T1": 30})
    overall = assess(findings("T1", *visits, follow_up=follow_up)).overall
    assert overall.bor_confirmed is SD


def test_faults_are_raised_all_at_once() -> None:
    with pytest.raises(FindingsError) as caught:
        assess(findings(BOTH, {"T1": 60}, {"T1": 60, "T9": "present"}))
    assert len(caught.value.faults) == 2


class TestRecordedResponses:
    def test_they_are_taken_as_they_stand(self) -> None:
        visits = (
            {},
            {"overall": "PR", "liver": "CR"},
            {"overall": "PR", "liver": "CR"},
        )
        assessed = assess(findings("", *visits))
        assert assessed.overall.bor_confirmed is PR
        assert assessed.liver is not None
        assert assessed.liver.bor_confirmed is CR
        answer = assessed.overall.timepoints["TP1"]
        assert (answer.target, answer.sum_mm, answer.nearest_threshold) == (
            None,
            None,
            None,
        )
        assert answer.reason == "recorded as PR; no findings were given"
        assert answer.citation == "as recorded by the reader"

    def test_they_need_no_baseline(self) -> None:
        timepoints = [
            {"id": "TP1", "day": 56, "overall": "SD"},
            {"id": "TP2", "day": 112, "overall": "PD"},
        ]
        overall = assess(findings("", {}, timepoints=timepoints)).overall
        assert list(overall.timepoints) == ["TP1", "TP2"]
        assert (overall.bor_confirmed, overall.pd_day) == (SD, 112)

    def test_a_scope_that_was_not_recorded_is_ne(self) -> None:
        assessed = assess(findings("", {}, {"liver": "PR"}))
        answer = assessed.overall.timepoints["TP1"]
        assert answer.overall is NE
        assert answer.reason == "no overall response was recorded, and no findings"

    def test_without_a_liver_response_there_is_no_liver(self) -> None:
        assert assess(findings("", {}, {"overall": "PR"})).liver is None

    def test_na_is_no_disease(self) -> None:
        assessed = assess(findings("", {}, {"overall": "PR", "liver": "NA"}))
        assert assessed.liver is not None
        assert assessed.liver.bor_confirmed is Response.NED

    def test_they_may_stand_between_visits_with_findings(self) -> None:
        visits = ({"T1": 60}, {"T1": 40}, {"overall": "SD", "liver": "SD"}, {"T1": 49})
        overall = assess(findings("T1", *visits)).overall
        assert overall.timepoints["TP3"].nadir_ref_mm == 40
        assert overall.timepoints["TP3"].overall is PD

    def test_beside_findings_they_decide_only_what_was_not_evaluable(self) -> None:
        start = {"T1": 80, "T2": 10}
        part = {"T1": 40, "T2": "ne", "overall": "PR"}
        assert assess(findings(BOTH, start, part)).overall.bor_unconfirmed is PR
        whole = {"T1": 70, "T2": 10, "overall": "PR"}
        assert assess(findings(BOTH, start, whole)).overall.bor_unconfirmed is SD

    def test_an_override_of_one_scope_leaves_the_other(self) -> None:
        start = {"T1": 80, "T2": 10}
        part = {"T1": "ne", "T2": 10, "liver": "SD"}
        assessed = assess(findings(BOTH, start, part))
        assert assessed.overall.timepoints["TP1"].overall is NE
        assert assessed.liver is not None
        assert assessed.liver.timepoints["TP1"].overall is SD


def test_a_new_lesion_alone_is_progression_of_its_scope() -> None:
    later = {"T1": 30, "new": [new(organ="liver")]}
    assessed = assess(findings("T1 lung", {"T1": 60}, later))
    assert assessed.liver is not None
    assert assessed.liver.pd_date == assessed.overall.pd_date
    assert assessed.liver.bor_confirmed is PD
