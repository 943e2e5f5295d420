"""Changes of a visit that all readers share: its date, its series, the clinic."""

from __future__ import annotations

from typing import Literal

from recist_tool.model.case import Case, SeriesReference, Timepoint
from recist_tool.model.clinical import Clinical, VisitClinical
from recist_tool.model.commands.requirements import (
    refuse,
    require_timepoint,
    require_unlocked,
)
from recist_tool.model.record import Record


class AddTimepoint(Record):
    """Add a visit; timepoints stay ordered by date."""

    command: Literal["add_timepoint"] = "add_timepoint"
    timepoint: Timepoint

    def apply(self, case: Case) -> Case:
        """Return the case with the visit in its place."""
        new = self.timepoint
        for old in case.timepoints:
            if old.timepoint_id == new.timepoint_id:
                refuse(new.timepoint_id, "this timepoint exists already")
            if old.date == new.date:
                refuse(
                    new.timepoint_id,
                    f"{old.timepoint_id} has the same date",
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
        require_timepoint(case, new.timepoint_id)
        for read in case.reads:
            require_unlocked(read, new.timepoint_id)
        others = [
            one for one in case.timepoints if one.timepoint_id != new.timepoint_id
        ]
        if any(one.date == new.date for one in others):
            refuse(new.timepoint_id, "another timepoint has the same date")
        return case.replaced(timepoints=_by_date((*others, new)))


class AttachSeries(Record):
    """Pin a series to a visit."""

    command: Literal["attach_series"] = "attach_series"
    timepoint_id: str
    series: SeriesReference

    def apply(self, case: Case) -> Case:
        """Return the case with the series pinned; the same series once only."""
        old = require_timepoint(case, self.timepoint_id)
        for one in case.timepoints:
            for series in one.series:
                if series.is_same(self.series):
                    refuse(one.timepoint_id, "this series is pinned here already")
        new = old.replaced(series=(*old.series, self.series))
        return ReviseTimepoint(timepoint=new).apply(case)


class RecordClinical(Record):
    """Say what the clinic knows at a visit; replaces all that was said before."""

    command: Literal["record_clinical"] = "record_clinical"
    timepoint_id: str
    clinical: Clinical

    def apply(self, case: Case) -> Case:
        """Return the case with the record; it says something."""
        require_timepoint(case, self.timepoint_id)
        if self.clinical == Clinical():
            refuse(
                self.timepoint_id,
                "the clinical record is empty",
                "Fill it in, or clear what was recorded",
            )
        stated = {name: getattr(self.clinical, name) for name in Clinical.model_fields}
        entry = VisitClinical(timepoint_id=self.timepoint_id, **stated)
        others = _clinical_but(case, self.timepoint_id)
        return case.replaced(clinical=(*others, entry))


class ClearClinical(Record):
    """Take back what the clinic was said to know at a visit."""

    command: Literal["clear_clinical"] = "clear_clinical"
    timepoint_id: str

    def apply(self, case: Case) -> Case:
        """Return the case without the record."""
        require_timepoint(case, self.timepoint_id)
        others = _clinical_but(case, self.timepoint_id)
        if len(others) == len(case.clinical):
            refuse(self.timepoint_id, "nothing clinical is recorded")
        return case.replaced(clinical=others)


def _by_date(timepoints: tuple[Timepoint, ...]) -> tuple[Timepoint, ...]:
    return tuple(sorted(timepoints, key=lambda one: one.date))


def _clinical_but(case: Case, timepoint_id: str) -> tuple[VisitClinical, ...]:
    return tuple(one for one in case.clinical if one.timepoint_id != timepoint_id)
