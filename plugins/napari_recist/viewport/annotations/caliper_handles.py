"""What of a caliper lies under the pointer, and what dragging it does."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.measure import (
    PlaneCaliper,
    length_mm,
    move_long_end,
    move_short_end,
    propose_short_axis,
    shifted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napari_recist.viewport.image.coordinates import Ends, Pixel, Spacing


SAME_PX = 1e-6


class CaliperPart(Enum):
    """A part of a caliper that can be taken hold of."""

    LONG_END = "long end"
    SHORT_END = "short end"
    WHOLE = "whole"


class CaliperHandle(NamedTuple):
    """A caliper taken hold of.

    Attributes
    ----------
    key
        Which caliper (lesion id).
    end
        Which of the two ends; 0 for the whole.
    start
        Where it was taken, (row, column).
    caliper
        As it was when taken.
    """

    key: str
    part: CaliperPart
    end: int
    start: Pixel
    caliper: PlaneCaliper

    @property
    def is_proposed(self) -> bool:
        """Whether it is an end of a short axis that nobody drew yet."""
        return self.part is CaliperPart.SHORT_END and self.caliper.short_ends is None


def with_short_axis(caliper: PlaneCaliper, spacing: Spacing) -> PlaneCaliper:
    """Return the caliper with the short axis that is proposed while none is drawn."""
    if caliper.short_ends is not None or length_mm(spacing, *caliper.long_ends) == 0:
        return caliper
    return PlaneCaliper(
        caliper.long_ends, propose_short_axis(spacing, caliper.long_ends)
    )


def grip_at(
    at: Pixel,
    calipers: Mapping[str, PlaneCaliper],
    spacing: Spacing,
    reach_mm: float,
    *,
    proposing: str | None = None,
) -> CaliperHandle | None:
    """Return what is nearest to a point within reach, ends before lines.

    Parameters
    ----------
    calipers
        Those that can be taken, by key.
    proposing
        Key of the caliper whose proposed short axis is on the screen. The proposal
        becomes part of the caliper only when one of its ends is pulled.
    """
    ends: list[tuple[float, CaliperHandle]] = []
    lines: list[tuple[float, CaliperHandle]] = []
    for key, caliper in calipers.items():
        shown = with_short_axis(caliper, spacing) if key == proposing else caliper
        for part, pair in _axes(shown):
            for index, end in enumerate(pair):
                grip = CaliperHandle(key, part, end=index, start=at, caliper=caliper)
                ends.append((length_mm(spacing, at, end), grip))
            whole = CaliperHandle(
                key, CaliperPart.WHOLE, end=0, start=at, caliper=caliper
            )
            lines.append((_distance(spacing, at, pair), whole))
    for candidates in (ends, lines):
        near = [one for one in candidates if one[0] <= reach_mm]
        if near:
            return min(near, key=lambda one: one[0])[1]
    return None


def pulled(grip: CaliperHandle, spacing: Spacing, to: Pixel) -> PlaneCaliper:
    """Return the caliper after its grip was dragged to a point.

    An end moves as far as the hand does: it does not jump to a hand that took it a
    little beside it.

    Parameters
    ----------
    grip
        With the caliper as it was when taken.
    to
        Row, column; fractions allowed.
    """
    by = (to[0] - grip.start[0], to[1] - grip.start[1])
    if grip.part is CaliperPart.WHOLE:
        return shifted(grip.caliper, by)
    ends = dict(_axes(with_short_axis(grip.caliper, spacing)))[grip.part]
    end = ends[grip.end]
    there = (end[0] + by[0], end[1] + by[1])
    move = move_long_end if grip.part is CaliperPart.LONG_END else move_short_end
    return move(grip.caliper, spacing, grip.end, there)


def renewed(caliper: PlaneCaliper, stale: Ends) -> PlaneCaliper | None:
    """Return what of a caliper from another visit was pulled; None: not its length.

    Moving the whole measures nothing. An axis that is as it was at the other visit is
    left out: only a short one can be, where the other outgrew it.
    """
    if _is_as_long(caliper.long_ends, stale):
        return None
    short_ends = caliper.short_ends
    if short_ends is not None and _is_as_long(short_ends, stale):
        return PlaneCaliper(caliper.long_ends)
    return caliper


def _is_as_long(ends: Ends, others: Ends) -> bool:
    """Return whether two axes are one, wherever they lie."""
    (a, b), (c, d) = ends
    (e, f), (g, h) = others
    rows, columns = (c - a) - (g - e), (d - b) - (h - f)
    return math.hypot(rows, columns) < SAME_PX


def _axes(caliper: PlaneCaliper) -> list[tuple[CaliperPart, Ends]]:
    axes = [(CaliperPart.LONG_END, caliper.long_ends)]
    if caliper.short_ends is not None:
        axes.append((CaliperPart.SHORT_END, caliper.short_ends))
    return axes


def _distance(spacing: Spacing, at: Pixel, ends: Ends) -> float:
    """Return the distance of a point from a line between two points, mm."""
    (ay, ax), (by, bx), (py, px) = (
        (row * spacing[0], column * spacing[1]) for row, column in (*ends, at)
    )
    dy, dx = by - ay, bx - ax
    squared = dy * dy + dx * dx
    if squared == 0:
        return math.hypot(py - ay, px - ax)
    along = min(max(((py - ay) * dy + (px - ax) * dx) / squared, 0.0), 1.0)
    return math.hypot(py - ay - along * dy, px - ax - along * dx)
