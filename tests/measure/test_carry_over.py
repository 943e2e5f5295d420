from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import PlacedCaliper, PlaneCaliper, length_mm
from recist_tool.measure.registration.carry_over import UNSURE_MM, carry_over
from recist_tool.measure.registration.result import Registration
from recist_tool.measure.registration.transform import Lattice, Rigid
from tests.measure.grids import suv, volume

SHIFT = np.array([4.0, -6.0, 2.0])
SPACING = (3.0, 1.0, 1.0)
SHAPE = (30, 100, 110)
CALIPER = PlacedCaliper(12, PlaneCaliper(((50, 40), (50, 60)), ((45, 50), (55, 50))))


def tissue(seed=1, shape=SHAPE):
    """Blobs of soft tissue, some 12 mm wide, on a cube larger than any volume."""
    grain = np.random.default_rng(seed).normal(0, 1, (16, 20, 22))
    knots = Lattice.of(grain[..., np.newaxis], np.zeros(3), 8.0)
    z, y, x = np.indices(shape).reshape(3, -1)
    points = np.column_stack((x, y, 3.0 * z)) + 20
    return (40 + 60 * knots.at(points)[:, 0]).reshape(shape).astype(np.int16)


def ct(voxels, **changes):
    described = {"frame_of_reference_uid": "1.8"} | changes
    return volume(voxels, SPACING, **described)


def registered(shift=SHIFT, turn=None, doubt_mm=3.0):
    """A registration that shifts, said to be so far off."""
    origin = np.array([-200.0, -200.0, -200.0])
    return Registration(
        rigid=Rigid(np.eye(3) if turn is None else turn, np.array(shift, float)),
        bend=Lattice.of(np.zeros((4, 4, 4, 3)), origin, 200.0),
        doubt=Lattice.of(np.full((4, 4, 4, 1), doubt_mm), origin, 200.0),
        likeness=0.97,
        fixed_frame_uid="1.9",
        moving_frame_uid="1.8",
        fixed_series_uid="1.2",
        moving_series_uid="1.3",
    )


@pytest.fixture(scope="module")
def baseline():
    return ct(tissue(), frame_of_reference_uid="1.9")


@pytest.fixture(scope="module")
def follow_up(baseline):
    """The same tissue where `SHIFT` puts it."""
    return ct(baseline.voxels, slice_origins_lps=baseline.slice_origins_lps + SHIFT)


def center(series, placed=CALIPER):
    middle = np.mean(placed.caliper.long_ends + placed.caliper.short_ends, axis=0)
    return series.pixel_to_lps(placed.slice_index, middle[np.newaxis])[0]


def test_the_centre_is_carried_where_the_tissue_went(baseline, follow_up):
    found = carry_over(registered(), CALIPER, baseline, follow_up)
    assert found.centre_lps == pytest.approx(center(baseline) + SHIFT, abs=0.3)
    assert found.slice_index == CALIPER.slice_index
    assert found.is_sure
    assert found.confidence > 0.8


@pytest.mark.parametrize("off", [(3, 0, 0), (0, -4, 0), (0, 0, 3), (-3, 3, -3)])
def test_a_registration_some_millimetres_off_is_put_right(baseline, follow_up, off):
    found = carry_over(registered(SHIFT + off), CALIPER, baseline, follow_up)
    assert found.centre_lps == pytest.approx(center(baseline) + SHIFT, abs=1.0)


def test_the_caliper_keeps_its_lengths_around_the_carried_centre(baseline, follow_up):
    found = carry_over(registered(), CALIPER, baseline, follow_up)
    assert found.caliper is not None
    laid = PlacedCaliper(found.slice_index, found.caliper)
    assert center(follow_up, laid) == pytest.approx(np.array(found.centre_lps), abs=1.6)
    for ends, wanted in zip(found.caliper, CALIPER.caliper, strict=True):
        assert ends is not None
        assert wanted is not None
        assert length_mm((1, 1), *ends) == pytest.approx(length_mm((1, 1), *wanted))


def test_the_caliper_turns_with_the_patient(baseline, follow_up):
    quarter = np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    there = center(baseline)
    turned = registered(there - quarter @ there, quarter)
    found = carry_over(turned, CALIPER, baseline, follow_up)
    assert found.caliper is not None
    (row, column), (row_2, column_2) = found.caliper.long_ends
    assert column == pytest.approx(column_2, abs=1e-6)
    assert abs(row - row_2) == pytest.approx(20)


def test_a_finer_follow_up_gets_a_caliper_of_the_same_millimetres(baseline):
    fine = volume(
        tissue().repeat(2, axis=2),
        (3.0, 1.0, 0.5),
        frame_of_reference_uid="1.8",
        slice_origins_lps=baseline.slice_origins_lps - [0.25, 0, 0],
    )
    found = carry_over(registered((0, 0, 0)), CALIPER, baseline, fine)
    assert found.caliper is not None
    assert length_mm((1.0, 0.5), *found.caliper.long_ends) == pytest.approx(20)


def test_a_centre_alone_is_carried_without_a_caliper(baseline, follow_up):
    x, y, z = center(baseline).tolist()
    found = carry_over(registered(), (x, y, z), baseline, follow_up)
    assert found.centre_lps == pytest.approx(center(baseline) + SHIFT, abs=0.5)
    assert found.caliper is None


def test_other_tissue_around_the_place_is_said(baseline):
    other = ct(tissue(seed=9), slice_origins_lps=baseline.slice_origins_lps + SHIFT)
    found = carry_over(registered(), CALIPER, baseline, other)
    assert not found.is_sure
    assert "looks different" in found.unsure_reason


def test_tissue_without_landmarks_leaves_the_doubt_of_the_registration(baseline):
    flat = np.full(SHAPE, 60, np.int16)
    found = carry_over(
        registered(doubt_mm=9.0),
        CALIPER,
        ct(flat, frame_of_reference_uid="1.9"),
        ct(flat),
    )
    assert found.doubt_mm > UNSURE_MM
    assert found.confidence < 0.5
    assert not found.is_sure


@pytest.mark.parametrize(
    "shift", [(0, 0, 300), (0, 0, -300), (300, 0, 0), (0, -300, 0)]
)
def test_a_place_outside_the_follow_up_is_said(baseline, follow_up, shift):
    found = carry_over(registered(shift), CALIPER, baseline, follow_up)
    assert "outside the follow-up series" in found.unsure_reason
    assert found.caliper is None


def test_a_lesion_at_the_edge_of_the_baseline_is_carried(baseline, follow_up):
    edge = PlacedCaliper(0, PlaneCaliper(((2, 1), (2, 9))))
    found = carry_over(registered(), edge, baseline, follow_up)
    corner = baseline.pixel_to_lps(0, np.array([[2.0, 5.0]]))[0]
    assert found.centre_lps == pytest.approx(corner + SHIFT, abs=8)
    assert found.caliper is not None


def test_a_pet_is_carried_by_its_ct_without_looking_at_it():
    pet = suv(np.zeros((30, 30, 30)), frame_of_reference_uid="1.9")
    later = suv(np.zeros((30, 30, 30)), frame_of_reference_uid="1.8")
    there = (40.0, 90.0, 100.0)
    found = carry_over(registered(doubt_mm=2.5), there, pet, later)
    assert found.centre_lps == pytest.approx(there + SHIFT)
    assert found.doubt_mm == pytest.approx(2.5)
    assert found.is_sure


def test_slices_with_gaps_are_carried_without_looking_between_them(baseline, follow_up):
    gaps = replace(follow_up, slice_spacing_mm=None)
    found = carry_over(registered(), CALIPER, baseline, gaps)
    assert found.centre_lps == pytest.approx(center(baseline) + SHIFT)
    assert found.slice_index == CALIPER.slice_index


@pytest.mark.parametrize("swapped", [False, True])
def test_a_series_of_another_frame_of_reference_is_refused(
    baseline, follow_up, swapped
):
    other = replace(follow_up, frame_of_reference_uid="1.7")
    pair = (other, follow_up) if swapped else (baseline, other)
    with pytest.raises(GeometryError, match="another frame of reference"):
        carry_over(registered(), CALIPER, *pair)


def test_the_same_question_has_the_same_answer(baseline, follow_up):
    first = carry_over(registered(), CALIPER, baseline, follow_up)
    assert carry_over(registered(), CALIPER, baseline, follow_up) == first
