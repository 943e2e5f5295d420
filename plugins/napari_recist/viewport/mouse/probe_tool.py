"""The tool for rulers, angles and regions: from presses and moves to points.

It knows neither Qt nor napari nor a case. What needs two points is drawn by two clicks
or one drag; a point of what is drawn already is dragged instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from recist_tool.measure import length_mm
from recist_tool.model import POINTS
from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napari_recist.viewport.image.coordinates import Pixel, Points, Spacing

STEP_PX = 1.0
"""Pixels of the image between two points of a line drawn freehand."""


class ProbeDraft(NamedTuple):
    """What is half drawn.

    Attributes
    ----------
    annotation_id
        Of one that is changed; empty for a new one.
    """

    kind: AnnotationKind
    points: Points
    annotation_id: str = ""


class ProbeListener(Protocol):
    """Where the tool of a pane brings what the mouse does."""

    @property
    def kind(self) -> AnnotationKind | None:
        """What is in the hand."""
        ...

    @property
    def spacing(self) -> Spacing:
        """Distance between rows, between columns of the slice, mm."""
        ...

    def here(self) -> Mapping[str, ProbeDraft]:
        """Return what is drawn on the slice at work, by name."""
        ...

    def drawn(self, draft: ProbeDraft) -> None:
        """Hear that something is drawn."""
        ...


class ProbeTool:
    """One pane's mouse while rulers and regions are drawn.

    Attributes
    ----------
    draft
        What is half drawn, up to the pointer; None where nothing is.
    """

    def __init__(self, desk: ProbeListener) -> None:
        self._desk = desk
        self._points: list[Pixel] = []
        self._taken: tuple[ProbeDraft, int] | None = None
        self._is_down = False
        self.draft: ProbeDraft | None = None

    def press(self, at: Pixel, reach_mm: float) -> bool:
        """Take hold of a point, or set one."""
        kind = self._desk.kind
        if kind is None:
            return False
        self._is_down = True
        if not self._points:
            self._taken = self._grip(at, reach_mm)
        if self._taken is None:
            self._points.append(at)
            self.draft = ProbeDraft(kind, tuple(self._points))
        return True

    def move(self, at: Pixel) -> bool:
        """Follow the pointer; return whether anything changed on the screen."""
        kind = self._desk.kind
        if self._taken is not None:
            self.draft = _pulled(*self._taken, at)
            return True
        if kind is None or not self._points:
            return False
        if kind is AnnotationKind.FREEHAND and self._is_down:
            last = self._points[-1]
            if max(abs(at[0] - last[0]), abs(at[1] - last[1])) >= STEP_PX:
                self._points.append(at)
        if kind is AnnotationKind.SPHERE_1_ML or kind is AnnotationKind.SPHERE_3_CM:
            self._points = [at]
        follows = () if self._is_down and kind is AnnotationKind.FREEHAND else (at,)
        points = self._points if POINTS[kind][1] == 1 else [*self._points, *follows]
        self.draft = ProbeDraft(kind, tuple(points))
        return True

    def release(self, at: Pixel, reach_mm: float) -> None:
        """Finish what is complete; a first click waits for the next."""
        self._is_down = False
        taken, kind = self._taken, self._desk.kind
        if taken is not None:
            self.cancel()
            if length_mm(self._desk.spacing, taken[0].points[taken[1]], at) > 0:
                self._desk.drawn(_pulled(*taken, at))
            return
        if kind is None or not self._points:
            return
        _, most = POINTS[kind]
        if most > 1 and kind is not AnnotationKind.FREEHAND:
            self._end_drag(at, reach_mm)
        if len(self._points) >= POINTS[kind][0]:
            points = tuple(self._points[:most])
            self.cancel()
            self._desk.drawn(ProbeDraft(kind, points))
        elif kind is AnnotationKind.FREEHAND:
            self.cancel()  # a click goes round nothing

    def cancel(self) -> bool:
        """Drop what is half drawn; return whether there was anything."""
        was_busy = bool(self._points) or self._taken is not None
        self._points.clear()
        self._taken = self.draft = None
        self._is_down = False
        return was_busy

    def _end_drag(self, at: Pixel, reach_mm: float) -> None:
        """Take where a drag ends as a point of its own; a click only corrects."""
        if length_mm(self._desk.spacing, self._points[-1], at) <= reach_mm:
            return
        if len(self._points) == 1:
            self._points.append(at)
        else:
            self._points[-1] = at

    def _grip(self, at: Pixel, reach_mm: float) -> tuple[ProbeDraft, int] | None:
        """Return which point of which annotation is under a press."""
        found = [
            (length_mm(self._desk.spacing, point, at), name, number)
            for name, one in self._desk.here().items()
            if one.kind is not AnnotationKind.FREEHAND
            for number, point in enumerate(one.points)
        ]
        near = min(found, default=None)
        if near is None or near[0] > reach_mm:
            return None
        return self._desk.here()[near[1]], near[2]


def _pulled(draft: ProbeDraft, number: int, at: Pixel) -> ProbeDraft:
    """Return an annotation with one of its points elsewhere.

    The middle of a circle takes its rim along.
    """
    points = list(draft.points)
    if draft.kind is AnnotationKind.CIRCLE and number == 0:
        by = at[0] - points[0][0], at[1] - points[0][1]
        points = [(row + by[0], column + by[1]) for row, column in points]
    else:
        points[number] = at
    return draft._replace(points=tuple(points))
