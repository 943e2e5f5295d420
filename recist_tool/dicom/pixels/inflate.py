"""Pixels of deflated files (PS3.5, A.5), each file inflated once for all its frames."""

from __future__ import annotations

import zlib
from threading import Lock
from typing import TYPE_CHECKING, Final

from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

    from recist_tool.dicom.header.slice_header import SliceHeader

CHUNK: Final = 1 << 20
MOST_BEHIND: Final = 1 << 24  # bytes after the pixels that are read to find the end


class Inflated:
    """The pixels of the deflated file that was asked for last."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._pixels = memoryview(b"")
        self._lock = Lock()

    def frame(self, image: SliceHeader, file: FileIO) -> memoryview:
        """Return the bytes of the frame that is a slice.

        Raises
        ------
        DicomError
            If the file cannot be inflated, or ends before its pixels do.
        """
        length = image.header.pixel_length or 0
        begin = (image.frame_number - 1) * length
        with self._lock:
            if self._path != image.path:
                self._pixels = memoryview(b"")  # before there are others
                self._pixels = memoryview(_pixels(image, file, length))
                self._path = image.path
            return self._pixels[begin : begin + length]


def _pixels(image: SliceHeader, file: FileIO, frame_length: int) -> bytearray:
    """Return the pixels of all frames of a file."""
    begin = (image.header.pixel_offset or 0) - (image.frame_number - 1) * frame_length
    needed = image.frame_count * frame_length
    file.seek(image.header.data_set_offset)
    stream = _Stream(file)
    try:
        stream.pass_over(begin)
        pixels = stream.read(needed)
        stream.pass_over(MOST_BEHIND)
    except zlib.error as error:
        raise DicomError.at(image.path, "its data set cannot be inflated") from error
    if len(pixels) < needed:
        raise DicomError.at(image.path, "cut off inside its deflated pixel data")
    return pixels


class _Stream:
    """Deflated bytes, inflated a piece at a time."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def read(self, count: int) -> bytearray:
        """Return so many bytes, fewer where there are no more."""
        found = bytearray()
        while piece := self._more(count - len(found)):
            found += piece
        return found

    def pass_over(self, count: int) -> None:
        while piece := self._more(count):
            count -= len(piece)

    def _more(self, most: int) -> bytes:
        """Return the next bytes, so many at most; none where there are no more."""
        while most and not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._file.read(CHUNK)
            if piece := self._inflater.decompress(packed, min(most, CHUNK)):
                return piece
            if not packed:
                raise zlib.error("the file ends first")
        return b""
