"""A CT at a few millimetres, on axes of the patient: what registration looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from recist_tool.errors import GeometryError
from recist_tool.measure.geometry.filters import read_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.volume import Volume

AIR_HU: Final = -1000.0
_BODY_HU: Final = -300.0  # fat and denser; lung and gas are filled afterwards
_COUCH_MM: Final = 12.0  # what is thinner is no body


@dataclass(frozen=True, eq=False)
class Coarse:
    """HU on an isotropic grid along z, y, x of the patient.

    Attributes
    ----------
    hu
        Shape (z, y, x), float32; air where nothing was scanned.
    seen
        Where something was scanned, same shape.
    origin_lps
        Centre of the first voxel: x, y, z, mm.
    step_mm
        Edge of a voxel.
    """

    hu: NDArray[np.float32]
    seen: NDArray[np.bool_]
    origin_lps: NDArray[np.float64]
    step_mm: float

    def index_of(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return z, y, x indices of points, shape (3, points), fractions kept."""
        return ((points_lps - self.origin_lps) / self.step_mm).T[::-1]

    def points_lps(self) -> NDArray[np.float64]:
        """Return the centres of all voxels, shape (voxels, 3), in their order."""
        z, y, x = np.indices(self.hu.shape).reshape(3, -1)
        return self.origin_lps + self.step_mm * np.column_stack((x, y, z))

    def at(
        self, points_lps: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return HU at points, and which of them were scanned; shape (points,)."""
        index = self.index_of(points_lps)
        hu = read_at(self.hu, index, outside=AIR_HU)
        return hu, read_at(self.seen.view(np.uint8), index, outside=0.0) > 0.5

    def with_values(self, values: NDArray[np.float32]) -> Coarse:
        """Return the same grid with other values.

        Parameters
        ----------
        values
            HU, shape (z, y, x) of `hu`.
        """
        return replace(self, hu=values)

    def cropped(self, to: NDArray[np.bool_], margin: int = 2) -> Coarse:
        """Return the smallest box that holds a mask, and some voxels around it.

        Parameters
        ----------
        to
            Shape (z, y, x) of `hu`; it holds some voxel.
        margin
            Voxels around it, as far as the scan goes.
        """
        found = np.argwhere(to)
        low = np.maximum(found.min(axis=0) - margin, 0)
        high = found.max(axis=0) + 1 + margin
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        origin_lps = self.origin_lps + self.step_mm * low[::-1]
        return Coarse(self.hu[box], self.seen[box], origin_lps, self.step_mm)

    def halved(self) -> Coarse:
        """Return the same at twice the step, each voxel the mean of eight."""
        even = tuple(length // 2 * 2 for length in self.hu.shape)
        inner = tuple(slice(0, length) for length in even)
        split = tuple(part for length in even for part in (length // 2, 2))
        return Coarse(
            self.hu[inner].reshape(split).mean(axis=(1, 3, 5)),
            np.asarray(self.seen[inner].reshape(split).all(axis=(1, 3, 5))),
            self.origin_lps + self.step_mm / 2,
            2 * self.step_mm,
        )


def coarsened(volume: Volume, step_mm: float) -> Coarse:
    """Return a CT at `step_mm`, along the axes of the patient.

    Voxels are averaged in blocks first, so that noise goes and nothing is aliased.

    Raises
    ------
    GeometryError
        If the slices are not one regular volume, or the volume is not in HU.
    """
    if volume.units != "HU":
        raise GeometryError.at(
            "registration",
            f"a {volume.modality or 'series'} in {volume.units} cannot be aligned",
            "Choose the CT; PET of the same visit follows it",
        )
    blocks, affine = _block_means(volume, step_mm)
    low, shape = _enclosing(affine, blocks.shape, step_mm)
    to_lps = np.eye(4)
    to_lps[:3, :3] = step_mm * np.eye(3)[::-1]
    to_lps[:3, 3] = low
    to_block = np.linalg.inv(affine) @ to_lps
    hu = _resampled(blocks, to_block, shape, AIR_HU)
    seen = _resampled(np.ones_like(blocks), to_block, shape, 0.0) > 0.5
    return Coarse(hu, seen, low, step_mm)


def body(coarse: Coarse) -> NDArray[np.bool_]:
    """Return the body with all air inside it, without couch and arms apart.

    Empty where nothing is denser than air.

    Returns
    -------
    Shape (z, y, x) of the scan.
    """
    layers = max(1, round(_COUCH_MM / 2 / coarse.step_mm))
    dense = coarse.hu > _BODY_HU
    thick = ndimage.binary_erosion(dense, iterations=layers, border_value=1)
    thick = ndimage.binary_dilation(thick, iterations=layers) & dense
    filled = [ndimage.binary_fill_holes(each) for each in _largest_part(thick)]
    return np.stack(filled)


def _largest_part(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the largest connected part of a mask; empty where the mask is."""
    numbered, _ = ndimage.label(mask)
    sizes = np.bincount(numbered.ravel())
    sizes[0] = 0
    return (numbered == sizes.argmax()) & mask


def _resampled(
    image: NDArray[np.float32],
    to_index: NDArray[np.float64],
    shape: tuple[int, int, int],
    outside: float,
) -> NDArray[np.float32]:
    """Return an image on another grid, whose indices `to_index` (4, 4) takes to its."""
    found = np.empty(shape, np.float32)
    ndimage.affine_transform(image, to_index, output=found, order=1, cval=outside)
    return found


def _block_means(
    volume: Volume, step_mm: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return means of blocks of at most `step_mm`, and their affine to LPS."""
    affine = volume.affine_lps.copy()
    factors = [
        min(max(1, int(step_mm / spacing)), length)
        for spacing, length in zip(volume.spacing_mm, volume.shape, strict=True)
    ]
    counts = [n // k for n, k in zip(volume.shape, factors, strict=True)]
    means = np.empty(counts, np.float32)
    slices, rows, columns = factors
    for at in range(counts[0]):
        means[at] = _slab_mean(
            volume.voxels[at * slices : (at + 1) * slices], (rows, columns)
        )
    affine[:3, 3] += affine[:3, :3] @ (np.array(factors) - 1) / 2
    affine[:3, :3] *= factors
    return np.clip(means, AIR_HU, None, out=means), affine


def _slab_mean(
    voxels: NDArray[np.int16] | NDArray[np.float32], factors: tuple[int, int]
) -> NDArray[np.float32]:
    """Return means over some whole slices and blocks of rows and columns."""
    rows, columns = (n // k for n, k in zip(voxels.shape[1:], factors, strict=True))
    inner = voxels[:, : rows * factors[0], : columns * factors[1]]
    total = inner.sum(axis=0, dtype=np.float32)
    total = total.reshape(rows, factors[0], columns, factors[1]).sum(axis=(1, 3))
    return total / np.float32(len(voxels) * factors[0] * factors[1])


def _enclosing(
    affine: NDArray[np.float64], shape: tuple[int, ...], step_mm: float
) -> tuple[NDArray[np.float64], tuple[int, int, int]]:
    """Return lowest corner (x, y, z) and shape (z, y, x) of the box around a grid."""
    ends = np.stack(np.meshgrid(*((0, n - 1) for n in shape))).reshape(3, -1)
    corners = (affine[:3, :3] @ ends).T + affine[:3, 3]
    low = corners.min(axis=0)
    x, y, z = (np.floor((corners.max(axis=0) - low) / step_mm) + 1).astype(int).tolist()
    return low, (z, y, x)
