"""A patient at a second scan: lying and breathing otherwise, each point's way known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.filters import read_at
from recist_tool.measure.geometry.volume import Volume
from recist_tool.phantom.anatomy.frame import CAVITY
from recist_tool.phantom.canvas import Slab
from recist_tool.phantom.demo_patient import DEMO_PATIENT
from recist_tool.phantom.fields import Points
from recist_tool.phantom.lesion import paint_lesion
from recist_tool.phantom.noise import softened, unit_noise
from recist_tool.phantom.render import SLAB_SLICES, Scene, anatomy_of
from recist_tool.phantom.spec import Acquisition, Ellipsoid, PointLPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_STILL: Final = Acquisition(
    200,
    280,
    slices=150,
    pixel_spacing_mm=(1.6, 1.6),
    slice_spacing_mm=3.0,
    slice_thickness_mm=3.0,
    center_lps=(0.0, 20.0, -60.0),
)
"""The grid on which the patient is painted once, to be read at moved points."""

_RIB_GAP_MM: Final = 6.0  # over which what slides under the ribs comes to rest
_BEND_MM: Final = 60.0  # scale of the waves that bend the body
_FOUND_MM: Final = 0.1  # the profile of the ribs is a table with steps


class Mass(NamedTuple):
    """A lesion on one scan; its centre is a point of that scan."""

    center_lps: PointLPS
    shape: Ellipsoid
    hu: float


@dataclass(frozen=True)
class Motion:
    """How points of a second scan lie on the first.

    Attributes
    ----------
    turn_deg
        Of the whole body about x, y and z.
    shift_lps
        Of the whole body, mm.
    breath_mm
        How far the top of the liver slides towards the feet, under ribs at rest.
    bend_mm
        Height of the smooth waves that bend the whole body.
    """

    turn_deg: PointLPS = (0.0, 0.0, 0.0)
    shift_lps: PointLPS = (0.0, 0.0, 0.0)
    breath_mm: float = 0.0
    bend_mm: float = 0.0

    def to_first(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the second scan lie on the first.

        Parameters
        ----------
        points_lps
            Shape (points, 3), mm.
        """
        body = (points_lps - np.array(self.shift_lps)) @ _turned(self.turn_deg)
        return body + self._bent(body) + self._breathed(body)

    def to_second(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the first scan lie on the second, to 0.1 mm.

        The inverse of `to_first`, found by walking back.

        Parameters
        ----------
        points_lps
            Shape (points, 3), mm.

        Raises
        ------
        ValueError
            If the motion is too wild to be undone.
        """
        turn = _turned(self.turn_deg)
        found = points_lps @ turn.T + np.array(self.shift_lps)
        for _ in range(200):
            left = points_lps - self.to_first(found)
            if np.abs(left).max(initial=0.0) < _FOUND_MM:
                return found
            found = found + 0.7 * left @ turn.T
        msg = "this motion tears the body apart"
        raise ValueError(msg)

    def _bent(self, body: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y, z = (body / _BEND_MM).T
        waves = (np.sin(z + 0.6 * y), np.sin(0.9 * x + 0.8), np.sin(0.8 * x + y + 2.1))
        return self.bend_mm * np.column_stack(waves)

    def _breathed(self, body: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the way of what lies inside the ribs: up, and a third backwards."""
        moves = self.breath_mm * _mobility(body)
        return np.column_stack((0 * moves, 0.3 * moves, moves))


def _mobility(body: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of the breath a point follows, 0 to 1.

    All of it at the diaphragm, less towards the pelvis and the top of the chest,
    little around the spine, nothing in the wall.
    """
    x, y, z = body.astype(np.float32).T
    inside = np.clip(0.5 - CAVITY(Points(x, y, z)) / _RIB_GAP_MM, 0, 1)
    away = np.clip(np.maximum((z - 20) / 160, (20 - z) / 190), 0, 1)
    height = np.cos(away * np.pi / 2) ** 2
    spine = np.exp(-(((x - 4) / 32) ** 2) - ((y - 62) / 32) ** 2)
    return (inside * height * (1 - spine)).astype(np.float64)


def _turned(turn_deg: PointLPS) -> NDArray[np.float64]:
    """Return the rotation about x, then y, then z, shape (3, 3)."""
    turn = np.eye(3)
    for axis, angle in enumerate(np.deg2rad(turn_deg)):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        one = np.eye(3)
        one[a, a] = one[b, b] = np.cos(angle)
        one[a, b], one[b, a] = -np.sin(angle), np.sin(angle)
        turn = one @ turn
    return turn


def moved_ct(
    grid: Acquisition,
    motion: Motion | None = None,
    masses: Sequence[Mass] = (),
    *,
    seed: int = 1,
    noise_hu: float = 11.0,
) -> Volume:
    """Return a CT of the demo patient's body, moved, with these lesions and no others.

    Parameters
    ----------
    motion
        None for the body at rest.
    masses
        Their centres are points of this scan: see `Motion.to_second`.
    seed
        Of the noise, and for the UIDs, so that two scans differ.
    """
    motion = motion or Motion()
    firsts = range(0, grid.slices, SLAB_SLICES)
    slabs = [_slab(grid, first, motion, masses) for first in firsts]
    noise = [
        unit_noise((seed, at), grid.rows, grid.columns) for at in range(grid.slices)
    ]
    hu = np.concatenate(slabs) + noise_hu * np.stack(noise)
    return Volume(
        voxels=np.clip(np.rint(hu), -1024, 3071).astype(np.int16),
        slice_origins_lps=np.stack(
            [grid.slice_origin_lps(at) for at in range(grid.slices)]
        ),
        row_axis_lps=np.array(grid.row_axis_lps),
        column_axis_lps=np.array(grid.column_axis_lps),
        pixel_spacing_mm=grid.pixel_spacing_mm,
        slice_spacing_mm=grid.slice_spacing_mm,
        slice_thickness_mm=grid.slice_thickness_mm,
        units="HU",
        modality="CT",
        sop_instance_uids=tuple(f"1.2.{seed}.3.{at}" for at in range(grid.slices)),
        series_instance_uid=f"1.2.{seed}.3",
        study_instance_uid=f"1.2.{seed}",
        frame_of_reference_uid=f"1.2.{seed}.1",
    )


def _slab(
    grid: Acquisition, first: int, motion: Motion, masses: Sequence[Mass]
) -> NDArray[np.float32]:
    """Return HU of some slices from `first` on, read from the body at rest."""
    last = min(first + SLAB_SLICES, grid.slices)
    slab = Slab(grid, first, last, (0.0, 0.0, 0.0))
    points = np.stack(np.broadcast_arrays(*slab.straight), axis=-1).reshape(-1, 3)
    there = motion.to_first(points.astype(np.float64))
    index = (there - _STILL.slice_origin_lps(0)) @ np.linalg.inv(_STILL.steps_lps)
    slab.hu[:] = read_at(_at_rest(), index.T).reshape(slab.shape)
    for mass in masses:
        paint_lesion(slab, mass.shape, mass.center_lps, (mass.hu, 0.0))
    hu = slab.hu
    for axis in (1, 2):
        hu = softened(hu, (1.0, 4.0, 1.0), axis)
    return hu.astype(np.float32)


@lru_cache(maxsize=1)
def _at_rest() -> NDArray[np.float32]:
    """Return HU of the demo patient without lesions and noise, on `_STILL`."""
    spec = replace(DEMO_PATIENT, ct=_STILL, lesions=())
    scene = Scene(spec, spec.visits[0], anatomy_of(DEMO_PATIENT))
    slabs = [hu for _, hu in scene.ct_slabs(noise=False)]
    return np.concatenate(slabs).astype(np.float32)
