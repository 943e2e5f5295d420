"""Ellipsoids of every size and orientation, their masks, and what is true of them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from recist_tool.measure.grid import Grid
from recist_tool.measure.mask import Mask

SIZES_MM = (4.0, 120.0)
PIXEL_MM = (0.5, 1.0)
SLICES_MM = (0.6, 8.0)


class Ellipsoid(NamedTuple):
    """An ellipsoid as a scanner saw it: a voxel is inside if its centre is.

    The true axes are those of the longest ellipse among the acquired slices.
    """

    mask: Mask
    diameters_mm: np.ndarray
    long_mm: float
    short_mm: float
    volume_ml: float

    @property
    def pixel_mm(self) -> float:
        """The side of a square as large as a pixel."""
        return math.sqrt(math.prod(self.mask.grid.pixel_spacing_mm))


def random_ellipsoid(chance, *, least_ratio=0.3, slices_mm=SLICES_MM) -> Ellipsoid:
    """Return an ellipsoid that at least one voxel centre lies in."""
    while True:
        longest = math.exp(chance.uniform(*np.log(SIZES_MM)))
        diameters = longest * np.array([1.0, *chance.uniform(least_ratio, 1.0, 2)])
        spacing = np.array([chance.uniform(*slices_mm), *chance.uniform(*PIXEL_MM, 2)])
        made = digitised(
            np.maximum(diameters, SIZES_MM[0]),
            _rotation(chance),
            spacing,
            chance.uniform(0, 1, 3),
        )
        if made.mask.voxels:
            return made


def digitised(diameters_mm, rotation, spacing_mm, offset) -> Ellipsoid:
    """Return an ellipsoid sampled on a grid.

    Parameters
    ----------
    diameters_mm
        Of its three axes.
    rotation
        Shape (3, 3): the axes as columns, in slice, row, column directions.
    offset
        Where its centre lies within a voxel, in voxels.
    """
    form = rotation @ np.diag(4 / diameters_mm**2) @ rotation.T
    reach = np.sqrt(np.diag(np.linalg.inv(form)))
    count = np.ceil(reach / spacing_mm).astype(int) + 1
    shape = tuple((2 * count + 1).tolist())
    points = [
        (np.arange(-n, n + 1) + o) * s
        for n, o, s in zip(count, offset, spacing_mm, strict=True)
    ]
    inside = _inside(form, points)
    long_mm, short_mm = _true_axes(form, points[0])
    steps = np.arange(shape[0])[:, None] * spacing_mm[0]
    grid = Grid(
        shape=shape,
        slice_origins_lps=steps * np.array([0.0, 0.0, 1.0]),
        row_axis_lps=np.array([1.0, 0.0, 0.0]),
        column_axis_lps=np.array([0.0, 1.0, 0.0]),
        pixel_spacing_mm=(float(spacing_mm[1]), float(spacing_mm[2])),
        slice_spacing_mm=float(spacing_mm[0]),
    )
    volume_ml = math.pi / 6 * math.prod(diameters_mm.tolist()) / 1000
    return Ellipsoid(
        Mask.of_full(inside, grid), diameters_mm, long_mm, short_mm, volume_ml
    )


def _inside(form, points):
    z, y, x = np.meshgrid(*points, indexing="ij", sparse=True)
    across = form[1, 1] * y * y + 2 * form[1, 2] * y * x + form[2, 2] * x * x
    through = 2 * z * (form[0, 1] * y + form[0, 2] * x) + form[0, 0] * z * z
    return across + through <= 1


def _true_axes(form, slices_mm):
    """Return the axes of the longest ellipse; those of all slices are similar."""
    plane = form[1:, 1:]
    through = form[0, 0] - form[0, 1:] @ np.linalg.inv(plane) @ form[0, 1:]
    left = max(0.0, float((1 - through * slices_mm**2).max()))
    least, most = np.linalg.eigvalsh(plane)
    return 2 * math.sqrt(left / least), 2 * math.sqrt(left / most)


def _rotation(chance):
    """Return a random rotation: the first column is uniform on the sphere."""
    turned, triangle = np.linalg.qr(chance.normal(size=(3, 3)))
    return turned * np.sign(np.diag(triangle))
