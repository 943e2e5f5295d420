"""A whole data set in memory, of a file that nobody vouches for."""

from __future__ import annotations

import contextlib
import logging
import struct
import warnings
import zlib
from typing import TYPE_CHECKING, Final

from pydicom.errors import BytesLengthException, InvalidDicomError

from recist_tool.dicom.header.parse import (
    DEFLATED_LE,
    Header,
    read_header,
    require_known_coding,
)
from recist_tool.errors import DicomError, StorageError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from pydicom import Dataset

MOST_BYTES: Final = 1 << 31
"""A larger file, or one that inflates to more, is refused."""
CHUNK: Final = 1 << 20

UNREADABLE: Final = (
    ArithmeticError, AttributeError, BytesLengthException, EOFError,
    InvalidDicomError, LookupError, NotImplementedError, RecursionError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What pydicom raises on damaged files, when reading or when values are asked for."""

# pydicom logs values that it finds malformed: they may be names
logging.getLogger("pydicom").addHandler(logging.NullHandler())


def read_dataset(path: Path, header: Header | None = None) -> Dataset:
    """Return everything that a DICOM file holds, pixels as they are encoded.

    Parameters
    ----------
    header
        Of the file, if it was read before.

    Raises
    ------
    DicomError
        If the file is no DICOM file, damaged, or too large.
    StorageError
        If it cannot be read.
    """
    from pydicom import dcmread

    with damage_told(path):
        header = header or read_header(path)
        require_known_coding(header)
        _require_size(path, header)
        return dcmread(path, force=True)


def number_of(item: Dataset, keyword: str) -> float | None:
    """Return a decimal string; None where it is absent or empty.

    Raises
    ------
    DicomError
        If it is no number: one with a comma, for example.
    """
    try:
        value = item.get(keyword)
        return None if value in (None, "") else float(value)
    except (TypeError, ValueError):
        raise DicomError(f"{keyword} is no number") from None


@contextlib.contextmanager
def damage_told(path: Path) -> Generator[None]:
    """Turn what a damaged file makes pydicom raise into an error that names it.

    Raises
    ------
    DicomError
        In place of what was raised in the block.
    StorageError
        In place of an `OSError`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except DicomError as error:
        raise DicomError.of(
            fault._replace(where=fault.where or path.name) for fault in error.faults
        ) from None
    except OSError as error:
        raise StorageError.at(
            path.name, f"cannot be read ({error.strerror})", "Check the path"
        ) from None
    except MemoryError:
        raise DicomError.at(path.name, "it does not fit into memory") from None
    except UNREADABLE:
        raise DicomError.at(path.name, "damaged DICOM file", "Export it anew") from None


def _require_size(path: Path, header: Header) -> None:
    size = header.file_size
    if header.transfer_syntax == DEFLATED_LE and size <= MOST_BYTES:
        size = _inflated_size(path, header.data_set_offset)
    if size > MOST_BYTES:
        raise DicomError(f"more than {MOST_BYTES >> 30} GB: too large for a mask")


def _inflated_size(path: Path, offset: int) -> int:
    """Return how long a deflated data set is, or anything above the limit."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    with path.open("rb") as file:
        file.seek(offset)
        pending = file.read(CHUNK)
        while pending and size <= MOST_BYTES:
            size += len(inflater.decompress(pending, CHUNK))
            pending = inflater.unconsumed_tail or file.read(CHUNK)
    return size
