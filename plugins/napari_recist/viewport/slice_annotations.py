"""The calipers of a visit on its pane, from the case and under the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.viewport.annotations.caliper_graphics import CaliperMark
from napari_recist.viewport.annotations.case_graphics import (
    doubt,
    live_sizes,
    placed_marks,
    surplus,
)
from napari_recist.viewport.annotations.mask_outlines import MaskOverlay
from napari_recist.viewport.image.coordinates import middle, plane_spacing
from napari_recist.viewport.mouse.caliper_tool import NEW
from napari_recist.viewport.slice_slider import Tick
from recist_tool.app.reading import DRAFT, UNFINISHED, NewLesion, Plane
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari_recist.viewport.annotations.case_graphics import Carry, Placed
    from napari_recist.viewport.annotations.probe_graphics import ProbeMark
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome, CaliperTool
    from napari_recist.viewport.viewport import Viewport
    from recist_tool.app.reading import CurrentRead
    from recist_tool.measure import Volume

OTHER_END = "click the other end"
"""Said beside the first click, which has no length yet."""


class SliceAnnotations:
    """Keeps the calipers on a pane in step with the read.

    Parameters
    ----------
    carry
        Brings patient points of another visit to where they lie in the pane's series.

    Attributes
    ----------
    timepoint_id
        The visit whose calipers are shown.
    overlay
        Returns what masks add to the slice in view.
    probed
        Returns the rulers and regions on the slice in view.
    carried
        Returns where the chosen lesion may lie, in place of where it was.
    """

    def __init__(
        self, pane: Viewport, tool: CaliperTool, reading: CurrentRead, carry: Carry
    ) -> None:
        self.timepoint_id = ""
        self.overlay: Callable[[], MaskOverlay] = MaskOverlay
        self.probed: Callable[[], Sequence[ProbeMark]] = tuple
        self.carried: Callable[[], Placed | None] = lambda: None
        self._carry = carry
        self._pane = pane
        self._tool = tool
        self._reading = reading
        self._placed: list[Placed] = []
        self._shown_lesion: str | None = None

    def follow(self) -> None:
        """Look at the case again; go to the lesion if another one is chosen."""
        volume, reading = self._pane.volume, self._reading
        self._placed = []
        if volume is not None and self._pane.plane is Plane.ACQUIRED:
            self._placed = placed_marks(reading, volume, self.timepoint_id, self._carry)
        carried = self.carried()
        if carried is not None:
            own = [one for one in self._placed if not one.mark.ghost]
            self._placed = [*own, carried]
        if reading.lesion_id != self._shown_lesion:
            self._shown_lesion = reading.lesion_id
            self._go_to_lesion()
        self.redraw()

    def ticks(self) -> list[Tick]:
        """Return where the lesions of the visit lie among the slices."""
        return [
            Tick(one.slice_index, one.mark.colour, one.mark.label)
            for one in self._placed
        ]

    def stay(self) -> None:
        """Take the chosen lesion as in view: the reader has just drawn it."""
        self._shown_lesion = self._reading.lesion_id

    def forget(self) -> None:
        """Go to the chosen lesion at the next look, whichever it is."""
        self._shown_lesion = None

    def redraw(self) -> None:
        """Draw what lies on the slice in view, and the caliper that the mouse holds."""
        volume, slice_index = self._pane.volume, self._pane.slice_index
        if volume is None:
            return
        overlay = self.overlay()
        here = [one for one in self._placed if one.slice_index == slice_index]
        selected = [one.mark.key for one in here if one.mark.selected]
        in_hand = [one for one in overlay.marks if one.selected]
        out_of_sight = overlay.hides if in_hand else None
        taken = [one.mark for one in here if one.can_take]
        self._tool.over(
            plane_spacing(volume),
            {
                one.key: one.caliper
                for one in [*taken, *in_hand]
                if one.key != out_of_sight
            },
            selected[0] if selected else None,
        )
        kept = [one.mark for one in here if one.mark.key != overlay.hides]
        self._pane.draw(self._with_draft([*kept, *overlay.marks]))
        self._pane.trace(overlay.outlines)
        self._pane.probe(self.probed())

    def _go_to_lesion(self) -> None:
        """Bring the chosen lesion, or its ghost, into view."""
        own = [one for one in self._placed if one.mark.key == self._shown_lesion]
        ghosts = [one for one in self._placed if not one.can_take and one.mark.ghost]
        for placed in (own or ghosts)[:1]:
            self._pane.go_to(placed.slice_index)
            self._pane.bring_into_view(middle(placed.mark.caliper))

    def _lesion_of(self, key: str) -> NewLesion:
        """Return what is known of the lesion whose caliper the mouse holds."""
        reading = self._reading
        known = reading.read.lesion(key) if reading.read else None
        known = known or (
            reading.subject() if key in (NEW, UNFINISHED, DRAFT) else None
        )
        if known is None:
            return reading.new_lesion
        return NewLesion(known.role, known.organ, known.name, known.nodal)

    def _remark(self, draft: CaliperOutcome, volume: Volume, lesion: NewLesion) -> str:
        """Return what stands against a target that is being drawn."""
        protocol = self._reading.protocol
        is_new = draft.key == NEW and self._reading.subject() is None
        remarks = (
            doubt(draft.caliper, volume, lesion, protocol),
            surplus(self._reading) if is_new else "",
        )
        return "; ".join(one for one in remarks if one)

    def _draft_label(
        self, draft: CaliperOutcome, volume: Volume, lesion: NewLesion
    ) -> str:
        """Return the length of a caliper being drawn, and what is against it."""
        begin, end = draft.caliper.long_ends
        if begin == end:
            return OTHER_END
        label = live_sizes(draft.caliper, plane_spacing(volume))
        if self._tool.is_nudged:  # not in the case yet
            label += " \N{HORIZONTAL ELLIPSIS}"
        if self._reading.is_baseline and lesion.role is LesionRole.TARGET:
            label = f"{label}  {self._remark(draft, volume, lesion)}".rstrip()
        return label

    def _with_draft(self, marks: list[CaliperMark]) -> list[CaliperMark]:
        """Return the marks with the caliper that the mouse holds as it is now."""
        draft, volume = self._tool.draft, self._pane.volume
        if draft is None or volume is None:
            return marks
        lesion = self._lesion_of(draft.key)
        label = self._draft_label(draft, volume, lesion)
        if draft.key == NEW:
            return [
                *marks,
                CaliperMark(NEW, label, caliper=draft.caliper, role=lesion.role),
            ]
        held = label if draft.key in (UNFINISHED, DRAFT) else f"{draft.key}  {label}"
        return [
            one._replace(caliper=draft.caliper, label=held)
            if one.key == draft.key
            else one
            for one in marks
        ]
