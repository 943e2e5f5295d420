"""Every change of a case: frozen records with a pure ``apply``.

``apply`` never changes the case it is given; it returns a new one, or raises
`CommandRefused` with what stands against it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, NoReturn

from pydantic import AwareDatetime, Field

from recist_tool.errors import CommandRefused
from recist_tool.model.case import (
    Case,
    Lock,
    Read,
    SeriesReference,
    Timepoint,
)
from recist_tool.model.finding import (
    Finding,
    LesionFinding,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
)
from recist_tool.model.lesion import Lesion
from recist_tool.model.override import VisitOverride
from recist_tool.model.protocol import Protocol
from recist_tool.model.record import Record
from recist_tool.terms import LesionRole, ReaderRole, Scope


def _refuse(where: str, what: str, remedy: str = "") -> NoReturn:
    raise CommandRefused.at(where, what, remedy)


class CreateCase(Record):
    """Begin a case; always the first entry of a journal."""

    command: Literal["create_case"] = "create_case"
    case_uid: str
    subject_id: str
    protocol: Protocol = Protocol()

    def begin(self) -> Case:
        """Return the empty case."""
        return Case(
            case_uid=self.case_uid, subject_id=self.subject_id, protocol=self.protocol
        )

    def apply(self, case: Case) -> Case:
        """Refuse: a case is created once."""
        _refuse("", f"case {case.case_uid} exists already")


class SetReferenceDate(Record):
    """Name day 0: start of treatment, or randomisation."""

    command: Literal["set_reference_date"] = "set_reference_date"
    reference_date: dt.date

    def apply(self, case: Case) -> Case:
        """Return the case with that reference date."""
        return case.replaced(reference_date=self.reference_date)


class SetProtocol(Record):
    """Change the conventions of the case."""

    command: Literal["set_protocol"] = "set_protocol"
    protocol: Protocol

    def apply(self, case: Case) -> Case:
        """Return the case under that protocol."""
        return case.replaced(protocol=self.protocol)


class AddTimepoint(Record):
    """Add a visit; timepoints stay ordered by date."""

    command: Literal["add_timepoint"] = "add_timepoint"
    timepoint: Timepoint

    def apply(self, case: Case) -> Case:
        """Return the case with the visit in its place."""
        new = self.timepoint
        for old in case.timepoints:
            if old.timepoint_id == new.timepoint_id:
                _refuse(new.timepoint_id, "this timepoint exists already")
            if old.date == new.date:
                _refuse(
                    new.timepoint_id,
                    f"{old.timepoint_id} has the same date {new.date}",
                    "Add its series to that timepoint",
                )
        return case.replaced(timepoints=_by_date((*case.timepoints, new)))


class ReviseTimepoint(Record):
    """Correct date, label or series of a visit."""

    command: Literal["revise_timepoint"] = "revise_timepoint"
    timepoint: Timepoint

    def apply(self, case: Case) -> Case:
        """Return the case with the visit as corrected."""
        new = self.timepoint
        _require_timepoint(case, new.timepoint_id)
        for read in case.reads:
            _require_unlocked(read, new.timepoint_id)
        others = [
            one for one in case.timepoints if one.timepoint_id != new.timepoint_id
        ]
        if any(one.date == new.date for one in others):
            _refuse(new.timepoint_id, f"another timepoint has the date {new.date}")
        return case.replaced(timepoints=_by_date((*others, new)))


class AttachSeries(Record):
    """Pin a series to a visit."""

    command: Literal["attach_series"] = "attach_series"
    timepoint_id: str
    series: SeriesReference

    def apply(self, case: Case) -> Case:
        """Return the case with the series pinned; the same series once only."""
        old = _require_timepoint(case, self.timepoint_id)
        for one in case.timepoints:
            for series in one.series:
                if series.series_instance_uid == self.series.series_instance_uid:
                    _refuse(one.timepoint_id, "this series is pinned here already")
        new = old.replaced(series=(*old.series, self.series))
        return ReviseTimepoint(timepoint=new).apply(case)


class StartRead(Record):
    """Open the read of one reader."""

    command: Literal["start_read"] = "start_read"
    reader_id: str
    role: ReaderRole = ReaderRole.INVESTIGATOR

    def apply(self, case: Case) -> Case:
        """Return the case with an empty read of that reader."""
        if case.read(self.reader_id) is not None:
            _refuse(self.reader_id, "this reader has a read in the case already")
        read = Read(reader_id=self.reader_id, role=self.role)
        return case.replaced(reads=(*case.reads, read))


class AddLesion(Record):
    """Add a lesion to a read."""

    command: Literal["add_lesion"] = "add_lesion"
    reader_id: str
    lesion: Lesion

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion; ids and tracking UIDs are unique."""
        read = _require_read(case, self.reader_id)
        new = self.lesion
        if read.lesion(new.lesion_id) is not None:
            _refuse(new.lesion_id, "a lesion of this name exists", "Choose another")
        if any(one.tracking_uid == new.tracking_uid for one in read.lesions):
            _refuse(new.lesion_id, "its tracking UID belongs to another lesion")
        if new.first_seen is not None:
            _require_timepoint(case, new.first_seen)
            _require_unlocked(read, new.first_seen)
        return _with_read(case, read.replaced(lesions=(*read.lesions, new)))


class ReviseLesion(Record):
    """Correct name, organ, role or another property of a lesion."""

    command: Literal["revise_lesion"] = "revise_lesion"
    reader_id: str
    lesion: Lesion

    def apply(self, case: Case) -> Case:
        """Return the case with the lesion as corrected; its tracking UID stays."""
        read = _require_read(case, self.reader_id)
        old = _require_lesion(read, self.lesion.lesion_id)
        if old.tracking_uid != self.lesion.tracking_uid:
            _refuse(old.lesion_id, "the tracking UID of a lesion never changes")
        found = [one for one in read.findings if one.lesion_id == old.lesion_id]
        for one in found:
            _require_unlocked(read, one.timepoint_id)
            _require_fitting(self.lesion, one.finding)
        if self.lesion.first_seen is not None:
            _require_timepoint(case, self.lesion.first_seen)
        lesions = tuple(
            self.lesion if one.lesion_id == old.lesion_id else one
            for one in read.lesions
        )
        return _with_read(case, read.replaced(lesions=lesions))


class RemoveLesion(Record):
    """Take a lesion and all its findings out of a read."""

    command: Literal["remove_lesion"] = "remove_lesion"
    reader_id: str
    lesion_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the lesion; the journal keeps it."""
        read = _require_read(case, self.reader_id)
        _require_lesion(read, self.lesion_id)
        for one in read.findings:
            if one.lesion_id == self.lesion_id:
                _require_unlocked(read, one.timepoint_id)
            elif self.lesion_id in _partners(one.finding):
                _refuse(
                    self.lesion_id,
                    f"{one.lesion_id} is merged with it at {one.timepoint_id}",
                    "Undo the merge first",
                )
        lesions = tuple(one for one in read.lesions if one.lesion_id != self.lesion_id)
        findings = tuple(
            one for one in read.findings if one.lesion_id != self.lesion_id
        )
        return _with_read(case, read.replaced(lesions=lesions, findings=findings))


class RecordFinding(Record):
    """Say what was found of a lesion at a visit; replaces what was said before."""

    command: Literal["record_finding"] = "record_finding"
    reader_id: str
    lesion_id: str
    timepoint_id: str
    finding: Finding

    def apply(self, case: Case) -> Case:
        """Return the case with the finding."""
        read = _require_read(case, self.reader_id)
        lesion = _require_lesion(read, self.lesion_id)
        _require_timepoint(case, self.timepoint_id)
        _require_unlocked(read, self.timepoint_id)
        _require_fitting(lesion, self.finding)
        for partner in _partners(self.finding):
            _require_lesion(read, partner)
            if partner == self.lesion_id:
                _refuse(self.lesion_id, "a lesion cannot merge with itself")
        entry = LesionFinding(
            lesion_id=self.lesion_id,
            timepoint_id=self.timepoint_id,
            finding=self.finding,
        )
        others = _findings_but(read, self.lesion_id, self.timepoint_id)
        return _with_read(case, read.replaced(findings=(*others, entry)))


class ClearFinding(Record):
    """Take back what was said of a lesion at a visit."""

    command: Literal["clear_finding"] = "clear_finding"
    reader_id: str
    lesion_id: str
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the finding."""
        read = _require_read(case, self.reader_id)
        if read.finding(self.lesion_id, self.timepoint_id) is None:
            _refuse(self.lesion_id, f"nothing is recorded at {self.timepoint_id}")
        _require_unlocked(read, self.timepoint_id)
        others = _findings_but(read, self.lesion_id, self.timepoint_id)
        return _with_read(case, read.replaced(findings=others))


class OverrideResponse(Record):
    """Hold the response of a visit to be another than computed, and say why."""

    command: Literal["override_response"] = "override_response"
    reader_id: str
    override: VisitOverride

    def apply(self, case: Case) -> Case:
        """Return the case with the override; it replaces one said before."""
        read = _require_read(case, self.reader_id)
        new = self.override
        _require_timepoint(case, new.timepoint_id)
        _require_unlocked(read, new.timepoint_id)
        others = _overrides_but(read, new.timepoint_id, new.scope)
        return _with_read(case, read.replaced(overrides=(*others, new)))


class WithdrawOverride(Record):
    """Go back to the computed response alone."""

    command: Literal["withdraw_override"] = "withdraw_override"
    reader_id: str
    timepoint_id: str
    scope: Scope

    def apply(self, case: Case) -> Case:
        """Return the case without the override."""
        read = _require_read(case, self.reader_id)
        _require_unlocked(read, self.timepoint_id)
        others = _overrides_but(read, self.timepoint_id, self.scope)
        if len(others) == len(read.overrides):
            _refuse(self.timepoint_id, f"nothing was overridden for {self.scope}")
        return _with_read(case, read.replaced(overrides=others))


class LockTimepoint(Record):
    """Sign a visit: no change after this without unlocking."""

    command: Literal["lock_timepoint"] = "lock_timepoint"
    reader_id: str
    timepoint_id: str
    signed_by: str = Field(min_length=1)
    at: AwareDatetime

    def apply(self, case: Case) -> Case:
        """Return the case with the visit locked for that reader."""
        read = _require_read(case, self.reader_id)
        _require_timepoint(case, self.timepoint_id)
        _require_unlocked(read, self.timepoint_id)
        lock = Lock(
            timepoint_id=self.timepoint_id, signed_by=self.signed_by, at=self.at
        )
        return _with_read(case, read.replaced(locks=(*read.locks, lock)))


class UnlockTimepoint(Record):
    """Open a signed visit again; the reason stands in the command."""

    command: Literal["unlock_timepoint"] = "unlock_timepoint"
    reader_id: str
    timepoint_id: str
    reason: str = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case with the visit open."""
        read = _require_read(case, self.reader_id)
        if not read.locked(self.timepoint_id):
            _refuse(self.timepoint_id, "this timepoint is not locked")
        locks = tuple(
            lock for lock in read.locks if lock.timepoint_id != self.timepoint_id
        )
        return _with_read(case, read.replaced(locks=locks))


class Undo(Record):
    """Leave out one earlier entry when the journal is replayed."""

    command: Literal["undo"] = "undo"
    entry: int = Field(ge=1)


class Redo(Record):
    """Take an entry back in that was undone."""

    command: Literal["redo"] = "redo"
    entry: int = Field(ge=1)


CaseCommand = (
    CreateCase
    | SetReferenceDate
    | SetProtocol
    | AddTimepoint
    | ReviseTimepoint
    | AttachSeries
    | StartRead
    | AddLesion
    | ReviseLesion
    | RemoveLesion
    | RecordFinding
    | ClearFinding
    | OverrideResponse
    | WithdrawOverride
    | LockTimepoint
    | UnlockTimepoint
)
"""The commands that change a case; `Undo` and `Redo` change the replay."""

Command = Annotated[CaseCommand | Undo | Redo, Field(discriminator="command")]


def _by_date(timepoints: tuple[Timepoint, ...]) -> tuple[Timepoint, ...]:
    return tuple(sorted(timepoints, key=lambda one: one.date))


def _require_timepoint(case: Case, timepoint_id: str) -> Timepoint:
    found = case.timepoint(timepoint_id)
    if found is None:
        _refuse(timepoint_id, "the case has no such timepoint")
    return found


def _require_read(case: Case, reader_id: str) -> Read:
    found = case.read(reader_id)
    if found is None:
        _refuse(reader_id, "this reader has no read in the case")
    return found


def _require_lesion(read: Read, lesion_id: str) -> Lesion:
    found = read.lesion(lesion_id)
    if found is None:
        _refuse(lesion_id, "the read has no such lesion")
    return found


def _require_unlocked(read: Read, timepoint_id: str) -> None:
    if read.locked(timepoint_id):
        _refuse(
            timepoint_id,
            f"{read.reader_id} has locked this timepoint",
            "Unlock it, giving a reason",
        )


def _require_fitting(lesion: Lesion, finding: Finding) -> None:
    fits = {
        LesionRole.TARGET: {
            "measured",
            "absent",
            "too_small",
            "not_evaluable",
            "split",
            "merged_into",
        },
        LesionRole.NON_TARGET: {
            "non_target",
            "absent",
            "not_evaluable",
            "merged_into",
        },
        LesionRole.NEW: {"new_lesion"},
    }[lesion.role]
    if finding.kind not in fits:
        role = lesion.role.value.replace("_", "-")
        _refuse(
            lesion.lesion_id,
            f"a {role} lesion cannot be '{finding.kind.replace('_', ' ')}'",
            "Change the role of the lesion, or record another finding",
        )
    if not lesion.nodal or finding.kind != "measured":
        return
    if finding.caliper.short_axis is None:
        _refuse(lesion.lesion_id, "a node is measured by its short axis; draw it")


def _partners(finding: Finding) -> tuple[str, ...]:
    if isinstance(finding, MergedInto):
        return (finding.lesion_id,)
    if isinstance(finding, NonTargetSeen | NewLesionSeen):
        return ()
    return getattr(finding, "merged_with", ())


def _findings_but(
    read: Read, lesion_id: str, timepoint_id: str
) -> tuple[LesionFinding, ...]:
    return tuple(
        one
        for one in read.findings
        if (one.lesion_id, one.timepoint_id) != (lesion_id, timepoint_id)
    )


def _overrides_but(
    read: Read, timepoint_id: str, scope: Scope
) -> tuple[VisitOverride, ...]:
    return tuple(
        one
        for one in read.overrides
        if (one.timepoint_id, one.scope) != (timepoint_id, scope)
    )


def _with_read(case: Case, read: Read) -> Case:
    reads = tuple(
        read if one.reader_id == read.reader_id else one for one in case.reads
    )
    return case.replaced(reads=reads)
