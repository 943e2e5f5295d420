"""What a pane shows of masks: those of its visit, the one in hand, the brush."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from napari_recist.viewport.annotations.caliper_graphics import CaliperMark
from napari_recist.viewport.annotations.mask_outlines import (
    MaskOverlay,
    Outline,
    SavedMasks,
    border,
    circle,
    hatching,
)
from napari_recist.viewport.image.coordinates import plane_spacing
from napari_recist.viewport.mouse.left_button import Mode
from napari_recist.widgets.role_colours import ROLE_COLOURS
from recist_tool.app.reading import DRAFT

if TYPE_CHECKING:
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.mouse.left_button import MaskTool
    from napari_recist.viewport.mouse.mask_edit import Draft
    from recist_tool.app.reading import CurrentRead
    from recist_tool.measure import Mask, Volume
    from recist_tool.terms import LesionRole

CUT_COLOUR = "#ff9f43"
BRUSH_COLOURS = {Mode.ADD: "#ffffff", Mode.ERASE: "#ff8a80"}


class InHand(Protocol):
    """What the reader holds."""

    brush_mm: float
    draft: Draft | None

    @property
    def mode(self) -> Mode:
        """What the left button does."""
        ...


class MaskGraphics:
    """The masks on one pane.

    Parameters
    ----------
    tool
        Knows where the pointer is over this pane.
    """

    def __init__(
        self,
        station: MeasuringViewport,
        reading: CurrentRead,
        hand: InHand,
        tool: MaskTool,
    ) -> None:
        self._station = station
        self._reading = reading
        self._hand = hand
        self._tool = tool
        self._masks = SavedMasks()

    def overlay(self) -> MaskOverlay:
        """Return what lies on the slice in view now."""
        pane, draft = self._station.pane, self._hand.draft
        volume = pane.volume
        if volume is None or volume is not pane.acquired:
            return MaskOverlay()
        brush = self._brush(volume)
        if draft is None or draft.volume is not volume:
            return MaskOverlay((), [*self._saved(volume, ""), *brush])
        line = Outline(
            border(draft.mask, pane.slice_index),
            self._colour(draft.lesion_id),
            dashed=not draft.recorded,
        )
        others = [*self._saved(volume, draft.lesion_id), *self._cut_off(draft)]
        return MaskOverlay(self._marks(draft), [*others, line, *brush], draft.lesion_id)

    def _cut_off(self, draft: Draft) -> list[Outline]:
        """Return what was cut off the mask in hand, hatched while it is left out."""
        at = self._station.pane.slice_index
        if draft.cut is None or draft.has_cut:
            return []
        return [
            Outline(lines(draft.cut, at), CUT_COLOUR) for lines in (border, hatching)
        ]

    def _saved(self, volume: Volume, without: str | None) -> list[Outline]:
        """Return the borders of the case's masks, one lesion left out."""
        at = self._station.pane.slice_index
        return [
            Outline(border(mask, at), self._colour(lesion_id))
            for lesion_id, mask in self._of_visit(volume).items()
            if lesion_id != without
        ]

    def _of_visit(self, volume: Volume) -> dict[str, Mask]:
        read = self._reading.read
        if read is None:
            return {}
        return self._masks.on(volume, read, self._station.film.timepoint_id)

    def _marks(self, draft: Draft) -> list[CaliperMark]:
        ends = draft.axes
        if ends is None or ends.slice_index != self._station.pane.slice_index:
            return []
        label, role = f"{draft.name}  {draft.sizes}", self._role(draft.lesion_id)
        if draft.recorded or self._hand.mode is not Mode.OFF:
            return [CaliperMark("", label, caliper=ends.caliper, role=role)]
        return [
            CaliperMark(DRAFT, label, caliper=ends.caliper, role=role, selected=True)
        ]

    def _brush(self, volume: Volume) -> list[Outline]:
        at, colour = self._tool.at, BRUSH_COLOURS.get(self._hand.mode)
        if at is None or colour is None:
            return []
        lines = circle(at, self._hand.brush_mm / 2, plane_spacing(volume))
        return [Outline(lines, colour)]

    def _colour(self, lesion_id: str | None) -> str:
        return ROLE_COLOURS[self._role(lesion_id)]

    def _role(self, lesion_id: str | None) -> LesionRole:
        read = self._reading.read
        lesion = read.lesion(lesion_id) if read and lesion_id else None
        return self._reading.new_lesion.role if lesion is None else lesion.role
