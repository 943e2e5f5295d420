"""Cuts of a series, its projection, and PET in the grid of a CT."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_recist.viewport.image import fusion
from napari_recist.viewport.image.mip import VIEWS, projections
from napari_recist.viewport.image.reformat import CUTS, cut, plane_of, refusal
from recist_tool.app.reading.hanging_protocol import Plane
from recist_tool.errors import GeometryError
from tests.plugin.volumes import volume

if TYPE_CHECKING:
    from recist_tool.measure import Volume


def silent(done: int, total: int) -> None:
    """Hear of progress and do nothing."""


def turned(row: tuple[float, ...], column: tuple[float, ...]) -> Volume:
    axes = np.array(row), np.array(column)
    corner = np.array([10.0, -20.0, 30.0])
    origins = corner + np.outer(np.arange(5) * 2.5, np.cross(*axes))
    return replace(
        volume(),
        row_axis_lps=axes[0],
        column_axis_lps=axes[1],
        slice_origins_lps=origins,
    )


SERIES = {
    "axial": turned((1, 0, 0), (0, 1, 0)),
    "axial from below": turned((1, 0, 0), (0, -1, 0)),
    "coronal": turned((1, 0, 0), (0, 0, -1)),
    "sagittal": turned((0, 1, 0), (0, 0, -1)),
    "oblique": turned((0.8, 0.6, 0), (-0.6, 0.8, 0)),
}


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("plane", CUTS)
@given(where=st.tuples(*(st.floats(0, 1, exclude_max=True) for _ in range(3))))
def test_every_voxel_of_a_cut_lies_where_it_lay_in_the_patient(
    name: str, plane: Plane, where: tuple[float, float, float]
) -> None:
    series = SERIES[name]
    shown = cut(series, plane)
    index = tuple(
        int(part * size) for part, size in zip(where, shown.voxels.shape, strict=True)
    )
    point = shown.pixel_to_lps(index[0], np.array([index[1:]], dtype=float))[0]
    there = np.linalg.solve(series.affine_lps, np.append(point, 1.0))[:3]
    back = tuple(np.rint(there).astype(int))
    assert np.allclose(there, back, atol=1e-6)
    assert shown.voxels[index] == series.voxels[back]


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("plane", CUTS)
def test_a_cut_lies_upright_and_is_regular(name: str, plane: Plane) -> None:
    shown = cut(SERIES[name], plane)
    down, right = CUTS[plane]
    assert shown.row_axis_lps @ np.array(right) > 0.7
    assert shown.column_axis_lps @ np.array(down) > 0.7
    assert shown.is_regular
    assert plane_of(shown) is plane
    depths = shown.slice_origins_lps @ shown.normal_lps
    assert np.all(np.diff(depths) > 0)


def test_a_cut_shares_the_memory_of_its_series() -> None:
    series = volume()
    assert np.shares_memory(cut(series, Plane.SAGITTAL).voxels, series.voxels)


def test_an_irregular_series_is_not_cut_and_says_why() -> None:
    series = volume(slice_spacing=None)
    assert "not one regular volume" in refusal(series, Plane.CORONAL)
    assert refusal(series, Plane.ACQUIRED) == ""
    with pytest.raises(GeometryError):
        cut(series, Plane.CORONAL)


def test_a_projection_is_made_of_pet_only() -> None:
    assert "PET only" in refusal(volume(), Plane.PROJECTION)
    assert refusal(volume(modality="PT"), Plane.PROJECTION) == ""


def pet_with_a_spot() -> Volume:
    voxels = np.zeros((6, 20, 24), np.float32)
    voxels[4, 5, 18] = 7.0
    return replace(
        volume(slices=6, spacing=(4.0, 4.0), modality="PT", units="SUVbw"),
        voxels=voxels,
    )


def test_a_projection_shows_a_spot_from_all_sides_at_its_height() -> None:
    pet = pet_with_a_spot()
    around = projections(pet, silent)
    assert around.voxels.shape[0] == VIEWS
    for view in around.voxels:
        row, _ = np.unravel_index(np.argmax(view), view.shape)
        assert row == 1  # slice 4 of 0 … 5, with the head at the top
        assert view.max() > 2.0


def test_the_first_projection_is_from_the_front_with_the_left_side_on_the_right() -> (
    None
):
    pet = pet_with_a_spot()
    front = projections(pet, silent)
    row, column = np.unravel_index(np.argmax(front.voxels[0]), front.voxels[0].shape)
    point = front.pixel_to_lps(0, np.array([[row, column]], dtype=float))[0]
    true = pet.pixel_to_lps(4, np.array([[5.0, 18.0]]))[0]
    assert point[0] == pytest.approx(true[0], abs=2.1)
    assert point[2] == pytest.approx(true[2], abs=1e-6)


def test_opposite_projections_are_mirror_images() -> None:
    around = projections(pet_with_a_spot(), silent).voxels
    assert np.array_equal(around[0][:, ::-1], around[VIEWS // 2])


@given(shift=st.tuples(*(st.floats(-6, 6) for _ in range(3))))
def test_a_fused_pet_shows_each_place_at_the_place_where_it_is(
    shift: tuple[float, float, float],
) -> None:
    """A PET whose values are the x, y or z of its voxels reads true on the CT."""
    grid = volume(slices=8, spacing=(4.0, 4.0), slice_spacing=4.0, modality="PT")
    grid = replace(grid, slice_origins_lps=grid.slice_origins_lps + np.array(shift))
    indices = np.indices(grid.voxels.shape).reshape(3, -1)
    places = grid.affine_lps[:3, :3] @ indices + grid.affine_lps[:3, 3:]
    ct = volume(slices=9)
    for axis in range(3):
        values = places[axis].reshape(grid.voxels.shape).astype(np.float32)
        overlay = fusion.resampled(replace(grid, voxels=values), ct, silent)
        every = overlay.every
        for at in ((5, 4, 5), (6, 7, 8)):
            pixel = np.array([[at[1] * every, at[2] * every]], dtype=float)
            point = ct.pixel_to_lps(at[0], pixel)[0]
            if np.all(point >= np.array(shift)):
                assert overlay.values[at] == pytest.approx(point[axis], abs=1e-2)


def test_pet_and_ct_without_a_common_frame_of_reference_are_not_fused() -> None:
    pet = replace(volume(modality="PT"), frame_of_reference_uid="1.2.7")
    assert "frame of reference" in fusion.refusal(pet, volume())
    unknown = replace(volume(modality="PT"), frame_of_reference_uid="")
    nowhere = replace(volume(), frame_of_reference_uid="")
    assert "frame of reference" in fusion.refusal(unknown, nowhere)
    assert fusion.refusal(volume(modality="PT"), volume()) == ""


def test_an_irregular_pet_is_not_fused() -> None:
    pet = volume(modality="PT", slice_spacing=None)
    assert "slices of the PET" in fusion.refusal(pet, volume())
    ct = volume(slice_spacing=None)
    assert "slices of the CT" in fusion.refusal(volume(modality="PT"), ct)
    assert "no PET" in fusion.refusal(None, volume())
