"""Target response: sums, thresholds on both sides, missing, merged, back again."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from recist_tool.criteria.recist11.visits import meets_pd, meets_pr
from recist_tool.terms import Response
from tests.criteria.cases import course_of, last, whole

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA = Response.NE, Response.NA
ONE = "T1 liver"
TWO = "T1 liver, T2 liver"


@pytest.mark.parametrize(
    ("baseline", "now", "met"),
    [
        ("100", "70", True),
        ("100", "70.1", False),
        ("100", "70.05", False),  # -29.95 %
        ("14", "9.8", True),  # in binary floats not a decrease of 30 %
        ("14", "9.9", False),
        ("33.3", "23.3", True),
        ("33.3", "23.4", False),
        ("0.1", "0.07", True),
    ],
)
def test_pr_begins_at_exactly_30_percent_below_baseline(
    baseline: str, now: str, met: bool
) -> None:
    assert meets_pr(Decimal(now), Decimal(baseline)) is met


@pytest.mark.parametrize(
    ("nadir", "now", "met"),
    [
        ("25", "30", True),  # both limbs exactly
        ("25", "29.9", False),
        ("24.9", "29.9", True),  # 5.0 mm, more than 20 %
        ("24.5", "29.4", False),  # exactly 20 %, 4.9 mm
        ("100", "119.9", False),  # 19.9 mm, under 20 %
        ("100", "120", True),
        ("3.2", "8.2", True),  # in binary floats less than 5 mm
        ("0", "5", True),
        ("0", "4.9", False),
        ("0", "0", False),
    ],
)
def test_pd_needs_20_percent_and_5_mm_above_the_nadir(
    nadir: str, now: str, met: bool
) -> None:
    assert meets_pd(Decimal(now), Decimal(nadir)) is met


def test_sd_lies_between_the_limits_of_pr_and_pd() -> None:
    for now, response in ((70, PR), (70.1, SD), (100, SD), (119.9, SD), (120, PD)):
        assert last(ONE, {"T1": 100}, {"T1": now}).target is response


def test_pd_is_judged_against_the_smallest_sum_and_pr_against_baseline() -> None:
    assessed = whole(ONE, {"T1": 100}, {"T1": 50}, {"T1": 60}, {"T1": 45}, {"T1": 54})
    assert course_of(assessed) == [PR, PD, PR, PD]
    nadirs = [answer.nadir_ref_mm for answer in assessed.timepoints.values()]
    assert nadirs == [100, 50, 50, 45]


def test_the_first_visit_with_the_smallest_sum_is_named_as_nadir() -> None:
    answer = last(ONE, {"T1": 40}, {"T1": 30}, {"T1": 30}, {"T1": 33})
    assert answer.nadir_at == "TP1"


def test_a_sum_equal_to_baseline_keeps_baseline_as_nadir() -> None:
    assert last(ONE, {"T1": 40}, {"T1": 40}, {"T1": 44}).nadir_at == "BL"


def test_too_small_to_measure_counts_5_mm() -> None:
    answer = last(TWO, {"T1": 30, "T2": 12}, {"T1": 10, "T2": "too_small"})
    assert answer.sum_mm == 15


def test_a_measurement_below_5_mm_counts_as_it_is() -> None:
    assert last(ONE, {"T1": 30}, {"T1": 3.4}).sum_mm == Decimal("3.4")


def test_0_mm_is_gone() -> None:
    assert last(ONE, {"T1": 30}, {"T1": 0}).target is CR


def test_a_lesion_too_small_to_measure_is_no_cr() -> None:
    assert last(ONE, {"T1": 30}, {"T1": "too_small"}).target is PR


@pytest.mark.parametrize(
    ("short_axis", "response"), [(9.9, CR), (10, PR), ("absent", CR), ("too_small", CR)]
)
def test_cr_needs_every_target_node_below_10_mm(
    short_axis: object, response: Response
) -> None:
    lesions = "T1 liver, N1 lymph node"
    answer = last(lesions, {"T1": 30, "N1": 20}, {"T1": "absent", "N1": short_axis})
    assert answer.target is response


def test_a_node_counts_its_short_axis_even_when_it_is_normal() -> None:
    answer = last("T1, N1", {"T1": 30, "N1": 20}, {"T1": 25, "N1": 7})
    assert answer.sum_mm == 32


def test_cr_of_nodes_comes_before_growth_of_the_sum() -> None:
    nodes = "N1, N2"
    small = {"N1": "too_small", "N2": "too_small"}
    answer = last(nodes, {"N1": 20, "N2": 20}, small, {"N1": 9.9, "N2": 9.9})
    assert (answer.target, answer.sum_mm) == (CR, Decimal("19.8"))


def test_an_organ_of_lymph_node_makes_a_node_without_the_flag() -> None:
    answer = last("T1 left axillary lymph node", {"T1": 20}, {"T1": 9})
    assert answer.target is CR


class TestMissing:
    def test_one_missing_target_is_ne_with_a_partial_sum(self) -> None:
        answer = last(TWO, {"T1": 60, "T2": 40}, {"T1": 30, "T2": "ne"})
        assert (answer.target, answer.sum_mm, answer.partial_sum_mm) == (NE, None, 30)
        assert answer.pct_from_baseline is None
        assert answer.abs_from_nadir_mm is None

    def test_nothing_measured_leaves_no_partial_sum(self) -> None:
        answer = last(TWO, {"T1": 60, "T2": 40}, {"T1": "ne", "T2": "ne"})
        assert (answer.target, answer.partial_sum_mm) == (NE, None)

    def test_a_target_that_is_not_mentioned_is_missing(self) -> None:
        assert last(TWO, {"T1": 60, "T2": 40}, {"T1": 30}).target is NE

    @pytest.mark.parametrize(("part", "response"), [(48, PD), (47.9, NE)])
    def test_a_part_that_reaches_pd_alone_is_pd(
        self, part: float, response: Response
    ) -> None:
        shrunk = {"T1": 25, "T2": 15}
        assessed = last(TWO, {"T1": 50, "T2": 30}, shrunk, {"T1": part, "T2": "ne"})
        assert assessed.target is response

    def test_three_lesions_of_50_then_two_of_80_is_pd(self) -> None:
        lesions = "T1 liver, T2 lung, T3 adrenal"
        baseline = {"T1": 20, "T2": 20, "T3": 10}
        assert last(lesions, baseline, {"T1": 45, "T2": 35, "T3": "ne"}).target is PD

    def test_a_partial_sum_is_never_the_nadir(self) -> None:
        part = {"T1": 30, "T2": "ne"}
        answer = last(TWO, {"T1": 60, "T2": 40}, part, {"T1": 50, "T2": 34})
        assert (answer.nadir_ref_mm, answer.target) == (100, SD)

    def test_a_missing_target_never_counts_as_gone(self) -> None:
        answer = last(TWO, {"T1": 60, "T2": 40}, {"T1": "absent", "T2": "ne"})
        assert (answer.target, answer.partial_sum_mm) == (NE, 0)

    def test_the_sum_resumes_when_all_are_measured_again(self) -> None:
        part = {"T1": 30, "T2": "ne"}
        after = {"T1": 30, "T2": 30}
        assert last(TWO, {"T1": 60, "T2": 40}, part, after).target is PR


class TestSplitAndMerged:
    def test_parts_of_a_split_lesion_are_added(self) -> None:
        split = {"state": "split", "parts_mm": [15, 12]}
        assert last(ONE, {"T1": 40}, {"T1": split}).sum_mm == 27

    def test_a_part_that_is_gone_counts_nothing(self) -> None:
        split = {"state": "split", "parts_mm": [14, {"state": "absent"}]}
        assert last(ONE, {"T1": 40}, {"T1": split}).sum_mm == 14

    def test_all_parts_gone_is_cr(self) -> None:
        gone = {"state": "absent"}
        split = {"state": "split", "parts_mm": [gone, gone]}
        assert last(ONE, {"T1": 40}, {"T1": split}).target is CR

    @pytest.mark.parametrize(("part", "response"), [(9.9, CR), (10, PR)])
    def test_a_node_in_parts_is_normal_when_each_part_is(
        self, part: float, response: Response
    ) -> None:
        split = {"state": "split", "parts_mm": [part, 9]}
        assert last("N1", {"N1": 30}, {"N1": split}).target is response

    def test_the_partner_of_a_merged_lesion_is_0_and_not_missing(self) -> None:
        merged = {"T1": {"mm": 50, "merged_with": ["T1", "T2"]}}
        merged["T2"] = {"state": "merged_into", "lesion": "T1"}
        answer = last(TWO, {"T1": 25, "T2": 20}, merged)
        assert (answer.sum_mm, answer.partial_sum_mm, answer.target) == (50, None, SD)

    def test_it_is_enough_that_the_measured_lesion_names_its_partner(self) -> None:
        merged = {"T1": {"mm": 50, "merged_with": ["T1", "T2"]}}
        for partner in ({}, {"T2": {"state": "merged_into"}}):
            answer = last(TWO, {"T1": 25, "T2": 20}, merged | partner)
            assert (answer.sum_mm, answer.target) == (50, SD)

    def test_lesions_merge_in_a_chain(self) -> None:
        lesions = "T1 liver, T2 liver, T3 lung"
        chain = {"T1": 60, "T2": "merged_into into T1", "T3": "merged_into into T2"}
        answer = last(lesions, {"T1": 25, "T2": 20, "T3": 15}, chain)
        assert answer.sum_mm == 60

    def test_a_merged_lesion_that_vanishes_is_cr(self) -> None:
        gone = {"T1": "absent", "T2": "merged_into into T1"}
        assert last(TWO, {"T1": 25, "T2": 20}, gone).target is CR

    def test_a_merged_lesion_that_is_not_seen_is_ne(self) -> None:
        unseen = {"T1": "ne", "T2": "merged_into into T1"}
        assert last(TWO, {"T1": 25, "T2": 20}, unseen).target is NE

    def test_lesions_that_part_again_count_each(self) -> None:
        merged = {"T1": 36, "T2": "merged_into into T1"}
        answer = last(TWO, {"T1": 20, "T2": 20}, merged, {"T1": 16, "T2": 15})
        assert answer.sum_mm == 31


class TestReappearance:
    def test_any_size_is_pd_after_cr(self) -> None:
        assert last(ONE, {"T1": 40}, {"T1": 0}, {"T1": 0.5}).target is PD

    def test_too_small_to_measure_is_pd_after_cr(self) -> None:
        assert last(ONE, {"T1": 40}, {"T1": 0}, {"T1": "too_small"}).target is PD

    @pytest.mark.parametrize(("short_axis", "response"), [(9.9, CR), (10, PD)])
    def test_a_node_is_back_from_10_mm(
        self, short_axis: float, response: Response
    ) -> None:
        visits = ({"N1": 20}, {"N1": 8}, {"N1": short_axis})
        assert last("N1", *visits).target is response

    def test_one_lesion_back_is_pd_though_another_is_missing(self) -> None:
        gone = {"T1": 0, "T2": 0}
        answer = last(TWO, {"T1": 40, "T2": 20}, gone, {"T1": 2, "T2": "ne"})
        assert (answer.target, answer.partial_sum_mm) == (PD, 2)

    def test_a_missing_lesion_is_no_reappearance(self) -> None:
        gone = {"T1": 0, "T2": 0}
        answer = last(TWO, {"T1": 40, "T2": 20}, gone, {"T1": 0, "T2": "ne"})
        assert answer.target is NE

    def test_a_lesion_back_in_pr_is_added_to_the_sum(self) -> None:
        back = last(TWO, {"T1": 40, "T2": 20}, {"T1": 20, "T2": 0}, {"T1": 20, "T2": 4})
        assert (back.target, back.sum_mm) == (PR, 24)

    def test_target_cr_without_overall_cr_leaves_the_sum_rule(self) -> None:
        lesions = "T1 liver, X1 lung"
        visits = ({"T1": 40, "X1": "present"}, {"T1": 0, "X1": "present"})
        for size, response in ((4.9, PR), (5, PD)):
            answer = last(lesions, *visits, {"T1": size, "X1": "present"})
            assert answer.target is response

    def test_it_stays_pd_at_later_visits(self) -> None:
        assessed = whole(ONE, {"T1": 40}, {"T1": 0}, {"T1": 3}, {"T1": 3})
        assert course_of(assessed) == [CR, PD, PD]

    def test_the_sum_rule_alone_is_a_setting(self) -> None:
        settings = {"reappearance": "sum_rule_only"}
        for size, response in ((4.9, PR), (5, PD)):
            answer = last(ONE, {"T1": 40}, {"T1": 0}, {"T1": size}, settings=settings)
            assert answer.target is response

    def test_pd_from_any_zero_sum_is_a_setting(self) -> None:
        lesions = "T1 liver, X1 lung"
        visits = ({"T1": 40, "X1": "present"}, {"T1": 0, "X1": "present"})
        now = {"T1": 0.5, "X1": "present"}
        settings = {"reappearance": "from_zero_nadir"}
        assert last(lesions, *visits, now, settings=settings).target is PD


class TestCarriedPr:
    def sizes(self, *sizes: float, **settings: object) -> list[Response]:
        visits = [{"T1": size} for size in sizes]
        carried = {"pr_persistence": "carry_confirmed"}
        return course_of(whole(ONE, *visits, settings=carried | settings))

    def test_a_confirmed_pr_goes_on_at_20_percent_below_baseline(self) -> None:
        assert self.sizes(100, 70, 70, 80, 80) == [PR] * 4

    def test_a_pr_that_was_not_confirmed_does_not(self) -> None:
        assert self.sizes(100, 70, 80, 80) == [PR, SD, SD]

    def test_it_ends_at_pd(self) -> None:
        assert self.sizes(100, 60, 60, 72, 70.1) == [PR, PR, PD, SD]

    def test_without_the_setting_each_visit_stands_for_itself(self) -> None:
        as_it_is = self.sizes(100, 70, 70, 80, pr_persistence="arithmetic")
        assert as_it_is == [PR, PR, SD]


def test_without_targets_there_is_no_sum_and_no_target_response() -> None:
    answer = last("X1 bone", {"X1": "present"}, {"X1": "present"})
    assert (answer.target, answer.sum_mm, answer.nadir_ref_mm) == (NA, None, None)


def test_the_distance_to_the_nearest_limit_is_exact() -> None:
    answer = last(ONE, {"T1": 25}, {"T1": 28.8})
    assert (answer.to_pd_mm, answer.to_pr_mm) == (Decimal("1.2"), Decimal("11.3"))
    assert answer.nearest_threshold == "1.2 mm below PD"
    assert last(ONE, {"T1": 100}, {"T1": 73}).nearest_threshold == "3.0 mm above PR"
    assert last(ONE, {"T1": 100}, {"T1": 70}).nearest_threshold == "at PR"
    assert last(ONE, {"T1": 100}, {"T1": 125}).nearest_threshold == "5.0 mm above PD"
    assert last(ONE, {"T1": 100}, {"T1": 95}).nearest_threshold == "25.0 mm below PD"
    assert last(ONE, {"T1": 100}, {"T1": "ne"}).nearest_threshold is None


def test_all_digits_are_compared_whatever_precision_the_caller_works_in() -> None:
    with localcontext(prec=3):
        assert last(ONE, {"T1": 100}, {"T1": Decimal("70.000001")}).target is SD
        assert last(ONE, {"T1": 100}, {"T1": Decimal("119.999999")}).target is SD
