"""The reading room without its widgets: images, calipers and the case, kept in step.

It knows a pane and a read, hears what the reader does with either, and sees to it that
the other follows. Loading happens in the background.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from napari_recist.agenda import as_date, free_name
from napari_recist.cases import Proposal, cases_folder, is_case, reader_id
from napari_recist.hanging import Film, Place
from napari_recist.keeping import Keeper
from napari_recist.looking import (
    Looked,
    first_note,
    holds_images_of,
    look,
    remark_on,
    require_images_of,
)
from napari_recist.organ_windows import OrganWindows
from napari_recist.planes import Plane
from napari_recist.protocols import Intended, intended_in
from napari_recist.reading import NewLesion, Note, Reading
from napari_recist.recording import Recorder
from napari_recist.studies import Studies, reference, visits_of
from napari_recist.viewing import Viewing
from recist_tool import (
    Session,
    SetReferenceDate,
    Timepoint,
    neutral_name,
    read_protocol,
    scan,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napari.components import ViewerModel

    from napari_recist.caliper_tool import CaliperTool, Outcome
    from napari_recist.loading import Loader
    from napari_recist.making import Maker
    from napari_recist.pane import Pane
    from napari_recist.sheet import Sheet
    from napari_recist.station import Station
    from recist_tool import Protocol, RecistToolError, ScanResult, Series


class Room:
    """One reader's room: the panes, a read, and the images found on disk.

    Attributes
    ----------
    proposal
        How the case will be named and where it will lie, until it begins.
    reader
        Who reads.
    viewing
        The panes.
    loader
        Runs what takes long.
    windows
        The grey values of each organ.
    """

    def __init__(
        self,
        viewer: ViewerModel,
        loader: Loader,
        maker: Maker | None = None,
    ) -> None:
        self.reading = Reading()
        self.recorder = Recorder(self.reading)
        self.studies = Studies(lambda: self.reading.case)
        self.proposal = Proposal()
        self.reader = reader_id()
        self.loader = loader
        self.viewing = Viewing(viewer, self.reading, self.studies, loader, maker)
        self.viewing.subject = lambda: self.subject
        self.viewing.drew = self._on_drawn
        self.viewing.shown = self._on_shown
        self.keeper = Keeper(self.viewing, self.reading)
        self.windows = OrganWindows(lambda: self.pane)
        self._desk_waits = False
        self.reading.subscribe(self._on_change)
        self.intend(None)

    def close(self) -> None:
        """Leave the case to others and the viewer as it was."""
        self.keeper.keep()
        self.viewing.close()
        self.reading.leave()

    @property
    def subject(self) -> str:
        """The patient, as readers are told it."""
        name = self.proposal.subject_id
        has_case = self.reading.case is not None
        return self.reading.blinding.subject(name) if has_case else name

    @property
    def pane(self) -> Pane:
        """The active pane."""
        return self.viewing.active.pane

    @property
    def tool(self) -> CaliperTool:
        """The caliper of the active pane."""
        return self.viewing.active.tool

    @property
    def sheet(self) -> Sheet:
        """The calipers of the active pane."""
        return self.viewing.active.sheet

    @property
    def shown_key(self) -> str:
        """The series on show in the active pane."""
        return self.viewing.active.film.series_key

    # ------------------------------------------------------------- opening

    @property
    def is_empty(self) -> bool:
        """Whether nothing is open: no case, no images."""
        return not (self.reading.visits or self.studies.folders())

    def open(self, paths: Sequence[Path], home: Path | None = None) -> None:
        """Open folders of images, DICOMDIRs, or one case.

        Parameters
        ----------
        home
            Where a case of the images lies or begins; among the reader's own if None.
        """
        cases = [path for path in paths if is_case(path)]
        images = [path for path in paths if not is_case(path)]
        if len(cases) > 1:
            self.reading.say("Open one case at a time.", is_error=True)
            return
        if cases:
            self.reading.attempt(lambda: self._switch(cases[0]))
        if images:
            self.loader.run(
                "Reading headers",
                lambda advance: look(images, advance, home),
                self._on_looked,
                self._fail,
            )

    def make_and_open(
        self,
        make: Callable[[Callable[[int, int], None]], object],
        folder: Path,
        home: Path | None = None,
    ) -> None:
        """Make a patient in the background, then open the folder."""
        self.loader.run(
            "Making the patient", make, lambda _: self.open([folder], home), self._fail
        )

    def put_away(self) -> None:
        """Leave the open case, which is saved: the room is empty."""
        self.keeper.keep()
        self._put_away()
        self.proposal = Proposal()
        self.reading.new_lesion = NewLesion()
        self.reading.note = Note()
        self.arm(on=False)

    def begin(self) -> None:
        """Begin the case as proposed.

        Raises
        ------
        RecistToolError
            If the name or the protocol's file does not do, the case exists, or the disk
            refuses.
        """
        self._intend_again()
        visits, opened = self.reading.proposed, self.reading.timepoint_id
        session = Session.create(
            self.proposal.folder,
            subject_id=self.proposal.subject_id,
            reader_id=self.reader,
            protocol=self.reading.intended.require(),
        )
        self.reading.take(session)
        self.reading.join(visits)
        if self.reading.visit_of(opened) is not None:
            self.reading.timepoint_id = opened

    def intend(self, protocol: Protocol | None) -> None:
        """Begin cases under a protocol; None for what the folder of cases says."""
        chosen = Intended() if protocol is None else Intended(protocol, is_chosen=True)
        self.reading.intended = chosen
        self._intend_again()
        first = next((one.timepoint_id for one in self.reading.proposed), None)
        if self.reading.session is None and self.reading.protocol.sequential:
            self.reading.timepoint_id = first
        self.reading.changed()

    def intend_file(self, path: Path) -> None:
        """Begin cases under the protocol of a file.

        Raises
        ------
        InputError
            Naming every fault of the file; what was intended stays.
        """
        self.intend(read_protocol(path))

    def _intend_again(self) -> None:
        """Look at what the folder of cases says now, unless a protocol was chosen."""
        if not self.reading.intended.is_chosen:
            self.reading.intended = intended_in(cases_folder())

    def rename(self, subject_id: str) -> None:
        """Propose another pseudonym; the folder follows it."""
        if self.reading.session is None and subject_id:
            folder = self.proposal.folder.parent / subject_id
            self.proposal = Proposal(subject_id, folder)
            self.reading.changed()

    def keep_in(self, folder: Path) -> None:
        """Propose another folder for the case."""
        self.proposal = self.proposal._replace(folder=folder)
        inside = [one for one in self.studies.folders() if folder.is_relative_to(one)]
        note = "This folder holds the images: the case will lie among them."
        self.reading.say(note if inside else "")

    def change_reader(self, name: str) -> None:
        """Read as someone else: the same case, another read."""
        if not name or name == self.reader:
            return
        self.reader = name
        session = self.reading.session
        if session is not None:
            self.reading.leave()
            self.reading.attempt(lambda: self._take(self._opened(session.case_path)))

    def _switch(self, path: Path) -> None:
        """Open another case; where it does not open, this one stays."""
        if path == getattr(self.reading.session, "case_path", None):
            return
        session = self._opened(path)
        self.keeper.keep()
        if not holds_images_of(self.studies, session.case):
            self._put_away()
        self._take(session)

    def _opened(self, path: Path) -> Session:
        return Session.open(path, reader_id=self.reader)

    def _take(self, session: Session) -> None:
        self._desk_waits = True
        self.reading.take(session)
        self.proposal = Proposal(session.case.subject_id, session.case_path.parent)
        folders = {
            Path(one.folder)
            for visit in session.case.timepoints
            for one in self.studies.missing(visit)
            if one.folder
        }
        there = sorted(folder for folder in folders if folder.is_dir())
        if there:
            self.loader.run(
                "Reading headers",
                lambda advance: scan(there, advance),
                self._on_found_again,
                self._fail,
            )
        notes = [*session.notes, self.reading.intended.other_than(session.case)]
        if any(notes):
            self.reading.say(" ".join(filter(None, notes)))

    def _on_found_again(self, result: ScanResult) -> None:
        self.studies.add(result.series)
        self._hang()
        self.reading.changed()

    def _on_looked(self, looked: Looked) -> None:
        series, skipped = looked.result
        if not series:
            self.reading.say(
                f"No CT or PET series found ({len(skipped)} files skipped). "
                "Open a folder of DICOM images.",
                is_error=True,
            )
            return
        self.reading.attempt(lambda: self._receive(series, looked))
        self._hang()

    def _hang(self) -> None:
        """Hang the open visit, or all as the reader left it where a case was opened."""
        waits, self._desk_waits = self._desk_waits, False
        if not (waits and self.keeper.lay_out()):
            self.viewing.hang()

    def _receive(self, series: Sequence[Series], looked: Looked) -> None:
        """Join new images to the open case, to one on disk, or propose a case."""
        visits, found = visits_of(series), looked.found
        if self.studies.is_of_another(series):
            self._put_away()
        if self.reading.case is not None:
            require_images_of(self.reading.case, self.studies, series)
        self.studies.add(series)
        if self.reading.session is None and len(found.cases) == 1:
            self._take(self._opened(found.cases[0]))
            going_on = f"Going on with {found.cases[0].name}. {self.reading.note.text}"
            self.reading.note = Note(going_on.strip())
        if self.reading.session is not None:
            self.reading.join(visits)
            return
        self._intend_again()
        name = neutral_name(one.study_instance_uid for one in series)
        self.proposal = Proposal(name, looked.home / name)
        self.reading.propose(visits)
        self.reading.note = first_note(found, self.reading.intended)

    def _put_away(self) -> None:
        """Leave the open case, which is saved, and forget its images."""
        self.reading.leave()
        self.reading.propose(())
        self.studies.clear()
        self.viewing.forget()

    def _fail(self, error: RecistToolError) -> None:
        self.reading.say(str(error), is_error=True)

    # ------------------------------------------------------------- images

    def show_series(self, key: str, timepoint_id: str) -> None:
        """Show a series of a visit in the active pane, and open that visit."""
        if self.studies.find(key) is None:
            self.reading.say("This series was not found on disk.", is_error=True)
            return
        self.hang_film(self.viewing.active, Film(timepoint_id, key))

    def hang_film(self, station: Station, film: Film) -> None:
        """Hang what the reader chose in a pane, and open its visit there."""
        if not self.reading.may_open(film.timepoint_id):
            return
        self.viewing.show(station, film._replace(place=self._place(station, film)))
        self.viewing.activate(station)
        if film.timepoint_id != self.reading.timepoint_id:
            self.reading.open_timepoint(film.timepoint_id)
        self.reading.changed()

    def _place(self, station: Station, film: Film) -> Place:
        """Return how a film that the reader chose behaves when visits change."""
        first = self.viewing.stations[0]
        if station is first:
            return Place.CURRENT
        is_current = film.timepoint_id == first.film.timepoint_id
        return Place.FOLLOWING if is_current else Place.CHOSEN

    def _on_shown(self, station: Station) -> None:
        self.keeper.arrived(station)
        volume, plane = station.pane.acquired, station.pane.plane
        remark = ""
        if volume is not None and plane is not Plane.PROJECTION:
            remark = remark_on(volume)
        if remark and station is self.viewing.active and not self.reading.note.is_error:
            self.reading.note = Note(remark)
        self.reading.changed()

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
            pinned = tuple(reference(one) for one in self.studies.undated())
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
        self.reading.choose(lesion_id)

    def _show_visit(self) -> None:
        visit = self.reading.visit
        if visit is None:
            return
        self.viewing.go_to_visit(visit.timepoint_id)
        if self.studies.of_visit(visit) or self.loader.busy:
            return
        self.reading.say(
            f"The images of {visit.timepoint_id} were not found; its numbers stay. "
            "Open the folder that holds them.",
            is_error=True,
        )

    def step(self, slices: int) -> None:
        """Go so many slices towards the head in the pane at hand."""
        self.viewing.at_hand.pane.step(slices)

    # ------------------------------------------------------------- calipers

    def arm(self, *, on: bool | None = None) -> None:
        """Switch the caliper on or off (without `on`: the other way)."""
        armed = not self.tool.armed if on is None else on
        why = self.unmeasurable() if armed else ""
        if why:
            self.reading.say(why, is_error=True)
            armed = False
        self.tool.armed = armed
        if not armed:
            self.tool.cancel()
        self.reading.changed()

    def unmeasurable(self) -> str:
        """Return why no caliper can be drawn in the active pane; empty if one can."""
        volume = self.pane.volume
        if volume is None:
            return ""
        if volume.pixel_spacing_mm is None:
            return "This series does not say how large its pixels are: no lengths here."
        if not self.pane.can_measure:
            plane = self.pane.plane.value
            return f"Calipers are drawn on slices as acquired, not on this {plane} cut."
        return ""

    def escape(self) -> None:
        """Drop what is half drawn; with nothing half drawn, switch the caliper off."""
        if self.tool.cancel():
            self.sheet.redraw()
        elif self.reading.unfinished is not None:
            self.reading.choose(self.reading.lesion_id)
        else:
            self.arm(on=False)

    def _on_drawn(self, outcome: Outcome) -> None:
        self.reading.attempt(lambda: self._record(outcome))

    def make_ready(self) -> None:
        """Begin the case where there is none yet, and pin the series on show."""
        if self.reading.session is None:
            self.begin()
        series = self.studies.find(self.shown_key)
        if series is not None and self.reading.timepoint_id is not None:
            self.reading.pin(self.reading.timepoint_id, reference(series))

    def _record(self, outcome: Outcome) -> None:
        volume, slice_index = self.pane.volume, self.pane.slice_index
        if volume is None:
            return
        self.make_ready()
        self.recorder.caliper_drawn(outcome, volume, slice_index)
        if self.reading.lesion is not None:
            self.windows.belongs_to(self.reading.lesion.organ)
        self.sheet.stay()

    def _on_change(self) -> None:
        if self.reading.timepoint_id != self.viewing.active.film.timepoint_id:
            self._show_visit()
        self.viewing.follow()
