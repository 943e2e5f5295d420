"""What a change under a signature needs: a reason, told as its reader may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import CommandRefused, ReasonNeeded
from recist_tool.model.audit import active
from recist_tool.model.blinding import hides_other_reads
from recist_tool.model.commands import UnlockTimepoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.signatures import OutdatedSignature
    from recist_tool.model.audit import AuditEntry
    from recist_tool.model.case import Case


def reason_needed(
    outdated: Sequence[OutdatedSignature], case: Case, reader_id: str
) -> ReasonNeeded:
    """Return the refusal of a change without a reason, as that reader may be told it.

    Of what others signed nothing is said where the read is blinded.

    Parameters
    ----------
    outdated
        What the change would change; at least one.
    case, reader_id
        As it is, and who asks for the change.
    """
    lines = told(outdated, case, reader_id, proposed=True)
    what = "this changes signed answers: " + "; ".join(lines)
    if not lines:
        what = "what all reads of a case share changes with a reason only from here on"
    return ReasonNeeded.at("", what, "Give the reason")


def told(
    outdated: Sequence[OutdatedSignature],
    case: Case,
    reader_id: str,
    *,
    proposed: bool = False,
) -> list[str]:
    """Return what a reader is told of signatures, one sentence each.

    Parameters
    ----------
    outdated
        Of all readers; of others nothing is told where the read is blinded.
    case, reader_id
        Who is told.
    proposed
        Whether the change is not made yet.
    """
    hidden = hides_other_reads(case, reader_id)
    lines: list[str] = []
    for one in outdated:
        is_own = one.reader_id == reader_id
        if is_own or not hidden:
            words = one.proposed if proposed else str(one)
            lines.append(words if is_own else f"{one.reader_id}: {words}")
    return lines


def require_no_looser(before: Case, after: Case) -> None:
    """Refuse a change that would let readers see, or do, more than at first.

    Parameters
    ----------
    before, after
        The case without and with the change.

    Raises
    ------
    CommandRefused
        If a read has begun and the protocol would hide less, or not be sequential.
    """
    old, new = before.protocol, after.protocol
    if not before.reads or old is new:
        return
    shown = [one.value for one in old.blinded_to if one not in new.blinded_to]
    if shown:
        raise CommandRefused.at(
            "protocol",
            f"a read has begun in which {', '.join(shown)} are hidden",
            "Such a protocol may hide more, not less",
        )
    if old.sequential and not new.sequential:
        raise CommandRefused.at(
            "protocol",
            "a sequential read has begun",
            "It stays sequential to its end",
        )


def reopened_because(
    entries: Sequence[AuditEntry],
    case: Case,
    reader_id: str,
    outdated: Sequence[OutdatedSignature],
) -> str:
    """Return why a reader opened the visit again from which a change comes.

    Parameters
    ----------
    entries, case
        The journal, and the case that follows from it.
    outdated
        What a change of this reader's read would change.

    Returns
    -------
    For the journal; empty where no visit before them all is open again.
    """
    read = case.read(reader_id)
    order = [one.timepoint_id for one in case.timepoints]
    first = min(order.index(one.timepoint_id) for one in outdated)
    earlier = set(order[:first])
    for entry in reversed(active(entries)):
        command = entry.command
        if (
            isinstance(command, UnlockTimepoint)
            and command.reader_id == reader_id
            and command.timepoint_id in earlier
            and read is not None
            and not read.locked(command.timepoint_id)
        ):
            return f"{command.timepoint_id} opened again: {command.reason}"
    return ""
