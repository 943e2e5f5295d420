"""The journal is a chain, and the case follows from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import BrokenJournalError
from recist_tool.model.audit import (
    AuditEntry,
    as_read_back,
    check_chain,
    content_hash,
    next_entry,
    redoable,
    replay,
    undoable,
)
from recist_tool.model.commands import (
    AddLesion,
    AddTimepoint,
    CreateCase,
    LocateSeries,
    LockTimepoint,
    RecordFinding,
    Redo,
    StartRead,
    Undo,
)
from recist_tool.model.finding import Measured
from tests.builders import NOON, caliper, lesion, timepoint


def journal(*commands, by="reader"):
    entries = []
    start = (
        CreateCase(case_uid="2.25.1", subject_id="S-1"),
        StartRead(reader_id="reader"),
        AddTimepoint(timepoint=timepoint(0)),
    )
    for command in (*start, *commands):
        entries.append(next_entry(entries, command, by=by, at=NOON))
    return entries


def add(lesion_id):
    return AddLesion(reader_id="reader", lesion=lesion(lesion_id))


def contents(entries):
    return [json.loads(entry.model_dump_json()) for entry in entries]


def lesion_ids(entries):
    return [one.lesion_id for one in replay(entries).reads[0].lesions]


@pytest.mark.parametrize(
    "commands",
    [
        [CreateCase(case_uid="2.25.1", subject_id="")],
        [CreateCase(case_uid="2.25.1", subject_id="S-1"), StartRead(reader_id="")],
    ],
)
def test_a_journal_whose_case_is_no_record_is_broken_and_said_so_in_a_line(commands):
    entries = []
    for command in commands:
        entries.append(next_entry(entries, command, by="reader", at=NOON))
    number = len(entries)
    with pytest.raises(
        BrokenJournalError, match=f"entry {number}: cannot be"
    ) as broken:
        replay(entries)
    assert "\n" not in str(broken.value)


def test_an_entry_goes_on_as_it_is_read_back():
    precise = Measured(caliper=caliper(20), volume_ml="0.12345678901234567891")
    command = RecordFinding(
        reader_id="reader", lesion_id="T1", timepoint_id="BL", finding=precise
    )
    entry = next_entry([], command, by="reader", at=NOON)
    found = as_read_back(entry)
    assert found == AuditEntry.model_validate_json(entry.model_dump_json())
    assert found.command.finding.volume_ml != precise.volume_ml
    assert as_read_back(found) == found


def test_a_journal_replays_to_its_case():
    assert lesion_ids(journal(add("T1"), add("T2"))) == ["T1", "T2"]


def test_an_undone_entry_is_left_out_and_a_redone_one_comes_back():
    undone = journal(add("T1"), add("T2"), Undo(entry=5))
    assert lesion_ids(undone) == ["T1"]
    assert undoable(undone, "reader") == 4
    assert redoable(undone, "reader") == 5
    again = [*undone, next_entry(undone, Redo(entry=5), by="reader", at=NOON)]
    assert lesion_ids(again) == ["T1", "T2"]
    assert redoable(again, "reader") is None


def test_a_new_command_forgets_what_could_be_redone():
    entries = journal(add("T1"), Undo(entry=4), add("T2"))
    assert redoable(entries, "reader") is None
    assert undoable(entries, "reader") == 6


def test_undo_is_each_readers_own():
    entries = journal(add("T1"))
    entries.append(
        next_entry(entries, StartRead(reader_id="second"), by="second", at=NOON)
    )
    assert undoable(entries, "second") is None
    assert undoable(entries, "reader") == 4


def test_a_signature_is_not_undone():
    signed = LockTimepoint(
        reader_id="reader", timepoint_id="BL", signed_by="Dr R", at=NOON
    )
    assert undoable(journal(add("T1"), signed), "reader") is None


def test_undo_and_redo_pass_by_where_images_lie():
    located = LocateSeries(folders={"1.2": "/data"})
    entries = journal(add("T1"), located)
    assert undoable(entries, "reader") == 4
    undone = journal(add("T1"), located, Undo(entry=4), located)
    assert lesion_ids(undone) == []
    assert redoable(undone, "reader") == 4


def test_undoing_what_a_later_entry_rests_on_breaks_the_replay():
    found = RecordFinding(
        reader_id="reader",
        lesion_id="T1",
        timepoint_id="BL",
        finding=Measured(caliper=caliper(30)),
    )
    replay(journal(add("T1"), found))
    with pytest.raises(BrokenJournalError, match="entry 5"):
        replay(journal(add("T1"), found, Undo(entry=4)))


@pytest.mark.parametrize("command", [Undo(entry=1), Undo(entry=9), Redo(entry=4)])
def test_an_undo_or_redo_that_cannot_be_breaks_the_journal(command):
    with pytest.raises(BrokenJournalError):
        replay(journal(add("T1"), command))


def test_a_journal_that_does_not_begin_with_a_case_is_refused():
    with pytest.raises(BrokenJournalError, match="begin"):
        replay([])


@given(st.integers(0, 5), st.sampled_from(["drop", "swap", "reason", "by", "command"]))
def test_every_tampering_is_found_at_its_entry(position, kind):
    entries = journal(add("T1"), add("T2"), add("T3"), add("T4"))
    if kind == "drop":
        del entries[position]
    elif kind == "swap":
        entries[position], entries[position + 1] = (
            entries[position + 1],
            entries[position],
        )
    else:
        change = {"reason": "other", "by": "other", "command": add("T9")}[kind]
        entries[position] = entries[position].replaced(**{kind: change})
    with pytest.raises(BrokenJournalError, match=f"journal entry {position + 1}"):
        check_chain(contents(entries))


def test_an_entry_comes_back_from_json_as_it_went():
    for entry in journal(add("T1"), Undo(entry=4)):
        assert AuditEntry.model_validate_json(entry.model_dump_json()) == entry
    check_chain(contents(journal(add("T1"))))


def test_a_field_that_a_later_version_adds_does_not_break_an_old_journal():
    """The hash covers what was written, not what a record would write today."""
    written = contents(journal(add("T1")))
    del written[3]["command"]["lesion"]["blastic"]
    written[3]["entry_hash"] = content_hash(written[3])
    check_chain(written)
    assert AuditEntry.model_validate(written[3]).command.lesion.blastic is False
