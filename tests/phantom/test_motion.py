from __future__ import annotations

import numpy as np
import pytest

from recist_tool.phantom.motion import Mass, Motion, moved_ct
from recist_tool.phantom.spec import Acquisition, Ellipsoid

GRID = Acquisition(90, 120, 24, (3.0, 3.0), 6.0, 6.0, center_lps=(0, 0, 10))
LIVER = np.array([[-88.0, -8.0, 25.0], [-24.0, -54.0, 20.0], [-60.0, 40.0, 10.0]])
RIB = np.array([[-146.0, 0.0, 20.0]])
WILD = Motion((4, -3, 6), (12, -8, 25), breath_mm=20, bend_mm=4)


def test_there_and_back_is_the_same_place():
    assert WILD.to_first(WILD.to_second(LIVER)) == pytest.approx(LIVER, abs=0.1)


def test_without_motion_all_stays():
    assert Motion().to_second(LIVER) == pytest.approx(LIVER)


def test_the_liver_slides_along_ribs_at_rest():
    breath = Motion(breath_mm=20)
    down = LIVER - breath.to_second(LIVER)
    assert (down[:, 2] > 15).all()
    assert breath.to_second(RIB) == pytest.approx(RIB, abs=0.01)


def test_a_motion_that_tears_the_body_is_refused():
    with pytest.raises(ValueError, match="tears"):
        Motion(bend_mm=200).to_second(LIVER)


def test_a_shifted_scan_shows_the_same_voxels_elsewhere():
    shift = (2 * 3.0, -3.0, 6.0)
    still = moved_ct(GRID, noise_hu=0).voxels.astype(int)
    moved = moved_ct(GRID, Motion(shift_lps=shift), noise_hu=0).voxels
    assert np.abs(moved[2:-1, 3:-5, 5:-5] - still[1:-2, 4:-4, 3:-7]).max() <= 1


def test_lesions_lie_where_they_are_put():
    mass = Mass((-88.0, -8.0, 25.0), Ellipsoid(30, 30, 30), 20.0)
    scan = moved_ct(GRID, None, [mass], noise_hu=0)
    index = (np.array(mass.center_lps) - GRID.slice_origin_lps(0)) @ np.linalg.inv(
        GRID.steps_lps
    )
    assert scan.voxels[tuple(np.rint(index).astype(int))] == pytest.approx(20, abs=1)


def test_two_scans_differ_in_noise_and_uids_and_one_scan_repeats():
    first, second = moved_ct(GRID, seed=1), moved_ct(GRID, seed=2)
    assert first.frame_of_reference_uid != second.frame_of_reference_uid
    assert (first.voxels != second.voxels).any()
    assert np.array_equal(first.voxels, moved_ct(GRID, seed=1).voxels)
