"""``recist verify``: whether a case follows from its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.app.answers import Answers
from recist_tool.cli.screen import screen
from recist_tool.store.casefile import load_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from recist_tool.model.case import Case


def run(cases: Sequence[Path]) -> int:
    """Print one line for each case that holds; the first that does not is an error."""
    console = screen()
    for path in cases:
        loaded = load_case(path)
        count = len(loaded.journal.entries)
        head = loaded.journal.entries[-1].entry_hash
        console.print(
            f"{path.name}: {count} journal entries, chain whole, case follows "
            f"(head {head[:12]})",
            soft_wrap=True,
        )
        if loaded.behind:
            console.print(
                f"  the case file lacks the last {loaded.behind} entries: a crash "
                "left them in the journal; opening the case brings it up to date",
                soft_wrap=True,
            )
        if loaded.journal.torn:
            console.print(
                f"  {len(loaded.journal.torn)} bytes of a write that a crash cut off "
                "follow; opening the case sets them aside",
                soft_wrap=True,
            )
        for line in _failed(loaded.case):
            console.print(f"  {line}", soft_wrap=True)
    return 0


def _failed(case: Case) -> Iterator[str]:
    """Return which reads the program fails to judge; the case is sound all the same."""
    answers = Answers().after(case)
    for read in case.reads:
        answer = answers[read.reader_id]
        unread = answer.problems if answer.is_unreadable else ()
        for fault in (*unread, *answer.failed.values()):
            yield f"read of {read.reader_id}: {fault}"
