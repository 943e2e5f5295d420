"""Lesions that merged or fell apart: what TU and TR call them at one visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.course.checks import host
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from recist_tool.cdisc.subject import SubjectRead
    from recist_tool.model.findings import FindingsLesion, FindingsTimepoint


class Link(NamedTuple):
    """One thing that can be measured at a visit.

    Attributes
    ----------
    id
        ``T02``, or ``T02/T03`` for lesions that merged.
    lesion
        The lesion whose finding holds the measurement.
    joined
        The lesions that merged into it.
    """

    id: str
    lesion: FindingsLesion
    joined: tuple[FindingsLesion, ...] = ()

    @property
    def joins_other_roles(self) -> bool:
        """Whether a non-target is part of a target."""
        return any(one.role is not self.lesion.role for one in self.joined)


def links_at(reading: SubjectRead, seen: FindingsTimepoint) -> list[Link]:
    """Return the baseline lesions as they are at one visit, in their order."""
    lesions = reading.findings.lesions
    hosts = {one.id: host(seen, one.id) for one in lesions}
    return [
        _link(
            reading,
            lesion,
            tuple(
                one
                for one in lesions
                if one.id != lesion.id and hosts[one.id] == lesion.id
            ),
        )
        for lesion in lesions
        if hosts[lesion.id] == lesion.id
    ]


def part_id(link_id: str, number: int) -> str:
    """Return the name of one part of a lesion that fell apart, from 1.

    >>> part_id("T04", 2)
    'T04.2'
    """
    return f"{link_id}.{number}"


def _link(
    reading: SubjectRead, lesion: FindingsLesion, joined: tuple[FindingsLesion, ...]
) -> Link:
    members = {lesion.id, *(one.id for one in joined)}
    names = [one.id for one in reading.findings.lesions if one.id in members]
    return Link(reading.link_id("/".join(names)), lesion, joined)


def group_of(role: LesionRole) -> str:
    """Return ``TARGET``, ``NON-TARGET`` or ``NEW``.

    >>> group_of(LesionRole.NON_TARGET)
    'NON-TARGET'
    """
    return role.value.replace("_", "-").upper()
