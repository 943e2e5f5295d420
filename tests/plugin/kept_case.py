"""A case that is read through, with its images in a folder that may be harmed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pydicom

from recist_tool.app import Session
from recist_tool.app.phantom_read import read_phantom
from recist_tool.phantom import SMALL_PATIENT, truth
from recist_tool.store.casefile import load_case

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.model import Case, Measured


class Kept(NamedTuple):
    """Where a case and its images lie."""

    case_path: Path
    images: Path

    @property
    def case(self) -> Case:
        """The case as it is on the disk."""
        return load_case(self.case_path).case

    def measured(self, lesion_id: str, visit: str) -> Measured:
        """Return how a target was measured."""
        finding = self.case.reads[0].finding(lesion_id, visit)
        assert finding is not None
        return finding

    def image_of(self, lesion_id: str, visit: str) -> Path:
        """Return the file on which a target was measured."""
        plane = self.measured(lesion_id, visit).caliper.plane
        assert plane is not None
        for path in sorted((self.images / visit).rglob("*.dcm")):
            head = pydicom.dcmread(path, stop_before_pixels=True)
            if head.SOPInstanceUID == plane.sop_instance_uid:
                return path
        raise AssertionError(lesion_id)


def keep(patient: Path, folder: Path) -> Kept:
    """Read a copy of the small patient through, by script."""
    images = folder / "images"
    shutil.copytree(patient, images)
    with Session.create(
        folder / "case", subject_id="S-1", reader_id="reader-1"
    ) as session:
        read_phantom(session, truth(SMALL_PATIENT), images)
        return Kept(session.case_path, images)
