"""Writing a data set, element by element: nothing gets into it that was not put there.

PS3.5 chapter 7 (data sets and sequences), PS3.10 chapter 7 (file meta information).
"""

from __future__ import annotations

import zlib
from struct import pack
from typing import Final, NamedTuple, TypeAlias

from recist_tool.dicom.header.parse import (
    DEFLATED_LE,
    EXPLICIT_BE,
    HAS_LONG_LENGTH,
    IMPLICIT_LE,
    ITEM,
    MARK,
    MARK_AT,
    SEQUENCE_END,
    UNDEFINED,
)

Value: TypeAlias = "bytes | tuple[tuple[Element, ...], ...]"

IMPLEMENTATION_UID: Final = "2.25.225278608743474774852403937525313943436"
IMPLEMENTATION_NAME: Final = "RECIST_TOOL"
MOST_SHORT: Final = 0xFFFF
PADDED_BY_ZERO: Final = frozenset({"UI", "OB", "UN"})


class Element(NamedTuple):
    """One element to write.

    Attributes
    ----------
    value
        As bytes, in the byte order of the file; or the items of a sequence.
    is_encapsulated
        Whether the bytes are items of compressed pixels.
    """

    tag: int
    vr: str
    value: Value
    is_encapsulated: bool = False


class ElementSyntax(NamedTuple):
    """How elements are written: with their VR or without; the order of bytes."""

    explicit: bool
    order: str

    def number(self, value: int) -> bytes:
        """Return an unsigned number of four bytes."""
        return pack(f"{self.order}L", value)

    def tag(self, tag: int) -> bytes:
        """Return a tag."""
        return pack(f"{self.order}HH", tag >> 16, tag & 0xFFFF)


EXPLICIT: Final = ElementSyntax(explicit=True, order="<")


def part_10(elements: tuple[Element, ...], transfer_syntax: str) -> bytes:
    """Return a file (PS3.10): an empty preamble, new meta information, the elements."""
    syntax = ElementSyntax(
        transfer_syntax != IMPLICIT_LE, ">" if transfer_syntax == EXPLICIT_BE else "<"
    )
    body = b"".join(_parts(elements, syntax))
    if transfer_syntax == DEFLATED_LE:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = packer.compress(body) + packer.flush()
        body += b"\0" * (len(body) % 2)
    return bytes(MARK_AT) + MARK + _meta(elements, transfer_syntax) + body


def _meta(elements: tuple[Element, ...], transfer_syntax: str) -> bytes:
    found = {element.tag: element.value for element in elements}
    values = (
        Element(0x0002_0001, "OB", b"\0\1"),
        Element(0x0002_0002, "UI", _bytes(found.get(0x0008_0016, b""))),
        Element(0x0002_0003, "UI", _bytes(found.get(0x0008_0018, b""))),
        Element(0x0002_0010, "UI", transfer_syntax.encode()),
        Element(0x0002_0012, "UI", IMPLEMENTATION_UID.encode()),
        Element(0x0002_0013, "SH", IMPLEMENTATION_NAME.encode()),
    )
    written = b"".join(_parts(values, EXPLICIT))
    length = Element(0x0002_0000, "UL", EXPLICIT.number(len(written)))
    return b"".join(_parts((length,), EXPLICIT)) + written


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def _parts(elements: tuple[Element, ...], syntax: ElementSyntax) -> list[bytes]:
    """Return the bytes of elements in pieces: head and value by turns."""
    parts: list[bytes] = []
    for element in sorted(elements, key=lambda one: one.tag):
        value = _written(element, syntax)
        length = UNDEFINED if element.is_encapsulated else len(value)
        parts += [_head(element, length, syntax), value]
        if element.is_encapsulated:
            parts.append(syntax.tag(SEQUENCE_END) + syntax.number(0))
    return parts


def _written(element: Element, syntax: ElementSyntax) -> bytes:
    if isinstance(element.value, tuple):
        return b"".join(_item(item, syntax) for item in element.value)
    if len(element.value) % 2 == 0 or element.is_encapsulated:
        return element.value
    return element.value + (b"\0" if element.vr in PADDED_BY_ZERO else b" ")


def _item(elements: tuple[Element, ...], syntax: ElementSyntax) -> bytes:
    value = b"".join(_parts(elements, syntax))
    return syntax.tag(ITEM) + syntax.number(len(value)) + value


def _head(element: Element, length: int, syntax: ElementSyntax) -> bytes:
    tag = syntax.tag(element.tag)
    if not syntax.explicit:
        return tag + syntax.number(length)
    vr = element.vr.encode()
    if HAS_LONG_LENGTH[vr]:
        return tag + vr + bytes(2) + syntax.number(length)
    if length > MOST_SHORT:  # PS3.5, 6.2.2: too long for its own VR
        return tag + b"UN" + bytes(2) + syntax.number(length)
    return tag + vr + pack(f"{syntax.order}H", length)
