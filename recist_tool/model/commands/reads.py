"""Changes of a read beside its lesions: begin, respond, override, sign."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from recist_tool.model.case import Case, Lock, Read, VisitResponses
from recist_tool.model.commands.requirements import (
    refuse,
    require_read,
    require_recordable,
    require_unlocked,
    with_read,
)
from recist_tool.model.override import VisitOverride
from recist_tool.model.record import GrownRecord, Record
from recist_tool.model.signature import SignedAnswer
from recist_tool.terms import ReaderRole, Scope


class StartRead(Record):
    """Open the read of one reader."""

    command: Literal["start_read"] = "start_read"
    reader_id: str
    role: ReaderRole = ReaderRole.INVESTIGATOR

    def apply(self, case: Case) -> Case:
        """Return the case with an empty read of that reader."""
        if case.read(self.reader_id) is not None:
            refuse(self.reader_id, "this reader has a read in the case already")
        read = Read(reader_id=self.reader_id, role=self.role)
        return case.replaced(reads=(*case.reads, read))


class OverrideResponse(Record):
    """Hold the response of a visit to be another than computed, and say why."""

    command: Literal["override_response"] = "override_response"
    reader_id: str
    override: VisitOverride

    def apply(self, case: Case) -> Case:
        """Return the case with the override; it replaces one said before."""
        read = require_read(case, self.reader_id)
        new = self.override
        require_recordable(case, read, new.timepoint_id)
        others = _overrides_but(read, new.timepoint_id, new.scope)
        return with_read(case, read.replaced(overrides=(*others, new)))


class WithdrawOverride(Record):
    """Go back to the computed response alone."""

    command: Literal["withdraw_override"] = "withdraw_override"
    reader_id: str
    timepoint_id: str
    scope: Scope

    def apply(self, case: Case) -> Case:
        """Return the case without the override."""
        read = require_read(case, self.reader_id)
        require_unlocked(read, self.timepoint_id)
        others = _overrides_but(read, self.timepoint_id, self.scope)
        if len(others) == len(read.overrides):
            refuse(self.timepoint_id, f"nothing was overridden for {self.scope}")
        return with_read(case, read.replaced(overrides=others))


class RecordResponses(Record):
    """Give the responses of a visit as they were recorded; replaces what was given.

    They stand where there are no findings, and where those found are not evaluable.
    """

    command: Literal["record_responses"] = "record_responses"
    reader_id: str
    responses: VisitResponses

    def apply(self, case: Case) -> Case:
        """Return the case with the responses."""
        read = require_read(case, self.reader_id)
        new = self.responses
        require_recordable(case, read, new.timepoint_id)
        others = _responses_but(read, new.timepoint_id)
        return with_read(case, read.replaced(recorded_responses=(*others, new)))


class ClearResponses(Record):
    """Take back the responses that were recorded of a visit."""

    command: Literal["clear_responses"] = "clear_responses"
    reader_id: str
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the responses."""
        read = require_read(case, self.reader_id)
        require_unlocked(read, self.timepoint_id)
        others = _responses_but(read, self.timepoint_id)
        if len(others) == len(read.recorded_responses):
            refuse(self.timepoint_id, "no response is recorded")
        return with_read(case, read.replaced(recorded_responses=others))


class LockTimepoint(GrownRecord):
    """Sign a visit: no change after this without unlocking.

    Attributes
    ----------
    answers
        What is answered at the visit as it is signed; `Session` fills it in.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"answers"})

    command: Literal["lock_timepoint"] = "lock_timepoint"
    reader_id: str
    timepoint_id: str
    signed_by: str = Field(min_length=1)
    at: AwareDatetime
    answers: tuple[SignedAnswer, ...] = ()

    def apply(self, case: Case) -> Case:
        """Return the case with the visit locked for that reader."""
        read = require_read(case, self.reader_id)
        require_recordable(case, read, self.timepoint_id)
        lock = Lock(
            timepoint_id=self.timepoint_id,
            signed_by=self.signed_by,
            at=self.at,
            answers=self.answers,
        )
        return with_read(case, read.replaced(locks=(*read.locks, lock)))


class UnlockTimepoint(Record):
    """Open a signed visit again; the reason stands in the command."""

    command: Literal["unlock_timepoint"] = "unlock_timepoint"
    reader_id: str
    timepoint_id: str
    reason: str = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case with the visit open."""
        read = require_read(case, self.reader_id)
        if not read.locked(self.timepoint_id):
            refuse(self.timepoint_id, "this timepoint is not locked")
        locks = tuple(
            lock for lock in read.locks if lock.timepoint_id != self.timepoint_id
        )
        return with_read(case, read.replaced(locks=locks))


def _overrides_but(
    read: Read, timepoint_id: str, scope: Scope
) -> tuple[VisitOverride, ...]:
    return tuple(
        one
        for one in read.overrides
        if (one.timepoint_id, one.scope) != (timepoint_id, scope)
    )


def _responses_but(read: Read, timepoint_id: str) -> tuple[VisitResponses, ...]:
    return tuple(
        one for one in read.recorded_responses if one.timepoint_id != timepoint_id
    )
