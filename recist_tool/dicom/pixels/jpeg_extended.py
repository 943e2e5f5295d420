"""JPEG Extended of more than eight bits, which pydicom leaves alone (PS3.5, 8.2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from recist_tool.dicom.pixels.codestream import JPEG_EXTENDED, jpeg_bits
from recist_tool.errors import DicomError, SetupError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.dicom.pixels.codestream import Frame


def is_deep_jpeg(frame: Frame) -> bool:
    """Return whether a frame is one of these."""
    return frame.transfer_syntax == JPEG_EXTENDED and jpeg_bits(frame.data) > 8


def no_decoder(transfer_syntax: str) -> SetupError:
    """Return what to say where no library that is installed decodes a syntax."""
    return SetupError.at(
        f"transfer syntax {transfer_syntax}",
        "nothing that is installed decodes it",
        'Install it: pip install "recist-tool[jpeg]"',
    )


def decode_deep_jpeg(frame: Frame) -> NDArray[np.integer[Any]]:
    """Return the stored integers of a frame, shape (rows, columns), by GDCM.

    Raises
    ------
    DicomError
        If the bytes are damaged, or the image has no room for its bits.
    SetupError
        If GDCM is not installed.
    """
    try:
        import gdcm  # pyright: ignore[reportMissingTypeStubs] - it has none
    except ImportError:
        raise no_decoder(frame.transfer_syntax) from None

    if frame.bits_allocated != 16:
        raise DicomError("its compressed pixels have more bits than its image")
    piece, pieces = gdcm.Fragment(), gdcm.SequenceOfFragments.New()
    piece.SetByteStringValue(frame.data)
    pieces.AddFragment(piece)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(pieces.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((frame.columns, frame.rows, 1))
    image.SetDataElement(element)
    kind = gdcm.PhotometricInterpretation.MONOCHROME2
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    process = gdcm.TransferSyntax.JPEGExtendedProcess2_4
    image.SetTransferSyntax(gdcm.TransferSyntax(process))
    stored = frame.bits_stored
    depth = gdcm.PixelFormat(1, 16, stored, stored - 1, int(frame.is_signed))
    image.SetPixelFormat(depth)
    text = image.GetBuffer()  # bytes as text; None where they are damaged
    decoded = b"" if text is None else text.encode("utf-8", "surrogateescape")
    if len(decoded) != frame.rows * frame.columns * 2:
        raise DicomError("its compressed pixels cannot be decoded")
    return np.frombuffer(decoded, frame.dtype).reshape(frame.rows, frame.columns)
