"""WHO: products of two diameters."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recist_tool.criteria.size_based.who import meets_pd, meets_pr
from recist_tool.terms import Response
from tests.criteria.cases import course_of, last, liver, new, whole

PR, NC, PD, CR, NE = Response.PR, Response.NC, Response.PD, Response.CR, Response.NE
WHO = {"criteria": "WHO"}
PER_SUM = WHO | {"settings": {"other_criteria": {"who": {"growth_of": "sum"}}}}
FROM_BASELINE = WHO | {
    "settings": {"other_criteria": {"who": {"growth_from": "baseline"}}}
}


def area(long: float, across: float) -> dict[str, float]:
    return {"mm": long, "perpendicular_mm": across}


@pytest.mark.parametrize(
    ("now", "expected"),
    [((25, 20), PR), ((25, 20.04), NC), ((50, 25), PD), ((49.9, 25), NC)],
)
def test_half_and_a_quarter_more_are_the_limits_inclusive(
    now: tuple[float, float], expected: Response
) -> None:
    answer = last("T1 liver", {"T1": area(40, 25)}, {"T1": area(*now)}, **WHO)
    assert answer.overall is expected


def test_limits_are_compared_exactly_where_binary_floats_are_not() -> None:
    assert meets_pr(Decimal("0.15"), Decimal("0.3"))
    assert meets_pd(Decimal("1.375"), Decimal("1.1"))
    assert not meets_pd(Decimal(0), Decimal(0))


def test_the_answer_says_the_sum_of_products_the_change_and_the_nearest_limit() -> None:
    answer = last("T1 liver", {"T1": area(40, 25)}, {"T1": area(24, 20)}, **WHO)
    assert answer.reason == (
        "sum of products 480.0 mm², 52.0 % below baseline 1000.0 mm²"
    )
    assert answer.nearest_threshold == "20.0 mm² (4.0 %) below PR"
    assert answer.citation == "Miller 1981; combined as RECIST 1.1, Table 1 row 4"
    [figure] = answer.figures
    assert (figure.value, figure.baseline) == (480, 1000)
    assert figure.pct_from_baseline == -52
    assert answer.sum_mm is None  # there is no sum of diameters to show


def test_one_lesion_that_grew_by_a_quarter_is_pd_although_the_sum_fell() -> None:
    visits = (
        {"T1": area(40, 30), "T2": area(20, 20)},
        {"T1": area(20, 20), "T2": area(25, 20)},
    )
    printed = last("T1 liver, T2 liver", *visits, **WHO)
    assert printed.overall is PD
    assert printed.reason.startswith("T2 500.0 mm², 25.0 % above its smallest 400.0")
    assert last("T1 liver, T2 liver", *visits, **PER_SUM).overall is NC


def test_growth_is_from_the_smallest_unless_the_protocol_says_from_baseline() -> None:
    visits = ({"T1": area(40, 25)}, {"T1": area(25, 20)}, {"T1": area(25, 25)})
    assert course_of(whole("T1 liver", *visits, **WHO)) == [PR, PD]
    assert course_of(whole("T1 liver", *visits, **FROM_BASELINE)) == [PR, NC]


def test_a_lesion_that_was_gone_and_is_back_has_grown() -> None:
    visits = ({"T1": area(40, 25)}, {"T1": "absent"}, {"T1": area(3, 2)})
    assert course_of(whole("T1 liver", *visits, **WHO)) == [CR, PD]


def test_a_new_lesion_is_pd_and_is_named() -> None:
    shown = {"T1": area(20, 20), "new": [new("NL1", "lung", mm=8)]}
    answer = last("T1 liver", {"T1": area(40, 25)}, shown, **WHO)
    assert answer.overall is PD
    assert answer.reason.startswith("new lesion NL1 (lung, 8.0 mm)")


def test_a_missing_second_diameter_is_not_evaluable_and_never_zero() -> None:
    answer = last("T1 liver", {"T1": area(40, 25)}, {"T1": 20}, **WHO)
    assert answer.overall is NE
    assert answer.reason == "product of T1 not evaluated"


def test_a_baseline_without_second_diameter_is_named_and_answers_nothing() -> None:
    baseline = {"T1": 40, "T2": area(20, 20)}
    now = {"T1": area(20, 20), "T2": area(20, 20)}
    answer = last("T1 liver, T2 lung", baseline, now, **WHO)
    assert answer.overall is NE
    assert answer.reason == "product of T1 not measured at baseline"
    assert answer.nearest_threshold is None


def test_a_missing_lesion_is_ne_unless_another_grew() -> None:
    baseline = {"T1": area(40, 25), "T2": area(20, 20)}
    lesions = "T1 liver, T2 lung"
    part = last(lesions, baseline, {"T1": area(20, 20), "T2": "ne"}, **WHO)
    assert part.overall is NE
    assert part.reason == (
        "product of T2 not evaluated; the others add up to 400.0 mm²"
    )
    grown = last(lesions, baseline, {"T1": area(50, 25), "T2": "ne"}, **WHO)
    assert grown.overall is PD


def test_a_partial_sum_never_becomes_what_later_growth_is_measured_from() -> None:
    visits = (
        {"T1": area(40, 25), "T2": area(20, 20)},
        {"T1": "ne", "T2": area(20, 20)},
        {"T1": area(40, 25), "T2": area(20, 20)},
    )
    assert course_of(whole("T1 liver, T2 lung", *visits, **PER_SUM)) == [NE, NC]


def test_a_part_of_a_split_lesion_counts_in_the_area_of_all_parts() -> None:
    parts = {"state": "split", "parts_mm": [20, 10], "area_mm2": 500}
    answer = last("T1 liver", {"T1": area(40, 25)}, {"T1": parts}, **WHO)
    assert answer.overall is PR


def test_non_targets_keep_a_complete_response_partial_and_can_be_progression() -> None:
    lesions, baseline = "T1 liver, B1 bone", {"T1": area(40, 25), "B1": "present"}
    kept = last(lesions, baseline, {"T1": "absent", "B1": "present"}, **WHO)
    assert kept.overall is PR
    assert kept.reason == "all lesions gone; B1 (bone) still there"
    worse = last(lesions, baseline, {"T1": "absent", "B1": "unequivocal_pd"}, **WHO)
    assert worse.overall is PD
    assert (
        last(lesions, baseline, {"T1": "absent", "B1": "absent"}, **WHO).overall is CR
    )


def test_only_non_targets_that_persist_are_no_change() -> None:
    answer = last("B1 bone", {"B1": "present"}, {"B1": "present"}, **WHO)
    assert answer.overall is NC


def test_the_liver_has_its_own_sum_of_products() -> None:
    visits = (
        {"T1": area(40, 25), "T2": area(40, 25)},
        {"T1": area(20, 20), "T2": area(50, 25)},
    )
    assert whole("T1 liver, T2 lung", *visits, **WHO).timepoints["TP1"].overall is PD
    part = liver("T1 liver, T2 lung", *visits, **WHO)
    assert part.timepoints["TP1"].overall is PR
    assert part.timepoints["TP1"].figures[0].baseline == 1000


def test_best_response_asks_for_four_weeks() -> None:
    baseline, half = {"T1": area(40, 25)}, {"T1": area(25, 20)}
    soon = whole("T1 liver", baseline, half, half | {"day": 83}, **WHO)
    assert (soon.bor_unconfirmed, soon.bor_confirmed) == (PR, NC)
    assert soon.bor_reason == "PR at TP1 was not confirmed"
    later = whole("T1 liver", baseline, half, half | {"day": 84}, **WHO)
    assert later.bor_confirmed is PR
    assert later.bor_reason == "PR at TP1 confirmed by TP2, 28 days later"
    assert later.bor_citation.startswith("Miller 1981")


def test_an_equivocal_lesion_that_is_confirmed_dates_progression_back() -> None:
    same = {"T1": area(40, 25)}
    assessed = whole(
        "T1 liver",
        same,
        same | {"new": [new("NL1", status="equivocal")]},
        same | {"new": [new("NL1")]},
        **WHO,
    )
    assert assessed.timepoints["TP1"].restated_overall is PD
    assert assessed.pd_day == 56


def test_one_lesion_that_doubled_is_pd_although_another_has_no_product() -> None:
    baseline = {"T1": 50, "T2": area(30, 15)}
    lesions = "T1 liver, T2 liver"
    now = {"T1": area(50, 50), "T2": area(30, 30)}
    answer = last(lesions, baseline, now, **WHO)
    assert answer.overall is PD
    assert answer.reason == "T2 900.0 mm², 100.0 % above its smallest 450.0 mm²"
    assert last(lesions, baseline, {"T1": "absent", "T2": "absent"}, **WHO).overall is (
        CR
    )
    later = (baseline, {"T1": area(20, 20), "T2": area(30, 15)})
    grown = {"T1": area(25, 20), "T2": area(30, 15)}
    assert course_of(whole(lesions, *later, grown, **WHO)) == [NE, PD]
    assert course_of(whole(lesions, *later, grown, **PER_SUM)) == [NE, NE]
    doubled = {"T1": area(40, 20), "T2": area(30, 15)}
    assert course_of(whole(lesions, *later, doubled, **PER_SUM)) == [NE, PD]


def test_two_lesions_that_touch_have_not_grown_nor_has_one_that_parts_again() -> None:
    lesions, apart = "T1 liver, T2 liver", {"T1": area(30, 30), "T2": area(30, 30)}
    touching = {"T1": area(60, 30), "T2": "merged_into into T1"}
    assert course_of(whole(lesions, apart, touching, apart, **WHO)) == [NC, NC]
    grown = {"T1": area(75, 30), "T2": "merged_into into T1"}
    answer = last(lesions, apart, touching, grown, **WHO)
    assert answer.overall is PD
    assert answer.reason == (
        "T1 with T2 2250.0 mm², 25.0 % above its smallest 1800.0 mm²"
    )


def test_all_parts_gone_need_no_area() -> None:
    parts = {"state": "split", "parts_mm": [{"state": "absent"}, {"state": "absent"}]}
    assert last("T1 liver", {"T1": area(40, 25)}, {"T1": parts}, **WHO).overall is CR
