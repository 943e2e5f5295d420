"""One data set without identity: each attribute by its row, or by its VR."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.uid import UID

from recist_tool.deidentify import codes, dates, words
from recist_tool.deidentify.encode import Element
from recist_tool.deidentify.kept import (
    BULK,
    DISTINCTIONS,
    DROPPED_GROUPS,
    LABELS,
    NEVER,
    TEXTS,
    is_of_the_body,
)
from recist_tool.deidentify.numbers import are_identifiers, is_identifier
from recist_tool.deidentify.private import creator_tag, safe_private
from recist_tool.deidentify.source import NUMBERS
from recist_tool.deidentify.table import Action, action_of, basic_action, row_of
from recist_tool.dicom.header import tags

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.deidentify.pseudonyms import Pseudonyms
    from recist_tool.deidentify.source import SourceDataSet

STRINGS: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM")
) | {"UC", "UI", "UR", "UT"}
DICOM_UID: Final = re.compile(r"1\.2\.840\.10008(?:\.\d{1,8}){1,10}")
WORDY: Final = frozenset(["CS", "LO", "LT", "SH", "ST", "UC", "UT"])
LONGEST: Final = {"SH": 16, "CS": 16, "LO": 64}
NOTHING: Final = {
    "DA": "19000101",
    "TM": "000000",
    "DT": "19000101000000",
    "DS": "0",
    "IS": "0",
    "AS": "000Y",
}
"""Values that say nothing; NONE for all other text."""


class Person(NamedTuple):
    """Who takes the place of the patient.

    Attributes
    ----------
    subject_id
        In place of name and PatientID.
    shift_days
        By which dates move.
    numbers
        In what identifies, as `numbers.numbers_in` has them: they stay in no element.
    """

    subject_id: str
    shift_days: int
    numbers: frozenset[str] = frozenset()


class Plan(NamedTuple):
    """What is done to an attribute, and what if nothing of its value may stay."""

    action: Action
    otherwise: Action

    @classmethod
    def of(cls, tag: int, vr: str) -> Plan:
        """Return what the profile asks for; by the VR where it says nothing."""
        row = row_of(tag)
        if row is None and is_of_the_body(tag):
            return cls(Action.REMOVE, Action.REMOVE)
        if row is None:  # many an IOD asks for some text there
            return cls(Action.BY_VR, Action.DUMMY if vr in WORDY else Action.EMPTY)
        action = action_of(row)
        if action in (Action.WORDS, Action.SHIFT):
            return cls(action, basic_action(row))
        return cls(action, Action.EMPTY if action is Action.BY_VR else action)


class Cleaner:
    """Cleans the data sets of one patient."""

    def __init__(self, pseudonyms: Pseudonyms, person: Person) -> None:
        self._pseudonyms = pseudonyms
        self._person = person
        self._by_vr: dict[str, Callable[[str], str]] = {
            "UI": self._uid,
            "DA": lambda text: dates.shifted_date(text, person.shift_days),
            "DT": lambda text: dates.shifted_datetime(text, person.shift_days),
            "TM": dates.valid_time,
            "DS": self._number,
            "IS": self._number,
            "CS": words.term,
        }

    def cleaned(self, source: SourceDataSet) -> tuple[Element, ...]:
        """Return what may stay of a data set, or of an item of a sequence."""
        standard = (self._element(source, tag) for tag in source.found)
        private = (self._private(source, tag) for tag in source.found)
        return (
            *(element for element in standard if element is not None),
            *{element for pair in private for element in pair},
        )

    def _element(self, source: SourceDataSet, tag: int) -> Element | None:
        group = tag >> 16
        if group & 1 or group in DROPPED_GROUPS or tag in NEVER or not tag & 0xFFFF:
            return None
        if not dictionary_has_tag(tag):
            return None
        plan = Plan.of(tag, dictionary_VR(tag))
        return (
            None if plan.action is Action.REMOVE else self._planned(source, tag, plan)
        )

    def _planned(self, source: SourceDataSet, tag: int, plan: Plan) -> Element | None:
        vr = dictionary_VR(tag)
        if tag in (tags.PATIENT_NAME, tags.PATIENT_ID):
            return Element(tag, vr, self._person.subject_id.encode())
        if vr == "SQ":
            return self._sequence(source, tag, plan)
        if vr in STRINGS:
            return self._text(source, tag, plan)
        found = source.binary(tag, vr) if plan.action is Action.BY_VR else None
        if found is None or not (found.vr in NUMBERS or tag in BULK):
            return None
        values = () if tag in BULK else source.numbers(found)
        return None if are_identifiers(values, self._person.numbers) else found

    def _sequence(self, source: SourceDataSet, tag: int, plan: Plan) -> Element | None:
        if plan.action is Action.BY_VR:
            items = tuple(map(self._item, source.items(tag)))
            kept = tuple(item for item in items if item is not None)
            return Element(tag, "SQ", kept) if kept or not items else None
        return None if plan.otherwise is Action.REMOVE else Element(tag, "SQ", ())

    def _item(self, source: SourceDataSet) -> tuple[Element, ...] | None:
        """Return an item of a sequence; None if it is a code that cannot stay."""
        elements = self.cleaned(source)
        if codes.CODE_TAGS.isdisjoint(source.found):
            return elements
        code = codes.public_code(source)
        return None if code is None else (*elements, *code)

    def _text(self, source: SourceDataSet, tag: int, plan: Plan) -> Element | None:
        """Return an element of text; if nothing of it stays, what the profile says."""
        vr, values = dictionary_VR(tag), source.texts(tag)
        cleaned = self._cleaning(tag, vr, plan.action)
        kept = [cleaned(value)[: LONGEST.get(vr)] for value in values]
        if vr == "CS" and tag not in DISTINCTIONS:
            kept = list(filter(None, kept))
        if any(kept):
            return Element(tag, vr, "\\".join(kept).encode())
        if plan.otherwise is Action.REMOVE:
            return None
        dummy = plan.otherwise is Action.DUMMY and any(values)
        return Element(tag, vr, NOTHING.get(vr, "NONE").encode() if dummy else b"")

    def _cleaning(self, tag: int, vr: str, action: Action) -> Callable[[str], str]:
        """Return what cleans each value of a text."""
        if tag in LABELS:
            return self._short_label if vr == "SH" else self._label
        if tag in TEXTS:
            return words.harmless
        if tag in DISTINCTIONS:
            return self._kernel if tag == tags.CONVOLUTION_KERNEL else self._mark
        if tag == tags.TIMEZONE_OFFSET:
            return dates.valid_zone
        if action in (Action.EMPTY, Action.DUMMY, Action.WORDS):
            return _nothing
        return self._by_vr.get(vr, _nothing)

    def _label(self, text: str) -> str:
        """Return a label whose unknown words have one stand-in, together."""
        kept = words.harmless_label(text)
        return (
            kept if kept == text else f"{kept} {self._pseudonyms.token(text)}".strip()
        )

    def _short_label(self, text: str) -> str:
        kept = words.harmless_label(text)
        return kept if kept == text else self._pseudonyms.token(text)

    def _kernel(self, text: str) -> str:
        if not text or words.is_kernel(text):
            return text
        return self._pseudonyms.token(text)

    def _mark(self, text: str) -> str:
        known = not text or words.is_term(text) or words.is_small_number(text)
        return text if known else self._pseudonyms.token(text)

    def _number(self, text: str) -> str:
        """Return a number, unless somebody or something is known by it."""
        number = words.number(text)
        return "" if number and is_identifier(number, self._person.numbers) else number

    def _uid(self, uid: str) -> str:
        """Return the stand-in of a UID, but for those that PS3.6 registers."""
        if not uid or (DICOM_UID.fullmatch(uid) and UID(uid).name != uid):
            return uid
        return self._pseudonyms.uid(uid)

    def _private(self, source: SourceDataSet, tag: int) -> tuple[Element, ...]:
        """Return a safe private element and its creator; nothing of any other."""
        home = creator_tag(tag)
        if not tag >> 16 & 1 or home & 0xFFFF < 0x10:
            return ()
        safe = safe_private(tag, source.text(home))
        if safe is None:
            return ()
        value = self._by_vr[safe.vr](source.text(tag)).encode()
        creator = Element(home, "LO", safe.creator.encode())
        return (creator, Element(tag, safe.vr, value)) if value else ()


def _nothing(_: str) -> str:
    return ""
