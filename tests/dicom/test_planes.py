"""Frames that say where they lie become one grid, with what was left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.dicom.masks.planes import MaskPlane, stacked

PLANE = MaskPlane(
    np.array([0.8, 0.6, 0.0]), np.array([-0.36, 0.48, 0.8]), (0.8, 0.5), (20, 30)
)


def at(*depths):
    return np.array([1.0, 2.0, 3.0]) + np.outer(depths, PLANE.normal_lps)


@given(st.lists(st.integers(0, 30), min_size=2, max_size=20), st.floats(0.3, 8))
def test_planes_in_any_order_fall_into_their_slices(places, spacing_mm):
    found = stacked(at(*(np.array(places) * spacing_mm)), PLANE, spacing_mm)
    offset = min(places) * spacing_mm
    places = np.array(places) - min(places)
    assert found.slices.tolist() == places.tolist()
    assert found.grid.shape == (places.max() + 1, 20, 30)
    assert found.grid.spacing_mm == pytest.approx((spacing_mm, 0.8, 0.5))
    lowest = at(min(found.slices) * spacing_mm + offset)
    np.testing.assert_allclose(found.grid.slice_origins_lps[:1], lowest, atol=1e-6)


def test_without_a_stated_distance_the_closest_planes_tell():
    found = stacked(at(0, 3, 9), PLANE, None)
    assert found.slices.tolist() == [0, 1, 3]
    assert found.grid.slice_spacing_mm == pytest.approx(3)


def test_a_stated_distance_that_does_not_fit_is_not_believed():
    found = stacked(at(0, 2, 4, 8), PLANE, 3.0)
    assert found.grid.slice_spacing_mm == pytest.approx(2)


def test_one_plane_has_the_distance_that_is_stated_or_none():
    assert stacked(at(0), PLANE, 2.5).grid.slice_spacing_mm == 2.5
    alone = stacked(at(0), PLANE, None).grid
    assert not alone.is_regular
    assert "no regular volume" in alone.warnings[0].text


@pytest.mark.parametrize("stated", [None, 3.0])
def test_planes_at_uneven_distances_stay_as_they_are(stated):
    found = stacked(at(0, 3, 7.4), PLANE, stated)
    assert found.grid.shape[0] == 3
    assert not found.grid.is_regular


def test_planes_that_are_shifted_against_each_other_are_no_box():
    origins = at(0, 3, 6) + np.outer((0, 1, 2), PLANE.row_axis_lps)
    assert not stacked(origins, PLANE, 3.0).grid.is_regular


def test_a_distance_so_small_that_the_stack_would_be_huge_is_not_believed():
    found = stacked(at(0, 1000), PLANE, 1e-6)
    assert found.grid.shape[0] == 2
