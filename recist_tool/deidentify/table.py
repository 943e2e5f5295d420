"""Table E.1-1 of PS3.15 as data, and what its options make of each attribute."""

from __future__ import annotations

import csv
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_PRIVATE: Final = "odd,any"
CHARACTERISTICS: Final = frozenset(
    {tags.PATIENT_SEX, tags.PATIENT_SIZE, tags.PATIENT_WEIGHT}
)
"""What SUV and SUL are computed from; the other characteristics are removed."""


class Action(Enum):
    """What becomes of an attribute."""

    REMOVE = "removed"
    EMPTY = "kept without its value"
    DUMMY = "given a value that says nothing"
    UID = "given another UID, always the same one"
    SHIFT = "moved by the days of its patient"
    WORDS = "kept as far as its words are known ones"
    BY_VR = "kept where its value is of its kind"


class ProfileRow(NamedTuple):
    """One row of Table E.1-1: action codes of the profile and of its options.

    Attributes
    ----------
    tag
        ``gggg,eeee`` in hexadecimal digits; ``x`` stands for any digit.
    basic
        Of the Basic Profile: X, Z, D, U, or several of them.
    dates, descriptors, patient, private, uids, device, institution, structured,
    graphics
        Of an option: C (clean), K (keep) or empty.
    """

    tag: str
    name: str
    basic: str
    dates: str
    descriptors: str
    patient: str
    private: str
    uids: str
    device: str
    institution: str
    structured: str
    graphics: str


@cache
def rows() -> tuple[ProfileRow, ...]:
    """Return the table, row by row."""
    text = files(__package__ or "").joinpath("profile.tsv").read_text("utf-8")
    lines = csv.reader(text.splitlines(), delimiter="\t")
    next(lines)
    return tuple(ProfileRow(*line) for line in lines)


@cache
def _by_tag() -> Mapping[int, ProfileRow]:
    return {
        int(row.tag.replace(",", ""), 16): row
        for row in rows()
        if "x" not in row.tag and row.tag != ANY_PRIVATE
    }


@cache
def _repeating() -> Mapping[str, ProfileRow]:
    return {row.tag: row for row in rows() if "x" in row.tag}


def row_of(tag: int) -> ProfileRow | None:
    """Return the row of an attribute that is not private; None if there is none."""
    if found := _by_tag().get(tag):
        return found
    for pattern, row in _repeating().items():
        written = f"{tag >> 16:04x},{tag & 0xFFFF:04x}"
        if all(a in ("x", b) for a, b in zip(pattern, written, strict=True)):
            return row
    return None


def action_of(row: ProfileRow) -> Action:
    """Return what the profile, with the options that are applied, does to a row."""
    if row.tag.replace(",", "") in _CHARACTERISTICS:
        return Action.BY_VR
    if row.dates:
        return Action.SHIFT
    if row.descriptors:
        return Action.WORDS
    return basic_action(row)


def basic_action(row: ProfileRow) -> Action:
    """Return what the Basic Profile alone does.

    Where it leaves a choice for the sake of conformance (``X/Z/D``), the last one
    conforms in every IOD.
    """
    return _BASIC[row.basic.rsplit("/", 1)[-1]]


_CHARACTERISTICS: Final = frozenset(f"{tag:08x}" for tag in CHARACTERISTICS)
_BASIC: Final = {
    "X": Action.REMOVE,
    "Z": Action.EMPTY,
    "D": Action.DUMMY,
    "U": Action.UID,
    "U*": Action.BY_VR,  # a sequence of references: their UIDs are what changes
}
