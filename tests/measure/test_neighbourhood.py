"""A saved caliper finds its slice again, also where several slices share one UID."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recist_tool.measure.caliper.caliper import PlaneCaliper, as_record, from_record
from recist_tool.model.diameter import Caliper, ImagePlane
from tests.measure.test_caliper import volume

DRAWN = PlaneCaliper(((10.0, 10.0), (10.0, 40.0)), ((5.0, 25.0), (15.0, 25.0)))


def one_uid(**changes):
    return replace(volume(), sop_instance_uids=("1.1",) * 3, **changes)


@pytest.mark.parametrize("index", range(3))
def test_a_frame_is_found_again_by_its_number(index):
    frames = one_uid(frame_numbers=(7, 5, 3))
    record = as_record(frames, index, DRAWN)
    assert record.plane.frame_number == (7, 5, 3)[index]
    assert from_record(frames, record) == (index, DRAWN)


def test_a_frame_that_is_not_there_is_not_found():
    record = as_record(one_uid(frame_numbers=(1, 2, 3)), 2, DRAWN)
    assert from_record(one_uid(frame_numbers=(4, 5, 6)), record) is None
    assert from_record(one_uid(), record) is None


@pytest.mark.parametrize("index", range(3))
@pytest.mark.parametrize("uid", ["1.1", ""])
def test_of_slices_with_one_uid_the_one_where_the_caliper_lies_is_found(index, uid):
    careless = replace(volume(), sop_instance_uids=(uid,) * 3)
    record = as_record(careless, index, DRAWN)
    assert record.plane.frame_number is None
    assert from_record(careless, record) == (index, DRAWN)


def test_of_slices_with_one_uid_none_is_taken_where_the_caliper_lies_on_none():
    record = as_record(one_uid(), 1, DRAWN)
    moved = one_uid(slice_origins_lps=volume().slice_origins_lps + 2.5)
    assert from_record(moved, record) is None


def test_a_plane_without_a_frame_is_written_as_before():
    plane = ImagePlane(sop_instance_uid="1.1")
    assert "frame_number" not in plane.model_dump()
    assert "frame_number" not in plane.model_dump_json()
    assert ImagePlane.model_validate_json(plane.model_dump_json()) == plane


def test_a_frame_number_comes_back_as_it_was_saved():
    record = as_record(one_uid(frame_numbers=(1, 2, 3)), 1, DRAWN)
    again = Caliper.model_validate_json(record.model_dump_json())
    assert again == record
    assert again.plane.frame_number == 2


def test_padding_is_told_from_the_image_at_both_ends_of_each_range():
    ct = replace(volume(), padding=((-np.inf, -2000.0), (3071.0, 3071.0)))
    values = np.array([[-3024, -2000, -1999], [0, 3071, 3070]], np.int16)
    expected = [[True, True, False], [False, True, False]]
    np.testing.assert_array_equal(ct.is_padding(values), expected)
    assert not volume().is_padding(values).any()
