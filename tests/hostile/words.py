"""Mutations of text: numbers and words become what nobody should write there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

WORDS = (
    *(b"0", b"-1", b"nan", b"inf", b"-inf", b"1e400", b"1e-400", b"9" * 5000),
    *(b"2147483648", b"18446744073709551616", b"0x10", b"1_000", b"", b" ", b"%s%n"),
    *(b"null", b"true", b"[]", b"{}", b'""', b'"' + b"x" * 100_000 + b'"', b"\x00"),
    *(b"=1+1", b"\x1b[2J", b"$\\foo{$", b"[bold]", b"../../etc/passwd", b"CON", b"."),
    *(b"\xff\xfe", b"\xed\xa0\x80", "\u202e\u2066".encode(), b"1.2.840.10008"),
)
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
WORD = re.compile(rb"[A-Za-z][A-Za-z_-]+")


def another_number(rng: Random, data: bytes) -> bytes | None:
    return _replaced(rng, data, NUMBER)


def another_word(rng: Random, data: bytes) -> bytes | None:
    return _replaced(rng, data, WORD)


def _replaced(rng: Random, data: bytes, what: re.Pattern[bytes]) -> bytes | None:
    found = list(what.finditer(data[:20_000]))
    if not found:
        return None
    one = rng.choice(found)
    return data[: one.start()] + rng.choice(WORDS) + data[one.end() :]


TEXTS = (another_number, another_number, another_word)
