"""The journal on disk: one line a change, appended and fsynced, never rewritten."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from recist_tool.errors import BrokenJournalError, StorageError
from recist_tool.limits import read_text
from recist_tool.model.audit import AuditEntry, check_chain
from recist_tool.store.validation import faults_of, refuse_newer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA_VERSION = 1
_HEADER = {"format": "recist_journal", "schema_version": SCHEMA_VERSION}
_RESTORE = "Restore the journal from a copy"


class JournalContent(NamedTuple):
    """What a journal file holds.

    Attributes
    ----------
    entries
        All whole entries; their chain was checked.
    torn
        Bytes after the last whole line: a write that a crash cut off, and that was
        therefore never confirmed to anybody. Empty as a rule.
    """

    entries: tuple[AuditEntry, ...]
    torn: bytes


def read_journal(path: Path) -> JournalContent:
    """Return the entries of a journal, with its chain checked.

    Raises
    ------
    BrokenJournalError
        If a line is not an entry, or the hash chain does not hold.
    NewerSchemaError
        If a newer version wrote it.
    StorageError
        If the file cannot be read.
    """
    try:
        content = read_text(path)
    except FileNotFoundError:
        raise BrokenJournalError.at(
            path.name, "the journal of this case is missing", _RESTORE
        ) from None
    except OSError as error:
        raise StorageError.at(path.name, f"cannot be read ({error.strerror})") from None
    *lines, torn = content.split(b"\n")
    if lines:
        _check_header(path, lines[0])
    entries = tuple(
        _entry(path, number, line) for number, line in enumerate(lines[1:], start=1)
    )
    _check_chain(path, lines[1:])
    return JournalContent(entries, torn)


class Journal:
    """A journal open for appending.

    Parameters
    ----------
    path
        The file; made, with its header, where it does not exist.

    Raises
    ------
    StorageError
        If the file cannot be made or opened for writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            self._write(json.dumps(_HEADER).encode() + b"\n")
            sync_folder(path.parent)

    def append(self, entry: AuditEntry) -> None:
        """Write an entry; when this returns, it is on the disk.

        Raises
        ------
        StorageError
            If it could not be written; the file is as it was before.
        """
        self._write(entry.model_dump_json().encode() + b"\n")

    def set_torn_aside(self, content: JournalContent) -> Path | None:
        """Move bytes that a crash left after the last whole line to a file beside.

        Returns
        -------
        Path of that file, or None where nothing was torn.
        """
        if not content.torn:
            return None
        aside = self.path.with_name(
            f"{self.path.name}.torn-after-{len(content.entries)}"
        )
        try:
            aside.write_bytes(content.torn)
            os.truncate(self.path, self.path.stat().st_size - len(content.torn))
        except OSError as error:
            raise _refused(self.path, error) from None
        return aside

    def _write(self, line: bytes) -> None:
        try:
            with self.path.open("ab") as file:
                before = file.tell()
                try:
                    file.write(line)
                    file.flush()
                    sync_file(file.fileno())
                except OSError:
                    file.truncate(before)
                    raise
        except OSError as error:
            raise _refused(self.path, error) from None


def entries_follow(entries: Sequence[AuditEntry], count: int, head: str) -> bool:
    """Return whether `head` is the hash of entry number `count` of a journal.

    Parameters
    ----------
    entries
        From the first on.
    count, head
        How many entries something was written after, and the hash of the last of them.
    """
    return 0 < count <= len(entries) and entries[count - 1].entry_hash == head


def sync_file(descriptor: int) -> None:
    """Let what was written outlive a power cut.

    On macOS fsync leaves it in the cache of the disk, and F_FULLFSYNC does not (Apple,
    fsync(2)); where a disk refuses that, fsync is what there is.
    """
    if sys.platform == "darwin":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name in `folder` survive a power cut."""
    if os.name != "posix":  # Windows neither needs nor allows it
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_header(path: Path, line: bytes) -> None:
    try:
        header = json.loads(line)
        version = int(header["schema_version"])
        known = header["format"] == _HEADER["format"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        known, version = False, 0
    if not known:
        raise BrokenJournalError.at(
            f"{path.name}, line 1", "is not the header of a journal", _RESTORE
        )
    refuse_newer(path, version, SCHEMA_VERSION)


def _entry(path: Path, number: int, line: bytes) -> AuditEntry:
    try:
        return AuditEntry.model_validate_json(line)
    except ValidationError as error:
        faults = faults_of(error, f"{path.name}, entry {number}")
        raise BrokenJournalError.of(faults) from None


def _check_chain(path: Path, lines: Sequence[bytes]) -> None:
    try:
        check_chain([json.loads(line) for line in lines])
    except BrokenJournalError as error:
        raise BrokenJournalError.of(
            fault._replace(where=f"{path.name}, {fault.where}")
            for fault in error.faults
        ) from None


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError.at(
        path.name,
        f"cannot be written ({error.strerror}); this change was not recorded",
        "Free space or mend permissions, and do it again",
    )
