"""From calipers to lines, handles and labels on the screen; no widget here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from napari_recist.viewport.annotations.caliper_handles import with_short_axis
from napari_recist.widgets.role_colours import GHOST_COLOUR, ROLE_COLOURS
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_recist.viewport.image.coordinates import Pixel, Spacing
    from recist_tool.measure import PlaneCaliper

GAP_PX = 8.0
HANDLE_PX = 4.5
SMALL_HANDLE_PX = 1.5

Point = tuple[float, float]
"""x, y on the screen, pixels."""


class Box(NamedTuple):
    """A rectangle on the screen, pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether two rectangles overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_within(self, other: Box) -> bool:
        """Return whether this rectangle lies inside another."""
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


class CaliperMark(NamedTuple):
    """A caliper as it is to be seen.

    Attributes
    ----------
    selected
        Shows handles, and a dashed proposal where there is no short axis yet.
    ghost
        From another timepoint: dashed, never taken hold of.
    proposed
        Not in the case: dashed, too.
    """

    key: str
    label: str
    caliper: PlaneCaliper
    role: LesionRole
    selected: bool = False
    ghost: bool = False
    proposed: bool = False

    @property
    def colour(self) -> str:
        """The colour of its role, grey for a ghost."""
        return GHOST_COLOUR if self.ghost else ROLE_COLOURS[self.role]


class AxisLine(NamedTuple):
    """One axis on the screen."""

    start: Point
    end: Point
    dashed: bool


class CaliperGraphics(NamedTuple):
    """One caliper on the screen.

    Attributes
    ----------
    box
        All that is drawn but the label.
    """

    lines: tuple[AxisLine, ...]
    handles: tuple[Point, ...]
    label: str
    colour: str
    box: Box

    @property
    def handle_px(self) -> float:
        """The radius of its handles: smaller where the caliper is small."""
        width, height = self.box.right - self.box.left, self.box.bottom - self.box.top
        return min(max(max(width, height) / 10, SMALL_HANDLE_PX), HANDLE_PX)


def sketch(
    mark: CaliperMark, spacing: Spacing, to_screen: Callable[[Pixel], Point]
) -> CaliperGraphics:
    """Return how a mark looks on the screen.

    Parameters
    ----------
    to_screen
        From (row, column) to x, y of the screen.
    """
    shown = with_short_axis(mark.caliper, spacing) if mark.selected else mark.caliper
    is_proposal = mark.caliper.short_ends is None
    is_dashed = mark.ghost or mark.proposed
    axes = [(shown.long_ends, is_dashed)]
    if shown.short_ends is not None:
        axes.append((shown.short_ends, is_dashed or is_proposal))
    lines = tuple(
        AxisLine(to_screen(start), to_screen(end), dashed)
        for (start, end), dashed in axes
    )
    ends = tuple(point for line in lines for point in (line.start, line.end))
    handles = ends if mark.selected and not mark.ghost else ()
    return CaliperGraphics(
        lines=lines,
        handles=handles,
        label=mark.label,
        colour=mark.colour,
        box=_around(ends),
    )


def place_label(
    sketch: CaliperGraphics, size: Point, area: Box, taken: Sequence[Box]
) -> Box:
    """Return where a label stands: beside its caliper, on no other, on the screen.

    Right of the caliper if there is room, else left, below, above; where everything is
    taken, right of it after all, or as near as the screen goes.

    Parameters
    ----------
    size
        Width and height of the label.
    taken
        What must not be covered: calipers and labels already placed.
    """
    width, height = size
    box = sketch.box
    right, left = box.right + GAP_PX, box.left - GAP_PX - width
    below, above = box.bottom + GAP_PX, box.top - GAP_PX - height
    corners = (
        (right, box.top),
        (right, box.bottom - height),
        (left, box.top),
        (left, box.bottom - height),
        (box.left, below),
        (box.left, above),
    )
    places = [Box(x, y, x + width, y + height) for x, y in corners]
    for place in places:
        if place.is_within(area) and _is_free(place, taken):
            return place
    over = max(min(places[0].right - area.right, places[0].left - area.left), 0)
    return places[0]._replace(left=places[0].left - over, right=places[0].right - over)


def _is_free(place: Box, taken: Sequence[Box]) -> bool:
    """Return whether a place meets nothing; asked thousands of times a slice."""
    left, top, right, bottom = place
    for one in taken:
        if left < one[2] and one[0] < right and top < one[3] and one[1] < bottom:
            return False
    return True


def _around(points: Sequence[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))
