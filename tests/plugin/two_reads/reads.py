"""Whole reads, from the images to the report, on real images and on the phantom's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.app.reporting import case_matter, write_report
from recist_tool.dicom import scan
from recist_tool.phantom import DEMO_PATIENT, truth, write_patient
from recist_tool.terms import LesionRole
from tests.plugin.real_liver import real
from tests.plugin.two_reads.later_copy import write_later_copy
from tests.plugin.two_reads.places import even_place, hottest

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.app import Session
    from recist_tool.measure import Volume
    from tests.plugin.two_reads.pet_reader import PetReader

DAYS: Final = 56
TUMOUR: Final = slice(14, 34)
"""Slices of petct_sts_003 on which the tumour is the hottest there is."""

BACKGROUND: Final = 2.0
LEFT: Final = 0.5
"""What is left, at the second visit, of the uptake above the background."""

EORTC: Final = '{"name": "FDG-PET, EORTC", "criteria": ["EORTC PET"]}'
PERCIST: Final = '{"name": "FDG-PET, PERCIST", "criteria": ["PERCIST"]}'


def thigh_images(folder: Path) -> list[Path]:
    """Write a second visit of the thigh of petct_sts_003, and return both."""
    first = real("petct_sts_003")
    for series in scan([first]).series:
        change = _half_as_hot if series.modality == "PT" else None
        write_later_copy(series, folder / series.modality, DAYS, change)
    return [first, folder]


def _half_as_hot(index: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    is_tumour = (values > BACKGROUND) & (TUMOUR.start <= index < TUMOUR.stop)
    later = BACKGROUND + LEFT * (values - BACKGROUND)
    return np.where(is_tumour, later, values)


def read_thigh(reader: PetReader) -> None:
    """Read both visits by EORTC: a click on the PET each, and a signature."""
    reader.take_seat()
    reader.key("B")
    reader.say(LesionRole.TARGET, "muscle")
    _find_hottest(reader)
    reader.sign()
    reader.key("Space")
    _find_hottest(reader)
    reader.sign()


def _find_hottest(reader: PetReader) -> None:
    reader.find(hottest(_pet(reader), TUMOUR), "T1")


def phantom_images(folder: Path) -> list[Path]:
    """Write the visits of the demonstration that have a PET."""
    write_patient(DEMO_PATIENT, folder)
    return [folder / "BL", folder / "TP2"]


def read_phantom(reader: PetReader) -> None:
    """Read both visits by PERCIST: the liver sphere by its key, a click on a lesion."""
    reader.take_seat()
    reader.key("B")
    _place_liver(reader)
    reader.say(LesionRole.TARGET, "liver")
    _find_largest(reader, "BL")
    reader.sign()
    reader.key("Space")
    _place_liver(reader)
    _find_largest(reader, "TP2")
    reader.sign()


def _place_liver(reader: PetReader) -> None:
    reader.place_liver(even_place(_pet(reader)))


def _find_largest(reader: PetReader, visit: str) -> None:
    """Find T1 of the demonstration, where it lies at a visit of its own."""
    (now,) = [
        one for one in truth(DEMO_PATIENT).timepoints if one.timepoint_id == visit
    ]
    (lesion,) = [one for one in now.lesions if one.lesion_id == "T1"]
    volume, there = _pet(reader), np.array([lesion.center_lps])
    heights = (volume.slice_origins_lps - there) @ volume.normal_lps
    at = int(np.abs(heights).argmin())
    row, column = volume.lps_to_pixel(at, there)[0].tolist()
    reader.find((at, (row, column)), "T1")


def _pet(reader: PetReader) -> Volume:
    volume = reader.pet().pane.volume
    assert volume is not None
    return volume


def write_reports(session: Session, folder: Path) -> list[Path]:
    """Write the report of a read in both formats."""
    matter = case_matter(session.case_path, session.reader_id)
    name = session.case.subject_id
    return write_report(
        matter,
        {"html": folder / f"{name}.html", "pdf": folder / f"{name}.pdf"},
        overwrite=True,
    )
