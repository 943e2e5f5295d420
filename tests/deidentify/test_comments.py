"""Text beside the picture in compressed pixels is blank; the picture stays the same."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from recist_tool.deidentify.comments import without_comments
from recist_tool.deidentify.export import deidentify
from recist_tool.deidentify.pseudonyms import Pseudonyms
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files

KEY = Pseudonyms(b"0123456789abcdef")
SECRET = b"PLANTED^NAME"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


def segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def frame_of(path):
    dataset = dcmread(path)
    (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)
    return frame


def with_frame(path, frame):
    dataset = dcmread(path)
    dataset.PixelData = encapsulate([frame])
    dataset.save_as(path)


def planted(folder, syntax):
    """Write compressed slices with text in and behind every frame."""
    Files(shape=(64, 64), transfer_syntax=syntax).write(folder)
    for path in folder.iterdir():
        frame = frame_of(path)
        if syntax == JPEG2000Lossless:
            at = frame.index(b"\xff\x90")  # before the first tile
            text = segment(0x64, b"\0\1" + SECRET)
        else:
            at = 2
            text = segment(0xFE, SECRET) + segment(0xE1, b"Exif\0\0" + SECRET)
        with_frame(path, frame[:at] + text + frame[at:] + SECRET)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless])
def test_comments_in_and_behind_compressed_frames_are_blank(tmp_path, syntax):
    planted(tmp_path / "in", syntax)
    assert all(SECRET in path.read_bytes() for path in (tmp_path / "in").iterdir())
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    assert len(export.written) == 4
    assert not any(SECRET in one.target.read_bytes() for one in export.written)
    (before,), (after,) = (scan([tmp_path / name]).series for name in ("in", "out"))
    assert np.array_equal(load(before).voxels, load(after).voxels)


@pytest.mark.parametrize("syntax", [JPEG2000Lossless, JPEGLSLossless, RLELossless])
def test_frames_without_text_keep_every_byte(tmp_path, syntax):
    Files(shape=(64, 64), transfer_syntax=syntax).write(tmp_path / "in")
    export = deidentify(tmp_path / "in", tmp_path / "out", KEY)
    for one in export.written:
        before, after = frame_of(one.source), frame_of(one.target)
        if syntax == JPEG2000Lossless:  # the encoder's own comment is made blank
            assert len(before) == len(after)
            assert (
                before[before.index(b"\xff\x90") :] == after[after.index(b"\xff\x90") :]
            )
        else:
            assert before == after


def jpeg(*segments: bytes) -> bytes:
    scan_of_one = segment(0xDA, bytes(6)) + b"\x12\xff\x00\x34\xff\xd0\x56"
    data = b"\xff\xd8" + b"".join(segments) + scan_of_one
    return data + segment(0xFE, SECRET) + b"\xff\xd9"


def test_a_comment_between_the_scans_of_a_jpeg_is_blank():
    once = jpeg(segment(0xE0, b"JFIF\0" + bytes(9)))
    cleaned = without_comments(encapsulate([once, once]), JPEG_LOSSLESS)
    assert SECRET not in cleaned
    first, second = generate_frames(cleaned, number_of_frames=2)
    assert first.rstrip(b"\0") == second.rstrip(b"\0")
    assert first.rstrip(b"\0") == once.replace(SECRET, b" " * len(SECRET))


def test_jpeg_2000_in_boxes_is_refused():
    boxed = encapsulate([b"\x00\x00\x00\x0cjP  \r\n\x87\n" + SECRET])
    with pytest.raises(DicomError, match="in boxes"):
        without_comments(boxed, JPEG2000Lossless)


@pytest.mark.parametrize("cut", range(40, 100, 7))
def test_frames_that_are_cut_off_are_refused(cut):
    whole = encapsulate([jpeg(segment(0xE1, SECRET * 8))])
    with pytest.raises(DicomError, match="compressed pixels"):
        without_comments(whole[:cut], JPEG_LOSSLESS)


def test_a_frame_that_begins_as_none_is_refused():
    with pytest.raises(DicomError, match="damaged at their beginning"):
        without_comments(encapsulate([b"no jpeg at all"]), JPEG_LOSSLESS)
