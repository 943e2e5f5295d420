"""A tilted stack made straight: right against what it was made of, and marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recist_tool.errors import GeometryError
from recist_tool.measure.caliper.caliper import PlaneCaliper, as_record
from recist_tool.measure.geometry.resample import FILL, unsheared
from recist_tool.measure.geometry.volume import Volume

DRAWN = PlaneCaliper(((2.0, 2.0), (6.0, 8.0)))


def tilted(value, degrees=14.0, **changes):
    """Return slices of a function of LPS, tilted about x, moved along z."""
    angle = np.radians(degrees)
    axes = np.array([[1, 0, 0], [0, np.cos(angle), np.sin(angle)]])
    shape, spacing, step = (12, 24, 20), (0.9, 0.7), 2.5
    origins = np.array([-7.0, -11.0, -30.0]) + np.arange(12)[:, None] * [0, 0, step]
    options = {
        "voxels": np.zeros(shape, np.float32),
        "slice_origins_lps": origins,
        "row_axis_lps": axes[0],
        "column_axis_lps": axes[1],
        "pixel_spacing_mm": spacing,
        "slice_spacing_mm": None,
        "slice_thickness_mm": step,
        "units": "HU",
        "modality": "CT",
        "sop_instance_uids": tuple(f"1.{index}" for index in range(12)),
        "series_instance_uid": "1",
        "study_instance_uid": "0",
        "frame_of_reference_uid": "2",
        "padding": ((-np.inf, -2000.0),),
    }
    volume = Volume(**(options | changes))
    return replace(volume, voxels=sampled(volume, value))


def sampled(volume, value):
    """Return what a function of LPS is at every voxel."""
    rows, columns = volume.voxels.shape[1:]
    index = np.indices((rows, columns)).reshape(2, -1).T.astype(float)
    slices = [
        value(*volume.pixel_to_lps(number, index).T).reshape(rows, columns)
        for number in range(len(volume.slice_origins_lps))
    ]
    return np.array(slices, dtype=volume.voxels.dtype)


coefficient = st.floats(-20, 20)


@settings(max_examples=40)
@given(
    st.tuples(coefficient, coefficient, coefficient),
    st.floats(-30, 30).filter(lambda degrees: abs(degrees) > 1),
)
def test_what_is_linear_in_the_patient_stays_what_it_was(slope, degrees):
    def value(x, y, z):
        return slope[0] * x + slope[1] * y + slope[2] * z

    straight = unsheared(tilted(value, degrees))
    inside = ~straight.is_padding(straight.voxels)
    assert inside.mean() > 0.4
    truth = sampled(straight, value)
    np.testing.assert_allclose(straight.voxels[inside], truth[inside], atol=0.02)


@pytest.mark.parametrize("degrees", [-20.0, 5.0, 14.0])
def test_a_ball_has_its_diameter_across_the_slices_again(degrees):
    centre, radius = np.array([0.0, 0.0, -16.0]), 8.0

    def ball(x, y, z):
        far = np.sqrt(
            (x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2
        )
        return np.where(far <= radius, 100.0, 0.0)

    straight = unsheared(tilted(ball, degrees))
    inside = np.argwhere(straight.voxels > 50)
    points = inside @ straight.affine_lps[:3, :3].T + straight.affine_lps[:3, 3]
    depths = points @ straight.normal_lps
    assert np.ptp(depths) + straight.slice_spacing_mm == pytest.approx(
        2 * radius, abs=2.5
    )
    np.testing.assert_allclose(points.mean(axis=0), centre, atol=0.4)
    assert len(inside) * straight.voxel_ml == pytest.approx(
        4 / 3 * np.pi * 0.512, rel=0.1
    )


def test_planes_stay_where_they_were_acquired():
    before = tilted(lambda x, y, z: z)
    after = unsheared(before)
    assert after.is_regular
    normal = before.normal_lps
    np.testing.assert_allclose(
        after.slice_origins_lps @ normal, before.slice_origins_lps @ normal, atol=1e-9
    )
    offsets = np.diff(after.slice_origins_lps, axis=0)
    np.testing.assert_allclose(np.cross(offsets, normal), 0, atol=1e-9)


def test_nothing_that_was_acquired_is_lost():
    before = tilted(lambda x, y, z: x + 0 * y)
    after = unsheared(before)
    kept = (~after.is_padding(after.voxels)).sum(axis=(1, 2))
    rows, columns = before.voxels.shape[1:]
    assert (kept >= (rows - 1) * (columns - 1)).all()


def test_padding_does_not_bleed_into_the_image():
    before = tilted(lambda x, y, z: np.where(x < 0, -3024.0, 40.0))
    after = unsheared(before)
    image = after.voxels[~after.is_padding(after.voxels)]
    np.testing.assert_allclose(image, 40.0)
    assert (after.voxels == FILL).any()


def test_whole_numbers_stay_whole_numbers():
    voxels = np.zeros((12, 24, 20), np.int16)
    after = unsheared(tilted(lambda x, y, z: 10 * y, voxels=voxels))
    assert after.voxels.dtype == np.int16


def test_a_resampled_volume_says_so_and_nothing_is_drawn_on_it():
    after = unsheared(tilted(lambda x, y, z: z))
    assert after.is_resampled
    assert "resampled" in after.warnings[-1].text
    assert set(after.sop_instance_uids) == {""}
    with pytest.raises(GeometryError, match="Draw it on the original slices"):
        as_record(after, 3, DRAWN)


def test_a_straight_volume_is_not_resampled():
    straight = tilted(lambda x, y, z: z, degrees=0.0)
    with pytest.raises(GeometryError, match="no shear"):
        unsheared(straight)


def test_slices_with_gaps_are_not_resampled():
    sheared = tilted(lambda x, y, z: z)
    origins = sheared.slice_origins_lps.copy()
    origins[6:] += [0, 0, 2.5]
    with pytest.raises(GeometryError, match="not evenly spaced"):
        unsheared(replace(sheared, slice_origins_lps=origins))


def test_one_slice_is_not_resampled():
    sheared = tilted(lambda x, y, z: z)
    with pytest.raises(GeometryError):
        unsheared(
            replace(
                sheared,
                voxels=sheared.voxels[:1],
                slice_origins_lps=sheared.slice_origins_lps[:1],
            )
        )
