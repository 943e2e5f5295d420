"""One quick pass over the header of a DICOM file (PS3.5, PS3.10).

Reads the wanted elements and where the pixels lie, never the pixels. Every length is
checked against the bytes that are there before it is believed, so a broken or hostile
file ends in a `DicomError`, not in a hang or in a huge allocation.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import Elements, Item
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from io import FileIO
    from pathlib import Path

IMPLICIT_LE: Final = "1.2.840.10008.1.2"
DEFLATED_LE: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BE: Final = "1.2.840.10008.1.2.2"
NATIVE: Final = frozenset(
    {IMPLICIT_LE, "1.2.840.10008.1.2.1", DEFLATED_LE, EXPLICIT_BE}
)
"""Transfer syntaxes whose pixels lie in the file as they are."""
GE_MIXED_ENDIAN: Final = "1.2.840.113619.5.2"
"""Little endian but for its pixels, of GE's own."""

MARKS: Final = (
    (b"NRRD000", "an NRRD image"),
    (b"ObjectType", "a MetaImage"),
    (b"NDims", "a MetaImage"),
    *((size.to_bytes(4, order), "a NIfTI image")
      for size in (348, 540) for order in ("little", "big")),
)  # fmt: skip
"""How images of other formats begin."""
MARK: Final = b"DICM"
MARK_AT: Final = 128
WINDOW: Final = 1 << 16
LONGEST_VALUE: Final = 1 << 17  # a lookup table of all 16-bit numbers
LONGEST_INFLATED_HEADER: Final = 1 << 22
MOST_INFLATED: Final = 1032  # deflate cannot pack bytes more tightly than this
MOST_ITEMS: Final = 1 << 18
MOST_FRAGMENTS: Final = 1 << 18
MOST_ELEMENTS: Final = 4_000_000
"""That are looked at one by one; 65,536 frames have some twenty each."""
MOST_LATE: Final = 100_000
"""The same behind the pixels."""
UNDEFINED: Final = 0xFFFFFFFF
DEEPEST: Final = 32

ITEM: Final = 0xFFFE_E000
ITEM_END: Final = 0xFFFE_E00D
SEQUENCE_END: Final = 0xFFFE_E0DD
LONG_VRS: Final = b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split()
SHORT_VRS: Final = (
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()
)
HAS_LONG_LENGTH: Final = dict.fromkeys(LONG_VRS, True) | dict.fromkeys(SHORT_VRS, False)


class Syntax(NamedTuple):
    """How the elements of a data set are written."""

    explicit: bool
    little: bool
    vr_length: Struct
    length: Struct
    tag_length: Struct


def _syntax(order: str, *, explicit: bool) -> Syntax:
    return Syntax(
        explicit=explicit,
        little=order == "<",
        vr_length=Struct(order + "HH2sH"),
        length=Struct(order + "L"),
        tag_length=Struct(order + "HHL"),
    )


EXPLICIT: Final = _syntax("<", explicit=True)
IMPLICIT: Final = _syntax("<", explicit=False)
BIG_ENDIAN: Final = _syntax(">", explicit=True)


class ByteSpan(NamedTuple):
    """Some bytes of a file."""

    offset: int
    length: int


class Header(NamedTuple):
    """What one pass over a file found.

    Attributes
    ----------
    elements
        The wanted elements that are there.
    transfer_syntax
        UID; implicit little endian where the file has no meta information.
    data_set_offset
        Where the data set begins, after the meta information.
    pixel_offset
        Where the value of PixelData begins (in the inflated data set where the file is
        deflated); None if there is none.
    pixel_length
        Bytes of PixelData; None where it is encapsulated or absent.
    fragments
        Where the pieces of encapsulated pixels lie in the file: offset and length.
    offset_table
        The item before them, which may say where each frame begins (PS3.5, A.4).
    file_size, modified_ns
        Of the file when it was read, to notice that it changed since.
    """

    elements: Elements
    transfer_syntax: str
    data_set_offset: int
    pixel_offset: int | None
    pixel_length: int | None
    fragments: tuple[ByteSpan, ...]
    offset_table: bytes
    file_size: int
    modified_ns: int


def require_known_coding(header: Header) -> None:
    """Refuse pixels of which the transfer syntax does not say how they are coded.

    Raises
    ------
    DicomError
        If they are compressed where it says that they are not, or of an order of bytes
        that no standard knows.
    """
    uid = header.transfer_syntax
    if uid == GE_MIXED_ENDIAN:
        raise DicomError(
            "its pixels are in a transfer syntax of GE's own, of mixed order of bytes: "
            "not read"
        )
    is_compressed = header.pixel_offset is not None and header.pixel_length is None
    if is_compressed and uid in NATIVE:
        says = "says not"
        if not header.elements.text(tags.TRANSFER_SYNTAX_UID):
            says = "is missing"
        raise DicomError(
            f"its pixels are compressed, though its transfer syntax (0002,0010) {says}"
        )


def _damaged(what: str) -> DicomError:
    return DicomError(f"damaged DICOM file: {what}")


class _Source:
    """The bytes of a data set, one window of the file at a time."""

    __slots__ = ("_file", "base", "data", "size")

    def __init__(self, file: FileIO | None, data: bytes, size: int) -> None:
        self._file = file
        self.base = 0
        self.data = data
        self.size = size

    def offset(self, position: int, length: int) -> int:
        """Return where bytes lie in `data`, after moving the window if need be."""
        offset = position - self.base
        if offset >= 0 and offset + length <= len(self.data):
            return offset
        if position + length > self.size:
            raise _damaged("it is cut off inside its header")
        if self._file is None:
            raise _damaged(f"its header is longer than {LONGEST_INFLATED_HEADER} bytes")
        self._file.seek(position)
        self.data = self._file.read(max(WINDOW, length))
        self.base = position
        if len(self.data) < length:
            raise _damaged("it became shorter while it was read")
        return 0


def read_header(path: Path) -> Header:
    """Return the wanted elements of a DICOM file and where its pixels lie.

    Raises
    ------
    DicomError
        If the file is empty, no DICOM file, damaged, or shorter than it says.
    OSError
        If the file cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if status.st_size == 0:
            raise DicomError("empty file (0 bytes)")
        source = _Source(file, file.read(WINDOW), status.st_size)
        found: Item = {}
        position = _read_meta(source, found)
        uid = Elements(found).text(tags.TRANSFER_SYNTAX_UID) or IMPLICIT_LE
        begin = position
        if uid == DEFLATED_LE:
            source = _inflated(file, position, status.st_size)
            position = 0
        syntax = _syntax_of(uid, source, position)
        reader = _Reader(source)
        reader.elements(position, source.size, syntax, found, depth=0)
        if reader.other_pixels in (tags.FLOAT_PIXEL_DATA, tags.DOUBLE_PIXEL_DATA):
            found[reader.other_pixels] = b""  # that it is there
        return Header(
            elements=Elements(found, little=syntax.little),
            transfer_syntax=uid,
            data_set_offset=begin,
            pixel_offset=reader.pixel_offset,
            pixel_length=reader.pixel_length,
            fragments=tuple(reader.fragments),
            offset_table=reader.offset_table,
            file_size=status.st_size,
            modified_ns=status.st_mtime_ns,
        )


def _read_meta(source: _Source, found: Item) -> int:
    """Read group 2, which is always explicit little endian; return where it ends."""
    marked = source.data[MARK_AT : MARK_AT + 4] == MARK
    position = MARK_AT + 4 if marked else 0
    if not marked and source.data[:2] not in (b"\x02\x00", b"\x08\x00"):
        raise DicomError(f"not a DICOM file{_other_format(source.data)}")
    while source.size - position >= 8:
        offset = source.offset(position, 8)
        group, element, vr, length = EXPLICIT.vr_length.unpack_from(source.data, offset)
        if group != 2:
            break
        position += 8
        if HAS_LONG_LENGTH.get(vr):
            length = EXPLICIT.length.unpack_from(
                source.data, source.offset(position, 4)
            )[0]
            position += 4
        if length > LONGEST_VALUE:
            raise _damaged("its meta information has an impossible length")
        offset = source.offset(position, length)
        found[group << 16 | element] = source.data[offset : offset + length]
        position += length
    return position


def _other_format(data: bytes) -> str:
    """Return what else a file is, by its first bytes; empty where they do not tell."""
    told = next((kind for mark, kind in MARKS if data.startswith(mark)), "")
    return told and f": {told}, of which masks are read and no series"


def _inflated(file: FileIO, position: int, file_size: int) -> _Source:
    file.seek(position)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(file.read(), LONGEST_INFLATED_HEADER)
    except zlib.error as error:
        raise _damaged("its deflated data set cannot be inflated") from error
    size = len(data)
    if size == LONGEST_INFLATED_HEADER:
        size = file_size * MOST_INFLATED
    elif not inflater.eof:
        raise _damaged("its deflated data set has no end")
    return _Source(None, data, size)


def _syntax_of(uid: str, source: _Source, position: int) -> Syntax:
    """Return how a data set is written, believing its first element over its UID."""
    if uid == EXPLICIT_BE:
        return BIG_ENDIAN
    if source.size - position < 8:
        raise _damaged("it has no data set")
    offset = source.offset(position, 8)
    explicit = source.data[offset + 4 : offset + 6] in HAS_LONG_LENGTH
    return EXPLICIT if explicit else IMPLICIT


class _Reader:
    """Walks over the elements of a data set and keeps the wanted ones."""

    __slots__ = (
        "_left",
        "_source",
        "fragments",
        "offset_table",
        "other_pixels",
        "pixel_length",
        "pixel_offset",
    )

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._left = MOST_ELEMENTS
        self.pixel_offset: int | None = None
        self.pixel_length: int | None = None
        self.other_pixels = 0
        self.fragments: list[ByteSpan] = []
        self.offset_table = b""

    def elements(
        self, position: int, end: int, syntax: Syntax, found: Item | None, depth: int
    ) -> int:
        """Read up to the pixels, an item's end, or `end`; return where it stopped."""
        while end - position >= 8:
            position = self._past_unwanted(position, end, syntax)
            tag, length, vr, position = self._head(position, syntax)
            if tag == ITEM_END or (tag >= tags.FLOAT_PIXEL_DATA and depth == 0):
                if depth == 0:
                    self._pixels(tag, position, length, syntax)
                return position
            sequence = found is not None and tag in tags.SEQUENCES
            if length == UNDEFINED or sequence:
                inner = IMPLICIT if vr == b"UN" else syntax
                items: list[Item] | None = [] if sequence else None
                position = self._items(position, length, inner, items, depth + 1)
                if found is not None and items is not None:
                    found[tag] = tuple(items)
                continue
            if position + length > end:
                raise _damaged(f"it is cut off inside {tags.written(tag)}")
            if found is not None and tag in tags.WANTED:
                found[tag] = self._value(tag, position, length)
            position += length
        return position

    def _past_unwanted(self, position: int, end: int, syntax: Syntax) -> int:
        """Pass quickly over whole short values that nobody asks for.

        Most of a header is such; whatever else stands there is left to `_head`.
        """
        if not syntax.explicit:
            return position
        source = self._source
        data, at, unpack = source.data, position - source.base, syntax.vr_length
        last = min(len(data), end - source.base) - 8
        while 0 <= at < last:  # one more follows
            group, element, vr, length = unpack.unpack_from(data, at)
            tag = group << 16 | element
            after = at + 8 + length
            is_other = HAS_LONG_LENGTH.get(vr) is not False or tag in tags.WANTED
            if is_other or tag >= tags.FLOAT_PIXEL_DATA or after > last:
                break
            at = after
        return at + source.base

    def _head(self, position: int, syntax: Syntax) -> tuple[int, int, bytes, int]:
        """Return tag, length, VR (empty where implicit) and where the value begins."""
        self._left -= 1
        if self._left < 0:
            raise _damaged(f"it has more than {MOST_ELEMENTS:,} elements")
        source = self._source
        offset = source.offset(position, 8)
        if not syntax.explicit:
            group, element, length = syntax.tag_length.unpack_from(source.data, offset)
            return group << 16 | element, length, b"", position + 8
        group, element, vr, length = syntax.vr_length.unpack_from(source.data, offset)
        tag = group << 16 | element
        long = HAS_LONG_LENGTH.get(vr)
        if long is False:
            return tag, length, vr, position + 8
        if long:
            offset = source.offset(position + 8, 4)
            length = syntax.length.unpack_from(source.data, offset)[0]
            return tag, length, vr, position + 12
        if group != 0xFFFE:  # only items have no VR: PS3.5, 7.5
            raise _damaged(f"{tags.written(tag)} has no value representation")
        length = syntax.tag_length.unpack_from(source.data, offset)[2]
        return tag, length, b"", position + 8

    def _value(self, tag: int, position: int, length: int) -> bytes:
        if length > LONGEST_VALUE:
            raise _damaged(f"{tags.written(tag)} claims a value of {length} bytes")
        offset = self._source.offset(position, length)
        return self._source.data[offset : offset + length]

    def _pixels(self, tag: int, position: int, length: int, syntax: Syntax) -> None:
        if tag != tags.PIXEL_DATA:
            self.other_pixels = tag
            return
        self.pixel_offset = position
        if length == UNDEFINED:
            self._refuse_late(self._fragments(position), syntax)
            return
        there = self._source.size - position
        if length > there:
            raise DicomError(
                f"cut off: {length} bytes of pixels are announced, {there} are there"
            )
        self.pixel_length = length
        self._refuse_late(position + length, syntax)

    def _refuse_late(self, position: int, syntax: Syntax) -> None:
        """Refuse elements after the pixels that belong before them (PS3.5, 7.1)."""
        late: Item = {}
        self._left = min(self._left, MOST_LATE)
        with contextlib.suppress(DicomError):  # what follows need not be elements
            self.elements(position, self._source.size, syntax, late, depth=1)
        if late:
            raise _damaged(f"{tags.written(min(late))} stands after its pixels")

    def _fragments(self, position: int) -> int:
        """Find the pieces of encapsulated pixels (PS3.5, A.4); return their end."""
        size = self._source.size
        found = self.fragments
        while size - position >= 8:
            tag, length, _, position = self._head(position, IMPLICIT)
            if tag == SEQUENCE_END:
                break
            if tag != ITEM or len(found) > MOST_FRAGMENTS:
                raise _damaged("its compressed pixels do not consist of items")
            found.append(ByteSpan(position, length))
            position += length
        else:
            if position != size:
                raise DicomError("cut off inside its compressed pixels")
        if found:
            table = found.pop(0)
            self.offset_table = self._value(tags.PIXEL_DATA, *table)
        return position

    def _items(
        self,
        position: int,
        length: int,
        syntax: Syntax,
        items: list[Item] | None,
        depth: int,
    ) -> int:
        """Keep, or only step over, the items of a sequence; return where it ends."""
        if depth > DEEPEST:
            raise _damaged(f"its sequences are nested more than {DEEPEST} deep")
        size = self._source.size
        end = size if length == UNDEFINED else position + length
        if end > size:
            raise _damaged("it is cut off inside a sequence")
        while position < end:
            tag, item_length, _, position = self._head(position, syntax)
            if tag == SEQUENCE_END:
                return position
            if tag != ITEM:
                raise _damaged("a sequence has something else than items")
            item = _added(items)
            position = self._item(position, item_length, end, syntax, item, depth)
        if length == UNDEFINED:
            raise _damaged("a sequence has no end")
        return end

    def _item(
        self,
        position: int,
        length: int,
        end: int,
        syntax: Syntax,
        item: Item | None,
        depth: int,
    ) -> int:
        if length == UNDEFINED:
            return self.elements(position, end, syntax, item, depth)
        if position + length > end:
            raise _damaged("it is cut off inside an item")
        if item is not None:
            self.elements(position, position + length, syntax, item, depth)
        return position + length


def _added(items: list[Item] | None) -> Item | None:
    """Return a new item of a sequence; None where it is only stepped over."""
    if items is None:
        return None
    if len(items) == MOST_ITEMS:
        raise _damaged(f"a sequence has more than {MOST_ITEMS} items")
    items.append({})
    return items[-1]
