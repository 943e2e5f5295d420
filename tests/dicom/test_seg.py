"""DICOM segmentations: what highdicom writes is read back, voxel by voxel."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError, GeometryError
from tests.dicom.mask_files import SERIES, ball, slices_of, write_seg

LUMP = ball()
OTHER = ball(centre=(4, 12, 15), radius=(2, 5, 5))


@pytest.fixture
def images(tmp_path):
    return slices_of(SERIES, tmp_path / "ct")


def edited(path, **changes):
    dataset = dcmread(path)
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)
    return path


def volume_of(images):
    (series,) = scan(images).series
    return load(series)


def test_a_binary_segmentation_lies_where_it_was_drawn(tmp_path, images):
    path = write_seg(tmp_path / "seg.dcm", images, LUMP)
    volume = volume_of(images)
    file = read_masks(path)
    assert (file.kind, file.series_instance_uid) == ("DICOM SEG", SERIES.series_uid)
    ((segment,), faults, remarks) = file.segments(volume.grid)
    assert (segment.label, segment.name) == (1, "Metastasis")
    assert segment.tracking_uid == "1.2.3.1"
    assert (faults, remarks) == ((), ())
    np.testing.assert_array_equal(segment.mask.as_full(), LUMP)


def test_without_a_series_its_own_frames_give_the_geometry(tmp_path, images):
    (segment,) = read_masks(write_seg(tmp_path / "seg.dcm", images, LUMP)).segments()[0]
    grid = segment.mask.grid
    assert grid.shape == (5, 20, 30)  # empty slices are not in the file
    assert grid.spacing_mm == pytest.approx((3.0, 0.8, 0.5))
    assert segment.mask.voxels == LUMP.sum()
    assert segment.mask.volume_ml == pytest.approx(LUMP.sum() * 0.0012)


def test_segments_that_overlap_stay_apart(tmp_path, images):
    both = np.stack([LUMP, OTHER], axis=-1)
    path = write_seg(tmp_path / "seg.dcm", images, both, ("A", "B"))
    one, other = read_masks(path).segments(volume_of(images).grid).segments
    np.testing.assert_array_equal(one.mask.as_full(), LUMP)
    np.testing.assert_array_equal(other.mask.as_full(), OTHER)
    assert (LUMP & OTHER).any()


def test_slices_without_a_frame_are_empty(tmp_path, images):
    lump = LUMP.copy()
    lump[3] = False
    (segment,) = read_masks(write_seg(tmp_path / "seg.dcm", images, lump)).segments()[0]
    assert segment.mask.grid.spacing_mm[0] == pytest.approx(3.0)
    assert segment.mask.inside.any(axis=(1, 2)).tolist() == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_a_distance_of_slices_that_only_the_frames_tell_is_said(tmp_path, images):
    lump = LUMP.copy()
    lump[1::2] = False
    path = write_seg(tmp_path / "seg.dcm", images, lump)
    dataset = dcmread(path)
    (measures,) = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    del measures.SpacingBetweenSlices
    dataset.save_as(path)
    (segment,), _, (remark,) = read_masks(path).segments()
    assert segment.mask.grid.spacing_mm[0] == pytest.approx(6.0)
    assert "6 mm is the smallest between its frames" in remark.what
    measures.SliceThickness = "6"
    dataset.save_as(path)
    assert read_masks(path).segments()[2] == ()


def sparse(path, images, lump, thickness=None):
    """Write a SEG that does not state the distance between slices (type 1C)."""
    dataset = dcmread(write_seg(path, images, lump))
    (measures,) = dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence
    del measures.SpacingBetweenSlices
    if thickness:
        measures.SliceThickness = thickness
    dataset.save_as(path)
    return path


@pytest.mark.parametrize("every", [2, 3])
def test_one_drawn_on_each_second_slice_of_its_series_lies_on_them(
    tmp_path, images, every
):
    lump = ball(radius=(3.5, 6, 8))
    lump[np.arange(8) % every != 0] = False
    path = sparse(tmp_path / "seg.dcm", images, lump)
    volume = volume_of(images)
    ((segment,), faults, (remark,)) = read_masks(path).segments(volume.grid)
    assert faults == ()
    np.testing.assert_array_equal(segment.mask.as_full(), lump)
    assert segment.mask.volume_ml == pytest.approx(lump.sum() * 0.0012)
    assert f"only on each {every}. or fewer" in remark.what


def test_thick_slices_are_not_those_of_a_series_of_thin_ones(tmp_path, images):
    lump = LUMP.copy()
    lump[1::2] = False
    path = sparse(tmp_path / "seg.dcm", images, lump, thickness="6")
    with pytest.raises(GeometryError, match=r"its voxels are 0\.5 × 0\.8 × 6 mm"):
        read_masks(path).segments(volume_of(images).grid)


def test_with_its_series_nothing_is_left_in_doubt(tmp_path, images):
    path = sparse(tmp_path / "seg.dcm", images, LUMP, thickness="2")
    file = read_masks(path)
    assert len(file.segments().remarks) == 1
    assert file.segments(volume_of(images).grid).remarks == ()


@pytest.mark.parametrize("padding", [None, 0, 9])
@pytest.mark.parametrize("background", [0, 5])
def test_the_background_of_a_label_map_is_no_lesion(
    tmp_path, images, padding, background
):
    labels = np.where(OTHER, 2, LUMP).astype(np.uint8)
    path = write_seg(tmp_path / "seg.dcm", images, labels, ("A", "B"), "LABELMAP")
    dataset = dcmread(path)
    pixels = np.frombuffer(dataset.PixelData, np.uint8).copy()
    pixels[pixels == 0] = background
    dataset.PixelData = pixels.tobytes()
    dataset.PixelPaddingValue = padding
    if padding is None:
        del dataset.PixelPaddingValue
    (described,) = [
        item
        for item in dataset.SegmentSequence
        if item.SegmentedPropertyTypeCodeSequence[0].CodeValue == "125040"
    ]
    described.SegmentNumber = background
    described.SegmentLabel = "nothing"
    dataset.save_as(path)
    found = read_masks(path).segments(volume_of(images).grid)
    assert [one.label for one in found.segments] == [1, 2]
    assert found.faults == ()


def test_a_fractional_one_is_cut_at_the_fraction_told_and_says_so(tmp_path, images):
    parts = np.where(LUMP, 0.4, 0.0).astype(np.float32)
    parts[OTHER] = 0.8
    path = write_seg(tmp_path / "seg.dcm", images, parts, kind="FRACTIONAL")
    grid = volume_of(images).grid
    half, low = (read_masks(path, least).segments(grid) for least in (0.5, 0.3))
    np.testing.assert_array_equal(half.segments[0].mask.as_full(), OTHER)
    np.testing.assert_array_equal(low.segments[0].mask.as_full(), LUMP | OTHER)
    assert str(half.remarks[0]) == (
        "seg.dcm: fractional: voxels that hold 0.5 or more are inside"
    )


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", RLELossless])
def test_a_label_map_is_read(tmp_path, images, syntax):
    labels = np.where(OTHER, 2, LUMP).astype(np.uint8)
    path = write_seg(
        tmp_path / "seg.dcm", images, labels, ("A", "B"), "LABELMAP",
        transfer_syntax_uid=syntax,
    )  # fmt: skip
    one, other = read_masks(path).segments(volume_of(images).grid).segments
    np.testing.assert_array_equal(one.mask.as_full(), LUMP & ~OTHER)
    np.testing.assert_array_equal(other.mask.as_full(), OTHER)


def test_a_deflated_one_is_read(tmp_path, images):
    path = write_seg(tmp_path / "seg.dcm", images, LUMP)
    dataset = dcmread(path)
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path, implicit_vr=False, little_endian=True)
    (segment,) = read_masks(path).segments()[0]
    assert segment.mask.voxels == LUMP.sum()


def test_a_deflated_bomb_is_refused(tmp_path, images, monkeypatch):
    path = write_seg(tmp_path / "seg.dcm", images, LUMP)
    dataset = dcmread(path)
    dataset.add_new(0x00091001, "OB", bytes(1 << 20))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.save_as(path, implicit_vr=False, little_endian=True)
    monkeypatch.setattr("recist_tool.dicom.masks.dataset.MOST_BYTES", 1 << 19)
    with pytest.raises(
        DicomError, match=r"^seg\.dcm: more than .* too large for a mask$"
    ):
        read_masks(path)


def test_frames_whose_pixels_are_no_whole_bytes_are_read(tmp_path):
    files = SERIES.but(shape=(7, 9))
    images = slices_of(files, tmp_path / "ct")
    lump = ball((8, 7, 9), (3, 3, 4), (2, 3, 3))
    path = write_seg(tmp_path / "seg.dcm", images, lump)
    (segment,) = read_masks(path).segments(volume_of(images).grid).segments
    np.testing.assert_array_equal(segment.mask.as_full(), lump)


def test_a_segment_without_voxels_is_said_and_the_other_answered(tmp_path, images):
    both = np.stack([LUMP, np.zeros_like(LUMP)], axis=-1)
    path = write_seg(tmp_path / "seg.dcm", images, both, ("A", "B"))
    segments, faults, _ = read_masks(path).segments()
    assert [segment.label for segment in segments] == [1]
    assert list(map(str, faults)) == ["seg.dcm: label 2: it is empty"]


def test_another_frame_of_reference_is_refused(tmp_path, images):
    path = edited(
        write_seg(tmp_path / "seg.dcm", images, LUMP), FrameOfReferenceUID="1.2.3"
    )
    with pytest.raises(
        GeometryError,
        match=r"^seg\.dcm: its frame of reference is not that of the image",
    ):
        read_masks(path).segments(volume_of(images).grid)


def test_two_frames_of_a_segment_at_one_place_are_refused(tmp_path, images):
    path = write_seg(tmp_path / "seg.dcm", images, LUMP)
    dataset = dcmread(path)
    frames = dataset.PerFrameFunctionalGroupsSequence
    frames[1].PlanePositionSequence = frames[0].PlanePositionSequence
    dataset.save_as(path)
    found = read_masks(path).segments()
    assert found.segments == ()
    assert "several of its frames lie at one place" in str(found.faults[0])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"NumberOfFrames": 3}, "NumberOfFrames (0028,0008) is 3, but it describes 5"),
        ({"Rows": 512, "Columns": 512}, "cut off: its size asks for 163840 bytes"),
        ({"BitsAllocated": 32}, "32 bits a pixel: no such segmentation"),
        ({"SegmentationType": "OTHER"}, "its SegmentationType (0062,0001) is none"),
        ({"PerFrameFunctionalGroupsSequence": []}, "but it describes 0 frames"),
        ({"SharedFunctionalGroupsSequence": []}, "frame 1 has no PlaneOrientation"),
        ({"Rows": None}, "damaged DICOM file"),
    ],
)
def test_what_contradicts_itself_is_refused_in_one_line(
    tmp_path, images, changes, said
):
    path = edited(write_seg(tmp_path / "seg.dcm", images, LUMP), **changes)
    with pytest.raises(DicomError) as refused:
        read_masks(path)
    assert str(refused.value).startswith("seg.dcm: ")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kept", [0, 100, 200, 1000, 3000, -10])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path, images, kept):
    path = write_seg(tmp_path / "seg.dcm", images, LUMP)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DicomError) as refused:
        read_masks(path)
    assert len(str(refused.value).splitlines()) == 1
    assert "PLANTED" not in str(refused.value)


def test_an_image_is_no_mask(images):
    with pytest.raises(DicomError, match="it holds no masks: it is CT"):
        read_masks(images[0])
