"""Where the elements of a sound DICOM file lie: what structural mutations work on.

Written apart from the program's own parser, which is what is under test.
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from typing import NamedTuple, TypeAlias

LONG_VRS = set(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
VRS = LONG_VRS | set(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)
MOST = 5000  # elements of one file
PIXEL_DATA = 0x7FE00010
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
TRANSFER_SYNTAX = 0x00020010
IMPLICIT, BIG_ENDIAN = b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.2"
DEFLATED = b"1.2.840.10008.1.2.1.99"


SEQUENCES = {0x00041220, 0x00283000, 0x00289110, 0x00289145, 0x00540016} | {
    *(0x00209111, 0x00209113, 0x00209116, 0x52009229, 0x52009230),
}
"""Those that are walked into where no kind is written."""


class Element(NamedTuple):
    """An element, an item or a delimiter.

    `end` is where its value ends; `parent` is the tag it is in, 0 at the top.
    """

    tag: int
    vr: bytes
    begin: int
    length_at: int
    length_size: int
    value: int
    end: int
    parent: int


Found: TypeAlias = "list[Element]"


class View(NamedTuple):
    """A file with its data set inflated, and the elements in it."""

    data: bytes
    body: int
    order: str
    explicit: bool
    deflated: bool
    elements: tuple[Element, ...]

    def value(self, element: Element) -> bytes:
        return self.data[element.value : element.end]

    def sealed(self, data: bytes) -> bytes:
        """Return changed bytes as a file: deflated again where they were."""
        if not self.deflated:
            return data
        return data[: self.body] + deflated(data[self.body :])

    def head(self, tag: int, vr: bytes, length: int) -> bytes:
        """Return the head of an element of the data set."""
        o = self.order
        tagged = struct.pack(f"{o}HH", tag >> 16, tag & 0xFFFF)
        if tag >> 16 == 0xFFFE or not self.explicit:
            return tagged + struct.pack(f"{o}L", length)
        if vr in LONG_VRS:
            return tagged + vr + b"\0\0" + struct.pack(f"{o}L", length)
        return tagged + vr + struct.pack(f"{o}H", length & 0xFFFF)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def view(data: bytes) -> View | None:
    """Return the elements of a file; None if it is no DICOM file."""
    if data[128:132] != b"DICM":
        return None
    try:
        meta, body = _meta(data)
    except struct.error:
        return None
    uid = meta.get(TRANSFER_SYNTAX, IMPLICIT).rstrip(b"\0 ")
    if uid == DEFLATED:
        try:
            inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[body:])
        except zlib.error:
            return None
        data = data[:body] + inflated
    order, explicit = ">" if uid == BIG_ENDIAN else "<", uid != IMPLICIT
    found: Found = []
    with contextlib.suppress(struct.error, RecursionError):  # as far as it goes
        _walk(data, (body, len(data)), (order, explicit), 0, found)
    return View(data, body, order, explicit, uid == DEFLATED, tuple(found))


def _meta(data: bytes) -> tuple[dict[int, bytes], int]:
    found: dict[int, bytes] = {}
    at = 132
    while data[at : at + 2] == b"\x02\0" and at + 8 <= len(data):
        element = _element(data, at, "<", True)
        found[element.tag] = data[element.value : element.end]
        at = element.end
    return found, at


def _element(data: bytes, at: int, order: str, explicit: bool) -> Element:
    group, number = struct.unpack_from(f"{order}HH", data, at)
    tag, vr, length_at, size = group << 16 | number, b"", at + 4, 4
    if explicit and group != 0xFFFE:
        vr = data[at + 4 : at + 6]
        length_at, size = (at + 8, 4) if vr in LONG_VRS else (at + 6, 2)
    code = "L" if size == 4 else "H"
    (length,) = struct.unpack_from(order + code, data, length_at)
    value = length_at + size
    end = value if length == UNDEFINED else value + length
    return Element(tag, vr, at, length_at, size, value, end, 0)


def _walk(
    data: bytes, span: tuple[int, int], how: tuple[str, bool], inside: int, found: Found
) -> int:
    """Add the elements up to an end or a delimiter; return where it stopped.

    Parameters
    ----------
    how
        The order of bytes, and whether kinds are written.
    inside
        The tag whose value is walked over; 0 at the top.
    """
    at, end = span
    while at + 8 <= end and len(found) < MOST:
        element = _element(data, at, *how)
        if element.end > len(data):
            break
        found.append(element._replace(parent=inside))
        at = element.end
        if element.tag in (ITEM_END, SEQUENCE_END):
            return at
        open_ended = _length(data, element, how[0]) == UNDEFINED
        until = end if open_ended else element.end
        parent = inside if element.tag == ITEM else element.tag
        if open_ended:
            at = _walk(data, (element.value, until), how, parent, found)
        elif (
            element.vr == b"SQ"
            or element.tag in SEQUENCES
            or (element.tag == ITEM and inside != PIXEL_DATA)
        ):
            _walk(data, (element.value, until), how, parent, found)
    return at


def _length(data: bytes, element: Element, order: str) -> int:
    code = "L" if element.length_size == 4 else "H"
    return struct.unpack_from(order + code, data, element.length_at)[0]


def fragments(seen: View) -> list[Element]:
    """Return the items of encapsulated pixels; the first is the offset table."""
    return [
        one for one in seen.elements if one.tag == ITEM and one.parent == PIXEL_DATA
    ]
