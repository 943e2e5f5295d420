"""Response by volume."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recist_tool.criteria.size_based.volumetric import (
    BANDS,
    band,
    is_real_change,
)
from recist_tool.terms import Response
from tests.criteria.cases import codes, course_of, last, liver, whole

CR, PR, SD, PD, NE = (
    Response.CR,
    Response.PR,
    Response.SD,
    Response.PD,
    Response.NE,
)
V = {"criteria": "volumetric"}


def conventions(limits: str) -> dict[str, object]:
    return V | {"settings": {"other_criteria": {"volumetric": {"limits": limits}}}}


def ml(volume: float, mm: float = 60) -> dict[str, float]:
    return {"mm": mm, "volume_ml": volume}


@pytest.mark.parametrize(
    ("limits", "volume", "expected"),
    [
        ("sphere", 34.3, PR),
        ("sphere", 34.4, SD),
        ("sphere", 172.7, SD),
        ("sphere", 172.8, PD),
        ("who_sphere", 35.3553, PR),
        ("who_sphere", 35.3554, SD),
        ("who_sphere", 139.7542, SD),
        ("who_sphere", 139.7543, PD),
        ("qiba_lung", 65, PR),
        ("qiba_lung", 65.1, SD),
        ("qiba_lung", 155, PD),
        ("qiba_lung", 154.9, SD),
    ],
)
def test_limits_are_exact_and_chosen_by_the_protocol(
    limits: str, volume: float, expected: Response
) -> None:
    visits = ({"T1": ml(100)}, {"T1": ml(volume)})
    assert last("T1 liver", *visits, **conventions(limits)).overall is expected


def test_the_answer_says_the_volume_and_names_the_ground_of_its_limits() -> None:
    answer = last("T1 liver", {"T1": ml(100)}, {"T1": ml(80)}, **V)
    assert answer.reason == "volume 80.0 ml, 20.0 % below baseline 100.0 ml"
    assert answer.citation.startswith("Eisenhauer 2009, 4.3.1, for spheres")
    assert answer.nearest_threshold == "92.8 ml (53.7 %) below PD"
    assert answer.sum_mm is None


def test_growth_is_from_the_smallest_volume_and_a_missing_one_is_no_zero() -> None:
    visits = ({"T1": ml(100)}, {"T1": ml(30)}, {"T1": 40}, {"T1": ml(52)})
    assert course_of(whole("T1 liver", *visits, **V)) == [PR, NE, PD]
    assert last("T1 liver", {"T1": ml(100)}, {"T1": "absent"}, **V).overall is CR


def test_the_liver_has_its_own_volumes() -> None:
    visits = ({"T1": ml(100), "T2": ml(100)}, {"T1": ml(30), "T2": ml(200)})
    assert last("T1 liver, T2 lung", *visits, **V).overall is SD
    part = liver("T1 liver, T2 lung", *visits, **V).timepoints["TP1"]
    assert part.overall is PR


def test_repeatability_by_size_is_that_of_the_profile() -> None:
    quoted = {one.quoted_percent: one for one in BANDS}
    assert set(quoted) == {24, 29, 39}
    for percent, one in quoted.items():
        assert round(100 * 1.96 * 2**0.5 * float(one.wcv)) == percent


@pytest.mark.parametrize(
    ("mm", "quoted"), [(10, 39), (34.9, 39), (35, 29), (49.9, 29), (50, 24), (100, 24)]
)
def test_bands_join_without_a_gap(mm: float, quoted: int) -> None:
    found = band(Decimal(str(mm)))
    assert found is not None
    assert found.quoted_percent == quoted


def test_lesions_outside_the_profile_have_no_band() -> None:
    assert band(Decimal("9.9")) is None
    assert band(Decimal("100.1")) is None
    assert is_real_change(Decimal(1), Decimal(2), Decimal(9)) is None


def test_a_change_is_real_beyond_the_quoted_limit_only() -> None:
    sixty = Decimal(60)
    assert is_real_change(Decimal("75.9"), Decimal(100), sixty)
    assert is_real_change(Decimal(76), Decimal(100), sixty) is False
    assert is_real_change(Decimal(124), Decimal(100), sixty) is False
    assert is_real_change(Decimal("124.1"), Decimal(100), sixty)


def test_a_response_within_repeatability_is_questioned() -> None:
    visits = ({"T1": ml(100, 20)}, {"T1": ml(64, 16)})
    lung = conventions("qiba_lung")
    assert last("T1 liver", *visits, **lung).overall is PR
    assert "within-repeatability" in codes("T1 liver", *visits, **lung)
    large = ({"T1": ml(100, 60)}, {"T1": ml(64, 50)})
    assert "within-repeatability" not in codes("T1 liver", *large, **lung)


def test_liver_volume_is_compared_with_baseline_and_with_prior_treatment() -> None:
    volumes = (2000, 2100, 1680, 1500)
    visits = [
        {"T1": ml(100), "volumes_ml": {"liver": one, "spleen": 200}} for one in volumes
    ]
    treatment = [
        {"date": "2024-01-02", "activity_gbq": 2.5, "target": "right lobe"},
        {"date": "2024-03-01", "activity_gbq": 1.5, "target": "left lobe"},
    ]
    assessed = liver("T1 liver", *visits, treatment=treatment, **V)
    first = {one.name: one for one in assessed.timepoints["TP1"].figures}
    assert first["volume of liver"].pct_from_baseline == 5
    assert "volume of spleen" not in first
    later = {one.name: one for one in assessed.timepoints["TP2"].figures}
    assert later["volume of liver"].pct_from_baseline == -16
    since = later["volume of liver, since treatment on 2024-03-01"]
    assert (since.baseline, since.pct_from_baseline) == (2100, -20)


def test_without_treatment_there_is_no_volume_before_it() -> None:
    visits = [{"T1": ml(100), "volumes_ml": {"liver": 2000}}] * 2
    answer = last("T1 liver", *visits, **V)
    assert [one.name for one in answer.figures if one.lesion is None] == [
        "volume",
        "volume of liver",
    ]


def test_each_lesion_is_among_the_figures() -> None:
    visits = ({"T1": ml(100), "T2": ml(50)}, {"T1": ml(30), "T2": "absent"})
    answer = last("T1 liver, T2 lung", *visits, **V)
    each = {one.lesion: one.value for one in answer.figures if one.lesion}
    assert each == {"T1": 30, "T2": 0}


def test_growth_from_the_smallest_sum_is_told_where_baseline_lacks_a_volume() -> None:
    lesions, first = "T1 liver, T2 liver", {"T1": 60, "T2": ml(20)}
    visits = ({"T1": ml(30), "T2": ml(20)}, {"T1": ml(66.4), "T2": ml(20)})
    assert course_of(whole(lesions, first, *visits, **V)) == [NE, PD]
    gone = {"T1": "absent", "T2": "absent"}
    assert course_of(whole(lesions, first, gone, **V)) == [CR]


def test_lesions_that_merged_are_told_as_one() -> None:
    apart = {"T1": ml(20, 30), "T2": ml(20, 30)}
    touching = {"T1": ml(40), "T2": "merged_into into T1"}
    answer = last("T1 liver, T2 liver", apart, touching, **V)
    assert answer.overall is SD
    assert [
        (one.lesion, one.value, one.baseline)
        for one in answer.figures
        if one.lesion is not None
    ] == [("T1", 40, 40)]
