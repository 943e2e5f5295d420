"""The reading room without its widgets: images, calipers and the case, kept in step.

It knows a pane and a read, hears what the reader does with either, and sees to it that
the other follows. Loading happens in the background.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.room.finding_recorder import Recorder
from napari_recist.room.open_case import CaseOpening
from napari_recist.viewport.annotations.corner_text import ASKEW
from recist_tool.app.reading import (
    DisplaySet,
    Note,
    OrganWindows,
    Plane,
    VisitPlace,
    as_date,
    free_name,
    remark_on,
)
from recist_tool.dicom import series_reference
from recist_tool.model import AddMeasuredLesion, SetReferenceDate, Timepoint
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.components import ViewerModel

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.mouse.caliper_tool import CaliperOutcome, CaliperTool
    from napari_recist.viewport.slice_annotations import SliceAnnotations
    from napari_recist.viewport.viewport import Viewport
    from napari_recist.viewport.viewport_factory import ViewportMaker
    from napari_recist.widgets.background import Loader


NOTHING_WAITS = "No lesion waits for a caliper: Space for the next, W for a new one."


class Room(CaseOpening):
    """One reader's room: the panes, a read, and the images found on disk.

    Attributes
    ----------
    recorder
        Turns what the reader does into findings.
    windows
        The grey values of each organ.
    pulled
        Takes what was pulled of a proposal; returns whether it was one.
    take_back_mask
        Takes back what was done to a mask that is not recorded; returns whether there
        was one.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        loader: Loader,
        maker: ViewportMaker | None = None,
    ) -> None:
        super().__init__(viewer, loader, maker)
        self.recorder = Recorder(self.reading)
        self.viewing.drew.connect(self._on_drawn)
        self.viewing.shown.connect(self._on_shown)
        self.pulled: Callable[[CaliperOutcome], bool] = lambda outcome: False
        self.take_back_mask: Callable[[], bool] = lambda: False
        self.windows = OrganWindows(lambda: self.pane)
        self._gone_to: tuple[str | None, str | None] = (None, None)
        self._at: tuple[str | None, str | None, str | None] = (None, None, None)
        self.reading.changed.connect(self._on_change)
        self.intend(None)

    def _put_away(self) -> None:
        super()._put_away()
        self.windows.forget()
        self._gone_to = (None, None)

    def close(self) -> None:
        """Leave the case to others and the viewer as it was."""
        self.keeper.keep()
        self.viewing.close()
        self.reading.leave()

    @property
    def pane(self) -> Viewport:
        """The active pane."""
        return self.viewing.active.pane

    @property
    def tool(self) -> CaliperTool:
        """The caliper of the active pane."""
        return self.viewing.active.tool

    @property
    def sheet(self) -> SliceAnnotations:
        """The calipers of the active pane."""
        return self.viewing.active.sheet

    @property
    def shown_key(self) -> str:
        """The series on show in the active pane."""
        return self.viewing.active.film.series_key

    # ------------------------------------------------------------- images

    def show_series(self, key: str, timepoint_id: str) -> None:
        """Show a series of a visit in the active pane, and open that visit.

        One that was not found leaves the pane empty: it says so, and asks where it is.
        """
        self.hang_film(self.viewing.active, DisplaySet(timepoint_id, key))

    def hang_film(self, station: MeasuringViewport, film: DisplaySet) -> None:
        """Hang what the reader chose in a pane, and open its visit there."""
        if not self.reading.may_open(film.timepoint_id):
            return
        self.viewing.show(station, film._replace(place=self._place(station, film)))
        self.viewing.activate(station)
        if film.timepoint_id != self.reading.timepoint_id:
            self.reading.open_timepoint(film.timepoint_id)
        self.reading.changed.emit()

    def _place(self, station: MeasuringViewport, film: DisplaySet) -> VisitPlace:
        """Return how a film that the reader chose behaves when visits change."""
        first = self.viewing.stations[0]
        if station is first:
            return VisitPlace.CURRENT
        is_current = film.timepoint_id == first.film.timepoint_id
        return VisitPlace.FOLLOWING if is_current else VisitPlace.CHOSEN

    def _on_shown(self, station: MeasuringViewport) -> None:
        self.hanging.arrived(station)
        self.keeper.arrived(station)
        volume, plane = station.pane.acquired, station.pane.plane
        remark = ""
        if volume is not None and plane is not Plane.PROJECTION:
            gone = self.missing.gone_note(station.film.timepoint_id)
            remark = " ".join(filter(None, (remark_on(volume), gone)))
        if remark and station is self.viewing.active and not self.reading.note.is_error:
            self.reading.note = Note(remark)
        self.reading.changed.emit()

    def set_date(self, timepoint_id: str, text: str) -> None:
        """Correct the date of a visit, or give one to a study without.

        Raises
        ------
        CommandRefused
            If the text is no date, or another visit has it.
        """
        date = as_date(text, self.reading.blinding)
        visit = self.reading.visit_of(timepoint_id)
        if visit is None:
            name = free_name(
                self.reading.visits, "TP1" if self.reading.visits else "BL"
            )
            pinned = tuple(series_reference(one) for one in self.studies.undated())
            visit = Timepoint(timepoint_id=name, date=date, series=pinned)
        self.reading.redate(visit.replaced(date=date))

    def set_day_0(self, text: str) -> None:
        """Name day 0: the start of treatment, or randomisation."""
        date = as_date(text, self.reading.blinding)
        command = SetReferenceDate(reference_date=date)
        self.reading.open_session().do(command)

    def go_to_cell(self, lesion_id: str, timepoint_id: str) -> None:
        """Go to a lesion, at a visit where one is named."""
        if timepoint_id and not self.reading.may_open(timepoint_id):
            return
        if timepoint_id and timepoint_id != self.reading.timepoint_id:
            self.reading.lesion_id = lesion_id
            self.reading.open_timepoint(timepoint_id)
        for station in self.viewing.on_show:
            station.sheet.forget()
        self._hang_image_of(lesion_id)
        self._gone_to = (None, None)
        self.reading.choose(lesion_id)
        if self.reading.subject() is None:  # measured here: only it can be changed
            self.arm(on=False)
            self.reading.measure_again()

    def _hang_image_of(self, lesion_id: str) -> None:
        """Hang the series on which a lesion was measured, where another hangs."""
        read, film = self.reading.read, self.viewing.active.film
        finding = read and read.finding(lesion_id, film.timepoint_id)
        keys = self.missing.keys_of(finding)
        if keys and film.series_key not in keys:
            self.hang_film(self.viewing.active, DisplaySet(film.timepoint_id, keys[0]))

    def _tell_lost(self) -> None:
        """Say why a lesion that was gone to has no picture, once."""
        reading = self.reading
        here = (reading.lesion_id, reading.timepoint_id)
        before, self._gone_to = self._gone_to, here
        lesion_id, visit = here
        if here == before or not (lesion_id and visit and reading.read):
            return
        why = self.missing.why_no_picture(reading.read.finding(lesion_id, visit))
        if why and not reading.note.text:
            text = f"{lesion_id} at {visit} has no picture: {why}. Its number stays."
            reading.note = Note(text, is_error=True)

    def _show_visit(self) -> None:
        visit = self.reading.visit
        if visit is None:
            return
        self.viewing.go_to_visit(visit.timepoint_id)
        lost = self.missing.visit_note(visit)
        if lost:
            self.reading.say(lost, is_error=True)

    def step(self, slices: int) -> None:
        """Go so many slices towards the head in the pane at hand."""
        self.viewing.at_hand.pane.step(slices)

    def reset_view(self) -> None:
        """Show the image in the pane at hand as it is shown at first."""
        self.viewing.at_hand.pane.reset_view()

    def go_to_end(self, *, head: bool) -> None:
        """Go to the last slice towards the head, or the feet, in the pane at hand."""
        self.viewing.at_hand.pane.go_to_end(head=head)

    def invert(self) -> None:
        """Show bright as dark in the pane at hand, and back."""
        self.viewing.at_hand.pane.invert()

    # ------------------------------------------------------------- calipers

    def arm(self, *, on: bool | None = None) -> None:
        """Switch the caliper on or off (without `on`: the other way)."""
        armed = not self.tool.armed if on is None else on
        if armed and on is None and not self.reading.takes_caliper():
            self.reading.measure_again()
        why = self.unmeasurable() if armed else ""
        if armed and not why and not self._has_aim():
            why = NOTHING_WAITS
        if why:
            self.reading.say(why, is_error=True)
            armed = False
        self.tool.armed = armed
        if not armed:
            self.tool.cancel()
        self.reading.changed.emit()

    def _has_aim(self) -> bool:
        """Return whether a caliper would be of something, and not by accident."""
        return self.reading.takes_caliper() or self.recorder.is_splitting

    def draw_new(self, role: LesionRole) -> None:
        """Take the caliper up for another lesion of that role."""
        self.reading.next_new(role)
        if role is LesionRole.NEW and not self.reading.new_wanted:
            return
        if self._has_aim():
            self.arm(on=self.pane.volume is not None or self.is_loading)

    def recorded_new(self) -> str:
        """Name the new lesion that the last change recorded; empty for none."""
        session = self.reading.session
        last = session.entries[-1].command if session and session.entries else None
        if not isinstance(last, AddMeasuredLesion):
            return ""
        lesion = last.lesion
        if lesion.role is not LesionRole.NEW:
            return ""
        return f"{lesion.lesion_id} recorded: new lesion, {lesion.organ}. Undo  Ctrl+Z"

    def drop_half_drawn(self) -> bool:
        """Drop what the hand holds half done; return whether there was anything."""
        dropped = self.viewing.active.hands.cancel()
        if dropped:
            self.sheet.redraw()
            self.reading.say("What was half drawn is dropped.")
        return dropped

    def undo(self) -> None:
        """Take back what was drawn last: what is not recorded yet before what is."""
        if not (self._drop_caliper() or self.take_back_mask()):
            self.reading.attempt(self.reading.undo)

    def redo(self) -> None:
        """Do again what was taken back, unless a caliper is in the hand."""
        if not self._drop_caliper():
            self.reading.attempt(self.reading.redo)

    def _drop_caliper(self) -> bool:
        """Drop a caliper that is half drawn, or waits for an axis or to be pulled."""
        if self.drop_half_drawn():
            return True
        if self.reading.unfinished is None:
            return False
        self.reading.choose(self.reading.lesion_id)
        self.reading.say("What waited to be recorded is dropped.")
        return True

    def why_no_tool(self) -> str:
        """Return why no tool can be used in the active pane; empty where one can."""
        if self.pane.volume is None:
            return "No series is open in this pane: open one first."
        why = self.unmeasurable()
        if why or self.pane.can_measure:
            return why
        return "This series is still loading."

    def unmeasurable(self) -> str:
        """Return why no caliper can be drawn in the active pane; empty if one can."""
        volume = self.pane.volume
        if volume is None:
            return "" if self.is_loading else "No image is on show: no caliper here."
        if volume.pixel_spacing_mm is None:
            return "This series does not say how large its pixels are: no lengths here."
        if not self.pane.display.is_slice:
            return (
                f"{ASKEW[0].upper()}{ASKEW[1:]}: no caliper here. Ctrl+R puts it right."
            )
        if not self.pane.can_measure:
            plane = self.pane.plane.value
            return f"Calipers are drawn on slices as acquired, not on this {plane} cut."
        return ""

    @property
    def is_loading(self) -> bool:
        """Whether an image may still come into the active pane."""
        return self.missing.searching or self.loader.busy

    def escape(self) -> None:
        """Drop what is half drawn; with nothing half drawn, switch the caliper off."""
        self.viewing.forget_point()
        if self.tool.cancel():
            self.sheet.redraw()
        elif self.reading.unfinished is not None:
            self.reading.choose(self.reading.lesion_id)
        else:
            self.arm(on=False)

    def _on_drawn(self, outcome: CaliperOutcome) -> None:
        self.reading.attempt(lambda: self.pulled(outcome) or self._record(outcome))

    def make_ready(self) -> None:
        """Begin the case where there is none yet, and pin the series on show."""
        if self.reading.session is None:
            self.begin()
        series = self.studies.find(self.shown_key)
        if series is not None and self.reading.timepoint_id is not None:
            self.reading.pin(self.reading.timepoint_id, series_reference(series))

    def _record(self, outcome: CaliperOutcome) -> None:
        volume, slice_index = self.pane.volume, self.pane.slice_index
        if volume is None:
            return
        self.make_ready()
        self.recorder.caliper_drawn(outcome, volume, slice_index)
        if self.reading.lesion is not None:
            self.windows.belongs_to(self.reading.lesion.organ)
        self.sheet.stay()
        if not self.reading.is_baseline and not self.recorder.is_splitting:
            self.tool.armed = False  # a drag that only wants to pan draws nothing

    def _empty_hands(self) -> None:
        """Let nothing half drawn, and no caliper, go over to another lesion."""
        reading, before = self.reading, self._at
        case = reading.case
        self._at = (case and case.case_uid, reading.timepoint_id, reading.lesion_id)
        if self._at == before:
            return
        is_left = any(
            old not in (None, new)
            for old, new in zip(before[:2], self._at, strict=False)
        )
        for station in self.viewing.stations:
            if not station.tool.is_nudged:
                station.tool.cancel()
            station.tool.armed = station.tool.armed and not is_left

    def _on_change(self) -> None:
        self._empty_hands()
        if self.reading.timepoint_id != self.viewing.active.film.timepoint_id:
            self._show_visit()
        self._tell_lost()
        self.viewing.follow()
