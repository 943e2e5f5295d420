"""A grid knows where its pixels lie, and whether another one's lie there too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError
from tests.measure.grids import AXIAL, OBLIQUE, grid, volume


def test_a_volume_is_a_grid_and_gives_it_without_its_voxels():
    image = volume(np.zeros((5, 20, 30), np.int16))
    assert image.shape == (5, 20, 30)
    assert not hasattr(image.grid, "voxels")
    image.grid.require_same(image)


def test_a_changed_volume_keeps_the_shape_of_its_voxels():
    image = volume(np.zeros((5, 20, 30), np.int16))
    assert replace(image, voxels=np.zeros((5, 7, 9), np.int16)).shape == (5, 7, 9)


@given(
    st.sampled_from([AXIAL, OBLIQUE]),
    st.integers(0, 4),
    st.tuples(st.floats(-5, 25), st.floats(-5, 35)),
)
def test_the_affine_and_the_slices_agree_where_a_pixel_lies(axes, index, pixel):
    image = grid(axes=axes)
    (there,) = image.pixel_to_lps(index, np.array([pixel]))
    assert image.affine_lps @ (index, *pixel, 1) == pytest.approx((*there, 1))
    assert image.lps_to_pixel(index, there[None]) == pytest.approx(np.array([pixel]))


def test_the_volume_of_a_voxel_is_in_ml():
    assert grid(spacing_mm=(5.0, 0.8, 0.5)).voxel_ml == pytest.approx(0.002)


def test_uneven_slices_have_no_affine_and_no_voxel_volume():
    uneven = grid(slice_spacing_mm=None)
    for name in ("affine_lps", "spacing_mm", "voxel_ml"):
        with pytest.raises(GeometryError, match="not one regular volume"):
            getattr(uneven, name)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"frame_of_reference_uid": "1.8"}, "frame of reference is not that"),
        ({"shape": (5, 21, 30)}, "5 × 21 × 30 voxels.*has 5 × 20 × 30"),
        ({"pixel_spacing_mm": (0.8, 0.501)}, "up to 0.029 mm"),
        ({"row_axis_lps": np.array([-1.0, 0, 0])}, "up to 29 mm"),
    ],
)
def test_a_grid_that_lies_elsewhere_is_refused_with_the_reason(changes, why):
    with pytest.raises(GeometryError, match=why):
        replace(grid(), **changes).require_same(grid())


def test_rounding_and_an_unknown_frame_of_reference_make_no_other_grid():
    image = grid()
    origins = image.slice_origins_lps + 0.004
    read = replace(image, slice_origins_lps=origins, frame_of_reference_uid="")
    read.require_same(image)
    image.require_same(read)
