"""EORTC 1999: response on FDG-PET by SUV."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recist_tool.criteria.pet.eortc import EortcUptake, metabolic_response
from recist_tool.errors import FindingsError
from recist_tool.model.criteria_settings import EortcPetSettings
from recist_tool.terms import PmrThreshold, Response
from recist_tool.trial.patient import PatientAssessment, as_json, assess
from tests.criteria.cases import findings, last, liver, new, whole

CMR, PMR, SMD, PMD, NE = (
    Response.CMR,
    Response.PMR,
    Response.SMD,
    Response.PMD,
    Response.NE,
)
E = {"criteria": "EORTC PET"}
TEN = Decimal(10)


def scan(cycles: int | None = 2, **lesions: object) -> dict[str, object]:
    """Return a visit with a PET scan; numbers are SUV."""
    made = {
        name: {"suv": one} if isinstance(one, int | float) else one
        for name, one in lesions.items()
    }
    return {"T1": 30, "pet": {"after_cycles": cycles, "lesions": made}}


@pytest.mark.parametrize(
    ("suv", "cycles", "expected"),
    [
        ("8.5", 1, PMR),
        ("8.51", 1, SMD),
        ("7.49", 2, PMR),
        ("7.5", 2, SMD),
        ("8.0", 2, SMD),
        ("8.0", 1, PMR),
        ("12.5", 1, SMD),
        ("12.51", 1, PMD),
        ("7.5", None, SMD),
        ("8.0", 0, PMR),
    ],
)
def test_limits_by_default(suv: str, cycles: int | None, expected: Response) -> None:
    found = EortcUptake(TEN, Decimal(suv), cycles)
    assert metabolic_response(found, EortcPetSettings()) is expected


@pytest.mark.parametrize(
    ("suv", "cycles", "changes", "expected"),
    [
        ("7.5", 3, {"limit_is_inclusive": True}, PMR),
        ("7.51", 3, {"limit_is_inclusive": True}, SMD),
        ("12.5", 3, {"limit_is_inclusive": True}, PMD),
        ("12.49", 3, {"limit_is_inclusive": True}, SMD),
        ("8.5", 3, {"pmr_threshold": PmrThreshold.ALWAYS_15}, PMR),
        ("8.51", 3, {"pmr_threshold": PmrThreshold.ALWAYS_15}, SMD),
        ("7.5", 1, {"pmr_threshold": PmrThreshold.ALWAYS_25}, SMD),
        ("7.49", 1, {"pmr_threshold": PmrThreshold.ALWAYS_25}, PMR),
    ],
)
def test_limits_by_other_conventions(
    suv: str, cycles: int, changes: dict[str, object], expected: Response
) -> None:
    settings = EortcPetSettings.model_validate(changes)
    assert (
        metabolic_response(EortcUptake(TEN, Decimal(suv), cycles), settings) is expected
    )


@pytest.mark.parametrize(
    ("extent", "expected"), [("20", SMD), ("20.1", PMD), ("-40", SMD)]
)
def test_extent_beyond_a_fifth_is_progression(extent: str, expected: Response) -> None:
    found = EortcUptake(TEN, TEN, 2, extent_percent=Decimal(extent))
    assert metabolic_response(found, EortcPetSettings()) is expected


def test_new_uptake_outranks_a_complete_response() -> None:
    found = EortcUptake(TEN, None, 2, new_uptake=True, background=True)
    assert metabolic_response(found, EortcPetSettings()) is PMD
    cleared = found._replace(new_uptake=False)
    assert metabolic_response(cleared, EortcPetSettings()) is CMR


def test_lesions_are_summed_and_the_answer_says_so() -> None:
    answer = last(
        "T1 liver", scan(T1=6, T2=liver_lesion(4)), scan(3, T1=4, T2=3.4), **E
    )
    assert answer.overall is PMR
    assert answer.reason == "SUV 7.4, 26.0 % below baseline 10.0; after 3 cycles"
    assert answer.nearest_threshold == "0.1 (1.3 %) below PMR"
    assert answer.citation == "Young 1999"
    assert answer.figures[0].pct_from_baseline == -26


def test_the_json_has_the_figure_with_its_changes() -> None:
    read = findings("T1 liver", scan(T1=10), scan(3, T1=7.4), **E)
    answer = as_json(assess(read))["overall"]["timepoints"]["TP1"]
    assert answer["figures"] == [
        {
            "name": "sum of SUV",
            "unit": "",
            "value": 7.4,
            "baseline": 10.0,
            "nadir_ref": None,
            "pct_from_baseline": -26.0,
            "pct_from_nadir": None,
            "lesion": None,
            "response": None,
        }
    ]


def test_the_liver_is_judged_by_its_own_lesions() -> None:
    before = scan(T1=10, L1={"suv": 10, "organ": "lung"})
    now = scan(T1=5, L1={"suv": 20.1, "organ": "lung"})
    assert last("T1 liver", before, now, **E).overall is PMD
    assert liver("T1 liver", before, now, **E).timepoints["TP1"].overall is PMR


def test_a_lesion_at_background_counts_nothing_and_all_of_them_are_complete() -> None:
    before = scan(T1=5, T2=liver_lesion(5))
    part = last("T1 liver", before, scan(T1=5, T2={"background": True}), **E)
    assert (part.overall, part.figures[0].value) == (PMR, 5)
    every = scan(T1={"background": True}, T2={"background": True})
    assert last("T1 liver", before, every, **E).overall is CMR


def test_a_lesion_without_suv_is_not_evaluable_and_is_named() -> None:
    answer = last("T1 liver", scan(T1=5, T2=liver_lesion(5)), scan(T1=4), **E)
    assert answer.overall is NE
    assert answer.reason == "SUV of T2 not measured"


def test_a_new_lesion_of_the_visit_is_new_uptake() -> None:
    shown = scan(T1=5) | {"new": [new("NL1", "lung")]}
    answer = last("T1 liver", scan(T1=5), shown, **E)
    assert answer.overall is PMD
    assert answer.reason.startswith("new uptake NL1")


def test_a_visit_without_pet_and_another_kind_of_suv_are_not_evaluable() -> None:
    assert last("T1 liver", scan(T1=5), {"T1": "ne"}, **E).reason == "no PET scan"
    kinds = ("SUVbw max", "SUVbsa mean")
    lesions = {"T1": {"suv": 5}}
    before, now = (
        {"T1": 30, "pet": {"suv_kind": kind, "lesions": lesions}} for kind in kinds
    )
    answer = last("T1 liver", before, now, **E)
    assert answer.overall is NE
    assert answer.reason == "SUVbsa mean cannot be compared with SUVbw max"


def test_lesions_that_nothing_places_are_refused_by_name_all_at_once() -> None:
    with pytest.raises(FindingsError) as refused:
        last("T1 liver", scan(T1=5, X8=3), scan(X9=4), **E)
    lines = str(refused.value).splitlines()
    told = [line.partition(" has no organ")[0] for line in lines]
    assert told == ["timepoint BL, PET lesion X8:", "timepoint TP1, PET lesion X9:"]


def test_the_organ_of_a_scanned_lesion_is_given_once() -> None:
    before = scan(T1=5, L1={"suv": 5, "organ": "lung"})
    part = liver("T1 liver", before, scan(T1=5, L1=9), **E)
    assert part.timepoints["TP1"].figures[0].value == 5


def test_best_metabolic_response_ends_with_progression() -> None:
    suvs = (10, 7, 14, 1)
    assessed = whole("T1 liver", *(scan(T1=suv) for suv in suvs), **E)
    assert [one.overall for one in assessed.timepoints.values()] == [PMR, PMD, PMR]
    assert assessed.bor_confirmed is PMR
    assert assessed.pd_day == 112
    assert assessed.timepoints["TP3"].post_pd


def liver_lesion(suv: float) -> dict[str, object]:
    return {"suv": suv, "organ": "liver"}


def test_another_kind_of_suv_takes_the_suv_out_and_nothing_else() -> None:
    def of(kind: str, **lesion: object) -> dict[str, Any]:
        return {"T1": 30, "pet": {"suv_kind": kind, "lesions": {"T1": lesion}}}

    before = of("SUVmax", suv=6, extent_mm=20)
    same = of("SUVmean", suv=12)
    assert last("T1 liver", before, same, **E).overall is NE
    shown = last("T1 liver", before, same | {"new": [new("NL1", "lung")]}, **E)
    assert shown.overall is PMD
    assert shown.reason == "new uptake NL1; SUVmean cannot be compared with SUVmax"
    assert last("T1 liver", before, of("SUVmean", extent_mm=25), **E).overall is PMD
    assert last("T1 liver", before, of("SUVmean", background=True), **E).overall is CMR


@pytest.mark.parametrize("criteria", ["EORTC PET", "PERCIST"])
def test_a_liver_that_only_pet_shows_has_its_answer(criteria: str) -> None:
    def of(uptake: float, **place: str) -> dict[str, Any]:
        return {"pet": {"lesions": {"A": {"suv": uptake, "sul_peak": uptake, **place}}}}

    def assessed(organ: str, criteria: str) -> PatientAssessment:
        visits = (of(10, organ=organ), of(4))
        return assess(findings("", *visits, criteria=criteria))

    part = assessed("liver", criteria).liver
    assert part is not None
    assert part.timepoints["TP1"].overall is PMR
    assert assessed("lung", criteria).liver is None
    assert assessed("liver", "RECIST 1.1").liver is None


def test_a_lesion_that_two_scans_place_in_two_organs_is_refused() -> None:
    before = scan(T1=5, L1={"suv": 5, "organ": "lung"})
    now = scan(T1=5, L1={"suv": 5, "organ": "liver"})
    with pytest.raises(FindingsError, match="is in liver here and in lung before"):
        last("T1 liver", before, now, **E)


@pytest.mark.parametrize(("suv", "expected"), [(5, PMR), (None, SMD)])
def test_a_recorded_response_gives_way_to_a_scan_without_any_other_finding(
    suv: int | None, expected: Response
) -> None:
    """Only a scan that is not evaluable leaves the reader's own word (E09 4.4.2)."""
    later = {"day": 56, "overall": "SMD", "pet": {"lesions": {"T1": {"suv": suv}}}}
    assert last("T1 liver", scan(T1=10), later, **E).overall is expected
