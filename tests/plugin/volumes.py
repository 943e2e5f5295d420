"""Volumes for tests of the plugin, without files."""

from __future__ import annotations

import numpy as np

from recist_tool.measure import Volume


def volume(
    slices: int = 5,
    spacing: tuple[float, float] | None = (0.5, 0.5),
    slice_spacing: float | None = 2.5,
    modality: str = "CT",
    units: str = "HU",
    flip: bool = False,
) -> Volume:
    """Return an axial series of 64 x 80 pixels; flipped, its normal points down."""
    step = slice_spacing or 2.5
    origins = np.zeros((slices, 3))
    origins[:, 2] = np.arange(slices) * (-step if flip else step)
    voxels = np.arange(slices * 64 * 80, dtype=np.int16).reshape(slices, 64, 80)
    return Volume(
        voxels=voxels,
        slice_origins_lps=origins,
        row_axis_lps=np.array([1.0, 0.0, 0.0]),
        column_axis_lps=np.array([0.0, -1.0 if flip else 1.0, 0.0]),
        pixel_spacing_mm=spacing,
        slice_spacing_mm=slice_spacing,
        slice_thickness_mm=step,
        units=units,
        modality=modality,
        sop_instance_uids=tuple(f"1.2.3.{number}" for number in range(slices)),
        series_instance_uid="1.2.3",
        study_instance_uid="1.2",
        frame_of_reference_uid="1.2.9",
    )
