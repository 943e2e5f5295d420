"""DICOMDIR trees of several makers, as they ship with pydicom."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydicom
import pytest

from recist_tool.dicom.header.dicomdir import MISSING, read_dicomdir
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


def in_small_letters(folder, medium):
    """Copy a medium as Linux shows it by default: every name in small letters."""
    for path in medium.rglob("*"):
        if path.is_file() and not path.name.startswith("DICOMDIR-"):
            there = folder / str(path.relative_to(medium)).lower()
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, there)


def test_a_medium_in_small_letters_is_read_as_it_is_in_capitals(tmp_path):
    in_small_letters(tmp_path, FOLDER)
    assert not (tmp_path / "DICOMDIR").exists()
    found = read_dicomdir(tmp_path / "dicomdir")
    assert found.skipped == ()
    assert len(found.files) == 31
    assert {str(one.relative_to(tmp_path)) for one in found.files} == {
        str(one.relative_to(FOLDER)).lower() for one in named(FOLDER / "DICOMDIR")
    }
    assert len(scan([tmp_path / "dicomdir"], cached=False).series) == len(
        scan([FOLDER / "DICOMDIR"], cached=False).series
    )


def test_of_two_names_that_differ_by_capitals_alone_neither_is_guessed(tmp_path):
    in_small_letters(tmp_path, FOLDER)
    folder = next(
        one
        for one in sorted(tmp_path.rglob("*"))
        if one.is_dir() and one.name[0] == "c"
    )
    shutil.copytree(folder, folder.with_name(folder.name.capitalize()))
    found = read_dicomdir(tmp_path / "dicomdir")
    assert found.skipped
    assert all(one.why == MISSING for one in found.skipped)
    assert len(found.files) + len(found.skipped) == 31


def test_a_dicomdir_alone_is_said_in_one_line(tmp_path):
    shutil.copy(FOLDER / "DICOMDIR", tmp_path / "DICOMDIR")
    result = scan([tmp_path], cached=False)
    (skipped,) = result.skipped
    assert skipped.why.startswith("a DICOMDIR alone, copy the whole medium")
    assert "none of the 31 files that it names is here" in skipped.why
    assert skipped.is_harmed
