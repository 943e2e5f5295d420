"""Nothing of a patient whose identity stands everywhere is left in a cleaned file."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydicom import dcmread

from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from tests.deidentify.planted import SECRET, SYNTAXES, plain_bytes, write_planted
from tests.dicom.series_files import Files, pet

KEY = Pseudonyms(b"0123456789abcdef")


@pytest.mark.parametrize(
    "vr",
    [None, *(pytest.param(one, marks=pytest.mark.nightly) for one in ("UN", "LO"))],
)
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_no_planted_text_is_left_in_the_bytes(tmp_path, syntax, vr):
    (tmp_path / "in").mkdir()
    write_planted(tmp_path / "in" / "a.dcm", pet().dataset(0), syntax, vr)
    before = plain_bytes(tmp_path / "in" / "a.dcm")
    assert before.count(SECRET.encode()) > 3000
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    assert export.refused == ()
    after = plain_bytes(export.written[0].target)
    for encoding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le"):
        assert SECRET.lower().encode(encoding) not in after.lower()


def test_the_image_of_the_planted_patient_still_measures_the_same(tmp_path):
    (tmp_path / "in").mkdir()
    files = Files().tagged(NumberOfFrames=1)
    for number in range(files.count):
        path = tmp_path / "in" / f"{number}.dcm"
        write_planted(path, files.dataset(number), SYNTAXES[0])
    deidentify(tmp_path / "in", tmp_path / "out", KEY)
    (before,), (after,) = (scan([tmp_path / name]).series for name in ("in", "out"))
    assert before.shape == after.shape == (4, 6, 8)
    assert before.origin_lps == after.origin_lps
    assert before.spacing_mm == after.spacing_mm
    np.testing.assert_array_equal(load(before).voxels, load(after).voxels)


@pytest.mark.parametrize("patient_id", ["471123456", "MRN-0471123456"])
def test_the_number_of_a_patient_stays_in_no_numeric_element(tmp_path, patient_id):
    (tmp_path / "in").mkdir()
    dataset = pet(PatientID=patient_id, PatientBirthDate="19510312").dataset(0)
    dataset.AcquisitionNumber = "471123456"
    dataset.TableHeight = "+0471123456"
    dataset.DataCollectionDiameter = "19510312"
    dataset.save_as(tmp_path / "in" / "a.dcm")
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    after = plain_bytes(export.written[0].target)
    assert b"471123456" not in after
    assert b"19510312" not in after


def test_an_identifier_of_zeros_takes_no_zero_away(tmp_path):
    (tmp_path / "in").mkdir()
    dataset = pet(PatientID="000000").dataset(0)
    dataset.save_as(tmp_path / "in" / "a.dcm")
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    after = dcmread(export.written[0].target)
    assert after.RescaleIntercept == dataset.RescaleIntercept == 0


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("ISO_IR 100", "latin-1", "Müßiggang^Zoë"),
        ("ISO_IR 192", "utf-8", "Müßiggang^Zoë"),
        ("\\ISO 2022 IR 87", "iso2022_jp", "山田^太郎"),
        ("ISO_IR 144", "iso8859_5", "Людмила"),
        ("GB18030", "gb18030", "王^小东"),
        ("\\ISO 2022 IR 149", "euc_kr", "김희중"),
    ],
)
def test_names_in_other_character_sets_are_gone_in_every_encoding(
    tmp_path, charset, codec, name
):
    (tmp_path / "in").mkdir()
    image = Files().tagged(SpecificCharacterSet=charset.split("\\")).dataset(0)
    image.PatientName = image.SeriesDescription = image.StudyDescription = name
    image.ImageComments = image.Manufacturer = image.PatientID = name
    image.save_as(tmp_path / "in" / "a.dcm")
    source = (tmp_path / "in" / "a.dcm").read_bytes()
    part = max(re.split(r"\^", name), key=len)
    assert part.encode(codec) in source
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    after = export.written[0].target.read_bytes()
    for encoding in {codec, "utf-8", "utf-16-le", "utf-16-be"}:
        assert part.encode(encoding) not in after


def test_pixel_data_longer_than_its_image_is_cut(tmp_path):
    (tmp_path / "in").mkdir()
    image = Files().dataset(0)
    pixels = image.PixelData
    image.PixelData = pixels + b"PLANTED BEHIND THE PIXELS "
    image.save_as(tmp_path / "in" / "a.dcm")
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    assert b"PLANTED" not in export.written[0].target.read_bytes()
    assert dcmread(export.written[0].target).PixelData == pixels


def test_identity_is_neither_in_folder_nor_in_file_names(tmp_path):
    folder = tmp_path / "in" / "PLANTED^NAME"
    folder.mkdir(parents=True)
    Files().write(folder / "PLANTED-4711")
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    names = [str(one.target.relative_to(tmp_path / "out")) for one in export.written]
    pattern = r"P-[A-Z2-7]{12}/study-001/series-001/0000\d\.dcm"
    assert len(names) == 4
    assert all(re.fullmatch(pattern, name) for name in names)
