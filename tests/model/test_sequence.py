"""A sequential read: each visit is signed before anything is recorded at the next."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import CommandRefused, SequenceRefused
from recist_tool.model.audit import next_entry, replay
from recist_tool.model.case import Case, Read
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    ClearFinding,
    ClearUptake,
    ClearVolumes,
    Command,
    CreateCase,
    LockTimepoint,
    OverrideResponse,
    RecordFinding,
    RecordUptake,
    RecordVolumes,
    RemoveLesion,
    ReviseLesion,
    SetProtocol,
    StartRead,
    Undo,
    UnlockTimepoint,
    WithdrawOverride,
)
from recist_tool.model.finding import NonTargetSeen
from recist_tool.model.override import VisitOverride
from recist_tool.model.pet import PetScan
from recist_tool.model.protocol import Protocol
from recist_tool.model.sequence import (
    visit_to_sign_before_opening,
    visit_to_sign_first,
    visits_reached,
)
from recist_tool.terms import LesionRole, Response, Scope
from tests.builders import NOON, case, lesion, timepoint

if TYPE_CHECKING:
    from recist_tool.model.audit import AuditEntry
    from recist_tool.model.commands import CaseCommand

SEQUENTIAL = Protocol(sequential=True)
NON_TARGET = lesion("NT1", role=LesionRole.NON_TARGET)
VISITS = ("BL", "TP1", "TP2")


def new_at(timepoint_id: str, lesion_id: str = "NL1") -> AddLesion:
    new = lesion(lesion_id, role=LesionRole.NEW, first_seen=timepoint_id)
    return AddLesion(reader_id="reader", lesion=new)


def record(timepoint_id: str) -> RecordFinding:
    return RecordFinding(
        reader_id="reader",
        lesion_id="NT1",
        timepoint_id=timepoint_id,
        finding=NonTargetSeen(),
    )


def uptake(timepoint_id: str) -> RecordUptake:
    pet = PetScan(uptake_minutes=Decimal(60))
    return RecordUptake(reader_id="reader", timepoint_id=timepoint_id, pet=pet)


def volumes(timepoint_id: str) -> RecordVolumes:
    return RecordVolumes(
        reader_id="reader", timepoint_id=timepoint_id, volumes_ml={"liver": Decimal(9)}
    )


def override(timepoint_id: str) -> OverrideResponse:
    said = VisitOverride(
        timepoint_id=timepoint_id,
        scope=Scope.OVERALL,
        response=Response.SD,
        reason="ascites",
    )
    return OverrideResponse(reader_id="reader", override=said)


def sign(timepoint_id: str) -> LockTimepoint:
    return LockTimepoint(
        reader_id="reader", timepoint_id=timepoint_id, signed_by="Dr R", at=NOON
    )


def unlock(timepoint_id: str) -> UnlockTimepoint:
    return UnlockTimepoint(
        reader_id="reader", timepoint_id=timepoint_id, reason="a query"
    )


RECORDING = (record, uptake, volumes, override, sign, new_at)


def after(*commands: CaseCommand, protocol: Protocol = SEQUENTIAL) -> Case:
    found = AddLesion(reader_id="reader", lesion=NON_TARGET).apply(
        case(3).replaced(protocol=protocol)
    )
    for command in commands:
        found = command.apply(found)
    return found


def only_read(found: Case) -> Read:
    return found.reads[0]


@pytest.mark.parametrize("recording", RECORDING)
def test_nothing_is_recorded_at_a_visit_before_the_one_before_is_signed(
    recording,
) -> None:
    with pytest.raises(SequenceRefused) as refusal:
        recording("TP1").apply(after())
    assert str(refusal.value) == (
        "TP1: BL is not signed yet, and this read is sequential. Sign BL first"
    )
    with pytest.raises(SequenceRefused, match="TP2: TP1 is not signed yet"):
        recording("TP2").apply(after(sign("BL")))
    recording("TP1").apply(after(sign("BL")))
    recording("BL").apply(after())


@pytest.mark.parametrize("recording", RECORDING)
def test_a_read_that_is_not_sequential_records_at_any_visit(recording) -> None:
    recording("TP2").apply(after(protocol=Protocol()))


def test_the_signature_of_another_reader_opens_nothing() -> None:
    both = StartRead(reader_id="other").apply(after(sign("BL")))
    with pytest.raises(SequenceRefused):
        record("TP1").replaced(reader_id="other", lesion_id="NT1").apply(
            AddLesion(reader_id="other", lesion=NON_TARGET).apply(both)
        )
    record("TP1").apply(both)


def test_a_new_lesion_is_not_moved_to_a_visit_that_is_not_reached() -> None:
    found = after(sign("BL"), new_at("TP1"))
    later = new_at("TP2").lesion
    with pytest.raises(SequenceRefused):
        ReviseLesion(reader_id="reader", lesion=later).apply(found)
    named = new_at("TP1").lesion.replaced(name="dome")
    ReviseLesion(reader_id="reader", lesion=named).apply(found)


def test_an_unlocked_visit_is_signed_again_before_a_later_one_goes_on() -> None:
    found = after(sign("BL"), record("TP1"), unlock("BL"))
    with pytest.raises(SequenceRefused, match="BL is not signed"):
        uptake("TP1").apply(found)
    signed = sign("BL").apply(record("BL").apply(found))
    assert sign("TP1").apply(uptake("TP1").apply(signed)).reads[0].locked("TP1")


def test_what_spans_an_unlocked_and_later_visits_is_corrected_in_any_order() -> None:
    signed = after(record("BL"), sign("BL"), record("TP1"), sign("TP1"))
    both = unlock("TP1").apply(unlock("BL").apply(signed))
    organ = NON_TARGET.replaced(organ="lung")
    ReviseLesion(reader_id="reader", lesion=organ).apply(both)
    RemoveLesion(reader_id="reader", lesion_id="NT1").apply(both)
    sign("TP1").apply(sign("BL").apply(both))


def test_a_visit_that_was_seen_opens_again_and_others_wait() -> None:
    found = after(sign("BL"), record("TP1"), unlock("BL"))
    read = only_read(found)
    assert visit_to_sign_before_opening(found, read, "BL") is None
    assert visit_to_sign_before_opening(found, read, "TP1") is None
    assert visit_to_sign_before_opening(found, read, "TP2") == "BL"
    assert visit_to_sign_first(found, read, "TP1") == "BL"


def journal(*commands: Command) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    start = (
        CreateCase(case_uid="2.25.1", subject_id="S-1", protocol=SEQUENTIAL),
        StartRead(reader_id="reader"),
        *(AddTimepoint(timepoint=timepoint(number)) for number in range(3)),
        AddLesion(reader_id="reader", lesion=NON_TARGET),
    )
    for command in (*start, *commands):
        entries.append(next_entry(entries, command, by="reader", at=NOON))
    return entries


@pytest.mark.parametrize("recording", RECORDING)
def test_a_journal_that_broke_the_sequence_replays_as_it_was_written(
    recording,
) -> None:
    found = replay(journal(recording("TP1"), record("TP2"), record("BL")))
    assert found.protocol == SEQUENTIAL
    assert only_read(found).finding("NT1", "TP2") == NonTargetSeen()
    assert only_read(found).finding("NT1", "BL") == NonTargetSeen()
    with pytest.raises(SequenceRefused):
        volumes("TP2").apply(found)


def test_what_was_recorded_out_of_turn_can_be_taken_back() -> None:
    entries = journal(record("TP1"), uptake("TP1"), volumes("TP1"), override("TP1"))
    found = replay(entries)
    for command in (
        ClearFinding(reader_id="reader", lesion_id="NT1", timepoint_id="TP1"),
        ClearUptake(reader_id="reader", timepoint_id="TP1"),
        ClearVolumes(reader_id="reader", timepoint_id="TP1"),
        WithdrawOverride(reader_id="reader", timepoint_id="TP1", scope=Scope.OVERALL),
    ):
        found = command.apply(found)
    assert visits_reached(only_read(found)) == set()
    undo = next_entry(entries, Undo(entry=len(entries)), by="reader", at=NOON)
    assert only_read(replay([*entries, undo])).overrides == ()


def test_a_refusal_that_is_no_matter_of_sequence_still_breaks_a_journal() -> None:
    again = AddLesion(reader_id="reader", lesion=NON_TARGET)
    with pytest.raises(CommandRefused, match="of this name exists"):
        again.apply(after())
    with pytest.raises(Exception, match="cannot be replayed"):
        replay(journal(again))


def test_a_protocol_made_sequential_later_leaves_what_was_recorded() -> None:
    entries = journal(
        SetProtocol(protocol=Protocol()),
        record("TP2"),
        SetProtocol(protocol=SEQUENTIAL),
    )
    found = replay(entries)
    with pytest.raises(SequenceRefused):
        record("TP2").apply(found)
    assert only_read(found).finding("NT1", "TP2") == NonTargetSeen()


moves = st.lists(
    st.tuples(
        st.sampled_from((record, uptake, volumes, override, sign, unlock)),
        st.sampled_from(VISITS),
    ),
    max_size=25,
)


@given(moves)
def test_no_order_of_acts_breaks_the_sequence_or_comes_to_a_dead_end(acts) -> None:
    entries = journal()
    for act, visit in acts:
        before, command = replay(entries), act(visit)
        try:
            command.apply(before)
        except CommandRefused:
            continue
        earlier = VISITS[: VISITS.index(visit)]
        assert act is unlock or all(map(only_read(before).locked, earlier))
        entries.append(next_entry(entries, command, by="reader", at=NOON))
    found = replay(entries)
    for visit in VISITS:
        if not only_read(found).locked(visit):
            found = sign(visit).apply(record(visit).apply(found))
    assert all(map(only_read(found).locked, VISITS))
