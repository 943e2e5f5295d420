"""The caliper's geometry holds in millimetres, whatever the pixels."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import (
    PlaneCaliper,
    as_record,
    from_record,
    length_mm,
    move_long_end,
    move_short_end,
    propose_short_axis,
    settled,
    shifted,
)
from recist_tool.measure.geometry.volume import Volume

coordinate = st.floats(0, 500, allow_nan=False)
point = st.tuples(coordinate, coordinate)
spacing = st.tuples(st.floats(0.3, 3), st.floats(0.3, 3))
end_index = st.sampled_from([0, 1])


def angle_cosine(spacing_mm, caliper):
    scale = np.array(spacing_mm)
    long_axis, short_axis = (
        (np.array(ends[1]) - np.array(ends[0])) * scale
        for ends in (caliper.long_ends, caliper.short_ends)
    )
    lengths = np.linalg.norm(long_axis) * np.linalg.norm(short_axis)
    return float(long_axis @ short_axis) / lengths


def volume(spacing_mm=(0.5, 0.8), row_axis=(1, 0, 0), column_axis=(0, 1, 0)):
    normal = np.cross(row_axis, column_axis)
    return Volume(
        voxels=np.zeros((3, 100, 100), np.int16),
        slice_origins_lps=np.array([-20.0, -30.0, 40.0])
        + np.arange(3)[:, None] * 5.0 * normal,
        row_axis_lps=np.array(row_axis, float),
        column_axis_lps=np.array(column_axis, float),
        pixel_spacing_mm=spacing_mm,
        slice_spacing_mm=5.0,
        slice_thickness_mm=5.0,
        units="HU",
        modality="CT",
        sop_instance_uids=("1.1", "1.2", "1.3"),
        series_instance_uid="1",
        study_instance_uid="0",
        frame_of_reference_uid="2",
    )


@given(spacing, point, point)
def test_a_proposed_short_axis_is_perpendicular_in_mm_and_half_as_long(
    spacing_mm, a, b
):
    length = length_mm(spacing_mm, a, b)
    assume(length > 1)
    caliper = PlaneCaliper((a, b), propose_short_axis(spacing_mm, (a, b)))
    assert abs(angle_cosine(spacing_mm, caliper)) < 1e-6
    assert length_mm(spacing_mm, *caliper.short_ends) == pytest.approx(length / 2)


@given(spacing, point, point, point, end_index)
def test_moving_a_short_end_keeps_the_right_angle_and_the_long_axis(
    spacing_mm, a, b, to, index
):
    assume(length_mm(spacing_mm, a, b) > 1)
    start = PlaneCaliper((a, b), propose_short_axis(spacing_mm, (a, b)))
    moved = move_short_end(start, spacing_mm, index, to)
    assume(length_mm(spacing_mm, *moved.short_ends) > 1e-3)
    assert moved.long_ends == (a, b)
    assert abs(angle_cosine(spacing_mm, moved)) < 1e-4


@given(spacing, point, point, point, end_index)
def test_moving_a_long_end_turns_the_short_axis_with_it(spacing_mm, a, b, to, index):
    assume(length_mm(spacing_mm, a, b) > 1)
    start = PlaneCaliper((a, b), propose_short_axis(spacing_mm, (a, b)))
    moved = move_long_end(start, spacing_mm, index, to)
    assume(length_mm(spacing_mm, *moved.long_ends) > 1)
    assert moved.long_ends[index] == to
    assert abs(angle_cosine(spacing_mm, moved)) < 1e-6
    assert length_mm(spacing_mm, *moved.short_ends) == pytest.approx(
        length_mm(spacing_mm, *start.short_ends)
    )


@given(spacing, point, point, st.lists(st.tuples(end_index, point), max_size=5))
def test_after_every_release_the_long_axis_is_the_longer_one(spacing_mm, a, b, drags):
    assume(length_mm(spacing_mm, a, b) > 1)
    caliper = PlaneCaliper((a, b), propose_short_axis(spacing_mm, (a, b)))
    for index, to in drags:
        caliper = settled(move_short_end(caliper, spacing_mm, index, to), spacing_mm)
        long_mm, short_mm = (length_mm(spacing_mm, *ends) for ends in caliper)
        assert long_mm >= short_mm


def test_a_short_end_reaches_the_place_it_was_dragged_to():
    caliper = PlaneCaliper(((0, 0), (0, 40)), ((-5, 20), (5, 20)))
    moved = move_short_end(caliper, (1.0, 1.0), 1, (12, 30))
    assert moved.short_ends == ((-5, 30), (12, 30))


def test_where_there_was_no_short_axis_both_ends_come_as_far_out():
    caliper = PlaneCaliper(((0, 0), (0, 40)))
    for index, to in ((0, (12, 30)), (1, (-12, 30))):
        moved = move_short_end(caliper, (1.0, 1.0), index, to)
        assert moved.short_ends is not None
        assert sorted(moved.short_ends) == [(-12, 30), (12, 30)]


def test_a_short_end_does_not_cross_the_long_axis():
    caliper = PlaneCaliper(((0, 0), (0, 40)), ((-5, 20), (5, 20)))
    assert move_short_end(caliper, (1.0, 1.0), 1, (-9, 20)).short_ends[1] == (0, 20)


def test_roles_swap_when_the_short_axis_outgrows_the_long_and_dragging_goes_on():
    caliper = PlaneCaliper(((0, 0), (0, 10)), ((-4, 5), (4, 5)))
    swapped = settled(move_short_end(caliper, (1.0, 1.0), 1, (20, 5)), (1.0, 1.0))
    assert swapped.long_ends == ((-4, 5), (20, 5))
    assert swapped.short_ends == ((0, 0), (0, 10))
    again = move_short_end(swapped, (1.0, 1.0), 1, (8, 17))
    assert again.short_ends == ((8, 0), (8, 17))


def test_a_shifted_caliper_keeps_its_lengths():
    caliper = PlaneCaliper(((0, 0), (0, 10)), ((-4, 5), (4, 5)))
    moved = shifted(caliper, (3, -2))
    assert moved == PlaneCaliper(((3, -2), (3, 8)), ((-1, 3), (7, 3)))


def test_the_two_ends_of_a_long_axis_must_differ():
    with pytest.raises(GeometryError, match="one point"):
        propose_short_axis((1.0, 1.0), ((2, 2), (2, 2)))


@pytest.mark.parametrize(
    ("row_axis", "column_axis"),
    [
        ((1, 0, 0), (0, 1, 0)),
        ((0, 1, 0), (0, 0, -1)),
        ((0.8, 0.6, 0), (-0.36, 0.48, 0.8)),
        ((-1, 0, 0), (0, -1, 0)),
    ],
)
def test_a_saved_caliper_carries_mm_and_patient_points_and_pixels_that_agree(
    row_axis, column_axis
):
    image = volume(row_axis=row_axis, column_axis=column_axis)
    drawn = PlaneCaliper(((10, 10), (10, 60)), ((2, 30), (20, 30)))
    saved = as_record(image, 1, drawn)
    assert saved.long_axis.value_mm == Decimal("40.0")
    assert saved.short_axis.value_mm == Decimal("9.0")
    for axis in (saved.long_axis, saved.short_axis):
        apart = np.subtract(*axis.ends_lps)
        assert np.linalg.norm(apart) == pytest.approx(float(axis.value_mm))
    assert saved.plane.sop_instance_uid == "1.2"
    assert saved.long_axis.ends_pixel == ((10, 10), (60, 10))
    assert from_record(image, saved) == (1, drawn)


def test_a_length_on_the_half_is_rounded_up_not_to_even():
    image = volume(spacing_mm=(1.0, 1.0))
    saved = as_record(image, 0, PlaneCaliper(((0, 0), (0, 10.25))))
    assert saved.long_axis.value_mm == Decimal("10.3")


def test_a_caliper_outside_the_image_is_refused():
    with pytest.raises(GeometryError, match="outside the image"):
        as_record(volume(), 0, PlaneCaliper(((0, 0), (0, 120))))


def test_without_pixel_spacing_no_length_is_given():
    image = volume(spacing_mm=None)
    with pytest.raises(GeometryError, match="PixelSpacing"):
        as_record(image, 0, PlaneCaliper(((0, 0), (0, 10))))


def test_a_caliper_of_another_series_has_no_place_here():
    saved = as_record(volume(), 0, PlaneCaliper(((0, 0), (0, 10))))
    plane = saved.plane.replaced(sop_instance_uid="9.9")
    assert from_record(volume(), saved.replaced(plane=plane)) is None
