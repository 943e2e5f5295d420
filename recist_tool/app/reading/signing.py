"""Signing a visit, and what it still waits for. No Qt here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from recist_tool.errors import CommandRefused
from recist_tool.model.commands import LockTimepoint, UnlockTimepoint

if TYPE_CHECKING:
    from recist_tool.app.reading.current_read import CurrentRead

NAMED = 6
"""How many lesions that wait are named; of more, the number."""


def is_signed(reading: CurrentRead) -> bool:
    """Return whether this reader signed the open visit."""
    read, visit = reading.read, reading.timepoint_id
    return read is not None and visit is not None and read.locked(visit)


def require_unsigned(reading: CurrentRead) -> None:
    """Refuse to begin what a signed visit would not take.

    Raises
    ------
    CommandRefused
        If this reader signed the open visit.
    """
    if is_signed(reading):
        raise CommandRefused.at(
            reading.open_visit_id(), "is signed", "Open it again to change it"
        )


def visit_words(reading: CurrentRead) -> str:
    """Return what the open visit waits for, or who signed it."""
    read, visit = reading.read, reading.timepoint_id
    if read is None or visit is None:
        return ""
    for lock in read.locks:
        if lock.timepoint_id == visit:
            return f"{visit} is signed by {lock.signed_by}, {lock.at:%Y-%m-%d %H:%M}"
    waiting = [one.lesion_id for one in reading.expected()]
    if waiting:
        return f"{visit} waits for {_named(waiting)}"
    if not read.lesions:
        return f"{visit}: no lesion yet"
    return f"{visit} is complete"


def signature_meaning(reader_id: str, timepoint_id: str) -> str:
    """Return what a signature of a visit says; it stands in the journal beside it.

    >>> signature_meaning("reader-1", "TP1")
    'I, reader-1, have read TP1; findings and responses are mine, and final.'
    """
    return (
        f"I, {reader_id}, have read {timepoint_id}; findings and responses are mine, "
        "and final."
    )


def sign(reading: CurrentRead, name: str) -> None:
    """Sign the open visit: nothing of it changes any more.

    Parameters
    ----------
    name
        Under which it is signed; in a window that of the session's reader.

    Raises
    ------
    CommandRefused
        If it is signed already.
    """
    session, visit = reading.open_session(), reading.open_visit_id()
    session.do(
        LockTimepoint(
            reader_id=session.reader_id,
            timepoint_id=visit,
            signed_by=name,
            at=dt.datetime.now(dt.UTC),
        ),
        signature_meaning(session.reader_id, visit),
    )


def unlock(reading: CurrentRead, reason: str) -> None:
    """Open a signed visit again, for a reason that stays in the journal.

    Raises
    ------
    CommandRefused
        If it is not signed.
    """
    session = reading.open_session()
    session.do(
        UnlockTimepoint(
            reader_id=session.reader_id,
            timepoint_id=reading.open_visit_id(),
            reason=reason,
        )
    )


def _named(lesions: list[str]) -> str:
    if len(lesions) > NAMED:
        first = ", ".join(lesions[:NAMED])
        return f"{len(lesions)} lesions: {first} \N{HORIZONTAL ELLIPSIS}"
    return ", ".join(lesions)
