"""A click anywhere in a real tumour gives that tumour.

The images are read from the folder named by RECIST_REAL_IMAGES and never copied.
"""

from __future__ import annotations

import pytest

from benchmarks.real_lesions import (
    dice,
    real_folder,
    real_nodule,
    real_tumours_on_pet,
)
from recist_tool.measure.segment.segment import segment_click

FOLDER = real_folder()
pytestmark = [
    pytest.mark.images,
    pytest.mark.skipif(FOLDER is None, reason="RECIST_REAL_IMAGES is not set"),
]


def overlap(lesion, click):
    found = segment_click(lesion.volume, click[0], click[1:])
    return dice(found.mask, lesion.truth_at(click, found.mask))


def test_a_lung_nodule_is_the_same_from_its_middle_its_rim_and_its_spicules():
    nodule = real_nodule(FOLDER)
    middle, rim, fringe = (24, 366, 312), (22, 355, 318), (20, 371, 323)
    assert min(overlap(nodule, click) for click in (middle, rim, fringe)) >= 0.75


def test_a_tumour_on_pet_is_its_41_percent_region_from_any_hot_voxel():
    lesion = next(real_tumours_on_pet(FOLDER))
    assert min(overlap(lesion, click) for click in lesion.clicks(5)) >= 0.85
