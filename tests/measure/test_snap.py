"""A caliper drawn by hand snaps to the border, or says why not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lesion_scenes import Scene, render, volume_of
from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import PlaneCaliper, length_mm
from recist_tool.measure.caliper.snap import snap_caliper
from recist_tool.measure.mask.axes import axes

SPACING = (0.75, 0.6)
RADIUS_MM = 14.0
MIDDLE = (50, 60)


def disc(contrast=-60.0, noise=0.0):
    rows, columns = np.ogrid[:101, :121]
    distance = np.hypot(
        (rows - MIDDLE[0]) * SPACING[0], (columns - MIDDLE[1]) * SPACING[1]
    )
    part = np.clip(0.5 - (distance - RADIUS_MM) / 1.5, 0, 1)
    chance = np.random.default_rng(1).normal(0, noise or 1e-9, distance.shape)
    image = 110 + contrast * part + chance
    return volume_of(image[None].astype(np.float32), (3.0, *SPACING))


def across(angle, before, after):
    """Return a line through the middle that ends so far before and after it, mm."""
    step = np.array([np.sin(angle) / SPACING[0], np.cos(angle) / SPACING[1]])
    ends = (MIDDLE - step * before, MIDDLE + step * after)
    return tuple((float(row), float(column)) for row, column in ends)


@settings(max_examples=40)
@given(st.floats(0, 6.28), st.floats(10.5, 17.5), st.floats(10.5, 17.5))
def test_each_end_finds_the_border_to_a_fraction_of_a_pixel(angle, before, after):
    drawn = PlaneCaliper(across(angle, before, after))
    snapped = snap_caliper(disc(), 0, drawn)
    assert length_mm(SPACING, *snapped.caliper.long_ends) == pytest.approx(28, abs=0.2)
    assert snapped.moved_mm == pytest.approx((14 - before, 14 - after), abs=0.15)


@pytest.mark.parametrize("contrast", [-60, 60])
def test_noise_moves_the_ends_little(contrast):
    drawn = PlaneCaliper(across(0.4, 12, 16), across(0.4 + np.pi / 2, 15, 13))
    snapped = snap_caliper(disc(contrast, noise=8), 0, drawn)
    assert len(snapped.moved_mm) == 4
    for ends in (snapped.caliper.long_ends, snapped.caliper.short_ends):
        assert length_mm(SPACING, *ends) == pytest.approx(28, abs=1.0)


def test_both_axes_stay_at_a_right_angle():
    drawn = PlaneCaliper(across(0.4, 12, 16), across(0.4 + np.pi / 2, 15, 13))
    long_ends, short_ends = snap_caliper(disc(), 0, drawn).caliper
    one, other = (
        (np.subtract(*ends) * SPACING) / length_mm(SPACING, *ends)
        for ends in (long_ends, short_ends)
    )
    assert one @ other == pytest.approx(0, abs=1e-6)


def test_on_a_lesion_of_a_noisy_scan_it_comes_closer_to_the_truth():
    series, truth, _ = render(Scene(30, -48, seed=11))
    found = axes(truth)
    (a, b), (c, d) = found.caliper.long_ends
    longer = (
        (a - 0.1 * (c - a), b - 0.1 * (d - b)),
        (c + 0.1 * (c - a), d + 0.1 * (d - b)),
    )
    snapped = snap_caliper(series, found.slice_index, PlaneCaliper(longer))
    length = length_mm(series.require_pixel_spacing(), *snapped.caliper.long_ends)
    assert abs(length - found.long_axis_mm) < 0.1 * found.long_axis_mm


def test_without_a_border_it_stays_as_drawn():
    with pytest.raises(GeometryError, match="no border near one of its ends"):
        snap_caliper(disc(0.0, noise=10), 0, PlaneCaliper(across(0.3, 12, 12)))


def test_an_even_image_has_no_border():
    with pytest.raises(GeometryError, match="no border"):
        snap_caliper(disc(0.0), 0, PlaneCaliper(across(0.3, 12, 12)))


def test_a_border_further_away_is_not_found():
    with pytest.raises(GeometryError, match="no border"):
        snap_caliper(disc(), 0, PlaneCaliper(across(0.0, 6, 6)))


def test_a_caliper_without_length_is_refused():
    with pytest.raises(GeometryError, match="one point"):
        snap_caliper(disc(), 0, PlaneCaliper(((5, 5), (5, 5))))
