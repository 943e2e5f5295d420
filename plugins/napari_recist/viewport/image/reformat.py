"""A series cut along another plane of the patient, without a new value in it.

The voxels are turned, never interpolated, so a plane is one of those of the voxel grid:
the one nearest to the sagittal, coronal or axial plane. A cut is itself a `Volume`,
with its own true geometry; it has no images of its own, so nothing is measured on it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.app.reading import Plane
from recist_tool.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure import Volume


CUTS: Final = {
    Plane.AXIAL: ((0, 1, 0), (1, 0, 0)),
    Plane.SAGITTAL: ((0, 0, -1), (0, 1, 0)),
    Plane.CORONAL: ((0, 0, -1), (1, 0, 0)),
}
"""Patient directions (LPS) of down and right on the screen."""


def cut(volume: Volume, plane: Plane) -> Volume:
    """Return a series cut along a plane; the voxels are shared, not copied.

    Raises
    ------
    GeometryError
        If the slices of the series are not one regular volume.
    """
    if plane not in CUTS:
        return volume
    affine = volume.affine_lps
    spacing = np.array(volume.spacing_mm)
    axes = affine[:3, :3] / spacing
    down, right = (np.array(one, dtype=np.float64) for one in CUTS[plane])
    order = _order(axes, down, right)
    signs = [
        _sign(axes[:, order[0]], np.cross(right, down)),
        _sign(axes[:, order[1]], down),
        _sign(axes[:, order[2]], right),
    ]
    flips = tuple(slice(None, None, sign) for sign in signs)
    voxels = np.transpose(volume.voxels, order)[flips]
    first = [
        0 if sign > 0 else volume.voxels.shape[axis] - 1
        for axis, sign in zip(order, signs, strict=True)
    ]
    corner = np.zeros(3)
    corner[list(order)] = first
    origin = affine[:3, :3] @ corner + affine[:3, 3]
    step = axes[:, order[0]] * signs[0] * spacing[order[0]]
    return replace(
        volume,
        voxels=voxels,
        slice_origins_lps=origin + np.outer(np.arange(voxels.shape[0]), step),
        column_axis_lps=axes[:, order[1]] * signs[1],
        row_axis_lps=axes[:, order[2]] * signs[2],
        pixel_spacing_mm=(float(spacing[order[1]]), float(spacing[order[2]])),
        slice_spacing_mm=float(spacing[order[0]]),
        slice_thickness_mm=None,
        sop_instance_uids=(),
    )


def plane_of(volume: Volume) -> Plane:
    """Return the plane of the patient that is nearest to the slices of a series."""
    normal = np.abs(volume.normal_lps)
    return (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[int(np.argmax(normal))]


def refusal(volume: Volume, plane: Plane) -> str:
    """Return why a series cannot be cut along a plane; empty if it can."""
    if plane is Plane.PROJECTION and volume.modality != "PT":
        return "A MIP is made of PET only."
    if plane is Plane.ACQUIRED:
        return ""
    try:
        spacing = volume.spacing_mm
    except GeometryError as error:
        return str(error)
    return "" if min(spacing) > 0 else "The slices lie on each other."


def _order(
    axes: NDArray[np.float64], down: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[int, int, int]:
    """Return which voxel axis lies across, down and right of the plane."""
    one = int(np.argmax(np.abs(down @ axes)))
    rightness = np.abs(right @ axes)
    rightness[one] = -1
    other = int(np.argmax(rightness))
    return 3 - one - other, one, other


def _sign(axis: NDArray[np.float64], wanted: NDArray[np.float64]) -> int:
    return 1 if float(axis @ wanted) >= 0 else -1
