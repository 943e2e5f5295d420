"""Sound files to mutate: synthetic series, pydicom's test files, real images, cases."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom.data
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from recist_tool.model.audit import next_entry, replay
from recist_tool.model.commands import AddTimepoint, CreateCase, StartRead
from recist_tool.store.casefile import journal_path, write_case_file
from recist_tool.store.journal import Journal
from tests.builders import NOON, timepoint
from tests.dicom.enhanced_files import write_enhanced
from tests.dicom.matrix_series import write_compressed
from tests.dicom.series_files import Files, pet, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLANTED = ("Qvortkuzt", "Xylphonbe", "ZQ7741190")
"""Parts of the identity that synthetic patients have."""

LARGEST = 700_000
FEW = 4
MANY = 4  # mutants of a synthetic seed for each one of another
CASE = "S-1.case.json"


@dataclass(frozen=True)
class Seed:
    """Sound files by name, and what is to be done with them.

    Attributes
    ----------
    kind
        dicom, dicomdir, zip or case.
    share
        How many mutants it gets when others get one.
    """

    name: str
    kind: str
    files: dict[str, bytes]
    share: int = 1


def fixed_seeds() -> list[Seed]:
    """Return the seeds that are the same everywhere."""
    return [*_synthetic(), *_of_pydicom()]


def real_seeds() -> list[Seed]:
    """Return real series from the folder RECIST_REAL_IMAGES; none if it is not set."""
    named = os.environ.get("RECIST_REAL_IMAGES")
    return list(_real(Path(named))) if named else []


SERIES = Files(
    count=3,
    shape=(16, 12),
    series_uid="1.2.826.0.1.3680043.10.999.1.2",
    study_uid="1.2.826.0.1.3680043.10.999.1",
).tagged(
    PatientName="Qvortkuzt^Xylphonbe",
    PatientID="ZQ7741190",
    SeriesDescription="Abdomen venous",
    RescaleType="HU",
)


def _pet(**changes: Any) -> Files:
    like = pet()
    tags = {**SERIES.tags, **like.tags, "RescaleType": None}
    return SERIES.but(tags=tags, isotope=like.isotope, **changes)


def _synthetic() -> Iterator[Seed]:
    deflated, big = DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian
    kinds: dict[str, Files] = {
        "ct-explicit": SERIES,
        "ct-implicit": SERIES.but(transfer_syntax=ImplicitVRLittleEndian),
        "ct-big-endian": SERIES.but(transfer_syntax=big),
        "ct-deflated": SERIES.but(transfer_syntax=deflated),
        "ct-rle": SERIES.but(transfer_syntax=RLELossless),
        "ct-jpeg-ls": SERIES.but(transfer_syntax=JPEGLSLossless),
        "ct-jpeg-2000": SERIES.but(shape=(64, 48), transfer_syntax=JPEG2000Lossless),
        "ct-12-bits": SERIES.but(signed=False, bits_stored=12).tagged(
            PixelPaddingValue=0
        ),
        "pet": _pet(),
        "pet-implicit": _pet(transfer_syntax=ImplicitVRLittleEndian),
    }
    for name, files in kinds.items():
        yield _made(name, files.write)
    yield _made("ct-jpeg", lambda at: write_compressed(SERIES, at, JPEGLosslessSV1), 1)
    yield _made("ct-table", _write_with_table)
    for name, files in {
        "enhanced-ct": SERIES,
        "enhanced-ct-implicit": SERIES.but(transfer_syntax=ImplicitVRLittleEndian),
        "enhanced-ct-big-endian": SERIES.but(transfer_syntax=big),
        "enhanced-ct-deflated": SERIES.but(transfer_syntax=deflated),
        "enhanced-ct-rle": SERIES.but(transfer_syntax=RLELossless),
        "enhanced-pet": _pet(),
    }.items():
        yield _made(
            name, lambda at, files=files: write_enhanced(files, at / "0001.dcm")
        )
    explicit = _made("", SERIES.write).files
    yield Seed("zip", "zip", {"images.zip": _zipped(explicit)}, MANY)
    yield Seed("case", "case", _case(), 2 * MANY)


def _made(name: str, write: Callable[[Path], object], share: int = MANY) -> Seed:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        return Seed(name, "dicom", _read(Path(folder)), share)


def _read(folder: Path, most: int | None = None) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths[:most]}


def _write_with_table(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = SERIES.but(signed=False, bits_stored=8).tagged(
        RescaleSlope=None, RescaleIntercept=None, RescaleType=None
    )
    for index in range(files.count):
        dataset, item = files.dataset(index), Dataset()
        item.add_new("LUTDescriptor", "US", [256, 0, 16])
        item.ModalityLUTType = "HU"
        item.add_new("LUTData", "OW", np.arange(256, dtype="<u2").tobytes())
        dataset.ModalityLUTSequence = [item]
        save(dataset, folder / f"{index:04}.dcm", ExplicitVRLittleEndian)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"CT/{name}"), data)
    return out.getvalue()


def _case() -> dict[str, bytes]:
    entries = []
    for command in (
        CreateCase(case_uid="2.25.1", subject_id="S-1"),
        StartRead(reader_id="reader"),
        AddTimepoint(timepoint=timepoint(0)),
        AddTimepoint(timepoint=timepoint(1)),
    ):
        entries.append(next_entry(entries, command, by="reader", at=NOON))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / CASE
        journal = Journal(journal_path(path))
        for entry in entries:
            journal.append(entry)
        write_case_file(path, replay(entries), entries, {})
        return _read(Path(folder))


def _of_pydicom() -> Iterator[Seed]:
    # its own function for this fetches, too, what its wheel leaves out
    folder = Path(pydicom.data.__file__).parent / "test_files"
    for path in sorted(folder.glob("*.dcm")):
        if path.stat().st_size <= LARGEST:
            yield Seed(path.name, "dicom", {"0001.dcm": path.read_bytes()})
    tree = folder / "dicomdirtests"
    yield Seed("dicomdir", "dicomdir", _tree(tree, "DICOMDIR"), MANY)
    yield Seed("dicomdir-tiny", "dicomdir", _tree(tree / "TINY_ALPHA", "DICOMDIR"))


def _tree(folder: Path, index: str) -> dict[str, bytes]:
    found = _read(folder)
    images = [name for name in found if "DICOMDIR" not in name and "/" in name]
    kept = [index, *(name for name in images if "TINY_ALPHA" not in name)]
    return {name: found[name] for name in kept}


def _real(folder: Path) -> Iterator[Seed]:
    """Give the first files of each folder that has some."""
    for below in sorted({path.parent for path in folder.rglob("*.dcm")}):
        files = {
            f"{number:04}.dcm": path.read_bytes()
            for number, path in enumerate(sorted(below.glob("*.dcm"))[:FEW])
            if path.stat().st_size <= LARGEST
        }
        if files:
            yield Seed(f"real/{below.relative_to(folder)}", "dicom", files)
