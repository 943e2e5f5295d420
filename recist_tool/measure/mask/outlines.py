"""What several outlines of one region on one slice enclose together (PS3.3, C.8.8.6.3).

Outlines of the kind CLOSEDPLANAR_XOR are combined by exclusive disjunction. For
CLOSED_PLANAR the standard knows no combination but that all are of the region, and a
hole by a channel, the keyhole: they are united. One that lies within another is the
hole that programs before CLOSEDPLANAR_XOR wrote, and most still write; but the same
outline drawn twice is no ring, and two that overlap leave no lens.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from recist_tool.errors import GeometryError
from recist_tool.measure.mask.polygon import enclosed, filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Bools

    Floats = NDArray[np.float64]

REPEAT_MM: Final = 1.0
"""An outline no point of which lies further from another one, or …"""
REPEAT_PIXELS: Final = 1.0
"""… no further than so many pixels, is that one drawn again."""
UNCLEAR: Final = 1.5
"""Up to so many times that distance nobody can tell whether it is, or a hole."""
MOST: Final = 0.5
"""An outline that encloses no more of another than this is a hole, however near."""
STICKS_OUT: Final = 5e-3
"""Of an area: so little outside does not make two outlines overlap."""
FINE: Final = 8
"""Parts of a pixel, along each axis, by which outlines are held to each other …"""
MOST_CELLS: Final = 1 << 21
"""… and fewer where an outline would take more cells than this."""
MOST_OUTLINES: Final = 500
STEP: Final = 0.1  # of the distance that is held to


class Enclosed(NamedTuple):
    """What outlines enclose, and how many of them had to be interpreted.

    Attributes
    ----------
    inside
        Shape (rows, columns).
    holes
        Outlines within another one: a hole, or an island in it.
    repeats
        Outlines that are another one drawn again.
    overlaps
        Pairs that overlap, and neither lies within the other.
    overruns
        Outlines that run over themselves.
    """

    inside: Bools
    holes: int = 0
    repeats: int = 0
    overlaps: int = 0
    overruns: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class _Outline:
    """One outline, and what it encloses on small cells.

    Attributes
    ----------
    points_mm
        Its corners, shape (points, 2).
    start
        Row and column of the first cell.
    cells
        Shape (rows, columns): the cells of its box that it encloses.
    """

    points_mm: Floats
    start: NDArray[np.int64]
    cells: Bools

    @property
    def area(self) -> int:
        return int(np.count_nonzero(self.cells))

    @property
    def stop(self) -> NDArray[np.int64]:
        return self.start + self.cells.shape

    def shared(self, other: _Outline) -> int:
        """Return how many cells both enclose."""
        start = np.maximum(self.start, other.start)
        stop = np.minimum(self.stop, other.stop)
        if (stop <= start).any():
            return 0
        mine, theirs = (
            one.cells[tuple(map(slice, start - one.start, stop - one.start))]
            for one in (self, other)
        )
        return int(np.count_nonzero(mine & theirs))


def united(
    contours: Sequence[Floats], shape: tuple[int, int], spacing_mm: tuple[float, float]
) -> Enclosed:
    """Return what outlines of the kind CLOSED_PLANAR enclose.

    Parameters
    ----------
    contours
        Row, column of the corners of each, as `polygon.filled` takes them.
    shape
        Rows, columns. What lies beyond is left out.
    spacing_mm
        Between rows, between columns.

    Raises
    ------
    GeometryError
        If one lies so close within another that it may be a hole in it, or the same
        outline again; if there are too many, or they are too long.
    """
    if len(contours) > MOST_OUTLINES:
        raise _too_many()
    pixels = [enclosed(contour, shape) for contour in contours]
    overruns = sum(
        int(np.count_nonzero(inside ^ filled([contour], shape)))
        > STICKS_OUT * int(np.count_nonzero(inside))
        for contour, inside in zip(contours, pixels, strict=True)
    )
    if len(contours) == 1:
        return Enclosed(pixels[0], overruns=overruns)
    nesting = _Nesting(_outlines(contours, spacing_mm), _near_mm(spacing_mm))
    return Enclosed(
        nesting.filled(pixels),
        holes=nesting.holes,
        repeats=len(nesting.repeats),
        overlaps=nesting.overlaps,
        overruns=overruns,
    )


def disjoined(
    contours: Sequence[Floats], shape: tuple[int, int], spacing_mm: tuple[float, float]
) -> Enclosed:
    """Return what outlines of the kind CLOSEDPLANAR_XOR enclose.

    Parameters
    ----------
    contours, shape, spacing_mm
        As `united` takes them.

    Raises
    ------
    GeometryError
        If one nearly repeats another: they would cancel each other.
    """
    if len(contours) > MOST_OUTLINES:
        raise _too_many()
    outlines = _outlines(contours, spacing_mm)
    near_mm = _near_mm(spacing_mm)
    for one, other in combinations(outlines, 2):
        if (
            one.shared(other)
            and _is_most(one, other)
            and _apart_mm(one, other, near_mm) <= near_mm
        ):
            raise GeometryError.at(
                "contour",
                "two contours nearly repeat each other, of the kind CLOSEDPLANAR_XOR, "
                "so that they cancel each other",
                "Leave out one of them",
            )
    return Enclosed(filled(contours, shape))


class _Nesting:
    """Which outlines lie within which, the largest first."""

    def __init__(self, outlines: Sequence[_Outline], near_mm: float) -> None:
        self._order = sorted(range(len(outlines)), key=lambda at: -outlines[at].area)
        self._outlines = outlines
        self._within: dict[int, set[int]] = {at: set() for at in self._order}
        self.repeats: dict[int, int] = {}
        self.overlaps = 0
        for outer, inner in combinations(self._order, 2):
            if {outer, inner} & self.repeats.keys():
                continue
            self._compare(outer, inner, near_mm)

    def _compare(self, outer: int, inner: int, near_mm: float) -> None:
        large, small = self._outlines[outer], self._outlines[inner]
        shared = large.shared(small)
        if not shared:
            return
        if _is_most(large, small):
            apart_mm = _apart_mm(large, small, near_mm * UNCLEAR)
            if apart_mm <= near_mm:
                self.repeats[inner] = outer
                return
        else:
            apart_mm = np.inf
        if small.area - shared > STICKS_OUT * small.area:
            self.overlaps += shared > STICKS_OUT * small.area
            return
        if apart_mm <= near_mm * UNCLEAR:
            raise GeometryError.at(
                "contour",
                f"one lies within another, {apart_mm:.1f} mm or less from it all "
                "around: a hole, or the same outline again",
                "Leave it out, or draw the hole by a channel",
            )
        self._within[inner].add(outer)

    @property
    def holes(self) -> int:
        """How many lie within another, and are not the same again."""
        return sum(map(bool, self._within.values()))

    def filled(self, pixels: Sequence[Bools]) -> Bools:
        """Return what is inside: each outline without those right within it."""
        own = dict(enumerate(pixels))
        for again, first in self.repeats.items():
            own[first] = own[first] | own.pop(again)
        region: dict[int, Bools] = {}
        for at in reversed(self._order):
            if at in own:
                region[at] = own[at].copy()
                for inner in self._right_within(at):
                    region[at] &= ~region[inner]
        roots = [region[at] for at in own if not self._within[at]]
        return np.logical_or.reduce(roots)

    def _right_within(self, outer: int) -> list[int]:
        inside = [
            at
            for at, around in self._within.items()
            if outer in around and at not in self.repeats
        ]
        return [at for at in inside if not self._within[at] & set(inside)]


def _too_many() -> GeometryError:
    return GeometryError.at("contour", f"more than {MOST_OUTLINES} lie on one slice")


def _near_mm(spacing_mm: tuple[float, float]) -> float:
    return max(REPEAT_MM, REPEAT_PIXELS * max(spacing_mm))


def _is_most(one: _Outline, other: _Outline) -> bool:
    """Whether two enclose nearly as much, so that one may be the other again."""
    small, large = sorted((one.area, other.area))
    return small > MOST * large


def _outlines(
    contours: Sequence[Floats], spacing_mm: tuple[float, float]
) -> list[_Outline]:
    sizes: list[Floats] = [np.ptp(one, axis=0) + 2 for one in contours]
    largest = max(float(np.prod(size)) for size in sizes)
    fine = min(FINE, (MOST_CELLS / largest) ** 0.5)
    found: list[_Outline] = []
    for contour in contours:
        corners = (contour + 0.5) * fine - 0.5
        start = np.floor(corners.min(axis=0)).astype(np.int64)
        rows, columns = np.ceil(corners.max(axis=0)).astype(np.int64) - start + 1
        found.append(
            _Outline(
                points_mm=contour * spacing_mm,
                start=start,
                cells=enclosed(corners - start, (int(rows), int(columns))),
            )
        )
    return found


def _apart_mm(one: _Outline, other: _Outline, reach_mm: float) -> float:
    """Return how far a point of either lies from the other, at most.

    Parameters
    ----------
    reach_mm
        Distances that matter are about as long; outlines are followed in steps of a
        tenth of it.
    """
    mine, theirs = (_dense(each.points_mm, STEP * reach_mm) for each in (one, other))
    return max(_farthest(mine, theirs), _farthest(theirs, mine))


def _farthest(points: Floats, others: Floats) -> float:
    distances, _ = cKDTree(others).query(points)
    return float(np.max(distances))


def _dense(points: Floats, step: float) -> Floats:
    """Return the points of a closed outline, no two further apart than a step."""
    edges: Floats = np.roll(points, -1, axis=0) - points
    counts = np.maximum(np.ceil(np.hypot(*edges.T) / step), 1).astype(np.int64)
    if counts.sum() > MOST_CELLS:
        raise GeometryError.at("contour", "it is too long to be that of a lesion")
    start = np.repeat(points, counts, axis=0)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    steps: Floats = np.repeat(counts, counts).astype(np.float64)
    part: Floats = (np.arange(len(start)) - first).astype(np.float64) / steps
    return start + part[:, None] * np.repeat(edges, counts, axis=0)
