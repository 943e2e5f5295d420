"""What a scan finds, what it skips, and what it says."""

from __future__ import annotations

import json
import os

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from recist_tool.dicom.header.dicomdir import Skipped
from recist_tool.dicom.scan.scan import as_json, propose_timepoints, scan
from recist_tool.dicom.scan.series import series_reference
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files, pet, save

SERIES_KEYS = {
    "patient_id",
    "study_instance_uid",
    "study_date",
    "series_instance_uid",
    "modality",
    "description",
    "phase",
    "phase_reason",
    "role",
    "role_reason",
    "files",
    "shape",
    "spacing_mm",
    "origin_lps",
    "transfer_syntax",
    "frame_of_reference_uid",
    "warnings",
    "suv",
}


def whys(folder):
    return {skipped.path.name: skipped.why for skipped in scan([folder]).skipped}


def test_json_has_the_keys_that_scripts_depend_on(tmp_path):
    Files().tagged(SeriesDescription="Abdomen", PixelSpacing=None).write(tmp_path)
    (tmp_path / "note.txt").write_text("hello")
    answer = json.loads(json.dumps(as_json(scan([tmp_path]))))
    (series,) = answer["series"]
    assert set(series) == SERIES_KEYS
    assert series["files"] == 4
    assert series["shape"] == [4, 6, 8]
    assert series["spacing_mm"] == [2.5, None, None]
    assert series["study_date"] == "2024-01-02"
    assert series["description"] == "Abdomen"
    assert series["patient_id"] == "P-1"
    assert series["transfer_syntax"] == ExplicitVRLittleEndian
    assert [warning["code"] for warning in series["warnings"]] == ["no-pixel-spacing"]
    assert series["suv"] is None
    assert answer["skipped"] == [
        {"path": str(tmp_path / "note.txt"), "why": "not a DICOM file"}
    ]


def test_folders_are_read_to_the_bottom_and_each_file_once(tmp_path):
    Files(count=3).write(tmp_path / "a" / "b" / "c")
    one = tmp_path / "a" / "b" / "c" / "0001.dcm"
    (series,) = scan([tmp_path, tmp_path / "a", one]).series
    assert len(series.files) == 3


def test_progress_ends_at_the_number_of_files(tmp_path):
    Files(count=3).write(tmp_path)
    told = []
    scan([tmp_path], lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_two_patients_under_one_series_uid_are_never_merged(tmp_path):
    files = Files(count=2)
    files.write(tmp_path / "a")
    files.but(origin_lps=(-10, -20, 50)).tagged(PatientID="P-2").write(tmp_path / "b")
    first, second = scan([tmp_path]).series
    assert {first.patient_id, second.patient_id} == {"P-1", "P-2"}
    assert len(propose_timepoints((first, second))) == 2


@pytest.mark.parametrize("tag", ["PatientName", "PatientBirthDate"])
def test_one_patient_id_given_to_two_people_is_two_patients(tmp_path, tag):
    values = {"PatientName": "Else^Somebody", "PatientBirthDate": "19500101"}
    Files().write(tmp_path / "a")
    Files().tagged(**{tag: values[tag]}).write(tmp_path / "b")
    assert len(propose_timepoints(scan([tmp_path]).series)) == 2


def test_two_spellings_of_one_name_are_one_patient(tmp_path):
    Files().tagged(PatientName="DOE^JANE ").write(tmp_path / "a")
    Files().tagged(PatientName="Doe^Jane").write(tmp_path / "b")
    assert len(propose_timepoints(scan([tmp_path]).series)) == 1


def test_a_copy_of_an_image_is_read_once_and_the_other_is_named(tmp_path):
    files = Files(count=3)
    files.write(tmp_path / "a")
    files.write(tmp_path / "b")
    result = scan([tmp_path])
    assert [len(series.files) for series in result.series] == [3]
    assert len(result.skipped) == 3
    assert all(s.why.startswith("a copy of the image in") for s in result.skipped)


def test_images_that_only_share_a_uid_are_not_taken_for_copies(tmp_path):
    Files(count=5).tagged(SOPInstanceUID="1.2.3").write(tmp_path)
    (series,) = scan([tmp_path]).series
    assert len(series.files) == 5


@pytest.mark.parametrize(
    ("modality", "word"),
    [
        ("SR", "a structured report"),
        ("SEG", "a segmentation"),
        ("RTSTRUCT", "an RT structure set"),
        ("RWV", "a real world value mapping"),
        ("PR", "a presentation state"),
    ],
)
def test_dicom_that_is_no_image_is_skipped_by_its_name(tmp_path, modality, word):
    Files(count=1).tagged(Modality=modality).write(tmp_path)
    assert whys(tmp_path) == {"0001.dcm": f"not an image: {word} ({modality})"}


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"NumberOfFrames": 3}, "a multi-frame image"),
        ({"ImagePositionPatient": None}, "ImagePositionPatient (0020,0032) is missing"),
        ({"ImageOrientationPatient": None}, "ImageOrientationPatient (0020,0037)"),
        (
            {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
            "not two perpendicular unit vectors",
        ),
        ({"Rows": 0}, "no Rows (0028,0010)"),
        ({"Rows": 60000}, "cut off: its size asks for 960000 bytes"),
    ],
)
def test_an_image_that_cannot_be_placed_is_skipped_with_the_tag(tmp_path, tags, why):
    Files(count=1).tagged(**tags).write(tmp_path)
    assert why in whys(tmp_path)["0001.dcm"]
    assert scan([tmp_path]).series == ()


def test_a_colour_picture_is_skipped(tmp_path):
    dataset = Files().dataset(0)
    dataset.SamplesPerPixel = 3
    dataset.PixelData = dataset.PixelData * 3
    save(dataset, tmp_path / "shot.dcm", ExplicitVRLittleEndian)
    assert "colour picture" in whys(tmp_path)["shot.dcm"]


def test_an_empty_folder_says_so(tmp_path):
    result = scan([tmp_path])
    assert result.series == ()
    assert [skipped.why for skipped in result.skipped] == ["an empty folder"]
    with pytest.raises(DicomError, match="no image series found"):
        result.require_series()


def test_a_folder_without_images_is_refused_with_every_reason_once(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("nothing here")
    (tmp_path / "empty.dcm").touch()
    with pytest.raises(DicomError) as caught:
        scan([tmp_path]).require_series()
    first, *reasons = str(caught.value).splitlines()
    assert first.startswith("no image series found (4 files skipped)")
    assert reasons == [
        f"{tmp_path / '0.txt'}: not a DICOM file (and 2 more)",
        f"{tmp_path / 'empty.dcm'}: empty file (0 bytes)",
    ]


def test_a_file_cut_off_before_its_pixels_is_not_just_called_no_image(tmp_path):
    (path,) = Files(count=1).write(tmp_path)
    path.write_bytes(path.read_bytes()[: -96 - 12])
    assert whys(tmp_path)["0001.dcm"].startswith("cut off before its pixels")


def test_a_path_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(DicomError) as caught:
        scan([tmp_path / "nowhere"])
    assert "nowhere: No such file or directory. Check the path" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zero_length_file_is_skipped_as_empty(tmp_path):
    (tmp_path / "0.dcm").touch()
    assert whys(tmp_path) == {"0.dcm": "empty file (0 bytes)"}


def test_a_truncated_image_is_named_and_its_place_stays_a_gap(tmp_path):
    paths = Files(count=5).write(tmp_path)
    paths[2].write_bytes(paths[2].read_bytes()[:-20])
    result = scan([tmp_path])
    assert [skipped.path for skipped in result.skipped] == [paths[2]]
    assert result.skipped[0].why == (
        "cut off: 96 bytes of pixels are announced, 76 are there"
    )
    (series,) = result.series
    assert "missing-slice" in [str(warning.code) for warning in series.warnings]


@pytest.mark.parametrize("keep", [1, 100, 132, 140, 200, 300, 400, 600])
def test_a_file_cut_anywhere_is_skipped_never_a_traceback(tmp_path, keep):
    (path,) = Files(count=1).write(tmp_path)
    path.write_bytes(path.read_bytes()[:keep])
    result = scan([tmp_path])
    assert result.series == ()
    assert len(result.skipped) == 1


def test_a_file_that_may_not_be_read_is_skipped(tmp_path, monkeypatch):
    from recist_tool.dicom.scan import scan as module

    Files(count=2).write(tmp_path)
    real = module.read_images

    def forbidding(path):
        if path.name == "0001.dcm":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(module, "read_images", forbidding)
    assert whys(tmp_path) == {"0001.dcm": "cannot be read: Permission denied"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_skipped(tmp_path):
    Files(count=2).write(tmp_path / "open")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert whys(tmp_path) == {"closed": "cannot be read: Permission denied"}
    closed.chmod(0o700)


def test_a_circle_of_links_ends_and_is_named(tmp_path):
    Files(count=2).write(tmp_path / "a")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    result = scan([tmp_path])
    assert len(result.series[0].files) == 2
    assert result.skipped[0].why == "a link to a folder already read"


def test_a_link_to_nothing_and_a_pipe_are_skipped(tmp_path):
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "DICOMDIR")
    assert whys(tmp_path) == {
        "gone": "cannot be read: No such file or directory",
        "pipe": "not a regular file",
        "DICOMDIR": "not a regular file",
    }


def test_no_message_carries_a_name_or_a_patient_id(tmp_path):
    files = Files(count=3).tagged(PatientName="Secret^Name", PatientID="SECRET-1")
    files.write(tmp_path / "a")
    files.tagged(ImagePositionPatient=None).write(tmp_path / "b")
    result = scan([tmp_path])
    text = " ".join(skipped.why for skipped in result.skipped)
    text += " ".join(w.text for series in result.series for w in series.warnings)
    assert "secret" not in text.casefold()


def test_descriptions_in_other_alphabets_are_read(tmp_path):
    files = Files(count=1).tagged(
        SpecificCharacterSet="ISO_IR 192", SeriesDescription="Брюшная полость"
    )
    files.write(tmp_path)
    assert scan([tmp_path]).series[0].description == "Брюшная полость"


def test_a_file_without_preamble_is_read(tmp_path):
    (path,) = Files(count=1).write(tmp_path)
    path.write_bytes(path.read_bytes()[132:])
    assert len(scan([tmp_path]).series) == 1


def test_a_deflated_file_is_scanned(tmp_path):
    Files(transfer_syntax=DeflatedExplicitVRLittleEndian).write(tmp_path)
    (series,) = scan([tmp_path]).series
    assert series.spacing_mm == (2.5, 0.8, 0.8)


def test_a_pet_without_its_tags_is_scanned_and_its_suv_refused(tmp_path):
    pet(PatientWeight=None, Units=None).write(tmp_path)
    (series,) = scan([tmp_path]).series
    assert series.as_json()["suv"] == {
        "refused": "Units (0054,1001) is missing: not one of BQML, CNTS, GML, CM2ML"
    }


def dicomdir(folder, names):
    """Write a DICOMDIR that names files by their parts."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    index = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    index.FileSetID = "TEST"
    records = []
    for parts in names:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        with pydicom.config.disable_value_validation():
            record.ReferencedFileID = parts
        records.append(record)
    index.DirectoryRecordSequence = records
    with pydicom.config.disable_value_validation():
        index.save_as(folder / "DICOMDIR", enforce_file_format=True)
    return folder / "DICOMDIR"


def test_a_dicomdir_leads_to_its_files_and_says_which_are_missing(tmp_path):
    Files(count=2).write(tmp_path / "DICOM")
    index = dicomdir(tmp_path, [["DICOM", f"000{n}.dcm"] for n in (1, 2, 3)])
    result = scan([index])
    assert [len(series.files) for series in result.series] == [2]
    assert [(skipped.path.name, skipped.why) for skipped in result.skipped] == [
        ("0003.dcm", "named by a DICOMDIR, but is missing")
    ]


def test_a_dicomdir_in_a_folder_adds_nothing_twice(tmp_path):
    Files(count=2).write(tmp_path / "DICOM")
    dicomdir(tmp_path, [["DICOM", "0001.dcm"]])
    result = scan([tmp_path])
    assert [len(series.files) for series in result.series] == [2]
    assert result.skipped == ()


@pytest.mark.parametrize(
    "parts", [["..", "out", "0001.dcm"], ["link", "0001.dcm"], ["../out/0001.dcm"]]
)
def test_a_dicomdir_that_names_files_outside_its_folder_is_refused(tmp_path, parts):
    inside = tmp_path / "in"
    inside.mkdir()
    Files(count=1).write(tmp_path / "out")
    (inside / "link").symlink_to(tmp_path / "out", target_is_directory=True)
    result = scan([dicomdir(inside, [parts])])
    assert result.series == ()
    assert "lies outside its folder: not read" in result.skipped[0].why


def test_a_broken_dicomdir_is_one_clear_line(tmp_path):
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM" + b"\2\0\0\0UL\4\0")
    (skipped,) = scan([tmp_path / "DICOMDIR"]).skipped
    assert skipped.why.startswith("damaged DICOM file")


def test_harm_is_told_from_other_kinds_of_files(tmp_path, monkeypatch):
    Files(count=1).write(tmp_path)
    whole = (tmp_path / "0001.dcm").read_bytes()
    for name, size in (("cut.dcm", len(whole) - 9), ("half.dcm", 300), ("none.dcm", 0)):
        (tmp_path / name).write_bytes(whole[:size])
    (tmp_path / "note.txt").write_text("hello")
    (tmp_path / "copy.dcm").write_bytes(whole)
    (tmp_path / "empty").mkdir()
    (tmp_path / "gone.dcm").symlink_to(tmp_path / "nowhere")
    Files(count=1).tagged(Modality="SR").write(tmp_path / "report")
    harmed = {one.path.name: one.is_harmed for one in scan([tmp_path]).skipped}
    assert {name for name, is_harmed in harmed.items() if is_harmed} == {
        "cut.dcm",
        "half.dcm",
        "none.dcm",
        "gone.dcm",
    }
    assert set(harmed) >= {"note.txt", "copy.dcm", "empty"}
    assert Skipped(tmp_path, "named by a DICOMDIR, but is missing").is_harmed


def test_a_case_remembers_of_a_series_where_it_lies_and_how_many_slices_it_had(
    tmp_path,
):
    Files(count=7).tagged(SeriesDescription="Abdomen").write(tmp_path)
    (series,) = scan([tmp_path]).series
    pinned = series_reference(series)
    assert (pinned.folder, pinned.slices) == (str(tmp_path), 7)
    assert pinned.series_instance_uid == series.series_instance_uid
    assert (pinned.modality, pinned.description) == ("CT", "Abdomen")
