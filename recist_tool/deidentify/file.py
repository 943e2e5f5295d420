"""One file without identity: read, refused or cleaned, and encoded anew."""

from __future__ import annotations

import warnings
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom import dcmread

from recist_tool.deidentify.clean import Cleaner, Person
from recist_tool.deidentify.comments import without_comments
from recist_tool.deidentify.encode import Element, part_10
from recist_tool.deidentify.image_files import remarks, require_cleanable
from recist_tool.deidentify.method import method_elements
from recist_tool.deidentify.numbers import identifiers, numbers_in
from recist_tool.deidentify.source import SourceDataSet
from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.header.slice_header import PatientKey, patient_of
from recist_tool.dicom.masks.dataset import MOST_BYTES, UNREADABLE
from recist_tool.errors import DicomError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from recist_tool.deidentify.pseudonyms import Pseudonyms
    from recist_tool.dicom.header.elements import Elements
    from recist_tool.dicom.header.parse import Header

NOBODY: Final[Mapping[PatientKey, PatientKey]] = MappingProxyType({})


class CleanFile(NamedTuple):
    """A file without identity.

    Attributes
    ----------
    data
        The whole file.
    patient
        Whose it is; never printed.
    subject_id
        The pseudonym in it.
    study_instance_uid, series_instance_uid
        As they are now.
    remarks
        What a person should look at.
    """

    data: bytes
    patient: PatientKey
    subject_id: str
    study_instance_uid: str
    series_instance_uid: str
    remarks: tuple[str, ...]


def clean_file(
    path: Path,
    pseudonyms: Pseudonyms,
    subject_id: str | None = None,
    joined: Mapping[PatientKey, PatientKey] = NOBODY,
) -> CleanFile:
    """Return a file without its patient's identity.

    Parameters
    ----------
    subject_id
        In place of the pseudonym; the days by which dates move stay the patient's own.
    joined
        Patients who are another one, by themselves.

    Raises
    ------
    DicomError
        If the file is damaged, or identity could stay unseen in it.
    OSError
        If it cannot be read.
    """
    header = read_header(path)
    if header.file_size > MOST_BYTES:
        raise DicomError(f"more than {MOST_BYTES >> 30} GB: too large to be cleaned")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong with a value, it says itself
        try:
            dataset = dcmread(path, force=True)
            require_cleanable(header.elements, dataset)
            owner = owner_of(header.elements)
            patient = joined.get(owner, owner)
            source = SourceDataSet.of(dataset)
            person = Person(
                subject_id or pseudonyms.subject_id(patient),
                pseudonyms.shift_days(patient),
                frozenset(numbers_in((*patient, *identifiers(source)))),
            )
            elements = Cleaner(pseudonyms, person).cleaned(source)
        except UNREADABLE as error:
            raise DicomError(f"damaged DICOM file ({type(error).__name__})") from None
    elements = _completed(elements, header, pseudonyms)
    return CleanFile(
        data=part_10(elements, header.transfer_syntax),
        patient=patient,
        subject_id=person.subject_id,
        study_instance_uid=_value(elements, tags.STUDY_INSTANCE_UID),
        series_instance_uid=_value(elements, tags.SERIES_INSTANCE_UID),
        remarks=remarks(header.elements),
    )


def owner_of(found: Elements) -> PatientKey:
    """Return whose file it is; of nobody known, each study is of somebody else."""
    patient = patient_of(found)
    if any(patient):
        return patient
    return patient._replace(name=f"study {found.text(tags.STUDY_INSTANCE_UID)}")


def _completed(
    elements: tuple[Element, ...], header: Header, pseudonyms: Pseudonyms
) -> tuple[Element, ...]:
    """Say what was done, and drop what lies within and behind the pixels."""
    found = header.elements
    every = {element.tag: element for element in elements}
    pixels = every.get(tags.PIXEL_DATA)
    if pixels is not None and isinstance(pixels.value, bytes):
        data = (
            without_comments(pixels.value, header.transfer_syntax)
            if pixels.is_encapsulated
            else pixels.value[: pixel_bytes(found)]
        )
        every[tags.PIXEL_DATA] = pixels._replace(value=data)
    instance = found.text(tags.MEDIA_SOP_INSTANCE_UID)
    if not _value(elements, tags.SOP_INSTANCE_UID) and instance:
        uid = pseudonyms.uid(instance).encode()
        every[tags.SOP_INSTANCE_UID] = Element(tags.SOP_INSTANCE_UID, "UI", uid)
    for element in method_elements():
        every[element.tag] = element
    return tuple(every.values())


def pixel_bytes(found: Elements) -> int:
    """Return how many bytes the pixels of an uncompressed image take."""
    samples = found.short(tags.SAMPLES_PER_PIXEL) or 1
    pixels = (found.short(tags.ROWS) or 0) * (found.short(tags.COLUMNS) or 0)
    frames = found.integer(tags.NUMBER_OF_FRAMES) or 1
    bits = found.short(tags.BITS_ALLOCATED) or 0
    return (pixels * frames * samples * bits + 7) // 8


def _value(elements: Iterable[Element], tag: int) -> str:
    for element in elements:
        if element.tag == tag and isinstance(element.value, bytes):
            return element.value.decode()
    return ""
