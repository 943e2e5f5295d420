"""Stored pixels and what they stand for: rescale, tables, signs, bits and padding."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from recist_tool.dicom.load import load
from recist_tool.dicom.pixels.stored import PixelLayout, padding_ranges, put_decimals
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.enhanced_files import enhanced
from tests.dicom.series_files import Files, pet, save

SYNTAXES = [ExplicitVRLittleEndian, ExplicitVRBigEndian]


def only_volume(folder):
    (series,) = scan([folder]).series
    return load(series)


def with_table(files, path, *, first=0, entries=None, bits=16, kind="HU"):
    """Write one slice whose values are mapped by a table; return the table."""
    entries = np.asarray(entries, np.uint16)
    dataset = files.tagged(RescaleSlope=None, RescaleIntercept=None).dataset(0)
    item = Dataset()
    signed = "SS" if files.signed else "US"
    item.add_new("LUTDescriptor", signed, [_short(len(entries), signed), first, bits])
    item.ModalityLUTType = kind
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    dataset.ModalityLUTSequence = [item]
    save(dataset, path, files.transfer_syntax)


def _short(number, vr):
    return number - 65536 if vr == "SS" and number > 32767 else number % 65536


@pytest.mark.parametrize("signed", [True, False])
def test_a_modality_table_maps_each_stored_value(tmp_path, signed):
    files = Files(count=1, signed=signed, bits_stored=12)
    first = -1000 if signed else 100
    entries = np.random.default_rng(1).integers(0, 4000, 2000)
    with_table(files, tmp_path / "a", first=first, entries=entries)
    volume = only_volume(tmp_path)
    stored = files.stored(0).astype(int)
    expected = entries[np.clip(stored - first, 0, 1999)]
    np.testing.assert_array_equal(volume.voxels[0], expected)
    assert (volume.units, volume.voxels.dtype) == ("HU", np.int16)


def test_a_table_of_all_stored_values_is_read(tmp_path):
    files = Files(count=1, signed=False)
    entries = (np.arange(65536) * 7 % 30000).astype(np.uint16)
    with_table(files, tmp_path / "a", entries=entries)
    expected = entries[files.stored(0)]
    np.testing.assert_array_equal(only_volume(tmp_path).voxels[0], expected)


def test_a_table_beyond_int16_makes_the_volume_float32(tmp_path):
    files = Files(count=1, signed=False)
    with_table(files, tmp_path / "a", entries=np.full(4096, 60000), kind="OD")
    volume = only_volume(tmp_path)
    assert (volume.units, volume.voxels.dtype) == ("OD", np.float32)
    assert (volume.voxels == 60000).all()


def test_a_table_shorter_than_it_says_is_refused(tmp_path):
    files = Files(count=1, signed=False)
    with_table(files, tmp_path / "a", entries=np.arange(4096))
    dataset = pydicom.dcmread(tmp_path / "a")
    dataset.ModalityLUTSequence[0].LUTData = bytes(100)
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    with pytest.raises(DicomError, match="announces 4096 entries"):
        only_volume(tmp_path)


@pytest.mark.parametrize("kind", ["HU", None, "Z_EFF", "EDW"])
def test_a_ct_is_in_hu_only_where_its_rescale_says_nothing_else(tmp_path, kind):
    Files().tagged(RescaleType=kind).write(tmp_path)
    volume = only_volume(tmp_path)
    assert volume.units == (kind or "HU")
    assert bool(volume.padding) is (volume.units == "HU")


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize(("stored", "high"), [(12, 11), (12, 15), (10, 12), (16, 15)])
def test_bits_that_are_not_of_the_image_are_dropped(
    tmp_path, syntax, signed, stored, high
):
    """An overlay, or what a scanner left there, is written into the unused bits."""
    files = Files(count=1, shape=(16, 16), signed=signed, bits_stored=stored)
    dataset = files.dataset(0)
    pixels = files.stored(0).astype(np.int64)
    shift = high + 1 - stored
    used = ((1 << stored) - 1) << shift
    clutter = np.random.default_rng(5).integers(0, 1 << 16, pixels.shape) & ~used
    words = (pixels << shift & used | clutter).astype("<u2")
    dataset.PixelData = words.tobytes()
    dataset.HighBit = high
    save(dataset, tmp_path / "a", syntax)
    np.testing.assert_array_equal(only_volume(tmp_path).voxels[0], pixels - 1024)


@pytest.mark.parametrize("allocated", [8, 32])
@pytest.mark.parametrize("signed", [True, False])
def test_pixels_of_one_and_of_four_bytes_are_read(tmp_path, allocated, signed):
    dataset = Files(count=1, signed=signed).dataset(0)
    dtype = np.dtype(f"{'i' if signed else 'u'}{allocated // 8}")
    pixels = (np.arange(48) - (24 if signed else 0)).reshape(6, 8).astype(dtype)
    dataset.BitsAllocated = dataset.BitsStored = allocated
    dataset.HighBit = allocated - 1
    dataset.PixelData = pixels.tobytes()
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    expected = pixels.astype(int) - 1024
    np.testing.assert_array_equal(only_volume(tmp_path).voxels[0], expected)


def test_a_codestream_of_the_other_sign_is_read_as_the_image_says(tmp_path):
    path = get_testdata_file("J2K_pixelrep_mismatch.dcm")
    truth = pydicom.dcmread(path)
    (series,) = scan([path]).series
    volume = load(series)
    expected = truth.pixel_array * int(truth.RescaleSlope) + int(truth.RescaleIntercept)
    np.testing.assert_array_equal(volume.voxels[0], expected)
    assert volume.voxels.min() == -2000
    assert volume.is_padding(volume.voxels).any()


def test_each_slice_has_its_own_rescale_and_its_own_padding(tmp_path):
    files = Files(count=2).tagged(PixelPaddingValue=-900)
    for index, intercept in enumerate((0, 100)):
        dataset = files.dataset(index)
        dataset.RescaleIntercept = intercept
        dataset.PixelData = np.full((6, 8), -900, "<i2").tobytes()
        save(dataset, tmp_path / f"{index}", ExplicitVRLittleEndian)
    volume = only_volume(tmp_path)
    assert set(volume.voxels.ravel()) == {-900, -800}
    assert volume.is_padding(volume.voxels).all()
    assert not volume.is_padding(np.array([-899, -801, -1000])).any()


@pytest.mark.parametrize("limit", [-1500, -2500])
def test_a_range_of_padding_may_be_given_from_either_end(tmp_path, limit):
    ends = sorted((-2000, limit))
    tagged = Files(count=1).tagged(PixelPaddingValue=-2000, RescaleType="US2")
    dataset = tagged.dataset(0)
    dataset.PixelPaddingRangeLimit = limit
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    volume = only_volume(tmp_path)
    values = np.array([ends[0] - 1, ends[0], ends[1], ends[1] + 1]) - 1024
    assert volume.is_padding(values).tolist() == [False, True, True, False]


def test_what_lies_outside_the_circle_is_padding_though_no_tag_says_so(tmp_path):
    dataset = Files(count=1).dataset(0)
    pixels = np.full((6, 8), 1064, "<i2")
    pixels[0] = -2000
    dataset.PixelData = pixels.tobytes()
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    volume = only_volume(tmp_path)
    assert (volume.voxels[0, 0] == -3024).all()
    image = volume.voxels[~volume.is_padding(volume.voxels)]
    assert image.mean() == 40


def test_air_is_image_and_not_padding(tmp_path):
    Files(count=1).write(tmp_path)
    volume = only_volume(tmp_path)
    assert not volume.is_padding(np.array([-1024, -1000, -1500])).any()


def test_padding_of_a_pet_is_found_among_its_suvs(tmp_path):
    files = pet(PixelPaddingValue=-32768).but(count=3)
    dataset = files.dataset(0)
    slopes = ("0.5", "0.25", "0.125")
    for index, slope in enumerate(slopes):
        dataset = files.dataset(index)
        dataset.RescaleSlope = slope
        pixels = files.stored(index)
        pixels[0] = -32768
        dataset.PixelData = pixels.tobytes()
        save(dataset, tmp_path / str(index), ExplicitVRLittleEndian)
    volume = only_volume(tmp_path)
    padded = volume.is_padding(volume.voxels)
    assert padded[:, 0].all()
    assert not padded[:, 1:].any()


def test_padding_of_an_enhanced_image_holds_for_every_frame(tmp_path):
    files = Files(count=3).tagged(PixelPaddingValue=-777)
    dataset = enhanced(files)
    dataset.PixelData = np.full((3, 6, 8), -777, "<i2").tobytes()
    save(dataset, tmp_path / "a", ExplicitVRLittleEndian)
    volume = only_volume(tmp_path)
    assert volume.is_padding(volume.voxels).all()


@settings(max_examples=100)
@given(
    st.integers(-32768, 32767),
    st.floats(1e-6, 50),
    st.floats(-2000, 2000),
    st.floats(1e-6, 10),
)
def test_padding_is_found_again_in_float32_and_its_neighbours_are_not(
    value, slope, intercept, factor
):
    how = PixelLayout(
        1, 3, 16, 16, 15, True, slope, intercept, True, "", (value, value)
    )
    stored = np.array(
        [[max(value - 1, -32768), value, min(value + 1, 32767)]], np.int16
    )
    out = np.empty((1, 3), np.float32)
    put_decimals(stored, how, factor, out)
    ((lowest, highest),) = padding_ranges([how], [factor], "SUVbw")
    assert lowest <= out[0, 1] <= highest
    largest = max(np.abs(out).max(), abs(intercept * factor))
    resolution = np.spacing(np.float32(largest))
    if highest > -32768 and slope * factor > 100 * resolution:
        for index in (0, 2):
            if stored[0, index] != value:
                assert not lowest <= out[0, index] <= highest


@pytest.mark.parametrize(
    ("keyword", "ways"),
    [("KVP", ("120", "120.0")), ("RescaleType", ("HU", None))],
)
def test_two_ways_of_writing_one_thing_split_no_series(tmp_path, keyword, ways):
    files = Files()
    for number in range(files.count):
        dataset = files.dataset(number)
        setattr(dataset, keyword, ways[number % 2])
        save(dataset, tmp_path / f"{number}.dcm", files.transfer_syntax)
    (series,) = scan([tmp_path]).series
    assert series.shape[0] == files.count
    assert series.slice_spacing_mm == 2.5
    assert load(series).units == "HU"
