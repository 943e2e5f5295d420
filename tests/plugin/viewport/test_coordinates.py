from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_recist.viewport.image.coordinates import (
    ends_on_slice,
    is_inside,
    layer_scale,
    nearest_slice,
    pixel_at,
    screen_of,
    towards_head,
    world_of,
)
from tests.plugin.volumes import volume

pixels = st.tuples(st.floats(0, 500), st.floats(0, 500))


@given(pixels, st.floats(0.1, 4), st.floats(0.1, 4))
def test_pixel_to_world_and_back_is_the_identity(
    pixel: tuple[float, float], rows: float, columns: float
) -> None:
    series = volume(spacing=(rows, columns))
    assert pixel_at((7.5, *world_of(pixel, series)), series) == pytest.approx(pixel)


def test_a_regular_series_is_shown_in_millimetres() -> None:
    assert layer_scale(volume(spacing=(0.5, 0.8))) == (2.5, 0.5, 0.8)


def test_a_series_without_even_steps_is_shown_in_its_own_index_space() -> None:
    assert layer_scale(volume(slice_spacing=None)) == (1.0, 0.5, 0.5)


def test_a_series_without_pixel_spacing_is_shown_pixel_by_pixel() -> None:
    assert layer_scale(volume(spacing=None)) == (2.5, 1.0, 1.0)


def test_half_a_pixel_around_the_image_is_still_on_it() -> None:
    series = volume()
    assert is_inside((-0.5, 79.5), series)
    assert not is_inside((-0.6, 10), series)
    assert not is_inside((63.6, 10), series)


def test_the_slice_index_grows_towards_the_head_or_away_from_it() -> None:
    assert towards_head(volume()) == 1
    assert towards_head(volume(flip=True)) == -1


@pytest.mark.parametrize("slice_index", [0, 2, 4])
def test_a_point_on_a_slice_finds_that_slice(slice_index: int) -> None:
    for series in (volume(), volume(flip=True)):
        (point,) = series.pixel_to_lps(slice_index, np.array([[20.0, 30.0]]))
        assert nearest_slice(series, point) == slice_index


def test_a_point_far_beyond_the_stack_finds_no_slice() -> None:
    assert nearest_slice(volume(), (0, 0, 4 * 2.5 + 4.9)) == 4
    assert nearest_slice(volume(), (0, 0, 4 * 2.5 + 5.1)) is None
    assert nearest_slice(volume(), (0, 0, -60)) is None


def test_an_axis_of_another_series_lands_where_it_lies_in_the_patient() -> None:
    fine, coarse = volume(spacing=(0.5, 0.5)), volume(spacing=(1.0, 2.0))
    ends = fine.pixel_to_lps(3, np.array([[10.0, 20.0], [30.0, 40.0]]))
    assert ends_on_slice(coarse, 3, ends) == ((5.0, 5.0), (15.0, 10.0))


def test_the_centre_of_the_camera_is_the_middle_of_the_canvas() -> None:
    assert screen_of((30, 40), (30, 40), 3.0, (600, 800)) == (400, 300)
    assert screen_of((31, 42), (30, 40), 3.0, (600, 800)) == (406, 303)
