"""``recist verify``: whether a case follows from its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.answers import Answers
from recist_tool.app.answers_check import other_answers
from recist_tool.app.signatures import Signatures
from recist_tool.cli.screen import screen
from recist_tool.errors import BrokenJournalError
from recist_tool.model.audit import duration, turned_back
from recist_tool.store.casefile import load_case, read_case_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recist_tool.store.casefile import LoadedCase


def run(cases: Sequence[Path]) -> int:
    """Print one line for each case that holds; the first that does not is an error.

    Raises
    ------
    CaseFileError, StorageError
        As `load_case`; also if the answers in the file are not those of its rules.
    """
    console = screen()
    for path in cases:
        loaded = load_case(path)
        answers = list(_answers(path))
        count = len(loaded.journal.entries)
        head = loaded.journal.entries[-1].entry_hash
        console.print(
            f"{path.name}: {count} journal entries, chain whole, case follows "
            f"(head {head[:12]})",
            soft_wrap=True,
        )
        lines = (
            *_left(loaded),
            *_clock(loaded),
            *answers,
            *_failed(loaded),
            *_outdated(loaded),
        )
        for line in lines:
            console.print(f"  {line}", soft_wrap=True)
    return 0


def _left(loaded: LoadedCase) -> Iterator[str]:
    """Return what a crash left behind."""
    if loaded.behind:
        yield (
            f"the case file lacks the last {loaded.behind} entries: a crash "
            "left them in the journal; opening the case brings it up to date"
        )
    if loaded.journal.torn:
        yield (
            f"{len(loaded.journal.torn)} bytes of a write that a crash cut off "
            "follow; opening the case sets them aside"
        )


def _clock(loaded: LoadedCase) -> Iterator[str]:
    """Return where the times in the journal run backwards."""
    for entry, behind in turned_back(loaded.journal.entries):
        said = "" if entry.clock_behind_s else ", which the journal does not say"
        yield (
            f"the clock was set back before entry {entry.number}: it stood "
            f"{duration(behind)} before the latest entry{said}"
        )


def _answers(path: Path) -> Iterator[str]:
    """Return what other rules answered when they wrote the file, and today's answer."""
    if not path.exists():  # the journal alone is left: there is nothing to hold to it
        return
    saved = read_case_file(path)
    try:
        others = other_answers(saved)
    except BrokenJournalError as error:
        raise BrokenJournalError.of(
            fault._replace(where=f"{path.name}, {fault.where}")
            for fault in error.faults
        ) from None
    if others:
        yield (
            f"its answers were written by other rules ({saved.written_by}); "
            "opening the case and changing it writes today's:"
        )
        yield from (f"  {one}" for one in others)


def _failed(loaded: LoadedCase) -> Iterator[str]:
    """Return which reads the program fails to judge; the case is sound all the same."""
    answers = Answers().after(loaded.case)
    for read in loaded.case.reads:
        answer = answers[read.reader_id]
        unread = answer.problems if answer.is_unreadable else ()
        for fault in (*unread, *answer.failed.values()):
            yield f"read of {read.reader_id}: {fault}"


def _outdated(loaded: LoadedCase) -> Iterator[str]:
    """Return the signatures under answers that have changed since, and by what."""
    entries = loaded.journal.entries
    for read in loaded.case.reads:
        for one in Signatures(read.reader_id).outdated(loaded.case, entries):
            why = ", ".join(
                f"entry {entry.number} ({entry.reason})"
                for entry in entries
                if one.key in entry.outdates
            )
            by = f" (signed before {why})" if why else ""
            yield f"read of {read.reader_id}: {one}{by}"
