"""A click holds where lesions are as hard as life, and stays on its side of walls."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.hard_scenes import KINDS, hard_lesion
from benchmarks.lesion_scenes import covered, points_around, volume_of
from benchmarks.real_lesions import dice
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.segment.segment import segment_click
from recist_tool.phantom.noise import unit_noise

SPACING_MM = (3.0, 0.9, 0.9)
RADIUS_MM, RIM_MM = 15.0, 3.0


def test_a_hard_lesion_is_the_same_each_time_and_differs_from_the_next():
    one, again, other = (hard_lesion("node", seed) for seed in (2, 2, 3))
    assert np.array_equal(one.volume.voxels, again.volume.voxels)
    assert one.volume.shape != other.volume.shape


@pytest.mark.parametrize("kind", KINDS)
def test_a_hard_lesion_stands_out_from_its_organ_as_its_kind_says(kind):
    lesion = hard_lesion(kind, 5)
    inside = lesion.volume.voxels[lesion.truth.as_full()]
    low, high = KINDS[kind].inside_hu
    spread = 60  # a core, a rim, and partial volume at the border
    assert low - spread <= np.median(inside) <= high + spread
    assert inside.std() >= KINDS[kind].texture_hu[0]


@pytest.mark.parametrize(("kind", "seed"), [("bone", 12), ("ground glass", 3)])
def test_a_click_off_the_middle_finds_a_hard_lesion(kind, seed):
    lesion = hard_lesion(kind, seed)
    (click,) = lesion.clicks(1)
    found = segment_click(lesion.volume, click[0], click[1:])
    assert dice(found.mask, lesion.truth) >= 0.8


def under_capsule(beyond_hu):
    """Return a metastasis with a rim of liver between it and what lies beyond."""
    points = points_around(RADIUS_MM + 30, SPACING_MM, 1)
    lesion = covered(np.linalg.norm(points, axis=-1) - RADIUS_MM)
    capsule = RADIUS_MM + RIM_MM + points[..., 1]  # rows grow towards the back
    liver = covered(-capsule)
    hu = beyond_hu + (110 - beyond_hu) * liver
    hu += (62 - hu) * lesion
    for index, one in enumerate(hu):
        one += 8 * unit_noise((3, index), *one.shape)
    volume = volume_of(hu, SPACING_MM)
    return volume, Mask.of_full(lesion >= 0.5, volume.grid), liver


@pytest.mark.parametrize("beyond_hu", [-100, -850])
def test_a_lesion_under_the_capsule_stays_inside_it(beyond_hu):
    volume, truth, liver = under_capsule(beyond_hu)
    middle = [length // 2 for length in volume.shape]
    found = segment_click(volume, middle[0], (middle[1] + 4, middle[2] - 3))
    assert not (found.mask.as_full() & (liver < 0.5)).any()
    assert dice(found.mask, truth) >= 0.9
