"""Values that elements should not have, and some that they may have."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.walk import Element

WEIGHTY = (
    *(0x00080005, 0x00080008, 0x00080016, 0x00080018, 0x00080020, 0x00080021),
    *(0x00080022, 0x0008002A, 0x00080031, 0x00080032, 0x00080060, 0x0008103E),
    *(0x00100010, 0x00100020, 0x00101020, 0x00101030, 0x00100040),
    *(0x00180050, 0x00181072, 0x00181074, 0x00181075, 0x00181078, 0x00181120),
    *(0x0020000D, 0x0020000E, 0x00200011, 0x00200013, 0x00200032, 0x00200037),
    *(0x00200052, 0x00209113, 0x00209116, 0x00280002, 0x00280004, 0x00280008),
    *(0x00280010, 0x00280011, 0x00280030, 0x00280051, 0x00280100, 0x00280101),
    *(0x00280102, 0x00280103, 0x00280120, 0x00280121, 0x00281052, 0x00281053),
    *(0x00281054, 0x00283000, 0x00283002, 0x00283006, 0x00289110, 0x00289145),
    *(0x00540016, 0x00541001, 0x00541006, 0x00541102, 0x00541300),
    *(0x52009229, 0x52009230, 0x7FE00001, 0x7FE00010, 0x00041220, 0x00041500),
)
"""Tags that decide what a volume is."""

NUMBERS = (
    *(b"", b"0", b"-0", b"1", b"-1", b"nan", b"inf", b"-inf", b"1e400", b"1e308"),
    *(b"-1e308", b"1e-320", b"1_0", b"1,5", b"0x10", b"1.5.2", b" 2 ", b"+3"),
    *(b"\xd9\xa1", b"1e", b"--1", b"99999999999999999999", b"1E2", b".5", b"5."),
    *(b"1\\2", b"1\\2\\3", b"\\", b"1\\\\2", b"0\\0\\0", b"1e300\\1e300\\1e300"),
    *(b"9" * 5000, b"1\\" * 3000, b"0.0000000000000001", b"0.001", b"1e200"),
)
TEXTS = (
    *(b"", b"\0", b"\\", b"\x1b$B", b"\x1b(B", b"\x1b", b"\xff\xfe", b"\xc3\x28"),
    *(b"\xed\xa0\x80", b"\xe2\x80\xae", b"%s%s%n", b"{0.__class__}", b"a\nb\r\nc"),
    *(b"A" * 60_000, b"../../../etc/passwd", b"/etc/passwd", b"C:\\x", b"\x07\x1b[2J"),
    *(b"LOCALIZER", b"ISO_IR 100", b"ISO 2022 IR 87", b"ISO_IR 192", b"GB18030"),
    *(b"\\ISO 2022 IR 149", b"\x1b$)C\xb1\xe8", b"utf-8", b"base64", b"HU", b"US"),
    *(b"CT", b"PT", b"MR", b"SEG", b"OT", b"BQML", b"GML", b"CNTS", b"ADMIN"),
)
TIMES = (
    *(b"00000000", b"99999999", b"20240230", b"1", b"20240102", b"2024.01.02"),
    *(b"240000", b"235960", b"235959.999999", b"-1", b"12:30:00", b"990000"),
    *(b"20240102250000", b"20240102100000+9999", b"20240102100000-0500"),
    *(b"00010101000000", b"99991231235959", b"20240102-20240103", b""),
)
SHORTS = (0, 1, 2, 3, 7, 8, 12, 15, 16, 17, 32, 33, 64, 127, 128, 255, 256)
SHORTS += (512, 4096, 16384, 32767, 32768, 65534, 65535)
TEXT_VRS = set(b"AE AS CS LO LT PN SH ST UC UI UR UT".split())
TIME_VRS = set(b"DA DT TM".split())
NUMBER_VRS = set(b"DS IS".split())


def value_for(rng: random.Random, element: Element, was: bytes, order: str) -> bytes:
    """Return another value for an element."""
    vr = element.vr or _likely(was)
    if rng.random() < 0.1:
        return rng.randbytes(rng.choice((0, 1, 2, 8, 200)))
    if vr in NUMBER_VRS:
        return _number(rng, was)
    if vr in TIME_VRS:
        return rng.choice(TIMES)
    if vr in TEXT_VRS:
        return rng.choice((*TEXTS, was[: len(was) // 2], was * 2, was[::-1]))
    return _binary(rng, vr, was, order)


def _number(rng: random.Random, was: bytes) -> bytes:
    """Return a strange number in place of one, or of one of several."""
    if b"\\" not in was or rng.random() < 0.3:
        return rng.choice(NUMBERS)
    parts = was.split(b"\\")
    parts[rng.randrange(len(parts))] = rng.choice(NUMBERS)
    if rng.random() < 0.2:
        rng.shuffle(parts)
    return b"\\".join(parts)


def _binary(rng: random.Random, vr: bytes, was: bytes, order: str) -> bytes:
    if vr in (b"FD", b"FL"):
        number = rng.choice((0.0, -1.0, 1e300, float("inf"), float("nan"), 1e-300))
        return struct.pack(f"{order}d", number)
    if len(was) == 2 or vr in (b"US", b"SS"):
        count = rng.choice((1, 1, 1, 1, 0, 2, 3))
        return struct.pack(f"{order}{count}H", *rng.choices(SHORTS, k=count))
    if len(was) == 4 and rng.random() < 0.5:
        return struct.pack(f"{order}L", rng.choice((0, 1, 1 << 31, 0xFFFFFFFF)))
    if rng.random() < 0.5:
        return was[: rng.randint(0, len(was))]
    changed = bytearray(was or b"\0")
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _likely(was: bytes) -> bytes:
    """Return what a value without a written kind seems to be."""
    bare = was.strip(b" \0")
    if bare and not bare.strip(b"0123456789+-.eE\\"):
        return b"DS"
    return b"LO" if bare.isascii() and bare.isalnum() and len(bare) > 2 else b"OB"
