"""The reference regions of PERCIST, placed by a click."""

from __future__ import annotations

import math

import numpy as np
import pytest

from recist_tool.errors import GeometryError, SuvRefused
from recist_tool.measure.pet.reference_region import (
    blood_pool_reference,
    liver_reference,
)
from tests.measure.grids import OBLIQUE, suv, volume

SHAPE = (30, 40, 40)
SMALL = (1.5, 1.5, 1.5)


def noisy(spacing_mm=SMALL, **changes):
    values = np.random.default_rng(3).normal(2.0, 0.3, SHAPE)
    return suv(values, spacing_mm, **changes)


@pytest.mark.parametrize("changes", [{}, {"axes": OBLIQUE}])
def test_the_liver_sphere_is_three_centimetres(changes):
    image = noisy(**changes)
    found = liver_reference(image, 14, (20.3, 19.6))
    assert found.mask.volume_ml == pytest.approx(math.pi / 6 * 27, rel=0.02)
    values = image.voxels[found.mask.as_full()]
    assert (found.mean, found.sd) == pytest.approx((values.mean(), values.std()))
    centre = image.affine_lps[:3, :3] @ (14, 20.3, 19.6)
    away = np.argwhere(found.mask.as_full()) @ image.affine_lps[:3, :3].T - centre
    assert np.linalg.norm(away, axis=1).max() <= 15


@pytest.mark.parametrize("axis_lps", [(0, 0, 1), (0, 0, -3), (0.3, 0.2, 0.9)])
def test_the_aortic_cylinder_is_one_by_two_centimetres_along_the_vessel(axis_lps):
    image = noisy((1.1, 1.1, 1.1))
    found = blood_pool_reference(image, 14, (20, 20), axis_lps)
    assert found.mask.volume_ml == pytest.approx(math.pi / 4 * 2, rel=0.12)
    away = np.argwhere(found.mask.as_full()) - (14, 20, 20)
    spread = np.linalg.svd(away @ image.affine_lps[:3, :3].T, full_matrices=False)[2]
    along = np.abs(spread[0] @ axis_lps) / np.linalg.norm(axis_lps)
    assert along > 0.98


def test_a_region_that_leaves_the_image_is_refused():
    image = noisy()
    liver_reference(image, 10, (9.5, 20))
    for click in ((10, (9.4, 20)), (9, (20, 20)), (14, (20, 31))):
        with pytest.raises(GeometryError, match=r"leaves the image\. Click farther"):
            liver_reference(image, *click)
    with pytest.raises(GeometryError, match="leaves the image"):
        blood_pool_reference(image, 5, (20, 20))


def test_a_region_in_padding_is_refused():
    values = np.ones(SHAPE, np.float32)
    values[14, 20, 20] = np.nan
    with pytest.raises(GeometryError, match="padding"):
        liver_reference(suv(values, SMALL), 14, (20, 20))


def test_a_region_needs_suv_and_regular_slices():
    with pytest.raises(SuvRefused, match="weight"):
        liver_reference(noisy(units="BQML", suv_refused="no weight"), 14, (20, 20))
    with pytest.raises(SuvRefused, match="units are HU"):
        blood_pool_reference(volume(np.zeros(SHAPE, np.int16)), 14, (20, 20))
    with pytest.raises(GeometryError, match="not one regular volume"):
        liver_reference(noisy(slice_spacing_mm=None), 14, (20, 20))


def test_voxels_too_coarse_to_lie_in_a_region_are_refused():
    coarse = suv(np.ones((9, 9, 9)), (4.0, 12.0, 12.0))
    with pytest.raises(GeometryError, match="it is empty"):
        blood_pool_reference(coarse, 4, (4.5, 4.5))
