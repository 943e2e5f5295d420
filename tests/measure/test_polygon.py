"""Contours filled: against areas, and against libraries that do it in other ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.draw import polygon2mask

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.polygon import filled

SQUARE = np.array([(2, 3), (2, 8), (6, 8), (6, 3)], float)
corners = st.lists(
    st.tuples(st.floats(-3, 23), st.floats(-3, 33)), min_size=3, max_size=12
)


def circle(radius, centre=(10.0, 15.0), points=200):
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.column_stack((np.sin(angles), np.cos(angles))) * radius + centre


@given(corners)
def test_a_pixel_is_inside_if_its_centre_is(points):
    contour = np.round(np.array(points), 6)
    rows, columns = np.mgrid[:20, :30]
    centres = np.column_stack((rows.ravel(), columns.ravel()))
    crossings = np.zeros(len(centres), int)
    on_a_line = np.zeros(len(centres), bool)  # where the last bit may decide
    for (y0, x0), (y1, x1) in zip(contour, np.roll(contour, -1, axis=0), strict=True):
        spans = (centres[:, 0] < y0) != (centres[:, 0] < y1)
        at = x0 + (centres[:, 0] - y0) * (x1 - x0) / (y1 - y0 or 1)
        crossings += spans & (at <= centres[:, 1])
        on_a_line |= spans & (np.abs(at - centres[:, 1]) < 1e-8)
    expected = (crossings % 2 == 1)[~on_a_line]
    mine = filled([contour], (20, 30)).ravel()[~on_a_line]
    np.testing.assert_array_equal(mine, expected)


@pytest.mark.parametrize("offset", [0, 1e-4, 0.3])
@pytest.mark.parametrize("slope", [1, 3, 1 / 3])
def test_centres_on_a_slanted_edge_go_to_one_side(slope, offset):
    start = np.array([offset, offset * slope])
    end = start + np.array([18, 18 * slope])
    left = filled([np.array([start, end, (end[0], -1), (start[0], -1)])], (18, 60))
    right = filled([np.array([start, end, (end[0], 60), (start[0], 60)])], (18, 60))
    rows, columns = np.nonzero(right)
    first = np.ceil(np.round(np.arange(18) * slope, 6))
    for row in range(int(np.ceil(offset)), 18):
        assert columns[rows == row].min() == first[row]
    assert not (left & right).any()
    assert (left | right)[int(np.ceil(offset)) :].all()


def test_two_libraries_fill_a_lump_alike():
    contour = circle(7.3) * (1, 1.3)
    mine = filled([contour], (40, 50))
    np.testing.assert_array_equal(mine, polygon2mask((40, 50), contour))
    from matplotlib.path import Path

    centres = np.argwhere(np.ones((40, 50), bool))
    theirs = Path(contour).contains_points(centres).reshape(40, 50)
    np.testing.assert_array_equal(mine, theirs)


def test_a_contour_through_centres_keeps_its_area():
    assert filled([SQUARE], (10, 12)).sum() == 4 * 5
    assert filled([SQUARE[::-1]], (10, 12)).sum() == 4 * 5


def test_contours_that_touch_share_no_pixel_and_leave_none_out():
    right = np.add(SQUARE, (0, 5))
    below = np.add(SQUARE, (4, 0))
    pieces = [filled([one], (15, 20)) for one in (SQUARE, right, below)]
    assert np.sum(pieces, axis=0).max() == 1
    assert np.sum(pieces) == 3 * 20


def test_areas_are_right_on_average():
    numbers = np.random.default_rng(1)
    areas = [
        filled([circle(6, c)], (30, 30)).sum()
        for c in numbers.uniform(10, 20, (400, 2))
    ]
    assert np.mean(areas) == pytest.approx(np.pi * 36, rel=0.005)


def test_a_contour_in_another_is_a_hole_and_one_in_that_an_island():
    rings = [circle(9), circle(6), circle(2)]
    found = filled(rings, (20, 30))
    disks = [filled([ring], (20, 30)) for ring in rings]
    np.testing.assert_array_equal(found, disks[0] & ~disks[1] | disks[2])


def test_a_hole_that_a_channel_joins_to_the_outline_is_a_hole():
    outer, inner = circle(9), circle(4)[::-1]
    keyhole = np.concatenate((outer, outer[:1], inner[-1:], inner, outer[:1]))
    np.testing.assert_array_equal(
        filled([keyhole], (20, 30)), filled([outer, inner], (20, 30))
    )


def test_what_lies_beyond_the_image_is_left_out():
    whole = filled([circle(9)], (20, 30))
    np.testing.assert_array_equal(filled([circle(9)], (12, 18)), whole[:12, :18])


def test_a_contour_that_is_no_outline_is_refused_before_it_takes_memory():
    zigzag = np.tile([(0.0, 0.0), (4000.0, 1.0)], (20_000, 1))
    with pytest.raises(GeometryError, match="too long to be that of a lesion"):
        filled([zigzag], (4000, 4))
