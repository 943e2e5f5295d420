"""JPEG 2000 whose samples are just the image's pixels: straight from OpenJPEG.

The same engine as by way of pydicom, which takes as long to be imported, in every
process that decodes, as eight slices take to be decoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recist_tool.dicom.pixels.codestream import jpeg_2000_samples
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.dicom.pixels.codestream import Frame


def is_plain_jpeg_2000(frame: Frame) -> bool:
    """Return whether the samples of a frame are of the type of the image's pixels.

    Not where they differ in sign, or in bytes: those are left to pydicom to convert.
    """
    samples = jpeg_2000_samples(frame.transfer_syntax, frame.data)
    if samples is None:
        return False
    return (
        samples.is_signed == frame.is_signed
        and -(-samples.bits // 8) == frame.dtype.itemsize
    )


def decode_plain_jpeg_2000(frame: Frame) -> NDArray[np.integer[Any]]:
    """Return the stored integers of a frame, shape (rows, columns).

    Raises
    ------
    DicomError
        If the bytes are damaged.
    """
    from openjpeg.utils import decode_pixel_data

    try:
        pixels = np.frombuffer(decode_pixel_data(frame.data, version=2), frame.dtype)
        return pixels.reshape(frame.rows, frame.columns)
    except (RuntimeError, ValueError, TypeError, MemoryError) as error:
        raise DicomError("its compressed pixels cannot be decoded") from error
