"""A lesion's surface seen from within: how far it lies along each of many rays.

The rays form a grid on the sphere: latitudes from one pole of the slice axis to the
other, longitudes around it. Where the slices are no regular volume, one latitude is
left: the plane of the slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recist_tool.measure.geometry.filters import read_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.geometry.patch import Patch

    Floats = NDArray[np.float32]
    Angles = NDArray[np.float64]
    Point = tuple[float, float, float]

LATITUDES: Final = 16
LONGITUDES: Final = 40
"""Rays 9 to 11 degrees apart; even, so that each path goes on beyond the pole."""

_STEEPEST: Final = 6  # labels between neighbours: a factor of 1.4 in radius at first


@dataclass(frozen=True, eq=False)
class Rays:
    """Directions from one point, and the image that they are cast through.

    Attributes
    ----------
    image
        A box of an image, shape (slices, rows, columns).
    spacing_mm
        Of its voxels.
    flat
        Whether all rays stay in one slice.
    """

    image: Floats
    spacing_mm: tuple[float, float, float]
    flat: bool = False

    @cached_property
    def polar(self) -> Angles:
        """Angle of each latitude from the slice axis, rad, shape (latitudes,)."""
        if self.flat:
            return np.array([np.pi / 2])
        return (np.arange(LATITUDES) + 0.5) * np.pi / LATITUDES

    @cached_property
    def share(self) -> Angles:
        """How much of the sphere each ray stands for, shape (latitudes, 1)."""
        return np.sin(self.polar)[:, None] / np.sin(self.polar).sum() / LONGITUDES

    @cached_property
    def directions(self) -> Angles:
        """Unit vectors z, y, x in mm, shape (latitudes, longitudes, 3)."""
        around = np.arange(LONGITUDES) * 2 * np.pi / LONGITUDES
        polar = self.polar[:, None]
        up = np.zeros((1, 1)) if self.flat else np.cos(polar)
        out = np.sin(polar)
        parts = np.broadcast_arrays(up, out * np.sin(around), out * np.cos(around))
        return np.stack(parts, axis=-1)

    def cast(self, centre: Point, radii_mm: Angles) -> Floats:
        """Return the image along each ray, shape (latitudes, longitudes, radii).

        Parameters
        ----------
        centre
            Voxel in the box, fractions allowed.
        radii_mm
            Shape (radii,), or (latitudes, longitudes, radii).
        """
        steps = self.directions / np.array(self.spacing_mm)
        places = [centre[axis] + steps[..., axis, None] * radii_mm for axis in range(3)]
        return read_at(self.image, places)

    def centroid(self, centre: Point, radius_mm: Angles) -> Point:
        """Return the centre of mass of what a surface holds.

        Parameters
        ----------
        centre
            Voxel in the box, fractions allowed; so is the answer.
        radius_mm
            Of the surface, shape (latitudes, longitudes).
        """
        power = 2 if self.flat else 3
        moment = self.share * radius_mm ** (power + 1) / (power + 1)
        mass = float((self.share * radius_mm**power / power).sum())
        shift = (self.directions * moment[..., None]).sum(axis=(0, 1)) / mass
        slices, rows, columns = (np.array(centre) + shift / self.spacing_mm).tolist()
        return slices, rows, columns


def offsets_mm(places: range, middle: float, step_mm: float) -> Angles:
    """Return how far voxels along one axis of a grid are from a point, mm.

    Parameters
    ----------
    places
        Indices of the voxels.
    middle
        Where the point lies, in voxels; fractions allowed.

    Returns
    -------
    Shape (places,), below 0 before the point.
    """
    return (np.array(places, np.float64) - middle) * step_mm


def distances_mm(patch: Patch, at: Point) -> Floats:
    """Return how far each voxel of a patch is from a point in it, mm; its shape."""
    z, y, x = (
        offsets_mm(range(count), middle, step) ** 2
        for count, middle, step in zip(
            patch.image.shape, at, patch.spacing_mm, strict=True
        )
    )
    return np.sqrt(z[:, None, None] + y[:, None] + x).astype(np.float32)


def voxels_inside(
    radius_mm: Angles, offsets_mm: tuple[Angles, Angles, Angles]
) -> NDArray[np.bool_]:
    """Return which voxels a surface holds.

    Parameters
    ----------
    radius_mm
        Shape (latitudes, longitudes).
    offsets_mm
        Along slices, rows and columns from the centre, each of one dimension.
    """
    z, y, x = np.ix_(*offsets_mm)
    latitudes, longitudes = radius_mm.shape
    distance = np.sqrt(z * z + y * y + x * x)
    polar = np.arccos(np.clip(z / np.maximum(distance, 1e-9), -1, 1))
    around = np.arctan2(y, x) % (2 * np.pi) + np.zeros_like(z)
    opposite = np.roll(radius_mm, longitudes // 2, axis=1)
    closed = np.concatenate((opposite[:1], radius_mm, opposite[-1:]))
    closed = np.concatenate((closed, closed[:, :1]), axis=1)
    places = [polar / np.pi * latitudes + 0.5, around / (2 * np.pi) * longitudes]
    reach = read_at(closed, places)
    return distance <= reach


def ellipsoid_radius(
    long_half_mm: Angles, short_half_mm: float, *, flat: bool = False
) -> Angles:
    """Return the surface of an ellipsoid that is round across its long axis.

    Parameters
    ----------
    long_half_mm
        Half the long axis along slices, rows and columns, shape (3,).
    short_half_mm
        Half of what it is across.
    flat
        Whether all rays stay in one slice.

    Returns
    -------
    Its radius along each ray, shape (latitudes, longitudes).
    """
    rays = Rays(np.zeros((1, 1, 1), np.float32), (1.0, 1.0, 1.0), flat)
    long_mm = float(np.linalg.norm(long_half_mm))
    along = (rays.directions @ (long_half_mm / long_mm)) ** 2
    return 1 / np.sqrt(along / long_mm**2 + (1 - along) / max(short_half_mm, 1e-6) ** 2)


def smooth_surface(
    cost: Floats, polar: NDArray[np.float64], stiffness: float
) -> NDArray[np.float64]:
    """Return the label of each ray: cheap for itself, and near its neighbours'.

    Semi-global matching (Hirschmüller 2008): the best path to each ray along four
    directions decide together. Paths run around circles of
    latitude, and over the poles.

    Parameters
    ----------
    cost
        Shape (latitudes, longitudes, labels).
    stiffness
        Cost of a step of one label between neighbours at the equator.

    Returns
    -------
    Labels with fractions, shape (latitudes, longitudes).
    """
    latitudes, longitudes, _ = cost.shape
    around = stiffness / np.maximum(np.sin(polar), 0.35) ** 2
    total = _both_ways(np.moveaxis(cost, 1, 0), around)
    total = np.moveaxis(total, 0, 1)
    if latitudes > 1:
        half = longitudes // 2
        circles = np.concatenate((cost[:, :half], cost[::-1, half:]))
        over = _both_ways(circles, stiffness * np.ones(half))
        total[:, :half] += over[:latitudes]
        total[:, half:] += over[latitudes:][::-1]
    return _lowest(total)


def _both_ways(cost: Floats, stiffness: NDArray[np.float64]) -> Floats:
    """Return the cost of the best paths to each label, from before and from behind.

    Shape (places, paths, labels); both directions are walked at once.
    """
    paths = cost.shape[1]
    found = _along(np.concatenate((cost, cost[::-1]), axis=1), np.tile(stiffness, 2))
    return found[:, :paths] + found[::-1, paths:] - cost


def _along(cost: Floats, stiffness: NDArray[np.float64]) -> Floats:
    """Return the cost of the best path to each label, around a circle.

    Shape (places, paths, labels); each path has a quarter of a lap behind it where it
    begins, as what lies further back bends it no more.
    """
    places, paths, labels = cost.shape
    result = np.empty_like(cost)
    steps = np.arange(-_STEEPEST, _STEEPEST + 1, dtype=np.float32) ** 2
    bend = steps[:, None, None] * stiffness[:, None].astype(np.float32)
    # each label beside its neighbours, as so many views of one row with a margin
    room = np.full((paths, labels + 2 * _STEEPEST), np.inf, np.float32)
    before = room[:, _STEEPEST : _STEEPEST + labels]
    shifted = np.moveaxis(sliding_window_view(room, labels, axis=1), 1, 0)
    dearer = np.empty(shifted.shape, np.float32)
    run_up = places // 4
    before[:] = cost[-run_up - 1]
    for place in [*range(-run_up, 0), *range(places)]:
        np.add(shifted, bend, out=dearer)
        best = dearer.min(axis=0)
        best -= best.min(axis=1, keepdims=True)
        np.add(cost[place], best, out=before)
        result[place] = before
    return result


def _lowest(total: Floats) -> NDArray[np.float64]:
    """Return the lowest label of each ray, refined by a parabola through three."""
    last = total.shape[2] - 1
    found = np.clip(total.argmin(axis=2), 1, last - 1)
    left, middle, right = (
        np.take_along_axis(total, found[..., None] + step, 2)[..., 0].astype(float)
        for step in (-1, 0, 1)
    )
    bend = left - 2 * middle + right
    shift = np.where(bend > 0, (left - right) / (2 * np.where(bend > 0, bend, 1)), 0.0)
    return found + np.clip(shift, -0.5, 0.5)
