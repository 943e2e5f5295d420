"""Patients who differ by nothing but what the files of one of them lack.

Sites fill in a birth date late, or a system leaves it out. By themselves such patients
stay apart; a person who knows better says that they are one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.dicom.header.slice_header import PatientKey, SliceHeader
    from recist_tool.dicom.scan.series import Series

WRITTEN: Final = (
    "PatientID (0010,0020)",
    "PatientBirthDate (0010,0030)",
    "PatientName (0010,0010)",
)
"""The fields of a `PatientKey`, as people write them."""
FEWEST_SHARED: Final = 2
"""Of these fields have to be there, and the same, in both."""

Owned = TypeVar("Owned", "Series", "SliceHeader")


class Alike(NamedTuple):
    """Two patients who may be one.

    Attributes
    ----------
    fuller, other
        The second has nothing that the first has not.
    missing
        What it lacks, as people write it.
    """

    fuller: PatientKey
    other: PatientKey
    missing: tuple[str, ...]


def alike(people: Iterable[PatientKey]) -> tuple[Alike, ...]:
    """Return the patients who may be another one among them.

    One who may be several is not among the answers: nothing tells which.

    >>> from recist_tool.dicom.header.slice_header import PatientKey
    >>> whole = PatientKey("7", "19600101", "doe")
    >>> (one,) = alike([whole, whole._replace(birth_date="")])
    >>> one.missing
    ('PatientBirthDate (0010,0030)',)
    """
    found: defaultdict[PatientKey, list[Alike]] = defaultdict(list)
    known = sorted(set(people))
    lacking = [one for one in known if not all(one)]
    for fuller, other in product(known, lacking):
        if fuller != other and (missing := _missing(fuller, other)) is not None:
            found[other].append(Alike(fuller, other, missing))
    return tuple(every[0] for every in found.values() if len(every) == 1)


def _missing(fuller: PatientKey, other: PatientKey) -> tuple[str, ...] | None:
    """Return what one lacks of another; None where they differ in more."""
    shared = [one for one, its in zip(fuller, other, strict=True) if one and one == its]
    lacking = [
        name
        for name, one, its in zip(WRITTEN, fuller, other, strict=True)
        if one and not its
    ]
    agree = all(one == its or not its for one, its in zip(fuller, other, strict=True))
    return tuple(lacking) if agree and len(shared) >= FEWEST_SHARED else None


def taken_as(people: Iterable[Alike]) -> dict[PatientKey, PatientKey]:
    """Return by the patients who lack something whom they are taken as."""
    return {one.other: one.fuller for one in people}


def as_one(owned: Iterable[Owned], people: Iterable[Alike]) -> tuple[Owned, ...]:
    """Return images or series, those of patients who are one given to the fuller.

    Parameters
    ----------
    people
        Who is meant to be one.
    """
    taken = taken_as(people)
    return tuple(
        replace(one, patient=taken[one.patient]) if one.patient in taken else one
        for one in owned
    )
