"""Masks that others drew on real images, against the figures that came with them.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from recist_tool.app.measuring import measure_file
from recist_tool.dicom.load import load
from recist_tool.dicom.masks.read import read_masks
from recist_tool.dicom.scan.scan import scan

FOLDER = os.environ.get("RECIST_REAL_IMAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="RECIST_REAL_IMAGES is not set")
TUMOUR = {"PT": "PET/mask/RS.dcm", "CT": "CT/mask/RS.dcm"}


def file(name):
    return Path(FOLDER or "") / name


def test_a_tumour_on_pet_has_the_voxels_and_the_volume_of_its_report():
    (lesion,) = measure_file(file("sr_seg/seg.dcm")).lesions
    assert lesion.measure.voxels == 795
    assert lesion.measure.volume_ml == pytest.approx(33.5824, abs=5e-5)
    assert lesion.measure.volume_ml * 6.01529 == pytest.approx(202.008, abs=5e-3)  # TLG


@pytest.mark.parametrize("with_series", [False, True])
def test_a_liver_on_three_slices_has_the_volume_of_its_report(with_series):
    series = scan([file("ct_liver_dcmqi")]).series if with_series else ()
    found = measure_file(file("ct_liver_dcmqi/liver.dcm"), series)
    (lesion,) = found.lesions
    assert lesion.measure.voxels == 107_098
    assert lesion.measure.volume_ml == pytest.approx(70.3619, abs=5e-5)
    assert (found.faults, found.remarks) == ((), ())


@pytest.mark.parametrize("with_series", [False, True])
def test_the_liver_of_a_label_image_has_its_volume(with_series):
    folder = file("ct_liver_totalseg")
    series = scan([folder]).series if with_series else ()
    found = measure_file(folder / "example_seg_dicom.nii.gz", series)
    liver = next(one for one in found.lesions if one.segment.label == 5)
    assert liver.measure.volume_ml == pytest.approx(699.44, abs=0.005)
    assert len(found.lesions) == 31
    assert found.faults == ()


def fine_volume_ml(path, grid, times=8):
    """Return the volume of contours filled by another library on a fine grid."""
    from pydicom import dcmread
    from skimage.draw import polygon2mask

    rows_mm, columns_mm = grid.pixel_spacing_mm
    pixels = 0
    for contour in dcmread(path).ROIContourSequence[0].ContourSequence:
        points = np.array(contour.ContourData, float).reshape(-1, 3)
        corners = (grid.lps_to_pixel(0, points) + 0.5) * times - 0.5
        shape = (grid.shape[1] * times, grid.shape[2] * times)
        pixels += np.count_nonzero(polygon2mask(shape, corners))
    area_mm2 = pixels * rows_mm * columns_mm / times**2
    return area_mm2 * grid.slice_spacing_mm / 1000


@pytest.mark.parametrize("modality", ["PT", "CT"])
def test_contours_of_a_sarcoma_fill_the_volume_that_another_library_fills(modality):
    path = file("petct_sts_003") / TUMOUR[modality]
    series = scan([file("petct_sts_003")]).series
    found = measure_file(path, series)
    grid = load(found.series).grid
    (lesion,) = found.lesions
    (alone,) = measure_file(path).lesions
    assert found.series.modality == modality
    fine = fine_volume_ml(path, grid)
    assert alone.measure.volume_ml == pytest.approx(fine, rel=0.002)
    assert lesion.measure.volume_ml == pytest.approx(fine, rel=0.005)
    assert found.faults == ()


def test_a_sarcoma_on_pet_takes_up_as_much_as_its_voxels_say():
    series = scan([file("petct_sts_003")]).series
    found = measure_file(file("petct_sts_003") / TUMOUR["PT"], series)
    (lesion,) = found.lesions
    values = lesion.measure.statistics
    assert found.units == "SUVbw"
    assert values.mean < lesion.measure.suv_peak < values.maximum
    assert lesion.tlg_g == pytest.approx(values.mean * lesion.measure.volume_ml)


@pytest.mark.parametrize("name", ["DRO_0_0", "DRO_2_4", "DRO_3_1", "DRO_4_2"])
@pytest.mark.parametrize("kind", ["mask", "RS"])
def test_every_digital_reference_object_has_the_suv_that_it_was_made_with(name, kind):
    folder = file("suv_objects/DRO") / name
    (path,) = (folder / kind).iterdir()
    found = measure_file(path, scan([folder / "PT"]).series)
    (lesion,) = found.lesions
    values = lesion.measure.statistics
    assert found.units == "SUVbw"
    assert values.maximum == pytest.approx(4.0, abs=0.01)
    assert values.minimum == pytest.approx(0.2, abs=0.01)
    median = np.median(found.volume.voxels[lesion.segment.mask.as_full()])
    assert median == pytest.approx(1.0, abs=0.01)


def test_a_segmentation_of_another_patient_is_refused():
    from recist_tool.errors import GeometryError

    other = scan([file("ct_liver_dcmqi")]).series
    with pytest.raises(GeometryError, match="its frame of reference is not that"):
        measure_file(file("sr_seg/seg.dcm"), other)


def test_what_holds_no_masks_is_said():
    from recist_tool.errors import DicomError

    with pytest.raises(DicomError, match="it holds no masks: it is SR"):
        read_masks(file("sr_seg/sr.dcm"))


def test_the_report_of_a_tumour_stands_beside_what_is_measured():
    from recist_tool.app.report_check import with_report

    seg = file("sr_seg/seg.dcm")
    answer = with_report(measure_file(seg).as_json(), seg, file("sr_seg/sr.dcm"))
    (lesion,) = answer["lesions"]
    said = {one["name"]: one for one in lesion["reported"]}
    assert len(said) == 22
    assert said["Volume"]["value"] == pytest.approx(
        said["Volume"]["measured"], abs=5e-5
    )
    assert said["SUVbw, Peak Value Within ROI"]["value"] == 9.45534
    assert said["Total Lesion Glycolysis"]["value"] == 202.008
