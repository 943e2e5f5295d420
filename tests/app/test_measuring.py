"""A file of masks measured: on the series it was drawn on, or by itself."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pydicom import dcmread

from recist_tool.app.measuring import MeasureOptions, UptakeThreshold, measure_file
from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask_measure import measure_mask
from recist_tool.terms import Boundary, SuvUnit
from tests.dicom.mask_files import SERIES, ball, slices_of, write_nifti, write_seg
from tests.dicom.series_files import new_uid, pet

LUMP = ball()
NEAR = ball(centre=(4, 12, 15), radius=(2, 5, 5))
PLACE = {"matrix": [[0.5, 0, 0, -10], [0, 0.8, 0, -20], [0, 0, 3, -30]]}


def in_lps(fields):
    """Return the place of a label image in RAS."""
    return {"matrix": np.array(fields["matrix"]) * [[-1], [-1], [1]]}


@pytest.fixture
def ct(tmp_path):
    slices_of(SERIES, tmp_path / "ct")
    return scan([tmp_path / "ct"]).series


def pet_files(**tags):
    return pet(**tags).but(count=8, shape=(20, 30), spacing_mm=(3.0, 0.8, 0.5))


def labelled(path, labels):
    return write_nifti(path, labels.astype(np.uint8), **in_lps(PLACE))


def test_on_its_series_a_lesion_has_the_figures_of_its_voxels(tmp_path, ct):
    (series,) = ct
    volume = load(series)
    found = measure_file(labelled(tmp_path / "m.nii.gz", LUMP), ct)
    (lesion,) = found.lesions
    assert lesion.measure == measure_mask(Mask.of_full(LUMP, volume.grid), volume)
    assert (found.units, found.faults, found.remarks) == ("HU", (), ())
    assert found.series is series


def test_without_a_series_there_are_lengths_and_volume_but_no_values(tmp_path):
    (lesion,) = measure_file(labelled(tmp_path / "m.nii", LUMP)).lesions
    answer = lesion.as_json()
    assert answer["voxels"] == LUMP.sum()
    assert answer["volume_ml"] == pytest.approx(LUMP.sum() * 0.0012)
    assert answer["mean"] is answer["max"] is answer["suv_peak"] is None


def test_the_json_holds_the_names_that_scripts_depend_on(tmp_path, ct):
    answer = measure_file(labelled(tmp_path / "m.nii.gz", LUMP), ct).as_json()
    assert list(answer) == ["lesions", "boundary", "units"]
    assert answer["boundary"] == "edge"
    assert set(answer["lesions"][0]) >= {
        "label", "name", "slice", "long_axis_mm", "short_axis_mm", "long_axis_lps",
        "short_axis_lps", "volume_ml", "voxels", "max_3d_diameter_mm", "mean", "max",
        "suv_peak",
    }  # fmt: skip


def test_the_boundary_is_that_which_was_asked_for(tmp_path):
    path = labelled(tmp_path / "m.nii", LUMP)
    centres = MeasureOptions(Boundary.VOXEL_CENTRE)
    found = measure_file(path, (), centres)
    edge = measure_file(path).lesions[0].measure.axes
    assert found.as_json()["boundary"] == "voxel-centre"
    assert found.lesions[0].measure.axes.long_axis_mm < edge.long_axis_mm


def test_of_several_series_the_one_that_is_named_is_taken(tmp_path, ct):
    images = slices_of(SERIES, tmp_path / "ct")
    slices_of(SERIES.but(series_uid=new_uid()), tmp_path / "again")
    both = scan([tmp_path]).series
    found = measure_file(write_seg(tmp_path / "s.dcm", images, LUMP), both)
    assert len(both) == 2
    assert found.series.series_instance_uid == SERIES.series_uid


def test_of_several_series_the_one_is_taken_on_whose_voxels_it_lies(tmp_path, ct):
    slices_of(
        SERIES.but(series_uid=new_uid(), spacing_mm=(3.0, 1.0, 1.0)), tmp_path / "big"
    )
    series = scan([tmp_path]).series
    found = measure_file(labelled(tmp_path / "m.nii.gz", LUMP), series)
    assert found.series.series_instance_uid == SERIES.series_uid


def test_a_mask_that_fits_several_series_is_refused(tmp_path, ct):
    slices_of(SERIES.but(series_uid=new_uid()), tmp_path / "again")
    with pytest.raises(
        GeometryError, match=r"^m\.nii\.gz: it lies on 2 of the 2 series\. Give the one"
    ):
        measure_file(labelled(tmp_path / "m.nii.gz", LUMP), scan([tmp_path]).series)


def test_a_series_that_is_not_the_one_named_is_taken_with_a_remark(tmp_path, ct):
    images = [image.path for image in ct[0].slices]
    path = write_seg(tmp_path / "s.dcm", images, LUMP)
    dataset = dcmread(path)
    dataset.ReferencedSeriesSequence[0].SeriesInstanceUID = "1.2.3"
    dataset.save_as(path)
    found = measure_file(path, ct)
    assert "the series on which it was drawn is not there" in str(found.remarks[0])


def test_a_mask_of_another_geometry_is_refused(tmp_path, ct):
    shifted = {"matrix": np.array(PLACE["matrix"]) + [[0, 0, 0, 0.2]] * 3}
    path = write_nifti(tmp_path / "m.nii", LUMP.astype(np.uint8), **in_lps(shifted))
    with pytest.raises(GeometryError, match=r"^m\.nii: its voxels lie up to 0\.2 mm"):
        measure_file(path, ct)


def test_a_lesion_outside_the_series_is_said_and_the_other_answered(tmp_path, ct):
    labels = np.zeros((12, 20, 30), np.uint8)
    labels[:8][LUMP] = 1
    labels[9:11, 5:9, 5:9] = 2
    found = measure_file(labelled(tmp_path / "m.nii", labels), ct)
    assert [lesion.segment.label for lesion in found.lesions] == [1]
    (fault,) = found.faults
    assert str(fault).startswith("m.nii: label 2: 32 of its 32 voxels lie outside")


def test_lesions_that_share_voxels_are_measured_and_said(tmp_path):
    images = slices_of(SERIES, tmp_path / "ct")
    both = np.stack([LUMP, NEAR], axis=-1)
    path = write_seg(tmp_path / "s.dcm", images, both, ("A", "B"))
    found = measure_file(path)
    shared = int((LUMP & NEAR).sum())
    assert [one.measure.voxels for one in found.lesions] == [LUMP.sum(), NEAR.sum()]
    assert list(map(str, found.remarks)) == [
        f"s.dcm: labels 1 and 2 share {shared} voxels; each is measured as it is"
    ]
    assert found.faults == ()


def test_a_pet_is_measured_in_suv_with_metabolic_volumes(tmp_path):
    slices_of(pet_files(), tmp_path / "pet")
    series = scan([tmp_path / "pet"]).series
    volume = load(series[0])
    options = MeasureOptions(
        thresholds=(UptakeThreshold.of("41%"), UptakeThreshold.of("2"))
    )
    found = measure_file(labelled(tmp_path / "m.nii", LUMP), series, options)
    (lesion,) = found.lesions
    values = volume.voxels[LUMP].astype(float)
    answer = lesion.as_json()
    assert found.units == "SUVbw"
    assert answer["mean"] == pytest.approx(values.mean())
    assert answer["tlg_g"] == pytest.approx(values.sum() * 0.0012)
    for cut, active in zip(
        (0.41 * values.max(), 2.0), answer["metabolic"], strict=True
    ):
        hot = values >= cut
        assert active["threshold"] == pytest.approx(cut)
        assert active["mtv_ml"] == pytest.approx(hot.sum() * 0.0012)
        assert active["tlg_g"] == pytest.approx(values[hot].sum() * 0.0012)
    assert [active["of"] for active in answer["metabolic"]] == ["41%", "2"]


def test_a_pet_is_measured_in_sul_where_that_is_asked_for(tmp_path):
    slices_of(pet_files(), tmp_path / "pet")
    series = scan([tmp_path / "pet"]).series
    path = labelled(tmp_path / "m.nii", LUMP)
    sul = MeasureOptions(suv_unit=SuvUnit.LEAN_JANMAHASATIAN)
    by_weight, lean = measure_file(path, series), measure_file(path, series, sul)
    assert lean.units == "SUL"
    ratio = [one.lesions[0].measure.statistics.mean for one in (lean, by_weight)]
    assert 0.5 < ratio[0] / ratio[1] < 1


def test_of_a_pet_without_suv_lengths_are_measured_and_the_reason_is_said(tmp_path):
    slices_of(pet_files(PatientWeight=None), tmp_path / "pet")
    series = scan([tmp_path / "pet"]).series
    found = measure_file(labelled(tmp_path / "m.nii", LUMP), series)
    (lesion,) = found.lesions
    assert lesion.as_json()["mean"] is None
    assert lesion.measure.voxels == LUMP.sum()
    (fault,) = found.faults
    assert str(fault).startswith("m.nii: it is not in SUV: PatientWeight (0010,1030)")


def test_thresholds_on_a_ct_are_left_out_with_a_remark(tmp_path, ct):
    options = MeasureOptions(thresholds=(UptakeThreshold.of("41%"),))
    found = measure_file(labelled(tmp_path / "m.nii", LUMP), ct, options)
    assert "metabolic" not in found.lesions[0].as_json()
    assert "they need a PET in SUV: left out" in str(found.remarks[0])


@pytest.mark.parametrize(
    "text", ["0", "-1", "x", "101%", "0%", "", "4 5", "nan", "1e3"]
)
def test_what_is_no_threshold_is_refused(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        UptakeThreshold.of(text)


@pytest.mark.parametrize(
    ("text", "value"), [("41%", 0.41), (" 4.0 ", 4.0), (".5", 0.5)]
)
def test_thresholds_are_read_as_people_write_them(text, value):
    found = UptakeThreshold.of(text)
    assert found.value == pytest.approx(value)
    assert UptakeThreshold.of(str(found)) == found
