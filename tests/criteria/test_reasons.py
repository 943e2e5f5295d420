"""The sentence and the citation of each answer: what a reader wants to know."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recist_tool.criteria.numbers import listed, millimetres, percent
from tests.criteria.cases import last, new, whole

ONE = "T1 liver"
TWO = "T1 liver, T2 lung"
MIXED = "T1 liver, X1 lung, X2 bone"
START = {"T1": 40, "X1": "present", "X2": "present"}
GONE = {"T1": 0, "X1": "absent", "X2": "absent"}


@pytest.mark.parametrize(
    ("lesions", "visits", "reason", "citation"),
    [
        (
            ONE,
            ({"T1": 100}, {"T1": 70}),
            "sum 70.0 mm, 30.0 % below baseline 100.0 mm",
            "4.3.1; Table 1 row 4",
        ),
        (
            ONE,
            ({"T1": 100}, {"T1": 62}, {"T1": 76}),
            "sum 76.0 mm, 22.6 % and 14.0 mm above nadir 62.0 mm at TP1",
            "4.3.1; Table 1 row 7",
        ),
        (
            ONE,
            ({"T1": 100}, {"T1": 62}, {"T1": 65}),
            "sum 65.0 mm, 35.0 % below baseline 100.0 mm, 4.8 % and 3.0 mm above nadir "
            "62.0 mm at TP1",
            "4.3.1; Table 1 row 4",
        ),
        (
            ONE,
            ({"T1": 40}, {"T1": 44}),
            "sum 44.0 mm, 10.0 % above baseline 40.0 mm (4.0 mm)",
            "4.3.1; Table 1 row 5",
        ),
        (
            ONE,
            ({"T1": 40}, {"T1": 40}),
            "sum 40.0 mm, as at baseline",
            "4.3.1; Table 1 row 5",
        ),
        (
            ONE,
            ({"T1": 100}, {"T1": Decimal("70.04")}),
            "sum 70.04 mm, 29.96 % below baseline 100.0 mm",
            "4.3.1; Table 1 row 5",
        ),
        (ONE, ({"T1": 40}, {"T1": 0}), "all targets gone", "4.3.1; Table 1 row 1"),
        (
            "T1 liver, N1",
            ({"T1": 40, "N1": 20}, {"T1": 0, "N1": 8}),
            "all targets gone, nodes below 10.0 mm, sum 8.0 mm",
            "4.3.1; Table 1 row 1",
        ),
        (
            "N1",
            ({"N1": 20}, {"N1": 8}),
            "all target nodes below 10.0 mm, sum 8.0 mm",
            "4.3.1; Table 1 row 1",
        ),
        (
            ONE,
            ({"T1": 40}, {"T1": 0}, {"T1": 3}),
            "T1 (liver) is back after CR at TP1, sum 3.0 mm",
            "4.3.5; Table 1 row 7",
        ),
        (
            TWO,
            ({"T1": 40, "T2": 20}, {"T1": 0, "T2": 0}, {"T1": 1, "T2": 2}),
            "T1 (liver) and T2 (lung) are back after CR at TP1, sum 3.0 mm",
            "4.3.5; Table 1 row 7",
        ),
        (
            TWO,
            ({"T1": 60, "T2": 40}, {"T1": 30, "T2": "ne"}),
            "T2 (not imaged) not evaluated; partial sum 30.0 mm",
            "4.4.2; Table 1 row 6",
        ),
        (
            TWO,
            ({"T1": 60, "T2": 40}, {}),
            "T1 (no finding) and T2 (no finding) not evaluated",
            "4.4.2; Table 1 row 6",
        ),
        (
            TWO,
            ({"T1": 25, "T2": 15}, {"T1": 48, "T2": "ne"}),
            "partial sum 48.0 mm without T2 (not imaged), already 20.0 % and 8.0 mm "
            "above nadir 40.0 mm at BL",
            "4.4.2; Table 1 row 7",
        ),
        (
            TWO,
            ({"T1": 25, "T2": 15}, {"T1": 25, "T2": 15, "new": [new(mm=14)]}),
            "new lesion NL1 (lung, 14.0 mm); sum 40.0 mm, as at baseline",
            "4.3.5; Table 1 row 9",
        ),
        (
            ONE,
            ({"T1": 40}, {"T1": 40, "new": [new(), new("NL2", "bone")]}),
            "new lesions NL1 (lung) and NL2 (bone); sum 40.0 mm, as at baseline",
            "4.3.5; Table 1 row 9",
        ),
        (
            ONE,
            ({"T1": 40}, {"T1": 40, "new": [new(status="equivocal", mm=6)]}),
            "sum 40.0 mm, as at baseline; equivocal new lesion NL1 (lung, 6.0 mm), not "
            "counted until confirmed",
            "4.3.1; Table 1 row 5",
        ),
        (
            MIXED,
            (START, {"T1": 40, "X1": "unequivocal_pd", "X2": "present"}),
            "X1 (lung) unequivocally progressed; sum 40.0 mm, as at baseline",
            "4.3.4; Table 1 row 8",
        ),
        (
            MIXED,
            (START, {"T1": 0, "X1": "present", "X2": "ne"}),
            "all targets gone; X1 (lung) still there; X2 (bone) not evaluated",
            "4.3.1; Table 1 row 3",
        ),
        (
            MIXED,
            (START, GONE, {**GONE, "X1": "present"}),
            "X1 (lung) back after CR at TP1; all targets gone",
            "4.3.5; Table 1 row 8",
        ),
        (MIXED, (START, GONE), "all targets gone; all non-targets gone", None),
        (
            MIXED,
            (START | {"marker": "raised"}, GONE | {"marker": "raised"}),
            "all targets gone; tumour marker raised at baseline and not shown to be "
            "normal",
            "4.3.1; Table 1 row 2",
        ),
        (
            "NN1",
            (
                {"NN1": "present"},
                {"NN1": {"state": "present", "short_axis_mm": 12}},
            ),
            "NN1 (lymph node, 12.0 mm) still there",
            "Table 2 row 2",
        ),
        ("", ({}, {"new": [new()]}), "new lesion NL1 (lung)", "4.3.5"),
    ],
)
def test_the_deciding_facts_are_told_with_their_source(
    lesions: str, visits: tuple[dict[str, Any], ...], reason: str, citation: str | None
) -> None:
    answer = last(lesions, *visits)
    assert answer.reason == reason
    if citation is not None:
        assert answer.citation == f"Eisenhauer 2009, {citation}"


def test_no_disease_cites_the_silence_of_the_paper() -> None:
    answer = last("", {}, {})
    assert answer.reason == "no disease"
    assert answer.citation.startswith("no disease at baseline")


def test_a_pr_that_goes_on_says_so() -> None:
    settings = {"pr_persistence": "carry_confirmed"}
    visits = [{"T1": size} for size in (100, 70, 70, 80)]
    answer = last(ONE, *visits, settings=settings)
    assert answer.reason.endswith("a confirmed PR goes on until PD or CR")
    assert "working group" in answer.citation


def test_a_lesion_back_from_a_sum_of_zero_says_so() -> None:
    settings = {"reappearance": "from_zero_nadir"}
    lesions = "T1 liver, X1 lung"
    visits = [{"T1": size, "X1": "present"} for size in (40, 0, 2)]
    answer = last(lesions, *visits, settings=settings)
    assert answer.reason == "T1 (liver) is back after a sum of 0 mm, sum 2.0 mm"


def test_a_readers_override_of_ne_is_told_as_his() -> None:
    answer = last(TWO, {"T1": 80, "T2": 10}, {"T1": 40, "T2": "ne", "overall": "PR"})
    assert answer.overall == "PR"
    assert answer.reason.startswith("reader's override of NE: PR; T2 (not imaged)")
    assert answer.citation == "Eisenhauer 2009, 4.4.2: documented by the reader"


def test_a_restated_visit_says_what_it_was_and_is() -> None:
    equivocal = {"T1": 40, "new": [new(status="equivocal")]}
    assessed = whole(ONE, {"T1": 40}, equivocal, {"T1": 40, "new": [new()]})
    assert assessed.timepoints["TP1"].reason.endswith(
        "equivocal new lesion NL1 (lung), confirmed later: restated as PD"
    )


def test_shown_percentages_never_cross_a_limit() -> None:
    assert percent(Decimal("29.99"), Decimal(100)) == "29.99 %"
    assert percent(Decimal("19.96"), Decimal(100)) == "19.96 %"
    assert percent(Decimal("20.04"), Decimal(100)) == "20.0 %"
    assert percent(Decimal(5), Decimal("3.2")) == "156.3 %"
    assert percent(Decimal("29.999999"), Decimal(100)) == "29.999999 %"


def test_lengths_keep_their_digits() -> None:
    assert millimetres(Decimal("1E+2")) == "100.0 mm"
    assert millimetres(Decimal("9.850")) == "9.85 mm"


def test_one_name_needs_no_and() -> None:
    assert listed(["T1"]) == "T1"
