"""Slices under one UID that are no one scan, and scans that only look like none."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGLSLossless, JPEGLSNearLossless

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.planes import MaskPlane, stacked
from recist_tool.dicom.pixels.codestream import loses
from recist_tool.dicom.scan.scan import scan
from recist_tool.terms import WarningCode
from tests.dicom.series_files import Files, new_uid, pet, save

PLAIN = Files(count=12, shape=(4, 4))


def put(files, folder, index, at_mm, name, **changes):
    """Write slice `index` at a place along z; return its path."""
    dataset = files.dataset(index)
    dataset.ImagePositionPatient = [-10, -20, round(at_mm, 6)]
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    folder.mkdir(exist_ok=True)
    save(dataset, folder / name, files.transfer_syntax)
    return folder / name


def codes(series):
    return {warning.code for warning in series.warnings}


def places(series):
    return [image.position_lps[2] for image in series.slices]


@pytest.mark.parametrize("offset_mm", [2.5, 1.0])
def test_two_phases_whose_slices_interleave_are_two_stacks(tmp_path, offset_mm):
    for index in range(12):
        phase, at = index % 2, index // 2 * 5.0
        put(
            PLAIN, tmp_path, index, at + phase * offset_mm, str(index),
            AcquisitionNumber=phase + 1, AcquisitionTime=f"10{phase}0{index % 6}0",
        )  # fmt: skip
    one, other = scan([tmp_path]).series
    assert [one.slice_spacing_mm, other.slice_spacing_mm] == [5.0, 5.0]
    assert places(one) == [0, 5, 10, 15, 20, 25]
    assert {s.elements.text(0x0020_0012) for s in one.slices} == {"1"}
    assert "between each other" in one.warnings[0].text
    assert "acquisition number (0020,0012)" in one.warnings[0].text


def test_two_passes_that_overlap_are_two_stacks(tmp_path):
    for part, begin in enumerate((0.0, 21.3)):
        for index in range(12):
            put(
                PLAIN, tmp_path, index, begin + 2.5 * index, f"{part}-{index}",
                AcquisitionNumber=part + 1, SOPInstanceUID=new_uid(),
            )  # fmt: skip
    found = scan([tmp_path]).series
    assert [series.slice_spacing_mm for series in found] == [2.5, 2.5]
    assert [len(series.slices) for series in found] == [12, 12]


@pytest.mark.parametrize(
    "number",
    [
        lambda index: index + 1,  # step and shoot: each slice its own
        lambda index: index // 4 + 1,  # by rotations of four rows
        lambda index: 1 + (index >= 6),  # table moved once
        lambda index: 1 + (index == 5),  # one slice taken again
    ],
)
def test_one_scan_in_several_acquisitions_stays_one(tmp_path, number):
    for index in range(12):
        put(
            PLAIN, tmp_path, index, index * 2.5, str(index),
            AcquisitionNumber=number(index), AcquisitionTime=f"1000{index:02}",
        )  # fmt: skip
    (series,) = scan([tmp_path]).series
    assert series.slice_spacing_mm == 2.5
    assert series.warnings == ()


def test_interleaved_slices_of_mr_are_one_scan(tmp_path):
    mr = PLAIN.tagged(Modality="MR")
    for index in range(12):
        put(mr, tmp_path, index, index * 2.5, str(index), AcquisitionNumber=index % 2)
    (series,) = scan([tmp_path]).series
    assert series.slice_spacing_mm == 2.5


def test_gates_are_told_apart_by_their_trigger_time(tmp_path):
    files = pet().but(count=12, shape=(4, 4))
    for gate in range(4):
        for index in range(12):
            put(
                files, tmp_path, index, index * 2.5, f"{gate}-{index}",
                TriggerTime=gate * 125, SOPInstanceUID=new_uid(),
                InstanceNumber=index * 4 + gate + 1,
            )  # fmt: skip
    found = scan([tmp_path]).series
    assert [series.shape[0] for series in found] == [12] * 4
    assert [series.slice_spacing_mm for series in found] == [2.5] * 4
    assert "trigger time (0018,1060)" in found[0].warnings[0].text


@pytest.mark.parametrize("transfer_syntax", [None, JPEGLSLossless])
def test_a_slice_that_is_there_twice_is_taken_once_and_said(tmp_path, transfer_syntax):
    files = PLAIN.but(
        transfer_syntax=transfer_syntax or PLAIN.transfer_syntax, shape=(32, 32)
    )
    files.write(tmp_path)
    put(
        files, tmp_path, 5, files.position(5)[2], "again",
        SOPInstanceUID=new_uid(), InstanceNumber=99,
    )  # fmt: skip
    (series,) = scan([tmp_path]).series
    assert (series.shape[0], series.slice_spacing_mm) == (12, 2.5)
    (warning,) = series.warnings
    assert warning.code == WarningCode.DUPLICATE_POSITION
    assert warning.text.startswith("1 slices are there twice, with the same pixels")


def test_two_slices_at_one_place_with_other_pixels_are_not_one(tmp_path):
    PLAIN.write(tmp_path)
    put(
        PLAIN, tmp_path, 7, PLAIN.position(5)[2], "again",
        SOPInstanceUID=new_uid(), InstanceNumber=6,
    )  # fmt: skip
    assert all(not one.slice_spacing_mm or len(one.slices) == 12
               for one in scan([tmp_path]).series)  # fmt: skip
    assert sum(len(one.slices) for one in scan([tmp_path]).series) == 13


def test_a_frame_of_reference_for_each_slice_is_none_and_said(tmp_path):
    for index in range(12):
        put(
            PLAIN, tmp_path, index, index * 2.5, str(index),
            FrameOfReferenceUID=new_uid(),
        )  # fmt: skip
    (series,) = scan([tmp_path]).series
    assert (series.slice_spacing_mm, series.frame_of_reference_uid) == (2.5, "")
    assert "each of 12 slices has a FrameOfReferenceUID" in series.warnings[0].text


def test_two_frames_of_reference_are_two_scans(tmp_path):
    uids = new_uid(), new_uid()
    for index in range(12):
        put(
            PLAIN, tmp_path, index, index * 2.5, str(index),
            FrameOfReferenceUID=uids[index > 5],
        )  # fmt: skip
    assert [len(one.slices) for one in scan([tmp_path]).series] == [6, 6]


def test_other_pixels_under_one_uid_and_place_are_said_as_such(tmp_path):
    files = PLAIN
    files.write(tmp_path)
    other = put(
        files, tmp_path, 4, files.position(4)[2], "zz",
        PixelData=(files.stored(4) + 500).astype("<i2").tobytes(),
    )  # fmt: skip
    result = scan([tmp_path])
    (series,) = result.series
    (skipped,) = result.skipped
    assert {skipped.path, *series.files} >= {other}
    assert "and other pixels: left out" in skipped.why
    assert codes(series) == {WarningCode.REPEATED_UID}
    assert "nothing tells which of them is right" in series.warnings[0].text


GE_GAPS = (3.29, 3.29, 3.19, 3.29, 3.29, 3.29)
"""At the borders of seven beds of a GE Discovery ST, mm, in a grid of 3.27 mm."""


def ge_places(count=267, step=3.27):
    """Return where slices lie, mm: even within a bed, not quite between two."""
    beds = np.array_split(np.arange(count), len(GE_GAPS) + 1)
    gaps = np.full(count - 1, step)
    for bed, gap in zip(beds[1:], GE_GAPS, strict=True):
        gaps[bed[0] - 1] = gap
    return np.concatenate(([0.0], np.cumsum(gaps)))


def test_beds_that_are_not_quite_a_multiple_of_the_step_make_a_regular_volume(tmp_path):
    places = ge_places()
    files = pet().but(count=267, shape=(2, 2), spacing_mm=(3.27, 5.5, 5.5))
    for index, at in enumerate(places):
        put(files, tmp_path, index, at, str(index), SliceThickness="3.27")
    (series,) = scan([tmp_path]).series
    assert series.warnings == ()
    assert series.slice_spacing_mm == pytest.approx(3.27, abs=1e-3)
    assert np.abs(places - np.arange(267) * series.slice_spacing_mm).max() < 0.06


@pytest.mark.parametrize("stated", [3.27, None])
@pytest.mark.parametrize("left_out", [0.0, 0.4])
def test_a_segmentation_on_such_beds_is_regular_too(stated, left_out):
    places = ge_places()
    kept = np.random.default_rng(6).random(267) >= left_out
    kept[[0, 1, -1]] = True
    axes = np.eye(3)
    plane = MaskPlane(axes[0], axes[1], (5.5, 5.5), (2, 2))
    found = stacked(places[kept][:, None] * axes[2], plane, stated)
    np.testing.assert_array_equal(found.slices, np.flatnonzero(kept))
    assert found.grid.slice_spacing_mm == pytest.approx(3.27, abs=2e-3)


@pytest.mark.parametrize("step", [0.625, 0.75, 1.0, 1.25, 2.5, 3.27, 5.0])
def test_positions_rounded_to_a_tenth_are_regular(tmp_path, step):
    files = PLAIN.but(count=40, shape=(2, 2)).tagged(SliceThickness=None)
    for index in range(40):
        put(files, tmp_path, index, round(index * step, 1), str(index))
    (series,) = scan([tmp_path]).series
    assert series.warnings == ()
    assert series.slice_spacing_mm == pytest.approx(step, abs=0.004)


@pytest.mark.parametrize("off", [0.12, -0.12, 0.5, 1.0])
def test_a_slice_off_the_grid_by_more_is_no_box(tmp_path, off):
    for index in range(12):
        put(PLAIN, tmp_path, index, 2.5 * (index + off * (index > 5)), str(index))
    (series,) = scan([tmp_path]).series
    assert series.slice_spacing_mm is None
    assert WarningCode.IRREGULAR_SPACING in codes(series)


@pytest.mark.parametrize("said", ["00", None])
@pytest.mark.parametrize(
    ("syntax", "options", "lost"),
    [
        (JPEGLSNearLossless, {"jls_error": 5}, True),
        (JPEGLSNearLossless, {"jls_error": 0}, False),
        (JPEGLSLossless, {}, False),
        (JPEG2000, {"j2k_cr": [20]}, True),
        (JPEG2000Lossless, {}, False),
    ],
)
def test_the_codestream_tells_whether_something_was_lost(
    tmp_path, syntax, options, lost, said
):
    files = Files(count=3, shape=(64, 64))
    for index in range(3):
        dataset = files.dataset(index)
        dataset.compress(syntax, generate_instance_uid=False, **options)
        dataset.LossyImageCompression = said
        if said is None:
            del dataset.LossyImageCompression
        dataset.save_as(tmp_path / str(index), enforce_file_format=True)
    (series,) = scan([tmp_path]).series
    assert (codes(series) == {WarningCode.LOSSY_COMPRESSION}) == lost
    changed = any(
        (load(series).voxels[i] + 1024 != files.stored(i)).any() for i in range(3)
    )
    assert changed == lost


def test_damaged_codestreams_are_asked_without_harm():
    numbers = np.random.default_rng(8)
    for syntax in (JPEGLSNearLossless, JPEG2000):
        for start in (b"", b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  "):
            for _ in range(300):
                noise = numbers.choice([0, 0xFF, 0x51, 0x52, 0xDA, 3], 40)
                loses(syntax, start + bytes(noise.astype(np.uint8)))
