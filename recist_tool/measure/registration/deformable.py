"""How organs lie on one scan against the other, once the patient lies the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from recist_tool.measure.geometry.filters import blurred, read_at
from recist_tool.measure.registration.itk import demons_field
from recist_tool.measure.registration.transform import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.progress import Work
    from recist_tool.measure.registration.rigid import ScanPair
    from recist_tool.measure.registration.transform import Rigid
    from recist_tool.measure.registration.translation_search import Coarse

KNOTS: Final = 3
"""Voxels from one knot of the lattice to the next: it stays small enough to save."""

_ITERATIONS: Final = (40, 40, 20)  # coarse first; the last, slow ones have little left
_DUE: Final = (0.0, 0.02, 0.15, 1.0)  # part of the time after each level
_QUANTILES: Final = 101  # percents, by which contrast phases are matched
_EDGES_HU: Final = (-150.0, 250.0)  # soft tissue, from fat to enhanced vessels
_OUTSIDE: Final = 0.15  # weight of air and bone, which are seen but do not rule


def bent(pair: ScanPair, rigid: Rigid, work: Work) -> Lattice:
    """Return the way of each point of the fixed scan before the rigid part, mm.

    Coarse first: demons at four, two and one steps of the scans.

    Parameters
    ----------
    rigid
        From the fixed scan to the moving one, whose voxels need not lie alike.
    work
        Told after each step of the demons.

    Returns
    -------
    Ways along x, y, z of the patient at every third voxel of the fixed scan.

    Raises
    ------
    Cancelled
        If the work is to stop.
    """
    levels = [pair]
    for _ in _ITERATIONS[1:]:
        levels.insert(0, levels[0].halved())
    field_mm = np.zeros((*levels[0].fixed.hu.shape, 3))
    last = levels[0].fixed
    for at, level in enumerate(levels):
        name = f"bending at {level.fixed.step_mm:.0f} mm"
        stage = work.stage(name, _DUE[at], _DUE[at + 1])
        field_mm = _onto(level.fixed, last, field_mm)
        field_mm = _demons(level, rigid, field_mm, (_ITERATIONS[at], stage))
        last = level.fixed
    return _knotted(last, field_mm)


def squeezed(hu: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return HU with soft tissue as it is, and air and bone close to it.

    Parameters
    ----------
    hu
        Of any shape, which the answer has too.
    """
    low, high = _EDGES_HU
    soft = np.clip(hu, low, high)
    beyond = np.clip(hu, -1000, 1000) - soft
    return (soft + _OUTSIDE * beyond).astype(np.float32)


def _demons(
    level: ScanPair,
    rigid: Rigid,
    start_mm: NDArray[np.float64],
    effort: tuple[int, Work],
) -> NDArray[np.float64]:
    fixed, moving = level
    hu, seen = moving.at(rigid(fixed.points_lps()))
    shape = fixed.hu.shape
    target = squeezed(fixed.hu)
    common = seen.reshape(shape)
    moved = _matched(squeezed(hu.reshape(shape)), target, common)
    iterations, work = effort
    return demons_field(fixed.with_values(target), moved, start_mm, iterations, work)


def _matched(
    moved: NDArray[np.float32], target: NDArray[np.float32], common: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return values as frequent as those of the target, since phases may differ.

    Where the other scan has nothing it becomes the target, so that nothing pulls.
    """
    if not common.any():
        return target
    parts = np.linspace(0, 1, _QUANTILES)
    found, wanted = (np.quantile(each[common], parts) for each in (moved, target))
    levels, first = np.unique(found, return_index=True)
    return np.where(common, np.interp(moved, levels, wanted[first]), target).astype(
        np.float32
    )


def _onto(
    scan: Coarse, from_scan: Coarse, field_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a field on the voxels of another scan."""
    index = from_scan.index_of(scan.points_lps())
    parts = [read_at(field_mm[..., axis], index) for axis in range(3)]
    return np.stack(parts, axis=-1, dtype=np.float64).reshape(*scan.hu.shape, 3)


def _knotted(scan: Coarse, field_mm: NDArray[np.float64]) -> Lattice:
    """Return a field at every third voxel, smoothed as far as the knots ask for."""
    smooth = blurred(field_mm, (KNOTS / 3, KNOTS / 3, KNOTS / 3, 0.0))
    return Lattice.of(
        smooth[::KNOTS, ::KNOTS, ::KNOTS], scan.origin_lps, KNOTS * scan.step_mm
    )
