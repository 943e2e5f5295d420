"""Deflated files: inflated once for all their frames, and to their end."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from recist_tool.dicom.load import load, open_volume
from recist_tool.dicom.pixels import inflate
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.enhanced_files import write_enhanced
from tests.dicom.series_files import Files

FILES = Files(count=40, shape=(32, 24), transfer_syntax=DeflatedExplicitVRLittleEndian)


def truth(files):
    return np.stack([files.stored(n).astype(int) - 1024 for n in range(files.count)])


@pytest.fixture
def series(tmp_path):
    write_enhanced(FILES, tmp_path / "1.dcm", order=reversed(range(FILES.count)))
    (series,) = scan([tmp_path], cached=False).series
    return series


def test_frames_in_any_order_are_inflated_once(series, monkeypatch):
    begun = []
    real = inflate._Stream
    monkeypatch.setattr(inflate, "_Stream", lambda file: begun.append(1) or real(file))
    loading = open_volume(series)
    assert len(list(loading)) == FILES.count
    np.testing.assert_array_equal(loading.volume.voxels, truth(FILES))
    assert len(begun) == 1


def test_a_deflated_series_of_single_files_is_read_as_it_was_written(tmp_path):
    FILES.write(tmp_path)
    np.testing.assert_array_equal(load(*scan([tmp_path]).series).voxels, truth(FILES))


def test_headers_longer_than_one_piece_are_passed_over(series, monkeypatch):
    monkeypatch.setattr(inflate, "CHUNK", 7)
    np.testing.assert_array_equal(load(series).voxels, truth(FILES))


def test_bytes_without_end_after_the_pixels_are_not_inflated(tmp_path):
    (path,) = FILES.but(count=1).write(tmp_path)
    data = path.read_bytes()
    (series,) = scan([tmp_path], cached=False).series
    begin = series.slices[0].header.data_set_offset
    whole = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data[begin:])
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    packed = packer.compress(whole) + b"".join(
        packer.compress(zeros) for _ in range(100)
    )
    path.write_bytes(data[:begin] + packed + packer.flush())
    (series,) = scan([tmp_path], cached=False).series
    np.testing.assert_array_equal(load(series).voxels, truth(FILES.but(count=1)))


def test_a_deflated_file_cut_behind_its_header_is_refused(tmp_path, monkeypatch):
    path = write_enhanced(FILES, tmp_path / "1.dcm")
    path.write_bytes(path.read_bytes()[:-500])
    monkeypatch.setattr(
        "recist_tool.dicom.header.parse.LONGEST_INFLATED_HEADER", 20_000
    )
    (series,) = scan([tmp_path], cached=False).series
    with pytest.raises(DicomError, match="its data set cannot be inflated"):
        load(series)
