"""Whose images a folder holds, told from one file of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydicom
from pydicom.errors import InvalidDicomError

if TYPE_CHECKING:
    from pathlib import Path


def first_study(folder: Path) -> str | None:
    """Return the study UID of the first DICOM file below a folder; None without any.

    A file that does not read as DICOM is passed over: it is no image.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (uid := _study(path)) is not None:
            return uid
    return None


def _study(path: Path) -> str | None:
    try:
        head = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=["StudyInstanceUID"]
        )
    except (InvalidDicomError, OSError, ValueError):
        return None
    return str(head.StudyInstanceUID) if "StudyInstanceUID" in head else None
