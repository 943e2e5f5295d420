"""Masks at the hands of a reader: found by a click, painted, accepted, recorded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.viewport.annotations.mask_outlines import SavedMasks, holds
from napari_recist.viewport.image.coordinates import middle, plane_spacing
from napari_recist.viewport.mask_graphics import MaskGraphics
from napari_recist.viewport.mouse.left_button import MaskTool, Mode
from napari_recist.viewport.mouse.mask_edit import (
    Seek,
    empty_draft,
    found_draft,
    is_same,
    taken_up,
    touches,
)
from recist_tool.app import (
    Region,
    click_border,
    finding_on_mask,
    organ_of,
    record_mask,
    signal,
)
from recist_tool.app.reading import DRAFT, UNFINISHED, brief_uptake
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.measure import (
    PlacedCaliper,
    PlaneCaliper,
    filled_between_slices,
    segment_caliper,
    segment_click,
    smoothed_outline,
)
from recist_tool.model import MeasuringMethod

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_recist.room.room import Room
    from napari_recist.viewport.image.coordinates import Pixel
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome
    from napari_recist.viewport.mouse.mask_edit import Draft
    from napari_recist.widgets.background import Loader
    from recist_tool.app import ClickBorder
    from recist_tool.dicom import ScanFacts, Segment
    from recist_tool.measure import Mask, Segmentation, Volume

BRUSH_MM = 5.0
LEAST_MM, MOST_MM = 1.0, 40.0
STEP_MM = 1.0
UNSURE = 0.7
"""Below this expected overlap a proposal is to be looked at twice."""

MODE_WORDS = {
    Mode.FIND: "Click in a lesion, or on a caliper: its border is found.",
    Mode.ADD: "Brush: paint what belongs to the lesion. Shift+A again: erase.",
    Mode.ERASE: "Brush: erase what does not belong to it. Shift+A again: no brush.",
    Mode.OFF: "",
}
AFTER_BRUSH = {Mode.ADD: Mode.ERASE, Mode.ERASE: Mode.OFF}
ACCEPT_WORDS = "Enter accepts, a pulled end corrects, Escape drops it."


class LesionSegmentation:
    """Finds lesions by a click, lets the reader paint, and records what is accepted.

    Attributes
    ----------
    mode
        What the left button does: nothing with masks, find, add, erase.
    brush_mm
        Diameter of the brush.
    draft
        The mask in hand that the case does not hold so, or None.
    recorded
        Emitted with a mask that the reader accepted.
    facts
        Returns how a PET was made; None for another series.
    """

    recorded = signal(object)

    def __init__(self, room: Room, loader: Loader) -> None:
        self._room = room
        self._reading = room.reading
        self._loader = loader
        self._tools: dict[MeasuringViewport, MaskTool] = {}
        self._asked = 0
        self._before: Draft | None = None
        self._chosen_then: str | None = None
        self._painted_to: Pixel = (0.0, 0.0)
        self._masks = SavedMasks()
        self._organs_said: set[tuple[str, str]] = set()
        self._mode = Mode.OFF
        self.brush_mm = BRUSH_MM
        self.draft: Draft | None = None
        self.facts: Callable[[Volume], ScanFacts | None] = lambda volume: None
        room.pulled = self._on_pulled
        room.reading.changed.connect(self._follow)
        self._hand_out()

    # ------------------------------------------------------------- tools

    @property
    def mode(self) -> Mode:
        """What the left button does."""
        return self._mode

    def take_up(self, mode: Mode) -> None:
        """Put a tool into the reader's hand, or say why it would be of no use."""
        why = self._room.why_no_tool() if mode is not Mode.OFF else ""
        if why:
            self._reading.say(why, is_error=True)
            mode = Mode.OFF
        if mode is not Mode.OFF:
            self._room.arm(on=False)
        self._mode = mode
        self._hand_out()
        if not why:
            self._reading.say(MODE_WORDS[mode])

    def toggle_find(self) -> None:
        """Find lesions by a click, or no longer."""
        self.take_up(Mode.OFF if self._mode is Mode.FIND else Mode.FIND)

    def cycle_brush(self) -> None:
        """Paint, then erase, then neither."""
        self.take_up(AFTER_BRUSH.get(self._mode, Mode.ADD))

    def resize_brush(self, by_mm: float) -> None:
        """Make the brush larger or smaller."""
        self.set_brush(self.brush_mm + by_mm)

    def set_brush(self, diameter_mm: float) -> None:
        """Set the diameter of the brush."""
        self.brush_mm = min(max(diameter_mm, LEAST_MM), MOST_MM)
        self._reading.say(f"Brush {self.brush_mm:.0f} mm")

    # ------------------------------------------------------------- finding

    def click(self, at: Pixel, reach_mm: float) -> None:
        """Look for a lesion in the background; a click inside a proposal accepts it."""
        pane, draft = self._room.pane, self.draft
        volume, slice_index = pane.volume, pane.slice_index
        if volume is None:
            return
        if draft and draft.volume is volume and holds(draft.mask, slice_index, at):
            self.accept()
            return
        grip = self._room.tool.grip(at, reach_mm)
        caliper = None if grip is None else grip.caliper
        lesion_id = self._lesion_at(at) if grip is None else self._lesion_of(grip.key)
        find = partial(_find, volume, slice_index, caliper or at, self._border())
        self.seek(Seek(volume, lesion_id, find), self._on_refused)

    def seek(self, seek: Seek, refused: Callable[[RecistToolError], None]) -> None:
        """Look for a border in the background, and propose what it holds.

        Nothing comes of it where the reader went elsewhere meanwhile.
        """
        self._asked += 1
        asked = (self._asked, self._reading.lesion_id, self._reading.timepoint_id)

        def is_awaited() -> bool:
            chosen, visit = self._reading.lesion_id, self._reading.timepoint_id
            is_on_show = self._room.pane.volume is seek.volume
            return is_on_show and asked == (self._asked, chosen, visit)

        self._loader.run(
            "Finding the border",
            lambda _: seek.find(),
            lambda found: self._on_found(seek, found) if is_awaited() else None,
            lambda error: refused(error) if is_awaited() else None,
        )

    def _border(self) -> ClickBorder:
        reading = self._reading
        return click_border(reading.protocol, reading.read, reading.timepoint_id or "")

    def _lesion_at(self, at: Pixel) -> str | None:
        """Return whose mask is under the pointer; else the lesion that waits."""
        slice_index = self._room.pane.slice_index
        for lesion_id, mask in self.masks_here().items():
            if holds(mask, slice_index, at):
                return lesion_id
        subject = self._reading.subject()
        return None if subject is None else subject.lesion_id

    def _lesion_of(self, key: str) -> str | None:
        unfinished = self._reading.unfinished
        return unfinished.lesion_id if key == UNFINISHED and unfinished else key

    def mask_of(self, lesion_id: str) -> Mask | None:
        """Return the mask of a lesion of the open visit on the series in view."""
        return self.masks_here().get(lesion_id)

    def masks_here(self) -> dict[str, Mask]:
        """Return the masks of the open visit on the series of the active pane."""
        volume, read = self._room.pane.acquired, self._reading.read
        if volume is None or read is None:
            return {}
        return self._masks.on(volume, read, self._reading.timepoint_id or "")

    def _on_found(self, seek: Seek, found: Segmentation) -> None:
        timepoint_id = self._reading.timepoint_id or ""
        self.take_in_hand(found_draft(found, seek, timepoint_id))

    def _on_refused(self, error: RecistToolError) -> None:
        self._reading.say(str(error), is_error=True)

    # ------------------------------------------------------------- painting

    def begin_stroke(self, at: Pixel) -> bool:
        """Take up the mask at hand, or an empty one, and touch it."""
        self._before = self.draft
        try:
            self.draft = self._in_hand()
        except RecistToolError as error:
            self._reading.say(str(error), is_error=True)
            return False
        self._painted_to = at
        self.paint(at)
        return True

    def paint(self, at: Pixel) -> None:
        """Draw the brush from where it was over the mask in hand."""
        start, self._painted_to = self._painted_to, at
        if self.draft is None:
            return
        adds, radius_mm = self._mode is Mode.ADD, self.brush_mm / 2
        spacing = plane_spacing(self.draft.volume)
        slice_index = self._room.pane.slice_index
        for touch in touches(start, at, radius_mm, spacing):
            self.draft = self.draft.painted(slice_index, touch, radius_mm, adds=adds)

    def end_stroke(self) -> None:
        """Record the mask where the case knows it; else it stays a proposal."""
        self._settle()

    def drop_stroke(self) -> None:
        """Go back to how it was before the button went down."""
        self.draft = self._before

    def smooth(self) -> None:
        """Smooth the outline of the mask at hand."""
        self._edit(smoothed_outline, "its outline is smooth already")

    def fill_between(self) -> None:
        """Fill the slices between those on which the mask was drawn."""
        self._edit(filled_between_slices, "no slice is empty between those drawn on")

    def toggle_cut(self) -> None:
        """Take in what was cut off the proposal, or leave it out again."""
        draft = self.draft
        if draft is None or draft.cut is None:
            self._reading.say("Nothing was cut off here.")
        else:
            self.take_in_hand(draft.with_cut(taken_in=not draft.has_cut))

    def take_back(self) -> bool:
        """Take back what was done to the proposal last; return whether there was such.

        That is a stroke, another edit, or that what was cut off is in.
        """
        draft, before = self.draft, self._before
        if draft is None or (before is None and not draft.has_cut):
            return False
        self.take_in_hand(before or draft.with_cut(taken_in=False))
        return True

    def drop_proposal(self) -> bool:
        """Drop the mask in hand; return whether there was one."""
        if self.draft is None:
            return False
        self.draft = self._before = None
        self._reading.say("The proposal is dropped.")
        return True

    def _edit(self, edit: Callable[[Mask], Mask], nothing_to_do: str) -> None:
        self._before = self.draft

        def act() -> None:
            draft = self._in_hand()
            if not draft.mask.inside.any():
                raise CommandRefused.at(
                    "mask", "there is none of this lesion here", "Click it with A first"
                )
            changed = draft.changed(edit)
            if is_same(changed.mask, draft.mask):
                raise CommandRefused.at("mask", nothing_to_do)
            self.draft = changed

        if self._reading.attempt(act):
            self._settle()

    def _in_hand(self) -> Draft:
        """Return the draft, the mask of the chosen lesion, or an empty mask."""
        volume, read = self._room.pane.volume, self._reading.read
        if volume is None:
            raise CommandRefused.at("", "no series is open", "Open one first")
        if self.draft is not None and self.draft.volume is volume:
            return self.draft
        timepoint_id, lesion_id = self._reading.open_visit_id(), self._reading.lesion_id
        if read is None or lesion_id is None:
            return empty_draft(volume, None, timepoint_id)
        mask = self.masks_here().get(lesion_id)
        uid = volume.series_instance_uid
        masks = read.masks_at(timepoint_id)
        saved = next(
            (m for n, m in masks if (n, m.series_instance_uid) == (lesion_id, uid)),
            None,
        )
        if mask is None or saved is None:
            return empty_draft(volume, lesion_id, timepoint_id)
        return taken_up(volume, mask, saved, lesion_id, timepoint_id)

    def _settle(self) -> None:
        draft = self.draft
        if draft is None:
            return
        if not draft.recorded:
            self._say_draft()
        elif not self.record(draft):
            self.draft = None
            self._room.sheet.redraw()

    # ------------------------------------------------------------- recording

    def accept(self) -> bool:
        """Record the mask in hand; return whether there was one."""
        draft = self.draft
        if draft is None:
            return False
        if not self._is_in_view(draft):  # nothing is recorded unseen
            self.take_in_hand(draft)
        elif self.record(draft):
            self._reading.say(self._recorded_words())
            self.recorded.emit(draft)
        return True

    def _recorded_words(self) -> str:
        """Return what was recorded: on a PET with its uptake."""
        name, read = self._reading.lesion_id or "", self._reading.read
        pet = read and read.uptake_at(self._reading.timepoint_id or "")
        uptake = pet.lesions.get(name) if pet else None
        figures = brief_uptake(uptake) if uptake else ""
        return f"{name} is recorded with its mask{figures}."

    def record(self, draft: Draft) -> bool:
        """Record a mask; return whether that was allowed, else it is told why not."""
        return self._reading.attempt(partial(self.keep, draft))

    def take_in_hand(self, draft: Draft) -> None:
        """Show a mask that the reader may accept, pull, or paint on."""
        self.draft, self._before = draft, None
        self._chosen_then = self._reading.lesion_id
        if draft.axes is not None:
            self._room.pane.go_to(draft.axes.slice_index)
            self._room.pane.bring_into_view(middle(draft.axes.caliper))
        self._say_draft()

    def _on_pulled(self, outcome: CaliperOutcome) -> bool:
        """Record the mask in hand with axes that the reader pulled, if it was that."""
        draft = self.draft
        if outcome.key != DRAFT or draft is None:
            return False
        slice_index = self._room.pane.slice_index
        draft = draft.corrected(PlacedCaliper(slice_index, outcome.caliper))
        self.keep(draft)
        self.recorded.emit(draft)
        return True

    def drop(self) -> bool:
        """Drop what is half done: a stroke, a proposal, the tool; or nothing."""
        self._asked += 1  # an answer that is still to come is not wanted any more
        stroke = self._room.viewing.active.hands.cancel()
        if stroke or self.draft is not None:
            self.draft = self.draft if stroke else None
            self._reading.say("")
            return True
        if self._mode is Mode.OFF:
            return False
        self.take_up(Mode.OFF)
        return True

    def keep(self, draft: Draft) -> None:
        """Record a mask.

        Raises
        ------
        RecistToolError
            If that is not allowed, or has to be confirmed first.
        """
        self._room.make_ready()
        session = self._reading.open_session()
        placed, how = draft.placed, draft.provenance
        if draft.lesion_id is None:
            finding, mask = finding_on_mask(
                draft.volume,
                draft.mask,
                how,
                role=self._reading.new_lesion.role,
                decimals=session.case.protocol.diameter_decimals,
                placed=placed,
            )
            details = self._details(draft.source)
            region = Region(draft.volume, draft.mask, how, self.facts(draft.volume))
            self._room.recorder.add(finding, mask, region, **details)
        else:
            record_mask(
                session,
                draft.lesion_id,
                draft.timepoint_id,
                draft.volume,
                draft.mask,
                how,
                placed=placed,
                facts=self.facts(draft.volume),
            )
            self._reading.lesion_id = draft.lesion_id
        self.draft = None
        self._reading.unfinished = None
        self._room.sheet.stay()

    def _details(self, source: Segment | None) -> dict[str, str]:
        """Return what a file says of a mask; where that is no organ, the reader does.

        Raises
        ------
        ConfirmationNeeded
            If nobody said yet that the form's organ is that of the file's masks.
        """
        if source is None:
            return {}
        organ = organ_of(source)
        if organ:
            return {**source.details(), "organ": organ}
        here = (self._room.shown_key, self._reading.new_lesion.organ)
        if here not in self._organs_said:
            self._reading.require(
                "The file does not say in which organ its mask is. Is it "
                f"{here[1]}, as the form says? No: pick its organ (O) first."
            )
            self._organs_said.add(here)
        return source.details()

    def _say_draft(self) -> None:
        draft = self.draft
        if draft is None or draft.axes is None:
            self._reading.say("The mask is empty: paint the lesion, or press Escape.")
            return
        words = f"{draft.name}: {draft.sizes} on slice {draft.axes.slice_index + 1}. "
        if draft.confidence is not None:
            twice = ": look twice" if draft.confidence < UNSURE else ""
            words += f"Expected overlap {draft.confidence:.0%}{twice}. "
        self._reading.say(words + draft.cut_words + ACCEPT_WORDS)

    # ------------------------------------------------------------- what is seen

    def _follow(self) -> None:
        """Look at the room again: new panes, another visit, the caliper taken up."""
        if self._reading.session is None:
            self._organs_said.clear()
        is_gone = self._reading.timepoint_id is None  # and another patient comes
        if (self._room.tool.armed or is_gone) and self._mode is not Mode.OFF:
            self._mode = Mode.OFF
        draft = self.draft
        if draft is not None and (not self._is_seen(draft) or self._is_left(draft)):
            self.draft = None
            self._room.sheet.redraw()
        self._hand_out()

    def _is_seen(self, draft: Draft) -> bool:
        """Return whether a draft is of the open visit, and its series on show."""
        shown = [station.pane.acquired for station in self._room.viewing.on_show]
        is_open = draft.timepoint_id == (self._reading.timepoint_id or "")
        return is_open and any(draft.volume is one for one in shown)

    def _is_left(self, draft: Draft) -> bool:
        """Return whether the reader went on to another lesion and left a proposal.

        What was painted is kept: nobody but the reader can make it again.
        """
        chosen, how = self._reading.lesion_id, draft.provenance
        is_found_here = how.method is MeasuringMethod.SEGMENTED and not how.edited
        if draft.recorded or draft.lesion_id is None or not is_found_here:
            return False
        return chosen not in (self._chosen_then, draft.lesion_id)

    def _is_in_view(self, draft: Draft) -> bool:
        first, pane = draft.mask.start[0], self._room.pane
        slices = range(first, first + len(draft.mask.inside))
        return pane.volume is draft.volume and pane.slice_index in slices

    def _hand_out(self) -> None:
        for station in self._room.viewing.stations:
            if station not in self._tools:
                self._tools[station] = MaskTool(self)
                view = MaskGraphics(station, self._reading, self, self._tools[station])
                station.sheet.overlay = view.overlay
            tool = self._tools[station]
            station.hands.other = None if self._mode is Mode.OFF else tool


def _find(
    volume: Volume, slice_index: int, at: Pixel | PlaneCaliper, border: ClickBorder
) -> Segmentation:
    if isinstance(at, PlaneCaliper):
        return segment_caliper(volume, slice_index, at, **border._asdict())
    return segment_click(volume, slice_index, at, **border._asdict())
