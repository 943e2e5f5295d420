"""Which patient is in the room: opening images and cases, beginning a case.

Images of two patients never meet. What does not open leaves everything as it was.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from napari_recist.room.hang_saved import SavedHanging
from napari_recist.room.reload_series import fill, renew
from napari_recist.room.relocate_images import ImageLocator
from napari_recist.room.workspace_store import WorkspaceStore
from napari_recist.viewport.viewports import Viewports
from napari_recist.widgets.file_drop import FOREIGN
from recist_tool.app import Session, signal
from recist_tool.app.reading import (
    CaseProposal,
    CurrentRead,
    FoundCases,
    Intended,
    MissingImages,
    NewLesion,
    Note,
    PatientSeries,
    cases_folder,
    first_note,
    harm_words,
    holds_images_of,
    intended_in,
    is_case,
    join_question,
    look,
    reader_id,
    refused,
    require_images_of,
    visits_of,
)
from recist_tool.dicom import as_one
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.model import neutral_name
from recist_tool.store import read_protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from napari.components import ViewerModel

    from napari_recist.viewport.measuring_viewport import MeasuringViewport
    from napari_recist.viewport.viewport_factory import ViewportMaker
    from napari_recist.widgets.background import Loader
    from recist_tool.dicom import Alike, Series
    from recist_tool.model import Protocol, Timepoint

OVERTAKEN = "The images were not opened: another case was opened meanwhile."


class CaseOpening:
    """The patient of a room, until another comes.

    Attributes
    ----------
    proposal
        How the case will be named and where it will lie, until it begins.
    reader
        Who reads.
    viewing
        The panes.
    hanging
        How they hang by what the reader saved.
    missing
        What of the case is not at hand.
    locator
        Looks for it.
    loader
        Runs what takes long.
    switched
        Another case has been opened; what is seen of it follows step by step.
    """

    switched = signal()

    def __init__(
        self,
        viewer: ViewerModel,
        loader: Loader,
        maker: ViewportMaker | None = None,
    ) -> None:
        self.reading = CurrentRead()
        self.studies = PatientSeries(lambda: self.reading.case)
        self.missing = MissingImages(self.reading, self.studies)
        self.locator = ImageLocator(self.reading, self.studies, self.missing, loader)
        self.proposal = CaseProposal()
        self.reader = reader_id()
        self.loader = loader
        self.viewing = Viewports(viewer, self.reading, self.studies, loader, maker)
        self.viewing.subject = lambda: self.subject
        self.viewing.absent = self.missing.pane_words
        self.viewing.is_gone = self.locator.is_gone
        self.hanging = SavedHanging(self.viewing, self.reading, self.studies)
        self.keeper = WorkspaceStore(self.viewing, self.reading, self.hanging)
        self.locator.found.connect(self._add)
        self.locator.neared.connect(self._on_neared)
        self.viewing.shown.connect(self._look_for_the_rest)
        self.locator.arrived.connect(self._on_arrived)
        self._desk_waits = False
        self._switches = 0

    @property
    def subject(self) -> str:
        """The patient, as readers are told it."""
        name = self.proposal.subject_id
        has_case = self.reading.case is not None
        return self.reading.blinding.subject(name) if has_case else name

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
        self.reading.keep_protocol()
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
                partial(self._on_looked, images, self._switches),
                self._fail,
            )

    def open_dropped(self, paths: Sequence[Path]) -> None:
        """Open what was dropped on the window; nothing comes from elsewhere."""
        if paths:
            self.open(paths)
        else:
            self.reading.say(FOREIGN, is_error=True)

    def make_and_open(
        self,
        make: Callable[[Callable[[int, int], None]], object],
        folder: Path,
        home: Path | None = None,
    ) -> None:
        """Make a patient in the background, then open the folder.

        Parameters
        ----------
        make
            Called in another thread, with what takes (done, of how many).
        folder
            Holds the images when it returns.
        home
            Where the case is begun; None takes the usual place.
        """
        self.loader.run(
            "Making the patient", make, lambda _: self.open([folder], home), self._fail
        )

    def put_away(self) -> None:
        """Leave the open case, which is saved: the room is empty."""
        self._put_away()
        self.proposal = CaseProposal()
        self.reading.note = Note()
        self.reading.changed.emit()

    def locate(self, folder: Path) -> None:
        """Look for images that the open case misses in a folder."""
        self.reading.say("")
        self.locator.locate(folder)

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
        self.reading.note = Note(self.studies.folder_words(session.case))

    def intend(self, protocol: Protocol | None) -> None:
        """Begin cases under a protocol; None for what the folder of cases says.

        Raises
        ------
        CommandRefused
            If the session began under one that hides something.
        """
        if protocol is None:
            self.reading.intended = intended_in(cases_folder())
        else:
            self.reading.intended = Intended(protocol, is_chosen=True)
        first = next((one.timepoint_id for one in self.reading.proposed), None)
        if self.reading.session is None and self.reading.protocol.sequential:
            self.reading.timepoint_id = first
        self.reading.changed.emit()

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
            self.proposal = CaseProposal(subject_id, folder)
            self.reading.changed.emit()

    def keep_in(self, folder: Path) -> None:
        """Propose another folder for the case."""
        self.proposal = self.proposal._replace(folder=folder)
        inside = [one for one in self.studies.folders() if folder.is_relative_to(one)]
        note = "This folder holds the images: the case will lie among them."
        self.reading.say(note if inside else "")

    def change_reader(self, name: str) -> None:
        """Read as someone else: the same case, another read.

        Raises
        ------
        CommandRefused
            If the protocol hides something: the other read is hidden, too.
        """
        if not name or name == self.reader:
            return
        if self.reading.is_kept:
            raise CommandRefused.at(
                name,
                f"cannot read on in the window of {self.reader}: this read is blinded",
                "Close the window, and open it as the other reader",
            )
        self.reader = name
        session = self.reading.session
        if session is not None:
            self.reading.leave()
            self.reading.attempt(lambda: self._go_on_with(session.case_path))

    def _switch(self, path: Path) -> None:
        """Open another case; where it does not open, this one stays."""
        session = self.reading.session
        if session is not None and path.resolve() == session.case_path.resolve():
            return
        session = self._opened(path)
        self._switches += 1
        self.switched.emit()
        self.keeper.keep()
        if not holds_images_of(self.studies, session.case):
            self._put_away()
        self._take(session)
        self._hang_if_there()

    def _go_on_with(self, path: Path) -> None:
        """Open the case again for another reader, who left another desk."""
        self._take(self._opened(path))
        self._hang_if_there()

    def _hang_if_there(self) -> None:
        """Hang at once what need not be looked for."""
        if not self.missing.searching:
            self._on_arrived(Note(), ())

    def _opened(self, path: Path) -> Session:
        return Session.open(path, reader_id=self.reader)

    def _take(self, session: Session) -> None:
        self._desk_waits = True
        self.reading.new_lesion = NewLesion()
        self.reading.take(session)
        self.proposal = CaseProposal(session.case.subject_id, session.case_path.parent)
        self.locator.seek(self.keeper.seen_first())
        notes = [*session.notes, self.reading.intended.other_than(session.case)]
        if any(notes):
            self.reading.say(" ".join(filter(None, notes)))

    def _add(self, series: Iterable[Series]) -> None:
        """Take series; a pane that shows one with other slices is shown it anew."""
        renew(self.viewing, self.studies.add(series))

    def _on_neared(self) -> None:
        """Hang what the reader sees first while the rest is still looked for."""
        first = map(self.reading.visit_of, self.keeper.seen_first())
        if self._desk_waits and not any(map(self.studies.missing, filter(None, first))):
            self._tell(self._hang())
        else:
            self.locator.go_on()

    def _look_for_the_rest(self, _station: MeasuringViewport) -> None:
        self.loader.later(self.locator.go_on)  # the image is painted before

    def _on_arrived(self, note: Note, fresh: Collection[str]) -> None:
        """Hang what a search found, and tell what is missing still."""
        before, fault = self.reading.note, ""
        if self._desk_waits:
            fault = self._hang()
        else:
            fill(self.viewing, fresh)
        visit = self.reading.visit
        lost = "" if visit is None else self.missing.visit_note(visit)
        words = filter(None, dict.fromkeys((before.text, note.text, lost, fault)))
        is_error = before.is_error or note.is_error or bool(lost or fault)
        self.reading.say(" ".join(words), is_error=is_error)

    def _on_looked(
        self, paths: Sequence[Path], switches: int, looked: FoundCases
    ) -> None:
        """Take what some folders hold, unless the reader went on to another case."""
        self.reading.note = Note()
        if switches != self._switches:
            self.reading.say(OVERTAKEN, is_error=True)
        elif looked.result.series:
            self._take_series(looked)
        elif len(looked.found.cases) == 1:
            self.open(looked.found.cases)
        else:
            self.reading.say(refused(paths, looked), is_error=True)

    def _take_series(self, looked: FoundCases) -> None:
        people = self.studies.may_be_one(looked.result.series)
        if people:
            self.reading.ask(
                join_question(people), partial(self._take_as_one, looked, people)
            )
            self.reading.changed.emit()
            return
        try:
            self._receive(looked.result.series, looked)
        except RecistToolError as error:
            self._fail(error)
            return
        self._tell(self._hang())
        self._tell(harm_words(looked.result.skipped))
        self.reading.changed.emit()

    def _take_as_one(self, looked: FoundCases, people: Sequence[Alike]) -> None:
        """Take images of patients of whom the reader says that they are one."""
        self.studies.take_as_one(people)
        self._receive(as_one(looked.result.series, people), looked)
        self._tell(self._hang())
        self._tell(harm_words(looked.result.skipped))

    def _hang(self) -> str:
        """Hang the open visit, or all as the reader left it where a case was opened.

        A case that was never hung hangs by the reader's default; what is wrong with
        that is returned.
        """
        waits, self._desk_waits = self._desk_waits, False
        if waits and self.keeper.lay_out():
            return ""
        if waits:
            return self.hanging.hang_first()
        self.viewing.hang()
        return ""

    def _receive(self, series: Sequence[Series], looked: FoundCases) -> None:
        """Join new images to the open case, to one on disk, or propose a case.

        Raises
        ------
        RecistToolError
            If they are of several patients, may be of another than the case's, or their
            own case does not open; all is as it was then.
        """
        visits, case, found = visits_of(series), self.reading.case, looked.found
        another = self._is_of_another(series)
        if case is not None and not another:
            require_images_of(case, self.studies, series)
        session, closed = None, ""
        if case is None or another:
            closed = "" if case is None else self.subject
            session = self._opened(found.cases[0]) if len(found.cases) == 1 else None
        if another:
            self._put_away()
        self._add(series)
        if session is not None:
            self._take(session)
            going_on = f"Going on with {session.case_path.name}."
            note = f"{going_on} {self.reading.note.text}".strip()
            self.reading.note = Note(note)
        if self.reading.session is not None:
            self.reading.join(visits)
            self._tell(self.locator.remember())
        else:
            self._propose(series, visits, looked)
        if closed:
            self._tell(
                f"These images are of another patient than {closed}. That case is "
                "closed, and all of it is saved."
            )

    def _is_of_another(self, series: Sequence[Series]) -> bool:
        """Return whether images are of another patient than those at hand.

        Images of the case itself are not, whatever name they have by now.
        """
        case, given = self.reading.case, PatientSeries()
        given.add(series)
        is_own = case is not None and holds_images_of(given, case)
        return self.studies.is_of_another(series) and not is_own

    def _propose(
        self, series: Sequence[Series], visits: Sequence[Timepoint], looked: FoundCases
    ) -> None:
        self._intend_again()
        name = neutral_name(one.study_instance_uid for one in series)
        self.proposal = CaseProposal(name, looked.home / name)
        self._desk_waits = True
        self.reading.propose(visits)
        self.reading.note = first_note(looked.found, self.reading.intended)

    def _tell(self, fault: str) -> None:
        """Put a fault before what there is to tell; an empty one is none."""
        if fault:
            text = f"{fault} {self.reading.note.text}".rstrip()
            self.reading.note = Note(text, is_error=True)

    def _put_away(self) -> None:
        """Leave the open case, which is saved: nothing of it goes on to the next."""
        self.keeper.keep()
        self.keeper.forget()
        self.hanging.forget()
        self.reading.leave()
        self.reading.lesion_id = None
        self.reading.new_lesion = NewLesion()
        self.reading.propose(())
        self.studies.clear()
        self.missing.searching = False
        self.viewing.forget()

    def _fail(self, error: RecistToolError) -> None:
        self.reading.say(str(error), is_error=True)
