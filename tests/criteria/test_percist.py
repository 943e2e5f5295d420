"""PERCIST 1.0: SULpeak of the hottest lesion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recist_tool.criteria.pet.comparability import differences, unknowns
from recist_tool.criteria.pet.percist import (
    PercistUptake,
    measurable,
    metabolic_response,
)
from recist_tool.model.criteria_settings import PercistSettings
from recist_tool.model.pet import PetScan
from recist_tool.terms import Response
from tests.criteria.cases import codes, last, liver, new, whole

CMR, PMR, SMD, PMD, NE = (
    Response.CMR,
    Response.PMR,
    Response.SMD,
    Response.PMD,
    Response.NE,
)
P = {"criteria": "PERCIST"}
LIVER = {"mean_sul": 1.6, "sd_sul": 0.3}
LUNG = {"sul_peak": 5, "organ": "lung"}


def conventions(**changes: object) -> dict[str, object]:
    return P | {"settings": {"other_criteria": {"percist": changes}}}


def scan(
    about: dict[str, object] | None = None, **lesions: object
) -> dict[str, object]:
    """Return a visit with a PET scan; numbers are SULpeak."""
    made = {
        name: {"sul_peak": one} if isinstance(one, int | float) else one
        for name, one in lesions.items()
    }
    return {"T1": 30, "pet": {"liver": LIVER, "lesions": made, **(about or {})}}


def uptake(before: str, now: str | None, **more: object) -> PercistUptake:
    later = None if now is None else Decimal(now)
    return PercistUptake(Decimal(before), later)._replace(**more)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("8.0", "4.8", PMR),
        ("10.0", "7.0", PMR),
        ("10.0", "7.01", SMD),
        ("2.0", "1.2", PMR),
        ("2.0", "1.21", SMD),
        ("2.6", "1.8", PMR),
        ("10.0", "13.0", PMD),
        ("10.0", "12.99", SMD),
        ("2.0", "2.8", PMD),
        ("2.0", "2.79", SMD),
        ("0.3", "0.6", SMD),
    ],
)
def test_thirty_percent_and_0_8_are_both_asked_for(
    before: str, now: str, expected: Response
) -> None:
    assert metabolic_response(uptake(before, now), PercistSettings()) is expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("10", "13", SMD),
        ("10", "13.01", PMD),
        ("2", "2.8", SMD),
        ("2", "2.81", PMD),
        ("10", "7", PMR),
    ],
)
def test_strict_limits_of_progression_are_a_setting(
    before: str, now: str, expected: Response
) -> None:
    settings = PercistSettings(pmd_is_strict=True)
    assert metabolic_response(uptake(before, now), settings) is expected


@pytest.mark.parametrize(
    ("now", "percent", "expected"),
    [
        ("8.0", "75", PMD),
        ("8.0", "74.9", SMD),
        ("8.1", "80", PMD),
        ("7.9", "80", SMD),
    ],
)
def test_tlg_is_progression_without_a_fall_of_sulpeak(
    now: str, percent: str, expected: Response
) -> None:
    found = uptake("8.0", now, tlg_percent=Decimal(percent))
    assert metabolic_response(found, PercistSettings()) is expected
    peak_only = PercistSettings(tlg_counts=False)
    assert metabolic_response(found, peak_only) is SMD


@pytest.mark.parametrize(
    ("now", "background", "expected"),
    [("1.59", True, CMR), ("1.6", True, PMR), ("1.2", False, PMR), (None, True, CMR)],
)
def test_complete_is_below_the_liver_and_like_background(
    now: str | None, background: bool, expected: Response
) -> None:
    found = uptake("8", now, reference_sul=Decimal("1.6"), background=background)
    assert metabolic_response(found, PercistSettings()) is expected


def test_a_new_lesion_outranks_everything() -> None:
    found = uptake("8", "1", background=True, new_lesion=True)
    assert metabolic_response(found, PercistSettings()) is PMD


def test_a_lesion_at_the_threshold_is_measurable() -> None:
    assert measurable(Decimal("3.0"), Decimal("3.00"))
    assert not measurable(Decimal("2.99"), Decimal("3.00"))


def test_the_hottest_lesion_of_each_scan_is_compared_whichever_it_is() -> None:
    before = scan(T1=8, L1={"sul_peak": 5, "organ": "lung"})
    answer = last("T1 liver", before, scan(T1=3, L1=5), **P)
    assert answer.overall is PMR
    assert answer.reason == "SULpeak 5.0, 37.5 % below baseline 8.0 (3.0 SUL)"
    assert answer.nearest_threshold == "0.6 SUL (10.7 %) below PMR"
    assert answer.citation == "Wahl 2009"
    part = liver("T1 liver", before, scan(T1=8, L1=2), **P).timepoints["TP1"]
    assert (part.overall, part.figures[0].value) == (SMD, 8)


def test_without_uptake_at_baseline_there_is_nothing_to_compare() -> None:
    answer = last("T1 liver", scan(), scan(T1=5), **P)
    assert answer.overall is NE
    assert answer.reason == "no lesion with uptake at baseline"


def test_a_lesion_too_cool_at_baseline_is_not_evaluable() -> None:
    answer = last("T1 liver", scan(T1=2.9), scan(T1=1), **P)
    assert answer.overall is NE
    assert answer.reason == "not measurable: SULpeak 2.9 at baseline, below 3.0"


def test_blood_pool_stands_in_for_a_diseased_liver() -> None:
    pool = {"liver": None, "blood_pool": {"mean_sul": 1.2, "sd_sul": 0.2}}
    cool = last("T1 liver", scan(pool, T1=2.7), scan(pool, T1=1), **P)
    assert cool.reason == "not measurable: SULpeak 2.7 at baseline, below 2.8"
    hot = last("T1 liver", scan(pool, T1=2.8), scan(pool, T1=1.7), **P)
    assert hot.overall is PMR
    gone = scan(pool, T1={"sul_peak": 1.1, "background": True})
    assert last("T1 liver", scan(pool, T1=2.8), gone, **P).overall is CMR


def test_scans_that_cannot_be_compared_are_not_evaluable_unless_a_lesion_is_new() -> (
    None
):
    before, now = scan({"scanner": "A"}, T1=8), scan({"scanner": "B"}, T1=4)
    answer = last("T1 liver", before, now, **P)
    assert answer.overall is NE
    assert answer.reason == "scans not comparable: another scanner"
    shown = now | {"new": [new("NL1", "liver")]}
    assert last("T1 liver", before, shown, **P).overall is PMD
    judged = last("T1 liver", before, now, **conventions(not_comparable_is_ne=False))
    assert judged.overall is PMR
    assert "pet-not-comparable" in codes("T1 liver", before, now, **P)


def test_what_was_not_compared_is_told() -> None:
    known = {
        "uptake_minutes": 60,
        "injected_mbq": 300,
        "scanner": "A",
        "reconstruction": "OSEM",
    }
    full = scan(known, T1=8)
    assert "pet-comparability-unknown" not in codes("T1 liver", full, full, **P)
    less = scan(known | {"scanner": None}, T1=8)
    assert "pet-comparability-unknown" in codes("T1 liver", full, less, **P)
    assert unknowns(PetScan(), PetScan())[0] == "uptake time"


@pytest.mark.parametrize(
    ("before", "now", "count"),
    [
        ({"uptake_minutes": 50}, {"uptake_minutes": 65}, 0),
        ({"uptake_minutes": 49.9}, {"uptake_minutes": 60}, 1),
        ({"uptake_minutes": 60}, {"uptake_minutes": 70.1}, 1),
        ({"uptake_minutes": 52}, {"uptake_minutes": 67.1}, 1),
        ({"injected_mbq": 300}, {"injected_mbq": 360}, 0),
        ({"injected_mbq": 300}, {"injected_mbq": 361}, 1),
        ({"injected_mbq": 300}, {"injected_mbq": 239}, 1),
        ({"liver": {"mean_sul": 1.5}}, {"liver": {"mean_sul": 1.8}}, 0),
        ({"liver": {"mean_sul": 1.0}}, {"liver": {"mean_sul": 1.21}}, 1),
        ({"liver": {"mean_sul": 2.0}}, {"liver": {"mean_sul": 2.31}}, 1),
        ({"scanner": "A"}, {"scanner": "A"}, 0),
        ({"scanner": "A"}, {}, 0),
        ({"reconstruction": "OSEM"}, {"reconstruction": "PSF"}, 1),
        ({"tracer": "FDG"}, {"tracer": "DOTATATE"}, 1),
    ],
)
def test_limits_of_comparability(
    before: dict[str, object], now: dict[str, object], count: int
) -> None:
    scans = (PetScan.model_validate(before), PetScan.model_validate(now))
    assert len(differences(*scans, PercistSettings())) == count


def test_the_strict_limit_of_the_liver_is_a_setting() -> None:
    scans = [
        PetScan.model_validate({"liver": {"mean_sul": mean}}) for mean in (2.0, 2.3)
    ]
    assert differences(scans[0], scans[1], PercistSettings()) == []
    strict = PercistSettings(liver_limit_is_strict=True)
    assert differences(scans[0], scans[1], strict) == ["liver SUL differs by 0.3"]


def test_tlg_is_summed_over_the_lesions_that_both_scans_give() -> None:
    before = scan(T1={"sul_peak": 8, "tlg_g": 100})
    now = scan(T1={"sul_peak": 8, "tlg_g": 175})
    answer = last("T1 liver", before, now, **P)
    assert answer.overall is PMD
    assert answer.reason.endswith("TLG 75.0 % above baseline")
    assert answer.figures[1].lesion == "T1"


def test_progression_from_the_nadir_is_a_setting() -> None:
    visits = [scan(T1=peak) for peak in (8, 4, 6)]
    kept = whole("T1 liver", *visits, **P)
    assert kept.timepoints["TP2"].overall is SMD
    nadir = whole("T1 liver", *visits, **conventions(growth_from="nadir"))
    assert nadir.timepoints["TP2"].overall is PMD
    assert nadir.pd_day == 112


def test_a_sulpeak_that_was_not_measured_is_named() -> None:
    answer = last("T1 liver", scan(T1=8), scan(T1={"tlg_g": 3}), **P)
    assert (answer.overall, answer.reason) == (NE, "SULpeak of T1 not measured")
    first = last("T1 liver", scan(T1={"tlg_g": 3}), scan(T1=8), **P)
    assert first.reason == "SULpeak not measured at baseline"
    assert last("T1 liver", {"T1": 30}, scan(T1=8), **P).reason == (
        "no PET scan at baseline"
    )


def test_a_lesion_that_was_not_measured_may_be_the_hottest() -> None:
    before = scan(T1=10, T2=LUNG)
    for now in (scan(T2=5), scan(T1={"tlg_g": 3}, T2=5)):
        answer = last("T1 liver", before, now, **P)
        assert (answer.overall, answer.nearest_threshold) == (NE, None)
        assert answer.reason == (
            "SULpeak of T1 not measured; "
            "the others: SULpeak 5.0, 50.0 % below baseline 10.0 (5.0 SUL)"
        )
    cooled = scan(T2={"sul_peak": 1, "background": True})
    assert last("T1 liver", before, cooled, **P).overall is NE
    assert last("T1 liver", before, scan(T2=13), **P).overall is PMD
    gone = scan(T1={"background": True}, T2=5)
    assert last("T1 liver", before, gone, **P).overall is PMR


def test_a_trial_may_record_the_hottest_lesion_only() -> None:
    hottest_only = conventions(not_recorded="cooler")
    before = scan(T1=10, T2=LUNG)
    answer = last("T1 liver", before, scan(T2=5), **hottest_only)
    assert answer.overall is PMR
    assert answer.reason.endswith("T1 not measured, taken as cooler")
    cooled = scan(T2={"sul_peak": 1, "background": True})
    assert last("T1 liver", before, cooled, **hottest_only).overall is CMR


def test_a_lesion_that_was_not_measured_at_baseline_leaves_nothing_to_compare() -> None:
    before = scan(T1={"tlg_g": 30}, T2=LUNG)
    answer = last("T1 liver", before, scan(T1=3, T2=2), **P)
    assert answer.overall is NE
    assert answer.reason == "SULpeak of T1 not measured at baseline"
    hottest_only = conventions(not_recorded="cooler")
    assert last("T1 liver", before, scan(T1=3, T2=2), **hottest_only).overall is PMR


def test_only_scans_that_can_be_compared_and_miss_nothing_become_the_nadir() -> None:
    lesions, nadir = "T1 liver", {"growth_from": "nadir"}
    first, later = scan({"scanner": "A"}, T1=10), scan({"scanner": "A"}, T1=7)
    other = scan({"scanner": "B"}, T1=2)
    judged = whole(lesions, first, other, later, **conventions(**nadir))
    assert [one.overall for one in judged.timepoints.values()] == [NE, PMR]
    allowed = conventions(**nadir, not_comparable_is_ne=False)
    judged = whole(lesions, first, other, later, **allowed)
    assert [one.overall for one in judged.timepoints.values()] == [PMR, PMD]
    first, later = scan(T1=10, T2=LUNG), scan(T1=7, T2=2)
    judged = whole(lesions, first, scan(T2=2), later, **conventions(**nadir))
    assert [one.overall for one in judged.timepoints.values()] == [NE, PMR]


def test_tlg_of_a_lesion_that_was_not_recorded_hides_no_growth_and_makes_none() -> None:
    before = scan(T1={"sul_peak": 8, "tlg_g": 100}, T2=LUNG | {"tlg_g": 20})
    part = scan(T2={"sul_peak": 8, "tlg_g": 200})
    assert last("T1 liver", before, part, **P).overall is NE
    more = scan(T2={"sul_peak": 8, "tlg_g": 210})
    assert last("T1 liver", before, more, **P).overall is PMD
