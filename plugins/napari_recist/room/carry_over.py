"""Lesions of the baseline at their place on a follow-up: proposals, to be looked at.

The two CTs are registered in the background. Each lesion that waits is shown as a ghost
where it may lie; there its border is found anew, or the reader draws it. No length of
another visit becomes a measurement of this one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from napari_recist.room.finding_recorder import PULL_IT
from napari_recist.viewport.annotations.caliper_graphics import CaliperMark
from napari_recist.viewport.annotations.case_graphics import Placed
from napari_recist.viewport.image.coordinates import middle
from napari_recist.viewport.mouse.mask_edit import Seek, made_here
from napari_recist.widgets.background import CancelledWork
from recist_tool.app.reading import Unfinished, require_unsigned
from recist_tool.errors import CommandRefused
from recist_tool.measure import (
    PlaneCaliper,
    carry_over,
    from_record,
    register,
    segment_click,
)
from recist_tool.model import MeasuringMethod, caliper_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from napari_recist.room.room import Room
    from napari_recist.room.segmentation import LesionSegmentation
    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.widgets.background import Loader
    from recist_tool.dicom import Series
    from recist_tool.errors import RecistToolError
    from recist_tool.measure import PlacedCaliper, Proposal, Registration, Volume

WHAT = "Carrying lesions over"


class Route(NamedTuple):
    """From which visit to which, on which two CTs."""

    baseline_id: str
    timepoint_id: str
    fixed: Volume
    moving: Volume


class Carried(NamedTuple):
    """What came of carrying over to one visit.

    Attributes
    ----------
    proposals
        By lesion.
    """

    route: Route
    proposals: dict[str, Proposal]


class CarryOver:
    """Proposes where the lesions of the baseline lie at the open visit.

    Attributes
    ----------
    carried
        The latest proposals, or None.
    busy
        Whether scans are being registered for it.
    """

    def __init__(
        self, room: Room, loader: Loader, contouring: LesionSegmentation
    ) -> None:
        self._room = room
        self._contouring = contouring
        self._reading = room.reading
        self._loader = loader
        self._asked = 0
        self._hooked: set[MeasuringViewport] = set()
        self.carried: Carried | None = None
        self.busy = False
        room.reading.changed.connect(self._follow)
        self._follow()

    # ------------------------------------------------------------- asking

    def toggle(self) -> None:
        """Carry the lesions over, or stop doing so."""
        if self.busy:
            self.stop()
        else:
            self._reading.attempt(self._start)

    def stop(self) -> bool:
        """Stop what runs; return whether anything did."""
        was_busy, self.busy = self.busy, False
        self._asked += 1
        if was_busy:
            self._reading.say("Carrying over is stopped. Read on by hand.")
        return was_busy

    def _start(self) -> None:
        """Ask for the two CTs.

        Raises
        ------
        CommandRefused
            If there is nothing to carry, or no CT to carry it to.
        """
        reading, moving = self._reading, self._room.pane.acquired
        baseline = reading.visits[0] if reading.visits else None
        if baseline is None or reading.is_baseline:
            raise CommandRefused.at(
                "", "lesions are carried over to a follow-up", "Open one with ]"
            )
        if moving is None or moving.modality != "CT":
            raise CommandRefused.at(
                "", "lesions are carried over to a CT", "Show the CT of this visit"
            )
        measured = self._measured(baseline.timepoint_id)
        if not measured:
            raise CommandRefused.at(
                baseline.timepoint_id, "no lesion is measured there", "Measure it first"
            )
        self._asked += 1
        self.busy = True
        reading.say("The scans are laid over each other; go on reading meanwhile.")
        timepoint_id, asked = reading.open_visit_id(), self._asked

        def loaded(fixed: Volume) -> None:
            route = Route(baseline.timepoint_id, timepoint_id, fixed, moving)
            if asked == self._asked:
                self._register(asked, route)

        failed = partial(self._on_failed, asked)
        self._room.viewing.load(self._baseline_ct(measured), loaded, failed)

    def _measured(self, timepoint_id: str) -> list[str]:
        """Return the series on which the lesions of a visit have calipers."""
        read = self._reading.read
        found = [] if read is None else read.findings
        calipers = [
            caliper_of(one.finding) for one in found if one.timepoint_id == timepoint_id
        ]
        planes = [one.plane for one in calipers if one is not None]
        return [one.series_instance_uid for one in planes if one is not None]

    def _baseline_ct(self, measured: list[str]) -> Series:
        """Return the CT of the baseline on which most was measured."""
        visit = self._reading.visits[0]
        found = [
            one for one in self._room.studies.of_visit(visit) if one.modality == "CT"
        ]
        if not found:
            raise CommandRefused.at(
                visit.timepoint_id, "its CT was not found", "Open the folder it lies in"
            )
        return max(found, key=lambda one: measured.count(one.series_instance_uid))

    # ------------------------------------------------------------- in the background

    def _register(self, asked: int, route: Route) -> None:
        calipers = self._calipers(route)

        def work(advance: Callable[[int, int], None]) -> dict[str, Proposal]:
            found = self._registered(asked, route, advance)
            return {
                lesion_id: carry_over(found, one, route.fixed, route.moving)
                for lesion_id, one in calipers.items()
            }

        done = partial(self._on_carried, asked, route)
        self._loader.run(WHAT, work, done, partial(self._on_failed, asked))

    def _registered(
        self, asked: int, route: Route, advance: Callable[[int, int], None]
    ) -> Registration:
        """Return how the two CTs lie; another answer that is wanted ends it."""
        known = self._room.viewing.registering.find(route.fixed, route.moving)
        if known is not None:
            return known

        def report(part: float, _stage: str) -> None:
            if asked != self._asked:
                raise CancelledWork
            advance(round(100 * part), 100)

        found = register(route.fixed, route.moving, progress=report)
        self._loader.later(
            partial(
                self._room.viewing.registering.take, route.fixed, route.moving, found
            )
        )
        return found

    def _calipers(self, route: Route) -> dict[str, PlacedCaliper]:
        """Return the lesions measured at baseline and not yet at the follow-up."""
        read = self._reading.open_read()
        waiting = [
            one.lesion_id
            for one in read.lesions
            if read.finding(one.lesion_id, route.timepoint_id) is None
        ]
        placed: dict[str, PlacedCaliper] = {}
        for lesion_id in waiting:
            caliper = caliper_of(read.finding(lesion_id, route.baseline_id))
            found = caliper and from_record(route.fixed, caliper)
            if found:
                placed[lesion_id] = found
        return placed

    def _on_carried(
        self, asked: int, route: Route, proposals: dict[str, Proposal]
    ) -> None:
        if asked != self._asked:
            return
        self.busy = False
        self.carried = Carried(route, proposals)
        self._room.sheet.forget()
        unsure = [name for name, one in proposals.items() if not one.is_sure]
        words = f"{len(proposals)} lesions carried over from {route.baseline_id}. "
        if unsure:
            words += f"Unsure: {', '.join(unsure)}. "
        self._reading.say(words + "Space goes to each; Enter measures it, or draw it.")

    def _on_failed(self, asked: int, error: RecistToolError) -> None:
        if asked == self._asked:
            self.busy = False
            self._reading.say(f"Read on by hand. {error}", is_error=True)

    # ------------------------------------------------------------- one lesion

    def proposal(self) -> Proposal | None:
        """Return the place of the chosen lesion, which waits; None where none is."""
        subject, carried = self._reading.subject(), self.carried
        if subject is None or carried is None:
            return None
        if carried.route.timepoint_id != self._reading.timepoint_id:
            return None
        if carried.route.moving is not self._room.pane.acquired:
            return None
        return carried.proposals.get(subject.lesion_id)

    def accept(self) -> bool:
        """Measure the chosen lesion where it is proposed; return whether it is.

        Nothing is recorded: the border is found as it is now, and the reader accepts or
        pulls what is found. Where none is, the old caliper is to be pulled.
        """
        if self._is_in_hand():
            self._reading.say(PULL_IT)
            return True
        proposal = self.proposal()
        if proposal is None or self.carried is None:
            return False
        self._reading.attempt(partial(self._measure, self.carried.route, proposal))
        return True

    def _is_in_hand(self) -> bool:
        unfinished = self._reading.unfinished
        return unfinished is not None and unfinished.stale is not None

    def _measure(self, route: Route, proposal: Proposal) -> None:
        lesion_id, caliper = self._reading.chosen().lesion_id, proposal.caliper
        if caliper is None:
            raise CommandRefused.at(
                lesion_id, proposal.unsure_reason, "Find it by hand"
            )
        require_unsigned(self._reading)
        why = self._room.unmeasurable()
        if why:
            raise CommandRefused.at(lesion_id, why)
        known = {
            "carried_from": route.baseline_id,
            "place_confidence": round(proposal.confidence, 2),
            "place_doubt_mm": round(proposal.doubt_mm, 1),
        }
        # from its middle alone: ends of the old caliper would draw the border to them
        find = partial(
            segment_click, route.moving, proposal.slice_index, middle(caliper)
        )
        self._contouring.seek(
            Seek(route.moving, lesion_id, find, known),
            partial(self._hand_over, route, proposal, known),
        )

    def _hand_over(
        self,
        route: Route,
        proposal: Proposal,
        known: Mapping[str, float | str],
        _error: RecistToolError,
    ) -> None:
        """Give the old caliper into the reader's hand: no border was found."""
        if proposal.caliper is None:
            return
        lesion_id, ends = self._reading.chosen().lesion_id, proposal.caliper.long_ends
        how = made_here(MeasuringMethod.CARRIED_OVER, "registration", **known)
        self._reading.unfinished = Unfinished(
            lesion_id,
            route.timepoint_id,
            series_key=route.moving.key,
            slice_index=proposal.slice_index,
            caliper=PlaneCaliper(ends),
            stale=ends,
            provenance=how.replaced(edited=True),
        )
        self._room.sheet.forget()
        self._reading.say(
            f"{lesion_id}: no clear border was found. Its caliper of "
            f"{route.baseline_id} is no measurement: pull its ends to what it is now."
        )

    def ghost(self, station: MeasuringViewport) -> Placed | None:
        """Return where the chosen lesion may lie on a pane's series, if it waits."""
        proposal, subject = self.proposal(), self._reading.subject()
        if proposal is None or proposal.caliper is None or subject is None:
            return None
        if self._is_in_hand():
            return None
        if self.carried is None or station.pane.volume is not self.carried.route.moving:
            return None
        label = f"{subject.lesion_id}? {proposal.confidence:.0%}"
        if proposal.unsure_reason:
            label += f"  {proposal.unsure_reason}"
        mark = CaliperMark(
            "", label, caliper=proposal.caliper, role=subject.role, ghost=True
        )
        return Placed(proposal.slice_index, mark, can_take=False)

    def _follow(self) -> None:
        """Show the ghosts on panes that came new; forget those of a case put away."""
        if self._reading.session is None:
            self.carried = None
        stations = set(self._room.viewing.stations)
        for station in stations - self._hooked:
            station.sheet.carried = partial(self.ghost, station)
        self._hooked = stations
