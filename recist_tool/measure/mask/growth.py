"""What became of many lesions between two visits: each, and all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Mask

    PointsLPS = NDArray[np.float64]

NEAR_MM: Final = 8.0  # a registration of two scans is seldom off by more
GROWN: Final = 1728, 1000
"""Of its volume: 20 % of the diameter of a ball (RECIST 1.1)."""
SHRUNK: Final = 343, 1000
"""30 % of it."""


class LesionGrowth(NamedTuple):
    """One lesion at two visits.

    Attributes
    ----------
    before, after
        Its number among the lesions of each visit; None where it is not seen.
    before_ml, after_ml
        Its volume; 0 where it is not seen.
    """

    before: int | None
    after: int | None
    before_ml: float
    after_ml: float

    @property
    def percent(self) -> float | None:
        """By how much its volume grew, %; None where it is new."""
        return _grown_percent(self.before_ml, self.after_ml)

    @property
    def has_grown(self) -> bool:
        """Whether it is new, or grew by as much as 20 % of a ball's diameter."""
        more, than = GROWN
        return than * self.after_ml >= more * self.before_ml

    @property
    def has_shrunk(self) -> bool:
        """Whether it is gone, or shrank by as much as 30 % of a ball's diameter."""
        less, than = SHRUNK
        return than * self.after_ml <= less * self.before_ml


class GrowthOfAll(NamedTuple):
    """All lesions at two visits.

    Attributes
    ----------
    lesions
        Each once: those of the earlier visit in their order, then the new ones.
    """

    lesions: tuple[LesionGrowth, ...]

    @property
    def before_ml(self) -> float:
        """Tumour burden at the earlier visit."""
        return sum(one.before_ml for one in self.lesions)

    @property
    def after_ml(self) -> float:
        """Tumour burden at the later visit."""
        return sum(one.after_ml for one in self.lesions)

    @property
    def percent(self) -> float | None:
        """By how much the burden grew, %; None where there was none."""
        return _grown_percent(self.before_ml, self.after_ml)

    @property
    def gone(self) -> int:
        """How many are not seen any more."""
        return sum(one.after is None for one in self.lesions)

    @property
    def new(self) -> int:
        """How many were not seen before."""
        return sum(one.before is None for one in self.lesions)

    @property
    def is_mixed(self) -> bool:
        """Whether some grew, or are new, while others shrank, or are gone."""
        return any(one.has_grown for one in self.lesions) and any(
            one.has_shrunk for one in self.lesions
        )


def growth_of_all(
    before: Sequence[Mask],
    after: Sequence[Mask],
    to_later: Callable[[PointsLPS], PointsLPS],
) -> GrowthOfAll:
    """Return what became of each lesion, found again by where it lies.

    A lesion is the same if its middle comes to lie within 8 mm of the other's, or
    inside a ball of the larger of the two. No lesion is two; of several that could be
    the same, those are whose distances add up to the least.

    Parameters
    ----------
    before, after
        The lesions of each visit, on the grid of its scan.
    to_later
        Brings patient points of the earlier scan, shape (points, 3), to where they lie
        in the later one: `Registration.map_points`.

    Raises
    ------
    GeometryError
        If a lesion is empty, or slices are not regular.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    volumes = [[one.volume_ml for one in masks] for masks in (before, after)]
    pairs: dict[int, int] = {}
    if before and after:
        there = to_later(np.array([one.middle_lps() for one in before]))
        apart = cdist(there, np.array([one.middle_lps() for one in after]))
        radii = [[one.ball_radius_mm for one in masks] for masks in (before, after)]
        reach = np.maximum(np.maximum.outer(*radii), NEAR_MM)
        far = float(reach.max()) * (len(before) + len(after))
        costs = np.where(apart <= reach, apart, far)
        rows, columns = linear_sum_assignment(costs)
        pairs = {
            row: column
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if apart[row, column] <= reach[row, column]
        }
    seen = [
        LesionGrowth(
            row, pairs.get(row), ml, volumes[1][pairs[row]] if row in pairs else 0.0
        )
        for row, ml in enumerate(volumes[0])
    ]
    new = [
        LesionGrowth(None, column, 0.0, ml)
        for column, ml in enumerate(volumes[1])
        if column not in pairs.values()
    ]
    return GrowthOfAll((*seen, *new))


def _grown_percent(before_ml: float, after_ml: float) -> float | None:
    return 100 * (after_ml / before_ml - 1) if before_ml else None
