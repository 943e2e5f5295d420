"""Modality lookup tables: stored values mapped one by one (PS3.3, C.11.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.dicom.header import tags
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.dicom.header.elements import Elements

WHOLE_RANGE: Final = 1 << 16  # what a number of entries of 0 stands for


class ModalityTable(NamedTuple):
    """What each stored value means.

    Attributes
    ----------
    first
        The stored value of the first entry; what lies below has its value, and what
        lies beyond the last entry has that one's.
    values
        Shape (entries,).
    value_type
        ModalityLUTType, such as HU.
    """

    first: int
    values: NDArray[np.int64]
    value_type: str

    def mapped(self, stored: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """Return the values of stored pixels, in the same shape."""
        entries = stored.astype(np.int64) - self.first
        return self.values[np.clip(entries, 0, len(self.values) - 1)]


def modality_table(found: Elements, *, is_signed: bool) -> ModalityTable | None:
    """Return the modality lookup table of an image, None if it has none.

    Parameters
    ----------
    is_signed
        Whether its stored values are, and with them the first one of the table.

    Raises
    ------
    DicomError
        If the table contradicts its own description.
    """
    items = found.items(tags.MODALITY_LUT)
    if not items:
        return None
    item = items[0]
    order = "<" if found.is_little_endian else ">"
    descriptor = np.frombuffer(item.raw(tags.LUT_DESCRIPTOR)[:6], f"{order}u2")
    data = item.raw(tags.LUT_DATA)
    if len(descriptor) != 3:
        raise DicomError("ModalityLUTSequence (0028,3000) has no LUTDescriptor")
    entries = int(descriptor[0]) or WHOLE_RANGE
    if len(data) < entries:
        raise DicomError(
            f"ModalityLUTSequence (0028,3000) announces {entries} entries, "
            f"its LUTData has {len(data)} bytes"
        )
    # tables of bytes are seen packed, and with one word for each entry
    width = 2 if len(data) >= 2 * entries else 1
    values = np.frombuffer(data, f"{order}u{width}", entries)
    first = descriptor[1].view("i2") if is_signed else descriptor[1]
    value_type = item.text(tags.MODALITY_LUT_TYPE)
    return ModalityTable(int(first), values.astype(np.int64), value_type)
