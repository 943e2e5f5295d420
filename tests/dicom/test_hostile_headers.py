"""Headers that a fuzzer found to be misread: each is refused, with the tag named."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
)

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files, pet


def written(folder, change, files=None):
    """Write one slice with its header changed byte by byte; return the file."""
    (path,) = (files or Files(count=1)).write(folder)
    path.write_bytes(change(path.read_bytes()))
    return path


def loaded(folder):
    return load(*scan([folder], cached=False).series)


def element(tag, vr, value):
    return (
        tag.to_bytes(4, "little")[2:]
        + tag.to_bytes(4, "little")[:2]
        + vr
        + len(value).to_bytes(2, "little")
        + value
    )


@pytest.mark.parametrize(
    ("tag", "was", "value", "why"),
    [
        (0x00280103, b"\1\0", b"\2\0", "PixelRepresentation"),
        (0x00280103, b"\1\0", b"", "PixelRepresentation"),
        (0x00280101, b"\x10\0", b"\1\0\x10\0", "bits allocated"),
    ],
)
def test_a_binary_tag_that_decides_on_pixels_must_be_one_sound_number(
    tmp_path, tag, was, value, why
):
    old, new = element(tag, b"US", was), element(tag, b"US", value)
    written(tmp_path, lambda data: data.replace(old, new))
    with pytest.raises(DicomError, match=why):
        loaded(tmp_path)


@pytest.mark.parametrize("text", [b"-1\\24 ", b"-1_024", b"-1 024"])
@pytest.mark.parametrize("name", ["RescaleIntercept", "RescaleSlope"])
def test_a_rescale_that_is_not_one_number_is_refused(tmp_path, name, text):
    files = Files(count=1).tagged(**{name: "-77777"})
    written(tmp_path, lambda data: data.replace(b"-77777", text), files)
    with pytest.raises(DicomError, match=f"{name} .* is not one number"):
        loaded(tmp_path)


def test_a_slice_without_rescale_among_others_is_refused(tmp_path):
    files = Files(count=3)
    paths = files.write(tmp_path)
    bare = files.tagged(RescaleSlope=None).dataset(1)
    bare.save_as(paths[1])
    with pytest.raises(DicomError, match="1 of 3 slices have no RescaleSlope"):
        loaded(tmp_path)


def test_pet_without_rescale_has_no_suv(tmp_path):
    pet(RescaleIntercept=None).but(count=1).write(tmp_path)
    (series,) = scan([tmp_path]).series
    assert "RescaleIntercept (0028,1052) is missing" in series.suv.refused
    assert load(series).units == "BQML"


def test_unspecified_values_of_a_ct_are_no_hounsfield_units(tmp_path):
    Files(count=1).tagged(RescaleType="US").write(tmp_path)
    assert loaded(tmp_path).units == "unknown"


def test_colours_of_a_palette_are_no_values(tmp_path):
    changed = element(0x00280004, b"CS", b"MONOCHROME2 ")
    palette = element(0x00280004, b"CS", b"PALETTE COLOR ")
    written(tmp_path, lambda data: data.replace(changed, palette))
    (skipped,) = scan([tmp_path], cached=False).skipped
    assert "colour" in skipped.why


def test_a_number_of_frames_that_is_none_is_refused(tmp_path):
    written(
        tmp_path,
        lambda data: data.replace(b"77777 ", b"2x\\1  "),
        Files(count=1).tagged(NumberOfFrames="77777"),
    )
    (skipped,) = scan([tmp_path], cached=False).skipped
    assert skipped.why == "NumberOfFrames (0028,0008) is no number of frames"


def test_nothing_unprintable_of_a_header_is_printed(tmp_path):
    files = Files(count=1, shape=(16, 16), transfer_syntax=JPEGLSLossless)
    uid = JPEGLSLossless.encode()
    written(
        tmp_path,
        lambda data: data.replace(uid, b"1.2.\x1b[2J\x07\xff".ljust(22)),
        files,
    )
    with pytest.raises(DicomError, match="its transfer syntax is none") as refused:
        loaded(tmp_path)
    assert str(refused.value).isprintable()


def test_a_modality_that_is_no_code_is_not_repeated(tmp_path):
    old, new = (
        element(0x00080060, b"CS", b"CT"),
        element(0x00080060, b"CS", b"\x1b\xff"),
    )
    written(tmp_path, lambda data: data.replace(old, new))
    (series,) = scan([tmp_path], cached=False).series
    assert series.role.reason == "modality unknown"


def test_a_few_bytes_cannot_ask_for_a_huge_image(tmp_path):
    files = Files(count=1, shape=(16, 16), transfer_syntax=JPEGLSLossless)

    def enlarged(data):
        for tag in (0x00280010, 0x00280011):
            data = data.replace(
                element(tag, b"US", b"\x10\0"), element(tag, b"US", b"\xff\xff")
            )
        at = data.index(b"\xff\xf7")
        return data[: at + 5] + b"\xff\xff\xff\xff" + data[at + 9 :]

    written(tmp_path, enlarged, files)
    with pytest.raises(DicomError, match="65535 x 65535: too many"):
        loaded(tmp_path)


def test_a_deflated_file_without_an_end_is_refused(tmp_path):
    files = Files(count=1, transfer_syntax=DeflatedExplicitVRLittleEndian)
    written(tmp_path, lambda data: data[:-4], files)
    (skipped,) = scan([tmp_path], cached=False).skipped
    assert skipped.why == "damaged DICOM file: its deflated data set has no end"


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEGLSLossless])
def test_an_element_after_the_pixels_that_belongs_before_them_is_refused(
    tmp_path, syntax
):
    late = element(0x00281052, b"DS", b"-1000 ")
    files = Files(count=1, shape=(16, 16), transfer_syntax=syntax)
    written(tmp_path, lambda data: data + late, files)
    (skipped,) = scan([tmp_path], cached=False).skipped
    assert skipped.why == "damaged DICOM file: (0028,1052) stands after its pixels"


@pytest.mark.parametrize("tail", [b"\0" * 512, b"garbage, no element", b"\xff" * 9])
def test_what_is_no_element_after_the_pixels_does_no_harm(tmp_path, tail):
    written(tmp_path, lambda data: data + tail)
    assert loaded(tmp_path).voxels.shape == (1, 6, 8)


@pytest.mark.parametrize("far", ["1e200", "-1e7"])
def test_a_position_that_is_nowhere_in_a_patient_is_refused(tmp_path, far):
    files = Files(count=2)
    written(tmp_path, lambda data: data, files.but(count=1))
    there = files.tagged(ImagePositionPatient=["0", "0", far]).dataset(1)
    there.save_as(tmp_path / "far.dcm")
    (skipped,) = scan([tmp_path], cached=False).skipped
    assert "is no place in a patient" in skipped.why


@pytest.mark.parametrize("spacing", [["1e300", "1"], ["1", "1e-300"]])
def test_a_spacing_that_cannot_be_is_none(tmp_path, spacing):
    Files(count=1).tagged(PixelSpacing=spacing).write(tmp_path)
    assert loaded(tmp_path).pixel_spacing_mm is None


def test_a_sound_file_still_loads(tmp_path):
    files = Files(count=1)
    written(tmp_path, lambda data: data)
    np.testing.assert_array_equal(
        loaded(tmp_path).voxels[0], files.stored(0).astype(int) - 1024
    )
