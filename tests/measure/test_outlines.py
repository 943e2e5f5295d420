"""Several outlines of one region: united, disjoined, or refused where nobody can tell.

Held to discs, whose unions and holes are known without any polygon.
"""

from __future__ import annotations

import numpy as np
import pytest

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.outlines import disjoined, united
from recist_tool.measure.mask.polygon import enclosed, filled

SHAPE = (80, 90)
PIXEL = (0.8, 0.5)
CENTRE = (32.13, 22.31)


def circle(radius=10.0, centre=CENTRE, turn=1.0, corners=240, start=0.0):
    """Return so much of a turn around a centre, mm to row, column."""
    angles = start + 2 * np.pi * np.arange(round(corners * turn)) / corners
    points = np.column_stack((np.sin(angles), np.cos(angles))) * radius
    return (points + centre) / PIXEL


def disc(radius=10.0, centre=CENTRE):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.hypot(rows * 0.8 - centre[0], columns * 0.5 - centre[1]) <= radius


def combined(*contours):
    return united(contours, SHAPE, PIXEL)


def same(found, truth):
    """Hold to the truth but for pixels whose centres lie on a border."""
    assert (found ^ truth).sum() <= 0.01 * truth.sum()


def test_an_outline_that_comes_again_counts_once_however_it_is_written():
    one = circle()
    numbers = np.random.default_rng(2)
    again = {
        "the same": one,
        "the other way": one[::-1],
        "closed by its first point": np.concatenate((one, one[:1])),
        "from another point": np.roll(one, 77, axis=0),
        "0.05 mm larger": circle(10.05),
        "0.9 mm smaller": circle(9.1),
        "by hand": one + numbers.normal(0, 0.1, one.shape),
        "of fewer points": circle(corners=60),
    }
    for name, other in again.items():
        for contours in ((one, other), (other, one), (one, other, other)):
            found = combined(*contours)
            truth = filled([one], SHAPE) | filled([other], SHAPE)
            assert not (found.inside ^ truth).any(), name
            assert (found.repeats, found.holes) == (len(contours) - 1, 0), name


def test_outlines_that_overlap_are_united():
    numbers = np.random.default_rng(3)
    for _ in range(40):
        centres = CENTRE + numbers.uniform(-8, 8, (3, 2))
        radii = numbers.uniform(4, 8, 3)
        apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))
        nested = apart < np.abs(radii[:, None] - radii[None]) + 2.5
        if nested[np.triu_indices(3, 1)].any():
            continue
        found = combined(*map(circle, radii, centres))
        same(found.inside, np.logical_or.reduce(list(map(disc, radii, centres))))
        touching = apart < radii[:, None] + radii[None] - 1
        assert bool(found.overlaps) >= touching[np.triu_indices(3, 1)].any()


def test_one_within_another_is_a_hole_and_one_in_that_an_island():
    found = combined(circle(2), circle(12), circle(7))
    same(found.inside, disc(12) & ~disc(7) | disc(2))
    assert (found.holes, found.overlaps, found.repeats) == (2, 0, 0)


def test_a_hole_in_what_two_outlines_enclose_together_is_a_hole_in_both():
    left, right = np.subtract(CENTRE, (0, 3)), np.add(CENTRE, (0, 3))
    found = combined(circle(9, left), circle(9, right), circle(2))
    same(found.inside, (disc(9, left) | disc(9, right)) & ~disc(2))


def test_an_outline_and_its_hole_may_each_come_twice():
    found = combined(circle(), circle(4), circle(10.05), circle(4.05))
    same(found.inside, disc(10.05) & ~disc(4.05))


def test_a_hole_of_a_thin_wall_and_the_same_outline_again_are_not_told_apart():
    for wall_mm in (1.1, 1.3, 1.45):
        with pytest.raises(GeometryError, match="a hole, or the same outline again"):
            combined(circle(), circle(10 - wall_mm))
    same(combined(circle(), circle(8.3)).inside, disc() & ~disc(8.3))


def test_a_small_hole_near_the_border_is_a_hole():
    near = np.add(CENTRE, (0, 8.5))
    same(combined(circle(), circle(1.2, near)).inside, disc() & ~disc(1.2, near))


@pytest.mark.parametrize("turn", [1.02, 1.2, 1.33, 1.5, 1.9, 2.4])
def test_an_outline_that_runs_past_its_start_leaves_no_lens(turn):
    inward = np.linspace(1, 0.95, len(circle(turn=turn)))[:, None]
    middle = np.divide(CENTRE, PIXEL)
    spiral = (circle(turn=turn) - middle) * inward + middle
    found = combined(spiral)
    assert disc(9.4)[found.inside].sum() >= 0.97 * disc(9.4).sum()
    assert not (found.inside & ~disc(10.1)).any()
    assert found.overruns == (turn > 1.1)


@pytest.mark.parametrize("way", [1, -1])
def test_a_keyhole_is_a_hole_whichever_way_it_runs(way):
    outer, inner = circle(), circle(4)[::way]
    keyhole = np.concatenate((outer, outer[:1], inner, inner[:1], outer[:1]))
    for start in (0, 100, 250, 400):
        found = combined(np.roll(keyhole, start, axis=0))
        same(found.inside, disc() & ~disc(4))
        assert found.overruns == 0


def test_a_spike_changes_nothing():
    outer = circle(turn=1.3)
    spiked = np.insert(outer, 20, [outer[19] + 9, outer[19]], axis=0)
    np.testing.assert_array_equal(enclosed(spiked, SHAPE), enclosed(outer, SHAPE))


def test_outlines_of_the_other_kind_are_disjoined():
    numbers = np.random.default_rng(4)
    for _ in range(20):
        centres = CENTRE + numbers.uniform(-9, 9, (4, 2))
        radii = numbers.permutation([3.0, 5.0, 7.0, 9.5])
        found = disjoined([*map(circle, radii, centres)], SHAPE, PIXEL)
        same(found.inside, np.logical_xor.reduce([*map(disc, radii, centres)]))


@pytest.mark.parametrize("radius", [10, 10.05, 9.2])
def test_outlines_that_would_cancel_each_other_are_refused(radius):
    with pytest.raises(GeometryError, match="they cancel each other"):
        disjoined([circle(), circle(radius)[::-1], circle(2)], SHAPE, PIXEL)


def test_more_outlines_than_any_lesion_has_are_refused_before_they_take_time():
    with pytest.raises(GeometryError, match="more than 500 lie on one slice"):
        combined(*[circle(1)] * 501)
