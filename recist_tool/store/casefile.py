"""The case file (JSON): rewritten atomically, and checked against its journal."""

from __future__ import annotations

import contextlib
import json
import re
import uuid
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from recist_tool.errors import (
    BrokenJournalError,
    CaseFileError,
    StorageError,
)
from recist_tool.limits import read_text
from recist_tool.model.audit import AuditEntry, replay
from recist_tool.model.case import Case
from recist_tool.model.record import Record
from recist_tool.store.journal import (
    entries_follow,
    read_journal,
    sync_file,
    sync_folder,
)
from recist_tool.store.rules_mark import written_by
from recist_tool.store.text import plain_utf8
from recist_tool.store.validation import faults_of, refuse_newer

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from recist_tool.store.journal import JournalContent

SCHEMA_VERSION = 1
CASE_SUFFIX = ".case.json"
"""What the name of every case file ends with."""
JOURNAL_SUFFIX = ".journal.jsonl"
LEFT_OVER = re.compile(r"\..+\.[0-9a-f]{32}")
"""Names of files that were being written when a process ended."""


class JournalHead(Record):
    """How far the journal had come when the case file was written."""

    entries: int = Field(ge=1)
    head: str


class CaseFile(Record):
    """A case on disk.

    Attributes
    ----------
    written_by
        The program and the mark of its rules.
    assessments
        Sums and responses by reader and criteria (the JSON of ``recist assess``), as
        computed when the file was written: for people and scripts that read the file.
        This program computes them anew from `case`.
    """

    format: Literal["recist_case"] = "recist_case"
    schema_version: Literal[1] = SCHEMA_VERSION
    written_by: str = ""
    journal: JournalHead
    case: Case
    assessments: dict[str, Any] = Field(default_factory=dict)


class LoadedCase(NamedTuple):
    """A case that follows from its journal.

    Attributes
    ----------
    behind
        How many entries the case file lacked: those a crash left in the journal alone.
    """

    case: Case
    journal: JournalContent
    behind: int


def journal_path(case_path: Path) -> Path:
    """Return where the journal of a case file lies."""
    return case_path.with_name(
        case_path.name.removesuffix(CASE_SUFFIX) + JOURNAL_SUFFIX
    )


def read_case_file(path: Path) -> CaseFile:
    """Return a case file, not yet held against its journal.

    Raises
    ------
    CaseFileError
        Naming every field that does not fit.
    NewerSchemaError
        If a newer version wrote it.
    StorageError
        If it cannot be read.
    """
    try:
        text = plain_utf8(read_text(path))
    except FileNotFoundError:
        raise StorageError.at(path.name, "there is no such file") from None
    except OSError as error:
        raise StorageError.at(path.name, f"cannot be read ({error.strerror})") from None
    _check_version(path, text)
    try:
        return CaseFile.model_validate_json(text)
    except ValidationError as error:
        raise CaseFileError.of(faults_of(error, path.name)) from None


def load_case(case_path: Path) -> LoadedCase:
    """Return a case, replayed from its journal, that its file agrees with.

    A case file that lags behind its journal is what a crash leaves; the journal is the
    truth then. Anything else that does not agree is refused.

    Raises
    ------
    BrokenJournalError
        If the chain does not hold or the case does not follow from the journal.
    CaseFileError, NewerSchemaError, StorageError
        As `read_case_file`.
    """
    journal = read_journal(journal_path(case_path))
    entries = journal.entries
    if not case_path.exists() and entries:
        return LoadedCase(replay(entries), journal, len(entries))
    saved = read_case_file(case_path)
    head = saved.journal
    if not entries_follow(entries, head.entries, head.head):
        raise BrokenJournalError.at(
            case_path.name,
            f"its journal does not hold entry {head.entries} as it was written from",
            "Restore both files from a copy",
        )
    if replay(entries[: head.entries]) != saved.case:
        raise BrokenJournalError.at(
            case_path.name,
            "does not follow from its journal: it was changed outside this program",
            "Restore it from a copy, or move it away: the journal rebuilds it",
        )
    return LoadedCase(replay(entries), journal, len(entries) - head.entries)


def write_case_file(
    path: Path,
    case: Case,
    entries: Sequence[AuditEntry],
    assessments: dict[str, Any],
) -> None:
    """Write a case so that at every moment a whole old or a whole new file is there.

    Parameters
    ----------
    entries
        All of the journal, the last one the head that the file names; at least one.
    assessments
        By reader and criteria, as ``recist assess --json`` tells them.

    Raises
    ------
    StorageError
        If the disk refuses; the old file stays.
    """
    content = CaseFile(
        written_by=written_by(),
        journal=JournalHead(entries=len(entries), head=entries[-1].entry_hash),
        case=case,
        assessments=assessments,
    )
    try:
        with replacing(path) as temporary:
            temporary.write_text(content.model_dump_json(indent=1) + "\n", "utf-8")
    except OSError as error:
        raise StorageError.at(
            path.name,
            f"cannot be written ({error.strerror}); the journal holds the change",
            "Free space or mend permissions",
        ) from None


@contextlib.contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Give the path to write to; the file takes its place when it is whole.

    A crash on the way leaves a file named as `LEFT_OVER` says.
    """
    # Not by tempfile: the case is to have the permissions that its folder gives.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            sync_file(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _check_version(path: Path, text: bytes) -> None:
    try:
        found = json.loads(text).get("schema_version", 0)
    except (ValueError, AttributeError, RecursionError):
        return  # the validation names what is wrong
    if isinstance(found, int):
        refuse_newer(path, found, SCHEMA_VERSION)
