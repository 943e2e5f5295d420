"""One slice: what a scan keeps of the header of an image file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.frames import frame_bytes, frame_count, frames_of
from recist_tool.dicom.header.parse import (
    DEFLATED_LE,
    NATIVE,
    Header,
    read_header,
    require_known_coding,
)
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.dicom.header.elements import Elements

NO_IMAGE: Final = {
    "SR": "a structured report",
    "SEG": "a segmentation",
    "RTSTRUCT": "an RT structure set",
    "RTPLAN": "an RT plan",
    "RTDOSE": "an RT dose",
    "RWV": "a real world value mapping",
    "PR": "a presentation state",
    "KO": "a key object selection",
    "DOC": "a document",
    "REG": "a registration",
}
IMAGES: Final = frozenset({"CT", "PT", "MR"})
COLOURS: Final = frozenset({"PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422"})
NOT_READ: Final = {
    tags.PIXEL_DATA_PROVIDER: "Pixel Data Provider URL",
    tags.FLOAT_PIXEL_DATA: "Float Pixel Data",
    tags.DOUBLE_PIXEL_DATA: "Double Float Pixel Data",
}
"""What stands in the place of pixel data in some images (PS3.3, C.7.6.24)."""
DICOMDIR_CLASS: Final = "1.2.840.10008.1.3.10"
FARTHEST_MM: Final = 1e6
FINEST_MM: Final = 1e-6
UNIT_TOLERANCE: Final = 0.01  # of an axis' length, and of the cosine between two

Triple = tuple[float, float, float]


class PatientKey(NamedTuple):
    """Who the patient is; two keys that differ are never put together.

    Attributes
    ----------
    patient_id
        As in the file; may be empty.
    birth_date
        As in the file; may be empty.
    name
        Letters and digits alone, so that two spellings of one name agree.
    """

    patient_id: str
    birth_date: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceHeader:
    """The header of one image: a file, or one frame of it.

    Attributes
    ----------
    position_lps
        Centre of the first pixel, mm.
    row_axis_lps, column_axis_lps
        Unit vectors along which the column index and the row index grow.
    pixel_spacing_mm
        Between rows, between columns; None if PixelSpacing is missing or impossible.
    frame_number, frame_count
        Which of how many frames of the file, from 1.
    """

    path: Path
    header: Header
    frame_number: int = 1
    frame_count: int = 1
    patient: PatientKey
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    frame_of_reference_uid: str
    modality: str
    rows: int
    columns: int
    position_lps: Triple
    row_axis_lps: Triple
    column_axis_lps: Triple
    pixel_spacing_mm: tuple[float, float] | None
    thickness_mm: float | None
    instance_number: int
    is_localizer: bool

    @property
    def elements(self) -> Elements:
        """The elements of the file that a scan keeps."""
        return self.header.elements


def read_images(path: Path) -> tuple[SliceHeader, ...]:
    """Return the header of each image of a file: one, or one for each frame.

    Raises
    ------
    DicomError
        If the file is no DICOM file, damaged, or not an image that can be measured.
    OSError
        If it cannot be read.
    """
    return images_of(path, read_header(path))


def images_of(path: Path, header: Header) -> tuple[SliceHeader, ...]:
    """Return the images that the header of a file describes.

    Raises
    ------
    DicomError
        If it is not an image that can be measured.
    """
    _require_image(header)
    require_known_coding(header)
    frames = frames_of(header)
    _require_pixels(header)
    return tuple(
        _image(path, frame, number, len(frames))
        for number, frame in enumerate(frames, start=1)
    )


def _image(path: Path, header: Header, number: int, count: int) -> SliceHeader:
    found = header.elements
    position, row_axis, column_axis = _plane(found)
    return SliceHeader(
        path=path,
        header=header,
        frame_number=number,
        frame_count=count,
        patient=patient_of(found),
        study_instance_uid=found.text(tags.STUDY_INSTANCE_UID),
        series_instance_uid=found.text(tags.SERIES_INSTANCE_UID),
        sop_instance_uid=found.text(tags.SOP_INSTANCE_UID)
        or found.text(tags.MEDIA_SOP_INSTANCE_UID),
        frame_of_reference_uid=found.text(tags.FRAME_OF_REFERENCE_UID),
        modality=found.text(tags.MODALITY),
        rows=found.short(tags.ROWS) or 0,
        columns=found.short(tags.COLUMNS) or 0,
        position_lps=position,
        row_axis_lps=row_axis,
        column_axis_lps=column_axis,
        pixel_spacing_mm=_pixel_spacing(found),
        thickness_mm=_positive(found.number(tags.SLICE_THICKNESS)),
        instance_number=found.integer(tags.INSTANCE_NUMBER) or 0,
        is_localizer="LOCALIZER" in found.texts(tags.IMAGE_TYPE),
    )


def _require_image(header: Header) -> None:
    found = header.elements
    modality = found.text(tags.MODALITY)
    if DICOMDIR_CLASS in (
        found.text(tags.MEDIA_SOP_CLASS_UID),
        found.text(tags.SOP_CLASS_UID),
    ):
        raise DicomError("not an image: a DICOMDIR index")
    if modality in NO_IMAGE:
        raise DicomError(f"not an image: {NO_IMAGE[modality]} ({modality})")
    if header.pixel_offset is None:
        for tag, name in NOT_READ.items():
            if tag in found:
                what = f"{name} {tags.written(tag)} is not read: nothing to load"
                raise DicomError(what)
        cut = "cut off before its pixels, or " if modality in IMAGES else ""
        raise DicomError(f"{cut}not an image: it has no pixel data")
    if not _is_grey(found):
        raise DicomError("a colour picture, such as a screen shot: nothing to measure")
    if not found.short(tags.ROWS) or not found.short(tags.COLUMNS):
        raise DicomError("its image has no Rows (0028,0010) or Columns (0028,0011)")


def _is_grey(found: Elements) -> bool:
    """Whether there is one value for each pixel, and it is not one of a palette."""
    is_single = (
        tags.SAMPLES_PER_PIXEL not in found or found.short(tags.SAMPLES_PER_PIXEL) == 1
    )
    return is_single and found.text(tags.PHOTOMETRIC) not in COLOURS


def _require_pixels(header: Header) -> None:
    """Refuse an image whose pixel data is shorter than its size says."""
    frames = frame_count(header.elements)
    needed = frames * frame_bytes(header.elements)
    length = header.pixel_length
    if length is not None and length < needed:
        what = "inflated " if header.transfer_syntax == DEFLATED_LE else ""
        raise DicomError(
            f"cut off: its size asks for {needed} bytes of pixels, "
            f"its {what}pixel data has {length}"
        )
    bare = 0 if header.transfer_syntax in NATIVE else length or 0
    if bare > needed + needed % 2:
        raise DicomError(
            "its pixels are not compressed, though its transfer syntax (0002,0010) "
            "says so, and too long for its size"
        )


def patient_of(found: Elements) -> PatientKey:
    """Return who the patient is, as far as the header says."""
    name = found.text(tags.PATIENT_NAME).casefold()
    return PatientKey(
        found.text(tags.PATIENT_ID),
        found.text(tags.PATIENT_BIRTH_DATE),
        "".join(character for character in name if character.isalnum()),
    )


def _plane(found: Elements) -> tuple[Triple, Triple, Triple]:
    """Return position, row axis and column axis, the axes of length one."""
    position = found.numbers(tags.IMAGE_POSITION)
    axes = found.numbers(tags.IMAGE_ORIENTATION)
    if position is None or len(position) != 3:
        why = found.why_no(tags.IMAGE_POSITION, "three numbers")
        raise DicomError(
            f"ImagePositionPatient (0020,0032) {why}, "
            "so its place in the patient is unknown"
        )
    if axes is None or len(axes) != 6:
        why = found.why_no(tags.IMAGE_ORIENTATION, "six numbers")
        raise DicomError(
            f"ImageOrientationPatient (0020,0037) {why}, "
            "so its place in the patient is unknown"
        )
    if max(map(abs, (*position, *axes))) > FARTHEST_MM:
        raise DicomError(
            "ImagePositionPatient (0020,0032) or ImageOrientationPatient (0020,0037) "
            "is no place in a patient"
        )
    row, column = math.hypot(*axes[:3]), math.hypot(*axes[3:])
    cosine = sum(a * b for a, b in zip(axes[:3], axes[3:], strict=True))
    if max(abs(row - 1), abs(column - 1), abs(cosine)) > UNIT_TOLERANCE:
        raise DicomError(
            "ImageOrientationPatient (0020,0037) is not two perpendicular unit vectors"
        )
    x, y, z, u, v, w = axes
    return (
        (position[0], position[1], position[2]),
        (x / row, y / row, z / row),
        (u / column, v / column, w / column),
    )


def _pixel_spacing(found: Elements) -> tuple[float, float] | None:
    values = found.numbers(tags.PIXEL_SPACING)
    if values is None or len(values) != 2:
        return None
    if min(values) < FINEST_MM or max(values) > FARTHEST_MM:
        return None
    return values[0], values[1]


def _positive(value: float | None) -> float | None:
    return value if value is not None and value > 0 else None
