"""Ellipsoids of every size and orientation, their masks, and what is true of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.grid import Grid
from recist_tool.measure.mask.mask import Mask

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES_MM: Final = (4.0, 120.0)
PIXEL_MM: Final = (0.5, 1.0)
SLICES_MM: Final = (0.6, 8.0)
LABEL_SPACING_MM: Final = (1.0, 0.8, 0.8)


class Ellipsoid(NamedTuple):
    """An ellipsoid as a scanner saw it: a voxel is inside if its centre is.

    The true axes are those of the longest ellipse among the acquired slices.
    """

    mask: Mask
    diameters_mm: Floats
    long_mm: float
    short_mm: float
    volume_ml: float

    @property
    def pixel_mm(self) -> float:
        """The side of a square as large as a pixel."""
        return math.sqrt(math.prod(self.mask.grid.pixel_spacing_mm))


def random_ellipsoid(
    chance: np.random.Generator,
    *,
    least_ratio: float = 0.3,
    slices_mm: tuple[float, float] = SLICES_MM,
) -> Ellipsoid:
    """Return an ellipsoid that at least one voxel centre lies in.

    Parameters
    ----------
    least_ratio
        Of its other two axes to the longest; 1 makes spheres.
    """
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


def digitised(
    diameters_mm: Floats, rotation: Floats, spacing_mm: Floats, offset: Floats
) -> Ellipsoid:
    """Return an ellipsoid sampled on a grid.

    Parameters
    ----------
    diameters_mm
        Of its three axes, mm.
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


def _inside(form: Floats, points: list[Floats]) -> NDArray[np.bool_]:
    """Return which points of a box an ellipsoid holds."""
    z, y, x = np.meshgrid(*points, indexing="ij", sparse=True)
    across = form[1, 1] * y * y + 2 * form[1, 2] * y * x + form[2, 2] * x * x
    through = 2 * z * (form[0, 1] * y + form[0, 2] * x) + form[0, 0] * z * z
    return across + through <= 1


def _true_axes(form: Floats, slices_mm: Floats) -> tuple[float, float]:
    """Return the axes of the longest ellipse; those of all slices are similar."""
    plane = form[1:, 1:]
    through = form[0, 0] - form[0, 1:] @ np.linalg.inv(plane) @ form[0, 1:]
    left = max(0.0, float((1 - through * slices_mm**2).max()))
    least, most = np.linalg.eigvalsh(plane)
    return 2 * math.sqrt(left / least), 2 * math.sqrt(left / most)


def label_image(count: int, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return ellipsoids of 15 to 50 mm, apart, on voxels of 1 × 0.8 × 0.8 mm."""
    chance = np.random.default_rng(count)
    labels = np.zeros(shape, np.uint8)
    spacing = np.array(LABEL_SPACING_MM)
    for label in range(1, count + 1):
        while not _put(labels, label, _lesion(chance, spacing), chance):
            pass
    return labels


def _lesion(chance: np.random.Generator, spacing: Floats) -> NDArray[np.bool_]:
    diameters = chance.uniform(15, 50) * np.array([1.0, *chance.uniform(0.5, 1.0, 2)])
    return digitised(diameters, _rotation(chance), spacing, np.zeros(3)).mask.inside


def _put(
    labels: NDArray[np.uint8],
    label: int,
    inside: NDArray[np.bool_],
    chance: np.random.Generator,
) -> bool:
    """Draw a lesion anywhere; return whether the place was free."""
    start = chance.integers(0, np.subtract(labels.shape, inside.shape))
    box = labels[tuple(map(slice, start, start + inside.shape))]
    if box.any():
        return False
    box[inside] = label
    return True


def _rotation(chance: np.random.Generator) -> Floats:
    """Return a random rotation: the first column is uniform on the sphere."""
    turned, triangle = np.linalg.qr(chance.normal(size=(3, 3)))
    return turned * np.sign(np.diag(triangle))
