"""Decode one compressed frame, in this process or as a worker of another.

``python -m recist_tool.dicom.pixels.decode`` answers frames on its standard input: a
library that crashes on damaged bytes then takes only its own process with it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import struct
import sys
import warnings
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.dicom.pixels.codestream import (
    JPEG,
    JPEG_2000_SYNTAXES,
    JPEG_SYNTAXES,
    RLE,
    require_size,
)
from recist_tool.dicom.pixels.codestream import Frame as Frame
from recist_tool.dicom.pixels.jpeg_2000 import (
    decode_plain_jpeg_2000,
    is_plain_jpeg_2000,
)
from recist_tool.dicom.pixels.jpeg_extended import (
    decode_deep_jpeg,
    is_deep_jpeg,
    no_decoder,
)
from recist_tool.errors import DicomError, RecistToolError

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

DECODABLE: Final = JPEG_SYNTAXES | JPEG_2000_SYNTAXES | {RLE}
TAME: Final = (
    {RLE: "pydicom", JPEG + "80": "pyjpegls", JPEG + "81": "pyjpegls"}
    | dict.fromkeys(JPEG_2000_SYNTAXES, "pylibjpeg")
)  # fmt: skip
"""Decoders that raise where bytes are damaged, so that they may run in this process."""

UID_CHARACTERS: Final = r"[0-9.]{1,64}"
REQUEST: Final = Struct(">LL")
ANSWER: Final = Struct(">cL")
DONE: Final = b"\1"
REFUSED: Final = b"\0"
MOST_MEMORY: Final = 4 << 30
DAMAGE: Final = (
    ValueError,
    RuntimeError,
    NotImplementedError,
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    MemoryError,
    struct.error,
)
"""What decoders raise when the compressed bytes are not what they should be."""

# pydicom logs every failed decoder with its traceback; the error that we raise says it
logging.getLogger("pydicom").addHandler(logging.NullHandler())


def require_decodable(frame: Frame) -> None:
    """Refuse what no decoder can do, or should not be let loose on.

    Raises
    ------
    DicomError
        If the transfer syntax is none that is known, or sizes contradict each other.
    """
    if frame.transfer_syntax not in DECODABLE:
        raise DicomError(f"{_named(frame.transfer_syntax)} is none that can be decoded")
    require_size(
        frame.transfer_syntax,
        frame.data,
        frame.rows,
        frame.columns,
        frame.bits_allocated,
    )


def _named(transfer_syntax: str) -> str:
    """Name a transfer syntax, unless it is no UID: then it could be anything."""
    is_uid = re.fullmatch(UID_CHARACTERS, transfer_syntax) is not None
    return f"transfer syntax {transfer_syntax}" if is_uid else "its transfer syntax"


def decode(frame: Frame, plugin: str = "") -> NDArray[np.integer[Any]]:
    """Return the stored integers of a frame, shape (rows, columns).

    Parameters
    ----------
    plugin
        Name of the one decoder of pydicom to use; all are tried where it is empty.

    Raises
    ------
    DicomError
        If the bytes are damaged.
    SetupError
        If no decoder is installed.
    """
    if plugin and is_plain_jpeg_2000(frame):
        return decode_plain_jpeg_2000(frame)

    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder
    from pydicom.uid import UID

    decoder = get_decoder(UID(frame.transfer_syntax))
    if not decoder.is_available:
        raise no_decoder(frame.transfer_syntax)
    if is_deep_jpeg(frame):
        return decode_deep_jpeg(frame)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            pixels, _ = decoder.as_array(
                encapsulate([frame.data], has_bot=False),
                index=0,
                raw=True,
                decoding_plugin=plugin,
                **_options(frame),
            )
    except DAMAGE as error:
        raise DicomError("its compressed pixels cannot be decoded") from error
    return pixels.astype(frame.dtype, copy=False)


def _options(frame: Frame) -> dict[str, Any]:
    return {
        "rows": frame.rows,
        "columns": frame.columns,
        "samples_per_pixel": 1,
        "photometric_interpretation": "MONOCHROME2",
        "bits_allocated": frame.bits_allocated,
        "bits_stored": frame.bits_stored,
        "pixel_representation": int(frame.is_signed),
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }


def request(frame: Frame) -> bytes:
    """Return a frame as a worker reads it."""
    named = frame._asdict()
    data = named.pop("data")
    words = json.dumps(named).encode()
    return REQUEST.pack(len(words), len(data)) + words + data


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Decode frames until there are no more.

    An answer is a verdict, `DONE` or `REFUSED`, a size, and so many bytes: the pixels,
    or the reason.
    """
    while head := requests.read(REQUEST.size):
        words, size = REQUEST.unpack(head)
        named = json.loads(requests.read(words))
        frame = Frame(data=requests.read(size), **named)
        try:
            verdict, answer = DONE, _by_any(frame).data.cast("B")
        except RecistToolError as error:
            verdict, answer = REFUSED, str(error).encode()
        answers.write(ANSWER.pack(verdict, len(answer)))
        answers.write(answer)
        answers.flush()


def _by_any(frame: Frame) -> NDArray[np.integer[Any]]:
    """Decode with the quickest library, or else with any other that can."""
    quickest = TAME.get(frame.transfer_syntax, "")
    try:
        return np.ascontiguousarray(decode(frame, quickest))
    except DicomError:
        if not quickest:
            raise
    return np.ascontiguousarray(decode(frame))


def _confine() -> BinaryIO:
    """Limit memory, and keep what libraries print out of the answers."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return answers


if __name__ == "__main__":
    serve(sys.stdin.buffer, _confine())
