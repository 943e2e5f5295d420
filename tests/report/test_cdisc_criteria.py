"""Tables under criteria other than RECIST 1.1."""

from __future__ import annotations

from typing import Any

import pytest

from recist_tool.cdisc.codes import TERMS
from recist_tool.terms import Criteria
from tests.report.cdisc_reads import record, records, tables_of, visits

KNOWN = {one.value for one in TERMS if one.codelist == "ONCRSR"}


def course(criteria: Criteria, *seen: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Return the tables of one liver target, with those measures at each visit."""
    timepoints = visits(*({"target": {"T1": one}} for one in seen))
    return tables_of(criteria=criteria, timepoints=timepoints, **parts)


@pytest.mark.parametrize(
    ("criteria", "category", "subcategory"),
    [
        (Criteria.IRECIST, "iRECIST", None),
        (Criteria.MRECIST, "MRECIST LENCIONI LIVER CANCER 2010", None),
        (Criteria.CHOI, "CHOI GIST 2008", None),
        (Criteria.PERCIST, "PERCIST", None),
        (Criteria.WHO, "PROTOCOL DEFINED RESPONSE CRITERIA", "WHO"),
        (Criteria.EORTC_PET, "PROTOCOL DEFINED RESPONSE CRITERIA", "EORTC PET"),
        (Criteria.VOLUMETRIC, "PROTOCOL DEFINED RESPONSE CRITERIA", "VOLUMETRIC"),
    ],
)
def test_criteria_stand_under_the_name_that_cdisc_has_for_them(
    criteria: Criteria, category: str, subcategory: str | None
) -> None:
    measures = {"mm": 50, "perpendicular_mm": 40, "viable_mm": 40, "volume_ml": 30}
    rs = course(criteria, measures, measures)["RS"]
    best = [one for one in records(rs, RSTESTCD="BESTRESP") if one["RSSCAT"] != "LIVER"]
    assert [(one["RSCAT"], one["RSSCAT"]) for one in best] == [(category, subcategory)]
    assert {one["RSSTRESC"] for one in records(rs)} <= KNOWN | {"Y", "N"}


@pytest.mark.parametrize(
    ("criteria", "test"),
    [
        (Criteria.RECIST_1_1, "OVRLRESP"),
        (Criteria.PERCIST, "METBRESP"),
        (Criteria.EORTC_PET, "METBRESP"),
        (Criteria.BIOCHEMICAL, "TMRESP"),
    ],
)
def test_the_response_of_a_visit_has_the_test_of_its_kind(
    criteria: Criteria, test: str
) -> None:
    rs = course(criteria, {"mm": 50}, {"mm": 50})["RS"]
    assert len(records(rs, RSTESTCD=test, VISIT="TP1")) == 1


def test_no_change_of_who_is_stable_disease_beside_the_papers_word() -> None:
    size = {"mm": 50, "perpendicular_mm": 40}
    rs = course(Criteria.WHO, size, size)["RS"]
    found = record(rs, RSTESTCD="OVRLRESP", VISIT="TP1")
    assert (found["RSORRES"], found["RSSTRESC"]) == ("NC", "SD")


def test_an_unconfirmed_progression_of_irecist_is_a_term() -> None:
    made = course(Criteria.IRECIST, {"mm": 50}, {"mm": 90})
    assert record(made["RS"], RSTESTCD="OVRLRESP", VISIT="TP1")["RSSTRESC"] == "iUPD"
    assert record(made["ADRS"], PARAMCD="OVR")["AVAL"] == 5


def test_measures_of_other_criteria_are_results_with_their_units() -> None:
    size = {
        "mm": 50,
        "perpendicular_mm": 41,
        "viable_mm": 30.5,
        "hu_mean": 62,
        "volume_ml": 44.2,
    }
    tr = course(Criteria.CHOI, size, size)["TR"]
    found = {
        one["TRTESTCD"]: (one["TRSTRESC"], one["TRSTRESU"])
        for one in records(tr, VISIT="BL", TRLNKID="T1")
    }
    assert found == {
        "LDIAM": ("50", "mm"),
        "LPERP": ("41", "mm"),
        "VDIAM": ("30.5", "mm"),
        "RADIODEN": ("62", "HU"),
        "VOLUME": ("44.2", "mL"),
    }


def test_measures_of_a_lesion_in_parts_are_of_the_whole_lesion() -> None:
    split = {"state": "split", "parts_mm": [20, 10], "volume_ml": 12}
    tr = course(Criteria.RECIST_1_1, {"mm": 50}, split)["TR"]
    assert record(tr, TRTESTCD="VOLUME")["TRLNKID"] == "T1"


def test_sums_of_mrecist_are_of_viable_diameters() -> None:
    made = course(
        Criteria.MRECIST,
        {"mm": 50, "viable_mm": 40},
        {"mm": 48, "viable_mm": 20},
        {"mm": 48},
    )
    sums = [
        (one["VISIT"], one["TRSTRESC"], one["TRSTAT"])
        for one in records(made["TR"], TRTESTCD="SUMVDIAM", TRGRPID="TARGET")
    ]
    assert sums == [
        ("BL", "40", None),
        ("TP1", "20", None),
        ("TP2", None, "NOT DONE"),
    ]
    diameters = record(made["TR"], TRTESTCD="SUMDIAM", TRGRPID="TARGET", VISIT="TP1")
    assert diameters["TRSTRESC"] == "48"
    assert not records(made["TR"], TRTESTCD="PCBSD")
    analysed = record(made["ADTR"], PARAMCD="SVDIAM", AVISIT="TP1")
    assert (analysed["AVAL"], analysed["PCHG"]) == (20, -50)


@pytest.mark.parametrize(
    "criteria", [Criteria.SYMPTOMS, Criteria.SOMATOSTATIN_ANALOGUE]
)
def test_what_there_is_no_answer_to_has_no_response(criteria: Criteria) -> None:
    made = course(criteria, {"mm": 50}, {"mm": 50})
    tests = {one["RSTESTCD"] for one in records(made["RS"])}
    assert not tests & {"OVRLRESP", "LIVRRESP", "BESTRESP"}
    assert not records(made["ADRS"], PARAMCD="OVR")
    assert not records(made["ADRS"], PARAMCD="BOR")


def test_a_response_of_mrecist_that_was_confirmed_is_dated() -> None:
    made = course(
        Criteria.MRECIST,
        {"mm": 50, "viable_mm": 40},
        {"mm": 50, "viable_mm": 20},
        {"mm": 50, "viable_mm": 20},
    )
    found = record(made["ADRS"], PARAMCD="CRSP")
    assert (found["AVALC"], found["AVISIT"]) == ("Y", "TP1")
    assert not records(made["ADTTE"])  # no progression-free survival is defined for it
