"""Mutations of any file: its bytes alone."""

from __future__ import annotations

import random
import struct

LENGTHS = (0, 1, 2, 3, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def flip_bits(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16, 64))):
        changed[_place(rng, data)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def set_bytes(rng: random.Random, data: bytes) -> bytes:
    at, size = _piece(rng, data, 16)
    return data[:at] + rng.randbytes(size) + data[at + size :]


def set_extreme(rng: random.Random, data: bytes) -> bytes:
    """Write an extreme number of one, two, four or eight bytes somewhere."""
    at = _place(rng, data)
    number = rng.choice(LENGTHS)
    width, code = rng.choice(((1, "B"), (2, "H"), (4, "L"), (8, "Q")))
    packed = struct.pack(rng.choice("<>") + code, number & (1 << 8 * width) - 1)
    return data[:at] + packed + data[at + width :]


def cut_end(rng: random.Random, data: bytes) -> bytes:
    return data[: _place(rng, data)]


def cut_middle(rng: random.Random, data: bytes) -> bytes:
    at, size = _piece(rng, data, rng.choice((1, 8, 512)))
    return data[:at] + data[at + size :]


def insert_bytes(rng: random.Random, data: bytes) -> bytes:
    at = _place(rng, data)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 8, 300))) + data[at:]


def duplicate_bytes(rng: random.Random, data: bytes) -> bytes:
    at, size = _piece(rng, data, rng.choice((8, 64, 4096)))
    times = rng.choice((1, 1, 2, 50))
    return data[:at] + data[at : at + size] * times + data[at:]


def swap_pieces(rng: random.Random, data: bytes) -> bytes:
    a, size = _piece(rng, data, 64)
    b = _place(rng, data)
    a, b = sorted((a, b))
    size = min(size, b - a)
    first, second = data[a : a + size], data[b : b + size]
    return data[:a] + second + data[a + size : b] + first + data[b + size :]


def fill_run(rng: random.Random, data: bytes) -> bytes:
    at, size = _piece(rng, data, rng.choice((4, 64, 4096)))
    return data[:at] + bytes([rng.choice((0, 0xFF, 0x20))]) * size + data[at + size :]


def append_bytes(rng: random.Random, data: bytes) -> bytes:
    return data + rng.randbytes(rng.choice((1, 7, 8, 4096)))


def _place(rng: random.Random, data: bytes) -> int:
    """Return a place, most often in the header: that is where damage does harm."""
    if not data:
        return 0
    end = len(data) if rng.random() < 0.4 else min(len(data), 2000)
    begin = 128 if end > 132 and rng.random() < 0.95 else 0
    return rng.randrange(begin, end)


def _piece(rng: random.Random, data: bytes, longest: int) -> tuple[int, int]:
    at = _place(rng, data)
    return at, min(rng.randint(1, longest), len(data) - at)


BYTES = (
    flip_bits,
    flip_bits,
    flip_bits,
    set_bytes,
    set_bytes,
    set_extreme,
    cut_end,
    cut_middle,
    insert_bytes,
    duplicate_bytes,
    swap_pieces,
    fill_run,
    append_bytes,
)
