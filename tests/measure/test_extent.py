"""The longest line through a lesion in three dimensions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import pdist
from skimage.measure import marching_cubes

from benchmarks.ellipsoids import random_ellipsoid
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.extent import max_3d_diameter_mm, mesh_diameter_mm
from recist_tool.measure.mask.mask import Mask
from recist_tool.terms import Boundary
from tests.measure.grids import grid

CENTRE = Boundary.VOXEL_CENTRE
SHAPE = (5, 6, 7)


def by_all_pairs(mask):
    points = np.argwhere(mask.inside) * mask.grid.spacing_mm
    apart = points[:, None] - points
    return math.sqrt((apart**2).sum(-1).max())


@given(arrays.arrays(np.bool_, SHAPE).filter(np.any))
def test_between_centres_it_is_the_longest_of_all_pairs(inside):
    mask = Mask.of_full(inside, grid(SHAPE, (2.5, 0.8, 0.6)))
    longest = max_3d_diameter_mm(mask, CENTRE)
    assert longest == pytest.approx(by_all_pairs(mask))
    assert longest >= axes(mask, CENTRE).long_axis_mm - 1e-9


def test_of_a_ball_of_thousands_of_candidates_too():
    z, y, x = np.ogrid[-13:14, -26:27, -29:30]
    radius = np.sqrt((z * 2.0) ** 2 + y**2 + (x * 0.9) ** 2)
    mask = Mask.of_full(radius <= 26.3, grid(radius.shape, (2.0, 1.0, 0.9)))
    shell = np.argwhere((radius > 25.5) & (radius <= 26.3)) * mask.grid.spacing_mm
    assert max_3d_diameter_mm(mask, CENTRE) == pytest.approx(pdist(shell).max())


def test_a_flat_sheet_of_many_rows_has_one():
    sheet = np.zeros((2, 1200, 3), bool)
    sheet[1] = True
    mask = Mask.of_full(sheet, grid(sheet.shape, (5.0, 1.0, 1.0)))
    assert max_3d_diameter_mm(mask, CENTRE) == pytest.approx(math.hypot(1199, 2))


@pytest.mark.parametrize("least_ratio", [0.3, 1.0])
def test_of_ellipsoids_on_thin_slices_it_is_the_longest_axis(least_ratio):
    chance = np.random.default_rng(8)
    errors = []
    for _ in range(60):
        true = random_ellipsoid(chance, least_ratio=least_ratio, slices_mm=(0.6, 2))
        found = max_3d_diameter_mm(true.mask)
        errors.append((found - true.diameters_mm.max()) / true.pixel_mm)
    assert abs(np.mean(errors)) < 0.25
    assert np.quantile(np.abs(errors), 0.95) < 1


def test_uneven_slices_and_empty_masks_have_none():
    uneven = grid(SHAPE, slice_spacing_mm=None)
    with pytest.raises(GeometryError, match="not one regular volume"):
        max_3d_diameter_mm(Mask(uneven, (0, 0, 0), np.ones((1, 1, 1), bool)))
    with pytest.raises(GeometryError, match="it is empty"):
        max_3d_diameter_mm(Mask(grid(), (0, 0, 0), np.zeros((1, 1, 1), bool)))


@settings(max_examples=30)
@given(arrays.arrays(np.bool_, SHAPE).filter(np.any))
def test_the_mesh_is_that_of_marching_cubes(inside):
    steps = (2.5, 0.8, 0.6)
    corners, *_ = marching_cubes(np.pad(inside, 1).astype(float), 0.5, spacing=steps)
    found = mesh_diameter_mm(Mask.of_full(inside, grid(SHAPE, steps)))
    assert found == pytest.approx(pdist(corners).max(), rel=1e-5)


def solid(holds, size_mm, steps=(1.0, 1.0, 1.0), middle_mm=(0.7, 0.3, 0.4)):
    """Return a solid on a grid, each voxel by its centre."""
    half = [math.ceil(size_mm / 2 / step) + 2 for step in steps]
    z, y, x = (
        np.arange(-n, n + 1) * step - offset
        for n, step, offset in zip(half, steps, middle_mm, strict=True)
    )
    inside = holds(*np.meshgrid(z, y, x, indexing="ij"))
    return Mask.of_full(inside, grid(inside.shape, steps))


@pytest.mark.parametrize("size_mm", [20.0, 61.0, 125.0])
@pytest.mark.parametrize("turn", [0.0, 0.6, 1.2])
def test_the_mesh_of_a_solid_like_that_of_ibsi_is_within_a_millimetre(size_mm, turn):
    def ellipsoid(z, y, x):
        along = x * math.cos(turn) + z * math.sin(turn)
        across = z * math.cos(turn) - x * math.sin(turn)
        return along**2 + (across / 0.7) ** 2 + (y / 0.6) ** 2 <= (size_mm / 2) ** 2

    def bar(z, y, x):
        return (abs(x) <= size_mm / 2) & (abs(y) <= size_mm / 4) & (abs(z) <= 4)

    round_mm = mesh_diameter_mm(solid(ellipsoid, size_mm))
    assert round_mm == pytest.approx(size_mm, abs=1)
    through_mm = mesh_diameter_mm(solid(bar, size_mm))
    assert through_mm == pytest.approx(math.hypot(size_mm, size_mm / 2, 8), abs=1)
