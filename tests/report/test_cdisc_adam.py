from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from recist_tool.cdisc import subject_of_findings
from tests.report.cdisc_reads import (
    findings,
    record,
    records,
    tables,
    tables_of,
    visits,
)

LUNG = {"id": "T2", "role": "target", "organ": "lung"}
LIVER = {"id": "T1", "role": "target", "organ": "liver"}


def course(*sums: float | None) -> dict[str, Any]:
    """Return the tables of one liver target over visits; None is not evaluable."""
    seen = [
        {"T1": {"state": "ne", "reason": "not imaged"} if mm is None else {"mm": mm}}
        for mm in sums
    ]
    return tables_of(timepoints=visits(*({"target": one} for one in seen)))


def summary(made: dict[str, Any], code: str) -> tuple[str, str | None]:
    found = record(made["ADRS"], PARAMCD=code)
    return found["AVALC"], found["AVISIT"]


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        (
            (100, 60, 60),
            {"BOR": ("PR", "TP1"), "CBOR": ("PR", "TP1"), "RSP": ("Y", "TP1")},
        ),
        (
            (100, 90, 60, 80),
            {"BOR": ("PR", "TP2"), "CBOR": ("SD", "TP1"), "CRSP": ("N", None)},
        ),
        (
            (100, 60, 0, 0),
            {"BOR": ("CR", "TP2"), "CBOR": ("CR", "TP2"), "CRSP": ("Y", "TP1")},
        ),
        (
            (100, 100, 130),
            {"BOR": ("SD", "TP1"), "PD": ("Y", "TP2"), "CB": ("Y", "TP1")},
        ),
        ((100, None), {"BOR": ("NE", "TP1"), "CB": ("N", None), "PD": ("N", None)}),
    ],
)
def test_each_parameter_has_its_answer_and_the_visit_that_gave_it(
    sums: tuple[float | None, ...], expected: dict[str, tuple[str, str | None]]
) -> None:
    made = course(*sums)
    assert {code: summary(made, code) for code in expected} == expected
    liver = {f"L{code}": answer for code, answer in expected.items()}
    assert {code: summary(made, code) for code in liver} == liver


def test_stable_disease_counts_from_the_minimum_of_the_protocol() -> None:
    baseline = {"id": "BL", "date": "2023-12-20", "target": {"T1": {"mm": 100}}}
    early = {"id": "TP1", "date": "2024-01-29", "target": {"T1": {"mm": 100}}}
    late = {"id": "TP2", "date": "2024-02-26", "target": {"T1": {"mm": 100}}}
    made = tables_of(timepoints=[baseline, early, late])
    assert summary(made, "BOR") == ("SD", "TP2")
    made = tables_of(timepoints=[baseline, early])
    assert summary(made, "BOR") == ("NE", None)


def test_an_early_response_that_was_not_confirmed_is_dated_as_stable_disease() -> None:
    baseline = {"id": "BL", "date": "2023-12-20", "target": {"T1": {"mm": 100}}}
    early = {"id": "TP1", "date": "2024-01-29", "target": {"T1": {"mm": 60}}}
    late = {"id": "TP2", "date": "2024-02-26", "target": {"T1": {"mm": 71}}}
    made = tables_of(timepoints=[baseline, early, late])
    assert summary(made, "BOR") == ("PR", "TP1")
    assert summary(made, "CBOR") == ("SD", "TP2")


def test_visits_after_progression_are_not_flagged_for_analysis() -> None:
    made = course(100, 130, 60)
    flags = {
        one["AVISIT"]: one["ANL01FL"] for one in records(made["ADRS"], PARAMCD="OVR")
    }
    assert flags == {"TP1": "Y", "TP2": None}
    assert summary(made, "RSP") == ("N", None)
    sums = records(made["ADTR"], PARAMCD="SDIAM")
    assert [one["ANL01FL"] for one in sums] == [None, "Y", None]


@pytest.mark.parametrize(
    ("sums", "number"), [((100, 60), 2), ((100, 100), 3), ((100, 130), 5)]
)
def test_responses_are_numbered_from_complete_to_not_evaluable(
    sums: tuple[float, ...], number: int
) -> None:
    assert record(course(*sums)["ADRS"], PARAMCD="OVR")["AVAL"] == number


def test_measurable_disease_is_asked_of_the_patient_and_of_the_liver() -> None:
    made = tables_of(
        lesions=[LUNG, {"id": "NT1", "role": "non_target", "organ": "liver"}],
        timepoints=visits(
            {"target": {"T2": {"mm": 20}}, "nontarget": {"NT1": "present"}},
            {"target": {"T2": {"mm": 20}}, "nontarget": {"NT1": "present"}},
        ),
    )
    assert summary(made, "MDIS") == ("Y", None)
    assert summary(made, "LMDIS") == ("N", None)


def test_a_patient_without_liver_lesions_has_no_liver_parameter() -> None:
    made = tables_of(
        lesions=[LUNG],
        timepoints=visits(
            {"target": {"T2": {"mm": 20}}}, {"target": {"T2": {"mm": 20}}}
        ),
    )
    regions = {
        one["PARCAT2"] for name in ("ADRS", "ADTR") for one in records(made[name])
    }
    assert regions == {"WHOLE PATIENT"}
    assert not records(made["RS"], RSTESTCD="LIVRRESP")


def test_sums_are_compared_with_baseline_and_with_the_smallest_before() -> None:
    adtr = course(100, 60, 75)["ADTR"]
    last = record(adtr, PARAMCD="SDIAM", AVISIT="TP2")
    assert {
        name: last[name] for name in ("AVAL", "BASE", "CHG", "NADIR", "CHGNAD")
    } == {
        "AVAL": 75,
        "BASE": 100,
        "CHG": -25,
        "NADIR": 60,
        "CHGNAD": 15,
    }
    assert (last["PCHG"], last["PCHGNAD"]) == (-25, 25)
    assert last["ADT"] == dt.date(2024, 4, 22)
    baseline = record(adtr, PARAMCD="SDIAM", ABLFL="Y")
    assert (baseline["AVISIT"], baseline["CHG"]) == ("BL", None)


def test_a_visit_without_a_complete_sum_has_no_sum() -> None:
    adtr = course(100, None, 75)["ADTR"]
    assert [one["AVISIT"] for one in records(adtr, PARAMCD="SDIAM")] == ["BL", "TP2"]


def test_the_liver_has_sums_of_its_own() -> None:
    adtr = tables_of(
        lesions=[LIVER, LUNG],
        timepoints=visits(
            {"target": {"T1": {"mm": 50}, "T2": {"mm": 20}}},
            {"target": {"T1": {"mm": 30}, "T2": {"mm": 30}}},
        ),
    )["ADTR"]
    assert float(record(adtr, PARAMCD="SDIAM", AVISIT="TP1")["PCHG"]) == pytest.approx(
        -100 / 7
    )
    assert record(adtr, PARAMCD="LSDIAM", AVISIT="TP1")["PCHG"] == -40


def test_each_parameter_code_has_one_text_and_each_text_one_code() -> None:
    made = course(100, 60, 60)
    for name in ("ADRS", "ADTR"):
        pairs = {(one["PARAMCD"], one["PARAM"]) for one in records(made[name])}
        assert len(pairs) == len({code for code, _ in pairs})
        assert len(pairs) == len({text for _, text in pairs})


def test_criteria_that_keep_no_pairs_have_answers_without_a_date_of_confirmation() -> (
    None
):
    subject = subject_of_findings(
        findings(
            timepoints=visits(
                *({"target": {"T1": {"mm": mm}}} for mm in (100, 60, 60, 130, 60))
            )
        )
    )
    (reading,) = subject.readings
    assessed = reading.assessment.overall._replace(bor_why=None)
    assessment = reading.assessment._replace(overall=assessed, liver=None)
    subject = subject._replace(readings=(reading._replace(assessment=assessment),))
    made = tables(subject)
    assert summary(made, "CRSP") == ("Y", None)
    assert summary(made, "CBOR") == ("PR", "TP1")
    flags = [one["ANL01FL"] for one in records(made["ADRS"], PARAMCD="OVR")]
    assert flags == ["Y", "Y", "Y", None]
