"""Mutations of how pixels are coded: fragments, offset tables, codestreams, deflate."""

from __future__ import annotations

import random
import struct

from tests.fuzz import walk

ROWS, COLUMNS = 0x00280010, 0x00280011


def change_fragment(rng: random.Random, data: bytes) -> bytes | None:
    """Drop, repeat, split, shorten or lengthen a piece of compressed pixels."""
    seen = walk.view(data)
    pieces = walk.fragments(seen) if seen else []
    if seen is None or len(pieces) < 2:
        return None
    piece = rng.choice(pieces[1:])
    value, whole = seen.value(piece), seen.data[piece.begin : piece.end]
    half = len(value) // 4 * 2
    other = rng.choice(
        (
            *(b"", whole * 2, whole * 40, _item(value[:half]) + _item(value[half:])),
            *(_item(value[:half]), _item(value + b"\0\0"), _item(b"") + whole),
            _item(value)[:4]
            + struct.pack("<L", rng.choice((0, 1, 0xFFFFFFFF)))
            + value,
        )
    )
    return data[: piece.begin] + other + data[piece.end :]


def change_offsets(rng: random.Random, data: bytes) -> bytes | None:
    """Write another table of where frames begin."""
    seen = walk.view(data)
    pieces = walk.fragments(seen) if seen else []
    if not pieces:
        return None
    count = rng.choice((0, 1, len(pieces) - 1, len(pieces), 5, 70_000))
    offsets = [rng.choice((0, 8, 100, 0xFFFFFFFF, 0x7FFFFFFF)) for _ in range(count)]
    table = _item(struct.pack(f"<{count}L", *offsets))
    table += rng.choice((b"", b"", b"\0"))
    return data[: pieces[0].begin] + table + data[pieces[0].end :]


def change_codestream(rng: random.Random, data: bytes) -> bytes | None:
    """Change bytes of compressed pixels, most often in their heads."""
    seen = walk.view(data)
    pieces = walk.fragments(seen) if seen else []
    if seen is None or len(pieces) < 2:
        return None
    piece = rng.choice(pieces[1:])
    changed = bytearray(seen.value(piece))
    if not changed:
        return None
    span = len(changed) if rng.random() < 0.4 else min(len(changed), 120)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        changed[rng.randrange(span)] = rng.choice((0, 0xFF, rng.randrange(256)))
    return data[: piece.value] + bytes(changed) + data[piece.end :]


def same_huge_size(rng: random.Random, data: bytes) -> bytes | None:
    """Claim a huge image in the header and in the codestream alike."""
    seen = walk.view(data)
    pieces = walk.fragments(seen) if seen else []
    if seen is None or len(pieces) < 2:
        return None
    rows, columns = (rng.choice((4096, 16384, 32768, 65535)) for _ in range(2))
    changed = bytearray(data)
    for element in seen.elements:
        if element.tag in (ROWS, COLUMNS) and element.end - element.value == 2:
            number = rows if element.tag == ROWS else columns
            struct.pack_into(f"{seen.order}H", changed, element.value, number)
    for piece in pieces[1:]:
        _enlarge(changed, piece.value, rows, columns)
    return bytes(changed)


def _enlarge(data: bytearray, at: int, rows: int, columns: int) -> None:
    """Write a size into a codestream of JPEG 2000 or JPEG-LS."""
    if data[at : at + 4] == b"\xff\x4f\xff\x51":
        struct.pack_into(">LL", data, at + 8, columns, rows)
        struct.pack_into(">LL", data, at + 24, columns, rows)
    for marker in (b"\xff\xf7", b"\xff\xc0", b"\xff\xc1", b"\xff\xc3"):
        frame = data.find(marker, at, at + 600)
        if frame > 0:
            struct.pack_into(">HH", data, frame + 5, rows, columns)


def bomb(rng: random.Random, data: bytes) -> bytes | None:
    """Deflate very many bytes that say nothing, at a place that varies."""
    seen = walk.view(data)
    if seen is None or not seen.deflated or not seen.elements:
        return None
    size = rng.choice((5 << 20, 64 << 20))
    element = rng.choice(seen.elements)
    filling = bytes(size)
    if rng.random() < 0.5:
        filling = seen.head(0x00091001, b"OB", size) + filling
    whole = seen.data[: element.begin] + filling + seen.data[element.begin :]
    return seen.sealed(whole)


def damage_deflated(rng: random.Random, data: bytes) -> bytes | None:
    seen = walk.view(data)
    if seen is None or not seen.deflated:
        return None
    changed = bytearray(data)
    for _ in range(rng.choice((1, 4))):
        changed[rng.randrange(seen.body, len(data))] = rng.randrange(256)
    cut = rng.randrange(seen.body, len(data))
    return rng.choice((bytes(changed), data[:cut], data + data[seen.body :]))


def _item(value: bytes) -> bytes:
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(value)) + value


CODINGS = (
    change_fragment,
    change_offsets,
    change_codestream,
    change_codestream,
    same_huge_size,
    bomb,
    damage_deflated,
)
