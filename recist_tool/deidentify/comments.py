"""Text that compressed pixels carry beside the picture, made blank in its place.

JPEG and JPEG-LS (ISO 10918-1, B.2.4.5 and B.2.4.6; ISO 14495-1) have comments and
application data, JPEG 2000 (ISO 15444-1, A.9.2) has comments; and bytes may lie behind
the end of each. No length changes, so offset tables stay true and pixels the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.dicom.pixels.codestream import (
    J2K_START,
    JP2_BOX,
    JPEG_2000_SYNTAXES,
    JPEG_START,
    JPEG_SYNTAXES,
)
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterator

BLANK: Final = b" "
ITEM: Final = b"\xfe\xff\x00\xe0"
JPEG_COMMENT: Final = 0xFE
JPEG_END: Final = 0xD9
APPLICATION: Final = range(0xE0, 0xF0)
HARMLESS: Final = (b"JFIF\0", b"Adobe", b"mrfx")
"""Application data that says how to decode."""

J2K_COMMENT: Final = 0x64
J2K_TILE: Final = 0x90
J2K_DATA: Final = 0x93
J2K_END: Final = b"\xff\xd9"


def without_comments(encapsulated: bytes, transfer_syntax: str) -> bytes:
    """Return the items of compressed pixels with the text in them made blank.

    Parameters
    ----------
    encapsulated
        Items of PixelData (PS3.5, A.4), the offset table first.

    Raises
    ------
    DicomError
        If text could stay unseen: JPEG 2000 in boxes, or damaged markers.
    """
    if transfer_syntax not in JPEG_SYNTAXES | JPEG_2000_SYNTAXES:
        return encapsulated
    whole = bytearray(encapsulated)
    pieces = list(_pieces(encapsulated))[1:]
    stream = bytearray().join(encapsulated[start:end] for start, end in pieces)
    starts = _starts(encapsulated, pieces)
    blank = _blank_jpeg_2000 if transfer_syntax in JPEG_2000_SYNTAXES else _blank_jpeg
    try:
        for begin, end in zip(starts, [*starts[1:], len(stream)], strict=True):
            blank(stream, begin, end)
    except IndexError:
        raise DicomError("its compressed pixels are damaged") from None
    at = 0
    for start, end in pieces:
        whole[start:end] = stream[at : at + end - start]
        at += end - start
    return bytes(whole)


def _pieces(encapsulated: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the value of each item begins and ends."""
    at = 0
    while encapsulated.startswith(ITEM, at):
        length = int.from_bytes(encapsulated[at + 4 : at + 8], "little")
        end = at + 8 + length
        if end > len(encapsulated):
            raise DicomError("its compressed pixels are cut off")
        yield at + 8, end
        at = end


def _starts(encapsulated: bytes, pieces: list[tuple[int, int]]) -> list[int]:
    """Return where frames begin in the joined pieces: where one starts like a frame."""
    found: list[int] = []
    at = 0
    for start, end in pieces:
        if encapsulated.startswith(JP2_BOX, start):
            raise DicomError("its JPEG 2000 is in boxes, which may hold text")
        if encapsulated.startswith((JPEG_START, J2K_START), start):
            found.append(at)
        at += end - start
    if pieces and found[:1] != [0]:
        raise DicomError("its compressed pixels are damaged at their beginning")
    return found


def _blank(stream: bytearray, begin: int, end: int) -> None:
    stream[begin:end] = BLANK * (end - begin)


def _blank_jpeg(stream: bytearray, begin: int, end: int) -> None:
    at = begin + 2
    while at < end:
        at = _next_marker(stream, at, end)
        if at >= end:
            return
        marker = stream[at + 1]
        if marker == JPEG_END:
            _zero(stream, at + 2, end)
            return
        length = stream[at + 2] << 8 | stream[at + 3]
        if marker == JPEG_COMMENT or _may_identify(stream, at, marker):
            _blank(stream, at + 4, min(at + 2 + length, end))
        at += 2 + length


def _next_marker(stream: bytearray, at: int, end: int) -> int:
    """Return where the next marker is: data has no 0xFF before such a byte."""
    while at + 1 < end:
        at = stream.find(b"\xff", at, end)
        if at < 0 or at + 1 >= end:
            return end
        follows = stream[at + 1]
        if follows >= 0x80 and follows != 0xFF and not 0xD0 <= follows < 0xD9:
            return at
        at += 1
    return end


def _may_identify(stream: bytearray, at: int, marker: int) -> bool:
    return marker in APPLICATION and not stream.startswith(HARMLESS, at + 4)


def _zero(stream: bytearray, begin: int, end: int) -> None:
    stream[begin:end] = bytes(end - begin)


def _blank_jpeg_2000(stream: bytearray, begin: int, end: int) -> None:
    at = begin + 2
    tile_end = end
    while at + 4 <= end:
        marker, length = stream[at + 1], stream[at + 2] << 8 | stream[at + 3]
        if stream.startswith(J2K_END, at):
            _zero(stream, at + 2, end)
            return
        if stream[at] != 0xFF:
            raise DicomError("its compressed pixels are damaged")
        if marker == J2K_TILE:
            size = int.from_bytes(stream[at + 6 : at + 10], "big")
            tile_end = at + size if size else stream.rfind(J2K_END, at, end)
        if marker == J2K_DATA:
            if not at < tile_end <= end:
                raise DicomError("its compressed pixels are damaged")
            at = tile_end
            continue
        if marker == J2K_COMMENT:
            _blank(stream, at + 6, min(at + 2 + length, end))
        at += 2 + length
