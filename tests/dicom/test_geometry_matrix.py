"""Awkward series against the truth that made them, and beside two other readers.

`SimpleITK` and `dcm2niix` are asked the same: where one is right, we are as right as
1e-4 mm; where one is wrong, the table of the test names it.
"""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEGExtended12Bit

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError, GeometryError
from recist_tool.terms import WarningCode
from tests.dicom.awkward_series import KINDS
from tests.dicom.enhanced_files import write_enhanced
from tests.dicom.matrix_series import (
    AXES,
    LOSSLESS,
    LOSSY,
    UNCOMPRESSED,
    made,
    write_compressed,
    write_many,
)
from tests.dicom.peers import SAME_MM, Placed, dcm2niix, simpleitk
from tests.dicom.series_files import Files

SQUARE, NOT_SQUARE = (2.5, 0.8, 0.8), (2.5, 0.8, 1.1)


def codes(series):
    return {str(warning.code) for warning in series.warnings}


def read(folder):
    """Return the series of a folder and their volumes."""
    found = scan([folder]).series
    return found, [load(series) for series in found]


def assert_true(volume, truth, off=0.0):
    """Hold every slice of a volume to where it was made, and to its values."""
    order = np.argsort(truth.positions_lps @ np.cross(*truth.axes), kind="stable")
    places = truth.places_lps[order]
    _, rows, columns = truth.values.shape
    assert volume.voxels.shape == truth.values.shape
    assert volume.pixel_spacing_mm == truth.spacing_mm
    corners = np.array(
        [[0, 0], [0, columns - 1], [rows - 1, 0], [rows - 1, columns - 1]]
    )
    for index, place in enumerate(places):
        there = volume.pixel_to_lps(index, corners)
        expected = [place[row, column] for row, column in corners]
        np.testing.assert_allclose(there, expected, rtol=0, atol=SAME_MM)
    assert np.abs(volume.voxels - truth.values[order]).max() <= off
    if volume.is_regular:
        box = Placed(volume.voxels, volume.affine_lps)
        assert box.is_right(truth, off)


def right(folder, out, truths, off=0.0):
    """Return which of the two other readers has every truth among its images."""
    read_by = {
        "SimpleITK": simpleitk(folder),
        "dcm2niix": dcm2niix(folder, out),
    }
    return {
        name
        for name, images in read_by.items()
        if all(any(image.is_right(truth, off) for image in images) for truth in truths)
    }


BOTH = {"SimpleITK", "dcm2niix"}


@pytest.mark.parametrize("spacing_mm", [SQUARE, NOT_SQUARE])
@pytest.mark.parametrize("count", [2, 3, 40])
@pytest.mark.parametrize("plane", AXES)
def test_slices_in_any_plane_lie_where_they_were_made(
    tmp_path, plane, count, spacing_mm
):
    files = Files(count=count, axes=AXES[plane], spacing_mm=spacing_mm)
    files.write(tmp_path / "in")
    truth = made(files)
    ((series,), (volume,)) = read(tmp_path / "in")
    assert_true(volume, truth)
    assert volume.is_regular
    assert codes(series) == (
        {"non-square-pixels"} if spacing_mm == NOT_SQUARE else set()
    )
    assert right(tmp_path / "in", tmp_path / "out", [truth]) == BOTH


@pytest.mark.parametrize("count", [1, 2, 3, 300])
@pytest.mark.parametrize("plane", AXES)
def test_frames_in_any_plane_lie_where_they_were_made(tmp_path, plane, count):
    files = Files(count=count, axes=AXES[plane], spacing_mm=NOT_SQUARE)
    write_enhanced(files, tmp_path / "in" / "a.dcm")
    truth = made(files)
    ((series,), (volume,)) = read(tmp_path / "in")
    assert_true(volume, truth)
    assert codes(series) == {"non-square-pixels"} | (
        {"single-slice"} if count == 1 else set()
    )
    assert right(tmp_path / "in", tmp_path / "out", [truth]) == BOTH


def test_positions_of_something_else_inside_frames_mislead_dcm2niix(tmp_path):
    files = Files(count=3)
    write_enhanced(files, tmp_path / "in" / "a.dcm", traps=True)
    _, (volume,) = read(tmp_path / "in")
    assert_true(volume, made(files))
    assert right(tmp_path / "in", tmp_path / "out", [made(files)]) == {"SimpleITK"}


@pytest.mark.nightly
@pytest.mark.slow
def test_two_thousand_slices_lie_where_they_were_made(tmp_path):
    files = Files(
        count=2000,
        shape=(16, 16),
        origin_lps=(0.0, 0.0, -500.0),
        spacing_mm=(0.5, 0.7, 0.7),
    )
    write_many(files, tmp_path / "in")
    truth = made(files)
    ((series,), (volume,)) = read(tmp_path / "in")
    assert_true(volume, truth)
    assert series.warnings == ()
    assert series.spacing_mm == (0.5, 0.7, 0.7)
    assert right(tmp_path / "in", tmp_path / "out", [truth]) == BOTH


NOT_DECODED = {
    JPEGExtended12Bit,
    DeflatedExplicitVRLittleEndian,
    *[s for s in LOSSLESS + LOSSY if "JPEG-LS" in s.name],
}
"""What dcm2niix, as Debian builds it, refuses."""


@pytest.mark.parametrize("syntax", UNCOMPRESSED + LOSSLESS, ids=lambda uid: uid.name)
def test_every_transfer_syntax_without_loss_gives_what_was_written(tmp_path, syntax):
    files = Files(count=3, shape=(40, 32), signed=False, bits_stored=12)
    if syntax in UNCOMPRESSED:
        files.but(transfer_syntax=syntax).write(tmp_path / "in")
    else:
        write_compressed(files, tmp_path / "in", syntax)
    truth = made(files)
    ((series,), (volume,)) = read(tmp_path / "in")
    assert_true(volume, truth)
    assert series.transfer_syntax == syntax
    assert series.warnings == ()
    expected = {"SimpleITK"} if syntax in NOT_DECODED else BOTH
    assert right(tmp_path / "in", tmp_path / "out", [truth]) == expected


class Smooth(Files):
    """Slices that can be compressed with little loss."""

    def stored(self, index):
        row, column = np.indices(self.shape)
        return (100 + 20 * np.sin(row / 9) + column / 2 + index).astype("<u2")


@pytest.mark.parametrize("syntax", LOSSY, ids=lambda uid: uid.name)
def test_every_transfer_syntax_with_loss_is_near_and_says_so(tmp_path, syntax):
    bits = 8 if syntax == LOSSY[0] else 12
    files = Smooth(count=3, shape=(64, 48), signed=False, bits_stored=bits)
    write_compressed(files, tmp_path / "in", syntax)
    truth = made(files)
    ((series,), (volume,)) = read(tmp_path / "in")
    assert_true(volume, truth, off=4)
    assert codes(series) == {"lossy-compression"}
    expected = {"SimpleITK"} if syntax in NOT_DECODED else BOTH
    assert right(tmp_path / "in", tmp_path / "out", [truth], off=4) == expected


def test_jpeg_of_12_bits_that_is_cut_off_is_refused_in_one_line(tmp_path):
    files = Smooth(count=1, shape=(64, 48), signed=False, bits_stored=12)
    write_compressed(files, tmp_path, JPEGExtended12Bit)
    (path,) = tmp_path.iterdir()
    dataset = dcmread(path)
    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    dataset.PixelData = encapsulate([frame[: len(frame) // 2]])
    dataset.save_as(path)
    (series,) = scan([tmp_path]).series
    with pytest.raises(DicomError, match="cannot be decoded") as refusal:
        load(series)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.write.__name__)
def test_awkward_series_are_true_slice_by_slice_and_no_box_where_they_are_none(
    tmp_path, kind
):
    (tmp_path / "in").mkdir()
    truths = kind.write(tmp_path / "in")
    found, volumes = read(tmp_path / "in")
    assert len(volumes) == len(truths)
    for series, volume in zip(found, volumes, strict=True):
        assert kind.codes <= codes(series) <= kind.codes | {"localizer", "single-slice"}
        (truth,) = [one for one in truths if is_of(volume, one)]
        assert ("localizer" in codes(series)) is series.slices[0].is_localizer
        assert_true(volume, truth)
        if not kind.boxes:
            with pytest.raises(GeometryError, match="not one regular volume"):
                volume.affine_lps  # noqa: B018 - reading it is what must fail
    wrong = BOTH - right(tmp_path / "in", tmp_path / "out", truths)
    assert wrong == set(kind.wrong)


def is_of(volume, truth):
    """Whether a volume has the values of a truth, in any order of its slices."""
    same = volume.voxels.shape == truth.values.shape
    return same and np.array_equal(np.sort(volume.voxels, 0), np.sort(truth.values, 0))


def test_every_warning_code_is_in_the_matrix():
    seen = {code for kind in KINDS for code in kind.codes}
    # the first two have tests of their own
    elsewhere = {"no-pixel-spacing", "malformed-number", "localizer"}
    assert seen | elsewhere == {str(code) for code in WarningCode}


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"ImagerPixelSpacing": [0.5, 0.5]},
        {"NominalScannedPixelSpacing": [0.5, 0.5]},
    ],
)
def test_without_pixel_spacing_we_refuse_where_both_others_say_1_mm(tmp_path, tags):
    files = Files().tagged(PixelSpacing=None, **tags)
    files.write(tmp_path / "in")
    ((series,), (volume,)) = read(tmp_path / "in")
    assert codes(series) == {"no-pixel-spacing"}
    with pytest.raises(GeometryError, match=r"PixelSpacing \(0028,0030\) is missing"):
        volume.pixel_to_lps(0, np.zeros((1, 2)))
    guesses = *simpleitk(tmp_path / "in"), *dcm2niix(tmp_path / "in", tmp_path / "out")
    assert len(guesses) == 2
    for guess in guesses:
        size_mm = np.linalg.norm(guess.affine_lps[:3, :3], axis=0)
        np.testing.assert_allclose(size_mm, (1.0, 1.0, 2.5))
