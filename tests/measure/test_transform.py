from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.errors import InputError
from recist_tool.measure.registration.transform import STEP_OF_VALUES, Lattice, Rigid

POINTS = np.array([[3.0, -7.0, 11.0], [0.0, 0.0, 0.0], [25.0, 14.0, 30.0]])


def turn_about(axis: int, angle_deg: float) -> np.ndarray:
    a, b = (axis + 1) % 3, (axis + 2) % 3
    turn, angle = np.eye(3), np.deg2rad(angle_deg)
    turn[a, a] = turn[b, b] = np.cos(angle)
    turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
    return turn


def lattice(shape=(4, 5, 6), numbers=3, seed=1) -> Lattice:
    values = np.random.default_rng(seed).normal(0, 4, (*shape, numbers))
    return Lattice.of(values, np.array([-10.0, -20.0, -30.0]), 12.0)


@given(
    st.integers(0, 2),
    st.floats(-179, 179),
    st.lists(st.floats(-500, 500), min_size=3, max_size=3),
)
def test_the_way_back_of_a_rigid_transform_ends_where_it_began(axis, angle, shift):
    there = Rigid(turn_about(axis, angle), np.array(shift))
    assert there.inverse(there(POINTS)) == pytest.approx(POINTS, abs=1e-9)
    assert there.angle_deg == pytest.approx(abs(angle), abs=1e-5)


def test_at_its_knots_a_lattice_has_its_values():
    found = lattice()
    z, y, x = np.indices((4, 5, 6)).reshape(3, -1)
    knots = np.column_stack((x, y, z)) * 12.0 + found.origin_lps
    values = found.values.reshape(-1, 3)
    assert found.at(knots) == pytest.approx(values, abs=1e-9)
    assert found.straight_at(knots) == pytest.approx(values, abs=1e-5)


def test_between_knots_a_straight_slope_stays_straight():
    rise = np.arange(8.0) * np.ones((8, 8, 1))
    found = Lattice.of(rise[..., np.newaxis], np.zeros(3), 10.0)
    points = np.array([[34.0, 35.0, 31.0], [45.0, 35.0, 31.0]])
    assert found.at(points)[:, 0] == pytest.approx([3.4, 4.5], abs=0.02)


def test_beyond_its_knots_a_lattice_stays_as_it_is_at_the_last():
    found = Lattice.of(np.full((2, 2, 2, 1), 5.0), np.zeros(3), 10.0)
    far = np.array([[-400.0, 0.0, 0.0], [400.0, 400.0, 400.0]])
    assert found.at(far)[:, 0] == pytest.approx([5.0, 5.0])
    assert not found.holds(far).any()
    assert found.holds(np.array([[10.0, 10.0, 0.0]])).all()


@settings(max_examples=25)
@given(st.tuples(*[st.integers(1, 5)] * 3), st.integers(1, 3), st.integers(0, 99))
def test_saving_a_lattice_changes_nothing(shape, numbers, seed):
    found = lattice(shape, numbers, seed)
    again = Lattice.from_json(json.loads(json.dumps(found.as_json())))
    assert np.array_equal(again.values, found.values)
    assert np.array_equal(again.origin_lps, found.origin_lps)
    assert again.step_mm == found.step_mm


def test_the_values_of_a_lattice_are_rounded_when_it_is_made():
    exact = np.full((2, 2, 2, 1), 1.23456)
    found = Lattice.of(exact, np.zeros(3), 10.0)
    assert np.abs(found.values - exact).max() <= STEP_OF_VALUES / 2


@pytest.mark.parametrize(
    "change",
    [
        {"values": "not base64!"},
        {"values": "AAAA"},
        {"shape": [1000, 1000, 1000, 3]},
        {"shape": [0, 1, 1, 3]},
        {"shape": [4, 5, 6]},
        {"shape": [4, 5, 7, 3]},
        {"origin_lps": [1, 2]},
        {"step_mm": "far"},
    ],
)
def test_a_damaged_lattice_is_refused(change):
    saved = lattice().as_json() | change
    with pytest.raises(InputError, match="its lattice is damaged"):
        Lattice.from_json(saved)


def test_a_lattice_without_values_is_refused():
    saved = lattice().as_json()
    del saved["values"]
    with pytest.raises(InputError, match="its lattice is damaged"):
        Lattice.from_json(saved)
