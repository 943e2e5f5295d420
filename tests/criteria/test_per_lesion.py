"""Response lesion by lesion."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recist_tool.criteria.size_based.per_lesion import (
    lesion_response,
    lesion_responses,
    shares,
)
from recist_tool.model.criteria_settings import PerLesionSettings
from recist_tool.terms import Response
from tests.criteria.cases import last, new

CR, PR, MR, SD = Response.CR, Response.PR, Response.MR, Response.SD
PD, NE = Response.PD, Response.NE
EACH = {"criteria": "per lesion"}


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ("0", CR),
        ("500", PR),
        ("500.1", MR),
        ("750", MR),
        ("750.1", SD),
        ("1000", SD),
        ("1249.9", SD),
        ("1250", PD),
    ],
)
def test_limits_of_area(area: str, expected: Response) -> None:
    thousand = Decimal(1000)
    found = lesion_response(Decimal(area), thousand, thousand, PerLesionSettings())
    assert found is expected


def test_more_than_half_and_another_minor_response_are_settings() -> None:
    thousand = Decimal(1000)
    strict = PerLesionSettings(pr_is_strict=True, minor_from_percent=10)
    areas = [Decimal(one) for one in ("500", "499.9", "900", "900.1")]
    found = [lesion_response(one, thousand, thousand, strict) for one in areas]
    assert found == [MR, PR, MR, SD]


def test_growth_is_from_the_smallest_area() -> None:
    small = Decimal(100)
    settings = PerLesionSettings()
    assert lesion_response(Decimal(125), Decimal(1000), small, settings) is PD
    assert lesion_response(Decimal(124), Decimal(1000), small, settings) is PR


def test_ten_lesions_of_two_patients_are_told_as_the_series_tells_them() -> None:
    names = [f"T{number}" for number in range(1, 6)]
    lesions = ", ".join(f"{name} liver" for name in names)
    before = {name: {"mm": 40, "perpendicular_mm": 30} for name in names}
    gone, half, minor = (
        "absent",
        {"mm": 20, "perpendicular_mm": 15},
        {"mm": 32, "perpendicular_mm": 25},
    )
    first = dict(zip(names, (gone, gone, gone, half, half), strict=True))
    second = dict(zip(names, (gone, half, half, half, minor), strict=True))
    answers = [last(lesions, before, now, **EACH) for now in (first, second)]
    every = [one for answer in answers for one in lesion_responses(answer).values()]
    found = {name: int(share.percent) for name, share in shares(every).items()}
    assert found == {CR: 40, PR: 50, MR: 10}
    falls = [
        figure.pct_from_baseline
        for answer in answers
        for figure in answer.figures
        if figure.name == "mean area"
    ]
    assert [round(-fall) for fall in falls if fall is not None] == [90, 72]
    assert answers[1].reason.startswith(
        "of 5 lesions 1 gone, 3 partial response, 1 minor response; mean area"
    )


def test_a_single_diameter_stands_for_its_square() -> None:
    answer = last("T1 liver", {"T1": 40}, {"T1": 34}, **EACH)
    assert answer.overall is MR
    [mean, each, diameter] = answer.figures
    assert (each.value, each.baseline, each.response) == (1156, 1600, MR)
    assert mean.value == 1156
    assert (diameter.name, diameter.value, diameter.baseline) == (
        "mean diameter",
        34,
        40,
    )


def test_a_lesion_measured_in_two_diameters_is_not_judged_by_one() -> None:
    before = {"T1": {"mm": 40, "perpendicular_mm": 30}, "T2": 20}
    answer = last("T1 liver, T2 liver", before, {"T1": 30, "T2": 20}, **EACH)
    assert lesion_responses(answer) == {"T1": NE, "T2": SD}
    assert answer.overall is NE
    assert answer.reason.startswith(
        "of 2 lesions 1 stable, 1 not evaluated; area of T1"
    )


def test_a_new_lesion_is_progression_of_the_patient_not_of_the_lesions() -> None:
    answer = last("T1 liver", {"T1": 40}, {"T1": 20, "new": [new()]}, **EACH)
    assert answer.overall is PD
    assert lesion_responses(answer) == {"T1": PR}


def test_lesions_that_were_not_evaluated_are_not_among_the_shares() -> None:
    found = shares([CR, NE, SD])
    assert {name: share.percent for name, share in found.items()} == {CR: 50, SD: 50}
    assert shares([NE]) == {}


def test_lesions_that_merged_are_judged_as_one_and_none_is_gone() -> None:
    square = {"mm": 30, "perpendicular_mm": 30}
    apart = {"T1": square, "T2": square}

    def merged(mm: float) -> dict[str, Any]:
        one = {"mm": mm, "perpendicular_mm": 30, "merged_with": ["T1", "T2"]}
        return {"T1": one, "T2": "merged_into into T1"}

    answer = last("T1 liver, T2 liver", apart, merged(60), **EACH)
    assert lesion_responses(answer) == {"T1": SD, "T2": SD}
    assert answer.overall is SD
    assert answer.reason.startswith(
        "of 2 lesions 2 stable; T2 measured in T1, and judged with it; mean area 900.0"
    )
    halved = last("T1 liver, T2 liver", apart, merged(30), **EACH)
    assert lesion_responses(halved) == {"T1": PR, "T2": PR}
    back = last("T1 liver, T2 liver", apart, merged(30), apart, **EACH)
    assert lesion_responses(back) == {"T1": SD, "T2": SD}
    unread = {"T1": "ne", "T2": "merged_into into T1"}
    assert lesion_responses(last("T1 liver, T2 liver", apart, unread, **EACH)) == {
        "T1": NE,
        "T2": NE,
    }
