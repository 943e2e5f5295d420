"""What the voxels of a lesion say, and which of them are no image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.statistics import statistics
from recist_tool.measure.pet.sul import as_sul
from recist_tool.measure.pet.suv import SuvFactors
from tests.measure.grids import suv, volume

FACTORS = SuvFactors("BQML", 2.0, 1.5, "SUL by Janmahasatian")


def all_of(image):
    return Mask.of_full(np.ones(image.shape, bool), image)


@given(st.lists(st.integers(-1000, 3000), min_size=1, max_size=20))
def test_mean_sd_and_extremes_are_those_of_the_voxels_inside(values):
    image = volume(np.array([[[*values, 9999]]], np.int16))
    inside = np.array([[[*(True for _ in values), False]]])
    found = statistics(Mask.of_full(inside, image), image)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.sd == pytest.approx(np.std(values), abs=1e-9)
    assert (found.minimum, found.maximum) == (min(values), max(values))
    assert found.voxels == len(values)


def test_padding_and_nan_count_for_nothing():
    image = volume(
        np.array([[[-3024, 10, np.nan, 30, np.inf]]], np.float32),
        padding=((-3024.0, -3024.0),),
    )
    found = statistics(all_of(image), image)
    assert (found.mean, found.minimum, found.voxels) == (20, 10, 2)


def test_a_lesion_of_padding_alone_has_no_statistics():
    image = volume(np.full((1, 1, 2), -2000, np.int16), padding=((-2000, -2000),))
    with pytest.raises(GeometryError, match="padding"):
        statistics(all_of(image), image)


def test_a_pet_without_suv_is_refused_with_the_reason():
    image = suv(
        np.ones((2, 2, 2)), units="BQML", suv_refused="PatientWeight is missing"
    )
    with pytest.raises(SuvRefused, match="PatientWeight is missing"):
        statistics(all_of(image), image)


def test_a_mask_of_another_image_is_refused():
    image = volume(np.zeros((2, 3, 4), np.int16))
    other = volume(np.zeros((2, 3, 4), np.int16), frame_of_reference_uid="1.8")
    with pytest.raises(GeometryError, match="frame of reference"):
        statistics(all_of(other), image)


def test_sul_is_suv_times_the_ratio_of_the_factors_padding_too():
    image = suv([[[0.0, 2.0, 4.0]]], padding=((0.0, 0.0),))
    lean = as_sul(image, FACTORS)
    assert lean.units == "SUL"
    assert lean.voxels.ravel().tolist() == [0.0, 1.5, 3.0]
    assert statistics(all_of(lean), lean).voxels == 2


def test_no_sul_where_its_factor_is_refused_or_from_what_is_no_suv():
    image = suv(np.ones((1, 1, 1)))
    with pytest.raises(SuvRefused, match="PatientSex is missing"):
        as_sul(image, FACTORS._replace(sul_factor=None, method="PatientSex is missing"))
    with pytest.raises(SuvRefused, match="in SUL, not in SUVbw"):
        as_sul(as_sul(image, FACTORS), FACTORS)
    with pytest.raises(SuvRefused, match="units are HU"):
        as_sul(volume(np.zeros((1, 1, 1), np.int16)), FACTORS)
