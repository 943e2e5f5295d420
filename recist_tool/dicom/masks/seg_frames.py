"""The frames of a segmentation, one at a time (PS3.5, 8.2 and A.4)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.dicom.pixels.decode import TAME, Frame
from recist_tool.dicom.pixels.workers import decode_here
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from pydicom import Dataset

    Pixels = NDArray[np.integer[Any]]

MOST_FRAMES: Final = 1 << 16
MOST_PIXELS: Final = 1 << 26
"""Of one frame."""
MOST_BYTES: Final = 1 << 31
"""Of all frames together, decoded."""
DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
"""Deflated Image Frame Compression: each frame is deflated by itself."""


class _Size(NamedTuple):
    """How the pixels of all frames are stored."""

    frames: int
    rows: int
    columns: int
    bits: int
    is_little: bool

    @property
    def pixels(self) -> int:
        return self.rows * self.columns

    def frame(self, data: bytes, number: int) -> Pixels:
        """Return one of several frames that follow each other without a gap."""
        begin = number * self.pixels
        if self.bits == 1:
            packed = np.frombuffer(data, np.uint8)[begin // 8 :]
            packed = packed[: (begin % 8 + self.pixels + 7) // 8]
            pixels = np.unpackbits(packed, bitorder="little")[begin % 8 :]
        else:
            dtype = np.dtype(f"{'<' if self.is_little else '>'}u{self.bits // 8}")
            pixels = np.frombuffer(data, dtype, self.pixels, begin * dtype.itemsize)
        return pixels[: self.pixels].reshape(self.rows, self.columns)


def frames(dataset: Dataset) -> Iterator[Pixels]:
    """Return the stored pixels of each frame, shape (rows, columns).

    Raises
    ------
    DicomError
        If sizes contradict each other, or the frames cannot be decoded.
    """
    size = _size(dataset)
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated:
        return _decoded(dataset, size)
    data = dataset.PixelData
    needed = (size.frames * size.pixels * size.bits + 7) // 8
    if len(data) < needed:
        raise DicomError(
            f"cut off: its size asks for {needed} bytes of pixels, "
            f"{len(data)} are there"
        )
    return (size.frame(data, number) for number in range(size.frames))


def _size(dataset: Dataset) -> _Size:
    size = _Size(
        frames=int(dataset.get("NumberOfFrames") or 1),
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        bits=int(dataset.BitsAllocated),
        is_little=dataset.file_meta.TransferSyntaxUID.is_little_endian,
    )
    if size.bits not in (1, 8, 16):
        raise DicomError(f"{size.bits} bits a pixel: no such segmentation")
    if not 0 < size.frames <= MOST_FRAMES or not size.pixels:
        raise DicomError(f"{size.frames} frames of {size.pixels} pixels")
    needed = size.frames * size.pixels * size.bits // 8
    if size.pixels > MOST_PIXELS or needed > MOST_BYTES:
        raise DicomError(
            f"{size.frames} frames of {size.pixels} pixels: too large for a mask"
        )
    return size


def _decoded(dataset: Dataset, size: _Size) -> Iterator[Pixels]:
    from pydicom.encaps import generate_frames

    syntax = str(dataset.file_meta.TransferSyntaxUID)
    offsets = dataset.get("ExtendedOffsetTable")
    lengths = dataset.get("ExtendedOffsetTableLengths")
    encoded = generate_frames(
        dataset.PixelData,
        number_of_frames=size.frames,
        extended_offsets=(offsets, lengths) if offsets and lengths else None,
    )
    if syntax == DEFLATED_FRAMES:
        return _inflated(encoded, size)
    if size.bits == 1 or syntax not in TAME:
        raise DicomError(
            f"its frames are compressed ({syntax}) in a way that is not read here"
        )
    return (
        decode_here(
            Frame(
                transfer_syntax=syntax,
                data=data,
                rows=size.rows,
                columns=size.columns,
                bits_allocated=size.bits,
                bits_stored=size.bits,
                is_signed=False,
            )
        )
        for data in encoded
    )


def _inflated(encoded: Iterable[bytes], size: _Size) -> Iterator[Pixels]:
    needed = (size.pixels * size.bits + 7) // 8
    for data in encoded:
        frame = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, needed)
        if len(frame) < needed:
            raise DicomError("cut off inside a deflated frame")
        yield size.frame(frame, 0)
