"""Edits of a mask: pure, in millimetres, and nothing lost at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.lesion_scenes import volume_of
from recist_tool.errors import GeometryError
from recist_tool.measure.mask.edit import (
    add_ellipse,
    erase_ellipse,
    filled_between_slices,
    filled_holes,
    largest_part,
    smoothed_outline,
)
from recist_tool.measure.mask.mask import Mask

GRID = volume_of(np.zeros((9, 60, 80), np.float32), (3.0, 1.0, 0.5)).grid
EMPTY = Mask.of_full(np.zeros(GRID.shape, np.bool_), GRID)


def disc(slice_index, radius_mm=10.0, middle=(30, 40)):
    return add_ellipse(EMPTY, slice_index, middle, (radius_mm, radius_mm))


def test_a_round_brush_is_round_in_millimetres():
    drawn = disc(4).cropped()
    assert drawn.inside.shape == (1, 21, 41)
    assert drawn.voxels * 0.5 == pytest.approx(np.pi * 100, rel=0.02)


def test_a_brush_smaller_than_a_pixel_draws_the_pixel_under_it():
    drawn = add_ellipse(EMPTY, 2, (10.4, 20.4), (0.01, 0.01))
    assert drawn.voxels == 1
    assert drawn.as_full()[2, 10, 20]


@given(st.integers(0, 8), st.floats(0, 59), st.floats(0, 79), st.floats(0.1, 15))
def test_what_is_added_and_erased_again_leaves_nothing(at, row, column, radius):
    brush = (at, (row, column), (radius, radius))
    assert erase_ellipse(add_ellipse(EMPTY, *brush), *brush).voxels == 0


def test_adding_keeps_what_was_there():
    both = add_ellipse(disc(2), 6, (5, 5), (4, 4)).as_full()
    assert (both & disc(2).as_full()).sum() == disc(2).voxels
    assert both[6, 5, 5]


def test_edits_leave_the_mask_they_are_given_alone():
    drawn = disc(4)
    before = drawn.inside.copy()
    for edit in (smoothed_outline, filled_holes, largest_part, filled_between_slices):
        edit(drawn)
    erase_ellipse(drawn, 4, (30, 40), (3, 3))
    add_ellipse(drawn, 4, (30, 40), (30, 30))
    assert np.array_equal(drawn.inside, before)


@pytest.mark.parametrize(
    ("at", "pixel"), [(9, (5, 5)), (-1, (5, 5)), (3, (-20, 5)), (3, (5, 120))]
)
def test_a_brush_outside_the_image_is_refused(at, pixel):
    with pytest.raises(GeometryError, match="outside the image"):
        add_ellipse(EMPTY, at, pixel, (3, 3))


def test_a_brush_over_the_edge_is_cut_off_there():
    drawn = add_ellipse(EMPTY, 0, (0, 0), (5, 5))
    assert drawn.start == (0, 0, 0)
    assert drawn.inside.shape == (1, 6, 11)


def test_smoothing_takes_spikes_away_and_keeps_the_size():
    spiked = add_ellipse(disc(4), 4, (30, 65), (0.5, 3.0))
    smooth = smoothed_outline(spiked, 2.0)
    assert smooth.voxels == pytest.approx(spiked.voxels, rel=0.02)
    assert not smooth.as_full()[4, 30, 70]


def test_a_smoothed_disc_hardly_changes():
    one, other = disc(4).as_full(), smoothed_outline(disc(4)).as_full()
    assert (one ^ other).sum() <= 0.03 * one.sum()


def test_smoothing_leaves_slices_apart():
    assert set(np.argwhere(smoothed_outline(disc(4)).as_full())[:, 0]) == {4}


def test_a_ring_is_filled():
    ring = erase_ellipse(disc(4), 4, (30, 40), (5, 5))
    assert filled_holes(ring).voxels == disc(4).voxels


def test_a_hole_that_is_open_across_slices_is_filled():
    ring = erase_ellipse(disc(4), 4, (30, 40), (5, 5))
    assert filled_holes(ring).as_full()[4, 30, 40]


def test_of_two_parts_the_larger_is_kept():
    two = add_ellipse(disc(4), 4, (5, 5), (3, 3))
    assert np.array_equal(largest_part(two).as_full(), disc(4).as_full())


def test_an_empty_mask_stays_empty():
    for edit in (smoothed_outline, filled_holes, largest_part, filled_between_slices):
        assert edit(EMPTY).voxels == 0
    assert erase_ellipse(EMPTY, 1, (5, 5), (2, 2)).voxels == 0


def test_between_two_discs_their_radii_are_interpolated():
    cone = filled_between_slices(disc_of_two(2, 6.0, 6, 14.0))
    areas = cone.as_full().sum(axis=(1, 2)) * 0.5
    expected = [np.pi * radius**2 for radius in (6, 8, 10, 12, 14)]
    assert areas[2:7] == pytest.approx(expected, rel=0.05)
    assert not areas[:2].any()
    assert not areas[7:].any()


def disc_of_two(first, radius, last, other_radius):
    return add_ellipse(disc(first, radius), last, (30, 40), (other_radius,) * 2)


def test_drawn_slices_stay_as_they_were_drawn():
    drawn = disc_of_two(2, 6.0, 6, 14.0)
    between = filled_between_slices(drawn)
    for at in (2, 6):
        assert np.array_equal(between.on_slice(at), drawn.on_slice(at))


def test_outlines_that_do_not_overlap_are_not_joined():
    apart = add_ellipse(disc(2, 4.0, (15, 20)), 6, (50, 60), (4, 4))
    with pytest.raises(GeometryError, match=r"slices 3 and 7 do not overlap"):
        filled_between_slices(apart)
