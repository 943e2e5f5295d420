"""The hottest millilitre, beside a sphere counted point by point."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.geometry.sphere import ball_weights
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.pet.peak import RADIUS_MM, suv_peak
from tests.measure.grids import suv, volume

STEPS = st.tuples(*[st.floats(1.5, 9.0)] * 3)


def all_of(image):
    return Mask.of_full(np.ones(image.shape, bool), image)


def by_brute_force(image, mask):
    """Return the highest mean over spheres that lie within the image."""
    weights = ball_weights(RADIUS_MM, image.spacing_mm)
    half = np.array(weights.shape) // 2
    means = []
    for centre in np.argwhere(mask.as_full()):
        start, stop = centre - half, centre + half + 1
        if (start >= 0).all() and (stop <= image.shape).all():
            box = image.voxels[tuple(map(slice, start, stop))].astype(float)
            if np.isfinite(box[weights > 0]).all():
                means.append((np.nan_to_num(box) * weights).sum())
    return max(means, default=None)


def test_the_sphere_holds_one_millilitre():
    assert 4 / 3 * math.pi * RADIUS_MM**3 == pytest.approx(1000)


@settings(max_examples=10)
@given(STEPS)
def test_weights_are_the_shares_of_voxels_counted_by_fine_points(spacing_mm):
    weights = ball_weights(RADIUS_MM, spacing_mm)
    fine = 24
    points = [
        ((np.arange(n * fine) + 0.5) / fine - n / 2) * step
        for n, step in zip(weights.shape, spacing_mm, strict=True)
    ]
    z, y, x = np.meshgrid(*points, indexing="ij", sparse=True)
    blocks = [side for n in weights.shape for side in (n, fine)]
    inside = (z * z + y * y + x * x <= RADIUS_MM**2).reshape(blocks)
    shares = inside.mean(axis=(1, 3, 5))
    assert weights == pytest.approx(shares / shares.sum(), abs=1e-3)
    assert weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("spacing_mm", [(4.0, 4.0, 4.0), (3.3, 5.5, 5.5), (8, 2, 2)])
def test_weights_are_exact(monkeypatch, spacing_mm):
    weights = ball_weights(RADIUS_MM, spacing_mm)
    monkeypatch.setattr("recist_tool.measure.geometry.sphere.NODES", 200)
    assert weights == pytest.approx(ball_weights(RADIUS_MM, spacing_mm), abs=1e-9)


def test_a_voxel_larger_than_the_sphere_is_its_own_mean():
    assert ball_weights(RADIUS_MM, (13, 13, 13)).tolist() == [[[1.0]]]


@settings(max_examples=40)
@given(STEPS, st.integers(0, 2**32 - 1), st.floats(0.01, 1), st.booleans())
def test_the_peak_is_that_of_brute_force(spacing_mm, seed, share, holes):
    chance = np.random.default_rng(seed)
    values = chance.gamma(1.0, 3.0, (9, 12, 11)).astype(np.float32)
    if holes:
        values[tuple(chance.integers(0, 9, 3))] = np.nan
    image = suv(values, spacing_mm)
    inside = chance.random(values.shape) < share
    inside[4, 5, 5] = True
    mask = Mask.of_full(inside, image)
    expected, found = by_brute_force(image, mask), suv_peak(mask, image)
    if expected is None:
        assert found is None
    else:
        assert found.value == pytest.approx(expected, rel=1e-6)
        assert mask.as_full()[found.centre]


def test_uniform_uptake_has_itself_as_peak():
    image = suv(np.full((9, 9, 9), 7.5))
    assert suv_peak(all_of(image), image).value == pytest.approx(7.5)


def test_the_centre_lies_in_the_lesion_though_the_neighbour_be_hotter():
    values = np.ones((9, 9, 11))
    values[4, 4, 6] = 100
    image = suv(values)
    inside = np.zeros(image.shape, bool)
    inside[4, 4, 4:6] = True
    assert suv_peak(Mask.of_full(inside, image), image).centre == (4, 4, 5)


def test_spheres_that_leave_the_image_do_not_count():
    values = np.ones((9, 9, 9))
    values[0, 4, 4] = 100
    image = suv(values)
    peak = suv_peak(all_of(image), image)
    assert peak.centre[0] == 2
    edge = np.zeros(image.shape, bool)
    edge[0, 4, 4] = True
    assert suv_peak(Mask.of_full(edge, image), image) is None


def test_only_a_pet_in_suv_with_regular_slices_has_a_peak():
    ct = volume(np.zeros((5, 5, 5), np.int16))
    with pytest.raises(SuvRefused, match="units are HU, not SUV"):
        suv_peak(all_of(ct), ct)
    refused = suv(np.ones((5, 5, 5)), units="CNTS", suv_refused="no weight")
    with pytest.raises(SuvRefused, match="no weight"):
        suv_peak(all_of(refused), refused)
    uneven = suv(np.ones((5, 5, 5)), slice_spacing_mm=None)
    with pytest.raises(GeometryError, match="not one regular volume"):
        suv_peak(all_of(uneven), uneven)
