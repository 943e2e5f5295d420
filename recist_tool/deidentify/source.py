"""The elements of a data set as they stand in the file, before anything reads them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.datadict import dictionary_has_tag, dictionary_VR

from recist_tool.deidentify.encode import Element
from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import decoded
from recist_tool.dicom.header.parse import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydicom.dataelem import DataElement, RawDataElement
    from pydicom.dataset import Dataset

ONE_VALUE: Final = frozenset(["LT", "ST", "UR", "UT"])
NUMBERS: Final = {
    "US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "FD": 8, "AT": 4, "UV": 8, "SV": 8,
}  # fmt: skip
"""Bytes of each of their values."""
CODES: Final = {
    "UL": "L", "SL": "l", "UV": "Q", "SV": "q", "FL": "f", "FD": "d",
}  # fmt: skip
"""How those are packed that can hold an identifier."""


class SourceDataSet(NamedTuple):
    """A data set, or an item of a sequence.

    Attributes
    ----------
    dataset
        As pydicom reads it.
    found
        Its elements, each with its bytes; sequences may be read already.
    charset
        In which its text is written.
    """

    dataset: Dataset
    found: Mapping[int, DataElement | RawDataElement]
    charset: str

    @classmethod
    def of(cls, dataset: Dataset, charset: str = "") -> SourceDataSet:
        """Return a data set; its character set is that around it, if it has none."""
        # all at once: pydicom converts some elements when it converts others
        found = {int(tag): dataset.get_item(tag) for tag in sorted(dataset.keys())}
        bare = cls(dataset, found, charset)
        own = bare.text(tags.SPECIFIC_CHARACTER_SET)
        return bare._replace(charset=own or charset)

    def items(self, tag: int) -> Iterator[SourceDataSet]:
        """Yield the items of a sequence."""
        for item in self.dataset[tag].value or ():
            yield SourceDataSet.of(item, self.charset)

    def texts(self, tag: int) -> list[str]:
        """Return the values of a text without the spaces around them.

        What is no text in the file, or not there, has no values.
        """
        value = getattr(self.found.get(tag), "value", None)
        if not isinstance(value, bytes) or not value:
            return []
        text = decoded(value, self.charset)
        if dictionary_has_tag(tag) and dictionary_VR(tag) in ONE_VALUE:
            return [text.strip()]
        return [part.strip(" \0") for part in text.split("\\")]

    def text(self, tag: int) -> str:
        """Return all values of a text, joined by backslashes."""
        return "\\".join(self.texts(tag))

    def numbers(self, element: Element) -> tuple[float, ...]:
        """Return the values of an element of binary numbers."""
        size, code = NUMBERS[element.vr], CODES.get(element.vr)
        if code is None or not isinstance(element.value, bytes):
            return ()
        order = "<" if self.dataset.original_encoding[1] is not False else ">"
        count = len(element.value) // size
        return struct.unpack(f"{order}{count}{code}", element.value)

    def binary(self, tag: int, vr: str) -> Element | None:
        """Return numbers or bytes as they are; None if they are not of that VR."""
        element = self.found[tag]
        value, choices = element.value, vr.split(" or ")
        written = element.VR or choices[0]  # the file does not say it where implicit
        if not isinstance(value, bytes) or written not in choices:
            return None
        if len(value) % NUMBERS.get(written, 1):
            return None
        encapsulated = getattr(element, "length", 0) == UNDEFINED
        return Element(tag, written, value, encapsulated)
