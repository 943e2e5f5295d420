"""RT structure sets: contours become the voxels whose centres they enclose."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError, GeometryError
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.mask import Mask
from tests.dicom.mask_files import SERIES, write_structure_set
from tests.dicom.series_files import Files

FILES = SERIES.but(shape=(60, 90))


@pytest.fixture
def grid(tmp_path):
    FILES.write(tmp_path / "ct")
    (series,) = scan([tmp_path / "ct"]).series
    return load(series).grid


def circle(
    slice_index, radius_mm=10.0, centre_mm=(20.13, 22.31), points=120, files=FILES
):
    """Return a circle in a slice, LPS."""
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    along = np.outer(centre_mm[0] + radius_mm * np.cos(angles), files.axes[0])
    down = np.outer(centre_mm[1] + radius_mm * np.sin(angles), files.axes[1])
    return files.position(slice_index) + along + down


def disk(slices, radius_mm=10.0, centre_mm=(20.13, 22.31)):
    rows, columns = np.mgrid[:60, :90]
    far = np.hypot(columns * 0.5 - centre_mm[0], rows * 0.8 - centre_mm[1])
    inside = np.zeros((8, 60, 90), bool)
    inside[slices] = far <= radius_mm
    return inside


def segments(path, grid=None):
    return read_masks(path).segments(grid)


def faults(path, grid=None):
    """Return what is said of a lesion that is refused, beside one that is not."""
    return list(map(str, segments(path, grid).faults))


def test_circles_fill_the_slices_that_they_lie_in(tmp_path, grid):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"GTV": [circle(at) for at in (2, 3, 4)]}
    )
    file = read_masks(path)
    assert (file.kind, file.series_instance_uid) == ("RTSTRUCT", FILES.series_uid)
    (segment,), told, remarks = file.segments(grid)
    assert (segment.label, segment.name, told, remarks) == (1, "GTV", (), ())
    wrong = segment.mask.as_full() ^ disk([2, 3, 4])
    assert wrong.sum() <= 3 * 2  # the polygon has 120 corners


def test_without_a_series_lengths_and_volume_are_those_of_the_contours(tmp_path):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"GTV": [circle(at) for at in (2, 3, 4)]}
    )
    (segment,) = segments(path).segments
    found = axes(segment.mask)
    assert found.long_axis_mm == pytest.approx(20, abs=0.1)
    assert found.short_axis_mm == pytest.approx(20, abs=0.1)
    assert segment.mask.volume_ml == pytest.approx(np.pi * 100 * 9 / 1000, rel=0.004)


@pytest.mark.parametrize(
    "planes",
    [
        ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
        ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
        ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8)),
    ],
    ids=["sagittal", "coronal", "oblique"],
)
def test_contours_in_any_plane_are_filled(tmp_path, planes):
    files = FILES.but(axes=planes)
    drawn = [circle(at, files=files) for at in (2, 3, 4)]
    path = write_structure_set(tmp_path / "rs.dcm", files, {"GTV": drawn})
    files.write(tmp_path / "ct")
    (series,) = scan([tmp_path / "ct"]).series
    (on_series,), (alone,) = (
        segments(path, grid).segments for grid in (load(series).grid, None)
    )
    assert on_series.mask.volume_ml == pytest.approx(alone.mask.volume_ml, rel=0.02)
    assert axes(alone.mask).long_axis_mm == pytest.approx(20, abs=0.1)


def test_a_contour_within_another_is_a_hole(tmp_path, grid):
    ring = [circle(3), circle(3, radius_mm=5.0)]
    (segment,) = segments(
        write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": ring}), grid
    ).segments
    area_mm2 = segment.mask.voxels * 0.4
    assert area_mm2 == pytest.approx(np.pi * 75, rel=0.02)


def test_a_contour_that_comes_twice_is_filled_once(tmp_path, grid):
    twice = write_structure_set(tmp_path / "2.dcm", FILES, {"GTV": [circle(3)] * 2})
    once = write_structure_set(tmp_path / "1.dcm", FILES, {"GTV": [circle(3)]})
    voxels = [segments(path, grid).segments[0].mask.voxels for path in (twice, once)]
    assert voxels[0] == voxels[1] > 0


@pytest.mark.parametrize(
    ("contours", "said"),
    [
        ([circle(3), circle(3, radius_mm=5)], "lies within another: taken as a hole"),
        ([circle(3), circle(3)[::-1]], "an outline was drawn again: counted once"),
        (
            [circle(3), circle(3, centre_mm=(20, 30))],
            "contours overlap: what any of them encloses is inside",
        ),
        (
            [np.concatenate((circle(3), circle(3, radius_mm=9.7)[:40]))],
            "runs over itself: what it goes round twice is inside",
        ),
    ],
)
def test_what_contours_are_taken_for_is_said(tmp_path, grid, contours, said):
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": contours})
    (remark,) = segments(path, grid).remarks
    assert remark.what.startswith("on 1 slice ")
    assert remark.what.endswith(said)


def test_contours_of_the_kind_xor_are_disjoined(tmp_path, grid):
    kind = "CLOSEDPLANAR_XOR"
    drawn = [(circle(3), kind), (circle(3, 6), kind), (circle(3, 2), kind)]
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": drawn})
    (segment,), told, remarks = segments(path, grid)
    assert (told, remarks) == ((), ())
    truth = disk(3) & ~disk(3, 6) | disk(3, 2)
    assert (segment.mask.as_full() ^ truth).sum() <= 8


@pytest.mark.parametrize(
    "nothing",
    [circle(9)[:2], circle(9)[:1], circle(9)[[0, 1, 0]], (circle(5)[:1], "POINT")],
    ids=["two points", "one point", "a line", "of the kind POINT"],
)
def test_a_contour_that_encloses_nothing_is_left_out_and_said(tmp_path, grid, nothing):
    drawn = {"GTV": [nothing, circle(3), circle(4)]}
    path = write_structure_set(tmp_path / "rs.dcm", FILES, drawn)
    for on in (grid, None):
        found = segments(path, on)
        assert found.faults == ()
        assert "1 of its contours are a point or a line" in found.remarks[-1].what
    plain = write_structure_set(tmp_path / "p.dcm", FILES, {"GTV": drawn["GTV"][1:]})
    one, other = (segments(each, grid).segments[0].mask for each in (path, plain))
    np.testing.assert_array_equal(one.as_full(), other.as_full())


def test_without_a_series_nobody_knows_whether_slices_were_left_out(tmp_path):
    contours = {"GTV": [circle(at) for at in (2, 4, 6)]}
    path = write_structure_set(tmp_path / "rs.dcm", FILES, contours)
    (remark,) = segments(path).remarks
    assert "6 mm is the smallest between its contours" in remark.what
    one = write_structure_set(tmp_path / "1.dcm", FILES, {"GTV": [circle(3)]})
    assert segments(one).remarks == ()


def test_the_distance_between_slices_that_is_stated_is_believed(tmp_path, grid):
    contours = {"GTV": [circle(at) for at in (2, 4, 6)]}
    path = write_structure_set(tmp_path / "rs.dcm", FILES, contours)
    dataset = dcmread(path)
    planes = Dataset()
    planes.SpacingBetweenSlices = "3"
    dataset.ROIContourSequence[0].SourcePixelPlanesCharacteristicsSequence = [planes]
    dataset.save_as(path)
    alone, on_series = segments(path), segments(path, grid)
    assert alone.remarks == on_series.remarks
    assert "2 slices between its first and its last" in alone.remarks[0].what
    assert alone.segments[0].mask.volume_ml == pytest.approx(
        on_series.segments[0].mask.volume_ml, rel=0.01
    )


def test_slabs_as_thick_as_their_distance_leave_no_doubt(tmp_path):
    for thickness, doubts in (("6", 0), ("3", 1)):
        contours = {"GTV": [circle(at) for at in (2, 4, 6)]}
        path = write_structure_set(tmp_path / "rs.dcm", FILES, contours)
        dataset = dcmread(path)
        for contour in dataset.ROIContourSequence[0].ContourSequence:
            contour.ContourSlabThickness = thickness
        dataset.save_as(path)
        assert len(segments(path).remarks) == doubts


def test_slices_between_without_a_contour_are_said_and_left_empty(tmp_path, grid):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"GTV": [circle(at) for at in (1, 3, 6)]}
    )
    found = segments(path, grid)
    assert list(map(str, found.remarks)) == [
        "rs.dcm: label 1: 3 slices between its first and its last have no contour: "
        "nothing is filled in between"
    ]
    occupied = found.segments[0].mask.as_full().any(axis=(1, 2))
    assert np.flatnonzero(occupied).tolist() == [1, 3, 6]


@pytest.mark.parametrize(
    ("contours", "said"),
    [
        ([], "it is empty: no contour was drawn"),
        ([(circle(3)[:1], "POINT")], "it has contours that enclose nothing (POINT)"),
        ([(circle(3), "OPEN_PLANAR")], "contours that enclose nothing (OPEN_PLANAR)"),
        ([circle(3)[:2]], "it has a contour of fewer than three points"),
        ([circle(3)[[0, 1, 0, 1]]], "or a line, and no other"),
        (
            [circle(3), (circle(3, 4), "CLOSEDPLANAR_XOR")],
            "contours of both kinds, CLOSEDPLANAR_XOR and CLOSED_PLANAR",
        ),
        ([circle(3), circle(3, 8.8)], "a hole, or the same outline again"),
        ([(circle(3), "CLOSEDPLANAR_XOR")] * 2, "they cancel each other"),
        (
            [np.add(circle(3), (0, 0, 1.2))],
            "a contour lies 1.2 mm off the nearest slice",
        ),
        ([circle(9)], "a contour lies 6 mm off the nearest slice"),
        ([circle(3, centre_mm=(5, 22))], "it reaches outside the image"),
        ([circle(3, 0.1, (20.25, 22.4))], "enclose the centre of no pixel: too small"),
    ],
)
def test_a_region_that_cannot_be_filled_is_said_and_the_other_answered(
    tmp_path, grid, contours, said
):
    rois = {"PLANTED NAME": contours, "GTV": [circle(3)]}
    path = write_structure_set(tmp_path / "rs.dcm", FILES, rois)
    found = segments(path, grid)
    assert [segment.label for segment in found.segments] == [2]
    (told,) = map(str, found.faults)
    assert told.startswith("rs.dcm: label 1: ")
    assert said in told
    assert "PLANTED" not in told


def test_points_that_are_no_numbers_harm_their_region_alone(tmp_path, grid):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"A": [circle(2)], "B": [circle(3)]}
    )
    data = path.read_bytes()
    at = data.index(b"\\", data.index(b"CLOSED_PLANAR"))
    path.write_bytes(data[: at + 1] + b"x" + data[at + 2 :])
    for on in (grid, None):
        assert [one.label for one in segments(path, on).segments] == [2]


@pytest.mark.parametrize("contour", [np.empty((0, 3)), circle(2)[:1]])
def test_a_damaged_contour_harms_its_region_alone_without_a_series_too(
    tmp_path, contour
):
    rois = {"A": [contour], "B": [circle(3)]}
    path = write_structure_set(tmp_path / "rs.dcm", FILES, rois)
    found = segments(path)
    assert [one.label for one in found.segments] == [2]
    assert len(found.faults) == 1


def test_contours_of_a_region_that_come_in_two_items_are_all_filled(tmp_path, grid):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"A": [circle(2)], "B": [circle(3)]}
    )
    dataset = dcmread(path)
    dataset.ROIContourSequence[1].ReferencedROINumber = 1
    del dataset.StructureSetROISequence[1]
    dataset.save_as(path)
    (segment,) = segments(path, grid).segments
    assert np.flatnonzero(segment.mask.as_full().any(axis=(1, 2))).tolist() == [2, 3]


def test_contours_of_a_region_that_is_not_described_are_filled(tmp_path, grid):
    path = write_structure_set(
        tmp_path / "rs.dcm", FILES, {"A": [circle(2)], "B": [circle(3)]}
    )
    dataset = dcmread(path)
    del dataset.StructureSetROISequence[1]
    dataset.save_as(path)
    found = segments(path, grid).segments
    assert [(one.label, one.name) for one in found] == [(1, "A"), (2, "")]


def test_a_structure_set_without_regions_is_refused_on_a_series_too(tmp_path, grid):
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {})
    with pytest.raises(GeometryError, match="it holds no closed contour"):
        segments(path, grid)


def test_another_frame_of_reference_is_refused(tmp_path, grid):
    other = Files(count=8, shape=(60, 90), spacing_mm=FILES.spacing_mm)
    path = write_structure_set(tmp_path / "rs.dcm", other, {"GTV": [circle(3)]})
    with pytest.raises(GeometryError, match="its frame of reference is not that"):
        segments(path, grid)


def test_contours_in_planes_at_uneven_distances_have_no_volume_alone(tmp_path):
    uneven = [circle(at) for at in (1, 2, 3.37, 6)]
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": uneven})
    (segment,) = segments(path).segments
    assert not segment.mask.grid.is_regular
    assert axes(segment.mask).long_axis_mm == pytest.approx(20, abs=0.1)


def test_a_structure_set_without_contours_is_refused(tmp_path):
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": []})
    with pytest.raises(GeometryError, match=r"^rs\.dcm: it holds no closed contour$"):
        segments(path)


@pytest.mark.parametrize("kept", [0, 100, 200, 800, -3])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path, kept):
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": [circle(3)]})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DicomError) as refused:
        read_masks(path)
    assert len(str(refused.value).splitlines()) == 1


def test_the_masks_that_are_filled_are_small_boxes(tmp_path, grid):
    path = write_structure_set(tmp_path / "rs.dcm", FILES, {"GTV": [circle(3)]})
    (segment,) = segments(path, grid).segments
    assert isinstance(segment.mask, Mask)
    assert segment.mask.inside.shape[0] == 1
    assert segment.mask.inside.shape[1] <= 27
