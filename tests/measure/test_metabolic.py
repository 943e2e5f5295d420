"""Metabolic volume and glycolysis at each kind of threshold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.pet.metabolic import (
    fraction_of_max,
    metabolic,
    percist_blood_pool_threshold,
    percist_liver_threshold,
)
from recist_tool.measure.pet.reference_region import Uptake
from tests.measure.grids import suv, volume

LESION = suv([[[1.0, 2.5, 4.0, 10.0]]], (10.0, 10.0, 10.0))  # voxels of 1 ml


def all_of(image):
    return Mask.of_full(np.ones(image.shape, bool), image)


@pytest.mark.parametrize(
    ("threshold", "mtv_ml", "tlg_g"),
    [(0.5, 4, 17.5), (2.5, 3, 16.5), (4.0, 2, 14), (4.1, 1, 10), (11, 0, 0)],
)
def test_what_reaches_a_fixed_threshold_is_the_volume(threshold, mtv_ml, tlg_g):
    found = metabolic(all_of(LESION), LESION, threshold)
    assert (found.mtv_ml, found.tlg_g) == pytest.approx((mtv_ml, tlg_g))
    assert found.mask.voxels == mtv_ml


@pytest.mark.parametrize(("fraction", "mtv_ml"), [(0.41, 1), (0.4, 2), (0.25, 3)])
def test_a_threshold_may_be_a_fraction_of_the_maximum(fraction, mtv_ml):
    threshold = fraction_of_max(all_of(LESION), LESION, fraction)
    assert threshold == pytest.approx(10 * fraction)
    assert metabolic(all_of(LESION), LESION, threshold).mtv_ml == pytest.approx(mtv_ml)


def test_the_thresholds_of_percist_come_from_its_reference_regions():
    uptake = Uptake(2.0, 0.3, all_of(LESION))
    assert percist_liver_threshold(uptake) == pytest.approx(3.6)
    assert percist_blood_pool_threshold(uptake) == pytest.approx(4.6)


def test_the_threshold_cuts_within_the_lesion_only():
    inside = np.array([[[True, True, True, False]]])
    found = metabolic(Mask.of_full(inside, LESION), LESION, 2.5)
    assert found.mtv_ml == pytest.approx(2)


@given(st.lists(st.floats(0.125, 40, width=32), min_size=1, max_size=30), st.data())
def test_a_higher_threshold_never_adds_volume(values, data):
    image = suv([[values]])
    low, high = sorted(data.draw(st.tuples(*[st.floats(0.1, 41)] * 2)))
    small, large = (metabolic(all_of(image), image, t) for t in (high, low))
    assert small.mtv_ml <= large.mtv_ml
    assert small.tlg_g <= large.tlg_g + 1e-9


def test_a_lesion_without_uptake_has_no_fraction_of_its_maximum():
    image = suv([[[0.0, 0.0]]])
    with pytest.raises(GeometryError, match="no uptake above 0"):
        fraction_of_max(all_of(image), image, 0.41)


@pytest.mark.parametrize("threshold", [0, -1, float("nan")])
def test_a_threshold_is_above_zero(threshold):
    with pytest.raises(ValueError, match="above 0"):
        metabolic(all_of(LESION), LESION, threshold)


def test_there_is_no_metabolic_volume_on_ct_nor_without_regular_slices():
    ct = volume(np.ones((1, 1, 1), np.int16))
    with pytest.raises(SuvRefused, match="not SUV"):
        metabolic(all_of(ct), ct, 2.5)
    with pytest.raises(SuvRefused, match="not SUV"):
        fraction_of_max(all_of(ct), ct, 0.41)
    uneven = suv(np.ones((3, 1, 1)), slice_spacing_mm=None)
    with pytest.raises(GeometryError, match="not one regular volume"):
        metabolic(all_of(uneven), uneven, 0.5)
