"""What an independent reader, pydicom, says a file holds: the judge of what we load.

Numbers are read strictly by PS3.5, 6.2: what is not written as the standard has it
counts as unreadable here, and then only the value of the sound file may be loaded.
"""

from __future__ import annotations

import math
import re
import warnings
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydicom import config, dcmread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

DECIMAL = re.compile(rb" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *")
OUR_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
IDENTITY = ("PatientID", "PatientName", "PatientBirthDate", "SeriesInstanceUID")
DEPTH = ("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation")
SUV_TAGS = (
    *("Units", "SUVType", "CorrectedImage", "DecayCorrection", "SeriesDate"),
    *("SeriesTime", "AcquisitionDate", "AcquisitionTime", "AcquisitionDateTime"),
    *("FrameReferenceTime", "ActualFrameDuration", "PatientWeight", "PatientSize"),
    *("PatientSex", "TimezoneOffsetFromUTC"),
)
ISOTOPE_TAGS = (
    *("RadionuclideHalfLife", "RadionuclideTotalDose"),
    *("RadiopharmaceuticalStartDateTime", "RadiopharmaceuticalStartTime"),
)


class Expected(NamedTuple):
    """What one frame holds; None where pydicom cannot tell.

    Attributes
    ----------
    depth
        Bits allocated, stored, the highest, and whether they have a sign.
    coded
        The bytes of its pixels as they lie in the file.
    stored
        The stored integers, where they are not compressed.
    is_rescaled
        Whether a slope and an intercept, or a table, are there.
    """

    rows: int | None
    columns: int | None
    depth: tuple[int | None, ...]
    position: tuple[float, ...] | None
    axes: tuple[float, ...] | None
    spacing: tuple[float, ...] | None
    slope: float | None
    intercept: float | None
    is_rescaled: bool
    table: Dataset | None
    padding: tuple[int, int] | None
    coded: bytes | None
    stored: NDArray[np.int64] | None
    identity: tuple[bytes, ...]
    suv: tuple[bytes, ...]


def expected(data: bytes) -> list[Expected]:
    """Return what each frame of a file holds; nothing if pydicom cannot read it."""
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        try:
            dataset = dcmread(BytesIO(data), force=True)
            count = _integer(dataset, "NumberOfFrames") or 1
            groups = dataset.get(OUR_GROUPS[0]) or [None] * count
            if len(groups) > 1 << 14:
                return []
            return [
                _frame(dataset, number, group) for number, group in enumerate(groups)
            ]
        except Exception:  # noqa: BLE001 - damaged files make pydicom raise anything
            return []


def _frame(dataset: Dataset, number: int, group: Dataset | None) -> Expected:
    own = [one for one in (group, *_shared(dataset)) if one is not None]
    slope = _one(_found(dataset, own, "PixelValueTransformation", "RescaleSlope"))
    intercept = _one(
        _found(dataset, own, "PixelValueTransformation", "RescaleIntercept")
    )
    table = _table(dataset)
    return Expected(
        _short(dataset, "Rows"),
        _short(dataset, "Columns"),
        tuple(_short(dataset, name) for name in DEPTH),
        _found(dataset, own, "PlanePosition", "ImagePositionPatient"),
        _found(dataset, own, "PlaneOrientation", "ImageOrientationPatient"),
        _found(dataset, own, "PixelMeasures", "PixelSpacing"),
        slope,
        intercept,
        table is not None or (slope is not None and intercept is not None),
        table,
        _padding(dataset),
        *_pixels(dataset, number),
        tuple(_raw(dataset, name).strip(b" \0") for name in IDENTITY),
        _suv(dataset),
    )


def _shared(dataset: Dataset) -> list[Dataset]:
    with suppress(Exception):
        return list(dataset.get(OUR_GROUPS[1]) or [])
    return []


def _raw(dataset: Dataset, keyword: str) -> bytes:
    """Return the bytes of a value as they lie in the file."""
    from pydicom.datadict import tag_for_keyword

    element = dataset.get_item(tag_for_keyword(keyword) or 0) if dataset else None
    value = getattr(element, "value", None)
    if isinstance(value, int):  # pydicom looked at it on its way
        return (value & 0xFFFF).to_bytes(2, _order(dataset))
    return value if isinstance(value, bytes) else b""


def _found(
    dataset: Dataset, groups: Iterable[Dataset], macro: str, keyword: str
) -> tuple[float, ...] | None:
    """Return decimal strings of a frame: its own, the shared, or the file's."""
    for group in groups:
        with suppress(Exception):
            for item in group.get(f"{macro}Sequence") or []:
                if keyword in item:
                    return _decimals(_raw(item, keyword))
    return _decimals(_raw(dataset, keyword)) if keyword in dataset else None


def _decimals(value: bytes) -> tuple[float, ...] | None:
    parts = value.rstrip(b"\0 ").split(b"\\")
    if not all(map(DECIMAL.fullmatch, parts)):
        return None
    numbers = tuple(map(float, parts))
    return numbers if all(map(math.isfinite, numbers)) else None


def _one(numbers: tuple[float, ...] | None) -> float | None:
    return numbers[0] if numbers is not None and len(numbers) == 1 else None


def _integer(dataset: Dataset, keyword: str) -> int | None:
    number = _one(_decimals(_raw(dataset, keyword)))
    return int(number) if number is not None and number == int(number) else None


def _short(dataset: Dataset, keyword: str, *, signed: bool = False) -> int | None:
    value = _raw(dataset, keyword)
    if len(value) != 2:
        return None
    return int.from_bytes(value, _order(dataset), signed=signed)


def _order(dataset: Dataset) -> Any:
    return "little" if dataset.original_encoding[1] is not False else "big"


def _table(dataset: Dataset) -> Dataset | None:
    with suppress(Exception):
        return dataset if dataset.get("ModalityLUTSequence") else None
    return None


def _padding(dataset: Dataset) -> tuple[int, int] | None:
    signed = _short(dataset, "PixelRepresentation") == 1
    value = _short(dataset, "PixelPaddingValue", signed=signed)
    limit = _short(dataset, "PixelPaddingRangeLimit", signed=signed)
    if value is None:
        return None
    return min(value, limit or value), max(value, limit or value)


def _pixels(
    dataset: Dataset, number: int
) -> tuple[bytes | None, NDArray[np.int64] | None]:
    """Return coded bytes and stored integers of a frame, as far as there are any."""
    data = _raw(dataset, "PixelData")
    syntax = getattr(dataset.file_meta, "TransferSyntaxUID", None)
    if syntax is not None and syntax.is_compressed and not syntax.is_deflated:
        return data, None
    rows, columns = _short(dataset, "Rows"), _short(dataset, "Columns")
    bits = _short(dataset, "BitsAllocated")
    if not rows or not columns or bits not in (8, 16, 32):
        return None, None
    length = rows * columns * bits // 8
    coded = data[number * length : (number + 1) * length]
    if len(coded) < length:
        return coded, None
    order = "<" if _order(dataset) == "little" else ">"
    words = np.frombuffer(coded, f"{order}u{bits // 8}").astype(np.int64)
    return coded, _sound(dataset, words.reshape(rows, columns), bits)


def _sound(
    dataset: Dataset, words: NDArray[np.int64], bits: int
) -> NDArray[np.int64] | None:
    """Take the stored bits out of each word, with their sign (PS3.5, 8.1.1)."""
    stored, high = _short(dataset, "BitsStored"), _short(dataset, "HighBit")
    if not stored or stored > bits:
        return None
    high = min(max(high or 0, stored - 1), bits - 1)
    values = words >> (high + 1 - stored) & (1 << stored) - 1
    if _short(dataset, "PixelRepresentation") == 1:
        values[values >= 1 << (stored - 1)] -= 1 << stored
    return values


def _suv(dataset: Dataset) -> tuple[bytes, ...]:
    with suppress(Exception):
        isotopes = list(dataset.get("RadiopharmaceuticalInformationSequence") or [])
        return (
            *(_raw(dataset, name).strip(b" \0") for name in SUV_TAGS),
            *(
                _raw(one, name).strip(b" \0")
                for one in isotopes
                for name in ISOTOPE_TAGS
            ),
        )
    return ()
