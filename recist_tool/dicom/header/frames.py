"""The frames of one file, each with its own header (PS3.3, C.7.6.16; PS3.5, A.4).

Enhanced images say once what all frames share, and for each frame what is its own, in
groups of sequences. Here they are laid out flat, under the tags that single images use.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import Elements
from recist_tool.dicom.header.enhanced_pet import as_single_pet_says
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recist_tool.dicom.header.elements import Item
    from recist_tool.dicom.header.parse import ByteSpan, Header

MOST_FRAMES: Final = 1 << 14
ITEM_HEAD: Final = 8  # tag and length before each piece


def frames_of(header: Header) -> tuple[Header, ...]:
    """Return one header for each frame, with its own elements and its own pixels.

    Raises
    ------
    DicomError
        If it has several frames without saying where each of them lies, or if their
        number contradicts what the file holds.
    """
    found = header.elements
    count = frame_count(found)
    own = found.items(tags.PER_FRAME_GROUPS)
    if not own and count == 1:
        return (header,)
    if not own:
        raise DicomError(
            "a multi-frame image that does not say where its frames lie in the "
            "patient, such as a cine or a secondary capture"
        )
    if count > MOST_FRAMES:
        raise DicomError(f"more than {MOST_FRAMES} frames in one file")
    if len(own) != count:
        raise DicomError(
            f"NumberOfFrames (0028,0008) is {count}, but it describes {len(own)} frames"
        )
    shared = _shared(found)
    return tuple(
        pixels._replace(elements=_flat(shared, group.found, found.is_little_endian))
        for pixels, group in zip(_pixels(header, count), own, strict=True)
    )


def frame_count(found: Elements) -> int:
    """Return NumberOfFrames; 1 where it is absent or empty.

    Raises
    ------
    DicomError
        If it is no number of frames.
    """
    count = found.integer(tags.NUMBER_OF_FRAMES)
    if not found.text(tags.NUMBER_OF_FRAMES):
        return 1
    if count is None or count < 1:
        raise DicomError("NumberOfFrames (0028,0008) is no number of frames")
    return count


def _shared(found: Elements) -> Item:
    """Return what holds for every frame."""
    top = dict(found.found)
    del top[tags.PER_FRAME_GROUPS]
    groups = top.pop(tags.SHARED_GROUPS, ())
    for group in groups if isinstance(groups, tuple) else ():
        top |= dict(_opened(group))
    return top


def _flat(shared: Item, own: Item, little: bool) -> Elements:
    found: Item = {**shared, **dict(_opened(own))}
    frame = Elements(found, little=little)
    found.update(_as_single_images_say(frame))
    if frame.text(tags.MODALITY) == "PT":
        found.update(as_single_pet_says(frame))
    return frame


def _opened(group: Item) -> Iterator[tuple[int, bytes | tuple[Item, ...]]]:
    """Give the elements of a group, those in its sequences too."""
    for tag, value in group.items():
        if tag in tags.MACROS and isinstance(value, tuple):
            for item in value:
                yield from _opened(item)
        else:
            yield tag, value


def _as_single_images_say(frame: Elements) -> Iterator[tuple[int, bytes]]:
    """Give what enhanced images keep under other tags, under those of single images."""
    if frame_type := frame.text(tags.FRAME_TYPE):
        yield tags.IMAGE_TYPE, frame_type.encode()
    if acquired := frame.text(tags.FRAME_ACQUISITION_DATETIME):
        yield tags.ACQUISITION_DATETIME, acquired.encode()
        yield tags.ACQUISITION_DATE, acquired[:8].encode()
        yield tags.ACQUISITION_TIME, acquired[8:].split("+")[0].split("-")[0].encode()
    if number := frame.short(tags.FRAME_ACQUISITION_NUMBER):
        yield tags.ACQUISITION_NUMBER, str(number).encode()
    if index := frame.longs(tags.TEMPORAL_POSITION_INDEX):
        yield tags.TEMPORAL_POSITION, str(index[0]).encode()
    for enhanced, single in (
        (tags.EFFECTIVE_ECHO_TIME, tags.ECHO_TIME),
        (tags.FRAME_ACQUISITION_DURATION, tags.ACTUAL_FRAME_DURATION),
    ):
        value = frame.double(enhanced)
        if value is not None:
            yield single, repr(value).encode()


def _pixels(header: Header, count: int) -> Iterator[Header]:
    """Give the header once for each frame, with the place of its own pixels."""
    if header.pixel_length is None:
        for spans in _frame_fragments(header, count):
            yield header._replace(fragments=tuple(spans))
        return
    length = frame_bytes(header.elements)
    begin = header.pixel_offset or 0
    for index in range(count):
        yield header._replace(pixel_offset=begin + index * length, pixel_length=length)


def frame_bytes(found: Elements) -> int:
    """Return how many bytes one frame takes when it is not compressed."""
    rows, columns = found.short(tags.ROWS) or 0, found.short(tags.COLUMNS) or 0
    return (rows * columns * (found.short(tags.BITS_ALLOCATED) or 16) + 7) // 8


def _frame_fragments(header: Header, count: int) -> Sequence[Sequence[ByteSpan]]:
    """Return the pieces of each frame.

    Either each frame is one piece, or an offset table says where each begins.
    """
    pieces = header.fragments
    if len(pieces) == count:
        return [(piece,) for piece in pieces]
    starts = _table(header)
    if len(starts) == count and len(pieces) > count:
        first = pieces[0].offset - ITEM_HEAD
        at = {piece.offset - ITEM_HEAD - first: n for n, piece in enumerate(pieces)}
        if starts[0] == 0 and all(start in at for start in starts):
            begins = [at[start] for start in starts] + [len(pieces)]
            return [pieces[a:b] for a, b in pairwise(begins)]
    raise DicomError(
        f"its {count} frames cannot be told apart: {len(pieces)} compressed pieces "
        "and no usable offset table"
    )


def _table(header: Header) -> tuple[int, ...]:
    extended = header.elements.raw(tags.EXTENDED_OFFSETS)
    if extended:
        return struct.unpack_from(f"<{len(extended) // 8}Q", extended)
    table = header.offset_table
    return struct.unpack_from(f"<{len(table) // 4}L", table)
