"""The audit trail: who did what, when and why, chained by hashes."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import math
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from pydantic import AwareDatetime, Field, ValidationError

from recist_tool.errors import (
    BrokenJournalError,
    CommandRefused,
    SequenceRefused,
    unforeseen,
)
from recist_tool.model.commands import (
    AddTimepoint,
    AttachSeries,
    Command,
    CreateCase,
    DetachSeries,
    LocateSeries,
    LockTimepoint,
    PlaceSeries,
    Redo,
    RemoveTimepoint,
    ReviseTimepoint,
    StartRead,
    Undo,
    UnlockTimepoint,
)
from recist_tool.model.record import GrownRecord
from recist_tool.model.signature import SignedVisit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recist_tool.model.case import Case
    from recist_tool.model.commands import CaseCommand

_REGISTRATION = (
    AddTimepoint,
    ReviseTimepoint,
    RemoveTimepoint,
    AttachSeries,
    DetachSeries,
    PlaceSeries,
    LocateSeries,
)
"""What a reader's undo passes by: which visits and images there are is no reading.

A mistake there is mended by a command of its own, with a reason.
"""

_NEVER_UNDONE = (CreateCase, StartRead, LockTimepoint, UnlockTimepoint)

NO_HASH = "0" * 64
"""What the first entry of a journal gives as the hash before it."""


class AuditEntry(GrownRecord):
    """One line of the journal.

    Attributes
    ----------
    number
        1 for the first entry, and so on without a gap.
    by
        Reader who gave the command.
    previous_hash, entry_hash
        SHA-256 in hex; `entry_hash` covers all other fields.
    clock_behind_s
        By how many seconds the clock stood before the latest time in the journal: it
        was set back. 0, and then not written, where it did not.
    outdates
        The signatures under answers that this entry changed; not written where there
        are none.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"clock_behind_s", "outdates"})

    number: int = Field(ge=1)
    at: AwareDatetime
    by: str = Field(min_length=1)
    reason: str = ""
    command: Command
    previous_hash: str = Field(min_length=64, max_length=64)
    entry_hash: str = Field(min_length=64, max_length=64)
    clock_behind_s: float = Field(default=0.0, ge=0.0, allow_inf_nan=False)
    outdates: tuple[SignedVisit, ...] = ()

    @property
    def latest(self) -> dt.datetime:
        """The latest time in the journal so far, as this entry says."""
        return self.at + dt.timedelta(seconds=self.clock_behind_s)


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the JSON content of an entry without its own hash.

    It is taken over what was written, with sorted keys and no spaces, so it depends
    neither on the layout of a file nor on fields that later versions add to records.
    """
    covered = {name: value for name, value in content.items() if name != "entry_hash"}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def next_entry(
    entries: Sequence[AuditEntry],
    command: Command,
    *,
    by: str,
    at: dt.datetime,
    reason: str = "",
    outdates: Sequence[SignedVisit] = (),
) -> AuditEntry:
    """Return the entry that would follow `entries`, with its hashes.

    Parameters
    ----------
    by
        ID of the reader who changes the case.
    at
        With its zone.
    reason
        Why, in the reader's words; may be empty.
    outdates
        The signatures under answers that the command changes.
    """
    draft = AuditEntry(
        number=len(entries) + 1,
        at=at,
        by=by,
        reason=reason,
        command=command,
        previous_hash=entries[-1].entry_hash if entries else NO_HASH,
        entry_hash=NO_HASH,
        clock_behind_s=_behind(entries[-1].latest, at) if entries else 0.0,
        outdates=tuple(outdates),
    )
    written = draft.model_dump(mode="json")
    return draft.replaced(entry_hash=content_hash(written))


def turned_back(entries: Sequence[AuditEntry]) -> list[tuple[AuditEntry, float]]:
    """Return the entries before whose time the clock was set back, and by how much, s.

    Also those of journals that do not say so themselves: earlier versions did not.
    """
    found: list[tuple[AuditEntry, float]] = []
    for before, entry in itertools.pairwise(entries):
        behind = entry.clock_behind_s or _behind(before.latest, entry.at)
        if behind and entry.at < before.at:
            found.append((entry, behind))
    return found


def as_read_back(entry: AuditEntry) -> AuditEntry:
    """Return an entry as it will be read from the line that is written of it.

    Numbers come back with as many digits as JSON keeps, so that who goes on with this
    entry has the same case as who replays the journal.

    Raises
    ------
    BrokenJournalError
        If the line would not be the entry: a number that JSON does not have, say.
    ValueError
        If there is no such line, or it cannot be read.
    """
    line = entry.model_dump_json()
    content = json.loads(line)
    found = AuditEntry.model_validate_json(line)
    is_same = entry == found  # where it is, no number was lost: none is looked for
    is_kept = content["entry_hash"] == content_hash(content)
    is_kept = is_kept and (is_same or _is_finite(entry.command.model_dump()))
    if not is_kept or found.model_dump_json() != line:
        raise BrokenJournalError.at(
            f"journal entry {entry.number}", "would not be read as it was written"
        )
    return entry if is_same else found  # 30.0 is 30, and is shown as it was


def duration(seconds: float) -> str:
    """Return how long something takes, in words.

    >>> duration(5_400.0), duration(0.25), duration(200_000)
    ('1 h 30 min', '0.25 s', '2 d 7 h')
    """
    for unit, size, part, step in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60)):
        if seconds >= size:
            whole, rest = divmod(int(seconds), size)
            return f"{whole} {unit} {rest // step} {part}"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.3g} s"


def _behind(latest: dt.datetime, at: dt.datetime) -> float:
    """Return by how much a time lies before another, s; 0 where it does not."""
    return max(0.0, (latest - at).total_seconds())


def _is_finite(value: object) -> bool:
    """Return whether all numbers in dumped records are ones that JSON has."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, cast("dict[str, object]", value).values()))
    if isinstance(value, list | tuple):
        return all(map(_is_finite, cast("Sequence[object]", value)))
    return True


def check_chain(contents: Sequence[Mapping[str, Any]]) -> None:
    """Check numbers and hashes of a journal.

    Parameters
    ----------
    contents
        The JSON of each entry as it was written.

    Raises
    ------
    BrokenJournalError
        Naming the first entry that does not follow from the one before it.
    """
    previous = NO_HASH
    for number, content in enumerate(contents, start=1):
        what = None
        if content["number"] != number:
            what = f"has number {content['number']}: an entry is missing or moved"
        elif content["previous_hash"] != previous:
            what = "does not follow from the entry before it"
        elif content["entry_hash"] != content_hash(content):
            what = "was changed after it was written"
        if what:
            raise BrokenJournalError.at(
                f"journal entry {number}", what, "Restore the journal from a copy"
            )
        previous = content["entry_hash"]


def active(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Return the entries that count, leaving out what was undone.

    Raises
    ------
    BrokenJournalError
        If an entry undoes or redoes what cannot be.
    """
    undone: set[int] = set()
    for entry in entries:
        command = entry.command
        if isinstance(command, Undo):
            if not _can_undo(entries, entry.number, command.entry, undone):
                _broken(entry, f"undoes entry {command.entry}, which it cannot")
            undone.add(command.entry)
        elif isinstance(command, Redo):
            if command.entry not in undone:
                _broken(entry, f"redoes entry {command.entry}, which was not undone")
            undone.remove(command.entry)
    return [
        entry
        for entry in entries
        if entry.number not in undone and not isinstance(entry.command, Undo | Redo)
    ]


def replay(entries: Sequence[AuditEntry]) -> Case:
    """Return the case that follows from a journal.

    Raises
    ------
    BrokenJournalError
        If the journal does not begin with a new case, or a command is refused. That a
        visit of a sequential read was not reached yet refuses none.
    """
    if not entries or not isinstance(entries[0].command, CreateCase):
        raise BrokenJournalError.at(
            "journal", "does not begin with a new case", "Restore it from a copy"
        )
    entry = entries[0]
    try:
        case = entries[0].command.begin()
        for entry in active(entries)[1:]:
            command = entry.command
            assert not isinstance(command, Undo | Redo)  # noqa: S101 - active() left them out
            case = _applied(command, case)
    except CommandRefused as refusal:
        _broken(entry, f"cannot be replayed: {refusal}")
    except ValidationError as error:
        _broken(entry, f"cannot be replayed: {unforeseen(error)}")
    return case


def undoable(entries: Sequence[AuditEntry], by: str) -> int | None:
    """Return the number of the entry that `by` would undo next, or None.

    A signature is a barrier: it is taken back by unlocking with a reason, not by undo.
    """
    own = [entry for entry in active(entries) if _may_be_meant(entry, by)]
    if not own or isinstance(own[-1].command, _NEVER_UNDONE):
        return None
    return own[-1].number


def redoable(entries: Sequence[AuditEntry], by: str) -> int | None:
    """Return the number of the entry that `by` would redo next, or None.

    A new command of the same reader forgets what could be redone, as in any editor.
    """
    stack: list[int] = []
    for entry in entries:
        if not _may_be_meant(entry, by):
            continue
        if isinstance(entry.command, Undo):
            stack.append(entry.command.entry)
        elif isinstance(entry.command, Redo):
            stack.pop()
        else:
            stack.clear()
    return stack[-1] if stack else None


def _applied(command: CaseCommand, case: Case) -> Case:
    """Apply a command that was accepted once.

    Versions before this one let scripts record at a visit of a sequential read before
    its turn. A journal is never rewritten, so what it holds stays; whoever records now
    is held to the sequence.
    """
    try:
        return command.apply(case)
    except SequenceRefused:
        sequential = case.protocol
        free = sequential.model_copy(update={"sequential": False})
        changed = command.apply(case.model_copy(update={"protocol": free}))
        return changed.model_copy(update={"protocol": sequential})


def _may_be_meant(entry: AuditEntry, by: str) -> bool:
    """Return whether undo and redo look at an entry: not at what is registered."""
    return entry.by == by and not isinstance(entry.command, _REGISTRATION)


def _can_undo(
    entries: Sequence[AuditEntry], at: int, number: int, undone: set[int]
) -> bool:
    if not 1 < number < at or number in undone:
        return False
    return not isinstance(entries[number - 1].command, Undo | Redo)


def _broken(entry: AuditEntry, what: str) -> NoReturn:
    raise BrokenJournalError.at(
        f"journal entry {entry.number}", what, "Restore the journal from a copy"
    )
