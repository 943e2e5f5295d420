"""Lesions of known shape in noisy CT, beside what a segmentation leaks into."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import ndimage

from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.geometry.volume import Volume
from recist_tool.measure.mask.mask import Mask
from recist_tool.phantom.noise import unit_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

NOISE_HU: Final = 12.0
PSF_SIGMA_MM: Final = 0.6
SUBSLICES: Final = 3
LIVER_HU: Final = 110.0
VESSEL_HU: Final = 180.0
RIB_HU: Final = 350.0
LUNG_HU: Final = -850.0
FAT_HU: Final = -100.0
OUTSIDE_HU: Final = (60.0, FAT_HU, LUNG_HU)  # muscle, fat, lung across the capsule
PLACES: Final = ("alone", "vessel", "capsule", "rib")


@dataclass(frozen=True)
class Scene:
    """What to render.

    Attributes
    ----------
    diameter_mm
        Longest diameter of the ellipsoid before it is dented.
    contrast_hu
        Lesion above its organ; negative for a hypodense one.
    place
        What it lies beside: one of `PLACES`, or ``lung``, ``lung wall``, ``node``.
    """

    diameter_mm: float
    contrast_hu: float
    place: str = "alone"
    seed: int = 0
    spacing_mm: tuple[float, float, float] = (2.5, 0.75, 0.75)
    margin_mm: float = 32.0


class Rendered(NamedTuple):
    """A scene as a series, with what is true of it.

    Attributes
    ----------
    click
        Slice, row, column within the middle of the lesion.
    """

    volume: Volume
    truth: Mask
    click: tuple[int, int, int]


class Shape(NamedTuple):
    """A dented ellipsoid around the origin."""

    half_axes_mm: NDArray[np.float64]
    rotation: NDArray[np.float64]
    dents: NDArray[np.float64]  # direction, phase of each wave
    dent: float = 0.05  # height of each wave, of the radius

    def distance(self, points: Array) -> Array:
        """Return about the distance from the surface, mm; negative inside."""
        turned = points @ self.rotation.astype(np.float32)
        length = np.linalg.norm(turned, axis=-1)
        scaled = turned / self.half_axes_mm.astype(np.float32)
        radius = np.linalg.norm(scaled, axis=-1)
        unit = turned / np.maximum(length, 1e-3)[..., None]
        for wave in self.dents.astype(np.float32):
            radius = radius - np.float32(self.dent) * np.sin(
                3 * (unit @ wave[:3]) + wave[3]
            )
        across = length / np.maximum(np.linalg.norm(scaled, axis=-1), 1e-3)
        return (radius - 1) * across

    def reach(self, direction: NDArray[np.float64]) -> float:
        """Return how far the surface reaches along a direction, mm."""
        steps = np.arange(0, 80, 0.1)
        points = (steps[:, None] * direction).astype(np.float32)
        return float(steps[self.distance(points) < 0].max())


def render(scene: Scene) -> Rendered:
    """Return a scene as a series of int16 HU, always the same."""
    chance = np.random.default_rng(scene.seed)
    shape = _shape(scene, chance)
    reach = scene.diameter_mm / 2 + scene.margin_mm
    points = points_around(reach, scene.spacing_mm)
    lesion = covered(shape.distance(points))
    hu = _surroundings(scene, shape, points, chance)
    inside_hu = hu[tuple(length // 2 for length in hu.shape)] + scene.contrast_hu
    if scene.place in {"lung", "lung wall", "node"}:
        inside_hu = scene.contrast_hu
    hu += (inside_hu - hu) * lesion
    hu, lesion = (in_slices(one) for one in (hu, lesion))
    sigma = PSF_SIGMA_MM / scene.spacing_mm[1]
    hu = blurred(hu, (0, sigma, sigma))
    for index, one in enumerate(hu):
        one += NOISE_HU * unit_noise((scene.seed, index), *one.shape)
    volume = volume_of(hu, scene.spacing_mm)
    truth = Mask.of_full(lesion >= 0.5, volume.grid)
    return Rendered(volume, truth, _click(truth, scene.spacing_mm, chance))


def volume_of(
    hu: NDArray[np.float32],
    spacing_mm: tuple[float, float, float],
    *,
    modality: str = "CT",
    units: str = "HU",
) -> Volume:
    """Return an axial series of an array; CT is rounded to whole HU."""
    slices = len(hu)
    origins = np.zeros((slices, 3))
    origins[:, 2] = np.arange(slices) * spacing_mm[0]
    whole = modality == "CT"
    return Volume(
        voxels=np.rint(hu).astype(np.int16) if whole else hu.astype(np.float32),
        slice_origins_lps=origins,
        row_axis_lps=np.array([1.0, 0.0, 0.0]),
        column_axis_lps=np.array([0.0, 1.0, 0.0]),
        pixel_spacing_mm=spacing_mm[1:],
        slice_spacing_mm=spacing_mm[0],
        slice_thickness_mm=spacing_mm[0],
        units=units,
        modality=modality,
        sop_instance_uids=tuple(f"1.2.3.{number + 1}" for number in range(slices)),
        series_instance_uid="1.2.3",
        study_instance_uid="1.2",
        frame_of_reference_uid="1.2.9",
    )


def _shape(scene: Scene, chance: np.random.Generator) -> Shape:
    half = scene.diameter_mm / 2 * np.array([1.0, *chance.uniform(0.7, 1.0, 2)])
    rotation, _ = np.linalg.qr(chance.normal(size=(3, 3)))
    dents = np.column_stack((chance.normal(size=(3, 3)), chance.uniform(0, 6, 3)))
    dents[:, :3] /= np.linalg.norm(dents[:, :3], axis=1, keepdims=True)
    return Shape(half, rotation, dents)


def points_around(
    reach_mm: float, spacing_mm: tuple[float, float, float], parts: int = SUBSLICES
) -> Array:
    """Return points z, y, x of subslices of a series.

    Parameters
    ----------
    reach_mm
        How far the series goes from its middle, on every side.
    spacing_mm
        From slice to slice, row to row, column to column.
    parts
        Of each slice.

    Returns
    -------
    Shape (subslices, rows, columns, 3), mm from the middle.
    """
    slices, rows, columns = (2 * math.ceil(reach_mm / step) + 1 for step in spacing_mm)
    thin = spacing_mm[0] / parts
    axes = [
        (np.arange(count) - (count - 1) / 2) * step
        for count, step in zip(
            (slices * parts, rows, columns),
            (thin, *spacing_mm[1:]),
            strict=True,
        )
    ]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).astype(np.float32)


def _surroundings(
    scene: Scene, shape: Shape, points: Array, chance: np.random.Generator
) -> Array:
    organ = {"lung": LUNG_HU, "lung wall": LUNG_HU, "node": FAT_HU}
    hu = np.full(points.shape[:3], organ.get(scene.place, LIVER_HU), np.float32)
    tilt = chance.uniform(-0.5, 0.5)
    angle = chance.uniform(0, 2 * math.pi)
    out = np.array([math.sin(tilt), *(math.cos(tilt) * _circle(angle))])
    surface = shape.reach(out) + chance.uniform(0, 1.0)
    along = points @ out.astype(np.float32) - np.float32(surface)
    if scene.place in {"vessel", "lung", "node"}:
        _tube(hu, (points, out, surface, chance))
    elif scene.place != "alone":
        beyond = float(chance.choice(OUTSIDE_HU))
        if scene.place == "lung wall":
            beyond = 50.0
        layer = {"rib": chance.uniform(2, 5)}.get(scene.place, 1e3)
        wall = covered(-along)
        hu += (np.float32(60.0 if layer < 1e3 else beyond) - hu) * wall
        if scene.place == "rib":
            _tube(hu, (points, out, surface + layer, chance), RIB_HU, 6.0)
            far = covered(-(along - np.float32(layer + 13)))
            hu += (np.float32(beyond) - hu) * far
    return hu


def _tube(
    hu: Array,
    at: tuple[Array, NDArray[np.float64], float, np.random.Generator],
    inside_hu: float = VESSEL_HU,
    radius_mm: float | None = None,
) -> None:
    """Lay a vessel or rib tangentially beside the lesion."""
    points, out, surface, chance = at
    radius = radius_mm or chance.uniform(2.5, 5.0)
    along = np.cross(out, chance.normal(size=3))
    along /= np.linalg.norm(along)
    middle = out * (surface + radius)
    value = inside_hu if hu.min() > FAT_HU else 40.0
    hu += (np.float32(value) - hu) * in_tube(points, middle, along, radius)


def in_tube(
    points: Array,
    through: NDArray[np.float64],
    along: NDArray[np.float64],
    radius_mm: float,
) -> Array:
    """Return how much of each voxel an endless tube covers.

    Parameters
    ----------
    points
        Shape (…, 3), mm.
    through
        A point of its axis, shape (3,).
    along
        Unit vector, shape (3,).
    """
    offset = points - through.astype(np.float32)
    run = offset @ along.astype(np.float32)
    away = np.sqrt(np.maximum((offset**2).sum(axis=-1) - run**2, 0))
    return covered(away - np.float32(radius_mm))


def in_slices(subslices: Array, parts: int = SUBSLICES) -> Array:
    """Return the mean of the subslices of each slice."""
    _, rows, columns = subslices.shape
    return subslices.reshape(-1, parts, rows, columns).mean(axis=1)


def covered(distance: Array) -> Array:
    """Return how much of each voxel lies on the inner side of a surface.

    Parameters
    ----------
    distance
        From the surface, mm; negative inside. The answer has its shape.
    """
    return np.clip(0.5 - distance / np.float32(0.75), 0, 1)


def _circle(angle: float) -> NDArray[np.float64]:
    return np.array([math.sin(angle), math.cos(angle)])


def _click(
    truth: Mask, spacing_mm: tuple[float, float, float], chance: np.random.Generator
) -> tuple[int, int, int]:
    """Return a voxel that a reader would click: not too near the border."""
    padded = np.pad(truth.inside, 1)
    depth = ndimage.distance_transform_edt(padded, spacing_mm)[1:-1, 1:-1, 1:-1]
    found = np.argwhere(depth >= 0.6 * depth.max())
    slices, rows, columns = found[chance.integers(len(found))] + truth.start
    return int(slices), int(rows), int(columns)
