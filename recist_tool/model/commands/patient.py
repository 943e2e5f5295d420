"""Changes of a case as a whole: its beginning, day 0, protocol, what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from recist_tool.model.case import Case
from recist_tool.model.commands.requirements import refuse
from recist_tool.model.follow_up import FollowUp, Group, Treatment
from recist_tool.model.protocol import Protocol
from recist_tool.model.record import Record


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
        refuse("", f"case {case.case_uid} exists already")


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


class SetFollowUp(Record):
    """Say what became of the patient beyond the scans; None takes it back."""

    command: Literal["set_follow_up"] = "set_follow_up"
    follow_up: FollowUp | None

    def apply(self, case: Case) -> Case:
        """Return the case with that follow-up, in place of the one before."""
        return case.replaced(follow_up=self.follow_up)


class SetTreatments(Record):
    """List all sessions of treatment; the empty list takes them back.

    Where no reference date is set, the first of them is day 0.
    """

    command: Literal["set_treatments"] = "set_treatments"
    treatments: tuple[Treatment, ...]

    def apply(self, case: Case) -> Case:
        """Return the case with those treatments, by date, in place of all before."""
        by_date = tuple(sorted(self.treatments, key=lambda one: one.date))
        return case.replaced(treatments=by_date)


class SetGroups(Record):
    """Say what a trial compares the patient by; an empty mapping takes it back."""

    command: Literal["set_groups"] = "set_groups"
    groups: Mapping[str, Group]

    def apply(self, case: Case) -> Case:
        """Return the case in those groups, in place of all before."""
        return case.replaced(groups=self.groups)
