"""The committed samples through the program's own eyes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recist_tool.dicom import load, scan
from recist_tool.phantom import SAMPLE_PATIENTS, truth

COMMITTED = Path(__file__).parents[2] / "test_images"
TRUTHS = [truth(spec) for spec in SAMPLE_PATIENTS]
KNOWN_SERIES = {
    series.series_instance_uid: series
    for known in TRUTHS
    for timepoint in known.timepoints
    for series in timepoint.series
}


@pytest.fixture(scope="module")
def found():
    return {one.series_instance_uid: one for one in scan([COMMITTED]).series}


@pytest.mark.images
def test_every_sample_series_is_found_and_only_pixels_draw_a_remark(found) -> None:
    assert found.keys() == KNOWN_SERIES.keys()
    remarks = {
        found[uid].patient_id: {str(warning.code) for warning in found[uid].warnings}
        for uid in found
        if found[uid].warnings
    }
    assert remarks == {"SYN-103": {"non-square-pixels"}}


@pytest.mark.images
@pytest.mark.parametrize("uid", KNOWN_SERIES)
def test_a_loaded_series_has_the_geometry_of_the_truth(uid: str, found) -> None:
    known, volume = KNOWN_SERIES[uid], load(found[uid])
    assert volume.voxels.shape == known.shape
    assert volume.pixel_spacing_mm == pytest.approx(known.spacing_mm[1:])
    assert volume.slice_spacing_mm == pytest.approx(known.spacing_mm[0], abs=1e-4)
    assert volume.slice_origins_lps[0] == pytest.approx(np.array(known.origin_lps))
    assert volume.units == ("HU" if known.modality == "CT" else "SUVbw")


@pytest.mark.images
def test_the_slice_index_of_a_caliper_is_the_one_of_the_volume(found) -> None:
    for known in TRUTHS:
        for timepoint in known.timepoints:
            volume = load(found[timepoint.series[0].series_instance_uid])
            for caliper in (one.caliper for one in timepoint.lesions if one.caliper):
                uid = volume.sop_instance_uids[caliper.slice_index]
                assert uid == caliper.sop_instance_uid


@pytest.mark.images
def test_the_loaded_pet_shows_the_suv_of_the_large_lesion(found) -> None:
    timepoint = TRUTHS[0].timepoints[0]
    pet = load(found[timepoint.series[1].series_instance_uid])
    lesion = timepoint.lesion("T1")
    assert lesion is not None
    assert lesion.suv is not None
    index = np.linalg.solve(pet.affine_lps, [*lesion.center_lps, 1.0])[:3]
    k, r, c = np.round(index).astype(int)
    core = pet.voxels[k - 1 : k + 2, r - 1 : r + 2, c - 1 : c + 2]
    assert core.mean() == pytest.approx(lesion.suv, rel=0.04)
