"""Mutations of a DICOM file's elements: lengths, kinds, tags, order, nesting."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

from tests.fuzz import walk
from tests.fuzz.values import WEIGHTY, value_for

if TYPE_CHECKING:
    from tests.fuzz.walk import Element, View

LENGTHS = (
    *(0, 1, 2, 3, 0xFFFF, 0xFFFE, 0xFFFFFFFF, 0xFFFFFFFE),
    *(0x7FFFFFFF, 0x80000000, 1 << 17, (1 << 17) + 2, 1 << 24),
)
WILD_TAGS = (
    *(0x00000000, 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0xFFFFFFFF),
    *(0x7FE00010, 0x7FE00008, 0x00020010, 0x52009229, 0x52009230, 0x60003000),
)


def change_length(rng: random.Random, data: bytes) -> bytes | None:
    """Let an element claim another length than it has."""
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    code = "L" if element.length_size == 4 else "H"
    (length,) = struct.unpack_from(seen.order + code, seen.data, element.length_at)
    other = rng.choice((*LENGTHS, length + 1, length - 1, length + 2, length * 2))
    packed = struct.pack(seen.order + code, other & (1 << 8 * element.length_size) - 1)
    end = element.length_at + element.length_size
    return seen.sealed(seen.data[: element.length_at] + packed + seen.data[end:])


def change_vr(rng: random.Random, data: bytes) -> bytes | None:
    """Call an element's value something else, without moving it."""
    found = _chosen(rng, data)
    if found is None or not found[1].vr:
        return None
    seen, element = found
    vr = rng.choice((*sorted(walk.VRS), b"XX", b"\0\0", b"  ", rng.randbytes(2)))
    at = element.begin + 4
    return seen.sealed(seen.data[:at] + vr + seen.data[at + 2 :])


def change_tag(rng: random.Random, data: bytes) -> bytes | None:
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    tag = rng.choice(
        (
            rng.choice(WILD_TAGS),
            rng.choice(WEIGHTY),
            element.tag ^ 1 << rng.randrange(32),
        )
    )
    packed = struct.pack(f"{seen.order}HH", tag >> 16, tag & 0xFFFF)
    at = element.begin
    return seen.sealed(seen.data[:at] + packed + seen.data[at + 4 :])


def change_value(rng: random.Random, data: bytes) -> bytes | None:
    """Give an element another value, of any length, as it should be written."""
    found = _chosen(rng, data)
    if found is None or found[1].tag >> 16 == 0xFFFE or found[1].vr == b"SQ":
        return None
    seen, element = found
    value = value_for(rng, element, seen.value(element), seen.order)
    return _replaced(seen, element, value)


def remove_element(rng: random.Random, data: bytes) -> bytes | None:
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    return seen.sealed(seen.data[: element.begin] + seen.data[element.end :])


def repeat_element(rng: random.Random, data: bytes) -> bytes | None:
    """Write an element twice, the second time perhaps with another value."""
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    whole = seen.data[element.begin : element.end]
    again = whole
    if element.tag >> 16 != 0xFFFE and element.vr != b"SQ" and rng.random() < 0.5:
        value = value_for(rng, element, seen.value(element), seen.order)
        again = _element(seen, element.tag, element.vr, value)
    at = rng.choice((element.begin, element.end))
    return seen.sealed(seen.data[:at] + again + seen.data[at:])


def move_element(rng: random.Random, data: bytes) -> bytes | None:
    """Put an element where another is: out of order, or into a sequence."""
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    whole = seen.data[element.begin : element.end]
    to = rng.choice(seen.elements).begin
    if element.begin <= to < element.end:
        return None
    a, b = seen.data[: element.begin], seen.data[element.end :]
    if to < element.begin:
        return seen.sealed(seen.data[:to] + whole + seen.data[to : element.begin] + b)
    return seen.sealed(a + seen.data[element.end : to] + whole + seen.data[to:])


def nest_sequences(rng: random.Random, data: bytes) -> bytes | None:
    """Put a deep sequence before an element: well-formed, or never closed."""
    found = _chosen(rng, data)
    if found is None:
        return None
    seen, element = found
    tag = rng.choice((0x00081140, 0x00540016, 0x52009230, 0x00209113, 0x00091010))
    deep = _nested(seen, tag, rng.choice((1, 5, 31, 33, 200, 5000)), rng)
    at = element.begin
    return seen.sealed(seen.data[:at] + deep + seen.data[at:])


def _nested(seen: View, tag: int, depth: int, rng: random.Random) -> bytes:
    if rng.random() < 0.6 or depth > 200:
        opened = seen.head(tag, b"SQ", walk.UNDEFINED) + seen.head(
            walk.ITEM, b"", walk.UNDEFINED
        )
        closed = seen.head(walk.ITEM_END, b"", 0) + seen.head(walk.SEQUENCE_END, b"", 0)
        return opened * depth + closed * (depth if rng.random() < 0.7 else depth // 2)
    inner = b""
    for _ in range(depth):
        item = seen.head(walk.ITEM, b"", len(inner)) + inner
        inner = seen.head(tag, b"SQ", len(item)) + item
    return inner


def many_items(rng: random.Random, data: bytes) -> bytes | None:
    """Put a sequence of very many empty items before the pixels."""
    seen = walk.view(data)
    if seen is None or not seen.elements:
        return None
    count = rng.choice((1000, 70_000, 300_000))
    items = seen.head(walk.ITEM, b"", 0) * count
    tag = rng.choice((0x52009230, 0x00041220, 0x00540016, 0x00081140))
    at = rng.choice([one.begin for one in seen.elements if one.parent == 0])
    many = seen.head(tag, b"SQ", len(items)) + items
    return seen.sealed(seen.data[:at] + many + seen.data[at:])


def change_item(rng: random.Random, data: bytes) -> bytes | None:
    """Drop, repeat or lengthen an item of a sequence, such as a frame's group."""
    seen = walk.view(data)
    items = [one for one in seen.elements if one.tag == walk.ITEM] if seen else []
    if seen is None or not items:
        return None
    item = rng.choice(items)
    whole = seen.data[item.begin : item.end]
    other = rng.choice((b"", whole * 2, whole[:-2], whole + b"\0\0"))
    return seen.sealed(seen.data[: item.begin] + other + seen.data[item.end :])


def change_meta(rng: random.Random, data: bytes) -> bytes | None:
    """Change the meta information: transfer syntax, lengths, preamble."""
    if data[128:132] != b"DICM":
        return None
    uid = rng.choice(
        (
            *(b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.2"),
            *(b"1.2.840.10008.1.2.1.99", b"1.2.840.10008.1.2.5", b"1.2.3"),
            *(b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.4.90", b""),
            *(b"1.2.840.10008.1.2.4.80", b"1.2.840.10008.1.2.4.50", b"../../x"),
        )
    )
    at = data.find(b"\x02\x00\x10\x00UI")
    if at < 0 or rng.random() < 0.2:
        return data[132:] if rng.random() < 0.5 else data[128:]
    (length,) = struct.unpack_from("<H", data, at + 6)
    value = uid + b"\0" * (len(uid) % 2)
    return (
        data[: at + 6] + struct.pack("<H", len(value)) + value + data[at + 8 + length :]
    )


def _chosen(rng: random.Random, data: bytes) -> tuple[View, Element] | None:
    """Return an element, most often one whose value matters."""
    seen = walk.view(data)
    if seen is None or not seen.elements:
        return None
    weighty = [one for one in seen.elements if one.tag in WEIGHTY]
    some = weighty if weighty and rng.random() < 0.75 else seen.elements
    return seen, rng.choice(some)


def _element(seen: View, tag: int, vr: bytes, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    if seen.explicit and vr not in walk.LONG_VRS:
        value = value[:0xFFFE]
    return seen.head(tag, vr, len(value)) + value


def _replaced(seen: View, element: Element, value: bytes) -> bytes:
    whole = _element(seen, element.tag, element.vr, value)
    return seen.sealed(seen.data[: element.begin] + whole + seen.data[element.end :])


STRUCTURE = (
    change_length,
    change_length,
    change_vr,
    change_tag,
    change_tag,
    change_value,
    change_value,
    change_value,
    change_value,
    remove_element,
    repeat_element,
    move_element,
    nest_sequences,
    many_items,
    change_item,
    change_meta,
)
