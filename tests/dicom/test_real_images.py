"""Real series of several makers, against geometry that independent readers agree on.

The files are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from recist_tool.dicom.load import load
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.resample import unsheared

FOLDER = os.environ.get("RECIST_REAL_IMAGES")
pytestmark = pytest.mark.skipif(not FOLDER, reason="RECIST_REAL_IMAGES is not set")


def series_in(name):
    return scan([Path(FOLDER or "") / name]).series


def codes(series):
    return {str(warning.code) for warning in series.warnings}


def test_ct_of_liver_metastases():
    (series,) = series_in("ct_liver_crlm_1004")
    assert series.shape == (41, 512, 512)
    assert series.spacing_mm == (5.0, 0.796875, 0.796875)
    assert series.origin_lps == pytest.approx((-198.2, -204, -375), abs=1e-5)
    assert series.warnings == ()
    volume = load(series)
    assert (volume.voxels.min(), volume.voxels.max()) == (-3024, 1377)
    assert (volume.voxels.dtype, volume.units) == (np.int16, "HU")
    assert volume.is_regular
    padding = volume.is_padding(volume.voxels)
    assert set(volume.voxels[padding]) == {-3024}
    assert volume.voxels[~padding].min() >= -1100


def test_jpeg_2000_without_a_series_uid_and_with_overlapping_slices():
    (series,) = series_in("ct_liver_totalseg/example_ct_dicom")
    assert series.shape == (20, 512, 512)
    assert series.spacing_mm == (2.0, 0.9765625, 0.9765625)
    assert codes(series) == {"empty-series-uid", "thickness-differs-from-spacing"}
    assert series.series_instance_uid.startswith("2.25.")
    assert load(series).voxels.min() == -1024


def test_three_slices_beside_a_segmentation():
    result = scan([Path(FOLDER or "") / "ct_liver_dcmqi"])
    (series,) = result.series
    assert series.shape == (3, 512, 512)
    assert series.spacing_mm == pytest.approx((1.0, 0.810547, 0.810547))
    assert codes(series) == {"thickness-differs-from-spacing"}
    skipped = {skipped.path.name: skipped.why for skipped in result.skipped}
    assert skipped["liver.dcm"] == "not an image: a segmentation (SEG)"


def test_pet_and_ct_lie_in_one_frame_of_reference_on_two_grids():
    ct, pet = series_in("petct_sts_003")
    assert (ct.modality, pet.modality) == ("CT", "PT")
    assert ct.frame_of_reference_uid == pet.frame_of_reference_uid
    assert ct.spacing_mm != pet.spacing_mm
    assert codes(ct) == codes(pet) == set()
    assert pet.suv.factors.units == "GML"
    assert pet.suv.factors.suvbw_factor == 1.0
    assert load(pet).units == "SUVbw"


@pytest.mark.parametrize("name", ["DRO_0_0", "DRO_2_4", "DRO_3_1", "DRO_4_2"])
def test_suv_objects_read_their_known_values(name):
    import SimpleITK

    (series,) = series_in(f"suv_objects/DRO/{name}/PT")
    volume = load(series)
    assert volume.units == "SUVbw"
    path = Path(FOLDER or "") / f"suv_objects/DRO/{name}/mask/DRO_mask.nii.gz"
    mask = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path))) > 0
    inside = volume.voxels[mask]
    figures = inside.min(), np.median(inside), inside.max()
    assert figures == pytest.approx((0.20, 1.00, 4.00), rel=1e-3)


def test_every_lossless_transfer_syntax_decodes_to_the_same_image():
    paths = sorted((Path(FOLDER or "") / "transfer_syntaxes").glob("*.dcm"))
    volumes = [load(scan([path]).series[0]) for path in paths]
    assert len(volumes) == 7
    for volume in volumes:
        np.testing.assert_array_equal(volume.voxels, volumes[0].voxels)
    stored = volumes[0].voxels.astype(int) + 1024
    assert (stored.min(), stored.max()) == (-2000, 2402)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gantrytilting/001", {"gantry-tilt"}),
        ("notavolume/001", {"duplicate-position"}),
        ("sliceincrement/001", {"missing-slice", "irregular-spacing"}),
        (
            "sliceincrement/002",
            {"missing-slice", "irregular-spacing", "gantry-tilt"},
        ),
    ],
)
def test_what_is_no_box_is_never_given_a_spacing(name, said):
    (series,) = series_in(f"awkward/{name}")
    assert codes(series) == said
    assert series.spacing_mm[0] is None
    volume = load(series)
    assert not volume.is_regular
    with pytest.raises(GeometryError, match="not one regular volume"):
        volume.affine_lps  # noqa: B018 - reading it is what must fail
    assert volume.pixel_to_lps(1, np.zeros((1, 2))).shape == (1, 3)


def test_two_orientations_in_one_series_are_two_volumes():
    first, second = series_in("awkward/sliceorientation")
    assert "mixed-orientation" in codes(first) & codes(second)
    assert first.spacing_mm[0] == pytest.approx(3.3, abs=1e-4)
    assert second.spacing_mm[0] == pytest.approx(4.4, abs=1e-4)


def test_two_regular_slices_are_a_volume_without_a_warning():
    (series,) = series_in("awkward/slicecount")
    assert series.warnings == ()
    assert series.spacing_mm == (1.0, 1.0, 1.0)


def test_derived_objects_are_named_and_none_is_taken_for_an_image():
    result = scan([Path(FOLDER or "") / "sr_seg"])
    assert result.series == ()
    assert {skipped.why for skipped in result.skipped} == {
        "not an image: a structured report (SR)",
        "not an image: a segmentation (SEG)",
        "not an image: a real world value mapping (RWV)",
    }


def test_a_tilted_series_is_straightened_only_when_asked_and_says_so():
    (series,) = series_in("awkward/gantrytilting/001")
    tilted = load(series)
    straight = unsheared(tilted)
    assert straight.is_regular
    assert "resampled" in straight.warnings[-1].text
    assert straight.slice_spacing_mm * 3 == pytest.approx(
        np.ptp(tilted.slice_origins_lps @ tilted.normal_lps), abs=1e-6
    )
