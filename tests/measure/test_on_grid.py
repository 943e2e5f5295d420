"""A mask from another file, on the voxels of an image."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.grid import Grid
from recist_tool.measure.mask.mask import Mask
from recist_tool.measure.mask.on_grid import on_grid
from tests.measure.grids import AXIAL, OBLIQUE, grid

SHAPE = (5, 8, 9)


def lump(on):
    inside = np.zeros(on.shape, np.bool_)
    inside[1:4, 2:7, 3:6] = True
    inside[2, 2, 3] = False
    return Mask.of_full(inside, on)


def seen_from(image, order, flipped, offset=(0, 0, 0)):
    """Return a grid of the same voxels, its axes in another order and direction."""
    affine = image.affine_lps @ _turned(image.shape, order, flipped)
    affine[:3, 3] += affine[:3, :3] @ offset
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    sizes = np.array(image.shape)[list(order)]
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    if np.linalg.det(axes[:, [2, 1, 0]]) < 0:
        return None
    return Grid(
        shape=tuple(sizes.tolist()),
        slice_origins_lps=affine[:3, 3] + np.outer(np.arange(sizes[0]), affine[:3, 0]),
        row_axis_lps=axes[:, 2],
        column_axis_lps=axes[:, 1],
        pixel_spacing_mm=(spacing[1], spacing[2]),
        slice_spacing_mm=spacing[0],
    )


def _turned(shape, order, flipped):
    turn = np.zeros((4, 4))
    turn[3, 3] = 1
    for new, old in enumerate(order):
        turn[old, new] = -1 if flipped[new] else 1
        turn[old, 3] = shape[old] - 1 if flipped[new] else 0
    return turn


@given(
    st.permutations((0, 1, 2)),
    st.tuples(*[st.booleans()] * 3),
    st.sampled_from((AXIAL, OBLIQUE)),
)
def test_voxels_are_found_however_the_axes_run(order, flipped, axes):
    image = grid(SHAPE, (3.0, 0.8, 0.5), axes)
    other = seen_from(image, order, flipped)
    if other is None:  # left-handed: no grid is
        return
    there = on_grid(lump(image), other)
    np.testing.assert_array_equal(
        on_grid(there, image).as_full(), lump(image).as_full()
    )
    assert there.voxels == lump(image).voxels


def test_a_field_of_view_that_was_cut_down_is_found():
    whole = grid((9, 30, 30))
    part = seen_from(whole, (0, 1, 2), (False,) * 3, (2, 5, 6))
    found = on_grid(lump(part), whole)
    assert found.cropped().start == (3, 7, 9)


def test_files_may_round_positions():
    image = grid(SHAPE)
    rounded = grid(SHAPE, slice_origins_lps=image.slice_origins_lps + 0.02)
    assert on_grid(lump(rounded), image).voxels == lump(image).voxels


def test_voxels_beside_those_of_the_image_are_refused():
    image = grid(SHAPE)
    shifted = grid(
        SHAPE, slice_origins_lps=np.add(image.slice_origins_lps, (0.2, 0, 0))
    )
    with pytest.raises(GeometryError, match=r"^M: its voxels lie up to 0\.2 mm beside"):
        on_grid(lump(shifted), image, "M")


def test_voxels_of_another_size_are_refused_though_their_centres_coincide():
    image, coarse = grid((9, 30, 30)), grid(SHAPE, (5.0, 1.6, 1.0))
    with pytest.raises(
        GeometryError,
        match=r"its voxels are 1 × 1\.6 × 5 mm, those of the image 0\.5 × 0\.8",
    ):
        on_grid(lump(coarse), image)


def test_voxels_outside_the_image_are_counted_and_refused():
    image = grid(SHAPE)
    higher = seen_from(image, (0, 1, 2), (False,) * 3, (3, 0, 0))
    with pytest.raises(
        GeometryError, match="29 of its 44 voxels lie outside the image"
    ):
        on_grid(lump(higher), image)


def test_voxels_where_slices_are_missing_are_refused():
    image = grid(SHAPE)
    kept = [0, 1, 3, 4]
    gapped = grid(
        (4, 8, 9),
        slice_origins_lps=image.slice_origins_lps[kept],
        slice_spacing_mm=None,
    )
    with pytest.raises(GeometryError, match="14 of its 44 voxels lie outside"):
        on_grid(lump(image), gapped)


def test_in_a_series_with_gaps_slices_are_found_by_their_places():
    image = grid(SHAPE)
    kept = [0, 2, 3, 4]
    gapped = grid(
        (4, 8, 9),
        slice_origins_lps=image.slice_origins_lps[kept],
        slice_spacing_mm=None,
    )
    mask = Mask(image, (2, 2, 3), np.ones((2, 2, 2), np.bool_))
    assert on_grid(mask, gapped).cropped().start == (1, 2, 3)


def test_another_frame_of_reference_is_refused_and_an_unknown_one_is_not():
    image = grid(SHAPE)
    with pytest.raises(GeometryError, match="its frame of reference is not that"):
        on_grid(lump(grid(SHAPE, frame_of_reference_uid="1.7")), image)
    assert on_grid(lump(grid(SHAPE, frame_of_reference_uid="")), image).voxels == 44


def test_slices_at_one_position_are_refused():
    image = grid(SHAPE)
    same = grid(
        SHAPE,
        slice_origins_lps=np.repeat(image.slice_origins_lps[:1], 5, axis=0),
        slice_spacing_mm=None,
    )
    with pytest.raises(GeometryError, match="several slices lie at one position"):
        on_grid(lump(image), same)


def test_an_empty_mask_stays_empty():
    image = grid(SHAPE)
    nothing = Mask.of_full(np.zeros(SHAPE, np.bool_), grid(SHAPE))
    assert on_grid(nothing, image).voxels == 0
