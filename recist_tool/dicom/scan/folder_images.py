"""Whose images a folder holds, told from a few files of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.header.slice_header import patient_of
from recist_tool.dicom.scan.links import leads_out
from recist_tool.errors import RecistToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.dicom.header.slice_header import PatientKey

_NOT_TOLD: Final = ""


class FolderImages(NamedTuple):
    """What is known of the images below a folder.

    Attributes
    ----------
    studies
        UIDs; empty where there is no DICOM file.
    patients
        Those whose files name a patient's number.
    """

    studies: frozenset[str] = frozenset()
    patients: frozenset[PatientKey] = frozenset()


def images_below(folder: Path, *, every_file: bool = False) -> FolderImages:
    """Return the studies and patients of the DICOM files below a folder.

    A file that does not read as DICOM is passed over: it is no image. So is a link that
    leads out of the folder.

    Parameters
    ----------
    every_file
        Read every file, and not the first of each folder alone: slower, and right too
        where the studies of a patient lie in one folder.
    """
    studies: set[str] = set()
    patients: set[PatientKey] = set()
    for files in _by_folder(folder):
        for path in files:
            found = _read(path)
            if found is None:
                continue
            study, patient = found
            studies.add(study)
            if patient.patient_id != _NOT_TOLD:
                patients.add(patient)
            if not every_file:
                break
    return FolderImages(frozenset(studies), frozenset(patients))


def _by_folder(folder: Path) -> Iterator[list[Path]]:
    root = folder.resolve()
    for here, below, names in os.walk(folder):
        below.sort()
        paths = (Path(here, name) for name in sorted(names))
        yield [path for path in paths if not leads_out(path, root)]


def _read(path: Path) -> tuple[str, PatientKey] | None:
    try:
        elements = read_header(path).elements
    except (RecistToolError, OSError):
        return None
    study = elements.text(tags.STUDY_INSTANCE_UID)
    return (study, patient_of(elements)) if study else None
