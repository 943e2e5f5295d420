"""Which lesion the controls act upon: the chosen one, or the next new one. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.reading.current_read import NewLesion
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.reading.current_read import CurrentRead


def role_words(role: LesionRole) -> str:
    """Return a role as the reader's word for it."""
    return role.value.replace("_", "-")


NAME_MARK = ","
"""What parts an organ from a name, typed in one go: ``liver, segment VII``."""


class LesionDraft(NamedTuple):
    """What the form shows and changes.

    Attributes
    ----------
    lesion_id
        The chosen lesion; None where the next new one is described.
    """

    lesion_id: str | None
    described: NewLesion

    @property
    def heading(self) -> str:
        """Name the lesion that is acted upon."""
        if self.lesion_id is None:
            return "New lesion"
        return self.lesion_id


def subject_of(reading: CurrentRead) -> LesionDraft:
    """Return what the form acts upon."""
    lesion = reading.lesion
    if lesion is None:
        return LesionDraft(None, reading.new_lesion)
    known = NewLesion(lesion.role, lesion.organ, lesion.name, lesion.nodal)
    return LesionDraft(lesion.lesion_id, known)


def describe(reading: CurrentRead, wanted: NewLesion) -> None:
    """Change the lesion that the form acts upon.

    The organ of the chosen lesion is that of the next new one too: lesions of one organ
    are mostly drawn one after the other.
    """
    subject = subject_of(reading)
    if subject.lesion_id is None:
        reading.describe(wanted)
        return
    before = subject.described
    changes = {
        name: value
        for name, value in wanted._asdict().items()
        if value != getattr(before, name)
    }
    if not changes:
        return
    lesion, lesion_id = reading.chosen(), subject.lesion_id
    if "role" in changes:
        reading.attempt(lambda: reading.change_role(lesion, wanted.role))
        return
    done = reading.attempt(lambda: reading.revise(lesion_id, **changes))
    if not done and changes.get("nodal"):
        reading.retry_later(lesion_id, changes)
    if done:
        reading.describe(
            reading.new_lesion._replace(organ=wanted.organ, nodal=wanted.nodal)
        )


def caliper_words(reading: CurrentRead, *, splitting: bool) -> str:
    """Return what the next caliper on bare image is going to be."""
    lesion = reading.subject()
    if splitting and reading.lesion_id is not None:
        return f"a part of {reading.lesion_id}"
    if lesion is not None:
        anew = "again: " if reading.again == lesion.lesion_id else ""
        return f"{anew}{lesion.lesion_id} {lesion.organ} {lesion.name}".strip()
    if not reading.takes_caliper():
        return "nothing: Space or W"
    new = reading.new_lesion
    word = "lesion" if new.role is LesionRole.NEW else role_words(new.role)
    return f"a new {word}, {new.organ}"


def organ_and_name(text: str) -> tuple[str, str | None]:
    """Return the organ, and the name where one was typed behind it.

    >>> organ_and_name("Liver, segment VII")
    ('liver', 'segment VII')
    >>> organ_and_name("lung")
    ('lung', None)
    >>> organ_and_name(", segment VII")
    ('', 'segment VII')
    """
    organ, mark, name = text.partition(NAME_MARK)
    return organ.strip().lower(), name.strip() if mark else None


def in_order(organs: Sequence[str], used: Sequence[str]) -> list[str]:
    """Return the organs of the protocol, then others that this read has.

    Each keeps its place, and with it its digit, through the whole read.
    """
    return list(dict.fromkeys([*organs, *used]))
