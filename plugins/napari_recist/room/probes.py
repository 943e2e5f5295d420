"""Rulers, angles and regions at the hands of a reader: drawn, kept, pulled, erased."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from napari_recist.viewport.annotations.probe_graphics import (
    REFERENCE_COLOUR,
    ProbeMark,
    probe_lines,
)
from napari_recist.viewport.image.coordinates import plane_spacing
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.viewport.mouse.probe_tool import ProbeDraft, ProbeTool
from recist_tool.app.reading import Plane
from recist_tool.errors import RecistToolError
from recist_tool.measure import (
    AORTA_MM,
    KIND_WORDS,
    SPHERES_MM,
    Drawn,
    annotation_words,
    as_annotation,
    figure_parts,
    from_annotation,
    probe,
    slice_of,
)
from recist_tool.model import POINTS, DrawAnnotation, EraseAnnotation
from recist_tool.terms import AnnotationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.viewport.image.coordinates import Pixel, Spacing
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from recist_tool.measure import Volume
    from recist_tool.model import Annotation

HOW = {
    AnnotationKind.RULER: "two clicks or one drag",
    AnnotationKind.ANGLE: "three clicks: an end, the corner, the other end",
    AnnotationKind.CIRCLE: "drag from its middle",
    AnnotationKind.ELLIPSE: "drag from corner to corner",
    AnnotationKind.FREEHAND: "drag round it",
    AnnotationKind.SPHERE_1_ML: "click its middle",
    AnnotationKind.SPHERE_3_CM: "click its middle",
}
FIND_WORDS = "Click in a pane: the same point is found in all others."
NAME = re.compile(r"M(\d+)")


class Probes:
    """What is drawn beside lesions: it enters no sum.

    Attributes
    ----------
    kind
        What is in the hand, or None.
    """

    def __init__(self, room: Room, contouring: LesionSegmentation) -> None:
        self._room = room
        self._reading = room.reading
        self._contouring = contouring
        self._tools: dict[MeasuringViewport, ProbeTool] = {}
        self._visit: str | None = None
        self.kind: AnnotationKind | None = None
        room.reading.changed.connect(self._follow)
        self._hand_out()

    # ------------------------------------------------------------- the hand

    def take_up(self, kind: AnnotationKind) -> None:
        """Take a tool into the hand; the same once more lays it down."""
        if kind is self.kind:
            self.lay_down()
            return
        why = self._room.why_no_tool()
        if why:
            self._reading.say(why, is_error=True)
            return
        self._empty()
        self._room.viewing.finds_points = False
        self.kind = kind
        self._hand_out()
        self._reading.say(f"{KIND_WORDS[kind].capitalize()}: {HOW[kind]}. No lesion.")

    def lay_down(self) -> None:
        """Have nothing in the hand."""
        self.kind = None
        self._hand_out()
        self._reading.say("")

    def find_points(self, *, on: bool | None = None) -> None:
        """Let a click find the same point in the other panes, or no longer.

        Parameters
        ----------
        on
            None for the other way than now.
        """
        viewing = self._room.viewing
        is_on = not viewing.finds_points if on is None else on
        viewing.forget_point()
        if is_on:
            self._empty()
            self.kind = None
        viewing.finds_points = is_on
        self._hand_out()
        self._reading.say(FIND_WORDS if is_on else "")

    def _empty(self) -> None:
        """Lay down caliper and mask tool."""
        if self._contouring.mode is not Mode.OFF:
            self._contouring.take_up(Mode.OFF)
        self._room.arm(on=False)

    def drop(self) -> bool:
        """Drop what is half drawn, else the tool; return whether there was either."""
        if self._room.viewing.finds_points:
            self.find_points(on=False)
            return True
        if self.kind is None:
            return False
        if self._room.viewing.active.hands.cancel():
            self._room.sheet.redraw()
        else:
            self.lay_down()
        return True

    @property
    def spacing(self) -> Spacing:
        """Distance between rows, between columns of the slice at work, mm."""
        volume = self._room.pane.volume
        return (1.0, 1.0) if volume is None else plane_spacing(volume)

    # ------------------------------------------------------------- what is drawn

    def here(self) -> Mapping[str, ProbeDraft]:
        """Return what is drawn on the slice at work, by name."""
        station = self._room.viewing.active
        return {
            one.annotation_id: ProbeDraft(drawn.kind, drawn.points, one.annotation_id)
            for one, drawn in self._of(station)
            if drawn.slice_index == station.pane.slice_index
        }

    def drawn(self, draft: ProbeDraft) -> None:
        """Keep what was drawn, or say what stands against it."""
        self.kind = None
        self._reading.attempt(partial(self._keep, draft))
        self._hand_out()

    def _keep(self, draft: ProbeDraft) -> None:
        pane = self._room.pane
        volume, slice_index = pane.volume, pane.slice_index
        if volume is None:
            return
        self._room.make_ready()
        session, visit = self._reading.open_session(), self._reading.open_visit_id()
        name = draft.annotation_id or self._free_name()
        drawn = Drawn(slice_index, draft.kind, draft.points)
        kept = as_annotation(volume, drawn, name, visit)
        session.do(DrawAnnotation(reader_id=session.reader_id, annotation=kept))

    def _free_name(self) -> str:
        matches = [
            NAME.fullmatch(one.annotation_id)
            for one in self._reading.open_read().annotations
        ]
        return f"M{max((int(one[1]) for one in matches if one), default=0) + 1}"

    def erase(self, annotation_id: str, reason: str = "") -> None:
        """Take an annotation away.

        Raises
        ------
        CommandRefused
            If its visit is signed.
        """
        session = self._reading.open_session()
        session.do(
            EraseAnnotation(reader_id=session.reader_id, annotation_id=annotation_id),
            reason,
        )

    def at(self, station: MeasuringViewport, at: Pixel) -> list[Annotation]:
        """Return the annotations of a pane's slice that a point lies at or in."""
        pane = station.pane
        if pane.volume is None:
            return []
        spacing = np.array(plane_spacing(pane.volume))
        reach_mm = 9.0 * pane.mm_per_px
        return [
            one
            for one, drawn in self._of(station)
            if drawn.slice_index == pane.slice_index
            and any(
                _is_near(lines, at, spacing, reach_mm)
                for lines in probe_lines(
                    drawn.kind, drawn.points, plane_spacing(pane.volume)
                )
            )
        ]

    # ------------------------------------------------------------- what is seen

    def _follow(self) -> None:
        """Lay the tool down for another visit, or where another tool is taken up."""
        visit = self._reading.timepoint_id
        is_other = visit != self._visit
        self._visit = visit
        has_other = self._room.tool.armed or self._contouring.mode is not Mode.OFF
        if has_other:
            self._room.viewing.finds_points = False
        if is_other or has_other or self._room.viewing.finds_points:
            self.kind = None
        self._hand_out()

    def _hand_out(self) -> None:
        for station in self._room.viewing.stations:
            if station not in self._tools:
                self._tools[station] = ProbeTool(self)
                station.sheet.probed = partial(self._marks, station)
            tool = self._tools[station]
            if self.kind is None:
                tool.cancel()
            station.hands.probe = None if self.kind is None else tool

    def _marks(self, station: MeasuringViewport) -> list[ProbeMark]:
        """Return what is drawn on the slice in view of a pane."""
        pane, draft = station.pane, self._tools[station].draft
        volume = pane.volume
        if volume is None or volume is not pane.acquired:
            return []
        held = "" if draft is None else draft.annotation_id
        marks = [
            mark
            for one, drawn in self._of(station)
            if one.annotation_id != held
            and (mark := self._mark(volume, pane.slice_index, one, drawn)) is not None
        ]
        marks += self._regions(volume, station)
        if draft is not None:
            marks.append(self._held(volume, pane.slice_index, draft))
        return marks

    def _mark(
        self, volume: Volume, slice_index: int, one: Annotation, drawn: Drawn
    ) -> ProbeMark | None:
        """Return an annotation as it is seen on a slice; None where it is not."""
        off_mm = _off_mm(volume, slice_index, drawn.slice_index)
        is_here = slice_index == drawn.slice_index
        if not is_here and drawn.kind not in SPHERES_MM:
            return None
        lines = probe_lines(drawn.kind, drawn.points, plane_spacing(volume), off_mm)
        if not lines:
            return None
        has_grips = is_here and self.kind is not None
        grips = drawn.points if drawn.kind is not AnnotationKind.FREEHAND else ()
        label = annotation_words(one, "\n") if is_here else one.annotation_id
        return ProbeMark(lines, grips if has_grips else (), label=label)

    def _held(self, volume: Volume, slice_index: int, draft: ProbeDraft) -> ProbeMark:
        """Return what is half drawn, with what it would measure."""
        lines = probe_lines(draft.kind, draft.points, plane_spacing(volume))
        label = f"{draft.annotation_id}  {self._live(volume, slice_index, draft)}"
        return ProbeMark(lines, (), label=label.strip(), dashed=True)

    def _live(self, volume: Volume, slice_index: int, draft: ProbeDraft) -> str:
        if len(draft.points) < POINTS[draft.kind][0]:
            return ""
        try:
            found = probe(volume, slice_index, draft.kind, draft.points)
        except RecistToolError:
            return ""
        return "\n".join(figure_parts(found.figures, found.units))

    def _regions(self, volume: Volume, station: MeasuringViewport) -> list[ProbeMark]:
        """Return the reference regions of a PET where they were placed."""
        read, slice_index = self._reading.read, station.pane.slice_index
        pet = read and read.uptake_at(station.film.timepoint_id)
        if not pet:
            return []
        marks: list[ProbeMark] = []
        for name, region in (("liver", pet.liver), ("blood pool", pet.blood_pool)):
            place = region and region.place
            middle = place and slice_of(volume, place.plane)
            if region is None or not place or middle is None:
                continue
            column, row = place.middle_pixel
            lines = _region_lines(volume, name, (row, column), slice_index, middle)
            words = f"{name}  SUL {region.mean_sul:.2f}"
            if lines:
                marks.append(ProbeMark(lines, (), label=words, colour=REFERENCE_COLOUR))
        return marks

    def _of(self, station: MeasuringViewport) -> Iterator[tuple[Annotation, Drawn]]:
        """Yield what is drawn at the visit of a pane on its series."""
        volume, read = station.pane.acquired, self._reading.read
        if volume is None or read is None or station.pane.plane is not Plane.ACQUIRED:
            return
        for one in read.annotations_at(station.film.timepoint_id):
            drawn = from_annotation(volume, one)
            if drawn is not None:
                yield one, drawn


def _region_lines(
    volume: Volume, name: str, middle: Pixel, slice_index: int, placed_on: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the outline of a reference region on a slice; none where it is not."""
    off_mm, spacing = _off_mm(volume, slice_index, placed_on), plane_spacing(volume)
    if name == "liver":
        kind = AnnotationKind.SPHERE_3_CM
        return probe_lines(kind, (middle,), spacing, off_mm)
    wide_mm, long_mm = AORTA_MM
    if off_mm > long_mm / 2:
        return ()
    rim = (middle[0], middle[1] + wide_mm / 2 / spacing[1])
    return probe_lines(AnnotationKind.CIRCLE, (middle, rim), spacing)


def _off_mm(volume: Volume, slice_index: int, other: int) -> float:
    """Return how far apart two slices of a series lie, mm."""
    apart = volume.slice_origins_lps[slice_index] - volume.slice_origins_lps[other]
    return abs(float(apart @ volume.normal_lps))


def _is_near(
    corners: NDArray[np.float64],
    at: Pixel,
    spacing: NDArray[np.float64],
    reach_mm: float,
) -> bool:
    """Return whether a point lies at a line, or in what a closed one goes round."""
    start, end = corners[:-1] * spacing, corners[1:] * spacing
    place, along = np.array(at) * spacing, end - start
    length = np.maximum((along**2).sum(axis=1), 1e-9)
    part = np.clip(((place - start) * along).sum(axis=1) / length, 0, 1)
    foot = start + part[:, None] * along
    if np.hypot(*(foot - place).T).min(initial=np.inf) <= reach_mm:
        return True
    spans = (start[:, 0] > place[0]) != (end[:, 0] > place[0])
    rows = np.where(spans, along[:, 0], 1.0)
    across = start[:, 1] + (place[0] - start[:, 0]) / rows * along[:, 1]
    is_closed = np.array_equal(corners[0], corners[-1])
    return is_closed and bool((spans & (across > place[1])).sum() % 2)
