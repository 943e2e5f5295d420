from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.phantom import DEMO_PATIENT, Acquisition, Ellipsoid
from recist_tool.phantom.section import best_section, pixels, section

AXIAL = replace(DEMO_PATIENT.ct, center_lps=(0.0, 0.0, 0.0), slices=81)

lengths = st.floats(8, 70)
leans = st.floats(-0.6, 0.6)
ellipsoids = st.builds(
    Ellipsoid,
    long_mm=lengths,
    short_mm=lengths,
    height_mm=lengths,
    angle_deg=st.floats(-90, 90),
    lean=st.tuples(leans, leans),
)
positions = st.tuples(*[st.floats(-15, 15)] * 3)


@st.composite
def grids(draw: st.DrawFn) -> Acquisition:
    """Grids turned in any way."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    basis, _ = np.linalg.qr(random.normal(size=(3, 3)))
    row, column = basis[:, 0].tolist(), basis[:, 1].tolist()
    return replace(AXIAL, row_axis_lps=tuple(row), column_axis_lps=tuple(column))


def on_surface(
    shape: Ellipsoid, center: tuple[float, ...], points: np.ndarray
) -> np.ndarray:
    offset = points - np.array(center)
    return np.einsum("ni,ij,nj->n", offset, shape.matrix, offset)


def widest_by_brute_force(
    shape: Ellipsoid, center: tuple[float, ...], grid: Acquisition, index: int
) -> tuple[float, float]:
    """Return the largest and smallest extent of the section over all directions.

    Made of points that bisection puts on the border of the section, with no use of
    eigenvalues: extents along directions have their extremes at the two axes.
    """
    plane = np.array((grid.row_axis_lps, grid.column_axis_lps))
    origin = grid.slice_origin_lps(index)
    nodes = np.linspace(-90, 90, 361)
    u, v = np.meshgrid(nodes, nodes)
    foot = np.array(center) - origin
    flat = np.stack((u.ravel(), v.ravel()), axis=1)
    spots = origin + (plane @ foot + flat) @ plane
    inside = flat[on_surface(shape, center, spots) <= 1] + plane @ foot
    angles = np.deg2rad(np.arange(0, 180, 0.25))
    directions = np.stack((np.cos(angles), np.sin(angles)))
    extents = np.ptp(inside @ directions, axis=0)
    return float(extents.max()), float(extents.min())


@settings(max_examples=25)
@given(shape=ellipsoids, center=positions, grid=grids())
def test_the_axes_of_a_section_are_those_of_its_pixels_on_a_fine_grid(
    shape: Ellipsoid, center: tuple[float, ...], grid: Acquisition
) -> None:
    found = best_section(shape, center, grid)
    assert found is not None
    longest, shortest = widest_by_brute_force(shape, center, grid, found.slice_index)
    assert longest == pytest.approx(found.long_axis_mm, abs=1.1)
    assert shortest == pytest.approx(found.short_axis_mm, abs=1.1)


@settings(max_examples=50)
@given(shape=ellipsoids, center=positions, grid=grids())
def test_the_ends_lie_on_the_surface_on_the_slice_and_cross_at_right_angles(
    shape: Ellipsoid, center: tuple[float, ...], grid: Acquisition
) -> None:
    found = best_section(shape, center, grid)
    assert found is not None
    ends = np.concatenate((found.long_ends_lps, found.short_ends_lps))
    assert on_surface(shape, center, ends) == pytest.approx(np.ones(4), abs=1e-9)
    origin = grid.slice_origin_lps(found.slice_index)
    assert (ends - origin) @ np.array(grid.normal_lps) == pytest.approx(
        np.zeros(4), abs=1e-9
    )
    along, across = ends[0] - ends[1], ends[2] - ends[3]
    assert np.linalg.norm(along) == pytest.approx(found.long_axis_mm)
    assert np.linalg.norm(across) == pytest.approx(found.short_axis_mm)
    assert along @ across == pytest.approx(0, abs=1e-5)


@settings(max_examples=50)
@given(shape=ellipsoids, center=positions, grid=grids())
def test_no_other_slice_shows_a_longer_axis(
    shape: Ellipsoid, center: tuple[float, ...], grid: Acquisition
) -> None:
    best = best_section(shape, center, grid)
    assert best is not None
    for index in range(grid.slices):
        other = section(shape, center, grid, index)
        assert other is None or other.long_axis_mm <= best.long_axis_mm + 1e-6


def test_a_slice_through_the_centre_has_the_axes_that_the_shape_names() -> None:
    shape = Ellipsoid(40, 24, 30, 25, (0.4, -0.3))
    found = best_section(shape, (10.0, -5.0, 15.0), AXIAL)
    assert found is not None
    assert found.long_axis_mm == pytest.approx(40)
    assert found.short_axis_mm == pytest.approx(24)
    assert AXIAL.slice_origin_lps(found.slice_index)[2] == 15.0


def test_a_slice_beside_the_centre_has_shorter_axes_by_the_circle_rule() -> None:
    shape = Ellipsoid(40, 24, 30, 25, (0.4, -0.3))
    found = best_section(shape, (10.0, -5.0, 17.0), AXIAL)
    assert found is not None
    assert found.long_axis_mm == pytest.approx(40 * np.sqrt(1 - (2 / 15) ** 2))


def test_a_lesion_between_or_beyond_the_slices_has_no_section() -> None:
    assert best_section(Ellipsoid(2, 2, 2), (0.0, 0.0, 2.4), AXIAL) is None
    assert best_section(Ellipsoid(9, 9, 9), (0.0, 0.0, 900.0), AXIAL) is None


def test_pixels_of_the_first_pixel_and_its_neighbours_are_zero_and_one() -> None:
    grid = DEMO_PATIENT.ct
    origin = grid.slice_origin_lps(3)
    right, below = grid.steps_lps[2], grid.steps_lps[1]
    points = np.array((origin, origin + right, origin + 2 * below))
    assert pixels(points, grid, 3).tolist() == [[0, 0], [1, 0], [0, 2]]


@given(shape=ellipsoids)
@settings(max_examples=25)
def test_the_volume_is_that_of_the_matrix(shape: Ellipsoid) -> None:
    determinant = np.linalg.det(shape.matrix)
    expected = 4 / 3 * np.pi / np.sqrt(determinant) / 1000
    assert shape.volume_ml == pytest.approx(expected)
