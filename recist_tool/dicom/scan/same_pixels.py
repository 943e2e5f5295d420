"""Slices that are there twice: what their pixels say, where their headers do not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.scan.geometry import SAME_POSITION_MM, depth_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.dicom.header.slice_header import SliceHeader

FEW: Final = 0.1
"""Of the slices: where more lie at one position as another, it is no slip."""
ALWAYS_FEW: Final = 2


def have_same_pixels(one: SliceHeader, other: SliceHeader) -> bool:
    """Whether two images hold the same bytes, that stand for the same values.

    Files that cannot be read, or no longer are what they were, hold not the same.
    """
    if _meaning(one) != _meaning(other):
        return False
    try:
        return _pixels(one) == _pixels(other)
    except OSError:
        return False


def _meaning(image: SliceHeader) -> tuple[object, ...]:
    found, header = image.elements, image.header
    return (
        header.transfer_syntax,
        header.pixel_length,
        [span.length for span in header.fragments],
        image.rows,
        image.columns,
        found.number(tags.RESCALE_SLOPE),
        found.number(tags.RESCALE_INTERCEPT),
    )


def _pixels(image: SliceHeader) -> bytes:
    """Return the stored bytes of a frame; of a deflated file, all that it holds."""
    header = image.header
    with image.path.open("rb") as file:
        if header.fragments:
            pieces: list[bytes] = []
            for span in header.fragments:
                file.seek(span.offset)
                pieces.append(file.read(span.length))
            return b"".join(pieces)
        file.seek(header.pixel_offset or 0)
        return file.read(-1 if header.pixel_length is None else header.pixel_length)


def without_repeats(slices: Sequence[SliceHeader]) -> list[SliceHeader]:
    """Leave out slices that lie where another does, and show the same.

    Only where a few do: two scans of one place are told apart by their tags.
    """
    ordered = sorted(slices, key=depth_mm)
    again = [
        (before, image)
        for before, image in pairwise(ordered)
        if depth_mm(image) - depth_mm(before) <= SAME_POSITION_MM
    ]
    if not again or len(again) > max(ALWAYS_FEW, FEW * len(slices)):
        return list(slices)
    left_out = {id(image) for before, image in again if have_same_pixels(before, image)}
    return [image for image in slices if id(image) not in left_out]
