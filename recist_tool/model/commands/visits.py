"""Changes of a visit that all readers share: its date, its series, the clinic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from recist_tool.model.case import Case, Read, SeriesReference, Timepoint
from recist_tool.model.clinical import Clinical, VisitClinical
from recist_tool.model.commands.requirements import (
    refuse,
    require_signed_by_nobody,
    require_timepoint,
)
from recist_tool.model.finding import LesionFinding, calipers_of
from recist_tool.model.record import Record
from recist_tool.model.sequence import visits_reached

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        require_signed_by_nobody(case, new.timepoint_id)
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


class RemoveTimepoint(Record):
    """Take a visit out that was registered by mistake; its series come free.

    Attributes
    ----------
    reason
        Why: the journal keeps both.
    """

    command: Literal["remove_timepoint"] = "remove_timepoint"
    timepoint_id: str
    reason: str = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case without the visit; nobody has recorded anything at it."""
        require_timepoint(case, self.timepoint_id)
        require_signed_by_nobody(case, self.timepoint_id)
        for read in case.reads:
            _require_nothing_at(read, self.timepoint_id)
        if len(_clinical_but(case, self.timepoint_id)) < len(case.clinical):
            refuse(
                self.timepoint_id,
                "the clinic's record of it is in the case",
                "Clear that first",
            )
        others = tuple(
            one for one in case.timepoints if one.timepoint_id != self.timepoint_id
        )
        return case.replaced(timepoints=others)


class DetachSeries(Record):
    """Take a series from the visit that it was pinned to by mistake.

    Attributes
    ----------
    series_instance_uid, part
        As in its `SeriesReference`.
    reason
        Why: the journal keeps both.
    """

    command: Literal["detach_series"] = "detach_series"
    timepoint_id: str
    series_instance_uid: str
    part: str = ""
    reason: str = Field(min_length=1)

    def apply(self, case: Case) -> Case:
        """Return the case without the series; nothing is measured on it."""
        visit = require_timepoint(case, self.timepoint_id)
        kept = tuple(one for one in visit.series if not self._is_meant(one))
        if len(kept) == len(visit.series):
            refuse(self.timepoint_id, "this series is not pinned here")
        require_signed_by_nobody(case, self.timepoint_id)
        for read in case.reads:
            for name in self._borne(read):
                refuse(
                    name,
                    f"is measured on this series at {self.timepoint_id}",
                    "Take that finding back first",
                )
        changed = visit.replaced(series=kept)
        return case.replaced(
            timepoints=tuple(
                changed if one.timepoint_id == self.timepoint_id else one
                for one in case.timepoints
            )
        )

    def _is_meant(self, series: SeriesReference) -> bool:
        return series.is_of(self.series_instance_uid, self.part)

    def _borne(self, read: Read) -> Iterator[str]:
        """Yield the names of what a reader measured on the series at the visit."""
        for one in read.findings:
            if one.timepoint_id == self.timepoint_id and self._bears(one):
                yield one.lesion_id
        for drawn in read.annotations_at(self.timepoint_id):
            if drawn.plane.series_instance_uid == self.series_instance_uid:
                yield drawn.annotation_id
        pet = read.uptake_at(self.timepoint_id)
        for name, lesion in () if pet is None else pet.lesions.items():
            mask = lesion.mask
            if mask and mask.series_instance_uid == self.series_instance_uid:
                yield name

    def _bears(self, found: LesionFinding) -> bool:
        planes = [one.plane for one in calipers_of(found.finding)]
        named = {one.series_instance_uid for one in planes if one is not None}
        if found.mask is not None:
            named.add(found.mask.series_instance_uid)
        return self.series_instance_uid in named


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


def _require_nothing_at(read: Read, timepoint_id: str) -> None:
    """Refuse where a reader recorded anything at a visit, or saw a lesion first there.

    Whose read it is, is not said: reads may be blinded to each other.
    """
    beside = {one.first_seen for one in read.lesions}
    beside |= {one.timepoint_id for one in (*read.annotations, *read.comments)}
    if timepoint_id in visits_reached(read) | beside:
        refuse(
            timepoint_id, "something is recorded at this visit", "Take that back first"
        )


def _by_date(timepoints: tuple[Timepoint, ...]) -> tuple[Timepoint, ...]:
    return tuple(sorted(timepoints, key=lambda one: one.date))


def _clinical_but(case: Case, timepoint_id: str) -> tuple[VisitClinical, ...]:
    return tuple(one for one in case.clinical if one.timepoint_id != timepoint_id)
