"""A patient whose identity stands in every place where a file can hold text."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from recist_tool.deidentify.encode import Element, part_10
from recist_tool.deidentify.kept import BULK
from recist_tool.deidentify.source import NUMBERS, SourceDataSet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

SECRET = "PLANTED"  # noqa: S105 - what is looked for afterwards
DEEPEST = 4
DEEP = {0x0008_1140, 0x0008_1115, 0x0040_0260, 0x0040_0275, 0x0054_0016}
KEPT_GROUPS = (0x0000, 0x0002, 0xFFFE)
REFUSED = {0x0028_0301, 0x0008_0064, 0x0028_3000}  # there, they can refuse a file


def secret(tag: int, depth: int = 0) -> bytes:
    """Return a text that stands in no other place."""
    return f"{SECRET}{depth}{tag:08X}".encode()


def planted(base: Dataset, vr: str | None = None) -> tuple[Element, ...]:
    """Return the elements of an image, and a secret in every other attribute.

    Parameters
    ----------
    vr
        With which all secrets are written; each with its own if not given.
    """
    elements = {element.tag: element for element in _own(base)}
    for tag, own_vr in _dictionary():
        if tag not in elements and own_vr not in NUMBERS and tag not in BULK:
            elements[tag] = _secret_element(tag, own_vr, vr)
    for element in _odd_places():
        elements[element.tag] = element
    return tuple(elements.values())


def _own(base: Dataset) -> Iterator[Element]:
    """Yield what the image needs to be one: numbers, pixels, codes, its kind."""
    source = SourceDataSet.of(base)
    needed = {"ImageType", "Modality", "SOPClassUID", "PhotometricInterpretation"}
    needed |= {"Units", "CorrectedImage", "DecayCorrection", "PatientSex"}
    for tag, found in source.found.items():
        keyword = DicomDictionary[tag][4]
        number = found.VR in NUMBERS or found.VR in ("DS", "IS")
        if number or tag in BULK or keyword in needed:
            yield Element(tag, found.VR, found.value)


def _dictionary() -> Iterator[tuple[int, str]]:
    for tag, (vr, *_) in DicomDictionary.items():
        if tag >> 16 not in KEPT_GROUPS and tag not in REFUSED and tag & 0xFFFF:
            yield tag, vr.split(" or ")[0]


def _secret_element(tag: int, own_vr: str, vr: str | None) -> Element:
    if own_vr == "SQ":
        return Element(tag, "SQ", (_item(1 if tag in DEEP else DEEPEST),))
    return Element(tag, vr or own_vr, secret(tag))


def _item(depth: int) -> tuple[Element, ...]:
    """Return an item with secrets of every kind, down to the fourth level."""
    tags = (
        (0x0008_0050, "SH"), (0x0008_1048, "PN"), (0x0008_103E, "LO"),
        (0x0010_0010, "PN"), (0x0018_1030, "LO"), (0x0018_1210, "SH"),
        (0x0020_4000, "LT"), (0x0040_A160, "UT"), (0x0040_A123, "PN"),
        (0x0008_0104, "LO"), (0x0008_0100, "SH"), (0x0008_0115, "ST"),
        (0x0008_0020, "DA"), (0x0008_1190, "UR"), (0x0019_1001, "UN"),
        (0x0008_0119, "UC"), (0x0018_0022, "CS"), (0x0008_0055, "AE"),
    )  # fmt: skip
    own = tuple(Element(tag, vr, secret(tag, depth)) for tag, vr in tags)
    private = (Element(0x0019_0010, "LO", secret(0x0019_0010, depth)),)
    if depth == DEEPEST:
        return own + private
    nested = (0x0008_1140, 0x0040_0260, 0x0019_1002)
    return (
        *own,
        *private,
        *(Element(tag, "SQ", (_item(depth + 1),)) for tag in nested),
    )


def _odd_places() -> Iterator[Element]:
    """Yield what no dictionary lists: curves, overlays, private and unknown tags."""
    for group in (0x5000, 0x501E, 0x6000, 0x601E):
        for element, vr in ((0x0010, "US"), (0x0022, "LO"), (0x3000, "OW")):
            value = b"\1\0" if vr == "US" else secret(group << 16 | element)
            yield Element(group << 16 | element, vr, value)
        yield Element(group << 16 | 0x4000, "LT", secret(group << 16 | 0x4000))
    for group in (0x0009, 0x0029, 0x7053):
        yield Element(group << 16 | 0x0010, "LO", secret(group << 16))
        yield Element(group << 16 | 0x1000, "DS", secret(group << 16 | 0x1000))
        yield Element(group << 16 | 0x100D, "DT", secret(group << 16 | 0x100D))
        yield Element(group << 16 | 0x1010, "SQ", (_item(1),))
    for tag in (0x0008_FFFE, 0x0010_FFF0, 0x7FE0_0020, 0xFFFC_FFFC, 0x0008_0000):
        yield Element(tag, "UN", secret(tag))


def write_planted(
    path: Path, base: Dataset, syntax: str, vr: str | None = None
) -> None:
    """Write such a file; preamble, meta information and its end hold secrets too."""
    elements = planted(_reread(base), vr)
    if syntax == ExplicitVRBigEndian:
        elements = tuple(map(_swapped, elements))
    data = part_10(elements, syntax)
    meta = b"\2\0\x16\0AE\x10\0PLANTEDSOURCEAE \2\0\2\1OB\0\0\x0e\0\0\0PLANTEDPRIVATE"
    length = int.from_bytes(data[140:144], "little") + len(meta)
    end = 144 + length - len(meta)
    preamble = (SECRET.encode() * 20)[:128]
    head = preamble + data[128:140] + length.to_bytes(4, "little") + data[144:end]
    path.write_bytes(head + meta + data[end:])


def _swapped(element: Element) -> Element:
    """Return the numbers of a little endian element in the other order."""
    size = {"OW": 2}.get(element.vr) or NUMBERS.get(element.vr, 1)
    if size == 1 or not isinstance(element.value, bytes):
        return element
    value = element.value
    parts = [value[i : i + size][::-1] for i in range(0, len(value), size)]
    return element._replace(value=b"".join(parts))


def _reread(base: Dataset) -> Dataset:
    buffer = io.BytesIO()
    base.save_as(buffer, enforce_file_format=True)
    return dcmread(io.BytesIO(buffer.getvalue()))


def plain_bytes(path: Path) -> bytes:
    """Return the bytes of a file, and those of its data set inflated."""
    data = path.read_bytes()
    end = 144 + int.from_bytes(data[140:144], "little")
    if DeflatedExplicitVRLittleEndian.encode() not in data[:end]:
        return data
    return data + zlib.decompress(data[end:], -zlib.MAX_WBITS)


SYNTAXES = (
    "1.2.840.10008.1.2.1",
    str(ImplicitVRLittleEndian),
    str(ExplicitVRBigEndian),
    str(DeflatedExplicitVRLittleEndian),
)
