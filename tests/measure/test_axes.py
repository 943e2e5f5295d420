"""RECIST axes of masks: of ellipsoids by their formula, of odd shapes by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.ellipsoids import random_ellipsoid
from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import length_mm
from recist_tool.measure.mask.axes import axes
from recist_tool.measure.mask.mask import Mask
from recist_tool.terms import Boundary
from tests.examples import by_day
from tests.measure.grids import AXIAL, OBLIQUE, grid

CENTRE = Boundary.VOXEL_CENTRE
SHAPE = (4, 9, 11)
some_masks = arrays.arrays(np.bool_, SHAPE).filter(np.any)


def drawn(*slices, spacing_mm=(5.0, 1.0, 1.0), axes=AXIAL):
    """Return the mask of slices drawn as lines of text, # inside."""
    full = np.array([[[c == "#" for c in row] for row in rows] for rows in slices])
    return Mask.of_full(full, grid(full.shape, spacing_mm, axes))


def lengths(found):
    return found.long_axis_mm, found.short_axis_mm


@pytest.mark.slow
@pytest.mark.parametrize("least_ratio", [0.05, 0.3, 1.0])
def test_axes_of_ellipsoids_are_those_of_the_longest_acquired_ellipse(least_ratio):
    chance = np.random.default_rng(20241121)
    errors = []
    for _ in range(by_day(150, at_night=700)):
        true = random_ellipsoid(chance, least_ratio=least_ratio)
        errors.append(
            np.subtract(lengths(axes(true.mask)), (true.long_mm, true.short_mm))
            / true.pixel_mm
        )
    assert np.abs(np.mean(errors, axis=0)) == pytest.approx(0, abs=0.1)
    assert (np.quantile(np.abs(errors), 0.95, axis=0) < 1).all()


def test_between_centres_the_lengths_are_those_of_pixel_centres():
    mask = drawn(["......", ".####.", ".####.", "......"])
    assert lengths(axes(mask, CENTRE)) == pytest.approx((math.sqrt(10), 1.0))


def test_pixels_that_are_not_square_are_measured_in_mm():
    mask = drawn(["#....", "#....", "#...."], spacing_mm=(5.0, 2.0, 0.5))
    assert axes(mask, CENTRE).long_axis_mm == 4.0
    mask = drawn(["#####", ".....", "....."], spacing_mm=(5.0, 2.0, 0.5))
    assert axes(mask, CENTRE).long_axis_mm == 2.0


def test_the_slice_of_the_longest_diameter_wins_over_the_one_of_the_largest_area():
    large = ["........", ".#####..", ".#####..", ".#####..", ".#####.."]
    long = ["........", "########", "........", "........", "........"]
    found = axes(drawn(large, long), CENTRE)
    assert found.slice_index == 1
    assert lengths(found) == (7.0, 0.0)


def test_of_slices_with_one_diameter_the_one_with_more_pixels_is_taken():
    thin = ["#.....#", "#######", "......."]
    wide = ["#.....#", "#######", "..###.."]
    assert axes(drawn(thin, wide, thin), CENTRE).slice_index == 1


def test_the_slice_is_the_one_whose_reported_length_is_longest():
    corner = ["##.", "#..", "..."]
    diagonal = ["#..", ".#.", "..."]
    alone = [axes(drawn(one)).long_axis_mm for one in (corner, diagonal)]
    assert axes(drawn(corner, diagonal)).long_axis_mm == max(alone)
    assert axes(drawn(diagonal, corner)).long_axis_mm == max(alone)


@pytest.mark.parametrize("seed", range(20))
def test_no_slice_of_a_random_lesion_alone_has_a_longer_axis_than_the_whole(seed):
    chance = np.random.default_rng(seed)
    full = chance.random((4, 7, 7)) < 0.35
    full[:, 3, 3] = True
    mask = Mask.of_full(full, grid(full.shape))
    alone = [
        axes(Mask.of_full(full & (np.arange(4) == one)[:, None, None], mask.grid))
        for one in range(4)
    ]
    longest = max(one.long_axis_mm for one in alone)
    assert axes(mask).long_axis_mm == pytest.approx(longest, abs=1e-9)


def test_a_diameter_joins_pixels_of_one_part_only():
    mask = drawn(["##....##", "##....##", "##......", "##......"])
    found = axes(mask, CENTRE)
    assert found.long_axis_mm == pytest.approx(math.sqrt(10))
    assert {column for _, column in found.caliper.long_ends} == {0, 1}


def test_pixels_that_share_a_corner_are_one_part_unless_measured_as_in_uls23():
    mask = drawn(["##...", "..##."])
    assert axes(mask, CENTRE).long_axis_mm == 1.0
    assert axes(mask).long_axis_mm > math.hypot(3, 1)


def test_slices_are_never_joined():
    mask = drawn(["###....", "......."], ["...####", "......."])
    assert axes(mask, CENTRE).long_axis_mm == 3.0


def test_a_hole_changes_no_axis():
    ring = ["..####..", ".##..##.", "##....##", "##....##", ".##..##.", "..####.."]
    full = [row[: row.index("#")] + "#" * (8 - 2 * row.index("#")) for row in ring]
    full = [row.ljust(8, ".") for row in full]
    for boundary in Boundary:
        hollow, solid = axes(drawn(ring), boundary), axes(drawn(full), boundary)
        assert hollow.long_axis_mm == pytest.approx(solid.long_axis_mm, abs=0.05)
        assert axes(drawn(ring), boundary, inside_only=True).caliper == hollow.caliper


BOOMERANG = [
    "##.......##",
    ".##.....##.",
    "..##...##..",
    "...##.##...",
    "....###....",
    "....###....",
]


def test_a_line_leaves_a_concave_lesion_unless_asked_to_stay_inside():
    assert axes(drawn(BOOMERANG), CENTRE).long_axis_mm == 10.0
    inside = axes(drawn(BOOMERANG), CENTRE, inside_only=True)
    assert inside.long_axis_mm == pytest.approx(math.hypot(5, 6))


def test_a_line_that_stays_inside_an_open_ring_ends_at_its_border():
    row, column = np.mgrid[-30:31, -30:31]
    radius = np.hypot(row, column)
    ring = (radius <= 30) & (radius >= 15) & ~((row > 0) & (np.abs(column) < 6))
    mask = Mask.of_full(ring[None], grid((1, 61, 61), (5.0, 1.0, 1.0)))
    found = axes(mask, inside_only=True)
    tangent_mm = 2 * math.sqrt(30**2 - 15**2)
    assert found.long_axis_mm == pytest.approx(tangent_mm, abs=1)
    assert 15 < found.short_axis_mm <= found.long_axis_mm
    assert axes(mask).long_axis_mm == pytest.approx(60, abs=0.5)


@given(some_masks, st.sampled_from(Boundary), st.booleans())
def test_the_caliper_is_what_the_lengths_say_and_square(inside, boundary, inside_only):
    image = grid(SHAPE, (5.0, 0.7, 0.9))
    found = axes(Mask.of_full(inside, image), boundary, inside_only=inside_only)
    spacing = image.pixel_spacing_mm
    for ends, value_mm in zip(found.caliper, lengths(found), strict=True):
        assert length_mm(spacing, *ends) == pytest.approx(value_mm)
    if boundary is Boundary.EDGE:
        (a, b), (c, d) = np.array(found.caliper) * spacing
        assert (b - a) @ (d - c) == pytest.approx(0, abs=1e-9)
        assert 0 < found.short_axis_mm <= found.long_axis_mm + 1e-9


@given(some_masks)
def test_the_long_axis_between_centres_is_the_longest_of_all_pairs(inside):
    image = grid(SHAPE, (5.0, 0.7, 0.9))
    mask = Mask.of_full(inside, image)
    assume(mask.voxels < 200)
    assert axes(mask, CENTRE).long_axis_mm == pytest.approx(_by_all_pairs(mask))


def _by_all_pairs(mask):
    from scipy import ndimage

    longest = 0.0
    for plane in mask.inside:
        numbered, count = ndimage.label(plane)
        for number in range(1, count + 1):
            points = np.argwhere(numbered == number) * mask.grid.pixel_spacing_mm
            apart = points[:, None] - points
            longest = max(longest, np.hypot(apart[..., 0], apart[..., 1]).max())
    return longest


@given(some_masks, st.booleans())
def test_lines_that_must_stay_inside_are_never_longer(inside, edge):
    mask = Mask.of_full(inside, grid(SHAPE, (5.0, 1.0, 1.0)))
    boundary = Boundary.EDGE if edge else CENTRE
    free, held = axes(mask, boundary), axes(mask, boundary, inside_only=True)
    assert held.long_axis_mm <= free.long_axis_mm + 0.5


@given(some_masks, st.integers(0, 3))
def test_turning_the_image_by_right_angles_turns_the_axes_alone(inside, turns):
    image = grid(SHAPE, (5.0, 0.8, 0.8))
    turned = np.rot90(inside, turns, axes=(1, 2))
    other = Mask.of_full(turned, grid(turned.shape, (5.0, 0.8, 0.8)))
    for boundary in Boundary:
        first = axes(Mask.of_full(inside, image), boundary)
        second = axes(other, boundary)
        assert first.long_axis_mm == pytest.approx(second.long_axis_mm, abs=0.4)
    assert first.long_axis_mm == pytest.approx(second.long_axis_mm)


@given(some_masks)
def test_the_orientation_of_the_series_changes_nothing(inside):
    axial, oblique = (grid(SHAPE, axes=lie) for lie in (AXIAL, OBLIQUE))
    assert axes(Mask.of_full(inside, axial)) == axes(Mask.of_full(inside, oblique))


def test_one_voxel_has_axes_of_about_its_size():
    found = axes(drawn(["...", ".#.", "..."], spacing_mm=(5.0, 0.8, 0.8)))
    assert found.long_axis_mm == pytest.approx(0.8, rel=0.15)
    assert found.short_axis_mm == pytest.approx(0.8, rel=0.15)
    assert lengths(axes(drawn(["...", ".#."]), CENTRE)) == (0.0, 0.0)


def test_uneven_slices_are_measured_each_in_its_own_plane():
    mask = Mask.of_full(np.ones((2, 3, 3), bool), grid((2, 3, 3)))
    uneven = grid((2, 3, 3), slice_spacing_mm=None)
    assert axes(Mask(uneven, mask.start, mask.inside)) == axes(mask)


def test_without_pixel_spacing_or_without_voxels_there_are_no_axes():
    unknown = grid((2, 3, 3), pixel_spacing_mm=None)
    with pytest.raises(GeometryError, match="PixelSpacing"):
        axes(Mask(unknown, (0, 0, 0), np.ones((1, 1, 1), bool)))
    with pytest.raises(GeometryError, match="it is empty"):
        axes(Mask(grid(), (0, 0, 0), np.zeros((1, 1, 1), bool)))
