"""Case file and journal: nothing is lost, nothing that does not follow is believed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from recist_tool.errors import (
    BrokenJournalError,
    CaseFileError,
    NewerSchemaError,
    StorageError,
)
from recist_tool.model.audit import next_entry, replay
from recist_tool.model.commands import AddTimepoint, CreateCase, StartRead
from recist_tool.store.casefile import (
    journal_path,
    load_case,
    read_case_file,
    write_case_file,
)
from recist_tool.store.journal import Journal, read_journal
from tests.builders import NOON, timepoint


@pytest.fixture
def entries():
    made = []
    for command in (
        CreateCase(case_uid="2.25.1", subject_id="S-1"),
        StartRead(reader_id="reader"),
        AddTimepoint(timepoint=timepoint(0)),
        AddTimepoint(timepoint=timepoint(1)),
    ):
        made.append(next_entry(made, command, by="reader", at=NOON))
    return made


@pytest.fixture
def case_path(tmp_path, entries):
    path = tmp_path / "S-1.case.json"
    journal = Journal(journal_path(path))
    for entry in entries:
        journal.append(entry)
    write_case_file(path, replay(entries), entries, {})
    return path


def rewrite(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_a_case_comes_back_as_it_was_written(case_path, entries):
    loaded = load_case(case_path)
    assert loaded.case == replay(entries)
    assert list(loaded.journal.entries) == entries
    assert loaded.behind == 0


def test_a_case_file_that_a_crash_left_behind_is_brought_up_from_the_journal(
    case_path, entries
):
    write_case_file(case_path, replay(entries[:2]), entries[:2], {})
    loaded = load_case(case_path)
    assert loaded.case == replay(entries)
    assert loaded.behind == 2


def test_a_case_file_that_is_gone_is_rebuilt_from_the_journal(case_path, entries):
    case_path.unlink()
    assert load_case(case_path).case == replay(entries)


def test_a_case_changed_outside_the_program_is_refused(case_path):
    rewrite(case_path, lambda file: file["case"].update(subject_id="S-2"))
    with pytest.raises(BrokenJournalError, match="does not follow from its journal"):
        load_case(case_path)


def test_a_journal_that_lost_its_end_is_refused(case_path):
    path = journal_path(case_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(BrokenJournalError, match="does not hold entry 4"):
        load_case(case_path)


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_journal_with_a_changed_line_is_refused_at_that_entry(case_path, line):
    path = journal_path(case_path)
    lines = path.read_text().splitlines(keepends=True)
    lines[line] = lines[line].replace('"reason":""', '"reason":"x"')
    path.write_text("".join(lines))
    with pytest.raises(
        BrokenJournalError,
        match=rf"\.journal\.jsonl, journal entry {line}: was changed",
    ):
        load_case(case_path)


def test_a_journal_line_that_is_no_entry_is_named(case_path):
    path = journal_path(case_path)
    path.write_bytes(path.read_bytes() + b'{"number": 5}\n')
    with pytest.raises(BrokenJournalError, match=r"entry 5, at: this field is missing"):
        load_case(case_path)


def test_a_missing_journal_is_named(case_path):
    journal_path(case_path).unlink()
    with pytest.raises(BrokenJournalError, match=r"S-1\.journal\.jsonl.*missing"):
        load_case(case_path)


def test_bytes_of_a_write_cut_off_by_a_crash_are_set_aside_and_the_rest_stays(
    case_path, entries
):
    path = journal_path(case_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"number":5,"at":"2024')
    content = read_journal(path)
    assert list(content.entries) == entries
    aside = Journal(path).set_torn_aside(content)
    assert aside.read_bytes() == b'{"number":5,"at":"2024'
    assert path.read_bytes() == whole


@pytest.mark.parametrize("file", ["case", "journal"])
def test_a_file_of_a_newer_version_is_refused_by_name(case_path, file):
    path = case_path if file == "case" else journal_path(case_path)
    text = path.read_text().replace('"schema_version":1', '"schema_version":2')
    text = text.replace('"schema_version": 1', '"schema_version": 2')
    path.write_text(text)
    with pytest.raises(NewerSchemaError, match="Install a newer"):
        load_case(case_path)


def test_unknown_and_missing_fields_are_all_named_at_once(case_path):
    def spoil(file):
        file["case"]["tumour"] = 1
        del file["case"]["subject_id"]
        file["colour"] = "red"

    rewrite(case_path, spoil)
    with pytest.raises(CaseFileError) as refused:
        read_case_file(case_path)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert any("case.tumour: unknown field" in line for line in lines)
    assert any("case.subject_id: this field is missing" in line for line in lines)
    assert any(", colour: unknown field" in line for line in lines)


def test_faults_do_not_repeat_the_values_they_found(case_path):
    rewrite(case_path, lambda file: file["case"].update(reference_date="DOE^JANE"))
    with pytest.raises(CaseFileError) as refused:
        read_case_file(case_path)
    assert "DOE" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "[]", "{", "null", "not json", '{"a": 1}'])
def test_what_is_no_case_file_is_refused_in_lines_that_name_it(tmp_path, content):
    path = tmp_path / "x.case.json"
    path.write_text(content)
    with pytest.raises(CaseFileError, match=r"x\.case\.json"):
        read_case_file(path)


def test_a_full_disk_refuses_an_entry_and_keeps_the_journal_whole(entries):
    full = Journal.__new__(Journal)
    full.path = Path("/dev/full")
    with pytest.raises(StorageError, match=r"No space left.*not recorded"):
        full.append(entries[0])


def test_a_failed_write_leaves_the_old_case_file_and_no_scraps(
    case_path, entries, monkeypatch
):
    before = case_path.read_bytes()

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="the journal holds the change"):
        write_case_file(case_path, replay(entries), entries, {"x": {}})
    assert case_path.read_bytes() == before
    assert sorted(one.name for one in case_path.parent.iterdir()) == [
        "S-1.case.json",
        "S-1.journal.jsonl",
    ]


def test_a_failed_append_leaves_the_journal_as_it_was(case_path, entries, monkeypatch):
    path = journal_path(case_path)
    before = path.read_bytes()

    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match="Input/output error"):
        Journal(path).append(entries[0])
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
def test_json_nested_without_end_is_refused(case_path, opened):
    content = case_path.read_bytes()
    case_path.write_bytes(content.replace(b'"case": ', b'"case": ' + opened * 200_000))
    with pytest.raises(CaseFileError):
        load_case(case_path)


def test_a_journal_whose_header_is_nested_without_end_is_refused(case_path):
    journal = journal_path(case_path)
    journal.write_bytes(b"[" * 200_000 + b"\n" + journal.read_bytes())
    with pytest.raises(BrokenJournalError, match="is not the header of a journal"):
        load_case(case_path)


def test_a_journal_of_an_infinite_version_is_refused(case_path):
    journal = journal_path(case_path)
    text = journal.read_text().replace('"schema_version": 1', '"schema_version": 1e999')
    journal.write_text(text)
    with pytest.raises(BrokenJournalError, match="is not the header of a journal"):
        load_case(case_path)


def test_a_field_that_would_command_a_terminal_is_not_printed_as_it_is(case_path):
    rewrite(case_path, lambda content: content.update({"\x1b[2J\x7f": 1}))
    with pytest.raises(CaseFileError) as refused:
        load_case(case_path)
    assert all(str(fault).isprintable() for fault in refused.value.faults)
