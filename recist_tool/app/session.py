"""The headless controller of one read: the plugin, the command line and Python."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any, Self

from recist_tool.app.answers import Answers
from recist_tool.app.identifiers import require_reader_id, require_subject_id
from recist_tool.app.image_places import with_kept_places
from recist_tool.app.signals import signal
from recist_tool.app.signature_changes import (
    reason_needed,
    reopened_because,
    require_no_looser,
    told,
)
from recist_tool.app.signatures import Signatures, answers_at, outdated_by
from recist_tool.criteria.course.organs import is_node
from recist_tool.errors import (
    BrokenJournalError,
    CommandRefused,
    RecistToolError,
    StorageError,
    unforeseen,
)
from recist_tool.model.audit import (
    as_read_back,
    duration,
    next_entry,
    redoable,
    replay,
    undoable,
)
from recist_tool.model.commands import (
    AddLesion,
    AddMeasuredLesion,
    ChangeLesionRole,
    CreateCase,
    LockTimepoint,
    RecordFinding,
    Redo,
    StartRead,
    Undo,
)
from recist_tool.model.lesion import Lesion
from recist_tool.model.protocol import Protocol
from recist_tool.store.casefile import (
    CASE_SUFFIX,
    journal_path,
    load_case,
    write_case_file,
)
from recist_tool.store.journal import Journal, read_journal
from recist_tool.store.lock import lock_case
from recist_tool.terms import LesionRole, ReaderRole

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    from recist_tool.app.answers import Answer
    from recist_tool.app.signatures import OutdatedSignature
    from recist_tool.errors import Fault
    from recist_tool.model.audit import AuditEntry
    from recist_tool.model.case import Case, Read
    from recist_tool.model.commands import Command
    from recist_tool.model.finding import Finding
    from recist_tool.model.mask import LesionMask
    from recist_tool.model.pet import PetScan
    from recist_tool.model.signature import SignedVisit
    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment

_PREFIX = {LesionRole.TARGET: "T", LesionRole.NON_TARGET: "NT", LesionRole.NEW: "NL"}


class Session:
    """One reader at work on one case.

    Every change goes through `do`: it is in the journal, on the disk, before `do`
    returns; undo is one more change. Build with `create` or `open`; close it, or use it
    as a context manager, to let others have the case.

    Attributes
    ----------
    case_path
        The case file; its journal lies beside it.
    notes
        What happened while opening that the reader should know.
    told
        What the last change brought about that its reader should know.
    before
        Called with a change that the case allows, before it is made: with the case as
        it is and the command. It may raise a `RecistToolError` to stop it, as a front
        end does that asks whether an unlikely figure is meant.
    changed
        Emitted after every change.
    """

    changed = signal()

    def __init__(
        self, case_path: Path, reader_id: str, clock: Callable[[], dt.datetime]
    ) -> None:
        self.case_path = case_path
        self.reader_id = reader_id
        self.notes: tuple[str, ...] = ()
        self.told: tuple[str, ...] = ()
        self._given_reason = ""
        self._signatures = Signatures(reader_id)
        self.before: Callable[[Case, Command], None] = lambda case, command: None
        self._clock = clock
        self._lock = lock_case(case_path, reader_id)
        self._entries: list[AuditEntry] = []
        self._case: Case | None = None
        self._answers = Answers()

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        subject_id: str,
        reader_id: str,
        role: ReaderRole = ReaderRole.INVESTIGATOR,
        protocol: Protocol | None = None,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> Self:
        """Begin a case in `folder`, which is made where it does not exist.

        A case that a crash cut off at its birth, with nothing in it yet, is gone on
        with.

        Parameters
        ----------
        subject_id
            The trial's pseudonym; letters, digits, dots and dashes: it names the files.

        Raises
        ------
        StorageError
            If a case of this subject is there already, or the disk refuses.
        CommandRefused
            If subject or reader cannot be called so.
        """
        require_subject_id(subject_id)
        require_reader_id(reader_id)
        case_path = folder / f"{subject_id}{CASE_SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError.at(
                folder.name, f"cannot be made ({error.strerror})", "Choose another"
            ) from None
        protocol = protocol or Protocol()
        if _is_newborn(journal_path(case_path), protocol):
            return cls.open(case_path, reader_id=reader_id, role=role, clock=clock)
        if case_path.exists() or _has_entries(journal_path(case_path)):
            raise StorageError.at(
                case_path.name, "exists already", "Open it, or choose another folder"
            )
        session = cls(case_path, reader_id, clock)
        try:
            session._begin(subject_id, protocol, role)
        except BaseException:
            session.close()
            raise
        return session

    @classmethod
    def open(
        cls,
        case_path: Path,
        *,
        reader_id: str,
        role: ReaderRole = ReaderRole.INVESTIGATOR,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> Self:
        """Open a case, replayed from its journal; a new reader gets an empty read.

        Parameters
        ----------
        role
            Of a reader who has no read yet; a known one keeps the role of the case.
        clock
            Tells the time of each entry, with its zone; UTC by default.

        Raises
        ------
        CaseFileError, StorageError
            If case and journal cannot be trusted, or another process has them open.
        """
        session = cls(case_path, reader_id, clock)
        try:
            session._reopen(role)
        except BaseException:
            session.close()
            raise
        return session

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the session."""
        self.close()

    def close(self) -> None:
        """Let others have the case; nothing is left to save."""
        self._lock.release()

    @property
    def case(self) -> Case:
        """The case as it stands."""
        assert self._case is not None  # noqa: S101 - create() and open() see to it
        return self._case

    @property
    def read(self) -> Read:
        """The read of this session's reader."""
        read = self.case.read(self.reader_id)
        assert read is not None  # noqa: S101 - create() and open() start it
        return read

    @property
    def assessment(self) -> PatientAssessment | None:
        """Sums and responses by the first of the protocol's criteria, as they stand.

        None while nothing is recorded, `problems` forbid it, or the program went wrong
        (`answer.failed`).
        """
        return self.assessments.get(self.case.protocol.criteria[0])

    @property
    def assessments(self) -> Mapping[Criteria, PatientAssessment]:
        """The same read by each of the protocol's criteria, side by side."""
        return self.answer.by_criteria

    @property
    def answer(self) -> Answer:
        """What follows from this read, also by criteria that the protocol has not."""
        return self._answers[self.reader_id]

    @property
    def problems(self) -> tuple[Fault, ...]:
        """What stands against an assessment: a target unmeasured at baseline, say."""
        return self.answer.problems

    @property
    def entries(self) -> tuple[AuditEntry, ...]:
        """The journal so far."""
        return tuple(self._entries)

    @property
    def can_undo(self) -> bool:
        """Whether this reader has a change to take back."""
        return undoable(self._entries, self.reader_id) is not None

    @property
    def can_redo(self) -> bool:
        """Whether this reader has a change to do again."""
        return redoable(self._entries, self.reader_id) is not None

    def do(self, command: Command, reason: str = "") -> Case:
        """Carry out a command; when this returns, it is on the disk.

        Parameters
        ----------
        reason
            Why, for the journal; needed where a signed answer changes.

        Raises
        ------
        CommandRefused
            If the case, or another reader's ownership, stands against it, or it could
            not be replayed from the journal as it is.
        ReasonNeeded
            If it changes a signed answer, and neither `reason` nor the reason for which
            an earlier visit was opened again says why.
        StorageError
            If the disk refuses; the case is as it was, unless the message says that
            the journal holds the change.
        """
        self._require_own(command)
        self.told = ()
        reason = reason or self._given_reason
        command = with_kept_places(command, self.case.protocol)
        command = self._with_answers(command)
        entry = self._entry(command, reason)
        case = self._case_after(entry)
        require_no_looser(self.case, case)
        answers = self._answers.after(case)
        answers.require_readable(self._answers)
        outdated = outdated_by(self.case, case)
        if outdated:
            reason = reason or self._reason_for(command, outdated)
            entry = self._entry(command, reason, [one.key for one in outdated])
        if self._case is not None:
            self.before(self._case, command)
        self._append(entry)
        lines = told(outdated, case, self.reader_id)
        self.told += tuple(f"Signed before this change: {one}." for one in lines)
        self._settle(case, answers)
        return case

    @contextlib.contextmanager
    def giving(self, reason: str) -> Generator[None]:
        """Give a reason with every command inside, where it names none of its own."""
        self._given_reason = reason
        try:
            yield
        finally:
            self._given_reason = ""

    @property
    def outdated(self) -> list[OutdatedSignature]:
        """Signatures of the reader under answers that have changed since."""
        return self._signatures.outdated(self.case, self._entries)

    def undo(self, reason: str = "") -> Case:
        """Take back this reader's last change.

        Parameters
        ----------
        reason
            As for `do`.

        Raises
        ------
        CommandRefused
            If there is none, or a later change rests on it.
        """
        number = undoable(self._entries, self.reader_id)
        if number is None:
            raise CommandRefused.at("", "there is nothing to undo")
        return self.do(Undo(entry=number), reason)

    def redo(self, reason: str = "") -> Case:
        """Do again what this reader undid last.

        Parameters
        ----------
        reason
            As for `do`.

        Raises
        ------
        CommandRefused
            If there is nothing to redo.
        """
        number = redoable(self._entries, self.reader_id)
        if number is None:
            raise CommandRefused.at("", "there is nothing to redo")
        return self.do(Redo(entry=number), reason)

    def new_lesion_id(self, role: LesionRole, besides: Iterable[str] = ()) -> str:
        """Return the next free name for a lesion: T3, NT1, NL1.

        Parameters
        ----------
        besides
            Names that are given already, though not in the read yet.
        """
        prefix = _PREFIX[role]
        taken = [
            int(name.removeprefix(prefix))
            for name in (*(one.lesion_id for one in self.read.lesions), *besides)
            if re.fullmatch(rf"{prefix}\d+", name)
        ]
        return f"{prefix}{max(taken, default=0) + 1}"

    def add_lesion(self, role: LesionRole, organ: str, **details: Any) -> Lesion:
        """Add a lesion to this read and return it.

        Parameters
        ----------
        details
            As for `new_lesion`.
        """
        lesion = self.new_lesion(role, organ, **details)
        self.do(AddLesion(reader_id=self.reader_id, lesion=lesion))
        return lesion

    def new_lesion(self, role: LesionRole, organ: str, **details: Any) -> Lesion:
        """Return a lesion that is not in the read yet, with a free name and a new UID.

        Parameters
        ----------
        details
            Other fields of `Lesion`; its id and tracking UID are made where not given,
            and it is a node where its organ is one.
        """
        made = {
            "lesion_id": self.new_lesion_id(role),
            "tracking_uid": _new_uid(),
            "nodal": is_node(organ, None, self.case.protocol.settings.organ_words),
        }
        return Lesion.model_validate(made | details | {"role": role, "organ": organ})

    def add_measured(
        self,
        lesion: Lesion,
        timepoint_id: str,
        finding: Finding,
        *,
        mask: LesionMask | None = None,
        pet: PetScan | None = None,
    ) -> Case:
        """Add a lesion with what was found of it, as one change.

        Parameters
        ----------
        lesion
            As `new_lesion` makes it.
        timepoint_id, finding, mask, pet
            As for `record`.
        """
        return self.do(
            AddMeasuredLesion(
                reader_id=self.reader_id,
                lesion=lesion,
                timepoint_id=timepoint_id,
                finding=finding,
                mask=mask,
                pet=pet,
            )
        )

    def change_role(self, lesion_id: str, role: LesionRole, timepoint_id: str) -> str:
        """Give a lesion another role, and return the name that goes with it.

        Parameters
        ----------
        timepoint_id
            Where a lesion that becomes a new one was first seen.

        Raises
        ------
        CommandRefused
            If a finding of it has no words in that role: a target without a caliper.
        """
        new_id = self.new_lesion_id(role)
        self.do(
            ChangeLesionRole(
                reader_id=self.reader_id,
                lesion_id=lesion_id,
                role=role,
                new_id=new_id,
                first_seen=timepoint_id if role is LesionRole.NEW else None,
            )
        )
        return new_id

    def record(
        self,
        lesion_id: str,
        timepoint_id: str,
        finding: Finding,
        reason: str = "",
        *,
        mask: LesionMask | None = None,
        pet: PetScan | None = None,
    ) -> Case:
        """Say what was found of a lesion at a timepoint, and on which voxels.

        Parameters
        ----------
        finding
            Takes the place of what was said of the lesion at this visit before.
        reason
            Why, for the journal; may be empty.
        mask
            The voxels that were measured; None takes away the mask of the finding
            before.
        pet
            What the PET scan of the visit shows with it; None leaves that as it is.

        Raises
        ------
        CommandRefused, StorageError
            As `do` tells.
        """
        command = RecordFinding(
            reader_id=self.reader_id,
            lesion_id=lesion_id,
            timepoint_id=timepoint_id,
            finding=finding,
            mask=mask,
            pet=pet,
        )
        return self.do(command, reason)

    def _begin(self, subject_id: str, protocol: Protocol, role: ReaderRole) -> None:
        self._journal = Journal(journal_path(self.case_path))
        command = CreateCase(
            case_uid=_new_uid(),
            subject_id=subject_id,
            protocol=protocol,
        )
        entry = self._entry(command)
        self._case = replay([entry])
        self._append(entry)
        self.do(StartRead(reader_id=self.reader_id, role=role))

    def _reopen(self, role: ReaderRole) -> None:
        loaded = load_case(self.case_path)
        self._entries = list(loaded.journal.entries)
        self._case = loaded.case
        self._journal = Journal(journal_path(self.case_path))
        aside = self._journal.set_torn_aside(loaded.journal)
        if aside is not None:
            self.notes += (
                "The last write before a crash was cut off and never confirmed; "
                f"it was set aside in {aside.name}.",
            )
        if loaded.case.read(self.reader_id) is None:
            require_reader_id(self.reader_id)
            self.do(StartRead(reader_id=self.reader_id, role=role))
        elif loaded.behind:
            self._catch_up(loaded.case)
        else:
            self._answers = self._answers.after(self.case)

    def _catch_up(self, case: Case) -> None:
        """Write what a crash left in the journal alone; a full disk may be read on."""
        try:
            self._settle(case, self._answers.after(case))
        except StorageError as error:
            self.notes += (str(error),)

    def _require_own(self, command: Command) -> None:
        owner = getattr(command, "reader_id", self.reader_id)
        if owner != self.reader_id:
            raise CommandRefused.at(owner, "this read belongs to another reader")
        if isinstance(command, Undo | Redo):
            self._require_last(command)

    def _with_answers(self, command: Command) -> Command:
        """Return a signature with the answers that it is given for."""
        if not isinstance(command, LockTimepoint):
            return command
        bare = command.replaced(answers=())
        signed = self._case_after(self._entry(bare))
        visit = command.timepoint_id
        return bare.replaced(answers=answers_at(signed, self.reader_id, visit))

    def _reason_for(
        self, command: Command, outdated: Sequence[OutdatedSignature]
    ) -> str:
        """Return what the command says itself, or why a visit was opened again."""
        meant = command
        if isinstance(command, Undo | Redo):
            meant = self._entries[command.entry - 1].command
        who = (self.case, self.reader_id)
        reason = getattr(command, "reason", "")
        if not reason and hasattr(meant, "reader_id"):
            reason = reopened_because(self._entries, *who, outdated)
        if not reason:
            raise reason_needed(outdated, *who)
        return reason

    def _entry(
        self, command: Command, reason: str = "", outdates: Sequence[SignedVisit] = ()
    ) -> AuditEntry:
        """Return the entry of a command, read back from the line it will be.

        Raises
        ------
        CommandRefused
            If the journal would not give back what it was given.
        """
        given = (self._entries, command)
        try:
            return as_read_back(
                next_entry(
                    *given,
                    by=self.reader_id,
                    at=self._clock(),
                    reason=reason,
                    outdates=outdates,
                )
            )
        except Exception as error:
            raise _not_kept(error) from error

    def _append(self, entry: AuditEntry) -> None:
        self._journal.append(entry)
        self._entries.append(entry)
        if entry.clock_behind_s:
            self.told = (_clock_words(entry),)

    def _require_last(self, command: Undo | Redo) -> None:
        undo = isinstance(command, Undo)
        expected = (undoable if undo else redoable)(self._entries, self.reader_id)
        if command.entry != expected:
            raise CommandRefused.at(
                f"entry {command.entry}",
                "is not this reader's last change",
                "Take changes back in order",
            )

    def _case_after(self, entry: AuditEntry) -> Case:
        """Return the case as it will be replayed, before the entry is written."""
        command = entry.command
        try:
            if isinstance(command, Undo | Redo):
                return replay([*self._entries, entry])
            return command.apply(self.case)
        except BrokenJournalError:
            raise CommandRefused.at(
                f"entry {getattr(command, 'entry', entry.number)}",
                "a later change rests on it",
                "Take back the later change first",
            ) from None
        except RecistToolError:
            raise
        except Exception as error:
            raise _not_kept(error) from error

    def _settle(self, case: Case, answers: Answers) -> None:
        self._case, self._answers = case, answers
        try:
            write_case_file(
                self.case_path, case, self._entries, self._answers.written()
            )
        finally:
            self.changed.emit()


def _not_kept(error: Exception) -> CommandRefused:
    return CommandRefused.at(
        "this change",
        f"could not be replayed, so it was not recorded: {unforeseen(error)}",
        "Enter it in another way, and report this fault of the program",
    )


def _clock_words(entry: AuditEntry) -> str:
    return (
        f"The clock of this computer stands {duration(entry.clock_behind_s)} before "
        "the latest entry of the journal, which says so now. Set the clock."
    )


def _has_entries(journal: Path) -> bool:
    """Return whether a journal holds a case; a crash at its birth leaves it empty."""
    return journal.exists() and bool(read_journal(journal).entries)


def _is_newborn(journal: Path, protocol: Protocol) -> bool:
    """Return whether a case was begun under a protocol, and nothing came after that."""
    entries = read_journal(journal).entries if journal.exists() else ()
    commands = [one.command for one in entries]
    return (
        bool(commands)
        and isinstance(commands[0], CreateCase)
        and commands[0].protocol == protocol
        and all(isinstance(one, StartRead) for one in commands[1:])
    )


def _new_uid() -> str:
    """Return a DICOM UID made from a UUID (PS3.5, B.2)."""
    return f"2.25.{uuid.uuid4().int}"
