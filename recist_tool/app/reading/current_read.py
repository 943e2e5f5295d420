"""The read in progress: which visit is open, which lesion is chosen, what comes next.

No Qt, no napari, no rule: it turns what a reader does into commands of a `Session`, and
remembers only what is not part of the case. Widgets show it and call its verbs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.app.agenda import expected_lesions
from recist_tool.app.reading.protocols import KeptProtocol
from recist_tool.app.reading.questions import Questions
from recist_tool.app.reading.work_order import free_name, next_of
from recist_tool.app.signals import signal
from recist_tool.errors import (
    CommandRefused,
    ConfirmationNeeded,
    ReasonNeeded,
    RecistToolError,
)
from recist_tool.model.blinding import Blinding
from recist_tool.model.commands import (
    AddTimepoint,
    AttachSeries,
    RemoveTimepoint,
    ReviseLesion,
    ReviseTimepoint,
)
from recist_tool.model.finding import calipers_of
from recist_tool.model.sequence import visit_to_sign_before_opening
from recist_tool.terms import LesionRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from recist_tool.app.reading.protocols import Intended
    from recist_tool.app.session import Session
    from recist_tool.measure.caliper.caliper import Ends, PlaneCaliper
    from recist_tool.model.case import Case, Read, SeriesReference, Timepoint
    from recist_tool.model.lesion import Lesion
    from recist_tool.model.protocol import Protocol
    from recist_tool.model.provenance import Provenance

NOT_AT_BASELINE = "At baseline no lesion is new: T for a target, N for a non-target."
SIGN_HERE = "Sign it below the table"
UNFINISHED = "unfinished"
"""Key of a caliper that is no finding yet."""

DRAFT = "draft"
"""Key of the axes of a mask in hand."""


class Note(NamedTuple):
    """One line for the reader: what happened, or what stands against it."""

    text: str = ""
    is_error: bool = False


class NewLesion(NamedTuple):
    """What the next caliper on bare image becomes."""

    role: LesionRole = LesionRole.TARGET
    organ: str = "liver"
    name: str = ""
    nodal: bool = False


class Unfinished(NamedTuple):
    """A caliper in the reader's hand that is no finding yet.

    A node's long axis waits for its short axis; one carried over from another visit
    waits to be pulled to what the lesion is now.

    Attributes
    ----------
    stale
        The long axis as it was at the other visit; None where it was drawn here.
    provenance
        How the caliper came here; None where it was drawn.
    """

    lesion_id: str | None
    timepoint_id: str
    series_key: str
    slice_index: int
    caliper: PlaneCaliper
    stale: Ends | None = None
    provenance: Provenance | None = None


class ReadingPlace(NamedTuple):
    """Where in a reader's work something was begun; elsewhere it means nothing."""

    case: Path | None
    timepoint_id: str | None
    lesion_id: str | None


class CurrentRead:
    """One reader at work, as the window needs it.

    Attributes
    ----------
    session
        The open case, or None before there is one.
    timepoint_id, lesion_id
        The visit that is open, the lesion that is chosen.
    new_lesion
        What a caliper becomes that belongs to no lesion yet.
    new_wanted
        Whether the next caliper at a follow-up is a new lesion: only once asked for.
    again
        The lesion whose caliper here the next one takes the place of, or None.
    unfinished
        A caliper that is no finding yet.
    proposed
        Visits as proposed from the images, until a case begins with them.
    unreasoned
        What was refused last because it needs a reason; None where nothing waits for
        one.
    changed
        Emitted after every change of the case or of what is chosen: look again.
    """

    changed = signal()

    def __init__(self) -> None:
        self.session: Session | None = None
        self.timepoint_id: str | None = None
        self.lesion_id: str | None = None
        self.new_lesion = NewLesion()
        self.new_wanted = False
        self.again: str | None = None
        self.unfinished: Unfinished | None = None
        self.proposed: tuple[Timepoint, ...] = ()
        self.unreasoned: Callable[[], object] | None = None
        self._kept = KeptProtocol()
        self._note = Note()
        self._questions = Questions()
        self._later: tuple[str, dict[str, object]] = "", {}

    @property
    def note(self) -> Note:
        """The last thing to tell the reader, without what is not to be told."""
        return self._note._replace(text=self.blinding.told(self._note.text))

    @note.setter
    def note(self, note: Note) -> None:
        self._note = note

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Show one line to the reader."""
        self.note = Note(text, is_error)
        self.changed.emit()

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do something; where the core refuses, say why in place of doing it.

        Returns
        -------
        Whether it was done: neither refused, nor waiting for an answer to `question`.
        """
        self.note, self.unreasoned = Note(), None
        self._questions.drop()
        try:
            act()
        except ConfirmationNeeded as asked:
            self._questions.ask(asked, act)
        except ReasonNeeded as error:
            self.note, self.unreasoned = Note(str(error), is_error=True), act
        except RecistToolError as error:
            self.note = Note(str(error), is_error=True)
        else:
            self._tell()
        self.changed.emit()
        return not self.note.is_error and not self._questions.text

    @property
    def question(self) -> str:
        """What the reader is asked before the last change is made; empty for none."""
        return self.blinding.told(self._questions.text)

    def require(self, text: str) -> None:
        """Stop what is attempted until a question was answered with yes.

        Raises
        ------
        ConfirmationNeeded
            If it was not yet.
        """
        self._questions.require(text)

    def ask(self, text: str, act: Callable[[], object]) -> None:
        """Ask whether something is to be done as well; no is the way on."""
        self._questions.ask(ConfirmationNeeded(text), act)

    def answer(self, *, is_so: bool) -> None:
        """Answer the question: make the change, or leave all as it is."""
        if is_so and self._questions.text:
            self._questions.confirm(self.attempt)
        else:
            self._questions.drop()
            self.changed.emit()

    def give_reason(self, reason: str) -> None:
        """Do what was refused without a reason, with one."""
        act = self.unreasoned
        if act is None:
            return

        def with_reason() -> None:
            with self.open_session().giving(reason):
                act()

        self.attempt(with_reason)  # a question that it leads to keeps the reason

    def _tell(self) -> None:
        """Add to the note what the last change brought about."""
        if self.session is not None and self.session.told:
            words = " ".join(filter(None, (self._note.text, *self.session.told)))
            self.note = Note(words)
            self.session.told = ()

    # ------------------------------------------------------------- case and visits

    @property
    def case(self) -> Case | None:
        """The open case, or None."""
        return None if self.session is None else self.session.case

    @property
    def protocol(self) -> Protocol:
        """The protocol of the case, or of the one that would begin now."""
        return self.intended.protocol if self.case is None else self.case.protocol

    @property
    def blinding(self) -> Blinding:
        """How subject, dates and descriptions are told to the reader."""
        if self.case is None:
            return Blinding.under(self.protocol, self.proposed)
        return Blinding.of(self.case)

    @property
    def intended(self) -> Intended:
        """The protocol that the next case begins under; refused where one is kept."""
        return self._kept.intended

    @intended.setter
    def intended(self, wanted: Intended) -> None:
        self._kept.intend(wanted)

    def keep_protocol(self) -> None:
        """Stay under the protocol from now on, if it hides something."""
        self._kept.is_begun = True

    @property
    def is_kept(self) -> bool:
        """Whether protocol and reader stay till the window is closed."""
        return self._kept.is_begun and bool(self.blinding.hidden)

    @property
    def read(self) -> Read | None:
        """What this reader found, or None before there is a case."""
        return None if self.session is None else self.session.read

    @property
    def visits(self) -> tuple[Timepoint, ...]:
        """The visits of the case, or those proposed before there is one."""
        return self.proposed if self.case is None else self.case.timepoints

    @property
    def visit(self) -> Timepoint | None:
        """The open visit, or None."""
        return self.visit_of(self.timepoint_id)

    def visit_of(self, timepoint_id: str | None) -> Timepoint | None:
        """Return the visit of that id, or None."""
        return next(
            (one for one in self.visits if one.timepoint_id == timepoint_id), None
        )

    def propose(self, visits: Sequence[Timepoint]) -> None:
        """Offer visits for a case that has not begun, and open the first."""
        self.proposed = tuple(visits)
        self.timepoint_id = visits[0].timepoint_id if visits else None
        self.changed.emit()

    def redate(self, visit: Timepoint) -> None:
        """Correct a visit, or add it where it is not there yet."""
        known = [one.timepoint_id for one in self.visits]
        if self.session is None:
            others = [
                one for one in self.proposed if one.timepoint_id != visit.timepoint_id
            ]
            self.proposed = tuple(sorted((*others, visit), key=lambda one: one.date))
        elif visit.timepoint_id in known:
            self.session.do(ReviseTimepoint(timepoint=visit))
        else:
            self.session.do(AddTimepoint(timepoint=visit))
        self.timepoint_id = visit.timepoint_id

    def take(self, session: Session) -> None:
        """Go on with a case; the one before is closed."""
        self.leave()
        self.session = session
        session.before = self._questions.require_meant
        self.lesion_id = None
        self._stay_in_case()

    def leave(self) -> None:
        """Close the case, so that others can open it."""
        if self.session is not None:
            self.session.close()
        self.session = None
        self._later = "", {}
        self._let_go()
        self._questions.drop()

    def join(self, timepoints: Sequence[Timepoint]) -> None:
        """Add the visits that the case does not have yet; pin what is not pinned."""
        for timepoint in timepoints:
            case = self.open_session().case
            if any(one.date == timepoint.date for one in case.timepoints):
                continue
            name = free_name(case.timepoints, timepoint.timepoint_id)
            fresh = timepoint.replaced(timepoint_id=name)
            self.open_session().do(AddTimepoint(timepoint=fresh))
        if self.timepoint_id is None:
            self.timepoint_id = self.open_session().case.timepoints[0].timepoint_id

    def pin(self, timepoint_id: str, series: SeriesReference) -> None:
        """Pin the series that is measured on, if the case does not know it yet."""
        session = self.open_session()
        if session.case.pinned(series.series_instance_uid, series.part) is None:
            session.do(AttachSeries(timepoint_id=timepoint_id, series=series))

    @property
    def is_baseline(self) -> bool:
        """Whether the open visit is the first of the case."""
        return not self.visits or self.visits[0].timepoint_id == self.timepoint_id

    def open_timepoint(self, timepoint_id: str) -> None:
        """Go to a visit; later visits begin with new lesions, not with targets.

        A sequential read stays where it is until the visits before are signed.
        """
        if not self.may_open(timepoint_id):
            return
        self.resume(timepoint_id, self.lesion_id)
        self.changed.emit()

    def resume(self, timepoint_id: str, lesion_id: str | None) -> None:
        """Be at a visit and a lesion, as the reader left them."""
        self.timepoint_id, self.lesion_id = timepoint_id, lesion_id
        self._let_go()
        self._questions.drop()
        role = LesionRole.TARGET if self.is_baseline else LesionRole.NEW
        self.new_lesion = self.new_lesion._replace(role=role, name="")

    def may_open(self, timepoint_id: str) -> bool:
        """Return whether a visit opens now; where it does not, say why."""
        first = self.to_sign_before(timepoint_id)
        if first is not None:
            how = "Measure there first" if self.case is None else SIGN_HERE
            self.say(
                f"{timepoint_id} opens once {first} is signed: this read is "
                f"sequential. {how}.",
                is_error=True,
            )
        return first is None

    def to_sign_before(self, timepoint_id: str) -> str | None:
        """Return the visit to sign before another opens; the first, without a case."""
        if self.case is not None and self.read is not None:
            return visit_to_sign_before_opening(self.case, self.read, timepoint_id)
        first = next((one.timepoint_id for one in self.visits), timepoint_id)
        return first if self.protocol.sequential and timepoint_id != first else None

    def step_timepoint(self, step: int) -> None:
        """Go to the visit before (-1) or after (+1), if there is one."""
        known = [one.timepoint_id for one in self.visits]
        if self.timepoint_id not in known:
            return
        index = known.index(self.timepoint_id) + step
        if 0 <= index < len(known):
            self.open_timepoint(known[index])

    # ------------------------------------------------------------- lesions

    @property
    def place(self) -> ReadingPlace:
        """The case, visit and lesion that a gesture or an answer is of now."""
        case = None if self.session is None else self.session.case_path
        return ReadingPlace(case, self.timepoint_id, self.lesion_id)

    @property
    def lesion(self) -> Lesion | None:
        """The chosen lesion, or None."""
        if self.read is None or self.lesion_id is None:
            return None
        return self.read.lesion(self.lesion_id)

    def choose(self, lesion_id: str | None) -> None:
        """Choose a lesion, or none."""
        self.lesion_id = lesion_id
        self._let_go()
        self._questions.drop()
        self.note = Note()
        self.changed.emit()

    def describe(self, new_lesion: NewLesion) -> None:
        """Say what the next new lesion will be."""
        self.new_lesion = new_lesion
        self.changed.emit()

    def next_new(self, role: LesionRole) -> None:
        """Make the next caliper a lesion of that role; at baseline none is new."""
        if role is LesionRole.NEW and self.is_baseline:
            self.say(NOT_AT_BASELINE, is_error=True)
            return
        self.new_lesion = self.new_lesion._replace(role=role)
        self.choose(None)
        self.new_wanted = role is LesionRole.NEW
        self.changed.emit()

    def measure_again(self) -> None:
        """Let the next caliper take the place of the chosen lesion's, if it has one."""
        lesion = self.lesion
        is_measured = lesion is not None and self.subject() is None
        self.again = self.lesion_id if is_measured else None

    def takes_caliper(self) -> bool:
        """Return whether a caliper on bare image would be a lesion's.

        At a follow-up that of one that waits, or is measured again, or of a new one
        that was asked for.
        """
        is_wanted = self.is_baseline or self.new_wanted
        return is_wanted or self.subject() is not None

    def _let_go(self) -> None:
        """Forget what was in the reader's hand for another lesion or visit."""
        self.unfinished = self.again = None
        self.new_wanted = False

    def expected(self, timepoint_id: str | None = None) -> list[Lesion]:
        """Return the lesions that still need a finding at a visit (the open one)."""
        at = timepoint_id or self.timepoint_id
        if self.case is None or self.read is None or at is None:
            return []
        return expected_lesions(self.case, self.read, at)

    def next_expected(self, step: int = 1) -> None:
        """Choose the next (or, with -1, the previous) lesion without a finding."""
        order = [one.lesion_id for one in self.read.lesions] if self.read else []
        waiting = {one.lesion_id for one in self.expected()}
        following = next_of(order, waiting, self.lesion_id, step)
        if following is None:
            self.say(f"{self.timepoint_id or 'This visit'} is complete: nothing waits.")
        else:
            self.choose(following)

    def subject(self) -> Lesion | None:
        """Return the lesion that the next caliper measures; None for a new one."""
        lesion = self.lesion
        if lesion is None or self.read is None or self.timepoint_id is None:
            return None
        found = self.read.finding(lesion.lesion_id, self.timepoint_id)
        is_bare = not calipers_of(found)
        return lesion if is_bare or self.again == lesion.lesion_id else None

    def revise(self, lesion_id: str, **changes: object) -> None:
        """Correct the name, organ or another field of a lesion."""
        lesion = self.open_read().lesion(lesion_id)
        if lesion is None:
            raise CommandRefused.at(lesion_id, "there is no such lesion")
        session = self.open_session()
        revised = lesion.replaced(**changes)
        session.do(ReviseLesion(reader_id=session.reader_id, lesion=revised))

    def retry_later(self, lesion_id: str, changes: Mapping[str, object]) -> None:
        """Remember what was refused of a lesion until its short axis is there."""
        self._later = lesion_id, dict(changes)
        self.say(f"{self.note.text} It is done once that is drawn.", is_error=True)

    def retry(self, lesion_id: str) -> None:
        """Do what waited for the short axis of a lesion, now that it is drawn."""
        waiting, changes = self._later
        if waiting == lesion_id:
            self._later = "", {}
            self.revise(lesion_id, **changes)

    def change_role(self, lesion: Lesion, role: LesionRole) -> None:
        """Give a lesion another role, and the name with it: T3 becomes NT1."""
        session, visit = self.open_session(), self.open_visit_id()
        self.lesion_id = session.change_role(lesion.lesion_id, role, visit)

    def remove_visit(self, timepoint_id: str, reason: str) -> None:
        """Take a visit out of the case that was registered by mistake."""
        command = RemoveTimepoint(timepoint_id=timepoint_id, reason=reason)
        self.open_session().do(command)
        self._stay_in_case()

    def undo(self) -> None:
        """Take back the last change."""
        self._let_go()
        self.open_session().undo()
        self._stay_in_case()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.open_session().redo()
        self._stay_in_case()

    def _stay_in_case(self) -> None:
        """Let go of a visit or a lesion that the case does not have (any more)."""
        known = [one.timepoint_id for one in self.visits]
        if self.timepoint_id not in known:
            self.timepoint_id = known[0] if known else None
        if self.lesion is None:
            self.lesion_id = None
        if self.is_baseline and self.new_lesion.role is LesionRole.NEW:
            self.new_lesion = NewLesion()

    def open_session(self) -> Session:
        """Return the session, or refuse where no case is open."""
        if self.session is None:
            raise CommandRefused.at("", "no case is open", "Open a folder of images")
        return self.session

    def open_read(self) -> Read:
        """Return this reader's read, or refuse where no case is open."""
        return self.open_session().read

    def open_visit_id(self) -> str:
        """Return the id of the open visit, or refuse."""
        if self.timepoint_id is None:
            raise CommandRefused.at("", "no visit is open", "Choose a visit")
        return self.timepoint_id

    def chosen(self) -> Lesion:
        """Return the chosen lesion, or refuse."""
        lesion = self.lesion
        if lesion is None:
            raise CommandRefused.at(
                "", "no lesion is chosen", "Click one in the table, or press Space"
            )
        return lesion
