"""mRECIST: the viable part of hepatocellular carcinoma."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from recist_tool.criteria.recist11.tables import NON_TARGET_RESPONSES, TARGET_RESPONSES
from recist_tool.criteria.recist11.tables import overall_response as by_recist
from recist_tool.criteria.size_based.mrecist import (
    OVERALL,
    nodule_is_carcinoma,
    overall_response,
)
from recist_tool.terms import NewLesions, Response
from tests.criteria.cases import codes, course_of, last, liver, new, whole

CR, PR, SD, PD, NE = (
    Response.CR,
    Response.PR,
    Response.SD,
    Response.PD,
    Response.NE,
)
M = {"criteria": "mRECIST"}
FIVE = M | {"settings": {"other_criteria": {"mrecist": {"min_growth_mm": 5}}}}


def viable(mm: float, whole_mm: float = 50) -> dict[str, float]:
    return {"mm": whole_mm, "viable_mm": mm}


@pytest.mark.parametrize(
    ("mm", "expected"),
    [(0, CR), (35, PR), (35.1, SD), (59.9, SD), (60, PD)],
)
def test_the_viable_diameter_decides_whatever_the_whole_lesion_does(
    mm: float, expected: Response
) -> None:
    answer = last("T1 liver", {"T1": viable(50)}, {"T1": viable(mm)}, **M)
    assert answer.overall is expected
    assert answer.sum_mm == Decimal(str(mm))


def test_the_answer_says_the_viable_sum_and_the_distance_in_mm_and_percent() -> None:
    answer = last("T1 liver", {"T1": viable(50)}, {"T1": viable(36)}, **M)
    assert answer.reason == "viable sum 36.0 mm, 28.0 % below baseline 50.0 mm"
    assert answer.nearest_threshold == "1.0 mm (2.9 %) above PR"
    assert (answer.to_pr_mm, answer.to_pd_mm) == (1, 24)
    assert answer.citation == "Lencioni 2010; overall response, row 4"


def test_twenty_percent_is_enough_unless_the_protocol_adds_five_millimetres() -> None:
    visits = ({"T1": viable(50)}, {"T1": viable(20)}, {"T1": viable(24)})
    assert course_of(whole("T1 liver", *visits, **M)) == [PR, PD]
    assert course_of(whole("T1 liver", *visits, **FIVE)) == [PR, PR]
    grown = (*visits[:2], {"T1": viable(25)})
    assert course_of(whole("T1 liver", *grown, **FIVE)) == [PR, PD]


def test_enhancement_that_comes_back_after_none_is_progression() -> None:
    visits = ({"T1": viable(50)}, {"T1": viable(0)}, {"T1": viable(3)})
    assert course_of(whole("T1 liver", *visits, **M)) == [CR, PD]


def test_a_lesion_without_viable_diameter_at_baseline_counts_whole() -> None:
    lesions = "T1 liver, T2 lung"
    baseline = {"T1": viable(50), "T2": 50}
    answer = last(lesions, baseline, {"T1": viable(20), "T2": 50}, **M)
    assert (answer.sum_mm, answer.overall) == (70, PR)


def test_a_liver_target_followed_whole_is_told() -> None:
    found = codes("T1 liver", {"T1": 50}, {"T1": 30}, **M)
    assert "no-viable-diameter" in found
    assert "no-viable-diameter" not in codes("T1 lung", {"T1": 50}, {"T1": 30}, **M)
    enhancing = ({"T1": viable(50)}, {"T1": viable(30)})
    assert "no-viable-diameter" not in codes("T1 liver", *enhancing, **M)


def test_a_viable_lesion_measured_only_whole_later_is_not_evaluable() -> None:
    answer = last("T1 liver", {"T1": viable(50)}, {"T1": 50}, **M)
    assert answer.overall is NE
    assert answer.reason == "viable diameter of T1 not evaluated"


def test_progression_shows_even_where_a_lesion_is_missing() -> None:
    lesions, baseline = "T1 liver, T2 liver", {"T1": viable(30), "T2": viable(20)}
    answer = last(lesions, baseline, {"T1": viable(60), "T2": "ne"}, **M)
    assert answer.overall is PD
    assert answer.partial_sum_mm == 60
    assert answer.sum_mm is None


def test_a_target_node_below_ten_millimetres_does_not_prevent_cr() -> None:
    lesions, baseline = "T1 liver, N1", {"T1": viable(50), "N1": 18}
    answer = last(lesions, baseline, {"T1": viable(0), "N1": 9}, **M)
    assert (answer.overall, answer.sum_mm) == (CR, 9)
    still = last(lesions, baseline, {"T1": viable(0), "N1": 10}, **M)
    assert still.overall is PR


def test_the_liver_sum_leaves_the_lung_out() -> None:
    visits = ({"T1": viable(50), "T2": 50}, {"T1": viable(20), "T2": 70})
    assert liver("T1 liver, T2 lung", *visits, **M).timepoints["TP1"].sum_mm == 20


@pytest.mark.parametrize(
    ("nodule", "counts"),
    [
        ({"mm": 10, "enhancement": "typical"}, True),
        ({"mm": 9.9, "enhancement": "typical"}, False),
        ({"mm": 12, "enhancement": "atypical"}, False),
        ({"mm": 12}, True),
    ],
)
def test_a_new_nodule_counts_at_ten_millimetres_if_typical(
    nodule: dict[str, object], counts: bool
) -> None:
    shown = {"T1": viable(50), "new": [new("NL1", "liver", **nodule)]}
    answer = last("T1 liver", {"T1": viable(50)}, shown, **M)
    assert (answer.overall is PD) is counts
    expected = NewLesions.YES if counts else NewLesions.EQUIVOCAL
    assert answer.new_lesions is expected


def test_an_atypical_nodule_counts_once_it_grew_by_ten_millimetres() -> None:
    visits = [
        {"T1": viable(50), "new": [new("NL1", "liver", mm=mm, enhancement="atypical")]}
        for mm in (8, 17.9, 18)
    ]
    assert course_of(whole("T1 liver", {"T1": viable(50)}, *visits, **M)) == [
        SD,
        SD,
        PD,
    ]


def test_new_ascites_counts_only_with_positive_cytology() -> None:
    for positive in (True, False):
        shown = {
            "T1": viable(50),
            "new": [new("NL1", "ascites", cytology_positive=positive)],
        }
        answer = last("T1 liver", {"T1": viable(50)}, shown, **M)
        assert (answer.overall is PD) is positive


def test_the_growth_of_a_nodule_is_a_limit_on_both_sides() -> None:
    ten = Decimal(10)
    assert nodule_is_carcinoma(Decimal(20), ten, typical=False)
    assert not nodule_is_carcinoma(Decimal("19.9"), ten, typical=False)


def test_every_combination_has_an_answer_and_all_rows_it_meets_agree() -> None:
    for findings in product(TARGET_RESPONSES, NON_TARGET_RESPONSES, (True, False)):
        rows = [row for row in OVERALL if row.fits(*findings)]
        combined = overall_response(*findings)
        assert {row.overall for row in rows} <= {combined.overall}
        assert combined.overall is by_recist(*findings).overall
        if rows:
            assert combined.citation == f"overall response, row {rows[0].number}"


def test_a_lesion_in_parts_counts_what_it_counted_at_baseline() -> None:
    parts = {"state": "split", "parts_mm": [30, 20], "viable_mm": 0}
    followed_whole = last("T1 lung", {"T1": 50}, {"T1": parts}, **M)
    assert (followed_whole.overall, followed_whole.sum_mm) == (SD, 50)
    assert last("T1 liver", {"T1": viable(50)}, {"T1": parts}, **M).overall is CR
    unknown = {"state": "split", "parts_mm": [30, 20]}
    assert last("T1 liver", {"T1": viable(50)}, {"T1": unknown}, **M).overall is NE
    from_parts = last("T1 liver", {"T1": parts | {"viable_mm": 40}}, {"T1": parts}, **M)
    assert (from_parts.overall, from_parts.baseline_sum_mm) == (CR, 40)


def test_a_lesion_of_no_size_has_no_viable_part() -> None:
    assert last("T1 liver", {"T1": viable(50)}, {"T1": 0}, **M).overall is CR


@pytest.mark.parametrize(
    "lesion",
    [
        new("NL1", "liver", mm=9, enhancement="typical"),
        new("NL1", "liver", mm=15, enhancement="atypical"),
        new("NL1", "ascites", cytology_positive=False),
    ],
)
def test_a_definite_new_lesion_that_does_not_count_is_told(lesion: Any) -> None:
    visits = ({"T1": viable(50)}, {"T1": viable(50), "new": [lesion]})
    answer = last("T1 liver", *visits, **M)
    assert answer.overall is SD
    assert answer.reason.startswith("equivocal new lesion NL1")
    assert "new-lesion-not-counted" in codes("T1 liver", *visits, **M)


def test_progression_is_dated_back_to_where_a_nodule_that_grew_was_first_seen() -> None:
    nodules = [
        {"T1": viable(50), "new": [new("NL1", "liver", mm=mm, enhancement="atypical")]}
        for mm in (10, 20)
    ]
    assessed = whole("T1 liver", {"T1": viable(50)}, *nodules, **M)
    assert assessed.timepoints["TP1"].restated_overall is PD
    doubtful = {"T1": viable(50), "new": [new("NL1", "liver", "equivocal", mm=8)]}
    assessed = whole("T1 liver", {"T1": viable(50)}, doubtful, nodules[0], **M)
    assert assessed.timepoints["TP1"].restated_overall is None
    assert assessed.pd_day is None
