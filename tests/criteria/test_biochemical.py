"""Tumour markers: a fall by half from a raised baseline."""

from __future__ import annotations

import pytest

from recist_tool.terms import Response
from tests.criteria.cases import codes, last, liver, whole

NORMALISED, RESPONSE = Response.NORMALISED, Response.RESPONSE
NO_RESPONSE, NE = Response.NO_RESPONSE, Response.NE
B = {"criteria": "biochemical"}


def conventions(**changes: object) -> dict[str, object]:
    return B | {"settings": {"other_criteria": {"biochemical": changes}}}


def blood(value: float, uln: float | None = 100, **more: object) -> dict[str, object]:
    cga = {"value": value, "uln": uln, **more}
    return {"T1": 30, "markers": {"CgA": cga}}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (400, 200, RESPONSE),
        (400, 200.1, NO_RESPONSE),
        (400, 101, RESPONSE),
        (400, 100, NORMALISED),
        (400, 500, NO_RESPONSE),
        (110, 90, NO_RESPONSE),
        (100, 30, NE),
        (100.1, 30, NORMALISED),
    ],
)
def test_half_of_a_raised_baseline_is_response(
    before: float, now: float, expected: Response
) -> None:
    assert last("T1 liver", blood(before), blood(now), **B).overall is expected


def test_the_answer_says_the_fall_and_how_far_it_is_from_half() -> None:
    answer = last("T1 liver", blood(400, unit="ng/ml"), blood(210, unit="ng/ml"), **B)
    assert answer.reason == "CgA 210.0 ng/ml, 47.5 % below baseline 400.0 ng/ml"
    assert answer.nearest_threshold == "10.0 ng/ml (5.0 %) above response"
    assert answer.citation == "fall by half from a raised baseline"
    assert answer.figures[0].pct_from_baseline == -47.5


def test_a_normal_baseline_is_told_and_may_be_allowed_by_the_protocol() -> None:
    visits = (blood(90), blood(30))
    answer = last("T1 liver", *visits, **B)
    assert answer.reason == "CgA baseline 90.0 was not raised (upper limit 100.0)"
    allowed = last("T1 liver", *visits, **conventions(needs_raised_baseline=False))
    assert allowed.overall is NORMALISED


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (
            {"unit": "ng/ml"},
            {"unit": "nmol/l"},
            "CgA measured in another unit than at baseline (nmol/l, not ng/ml)",
        ),
        (
            {"assay": "A"},
            {"assay": "B"},
            "CgA measured in another assay than at baseline (B, not A)",
        ),
        (
            {"uln": None},
            {},
            "CgA the upper limit of normal at baseline is not known",
        ),
    ],
)
def test_what_cannot_be_compared_is_not_evaluable(
    before: dict[str, object], now: dict[str, object], reason: str
) -> None:
    visits = (blood(400, **({"uln": 100} | before)), blood(100, **now))
    answer = last("T1 liver", *visits, **B)
    assert (answer.overall, answer.reason) == (NE, reason)


def test_a_marker_missing_at_either_end_is_not_evaluable() -> None:
    assert last("T1 liver", blood(400), {"T1": 30}, **B).reason == "CgA not measured"
    none = last("T1 liver", {"T1": 30}, blood(400), **B)
    assert none.reason == "no marker was measured at baseline"


def test_the_first_raised_marker_decides_unless_the_protocol_names_one() -> None:
    before = {"CEA": {"value": 3, "uln": 5}, "5-HIAA": {"value": 50, "uln": 8}}
    now = {"CEA": {"value": 3, "uln": 5}, "5-HIAA": {"value": 20, "uln": 8}}
    visits = ({"T1": 30, "markers": before}, {"T1": 30, "markers": now})
    answer = last("T1 liver", *visits, **B)
    assert answer.overall is RESPONSE
    assert [one.name for one in answer.figures] == ["5-HIAA", "CEA"]
    assert last("T1 liver", *visits, **conventions(marker="CEA")).overall is NE


def test_a_marker_speaks_for_the_liver_only_where_all_disease_is_there() -> None:
    visits = (blood(400), blood(100))
    alone = liver("T1 liver", *visits, **B).timepoints["TP1"]
    assert alone.overall is NORMALISED
    spread = [one | {"T2": 20} for one in visits]
    part = liver("T1 liver, T2 lung", *spread, **B).timepoints["TP1"]
    assert part.overall is NE
    assert part.reason == "a marker speaks for the whole patient"


def test_chromogranin_under_a_proton_pump_inhibitor_is_questioned() -> None:
    found = codes("T1 liver", blood(400), blood(390, ppi_use=True), **B)
    assert "marker-and-ppi" in found
    assert "marker-and-ppi" not in codes("T1 liver", blood(400), blood(390), **B)


def test_the_best_marker_response_of_a_course_is_kept() -> None:
    assessed = whole("T1 liver", blood(400), blood(190), blood(390), **B)
    assert assessed.bor_confirmed is RESPONSE
    assert assessed.pd_day is None


def test_a_patient_without_lesions_can_be_followed_by_a_marker_alone() -> None:
    visits = [{"markers": {"CEA": {"value": one, "uln": 5}}} for one in (50, 20)]
    assessed = whole("", *visits, **B)
    assert assessed.timepoints["TP1"].overall is RESPONSE


@pytest.mark.parametrize(
    ("cea", "cga", "expected"),
    [
        (20, 180, RESPONSE),
        (4, 180, RESPONSE),
        (4, 90, NORMALISED),
        (49, 390, NO_RESPONSE),
        (49, 180, NE),
        (20, None, NE),
    ],
)
def test_several_raised_markers_answer_together_in_whatever_order(
    cea: float, cga: float | None, expected: Response
) -> None:
    before = {"CEA": {"value": 50, "uln": 5}, "CgA": {"value": 400, "uln": 100}}
    now = {"CEA": {"value": cea}} | ({} if cga is None else {"CgA": {"value": cga}})
    answers = [
        last("T1 liver", *visits, **B)
        for visits in (
            ({"T1": 30, "markers": before}, {"T1": 30, "markers": now}),
            (
                {"T1": 30, "markers": dict(reversed(before.items()))},
                {"T1": 30, "markers": dict(reversed(now.items()))},
            ),
        )
    ]
    assert answers[0].overall is answers[1].overall is expected
    assert answers[0].reason == answers[1].reason
    assert answers[0].figures == answers[1].figures
    visits = ({"T1": 30, "markers": before}, {"T1": 30, "markers": now})
    assert "several-markers" in codes("T1 liver", *visits, **B)
    named = conventions(marker="CEA")
    assert "several-markers" not in codes("T1 liver", *visits, **named)
