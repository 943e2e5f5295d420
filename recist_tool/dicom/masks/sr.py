"""What a report says of the segments of a segmentation (PS3.16, TID 1500)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.masks.dataset import damage_told, read_dataset
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydicom import Dataset

GROUP: Final = "125007"
"""Measurement Group, DCM."""
REFERENCED_SEGMENT: Final = "121191"
"""Referenced Segment, DCM."""
DERIVATION: Final = "121401"
"""Derivation, DCM."""
DEEPEST: Final = 16


class Reported(NamedTuple):
    """One number of a report.

    Attributes
    ----------
    label
        The segment that it is of.
    code, scheme
        Of what was measured; `derivation` is the code of how: mean, maximum, peak.
    meaning
        Both in words.
    unit
        In UCUM.
    """

    label: int
    code: str
    scheme: str
    derivation: str
    meaning: str
    value: float
    unit: str


def read_sr_measurements(path: Path, segmentation_uid: str) -> tuple[Reported, ...]:
    """Return the numbers that a report gives of the segments of a segmentation.

    Parameters
    ----------
    segmentation_uid
        Its SOP Instance UID.

    Raises
    ------
    DicomError
        If it is damaged, no structured report, or one of something else.
    """
    with damage_told(path):
        header = read_header(path)
        if header.elements.text(tags.MODALITY) != "SR":
            raise DicomError("it is no structured report")
        root = read_dataset(path, header)
        found = tuple(
            one
            for group in _groups(root, 0)
            for one in _measurements(group, segmentation_uid)
        )
    if not found:
        raise DicomError.at(path.name, "it holds no measurements of this segmentation")
    return found


def _code(item: Dataset, keyword: str = "ConceptNameCodeSequence") -> tuple[str, ...]:
    """Return value, scheme and meaning of a code; empty ones where there is none."""
    for code in item.get(keyword) or ():
        names = ("CodeValue", "CodingSchemeDesignator", "CodeMeaning")
        return tuple(str(code.get(name) or "") for name in names)
    return "", "", ""


def _groups(item: Dataset, depth: int) -> Iterator[Dataset]:
    """Return the measurement groups in a tree of content."""
    if depth > DEEPEST:
        raise DicomError(f"its content is nested more than {DEEPEST} deep")
    for child in item.get("ContentSequence") or ():
        if _code(child)[0] == GROUP:
            yield child
        else:
            yield from _groups(child, depth + 1)


def _measurements(group: Dataset, segmentation_uid: str) -> Iterator[Reported]:
    content = group.get("ContentSequence") or ()
    labels = [label for child in content for label in _labels(child, segmentation_uid)]
    if len(labels) != 1:
        return
    for child in content:
        for measured in child.get("MeasuredValueSequence") or ():
            code, scheme, meaning = _code(child)
            how, words = _derivation(child)
            unit = _code(measured, "MeasurementUnitsCodeSequence")[0]
            value = float(measured.NumericValue)
            said = f"{meaning}, {words}" if words else meaning
            yield Reported(
                label=labels[0],
                code=code,
                scheme=scheme,
                derivation=how,
                meaning=said,
                value=value,
                unit=unit,
            )


def _labels(child: Dataset, segmentation_uid: str) -> Iterator[int]:
    """Return the segments of a segmentation that an item of a group refers to."""
    if _code(child)[0] != REFERENCED_SEGMENT:
        return
    for reference in child.get("ReferencedSOPSequence") or ():
        if reference.get("ReferencedSOPInstanceUID") != segmentation_uid:
            continue
        numbers = reference.get("ReferencedSegmentNumber")
        yield from (
            [int(numbers)] if isinstance(numbers, int) else map(int, numbers or ())
        )


def _derivation(child: Dataset) -> tuple[str, str]:
    """Return the code and the words of how a number was derived."""
    for inner in child.get("ContentSequence") or ():
        if _code(inner)[0] == DERIVATION:
            code, _, meaning = _code(inner, "ConceptCodeSequence")
            return code, meaning
    return "", ""
