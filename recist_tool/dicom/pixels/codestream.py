"""Compressed frames, looked at before a decoder is let loose on them.

Decoders believe the sizes in the compressed bytes: where those are damaged, one fills
the memory, another ends the whole process. So the sizes must first be the image's.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Final, NamedTuple

import numpy as np

from recist_tool.errors import DicomError

RLE: Final = "1.2.840.10008.1.2.5"
JPEG: Final = "1.2.840.10008.1.2.4."
JPEG_EXTENDED: Final = JPEG + "51"
JPEG_SYNTAXES: Final = frozenset(
    JPEG + number for number in ("50", "51", "57", "70", "80", "81")
)
JPEG_2000_SYNTAXES: Final = frozenset(
    JPEG + number for number in ("90", "91", "201", "202", "203")
)
HIGH_THROUGHPUT: Final = frozenset(JPEG + number for number in ("201", "202", "203"))
"""JPEG 2000 in the coding that decodes many times as fast (HTJ2K)."""
LOSSY_SYNTAXES: Final = frozenset(
    JPEG + number for number in ("50", "51", "81", "91", "203")
)
"""Those that can lose something; `LossyImageCompression` says whether they did."""

ALWAYS_LOSSY: Final = frozenset(JPEG + number for number in ("50", "51"))
JPEG_LS_SYNTAXES: Final = frozenset(JPEG + number for number in ("80", "81"))
HEAD: Final = 1 << 13
"""Bytes of a frame in which its parameters stand."""

JPEG_START: Final = b"\xff\xd8"
JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
J2K_START: Final = b"\xff\x4f\xff\x51"
SAMPLES_AT: Final = 42  # Ssiz of the first component
JP2_BOX: Final = b"\x00\x00\x00\x0cjP  "
START_OF_SCAN: Final = 0xDA
CODING_STYLE: Final = b"\xff\x52"
START_OF_TILE: Final = b"\xff\x90"
IRREVERSIBLE: Final = 0
MOST_RUN: Final = 64  # two bytes of RLE stand for no more than 128
MOST_TILES: Final = 4096
MOST_PIXELS: Final = 1 << 26
"""No scanner makes a slice of more; a few bytes can ask for the most that there is."""

_SOF: Final = Struct(">BHHB")
_SIZ: Final = Struct(">8LH")


class Frame(NamedTuple):
    """A compressed frame and what it should be once it is decoded."""

    transfer_syntax: str
    data: bytes
    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    is_signed: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the decoded integers."""
        return np.dtype(f"{'i' if self.is_signed else 'u'}{self.bits_allocated // 8}")


class FrameSize(NamedTuple):
    """What a compressed frame says of itself."""

    rows: int
    columns: int
    components: int


class Samples(NamedTuple):
    """How the samples of a compressed frame are stored."""

    bits: int
    is_signed: bool


def require_size(uid: str, frame: bytes, rows: int, columns: int, bits: int) -> None:
    """Refuse a frame that is not of the size that the image should have.

    Parameters
    ----------
    uid
        Transfer syntax.
    frame
        The compressed bytes of one frame.
    bits
        Bits allocated for a pixel.

    Raises
    ------
    DicomError
        If it is not, or if the frame does not begin as its transfer syntax demands.
    """
    if rows * columns > MOST_PIXELS:
        raise DicomError(
            f"its compressed pixels are {rows} x {columns}: too many to be decoded"
        )
    if uid == RLE:
        if rows * columns * bits // 8 > MOST_RUN * len(frame):
            raise DicomError("its compressed pixels are too few for its size")
        return
    size = _jpeg_2000(frame) if uid in JPEG_2000_SYNTAXES else _jpeg_size(frame)
    if size is None:
        raise DicomError("its compressed pixels are damaged at their beginning")
    if size != FrameSize(rows, columns, 1):
        raise DicomError(
            f"its compressed pixels are {size.rows} x {size.columns} x "
            f"{size.components}, but the image should be {rows} x {columns}"
        )


def loses(uid: str, head: bytes) -> bool:
    """Return whether a compressed frame lost something, by its own parameters.

    JPEG-LS with NEAR above 0 (ISO 14495-1, C.2.3), JPEG 2000 by the irreversible
    wavelet (ISO 15444-1, A.6.1), and the JPEGs that always do. What a reversible
    wavelet left out by its rate does not show here.

    Parameters
    ----------
    uid
        Transfer syntax.
    head
        The first bytes of the frame, `HEAD` at most.
    """
    if uid in JPEG_LS_SYNTAXES:
        return _near(head) > 0
    if uid in JPEG_2000_SYNTAXES:
        return _wavelet(head) == IRREVERSIBLE
    return uid in ALWAYS_LOSSY


def _near(frame: bytes) -> int:
    """Return how far JPEG-LS lets a sample be off; 0 where it does not say."""
    at = 2 if frame.startswith(JPEG_START) else len(frame)
    while at + 6 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == START_OF_SCAN:
            near_at = at + 5 + 2 * frame[at + 4]
            return frame[near_at] if near_at < len(frame) else 0
        filling = marker == 0xFF
        at += 1 if filling else 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return 0


def _wavelet(frame: bytes) -> int | None:
    """Return the transformation of JPEG 2000: 0 irreversible, 1 reversible."""
    at = frame.find(J2K_START, 0, 4096)
    at += 2
    while at >= 2 and at + 14 <= len(frame) and not frame.startswith(START_OF_TILE, at):
        if frame.startswith(CODING_STYLE, at):
            return frame[at + 13]
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None


def jpeg_bits(frame: bytes) -> int:
    """Return the bits of a sample of JPEG or JPEG-LS; 0 where it does not say."""
    found = _jpeg_frame(frame)
    return found[0] if found else 0


def _jpeg_size(frame: bytes) -> FrameSize | None:
    found = _jpeg_frame(frame)
    return FrameSize(*found[1:]) if found else None


def _jpeg_frame(frame: bytes) -> tuple[int, int, int, int] | None:
    """Return bits, rows, columns and components in the first frame header."""
    if not frame.startswith(JPEG_START):
        return None
    at = 2
    while at + 10 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker in JPEG_FRAMES:
            return _SOF.unpack_from(frame, at + 4)
        filling = marker == 0xFF
        at += 1 if filling else 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None


def jpeg_2000_samples(uid: str, frame: bytes) -> Samples | None:
    """Return what the samples of bare JPEG 2000 are (ISO 15444-1, A.5.1).

    None where it is in boxes, or of another transfer syntax.

    Parameters
    ----------
    uid
        Transfer syntax.
    frame
        The compressed bytes of one frame.
    """
    if uid not in JPEG_2000_SYNTAXES or not frame.startswith(J2K_START):
        return None
    if len(frame) <= SAMPLES_AT:
        return None
    depth = frame[SAMPLES_AT]
    return Samples((depth & 0x7F) + 1, is_signed=depth > 0x7F)


def _jpeg_2000(frame: bytes) -> FrameSize | None:
    """Return the size of the image of JPEG 2000, unless its tiles are absurd."""
    at = frame.find(J2K_START, 0, 4096) if frame.startswith(JP2_BOX) else 0
    if at < 0 or not frame.startswith(J2K_START, at) or len(frame) < at + 42:
        return None
    width, height, left, top, tile_width, tile_height, _, _, components = (
        _SIZ.unpack_from(frame, at + 8)
    )
    if not tile_width or not tile_height:
        return None
    if (width // tile_width + 1) * (height // tile_height + 1) > MOST_TILES:
        return None
    return FrameSize(height - top, width - left, components)
