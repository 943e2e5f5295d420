"""Every worked patient as tables: identified, linked, and summing to what it should."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recist_tool.cdisc import subject_of_findings
from recist_tool.model.findings import Findings
from tests.report.cdisc_reads import records, tables

DATA = Path(__file__).parents[1] / "vectors" / "data"
NOT_EXISTING = {"SAXIS", "NEWLRESP", "SUMNADIR", "ACBSD"}


def patients() -> list[Any]:
    found = []
    for name in ("04_patient_cases_recist11", "05_liver_specific_cases"):
        cases = json.loads((DATA / f"{name}.json").read_text("utf-8"))["cases"]
        for case in cases:
            known = {key: case[key] for key in case if key in Findings.model_fields}
            found.append(pytest.param(known, case["expected"], id=case["id"]))
    return found


@pytest.fixture
def made(given: dict[str, Any]) -> dict[str, Any]:
    return tables(subject_of_findings(Findings.model_validate(given)))


@pytest.mark.parametrize(("given", "expected"), patients())
def test_the_diameters_that_count_add_up_to_the_sum(
    made: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    sites = {one["TULNKID"]: one["TULOC"] for one in records(made["TU"])}
    answers = expected.get("overall", expected)["timepoints"]
    for name, answer in answers.items():
        at = {"VISIT": name, "TRGRPID": "TARGET"}
        counted = [
            one["TRSTRESN"]
            for one in records(made["TR"], **at)
            if one["TRLNKID"] is not None
            and one["TRTESTCD"]
            == ("LPERP" if sites[one["TRLNKID"]] == "LYMPH NODE" else "LDIAM")
        ]
        totals = records(made["TR"], TRTESTCD="SUMDIAM", **at)
        if answer.get("sum_mm") is None:
            assert all(one["TRSTAT"] == "NOT DONE" for one in totals)
        else:
            (total,) = totals
            assert total["TRSTRESN"] == sum(counted, Decimal(0))
            assert float(total["TRSTRESN"]) == pytest.approx(answer["sum_mm"])


@pytest.mark.parametrize(("given", "expected"), patients())
def test_the_responses_are_the_expected_ones(
    made: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    scopes = {"OVRLRESP": expected.get("overall", expected)}
    if "overall" in expected:
        scopes["LIVRRESP"] = expected["liver"]
    for test, scope in scopes.items():
        found = {
            one["VISIT"]: one["RSSTRESC"] for one in records(made["RS"], RSTESTCD=test)
        }
        answers = {} if scope is None else scope["timepoints"]
        told = {name: one["overall"] for name, one in answers.items()}
        # A liver that never had a lesion is not assessed at all.
        never = test == "LIVRRESP" and set(told.values()) == {"NED"}
        assert found == ({} if never else told)


@pytest.mark.parametrize(("given", "expected"), patients())
def test_every_measurement_is_of_an_identified_lesion(
    made: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    identified = [one["TULNKID"] for one in records(made["TU"])]
    measured = {one["TRLNKID"] for one in records(made["TR"])} - {None}
    assert measured <= set(identified)
    assert len(identified) == len(set(identified))


@pytest.mark.parametrize(("given", "expected"), patients())
def test_no_word_appears_that_does_not_exist(
    made: dict[str, Any], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    words = {
        cell for table in made.values() for row in table.rows for cell in row if cell
    }
    assert not words & NOT_EXISTING
