"""Every warning code, on series whose geometry is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError
from recist_tool.terms import WarningCode
from tests.dicom.series_files import Files, save

SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
CORONAL = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))


def write(files, folder, keep=None, shift=None):
    """Write some slices, moved by `shift(index)` in mm."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(files.count) if keep is None else keep:
        dataset = files.dataset(index)
        position = files.position(index)
        if shift is not None:
            position = position + np.asarray(shift(index))
        dataset.ImagePositionPatient = [f"{x:.10g}" for x in position]
        save(dataset, folder / f"{100 - index}.dcm", files.transfer_syntax)


def only_series(folder):
    (series,) = scan([folder]).series
    return series


def codes(series):
    return {warning.code for warning in series.warnings}


@pytest.mark.parametrize("axes", [((1.0, 0, 0), (0, 1.0, 0)), SAGITTAL, CORONAL])
@pytest.mark.parametrize("count", [2, 3, 40])
def test_an_even_series_has_no_warning_in_any_plane(tmp_path, axes, count):
    Files(count=count, axes=axes).write(tmp_path)
    series = only_series(tmp_path)
    assert series.warnings == ()
    assert series.spacing_mm == (2.5, 0.8, 0.8)
    assert series.origin_lps == (-10.0, -20.0, -30.0)
    assert series.shape == (count, 6, 8)


def test_slices_are_sorted_by_position_whatever_their_names_and_numbers(tmp_path):
    files = Files(count=5)
    for index in range(5):
        dataset = files.dataset(index)
        dataset.InstanceNumber = [3, 5, 1, 4, 2][index]
        save(dataset, tmp_path / f"{(index * 3) % 5}.dcm", files.transfer_syntax)
    series = only_series(tmp_path)
    depths = [image.position_lps[2] for image in series.slices]
    assert depths == [-30.0, -27.5, -25.0, -22.5, -20.0]


def test_a_gap_of_one_slice_is_reported_as_missing_slice(tmp_path):
    write(Files(count=6), tmp_path, keep=[0, 1, 2, 4, 5])
    series = only_series(tmp_path)
    assert WarningCode.MISSING_SLICE in codes(series)
    assert series.slice_spacing_mm is None
    (text,) = [w.text for w in series.warnings if w.code == WarningCode.MISSING_SLICE]
    assert text.startswith("1 slice is missing")
    assert "after slice 3" in text


def test_gaps_that_are_no_multiples_are_irregular_and_nothing_is_called_missing(
    tmp_path,
):
    write(Files(count=5), tmp_path, shift=lambda i: (0, 0, 0.9 if i == 2 else 0))
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.IRREGULAR_SPACING}
    assert series.slice_spacing_mm is None


def test_a_spacing_that_creeps_is_irregular_though_neighbours_agree(tmp_path):
    files = Files(count=60, shape=(2, 2))
    write(files, tmp_path, shift=lambda i: (0, 0, 0.0005 * i * i))
    assert WarningCode.IRREGULAR_SPACING in codes(only_series(tmp_path))


@pytest.mark.parametrize("decimals", [2, 3, 6])
def test_rounded_positions_are_regular(tmp_path, decimals):
    files = Files(count=30, shape=(2, 2), spacing_mm=(1.25 + 1 / 3, 0.7, 0.7))

    def rounding(index):
        exact = files.position(index)
        return np.round(exact, decimals) - exact

    write(files.tagged(SliceThickness=None), tmp_path, shift=rounding)
    series = only_series(tmp_path)
    assert series.warnings == ()
    assert series.slice_spacing_mm == pytest.approx(1.25 + 1 / 3, abs=1e-3)


def test_slices_at_one_position_are_duplicates(tmp_path):
    write(Files(count=4), tmp_path, shift=lambda i: (0, 0, -2.5 * i))
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.DUPLICATE_POSITION}
    assert series.slice_spacing_mm is None


@pytest.mark.parametrize("degrees", [0.5, 14.0, -20.0])
def test_a_tilted_gantry_is_measured_from_positions_alone(tmp_path, degrees):
    angle = np.radians(degrees)
    axes = ((1.0, 0.0, 0.0), (0.0, float(np.cos(angle)), float(np.sin(angle))))
    files = Files(count=20, shape=(2, 2), axes=axes).tagged(SliceThickness=None)
    table = np.array((0, 0, 2.5))
    write(files, tmp_path, shift=lambda i: i * (table - files.normal * 2.5))
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.GANTRY_TILT}
    assert f"{abs(degrees):.1f} degrees" in series.warnings[0].text
    assert series.slice_spacing_mm is None


def test_an_oblique_stack_along_its_normal_is_not_a_tilt(tmp_path):
    axes = ((0.8, 0.6, 0.0), (-0.48, 0.64, 0.6))
    Files(count=20, axes=axes).write(tmp_path)
    series = only_series(tmp_path)
    assert series.warnings == ()
    assert series.slice_spacing_mm == pytest.approx(2.5, abs=1e-6)


def test_a_tilt_that_positions_do_not_show_is_not_believed_to_be_a_box(tmp_path):
    Files().tagged(GantryDetectorTilt="12").write(tmp_path)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.GANTRY_TILT}
    assert series.slice_spacing_mm is None


def test_slices_shifted_sideways_are_no_box(tmp_path):
    write(Files(), tmp_path, shift=lambda i: (3.0 if i == 2 else 0, 0, 0))
    series = only_series(tmp_path)
    assert WarningCode.IRREGULAR_SPACING in codes(series)
    assert series.slice_spacing_mm is None


def test_two_orientations_are_two_volumes_and_both_say_so(tmp_path):
    files = Files(count=3)
    files.write(tmp_path / "a")
    files.but(axes=SAGITTAL, seed=9).tagged(SOPInstanceUID=None).write(tmp_path / "b")
    first, second = scan([tmp_path]).series
    assert first.series_instance_uid == second.series_instance_uid
    for series in (first, second):
        assert codes(series) == {WarningCode.MIXED_ORIENTATION}
        assert series.slice_spacing_mm == 2.5


def test_a_localizer_is_split_from_the_slices_and_named(tmp_path):
    files = Files(count=5)
    files.write(tmp_path / "axial")
    scout = files.but(count=1, axes=CORONAL).tagged(
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], SOPInstanceUID="1.2.3.4"
    )
    scout.write(tmp_path / "scout")
    axial, localizer = sorted(scan([tmp_path]).series, key=lambda s: -len(s.files))
    assert WarningCode.LOCALIZER in codes(localizer)
    assert WarningCode.LOCALIZER not in codes(axial)
    assert axial.slice_spacing_mm == 2.5


def test_slices_of_another_matrix_are_split_off(tmp_path):
    files = Files(count=3)
    files.write(tmp_path / "a")
    files.but(shape=(10, 10)).tagged(SOPInstanceUID=None).write(tmp_path / "b")
    shapes = {series.shape for series in scan([tmp_path]).series}
    assert shapes == {(3, 6, 8), (3, 10, 10)}
    assert all(series.warnings for series in scan([tmp_path]).series)


def test_two_phases_under_one_uid_are_split_by_acquisition(tmp_path):
    files = Files(count=4)
    for number in (1, 2):
        uids = {"AcquisitionNumber": number, "SOPInstanceUID": None}
        files.but(seed=number).tagged(**uids).write(tmp_path / str(number))
    first, second = scan([tmp_path]).series
    assert codes(first) == codes(second) == {WarningCode.DUPLICATE_POSITION}
    assert first.slice_spacing_mm == second.slice_spacing_mm == 2.5
    assert "acquisition number" in first.warnings[0].text


def test_a_stack_in_two_acquisitions_stays_one_volume(tmp_path):
    files = Files(count=6)
    for index in range(6):
        dataset = files.dataset(index)
        dataset.AcquisitionNumber = 1 + index // 3
        save(dataset, tmp_path / f"{index}.dcm", files.transfer_syntax)
    assert only_series(tmp_path).warnings == ()


@pytest.mark.parametrize(
    "tags",
    [
        {"PixelSpacing": None},
        {"PixelSpacing": None, "ImagerPixelSpacing": [0.5, 0.5]},
        {"PixelSpacing": [0, 0]},
    ],
)
def test_no_pixel_spacing_refuses_lengths_and_assumes_nothing(tmp_path, tags):
    Files().tagged(**tags).write(tmp_path)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.NO_PIXEL_SPACING}
    assert series.spacing_mm == (2.5, None, None)
    volume = load(series)
    assert not volume.is_regular
    with pytest.raises(GeometryError, match=r"PixelSpacing \(0028,0030\) is missing"):
        volume.pixel_to_lps(0, np.zeros((1, 2)))


def test_pixels_that_are_not_square_are_named_with_both_sides(tmp_path):
    Files(spacing_mm=(2.5, 0.8, 1.6)).write(tmp_path)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.NON_SQUARE_PIXELS}
    assert "0.8 mm high, 1.6 mm wide" in series.warnings[0].text
    assert series.spacing_mm == (2.5, 0.8, 1.6)


@pytest.mark.parametrize(
    ("thickness", "said"),
    [("2.5", False), ("2.54", False), ("5", True), ("1.25", True)],
)
def test_thickness_other_than_the_spacing_is_said(tmp_path, thickness, said):
    Files().tagged(SliceThickness=thickness).write(tmp_path)
    series = only_series(tmp_path)
    assert (WarningCode.THICKNESS_DIFFERS in codes(series)) is said
    assert series.slice_spacing_mm == 2.5


def test_lossy_compression_is_said_even_after_decompression(tmp_path):
    Files().tagged(LossyImageCompression="01").write(tmp_path)
    assert codes(only_series(tmp_path)) == {WarningCode.LOSSY_COMPRESSION}


def test_a_single_slice_has_no_spacing_at_all(tmp_path):
    Files(count=1).write(tmp_path)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.SINGLE_SLICE}
    assert series.spacing_mm == (None, 0.8, 0.8)


def test_an_empty_series_uid_gets_the_same_stand_in_each_time(tmp_path):
    files = Files(series_uid="").tagged(SeriesInstanceUID="", SOPInstanceUID=None)
    files.write(tmp_path)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.EMPTY_SERIES_UID}
    assert series.series_instance_uid.startswith("2.25.")
    assert len(series.series_instance_uid) <= 64
    assert only_series(tmp_path).series_instance_uid == series.series_instance_uid


def test_two_series_with_empty_uids_stay_two_series(tmp_path):
    files = Files(count=3).tagged(SeriesInstanceUID="", SOPInstanceUID=None)
    files.tagged(SeriesNumber=1).write(tmp_path / "a")
    files.tagged(SeriesNumber=2).write(tmp_path / "b")
    first, second = scan([tmp_path]).series
    assert first.series_instance_uid != second.series_instance_uid


unit = st.floats(-1, 1, allow_nan=False).filter(lambda x: abs(x) > 1e-3)
millimetres = st.floats(0.3, 5.0).map(lambda x: round(x, 3))


@st.composite
def oblique_files(draw):
    row = np.array(draw(st.tuples(unit, unit, unit)))
    row /= np.linalg.norm(row)
    other = np.array(draw(st.tuples(unit, unit, unit)))
    normal = np.cross(row, other)
    if np.linalg.norm(normal) < 0.1:
        normal = np.cross(row, np.eye(3)[np.argmin(np.abs(row))])
    normal /= np.linalg.norm(normal)
    column = np.cross(normal, row) * draw(st.sampled_from((1, -1)))
    spacing = draw(st.tuples(millimetres, millimetres, millimetres))
    axes = tuple(map(float, row)), tuple(map(float, column))
    return Files(count=draw(st.integers(2, 5)), spacing_mm=spacing, axes=axes)


@settings(max_examples=25)
@given(oblique_files(), st.integers(0, 2**32))
def test_index_to_patient_and_back_is_the_identity(tmp_path_factory, files, seed):
    folder = tmp_path_factory.mktemp("oblique")
    files.write(folder)
    volume = load(only_series(folder))
    points = np.random.default_rng(seed).uniform(0, 10, (20, 2))
    last = files.count - 1
    there = volume.pixel_to_lps(last, points)
    np.testing.assert_allclose(volume.lps_to_pixel(last, there), points, atol=1e-6)
    index = np.column_stack((np.full(20, last), points, np.ones(20)))
    np.testing.assert_allclose((index @ volume.affine_lps.T)[:, :3], there, atol=1e-5)
    corner = files.position(last)
    np.testing.assert_allclose(volume.pixel_to_lps(last, np.zeros((1, 2)))[0], corner)


def test_images_without_a_uid_are_told_apart_by_their_place_and_say_so(tmp_path):
    files = Files().tagged(SOPInstanceUID="1.2.3.987654321")
    files.write(tmp_path)
    for path in tmp_path.iterdir():
        dataset = dcmread(path)
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = ""
        dataset.save_as(path, enforce_file_format=False)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.REPEATED_UID}
    assert "4 images have no SOPInstanceUID" in series.warnings[0].text
    assert series.slice_spacing_mm == 2.5


@pytest.mark.parametrize(("whole", "again"), [(40, 1), (3, 2), (3, 3)])
def test_a_pass_that_covers_only_some_positions_is_split_off(tmp_path, whole, again):
    files = Files(count=whole, shape=(2, 2)).tagged(AcquisitionNumber=1)
    files.write(tmp_path / "a")
    second = files.but(count=again, seed=90).tagged(
        AcquisitionNumber=2, SOPInstanceUID=None
    )
    second.write(tmp_path / "b")
    found = scan([tmp_path]).series
    assert [series.shape[0] for series in found] == [whole, again]
    assert found[0].slice_spacing_mm == 2.5
    assert found[1].slice_spacing_mm == (None if again == 1 else 2.5)


def test_times_that_differ_from_slice_to_slice_take_no_stack_apart(tmp_path):
    files = Files(count=4)
    for index, depth in enumerate((0, 1, 1, 2)):
        dataset = files.dataset(index)
        dataset.AcquisitionTime = f"10000{index}"
        dataset.ImagePositionPatient = [str(x) for x in files.position(depth)]
        save(dataset, tmp_path / f"{index}.dcm", files.transfer_syntax)
    series = only_series(tmp_path)
    assert codes(series) == {WarningCode.DUPLICATE_POSITION}
    assert series.slice_spacing_mm is None
