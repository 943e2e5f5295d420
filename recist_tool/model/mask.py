"""The mask of a lesion as it is saved: a box of bits on the images of a series."""

from __future__ import annotations

import base64
import binascii
import math
import zlib
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from recist_tool.model.provenance import Provenance
from recist_tool.model.record import Record

MOST_VOXELS: Final = 64_000_000
"""A box that holds more is refused, before anything is unpacked."""

MOST_CHARACTERS: Final = 4_000_000
"""Of base64: what compresses to more is no outline of a lesion."""

Uid = Annotated[str, Field(min_length=1, max_length=64)]
Place = Annotated[int, Field(ge=0, lt=100_000)]
Length = Annotated[int, Field(ge=1, le=100_000)]


class LesionMask(Record):
    """The voxels of one lesion on one series.

    Attributes
    ----------
    series_instance_uid, frame_of_reference_uid
        Of the images; empty where the files have none.
    sop_instance_uids
        One for each slice of the box, in the order of its slices.
    frame_numbers
        Of each slice, from 1, where one file holds many; else empty.
    start
        Row and column of the box's first pixel.
    shape
        Slices, rows and columns of the box.
    bits
        The box in C order, 8 voxels a byte, the first in the highest bit, compressed by
        zlib, as base64.
    provenance
        How the mask came to be; None where nobody said.
    """

    series_instance_uid: str = Field(default="", max_length=64)
    frame_of_reference_uid: str = Field(default="", max_length=64)
    sop_instance_uids: tuple[Uid, ...]
    frame_numbers: tuple[Annotated[int, Field(ge=1)], ...] = ()
    start: tuple[Place, Place]
    shape: tuple[Length, Length, Length]
    bits: str = Field(max_length=MOST_CHARACTERS)
    provenance: Provenance | None = None

    @model_validator(mode="after")
    def _box_is_what_it_says(self) -> Self:
        if len(self.sop_instance_uids) != self.shape[0]:
            msg = "a mask names one image for each of its slices"
            raise ValueError(msg)
        if self.frame_numbers and len(self.frame_numbers) != self.shape[0]:
            msg = "a mask names one frame for each of its slices, or none"
            raise ValueError(msg)
        if math.prod(self.shape) > MOST_VOXELS:
            msg = f"the box of a mask holds at most {MOST_VOXELS} voxels"
            raise ValueError(msg)
        if not any(self.packed()):
            msg = "the mask is empty"
            raise ValueError(msg)
        return self

    @classmethod
    def encode(cls, packed: bytes) -> str:
        """Return packed bits as they are saved."""
        return base64.b64encode(zlib.compress(packed, 9)).decode()

    def packed(self) -> bytes:
        """Return the bits of the box, 8 voxels a byte, the last byte filled with 0.

        Raises
        ------
        ValueError
            If they are not base64 of zlib, or not as many as the shape says. No more
            is unpacked than that.
        """
        length = -(-math.prod(self.shape) // 8)
        try:
            compressed = base64.b64decode(self.bits, validate=True)
            reader = zlib.decompressobj()
            found = reader.decompress(compressed, length + 1)
        except (binascii.Error, zlib.error):
            msg = "the bits of the mask are not base64 of zlib"
            raise ValueError(msg) from None
        if len(found) != length or not reader.eof or reader.unused_data:
            msg = "the bits of the mask are not as many as its shape says"
            raise ValueError(msg)
        return found
