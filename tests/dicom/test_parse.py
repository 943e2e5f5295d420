"""The quick header pass against pydicom, and against hostile bytes."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from recist_tool.dicom.header import tags
from recist_tool.dicom.header.elements import Elements
from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.header.slice_header import read_images
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files, pet, save

SYNTAXES = [
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_elements_are_what_pydicom_reads(tmp_path, syntax):
    pet().but(count=1, transfer_syntax=syntax).write(tmp_path)
    path = tmp_path / "0001.dcm"
    found, truth = read_header(path).elements, pydicom.dcmread(path)
    assert found.text(tags.SERIES_INSTANCE_UID) == truth.SeriesInstanceUID
    assert found.short(tags.ROWS) == truth.Rows
    assert found.numbers(tags.IMAGE_POSITION) == tuple(truth.ImagePositionPatient)
    assert found.texts(tags.CORRECTED_IMAGE) == tuple(truth.CorrectedImage)
    (isotope,) = found.items(tags.RADIOPHARMACEUTICAL)
    assert isotope.number(tags.HALF_LIFE) == 6586.2
    assert str(isotope.datetime(tags.INJECTION_DATETIME)) == "2024-01-02 10:00:00+00:00"


@pytest.mark.parametrize("undefined", [True, False])
@pytest.mark.parametrize("syntax", SYNTAXES[:3])
def test_sequences_of_either_length_are_stepped_over(tmp_path, syntax, undefined):
    dataset = Files().dataset(0)
    inner = Dataset()
    inner.PatientID = "not this one"
    inner.Rows = 7
    item = Dataset()
    item.ReferencedSOPInstanceUID = "1.2.3"
    item.RequestAttributesSequence = [inner]
    dataset.ReferencedImageSequence = [item, item]
    for element in (
        dataset["ReferencedImageSequence"],
        item["RequestAttributesSequence"],
    ):
        element.is_undefined_length = undefined
    for one in (item, inner):
        one.is_undefined_length_sequence_item = undefined
    save(dataset, tmp_path / "a.dcm", syntax)
    (image,) = read_images(tmp_path / "a.dcm")
    assert image.rows == 6
    assert image.patient.patient_id == "P-1"


def test_a_header_longer_than_one_window_is_read(tmp_path):
    dataset = Files().dataset(0)
    dataset.add_new(0x00090010, "LO", "SOMEBODY")
    dataset.add_new(0x00091001, "OB", b"\1" * 300_000)
    dataset.add_new(0x00291001, "OB", b"\2" * 300_000)
    save(dataset, tmp_path / "a.dcm", ExplicitVRLittleEndian)
    header = read_header(tmp_path / "a.dcm")
    assert header.elements.short(tags.ROWS) == 6
    with (tmp_path / "a.dcm").open("rb") as file:
        file.seek(header.pixel_offset)
        assert file.read(header.pixel_length) == Files().stored(0).tobytes()


def test_an_offset_from_utc_counts_only_where_the_file_has_its_own(tmp_path):
    isotope = {"RadiopharmaceuticalStartDateTime": "20240102100000+0300"}
    for number, zone in enumerate((None, "+0100")):
        files = pet(TimezoneOffsetFromUTC=zone).but(isotope=isotope, count=1)
        files.write(tmp_path / str(number))
    hours = []
    for number in range(2):
        found = read_header(tmp_path / str(number) / "0001.dcm").elements
        (item,) = found.items(tags.RADIOPHARMACEUTICAL)
        hours.append(item.datetime(tags.INJECTION_DATETIME).hour)
    assert hours == [10, 8]


@pytest.mark.parametrize(
    ("moment", "zone", "year"),
    [
        (b"20240102100000+9900", b"+0100", 2024),
        (b"20240102100000+0100", b"+9900", 2024),
        (b"00010101000000+1400", b"-1200", None),
    ],
)
def test_an_offset_that_no_clock_has_is_none(moment, zone, year):
    tag = tags.ACQUISITION_DATETIME
    found = Elements({tag: moment, tags.TIMEZONE_OFFSET: zone}).datetime(tag)
    assert (found and found.year) == year


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("110000", 39600),
        ("1100", 39600),
        ("11", 39600),
        ("11:00:01", 39601),
        ("110000.5", 39600.5),
        ("110060", 39659),
        ("noon", None),
        ("250000", None),
    ],
)
def test_times_are_read_as_they_are_written_in_the_field(tmp_path, text, seconds):
    with pydicom.config.disable_value_validation():
        pet(SeriesTime=text).but(count=1).write(tmp_path)
    at = read_header(tmp_path / "0001.dcm").elements.time(tags.SERIES_TIME)
    found = at and at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6
    assert found == seconds


def sequence(depth):
    """Return a nested sequence of undefined lengths, explicit little endian."""
    head = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    return (head + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)) * depth


@pytest.mark.parametrize(
    "data",
    [
        sequence(10_000),
        struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFF0),
        struct.pack("<HH2sHL", 0x0009, 0x1001, b"OB", 0, 0x7FFFFFFF),
        struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OW", 0, 0xFFFFFFF0),
        struct.pack("<HH2sHL", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + b"\1" * 64,
        struct.pack("<HH2sH", 0x0008, 0x0060, b"?!", 2) + b"CT",
        b"\0" * 8,
    ],
)
def test_impossible_lengths_and_depths_are_refused_at_once(tmp_path, data):
    (path,) = Files(count=1).write(tmp_path)
    path.write_bytes(path.read_bytes()[:132] + meta() + data)
    begin = time.monotonic()
    with pytest.raises(DicomError):
        read_images(path)
    assert time.monotonic() - begin < 1


def meta():
    uid = ExplicitVRLittleEndian.encode()
    return struct.pack("<HH2sH", 2, 0x10, b"UI", len(uid)) + uid


def refusal(path):
    """Return why an image is refused; empty if it is read."""
    try:
        images = read_images(path)
    except DicomError as error:
        return str(error)
    assert all(np.isfinite(image.position_lps).all() for image in images)
    return ""


def test_every_file_that_ships_with_pydicom_is_read_or_refused_in_one_line():
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    answers = [refusal(path) for path in folder.rglob("*") if path.is_file()]
    assert answers.count("") >= 10
    assert sum(map(bool, answers)) >= 10
    assert not any("\n" in answer for answer in answers)


WHOLE = {}


def whole(folder, syntax):
    """Return the bytes of one PET image."""
    if syntax not in WHOLE:
        save(pet().but(shape=(32, 32)).dataset(0), folder / "whole.dcm", syntax)
        WHOLE[syntax] = (folder / "whole.dcm").read_bytes()
    return bytearray(WHOLE[syntax])


@pytest.mark.parametrize("syntax", [*SYNTAXES, JPEG2000Lossless])
@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_damaged_bytes_are_refused_in_one_line_or_read(tmp_path, syntax, data):
    damaged = whole(tmp_path, syntax)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.dcm"
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    assert "\n" not in refusal(path)


@pytest.mark.parametrize("charset", ["NONSENSE", "ISO 2022 IR 87\\NONSENSE", "", "\\"])
def test_text_of_an_unknown_character_set_is_still_read(charset):
    found = {
        tags.SPECIFIC_CHARACTER_SET: charset.encode(),
        tags.SERIES_DESCRIPTION: b"caf\xe9 \x1b$B",
    }
    assert Elements(found).text(tags.SERIES_DESCRIPTION).startswith("caf")
