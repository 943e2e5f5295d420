"""Choi: size and attenuation."""

from __future__ import annotations

import pytest

from recist_tool.terms import Response
from tests.criteria.cases import course_of, last, liver, new, whole

CR, PR, SD, PD, NE = (
    Response.CR,
    Response.PR,
    Response.SD,
    Response.PD,
    Response.NE,
)
CHOI = {"criteria": "Choi"}
FROM_BASELINE = CHOI | {
    "settings": {"other_criteria": {"choi": {"growth_from": "baseline"}}}
}
BASELINE = {"T1": {"mm": 100, "hu_mean": 80}}


def seen(mm: float, hu: float | None, **more: object) -> dict[str, object]:
    return {"T1": {"mm": mm, "hu_mean": hu, **more}}


@pytest.mark.parametrize(
    ("mm", "hu", "expected"),
    [
        (90, 80, PR),
        (90.1, 80, SD),
        (100, 68, PR),
        (100, 68.1, SD),
        (110, 80, PD),
        (109.9, 80, SD),
        (112, 68, PR),
        (112, 68.1, PD),
        (90, None, PR),
        (90.1, None, NE),
        (112, None, NE),
    ],
)
def test_ten_percent_of_size_and_fifteen_of_attenuation_are_the_limits(
    mm: float, hu: float | None, expected: Response
) -> None:
    assert last("T1 liver", BASELINE, seen(mm, hu), **CHOI).overall is expected


def test_the_answer_says_both_changes_and_the_nearest_of_all_limits() -> None:
    answer = last("T1 liver", BASELINE, seen(91, 70), **CHOI)
    assert answer.reason == (
        "sum 91.0 mm, 9.0 % below baseline 100.0 mm; "
        "attenuation 70.0 HU, 12.5 % below baseline 80.0 HU"
    )
    assert answer.nearest_threshold == "1.0 mm (1.1 %) above PR"
    assert [figure.name for figure in answer.figures] == [
        "sum of diameters",
        "mean attenuation",
    ]
    assert answer.citation.startswith("Choi 2007")


def test_a_nodule_inside_a_lesion_is_progression_however_much_it_shrank() -> None:
    answer = last("T1 liver", BASELINE, seen(60, 40, intratumoral_nodule=True), **CHOI)
    assert answer.overall is PD
    assert answer.reason == "new or growing nodule inside T1"


def test_a_new_lesion_is_progression_and_all_gone_is_complete() -> None:
    shown = seen(60, 40) | {"new": [new()]}
    assert last("T1 liver", BASELINE, shown, **CHOI).overall is PD
    assert last("T1 liver", BASELINE, {"T1": "absent"}, **CHOI).overall is CR


def test_growth_is_from_the_nadir_unless_the_protocol_says_from_baseline() -> None:
    visits = (BASELINE, seen(80, 80), seen(88, 80))
    assert course_of(whole("T1 liver", *visits, **CHOI)) == [PR, PD]
    assert course_of(whole("T1 liver", *visits, **FROM_BASELINE)) == [PR, PR]


def test_attenuation_is_the_mean_of_the_lesions_still_there() -> None:
    lesions = "T1 liver, T2 liver"
    baseline = {"T1": {"mm": 50, "hu_mean": 100}, "T2": {"mm": 50, "hu_mean": 60}}
    gone = {"T1": "absent", "T2": {"mm": 50, "hu_mean": 60}}
    answer = last(lesions, baseline, gone, **CHOI)
    hu = answer.figures[1]
    assert (hu.value, hu.baseline) == (60, 60)


def test_attenuation_of_a_lesion_that_was_not_measured_is_not_guessed() -> None:
    lesions = "T1 liver, T2 liver"
    baseline = {"T1": {"mm": 50, "hu_mean": 100}, "T2": {"mm": 50, "hu_mean": 60}}
    now = {"T1": {"mm": 50, "hu_mean": 50}, "T2": {"mm": 50}}
    answer = last(lesions, baseline, now, **CHOI)
    assert answer.overall is NE
    assert "attenuation not measured, which could make it PR" in answer.reason


def test_no_share_is_taken_of_a_baseline_attenuation_that_is_not_positive() -> None:
    answer = last(
        "T1 liver", {"T1": {"mm": 100, "hu_mean": -10}}, seen(100, -40), **CHOI
    )
    assert answer.overall is NE


def test_a_missing_target_is_not_evaluable() -> None:
    baseline = BASELINE | {"T2": {"mm": 20, "hu_mean": 80}}
    answer = last("T1 liver, T2 lung", baseline, seen(50, 40) | {"T2": "ne"}, **CHOI)
    assert answer.overall is NE
    part = liver("T1 liver, T2 lung", baseline, seen(50, 40) | {"T2": "ne"}, **CHOI)
    assert part.timepoints["TP1"].overall is PR


def test_best_response_needs_no_confirmation() -> None:
    assessed = whole("T1 liver", BASELINE, seen(80, 80), seen(95, 80), **CHOI)
    assert (assessed.bor_unconfirmed, assessed.bor_confirmed) == (PR, PR)


def test_growth_from_the_nadir_without_attenuation_is_not_evaluable() -> None:
    visits = (BASELINE, seen(50, 80), seen(80, None))
    assert course_of(whole("T1 liver", *visits, **CHOI)) == [PR, NE]
    assert course_of(whole("T1 liver", *visits, **FROM_BASELINE)) == [PR, PR]
    measured = (*visits[:2], seen(80, 80))
    assert course_of(whole("T1 liver", *measured, **CHOI)) == [PR, PD]
