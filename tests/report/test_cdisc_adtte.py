from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.cdisc.adtte import PARAMETERS
from recist_tool.errors import FindingsError
from recist_tool.model.trial_settings import TrialSettings
from tests.report.cdisc_reads import findings, record, records, tables_of, visits

LIVER = {"id": "T1", "role": "target", "organ": "liver"}
LUNG = {"id": "T2", "role": "target", "organ": "lung"}


def course(*sums: float, **parts: Any) -> Any:
    """Return ADTTE of one liver target, eight weeks between visits."""
    seen = visits(*({"target": {"T1": {"mm": mm}}} for mm in sums))
    return tables_of(timepoints=seen, **parts)["ADTTE"]


def test_a_progression_is_an_event_at_its_scan() -> None:
    found = record(course(100, 100, 130), PARAMCD="PFS")
    assert (found["CNSR"], found["ADT"]) == (0, dt.date(2024, 4, 22))
    assert found["STARTDT"] == dt.date(2024, 1, 1)
    assert found["AVAL"] == 113  # both days counted
    assert found["EVNTDESC"] == "progression on imaging"


def test_a_patient_without_progression_is_censored_and_it_says_where() -> None:
    found = record(course(100, 100), PARAMCD="PFS")
    assert found["CNSR"] == 1
    assert found["EVNTDESC"].startswith("censored at last adequate scan")


def test_a_death_ends_survival() -> None:
    adtte = course(100, 100, follow_up={"death": "2024-12-31"})
    found = record(adtte, PARAMCD="OS")
    assert (found["CNSR"], found["AVAL"]) == (0, 366)


def test_a_responder_has_a_time_to_response_and_its_duration() -> None:
    adtte = course(100, 60, 60, 90)
    to_response = record(adtte, PARAMCD="TTR")
    assert (to_response["AVAL"], to_response["ADT"]) == (57, dt.date(2024, 2, 26))
    duration = record(adtte, PARAMCD="DOR")
    assert duration["STARTDT"] == to_response["ADT"]
    assert (duration["CNSR"], duration["ADT"]) == (0, dt.date(2024, 6, 17))


def test_a_patient_who_did_not_respond_has_no_duration() -> None:
    adtte = course(100, 100, 100)
    assert {one["PARAMCD"] for one in records(adtte)} == {"OS", "PFS", "LPFS"}


def test_the_liver_has_times_of_its_own() -> None:
    seen = (
        {"T1": {"mm": 50}, "T2": {"mm": 50}},
        {"T1": {"mm": 30}, "T2": {"mm": 90}},
        {"T1": {"mm": 30}, "T2": {"mm": 90}},
    )
    adtte = tables_of(
        lesions=[LIVER, LUNG], timepoints=visits(*({"target": one} for one in seen))
    )["ADTTE"]
    assert record(adtte, PARAMCD="PFS")["CNSR"] == 0
    assert record(adtte, PARAMCD="LPFS")["CNSR"] == 1
    assert record(adtte, PARAMCD="LTTR")["AVAL"] == 57
    assert not records(adtte, PARAMCD="TTR")


def test_another_first_event_is_neither_event_nor_censoring() -> None:
    seen = (
        {"T1": {"mm": 50}, "T2": {"mm": 50}},
        {"T1": {"mm": 50}, "T2": {"mm": 90}},
    )
    subject = subject_of_findings(
        findings(
            lesions=[LIVER, LUNG], timepoints=visits(*({"target": one} for one in seen))
        )
    )
    competing = TrialSettings.model_validate({"liver_progression": "competes"})
    (*_, adtte) = datasets([subject], competing)
    assert record(adtte, PARAMCD="LPFS")["CNSR"] == 2
    (*_, adtte) = datasets([subject])
    assert record(adtte, PARAMCD="LPFS")["CNSR"] == 1


@pytest.mark.parametrize(
    ("parts", "timed"),
    [
        ({}, True),
        ({"reference_date": None}, False),
        ({"reference_date": None, "treatment": [{"date": "2024-01-01"}]}, True),
    ],
)
def test_times_are_counted_from_the_reference_or_the_first_treatment(
    parts: dict[str, Any], timed: bool
) -> None:
    assert bool(course(100, 100, **parts).rows) is timed


def test_days_without_any_date_have_no_times() -> None:
    seen = [
        {"id": "BL", "day": -12, "target": {"T1": {"mm": 50}}},
        {"id": "TP1", "day": 56, "target": {"T1": {"mm": 50}}},
    ]
    assert not tables_of(reference_date=None, timepoints=seen)["ADTTE"].rows


def test_one_date_with_its_day_gives_the_reference() -> None:
    seen = [
        {"id": "BL", "day": -12, "date": "2023-12-20", "target": {"T1": {"mm": 50}}},
        {"id": "TP1", "day": 56, "target": {"T1": {"mm": 50}}},
    ]
    adtte = tables_of(reference_date=None, timepoints=seen)["ADTTE"]
    assert record(adtte, PARAMCD="PFS")["STARTDT"] == dt.date(2024, 1, 1)


def test_a_follow_up_that_cannot_be_is_refused() -> None:
    with pytest.raises(FindingsError, match="death"):
        course(100, 100, follow_up={"death": "2024-01-20"})


def test_each_endpoint_has_a_code_and_a_text() -> None:
    adtte = course(100, 60, 60)
    assert {one["PARAMCD"]: one["PARAM"] for one in records(adtte)} == PARAMETERS
