"""The answers that a case file holds, beside those that follow from its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from pydantic_core import from_json, to_json

from recist_tool.app.answers import Answers
from recist_tool.errors import BrokenJournalError, Fault
from recist_tool.store.rules_mark import written_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from recist_tool.store.casefile import CaseFile

    _Both = tuple[Mapping[str, Any], Mapping[str, Any]]

_WORDING: Final = frozenset(["reason", "citation", "messages", "settings", "id"])
"""What says an answer, or under which conventions, and is none."""
_ABSENT: Final = "nothing"


class OtherAnswer(NamedTuple):
    """One answer of a case file that does not follow from its case.

    Attributes
    ----------
    place
        Reader, criteria and where among the answers: ``overall, TP1, sum_mm``.
    written, found
        What the file says, and what today's rules answer; ``nothing`` where one of
        them does not answer there.
    """

    place: tuple[str, ...]
    written: str
    found: str

    def __str__(self) -> str:
        """Return it as one line, both answers in it."""
        reader, *path = self.place
        where = ", ".join((f"read of {reader}", *path))
        return f"{where}: the file says {self.written}, today's rules {self.found}"


def other_answers(saved: CaseFile) -> tuple[OtherAnswer, ...]:
    """Return which answers of a case file today's rules would not give.

    Where other rules wrote the file, only what is an answer is compared, and only what
    they answered: later rules say more, and in other words. What the program fails at
    today is left out, `Answer.failed` says it.

    Raises
    ------
    BrokenJournalError
        If the same rules wrote the file: somebody else changed the answers then.
    """
    is_ours = saved.written_by == written_by()
    today = cast("dict[str, Any]", _plain(Answers().after(saved.case).written()))
    found = tuple(_differing(saved.assessments, today, (), is_ours=is_ours))
    if is_ours and found:
        raise BrokenJournalError.of(_tampered(one) for one in found)
    return found


def _tampered(one: OtherAnswer) -> Fault:
    return Fault(
        "assessments",
        f"were changed outside this program: {one}",
        "Restore the file from a copy, or open the case and change anything: its "
        "answers are written anew",
    )


def _differing(
    written: Mapping[str, Any],
    found: Mapping[str, Any],
    place: tuple[str, ...],
    *,
    is_ours: bool,
) -> Iterator[OtherAnswer]:
    if "fault" in written or "fault" in found:
        return
    for key in dict.fromkeys((*written, *found)):
        if not is_ours and (key in _WORDING or key not in written):
            continue
        mine, other = written.get(key, _ABSENT), found.get(key, _ABSENT)
        if both := _mappings(mine, other):
            yield from _differing(*both, (*place, key), is_ours=is_ours)
        elif mine != other:
            yield OtherAnswer((*place, key), _told(mine), _told(other))


def _mappings(mine: object, other: object) -> _Both | None:
    if isinstance(mine, dict) and isinstance(other, dict):
        return cast("_Both", (mine, other))
    return None


def _told(value: object) -> str:
    return value if isinstance(value, str) else to_json(value).decode()


def _plain(value: object) -> object:
    """Return what JSON makes of a value: as it was written, so it is compared."""
    return from_json(to_json(value))
