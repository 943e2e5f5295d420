"""Stored pixels of one slice, however they are encoded, and what they stand for."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import DEFLATED_LE, EXPLICIT_BE
from recist_tool.dicom.header.real_world import ValueMap, pieces
from recist_tool.dicom.pixels.decode import Frame
from recist_tool.dicom.pixels.modality_lut import ModalityTable, modality_table
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import FileIO

    from numpy.typing import NDArray

    from recist_tool.dicom.header.elements import Elements
    from recist_tool.dicom.header.parse import ByteSpan
    from recist_tool.dicom.header.slice_header import SliceHeader
    from recist_tool.dicom.pixels.inflate import Inflated
    from recist_tool.dicom.pixels.workers import Decode

Stored: TypeAlias = "NDArray[np.integer[Any]]"

INT16: Final = np.iinfo(np.int16)
OUTSIDE_HU: Final = -2000.0
LARGEST_RESCALE: Final = 2.0**30  # times 32 bits, it still fits into 64
NEARLY: Final = 0.01  # of a stored step
ROUNDED: Final = 4 * float(np.finfo(np.float32).eps)


class Ways(NamedTuple):
    """How to come by pixels that do not lie in a file as they are.

    Attributes
    ----------
    decode
        Decodes a compressed frame.
    inflated
        Keeps what a deflated file held.
    """

    decode: Decode
    inflated: Inflated


class PixelLayout(NamedTuple):
    """How pixels are stored, and the line that maps them to values.

    Attributes
    ----------
    slope, intercept
        value = stored x slope + intercept; 1 and 0 where the file has none.
    is_rescaled
        Whether the file has both.
    value_type
        RescaleType or ModalityLUTType, such as HU; may be empty.
    padding
        First and last stored value of pixels that are no image; None where the file
        names none.
    table
        What maps stored values instead of slope and intercept, if anything.
    pieces
        Real world value maps of a PET that stand for them, each in its range.
    """

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    slope: float
    intercept: float
    is_rescaled: bool
    value_type: str
    padding: tuple[int, int] | None
    table: ModalityTable | None = None
    pieces: tuple[ValueMap, ...] = ()

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the stored integers, on this machine."""
        return np.dtype(f"{'i' if self.is_signed else 'u'}{self.bits_allocated // 8}")

    @property
    def is_integral(self) -> bool:
        """Whether all values are whole numbers."""
        return self.slope.is_integer() and self.intercept.is_integer()


def layout(image: SliceHeader) -> PixelLayout:
    """Return how the pixels of a slice are stored.

    Raises
    ------
    DicomError
        If the tags are missing, contradict each other, or name something that no
        rescale slope can express.
    """
    found = image.elements
    allocated, stored = found.short(tags.BITS_ALLOCATED), found.short(tags.BITS_STORED)
    if allocated not in (8, 16, 32) or not stored or stored > allocated:
        raise DicomError.at(
            image.path, f"{allocated} bits allocated and {stored} stored: no such image"
        )
    is_signed = _is_signed(image)
    table = _table(image, is_signed=is_signed)
    slope, intercept = _rescale(image)
    high_bit = found.short(tags.HIGH_BIT)
    return PixelLayout(
        rows=image.rows,
        columns=image.columns,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=min(max(high_bit or 0, stored - 1), allocated - 1),
        is_signed=is_signed,
        slope=1.0 if slope is None or table else slope,
        intercept=0.0 if intercept is None or table else intercept,
        is_rescaled=table is not None or (slope is not None and intercept is not None),
        value_type=table.value_type if table else found.text(tags.RESCALE_TYPE),
        padding=_padding(found, is_signed=is_signed),
        table=table,
        pieces=_pieces(image) if image.modality == "PT" else (),
    )


def _pieces(image: SliceHeader) -> tuple[ValueMap, ...]:
    try:
        return pieces(image.elements)
    except DicomError as error:
        raise DicomError.at(image.path, str(error)) from error


def _is_signed(image: SliceHeader) -> bool:
    said = image.elements.short(tags.PIXEL_REPRESENTATION)
    if said not in (0, 1):
        raise DicomError.at(
            image.path,
            "PixelRepresentation (0028,0103) is neither 0 nor 1, "
            "so that nothing tells whether its pixels have a sign",
        )
    return said == 1


def _rescale(image: SliceHeader) -> tuple[float | None, float | None]:
    """Return slope and intercept, each None where the file has none."""
    found = image.elements
    values = found.number(tags.RESCALE_SLOPE), found.number(tags.RESCALE_INTERCEPT)
    for value, tag, name in zip(
        values,
        (tags.RESCALE_SLOPE, tags.RESCALE_INTERCEPT),
        ("RescaleSlope", "RescaleIntercept"),
        strict=True,
    ):
        if value is None and found.text(tag):
            what = f"{name} {tags.written(tag)} is not one number"
            raise DicomError.at(image.path, what)
        if value is not None and abs(value) > LARGEST_RESCALE:
            what = f"{name} {tags.written(tag)} is implausible: {value:g}"
            raise DicomError.at(image.path, what)
    if values[0] == 0:
        raise DicomError.at(image.path, "RescaleSlope (0028,1053) is 0")
    return values


def _padding(found: Elements, *, is_signed: bool) -> tuple[int, int] | None:
    value = found.short(tags.PIXEL_PADDING_VALUE, signed=is_signed)
    if value is None:
        return None
    limit = found.short(tags.PIXEL_PADDING_LIMIT, signed=is_signed)
    ends = value, value if limit is None else limit
    return min(ends), max(ends)


def _table(image: SliceHeader, *, is_signed: bool) -> ModalityTable | None:
    try:
        return modality_table(image.elements, is_signed=is_signed)
    except DicomError as error:
        raise DicomError.at(image.path, str(error)) from error


def read_stored(
    image: SliceHeader, how: PixelLayout, into: NDArray[np.int16], ways: Ways
) -> Stored:
    """Return the stored pixels of a slice, shape (rows, columns).

    Parameters
    ----------
    into
        Shape (rows, columns), contiguous: memory that may be used for the answer.
    ways
        To compressed and to deflated frames.

    Raises
    ------
    DicomError
        If the file is gone, was changed since the scan, or cannot be decoded.
    """
    try:
        with image.path.open("rb", buffering=0) as file:
            _require_unchanged(image, file)
            return _sound(_read(image, how, file, into, ways), how)
    except OSError as error:
        raise DicomError.at(image.path, error.strerror or str(error)) from error


def _require_unchanged(image: SliceHeader, file: FileIO) -> None:
    status = os.fstat(file.fileno())
    header = image.header
    if (status.st_size, status.st_mtime_ns) != (header.file_size, header.modified_ns):
        raise DicomError.at(image.path, "changed since it was scanned", "Scan it again")


def _read(
    image: SliceHeader,
    how: PixelLayout,
    file: FileIO,
    into: NDArray[np.int16],
    ways: Ways,
) -> Stored:
    header = image.header
    if header.pixel_length is None:
        return _decoded(image, _frame(image, how, file), ways.decode)
    if header.transfer_syntax == DEFLATED_LE:
        return _shaped(ways.inflated.frame(image, file), how)
    file.seek(header.pixel_offset or 0)
    if how.bits_allocated != 16:
        data = file.read(how.rows * how.columns * how.bits_allocated // 8)
        stored = _shaped(data, how)
    else:
        _fill(image, file, into)
        stored = into.view(how.dtype)
    return stored.byteswap(inplace=True) if _is_big_endian(image) else stored


def _is_big_endian(image: SliceHeader) -> bool:
    return image.header.transfer_syntax == EXPLICIT_BE


def _fill(image: SliceHeader, file: FileIO, into: NDArray[np.int16]) -> None:
    """Read straight into memory; one call may give less than was asked for."""
    view = into.data.cast("B")
    while view:
        got = file.readinto(view)
        if not got:
            raise DicomError.at(image.path, "became shorter while it was read")
        view = view[got:]


def _shaped(data: bytes | memoryview, how: PixelLayout) -> Stored:
    pixels = np.frombuffer(data, how.dtype, how.rows * how.columns)
    return pixels.reshape(how.rows, how.columns).copy()


def _frame(image: SliceHeader, how: PixelLayout, file: FileIO) -> Frame:
    return Frame(
        transfer_syntax=image.header.transfer_syntax,
        data=b"".join(_piece(file, span) for span in image.header.fragments),
        rows=how.rows,
        columns=how.columns,
        bits_allocated=how.bits_allocated,
        bits_stored=how.bits_stored,
        is_signed=how.is_signed,
    )


def _piece(file: FileIO, span: ByteSpan) -> bytes:
    file.seek(span.offset)
    return file.read(span.length)


def _decoded(image: SliceHeader, frame: Frame, decode: Decode) -> Stored:
    try:
        return decode(frame)
    except DicomError as error:
        raise DicomError.at(image.path, str(error)) from error


def _sound(stored: Stored, how: PixelLayout) -> Stored:
    """Drop bits that are not of the image (PS3.5, 8.1.1) where there are any."""
    unused = how.bits_allocated - how.bits_stored
    if not unused:
        return stored
    least, most = _range(how)
    if how.high_bit == how.bits_stored - 1 and (
        least <= stored.min() and stored.max() <= most
    ):
        return stored
    above = how.bits_allocated - 1 - how.high_bit
    stored = np.left_shift(stored, above, out=stored)
    return np.right_shift(stored, unused, out=stored)


def _range(how: PixelLayout) -> tuple[int, int]:
    if how.is_signed:
        return -(1 << how.bits_stored - 1), (1 << how.bits_stored - 1) - 1
    return 0, (1 << how.bits_stored) - 1


def put_whole_numbers(stored: Stored, how: PixelLayout, out: NDArray[np.int16]) -> bool:
    """Write values as int16; return whether they all fit.

    Padding that falls below int16 becomes -32768; every other value stays as it is.

    Parameters
    ----------
    stored
        As the file has them, shape (rows, columns), none of more bits than are stored;
        may lie in `out`.
    how
        Slope and intercept are whole numbers, or it has a table of them.
    out
        Where the values go, shape (rows, columns), HU or the unit of the series; its
        content is of no use where the answer is False.
    """
    if how.table is not None:
        return _put_fitting(how.table.mapped(stored), out)
    slope, intercept = int(how.slope), int(how.intercept)
    if not _fit(_range(how), how) and not _fit((stored.min(), stored.max()), how):
        return _put_padded(stored, how, out)
    if stored.dtype.itemsize != 2:
        return _put_fitting(stored.astype(np.int64) * slope + intercept, out)
    # arithmetic modulo 2**16: what overflows on the way comes back, as the result fits
    values, target = stored.view(np.uint16), out.view(np.uint16)
    if slope != 1:
        values = np.multiply(values, np.uint16(slope & 0xFFFF), out=target)
    np.add(values, np.uint16(intercept & 0xFFFF), out=target)
    return True


def _fit(ends: tuple[int, int], how: PixelLayout) -> bool:
    """Whether all from the least to the greatest stored value fit into int16."""
    values = [int(end) * int(how.slope) + int(how.intercept) for end in ends]
    return INT16.min <= min(values) and max(values) <= INT16.max


def _put_padded(stored: Stored, how: PixelLayout, out: NDArray[np.int16]) -> bool:
    values = stored.astype(np.int64)
    first, last = how.padding or (0, -1)
    padded = (first <= values) & (values <= last)
    values = values * int(how.slope) + int(how.intercept)
    values[padded & (values < INT16.min)] = INT16.min
    return _put_fitting(values, out)


def _put_fitting(values: NDArray[np.int64], out: NDArray[np.int16]) -> bool:
    if values.min() < INT16.min or values.max() > INT16.max:
        return False
    out[...] = values
    return True


def put_decimals(
    stored: Stored, how: PixelLayout, factor: float, out: NDArray[np.float32]
) -> None:
    """Write (stored x slope + intercept) x factor as float32.

    Parameters
    ----------
    stored
        As the file has them, shape (rows, columns).
    factor
        From the values of the file to those of the volume, such as SUV for one Bq/ml.
    out
        Where the values go, shape (rows, columns).

    Raises
    ------
    DicomError
        If some lie in the range of no real world value map, and are no padding.
    """
    if how.pieces:
        out[...] = _by_pieces(stored, how) * factor
        return
    values = stored if how.table is None else how.table.mapped(stored)
    np.multiply(values, how.slope * factor, out=out, casting="same_kind")
    if how.intercept:
        out += np.float32(how.intercept * factor)


def _by_pieces(stored: Stored, how: PixelLayout) -> NDArray[np.float64]:
    values = np.full(stored.shape, np.nan)
    first, last = how.padding or (0, -1)
    values[(first <= stored) & (stored <= last)] = how.intercept
    for one in how.pieces:
        least = -np.inf if one.first is None else one.first
        most = np.inf if one.last is None else one.last
        inside = (stored >= least) & (stored <= most)
        values[inside] = stored[inside] * one.slope + one.intercept
    outside = int(np.count_nonzero(np.isnan(values)))
    if outside:
        raise DicomError(
            f"{outside} of its pixels lie in the range of none of its real world value "
            "maps (0040,9096)"
        )
    return values


def padding_ranges(
    layouts: Iterable[PixelLayout], factors: Iterable[float], units: str
) -> tuple[tuple[float, float], ...]:
    """Return what padding has become in the units of a volume, for `Volume.padding`.

    In HU everything at or below -2000 is padding as well, whether the file says so or
    not: scanners fill with it what lies outside the circle that they reconstruct.

    Parameters
    ----------
    factors
        What the rescaled pixels of each slice were multiplied with.
    """
    ranges = {
        _padding_range(how, factor)
        for how, factor in zip(layouts, factors, strict=True)
        if how.padding is not None and not how.pieces
    }
    if units == "HU":
        ranges.add((-math.inf, OUTSIDE_HU))
    return tuple(sorted(ranges))


def _padding_range(how: PixelLayout, factor: float) -> tuple[float, float]:
    stored = np.array(how.padding)
    values = stored if how.table is None else how.table.mapped(stored)
    ends = (values * how.slope + how.intercept) * factor
    largest = max(np.abs(ends).max(), abs(how.intercept * factor))
    nearly = max(abs(how.slope * factor) * NEARLY, float(largest) * ROUNDED)
    highest = float(ends.max()) + nearly
    return float(ends.min()) - nearly, max(highest, float(INT16.min))
