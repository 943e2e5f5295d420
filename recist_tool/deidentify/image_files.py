"""Which files can be cleaned: those whose pixels are patients, not pictures of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.slice_header import DICOMDIR_CLASS, NO_IMAGE
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from recist_tool.dicom.header.elements import Elements

STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
CLEANED: Final = frozenset(
    STORAGE + end
    for end in (
        "2", "2.1", "2.2",  # CT: single frame, enhanced, legacy converted
        "4", "4.1", "4.4",  # MR
        "20", "128", "128.1", "130",  # NM, PET
        "66.1", "66.4", "66.7", "67", "481.3",  # REG, SEG, label map, RWV, RTSTRUCT
    )
)  # fmt: skip
"""SOP classes of which every attribute that matters here is known."""

PICTURES: Final = ("SCREEN SAVE", "SCREEN", "SCREENSHOT", "REPORT", "DOSE", "PROTOCOL")
PICTURE_WORDS: Final = re.compile(
    r"dose (?:report|info|record)|patient protocol|screen ?(?:save|shot)|dosis", re.I
)


def require_cleanable(found: Elements, dataset: Dataset) -> None:
    """Refuse a file in which identity could stay unseen.

    Parameters
    ----------
    found, dataset
        The same file, as a scan reads it and as pydicom does.

    Raises
    ------
    DicomError
        Saying why.
    """
    why = next(_objections(found, dataset), None)
    if why is not None:
        raise DicomError(f"not written: {why}")


def _objections(found: Elements, dataset: Dataset) -> Iterator[str]:
    yield from _kind(found)
    image_type = " ".join(found.texts(tags.IMAGE_TYPE))
    if any(f" {word} " in f" {image_type} " for word in PICTURES):
        yield "its ImageType (0008,0008) says it is a picture of a screen or a report"
    if PICTURE_WORDS.search(found.text(tags.SERIES_DESCRIPTION)):
        yield "its SeriesDescription (0008,103E) says it is a report or a screen shot"
    if str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        yield "BurnedInAnnotation (0028,0301) is YES: names may stand in its pixels"
    if "ConversionType" in dataset:
        yield "a secondary capture, by its ConversionType (0008,0064)"
    if (found.short(tags.SAMPLES_PER_PIXEL) or 1) != 1:
        yield "a colour picture, such as a screen shot"
    if any(
        tag >> 24 == 0x60 and _in_pixels(dataset, tag)
        for tag in map(int, dataset.keys())
    ):
        yield "an overlay (60xx) is drawn within its pixels"


def _kind(found: Elements) -> Iterator[str]:
    sop_class = found.text(tags.SOP_CLASS_UID) or found.text(tags.MEDIA_SOP_CLASS_UID)
    if sop_class == DICOMDIR_CLASS:
        yield "a DICOMDIR index, which names patients"
    elif sop_class not in CLEANED:
        modality = found.text(tags.MODALITY)
        kind = NO_IMAGE.get(modality)
        yield f"{kind} ({modality})" if kind else "no CT, PET or MR image"


def _in_pixels(dataset: Dataset, tag: int) -> bool:
    """Tell whether an element shows an overlay plane without data of its own."""
    group = tag & 0xFFFF_0000
    return tag & 0xFFFF == 0x0010 and group | 0x3000 not in dataset


def remarks(found: Elements) -> tuple[str, ...]:
    """Return what a person should look at in a file that was written."""
    image_type = found.texts(tags.IMAGE_TYPE)
    said: list[str] = []
    if "SECONDARY" in image_type[1:2]:
        said.append(
            "ImageType (0008,0008) is SECONDARY: look whether text stands in its pixels"
        )
    return tuple(said)
