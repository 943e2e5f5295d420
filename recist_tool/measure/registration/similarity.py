"""How well two scans agree once laid over each other, as a whole and around knots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from recist_tool.measure.geometry.filters import blurred
from recist_tool.measure.registration.result import UNSEEN_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from recist_tool.measure.progress import Work

_AROUND_VOXELS: Final = 3.0  # standard deviation of the neighbourhood
_LEAST_MM: Final = 1.5  # doubt that is left where all agrees, at voxels of 4 mm
_UNLIKE_MM: Final = 12.0  # of a neighbourhood that is nothing like the other
_LEAST_HU: Final = 10.0  # what varies less is no landmark
_LOST: Final = 1.5  # voxels, where there is no best place
_LEAST_SEEN: Final = 0.5  # of the neighbourhood, inside both bodies
_DETAIL_VOXELS: Final = 1.5  # deviation: what varies more slowly is no detail
_DETAIL_SEEN: Final = 0.3  # of the neighbourhood of a detail
_SIDES: Final = (
    ((-1, 0, 0), (1, 0, 0)),
    ((0, -1, 0), (0, 1, 0)),
    ((0, 0, -1), (0, 0, 1)),
)


class Agreement(NamedTuple):
    """How two scans agree.

    Attributes
    ----------
    likeness
        Correlation over the mask.
    doubt_mm
        Shape (z, y, x) of the knots.
    """

    likeness: float
    doubt_mm: NDArray[np.float64]


class Overlaid(NamedTuple):
    """Two scans on one grid, shape (z, y, x) each.

    Attributes
    ----------
    mask
        Where both show the body.
    step_mm
        Edge of a voxel.
    """

    fixed: NDArray[np.float32]
    moved: NDArray[np.float32]
    mask: NDArray[np.bool_]
    step_mm: float


def agreement(scans: Overlaid, every: int, work: Work) -> Agreement:
    """Return likeness and local doubt of a scan and another one laid over it.

    Around each knot the other scan is moved by one voxel to either side along each
    axis: where it would fit best, by a parabola, says how far off it is.

    Parameters
    ----------
    every
        Voxels from knot to knot.

    Raises
    ------
    Cancelled
        If the work is to stop.
    """
    fixed, moved, mask, step_mm = scans
    near = _Near(fixed, mask, every)
    here = near.correlation(moved, (0, 0, 0))
    square = np.zeros_like(here)
    for axis in range(3):
        before, after = (near.correlation(moved, by) for by in _SIDES[axis])
        square += _vertex(before, after, here) ** 2
        work.report(0.4 + 0.2 * axis)
    doubt = np.hypot(_LEAST_MM, step_mm * np.sqrt(square)) + _UNLIKE_MM * (1 - here)
    doubt = np.where(near.seen >= _LEAST_SEEN, doubt, UNSEEN_MM)
    likeness = float(np.corrcoef(fixed[mask], moved[mask])[0, 1])
    return Agreement(likeness, np.minimum(doubt, UNSEEN_MM))


def detail(scans: Overlaid) -> float:
    """Return how far two scans agree in what differs from its surroundings.

    The correlation of what is left once the mean of the neighbourhood is taken away:
    outline, lungs and fat, which bend onto those of anybody, hardly count.

    Returns
    -------
    At most 1; 0 where nothing is seen.
    """
    mask = scans.mask.astype(np.float32)
    seen = _around(mask)
    weight = np.maximum(seen, 1e-6)
    counts = scans.mask & (seen > _DETAIL_SEEN)

    pair = (scans.fixed, scans.moved)
    means = [_around(each * mask) / weight for each in pair]

    def together(one: int, other: int) -> float:
        product = _around(pair[one] * pair[other] * mask) / weight
        return float((product - means[one] * means[other])[counts].sum())

    spread = together(0, 0) * together(1, 1)
    return together(0, 1) / float(np.sqrt(spread)) if spread > 0 else 0.0


def _around(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return blurred(values.astype(np.float64), (_DETAIL_VOXELS,) * 3)


class _Near:
    """Correlation of neighbourhoods, weighted with a Gaussian around each knot."""

    def __init__(
        self, fixed: NDArray[np.float32], mask: NDArray[np.bool_], every: int
    ) -> None:
        self._mask = mask.astype(np.float32)
        self._windows = [_windows(length, every) for length in fixed.shape]
        self.seen = self._mean(self._mask)
        self._fixed = fixed
        self._mean_fixed = self._within(fixed)
        self._spread_fixed = self._within(fixed**2) - self._mean_fixed**2

    def correlation(
        self, moved: NDArray[np.float32], by: tuple[int, int, int]
    ) -> NDArray[np.float64]:
        """Return the correlation around each knot with `moved` taken `by` voxels on."""
        other = _shifted(moved, by)
        mean = self._within(other)
        spread = self._within(other**2) - mean**2
        together = self._within(self._fixed * other) - self._mean_fixed * mean
        noise = _LEAST_HU**2
        return together / np.sqrt(
            (np.maximum(self._spread_fixed, 0) + noise)
            * (np.maximum(spread, 0) + noise)
        )

    def _within(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._mean(values * self._mask) / np.maximum(self.seen, 1e-6)

    def _mean(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        found = values
        for axis, window in enumerate(self._windows):
            found = np.moveaxis(np.tensordot(window, found, (1, axis)), 0, axis)
        return found.astype(np.float64)


def _windows(length: int, every: int) -> NDArray[np.float32]:
    """Return weights of all voxels along an axis for each knot, sum 1."""
    offset = np.arange(length) - np.arange(0, length, every)[:, None]
    weights = np.exp(-0.5 * (offset / _AROUND_VOXELS) ** 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def _shifted(
    values: NDArray[np.float32], by: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Return values taken `by` voxels (-1, 0 or 1) further along each axis."""
    padded = np.pad(values, 1, mode="edge")
    z, y, x = (slice(1 + k, 1 + k + n) for k, n in zip(by, values.shape, strict=True))
    return padded[z, y, x]


def _vertex(
    before: NDArray[np.float64], after: NDArray[np.float64], here: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where a parabola through three values has its top, in voxels."""
    bend = before - 2 * here + after
    top = 0.5 * (before - after) / np.where(bend < 0, bend, -1.0)
    return np.where(bend < -1e-6, np.clip(top, -_LOST, _LOST), _LOST)
