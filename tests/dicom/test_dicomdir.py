"""DICOMDIR trees of several makers, as they ship with pydicom."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest

from recist_tool.dicom.header.dicomdir import read_dicomdir
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError

FOLDER = Path(pydicom.__file__).parent / "data" / "test_files" / "dicomdirtests"


def named(path):
    """Return the files that pydicom reads out of a DICOMDIR."""
    with pydicom.config.disable_value_validation():
        records = pydicom.dcmread(path).DirectoryRecordSequence
    return {
        FOLDER.joinpath(*record.ReferencedFileID)
        for record in records
        if "ReferencedFileID" in record
    }


@pytest.mark.parametrize(
    "kind", ["", "-bigEnd", "-implicit", "-nopatient", "-reordered"]
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_tree_names_the_files_that_pydicom_finds_in_it(kind):
    found = read_dicomdir(FOLDER / f"DICOMDIR{kind}")
    assert found.skipped == ()
    assert len(found.files) == 31
    assert set(found.files) == named(FOLDER / f"DICOMDIR{kind}")


def test_a_tree_without_records_names_nothing():
    found = read_dicomdir(FOLDER / "DICOMDIR-empty.dcm")
    assert found == ((), ())


def test_a_tree_whose_last_record_overruns_the_file_is_called_damaged():
    with pytest.raises(DicomError, match="cut off inside an item"):
        read_dicomdir(FOLDER / "DICOMDIR-nooffset")


def test_every_file_of_a_tree_is_in_a_series_or_skipped_with_a_reason():
    result = scan([FOLDER / "DICOMDIR"])
    placed = {path for series in result.series for path in series.files}
    assert all(skipped.why for skipped in result.skipped)
    assert len(placed) + len(result.skipped) == 31
