"""A read that was typed and the same read drawn give the same answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.app.session import Session
from recist_tool.errors import CommandRefused, FindingsError
from recist_tool.model.case import Case, Read, VisitResponses
from recist_tool.model.commands import ClearResponses, LockTimepoint, RecordResponses
from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol
from recist_tool.model.read_findings import findings_of
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.terms import Criteria, Response
from recist_tool.trial.patient import as_json, assess
from recist_tool.trial.patient_result import patient_result
from tests import builders
from tests.app.drawn_reads import READER, commands_for
from tests.app.random_reads import chance_of, random_read, recorded_read

if TYPE_CHECKING:
    from pathlib import Path

seeds = st.integers(min_value=0, max_value=2**32)


def drawn(typed: Findings) -> Findings:
    """Return the findings of the same read, recorded command by command."""
    case = Case(
        case_uid="2.25.1",
        subject_id=typed.id,
        protocol=Protocol(settings=typed.settings),
        reads=(Read(reader_id=READER),),
    )
    for command in commands_for(typed):
        case = command.apply(case)
    found = findings_of(case, READER)
    assert found is not None
    return found


def answers(read: Findings) -> dict[str, Any]:
    """Return the answers by all criteria, or why there is none; and the endpoints."""
    found = {one.value: answer(read, one) for one in Criteria}
    result = patient_result(read, TrialSettings())
    endpoints = (result.course, result.overall, result.liver, result.os)
    return found | {"endpoints": repr(endpoints)}


def answer(read: Findings, criteria: Criteria) -> Any:
    try:
        return as_json(assess(read.replaced(criteria=criteria)))
    except FindingsError as error:
        return error.faults


@given(seed=seeds)
def test_a_typed_read_and_the_same_read_drawn_have_the_same_answers(seed: int) -> None:
    typed = Findings.model_validate(random_read(chance_of(seed)))
    assert answers(drawn(typed)) == answers(typed)


@given(seed=seeds)
def test_recorded_responses_stand_in_a_case_as_in_a_file(seed: int) -> None:
    typed = Findings.model_validate(recorded_read(chance_of(seed)))
    assert answers(drawn(typed)) == answers(typed)


def test_a_session_that_is_opened_again_has_the_answers_of_the_file(
    tmp_path: Path,
) -> None:
    for seed in range(3):
        typed = Findings.model_validate(random_read(chance_of(seed)))
        protocol = Protocol(settings=typed.settings)
        folder = tmp_path / str(seed)
        with Session.create(
            folder, subject_id=typed.id, reader_id=READER, protocol=protocol
        ) as session:
            for command in commands_for(typed):
                session.do(command)
            path = session.case_path
        with Session.open(path, reader_id=READER) as session:
            found = session.answer.findings
        assert found is not None
        assert answers(found) == answers(typed)


def test_a_node_at_a_site_that_the_trial_counts_as_liver_is_liver_in_a_case() -> None:
    node = {"id": "N1", "role": "target", "organ": "lymph node", "nodal": True}
    typed = Findings.model_validate(
        {
            "id": "S-1",
            "reference_date": "2024-01-01",
            "settings": {"hepatic_node_sites": ["hepatic hilum"]},
            "lesions": [node | {"note": "hepatic hilum"}],
            "timepoints": [
                {
                    "id": "BL",
                    "date": "2023-12-20",
                    "target": {"N1": {"mm": 20, "perpendicular_mm": 30}},
                },
                {
                    "id": "TP1",
                    "date": "2024-03-01",
                    "target": {"N1": {"mm": 12, "perpendicular_mm": 15}},
                },
            ],
        }
    )
    part = assess(drawn(typed)).liver
    assert part is not None
    assert part.timepoints["TP1"].overall is Response.PR


def recorded(overall: Response | None = None, liver: Response | None = None) -> Any:
    said = VisitResponses(timepoint_id="TP1", overall=overall, liver=liver)
    return RecordResponses(reader_id="reader", responses=said)


def test_recorded_responses_can_be_replaced_and_taken_back_until_signed() -> None:
    case = recorded(Response.PR).apply(builders.case())
    case = recorded(Response.SD, Response.PR).apply(case)
    [kept] = case.reads[0].recorded_responses
    assert (kept.overall, kept.liver) == (Response.SD, Response.PR)
    clear = ClearResponses(reader_id="reader", timepoint_id="TP1")
    assert clear.apply(case).reads[0].recorded_responses == ()
    with pytest.raises(CommandRefused, match="no response is recorded"):
        clear.apply(builders.case())
    signed = LockTimepoint(
        reader_id="reader", timepoint_id="TP1", signed_by="Dr R", at=builders.NOON
    ).apply(case)
    for command in (clear, recorded(Response.PR)):
        with pytest.raises(CommandRefused, match="locked"):
            command.apply(signed)
    with pytest.raises(ValueError, match="of the whole patient, of the liver, or both"):
        recorded()


def test_fields_that_say_nothing_are_not_written_so_earlier_versions_can_read() -> None:
    typed = Findings.model_validate(
        {
            "id": "S-1",
            "lesions": [{"id": "T1", "role": "target", "organ": "liver"}],
            "timepoints": [
                {
                    "id": "BL",
                    "date": "2024-01-01",
                    "target": {"T1": {"state": "split", "parts_mm": [20, 10]}},
                },
                {
                    "id": "TP1",
                    "date": "2024-03-01",
                    "new": [{"id": "NL1", "organ": "lung", "status": "definite"}],
                },
            ],
        }
    )
    said = [command.model_dump_json() for command in commands_for(typed)]
    kept = builders.case().model_dump_json()
    for name in ("target_scan_dates", "scan_date", "note", "recorded_responses"):
        assert f'"{name}"' not in kept
        assert not any(f'"{name}"' in one for one in said)
    [split] = [json.loads(one) for one in said if '"split"' in one]
    assert set(split["finding"]) == {"kind", "parts"}
