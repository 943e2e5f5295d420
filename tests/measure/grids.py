"""Grids and volumes for tests of measuring, without files."""

from __future__ import annotations

import numpy as np

from recist_tool.measure.geometry.grid import Grid
from recist_tool.measure.geometry.volume import Volume

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
OBLIQUE = ((0.8, 0.6, 0.0), (-0.36, 0.48, 0.8))


def _geometry(slices, spacing_mm, axes):
    slices_mm, rows_mm, columns_mm = spacing_mm
    row_axis, column_axis = np.array(axes[0]), np.array(axes[1])
    steps = np.arange(slices)[:, None] * slices_mm * np.cross(row_axis, column_axis)
    return {
        "slice_origins_lps": np.array([-20.0, 30.0, 40.0]) + steps,
        "row_axis_lps": row_axis,
        "column_axis_lps": column_axis,
        "pixel_spacing_mm": (rows_mm, columns_mm),
        "slice_spacing_mm": slices_mm,
        "slice_thickness_mm": slices_mm,
        "frame_of_reference_uid": "1.9",
    }


def grid(shape=(5, 20, 30), spacing_mm=(5.0, 0.8, 0.5), axes=AXIAL, **changes):
    """Return a regular grid, or one that differs in the fields named."""
    return Grid(shape=shape, **(_geometry(shape[0], spacing_mm, axes) | changes))


def volume(voxels, spacing_mm=(5.0, 0.8, 0.5), axes=AXIAL, **changes):
    """Return a CT, or what the fields named make of it."""
    described = {
        "units": "HU",
        "modality": "CT",
        "sop_instance_uids": tuple(f"1.2.{number}" for number in range(len(voxels))),
        "series_instance_uid": "1.2",
        "study_instance_uid": "1.1",
    }
    geometry = _geometry(len(voxels), spacing_mm, axes)
    return Volume(voxels=voxels, **(geometry | described | changes))


def suv(voxels, spacing_mm=(4.0, 4.0, 4.0), **changes):
    """Return a PET in SUV by body weight."""
    pet = {"units": "SUVbw", "modality": "PT"}
    return volume(np.asarray(voxels, np.float32), spacing_mm, **(pet | changes))
