"""Files whose tags contradict their pixels, or whose numbers are none, say so."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import JPEG2000Lossless, RLELossless

from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import InputError
from tests.dicom.mask_files import SERIES, ball, slices_of, write_seg
from tests.dicom.series_files import Files, pet

LITTLE = b"1.2.840.10008.1.2.1"


def rewritten(path, old, new):
    """Change bytes of a file in place, the length kept."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new.ljust(len(old), b"\0"), 1))


def value_replaced(path, tag, text):
    """Give an explicit element of a file another value, whatever it may hold."""
    content = path.read_bytes()
    group, element = tag
    key = group.to_bytes(2, "little") + element.to_bytes(2, "little")
    at = content.index(key + b"DS") + 6
    length = int.from_bytes(content[at : at + 2], "little")
    value = text.encode().ljust(length if len(text) <= length else len(text) + 1 & ~1)
    rest = content[at + 2 + length :]
    path.write_bytes(content[:at] + len(value).to_bytes(2, "little") + value + rest)


def whys(folder):
    return {one.why for one in scan([folder]).skipped}


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, RLELossless])
def test_pixels_compressed_under_a_syntax_that_says_not_are_refused(tmp_path, syntax):
    files = Files(shape=(64, 48), transfer_syntax=syntax)
    for path in files.write(tmp_path):
        rewritten(path, syntax.encode(), LITTLE)
    assert whys(tmp_path) == {
        "its pixels are compressed, though its transfer syntax (0002,0010) says not"
    }


def test_bare_pixels_under_a_syntax_of_compressed_ones_are_read_where_they_fit(
    tmp_path,
):
    files = Files(count=2)
    for path in files.write(tmp_path):
        dataset = dcmread(path)
        dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
        dataset["PixelData"].is_undefined_length = False
        content = path.read_bytes()
        path.write_bytes(content.replace(LITTLE + b"\0", b"1.2.840.10008.1.2.5\0", 1))
    volume = load(scan([tmp_path]).series[0])
    np.testing.assert_array_equal(volume.voxels[0], files.stored(0) - 1024)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes() + bytes(64))
        value = (6 * 8 * 2).to_bytes(4, "little")
        rewritten(path, b"OW\0\0" + value, b"OW\0\0" + (160).to_bytes(4, "little"))
    (why,) = whys(tmp_path)
    assert "not compressed, though its transfer syntax (0002,0010) says so" in why


def test_pixels_of_ge_in_mixed_order_are_refused(tmp_path):
    for path in Files(transfer_syntax="1.2.840.10008.1.2").write(tmp_path):
        content = path.read_bytes()
        at = content.index(b"1.2.840.10008.1.2\0")
        uid = b"1.2.840.113619.5.2"
        head = content[: at - 2] + len(uid).to_bytes(2, "little") + uid
        length = int.from_bytes(content[140:144], "little")
        head = head[:140] + (length).to_bytes(4, "little") + head[144:]
        path.write_bytes(head + content[at + 18 :])
    (why,) = whys(tmp_path)
    assert "a transfer syntax of GE's own" in why


@pytest.mark.parametrize(
    ("keyword", "kind", "name"),
    [
        ("FloatPixelData", "<f4", "Float Pixel Data (7FE0,0008)"),
        ("DoubleFloatPixelData", "<f8", "Double Float Pixel Data (7FE0,0009)"),
    ],
)
def test_pixels_that_are_floats_are_named(tmp_path, keyword, kind, name):
    for path in pet().write(tmp_path):
        dataset = dcmread(path)
        values = dataset.pixel_array.astype(kind)
        for tag in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
            delattr(dataset, tag)
        dataset.BitsAllocated = values.itemsize * 8
        setattr(dataset, keyword, values.tobytes())
        dataset.save_as(path)
    (why,) = whys(tmp_path)
    assert why.startswith(f"{name} is not read")


def test_pixels_that_are_elsewhere_are_named(tmp_path):
    for path in Files().write(tmp_path):
        dataset = dcmread(path)
        del dataset.PixelData
        dataset.PixelDataProviderURL = "http://server/x"
        dataset.save_as(path)
    (why,) = whys(tmp_path)
    assert why.startswith("Pixel Data Provider URL (0028,7FE0) is not read")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0,70\\0,70", "is no pair of numbers above 0: it has a comma"),
        ("0\\0", "is no pair of numbers above 0;"),
        ("0.7", "is no pair of numbers above 0;"),
        ("", "is missing;"),
    ],
)
def test_a_spacing_that_is_no_pair_of_numbers_is_said_to_be_none(tmp_path, text, words):
    for path in Files().write(tmp_path):
        value_replaced(path, (0x0028, 0x0030), text)
    (series,) = scan([tmp_path]).series
    (warning,) = (one for one in series.warnings if one.code == "no-pixel-spacing")
    assert warning.text.startswith(f"PixelSpacing (0028,0030) {words}")


@pytest.mark.parametrize(
    ("tag", "text", "name"),
    [
        ((0x0020, 0x0032), "-10,0\\-20\\-30", "ImagePositionPatient (0020,0032)"),
        ((0x0020, 0x0037), "1\\0\\0\\0\\1,0\\0", "ImageOrientationPatient (0020,0037)"),
    ],
)
def test_a_place_with_commas_is_refused_by_its_tag(tmp_path, tag, text, name):
    for path in Files().write(tmp_path):
        value_replaced(path, tag, text)
    (why,) = whys(tmp_path)
    assert why.startswith(f"{name} is no ")
    assert "it has a comma, where DICOM has a point" in why


def test_a_thickness_with_a_comma_is_taken_as_missing_and_said(tmp_path):
    for path in Files().write(tmp_path):
        value_replaced(path, (0x0018, 0x0050), "2,5")
    (series,) = scan([tmp_path]).series
    assert series.slice_thickness_mm is None
    (warning,) = (one for one in series.warnings if one.code == "malformed-number")
    assert warning.text == (
        "SliceThickness (0018,0050) is no number: it has a comma, where DICOM has a "
        "point; taken as missing"
    )


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ((0x0010, 0x1030), "PatientWeight (0010,1030)"),
        ((0x0018, 0x1074), "RadionuclideTotalDose (0018,1074)"),
        ((0x0018, 0x1075), "RadionuclideHalfLife (0018,1075)"),
        ((0x0028, 0x1053), "RescaleSlope (0028,1053)"),
        ((0x0054, 0x1300), "FrameReferenceTime (0054,1300)"),
    ],
)
def test_suv_from_a_number_with_a_comma_is_refused_by_its_tag(tmp_path, tag, name):
    for path in pet(FrameReferenceTime="0").write(tmp_path):
        value_replaced(path, tag, "70,5")
    (series,) = scan([tmp_path]).series
    assert f"{name} is no number: it has a comma" in series.suv.refused


@pytest.mark.parametrize(
    ("tag", "text", "words"),
    [
        ((0x0028, 0x0030), "0,8\\0,5", "PixelSpacing is not 2 numbers"),
        ((0x0020, 0x0032), "0,1\\0,2\\3", "ImagePositionPatient is not 3 numbers"),
        ((0x0018, 0x0050), "3,0", "SliceThickness is no number"),
    ],
)
def test_numbers_of_a_segmentation_with_commas_are_named(tmp_path, tag, text, words):
    images = slices_of(SERIES, tmp_path / "ct")
    path = write_seg(tmp_path / "seg.dcm", images, ball())
    value_replaced(path, tag, text)
    with pytest.raises(InputError) as refused:
        read_masks(path)
    assert words in str(refused.value)


def test_a_fraction_is_held_exactly(tmp_path):
    images = slices_of(SERIES, tmp_path / "ct")
    shares = np.where(ball(), 0.07, 0.0)
    path = write_seg(
        tmp_path / "seg.dcm",
        images,
        shares,
        kind="FRACTIONAL",
        max_fractional_value=100,
    )
    (segment,) = read_masks(path, 0.07).segments().segments  # 0.07 x 100 > 7 in binary
    assert segment.mask.voxels == int(ball().sum())
    path = write_seg(tmp_path / "p.dcm", images, ball() * 1.0, kind="FRACTIONAL")
    (segment,) = read_masks(path, 1.0).segments().segments  # 255 of 255
    assert segment.mask.voxels == int(ball().sum())


def test_fractions_above_what_the_file_calls_whole_are_refused(tmp_path):
    images = slices_of(SERIES, tmp_path / "ct")
    path = write_seg(tmp_path / "s.dcm", images, ball() * 0.4, kind="FRACTIONAL")
    dataset = dcmread(path)
    dataset.MaximumFractionalValue = 1  # of pixels that reach 102
    dataset.save_as(path)
    with pytest.raises(InputError, match="more than its MaximumFractionalValue"):
        read_masks(path)


def test_two_segments_of_one_number_are_refused_and_others_measured(tmp_path):
    images = slices_of(SERIES, tmp_path / "ct")
    other = ball(centre=(5, 14, 22))
    both = np.stack([ball() & ~other, other], axis=-1)
    for kind in ("BINARY", "LABELMAP"):
        path = write_seg(tmp_path / f"{kind}.dcm", images, both, ("A", "B"), kind)
        dataset = dcmread(path)
        dataset.SegmentSequence.append(dataset.SegmentSequence[-1])
        dataset.save_as(path)
        found = read_masks(path).segments()
        assert [one.name for one in found.segments] == ["A"]
        (fault,) = found.faults
        assert "label 2: 2 segments of the file have this number" in str(fault)


def test_a_header_says_that_floats_are_there_and_nothing_of_them(tmp_path):
    (path, *_) = pet().write(tmp_path)
    dataset = dcmread(path)
    del dataset.PixelData
    dataset.FloatPixelData = np.ones(48, "<f4").tobytes()
    dataset.save_as(path)
    assert read_header(path).elements.raw(0x7FE0_0008) == b""
