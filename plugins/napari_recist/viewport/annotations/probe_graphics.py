"""From rulers, angles and regions to lines and words on the screen; no widget here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from napari_recist.viewport.annotations.caliper_graphics import Box, CaliperGraphics
from napari_recist.viewport.annotations.mask_outlines import Outline
from recist_tool.measure import SPHERES_MM, outline, rounded
from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from napari_recist.viewport.annotations.caliper_graphics import Point
    from napari_recist.viewport.image.coordinates import Pixel, Points, Spacing

COLOUR = "#b9f27c"
"""Of what is no lesion."""
REFERENCE_COLOUR = "#ff9df5"
"""Of the regions that uptake is compared with."""

EVERY = 15
"""Of the corners of an ellipse, one in so many is drawn: 48 lines."""

CROSS_PX = 14.0
CROSS_GAP_PX = 5.0


class ProbeMark(NamedTuple):
    """A ruler, an angle or a region as it is to be seen.

    Attributes
    ----------
    lines
        Row, column of the corners of each line.
    points
        Where it can be taken hold of.
    """

    lines: tuple[NDArray[np.float64], ...]
    points: Points
    label: str
    colour: str = COLOUR
    dashed: bool = False


def probe_lines(
    kind: AnnotationKind, points: Points, spacing: Spacing, off_mm: float = 0.0
) -> tuple[NDArray[np.float64], ...]:
    """Return the lines that a drawing is made of, each as its corners.

    Parameters
    ----------
    kind, points
        What was drawn; it may be incomplete.
    spacing
        Distance between rows, between columns, mm.
    off_mm
        How far the slice lies from the middle of a sphere: it is cut there.
    """
    corners = np.array(points, np.float64)
    if kind in SPHERES_MM:
        across = SPHERES_MM[kind] ** 2 - off_mm**2
        if across <= 0:
            return ()
        radii = math.sqrt(across) / np.array(spacing)
        return (_closed(rounded(corners[0], radii)[::EVERY]),)
    is_open = kind in (AnnotationKind.RULER, AnnotationKind.ANGLE) or len(points) < 2
    if is_open:
        return (corners,)
    if kind is AnnotationKind.FREEHAND:
        return (_closed(corners),)
    return (_closed(outline(kind, points, spacing)[::EVERY]),)


def outline_of(mark: ProbeMark) -> Outline:
    """Return the lines of a mark, from each corner to the next."""
    steps = [np.stack([line[:-1], line[1:]], axis=1) for line in mark.lines]
    lines = np.concatenate(steps) if steps else np.empty((0, 2, 2))
    return Outline(lines, mark.colour, dashed=mark.dashed)


def sketch_probe(
    mark: ProbeMark, to_screen: Callable[[Pixel], Point]
) -> CaliperGraphics:
    """Return the handles and words of a mark as they stand on the screen.

    Parameters
    ----------
    to_screen
        From (row, column) to x, y of the screen.
    """
    corners = [
        to_screen((row, column)) for line in mark.lines for row, column in line.tolist()
    ]
    handles = tuple(map(to_screen, mark.points))
    xs, ys = zip(*corners, *handles, strict=True)
    return CaliperGraphics(
        lines=(),
        handles=handles,
        label=mark.label,
        colour=mark.colour,
        box=Box(min(xs), min(ys), max(xs), max(ys)),
    )


def cross_at(place: Point) -> list[tuple[Point, Point]]:
    """Return the lines of a cross that leaves its middle free, on the screen."""
    x, y = place
    return [
        ((x + CROSS_GAP_PX * dx, y + CROSS_GAP_PX * dy), (x + far * dx, y + far * dy))
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
        for far in (CROSS_PX + CROSS_GAP_PX,)
    ]


def _closed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([corners, corners[:1]])
