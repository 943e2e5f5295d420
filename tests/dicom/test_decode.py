"""Compressed frames: decoded here or in workers, refused before they do harm."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from openjpeg.utils import encode_array
from pydicom.encaps import encapsulate
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import (
    UID,
    JPEG2000Lossless,
    JPEGExtended12Bit,
    JPEGLSLossless,
    RLELossless,
)

from recist_tool.dicom.header.parse import read_header
from recist_tool.dicom.header.slice_header import read_images
from recist_tool.dicom.load import load
from recist_tool.dicom.pixels import workers
from recist_tool.dicom.pixels.decode import DAMAGE, Frame, decode
from recist_tool.dicom.pixels.jpeg_2000 import is_plain_jpeg_2000
from recist_tool.dicom.pixels.workers import Worker
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files

COMPRESSED = [RLELossless, JPEGLSLossless, JPEG2000Lossless]


def frame(folder, syntax, **changes):
    """Return a compressed frame, with some of what it should be changed."""
    files = Files(count=1, shape=(64, 64), transfer_syntax=syntax)
    (path,) = files.write(folder)
    (image,) = read_images(path)
    ((offset, length),) = image.header.fragments
    data = path.read_bytes()[offset : offset + length]
    return Frame(syntax, data, 64, 64, 16, 16, True)._replace(**changes), files


@pytest.mark.parametrize("syntax", COMPRESSED)
def test_workers_decode_what_was_written(tmp_path, monkeypatch, syntax):
    monkeypatch.setattr(workers, "FEW", 0)
    files = Files(count=5, shape=(64, 64), transfer_syntax=syntax)
    files.write(tmp_path)
    (series,) = scan([tmp_path]).series
    told = []
    voxels = load(series, lambda done, total: told.append((done, total))).voxels
    stored = np.stack([files.stored(index) for index in range(5)]).astype(int)
    np.testing.assert_array_equal(voxels, stored - 1024)
    assert told == [(number, 5) for number in range(1, 6)]


@pytest.mark.parametrize("syntax", COMPRESSED)
@pytest.mark.parametrize(
    "changes", [{"rows": 65535, "columns": 65535}, {"data": b""}, {"data": b"\1" * 99}]
)
def test_a_frame_of_another_size_never_reaches_a_decoder(tmp_path, syntax, changes):
    wrong, _ = frame(tmp_path, syntax, **changes)
    begin = time.monotonic()
    with pytest.raises(DicomError, match="its compressed pixels"):
        workers.decode_here(wrong)
    assert time.monotonic() - begin < 1


def test_absurd_tiles_of_jpeg_2000_never_reach_a_decoder(tmp_path):
    right, _ = frame(tmp_path, JPEG2000Lossless)
    data = bytearray(right.data)
    data[24:32] = struct.pack(">LL", 1, 1)
    with pytest.raises(DicomError, match="damaged at their beginning"):
        workers.decode_here(right._replace(data=bytes(data)))


def by_pydicom(coded):
    """Return the pixels that pydicom's own decoder gives."""
    pixels, _ = get_decoder(UID(coded.transfer_syntax)).as_array(
        encapsulate([coded.data], has_bot=False),
        index=0,
        raw=True,
        decoding_plugin="pylibjpeg",
        rows=coded.rows,
        columns=coded.columns,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=coded.bits_allocated,
        bits_stored=coded.bits_stored,
        pixel_representation=int(coded.is_signed),
        number_of_frames=1,
        pixel_keyword="PixelData",
    )
    return pixels


@pytest.mark.parametrize(
    ("bits", "allocated"),
    [(5, 8), (8, 8), (5, 16), (8, 16), (12, 16), (16, 16), (8, 32), (16, 32)],
)
@pytest.mark.parametrize("coded_signed", [False, True])
@pytest.mark.parametrize("said_signed", [False, True])
def test_jpeg_2000_reads_as_pydicom_reads_it(
    bits, coded_signed, said_signed, allocated
):
    least = -(1 << bits - 1) if coded_signed else 0
    kind = f"{'i' if coded_signed else 'u'}{1 if bits <= 8 else 2}"
    chance = np.random.default_rng(bits)
    pixels = chance.integers(least, least + (1 << bits), (40, 56)).astype(kind)
    coded = Frame(
        transfer_syntax=str(JPEG2000Lossless),
        data=bytes(encode_array(pixels, bits_stored=bits)),
        rows=40,
        columns=56,
        bits_allocated=allocated,
        bits_stored=bits,
        is_signed=said_signed,
    )
    is_plain = coded_signed == said_signed and allocated == 8 * pixels.itemsize
    assert is_plain_jpeg_2000(coded) == is_plain
    found = workers.decode_here(coded)
    np.testing.assert_array_equal(found, by_pydicom(coded))
    assert found.dtype == coded.dtype
    assert found.flags.writeable
    if is_plain:
        np.testing.assert_array_equal(found, pixels)


def test_jpeg_2000_in_boxes_is_left_to_pydicom(tmp_path):
    right, files = frame(tmp_path, JPEG2000Lossless)
    boxed = right._replace(data=bytes(encode_array(files.stored(0), codec_format=1)))
    assert is_plain_jpeg_2000(right)
    assert not is_plain_jpeg_2000(boxed)
    np.testing.assert_array_equal(workers.decode_here(boxed), files.stored(0))


def test_damaged_jpeg_2000_is_refused_or_read_as_pydicom_reads_it(tmp_path):
    right, _ = frame(tmp_path, JPEG2000Lossless)
    chance = np.random.default_rng(5)
    for _ in range(60):
        data = bytearray(right.data)
        for at in chance.integers(0, len(data), 3):
            data[at] = chance.integers(256)
        cut = chance.integers(43, len(data) + 1)
        coded = right._replace(data=bytes(data[:cut]))
        try:
            expected = by_pydicom(coded)
        except DAMAGE:
            with pytest.raises(DicomError, match="cannot be decoded"):
                decode(coded, "pylibjpeg")
        else:
            np.testing.assert_array_equal(decode(coded, "pylibjpeg"), expected)


def test_an_unknown_transfer_syntax_is_named(tmp_path):
    wrong, _ = frame(tmp_path, RLELossless, transfer_syntax="1.2.840.10008.1.2.4.100")
    with pytest.raises(DicomError, match=r"1\.2\.840\.10008\.1\.2\.4\.100 is none"):
        workers.decode_here(wrong)


def test_a_worker_that_crashes_is_an_error_and_the_next_frame_is_decoded(
    tmp_path, monkeypatch
):
    right, files = frame(tmp_path, RLELossless)
    worker, started = Worker(), workers._started
    monkeypatch.setattr(workers, "_started", lambda: process("raise SystemExit"))
    with pytest.raises(DicomError, match="crash the decoder"):
        worker.decode(right)
    monkeypatch.setattr(workers, "_started", started)
    np.testing.assert_array_equal(worker.decode(right), files.stored(0))
    worker.close()


def test_a_worker_that_never_answers_is_ended(tmp_path, monkeypatch):
    right, _ = frame(tmp_path, RLELossless)
    sleeper = process("import time; time.sleep(60)")
    monkeypatch.setattr(workers, "_started", lambda: sleeper)
    monkeypatch.setattr(workers, "LONGEST_S", 0.2)
    with pytest.raises(DicomError, match="keep it busy"):
        Worker().decode(right)
    assert sleeper.poll() is not None


def test_a_worker_says_why_a_frame_is_refused(tmp_path):
    right, _ = frame(tmp_path, JPEGLSLossless)
    worker = Worker()
    with pytest.raises(DicomError, match="cannot be decoded"):
        worker.decode(right._replace(data=right.data[:40]))
    worker.close()


def process(program):
    return subprocess.Popen(  # noqa: S603 - a program of this test
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def test_jpeg_of_twelve_bits_reads_the_values_of_a_known_image(tmp_path):
    path = Path(pydicom.data.__file__).parent / "test_files" / "JPGExtended.dcm"
    header = read_header(path)
    data, ((offset, length),) = path.read_bytes(), header.fragments
    coded = Frame(
        JPEGExtended12Bit, data[offset : offset + length], 1024, 256, 16, 12, False
    )
    worker = Worker()
    pixels = worker.decode(coded)
    with pytest.raises(DicomError, match="cannot be decoded"):
        worker.decode(coded._replace(data=coded.data[: length // 2]))
    with pytest.raises(DicomError, match="more bits than its image"):
        worker.decode(coded._replace(bits_allocated=8, bits_stored=8))
    worker.close()
    assert (pixels[420, 140], pixels[230, 120]) == (244, 95)
