"""What commands require of a case; what is not met is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from recist_tool.errors import CommandRefused, SequenceRefused
from recist_tool.model.sequence import visit_to_sign_first

if TYPE_CHECKING:
    from recist_tool.model.case import Case, Read, Timepoint
    from recist_tool.model.lesion import Lesion


def refuse(where: str, what: str, remedy: str = "") -> NoReturn:
    """Raise `CommandRefused` for one fault.

    Parameters
    ----------
    where
        Reader, lesion or visit at fault; empty for the case.
    what, remedy
        As `RecistToolError.at` takes them.

    Raises
    ------
    CommandRefused
        Always.
    """
    raise CommandRefused.at(where, what, remedy)


def require_timepoint(case: Case, timepoint_id: str) -> Timepoint:
    """Return the timepoint of that id, or refuse."""
    found = case.timepoint(timepoint_id)
    if found is None:
        refuse(timepoint_id, "the case has no such timepoint")
    return found


def require_read(case: Case, reader_id: str) -> Read:
    """Return the read of that reader, or refuse."""
    found = case.read(reader_id)
    if found is None:
        refuse(reader_id, "this reader has no read in the case")
    return found


def require_lesion(read: Read, lesion_id: str) -> Lesion:
    """Return the lesion of that id, or refuse."""
    found = read.lesion(lesion_id)
    if found is None:
        refuse(lesion_id, "the read has no such lesion")
    return found


def require_unlocked(read: Read, timepoint_id: str) -> None:
    """Refuse where the reader signed that timepoint."""
    if read.locked(timepoint_id):
        refuse(
            timepoint_id,
            f"{read.reader_id} has locked this timepoint",
            "Unlock it, giving a reason",
        )


def require_signed_by_nobody(case: Case, timepoint_id: str) -> None:
    """Refuse where any reader signed that timepoint.

    Whose signature it is, is not said: reads may be blinded to each other.
    """
    if any(read.locked(timepoint_id) for read in case.reads):
        refuse(timepoint_id, "is signed", "It has to be unlocked, giving a reason")


def require_in_sequence(case: Case, read: Read, timepoint_id: str) -> None:
    """Refuse where the read is sequential and an earlier timepoint is not signed.

    Parameters
    ----------
    read
        Of the reader who wants to record.
    timepoint_id
        Where to record.

    Raises
    ------
    SequenceRefused
        Naming the visit to sign first.
    """
    first = visit_to_sign_first(case, read, timepoint_id)
    if first is not None:
        raise SequenceRefused.at(
            timepoint_id,
            f"{first} is not signed yet, and this read is sequential",
            f"Sign {first} first",
        )


def require_recordable(case: Case, read: Read, timepoint_id: str) -> None:
    """Refuse where there is no such timepoint, it is signed, or its turn has not come.

    What was recorded out of turn can still be taken back: that asks for less.

    Parameters
    ----------
    read
        Of the reader who wants to record.
    timepoint_id
        Where to record.

    Raises
    ------
    CommandRefused
        If there is no such timepoint, or it is signed.
    SequenceRefused
        If an earlier one has to be signed first.
    """
    require_timepoint(case, timepoint_id)
    require_unlocked(read, timepoint_id)
    require_in_sequence(case, read, timepoint_id)


def with_read(case: Case, read: Read) -> Case:
    """Return the case with that read in the place of the one before."""
    reads = tuple(
        read if one.reader_id == read.reader_id else one for one in case.reads
    )
    return case.replaced(reads=reads)
