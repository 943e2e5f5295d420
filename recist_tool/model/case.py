"""A case: one patient of one trial, as read by one or more readers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import (
    AwareDatetime,
    Field,
    model_validator,
)

from recist_tool.model.annotation import Annotation, Comment
from recist_tool.model.clinical import VisitClinical
from recist_tool.model.finding import LesionFinding
from recist_tool.model.follow_up import FollowUp, Group, Treatment
from recist_tool.model.lesion import Lesion
from recist_tool.model.numbers import Number
from recist_tool.model.override import VisitOverride
from recist_tool.model.pet import PetScan
from recist_tool.model.protocol import Protocol
from recist_tool.model.record import GrownRecord, Record
from recist_tool.model.signature import SignedAnswer
from recist_tool.model.suv_override import SuvOverride
from recist_tool.terms import ReaderRole, Response, SeriesRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.finding import Finding
    from recist_tool.model.mask import LesionMask


class SeriesReference(GrownRecord):
    """A series pinned to a timepoint.

    Attributes
    ----------
    folder
        Where its files were last found; only a hint, the UIDs decide.
    phase
        Contrast phase as the reader confirmed it, or empty.
    role
        What it is good for, as the reader corrected it; None as proposed.
    slices
        How many it had when it was pinned; None where nobody counted them.
    part
        Which it is where several share its UID: the SOP Instance UID of its first
        slice, with ``#`` and the frame's number where one file holds many. Else empty.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"part", "slices"})

    series_instance_uid: str
    study_instance_uid: str
    modality: str
    description: str = ""
    phase: str = ""
    folder: str = ""
    role: SeriesRole | None = None
    slices: Annotated[int, Field(ge=1)] | None = None
    part: str = ""

    @property
    def key(self) -> str:
        """What tells it from every other series of the case."""
        return self.part or self.series_instance_uid

    def is_of(self, series_instance_uid: str, key: str) -> bool:
        """Return whether this is a series, or the part with that key of its UID."""
        is_any = not (self.part and key)
        return self.series_instance_uid == series_instance_uid and (
            is_any or self.part == key
        )

    def is_same(self, other: SeriesReference) -> bool:
        """Return whether both are of one series."""
        return self.is_of(other.series_instance_uid, other.part)


class Timepoint(GrownRecord):
    """One visit; the first of a case, by date, is the baseline.

    Attributes
    ----------
    target_scan_dates
        Dates of the scans of the targets, where the visit took several days; not
        written where there are none.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"target_scan_dates"})

    timepoint_id: str = Field(min_length=1, max_length=32)
    date: dt.date
    label: str = ""
    series: tuple[SeriesReference, ...] = ()
    target_scan_dates: tuple[dt.date, ...] = ()


class Lock(GrownRecord):
    """A timepoint that a reader signed; it takes no more changes.

    Attributes
    ----------
    answers
        What was answered at the visit when it was signed; not written, and empty,
        where nothing was or an earlier version signed.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"answers"})

    timepoint_id: str
    signed_by: str
    at: AwareDatetime
    answers: tuple[SignedAnswer, ...] = ()


class VisitUptake(Record):
    """What a reader measured on the PET scan of a visit."""

    timepoint_id: str
    pet: PetScan


class VisitVolumes(Record):
    """Volumes of whole organs or regions that a reader measured at a visit, by name."""

    timepoint_id: str
    volumes_ml: Mapping[str, Number] = Field(min_length=1)


class VisitResponses(Record):
    """Responses that are known of a visit without findings, or beside them."""

    timepoint_id: str
    overall: Response | None = None
    liver: Response | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.overall is None and self.liver is None:
            msg = "a recorded response is of the whole patient, of the liver, or both"
            raise ValueError(msg)
        return self


class Read(GrownRecord):
    """What one reader found.

    Attributes
    ----------
    reader_id
        Who; unique in the case.
    lesions
        In the order in which they were added.
    findings
        At most one for each lesion and timepoint.
    overrides
        At most one for each timepoint and scope.
    uptake, volumes
        At most one for each timepoint.
    recorded_responses
        At most one for each timepoint; not written where there are none.
    annotations, comments
        What is no finding: rulers, regions, words. At most one comment for each
        timepoint and lesion, or timepoint alone; not written where there are none.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset(
        {"recorded_responses", "annotations", "comments"}
    )

    reader_id: str = Field(min_length=1)
    role: ReaderRole = ReaderRole.INVESTIGATOR
    lesions: tuple[Lesion, ...] = ()
    findings: tuple[LesionFinding, ...] = ()
    locks: tuple[Lock, ...] = ()
    overrides: tuple[VisitOverride, ...] = ()
    uptake: tuple[VisitUptake, ...] = ()
    volumes: tuple[VisitVolumes, ...] = ()
    recorded_responses: tuple[VisitResponses, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    comments: tuple[Comment, ...] = ()

    def lesion(self, lesion_id: str) -> Lesion | None:
        """Return the lesion of that id, or None."""
        return next((one for one in self.lesions if one.lesion_id == lesion_id), None)

    def finding(self, lesion_id: str, timepoint_id: str) -> Finding | None:
        """Return what was found of a lesion at a timepoint, or None."""
        key = (lesion_id, timepoint_id)
        return next(
            (
                entry.finding
                for entry in self.findings
                if (entry.lesion_id, entry.timepoint_id) == key
            ),
            None,
        )

    def mask(self, lesion_id: str, timepoint_id: str) -> LesionMask | None:
        """Return the voxels that were measured of a lesion at a timepoint, or None."""
        key = (lesion_id, timepoint_id)
        return next(
            (
                entry.mask
                for entry in self.findings
                if (entry.lesion_id, entry.timepoint_id) == key
            ),
            None,
        )

    def masks_at(self, timepoint_id: str) -> Iterator[tuple[str, LesionMask]]:
        """Yield lesions with the voxels measured of them: of size, and of uptake."""
        for entry in self.findings:
            if entry.timepoint_id == timepoint_id and entry.mask is not None:
                yield entry.lesion_id, entry.mask
        pet = self.uptake_at(timepoint_id)
        for lesion_id, one in () if pet is None else pet.lesions.items():
            if one.mask is not None:
                yield lesion_id, one.mask

    def uptake_at(self, timepoint_id: str) -> PetScan | None:
        """Return what was measured on the PET scan of a timepoint, or None."""
        return next(
            (one.pet for one in self.uptake if one.timepoint_id == timepoint_id), None
        )

    def volumes_at(self, timepoint_id: str) -> Mapping[str, Number] | None:
        """Return the volumes of organs and regions at a timepoint, ml, or None."""
        key = timepoint_id
        return next(
            (one.volumes_ml for one in self.volumes if one.timepoint_id == key), None
        )

    def responses_at(self, timepoint_id: str) -> VisitResponses | None:
        """Return the responses that were recorded of a timepoint, or None."""
        return next(
            (
                one
                for one in self.recorded_responses
                if one.timepoint_id == timepoint_id
            ),
            None,
        )

    def annotations_at(self, timepoint_id: str) -> tuple[Annotation, ...]:
        """Return what was drawn at a timepoint beside lesions."""
        return tuple(
            one for one in self.annotations if one.timepoint_id == timepoint_id
        )

    def comment(self, timepoint_id: str, lesion_id: str | None = None) -> str:
        """Return what was written at a timepoint of a lesion, or of all of it.

        Parameters
        ----------
        lesion_id
            None for the comment on the visit.

        Returns
        -------
        Empty where nothing was.
        """
        key = (timepoint_id, lesion_id)
        return next(
            (
                one.text
                for one in self.comments
                if (one.timepoint_id, one.lesion_id) == key
            ),
            "",
        )

    def locked(self, timepoint_id: str) -> bool:
        """Return whether the reader signed that timepoint."""
        return any(lock.timepoint_id == timepoint_id for lock in self.locks)


class Case(Record):
    """One patient of one trial.

    Attributes
    ----------
    subject_id
        The trial's pseudonym, never the patient's name.
    reference_date
        Day 0: start of treatment or randomisation, as given; see `day_0`.
    timepoints
        In the order of their dates.
    reads
        One for each reader.
    treatments
        In the order of their dates.
    clinical
        At most one for each timepoint; common to all readers.
    suv_overrides
        At most one for each PET series; common to all readers.
    """

    case_uid: str
    subject_id: str = Field(min_length=1)
    reference_date: dt.date | None = None
    protocol: Protocol = Protocol()
    timepoints: tuple[Timepoint, ...] = ()
    reads: tuple[Read, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    follow_up: FollowUp | None = None
    groups: Mapping[str, Group] = {}
    clinical: tuple[VisitClinical, ...] = ()
    suv_overrides: tuple[SuvOverride, ...] = ()

    @property
    def day_0(self) -> dt.date | None:
        """The reference date, else the day of the first treatment."""
        if self.reference_date is not None:
            return self.reference_date
        return min((one.date for one in self.treatments), default=None)

    def timepoint(self, timepoint_id: str) -> Timepoint | None:
        """Return the timepoint of that id, or None."""
        return next(
            (one for one in self.timepoints if one.timepoint_id == timepoint_id), None
        )

    def read(self, reader_id: str) -> Read | None:
        """Return the read of that reader, or None."""
        return next((one for one in self.reads if one.reader_id == reader_id), None)

    def pinned(self, series_instance_uid: str, key: str = "") -> SeriesReference | None:
        """Return how the case remembers a series, or None.

        Parameters
        ----------
        key
            Which of those that share its UID; empty for any.
        """
        return next(
            (
                series
                for timepoint in self.timepoints
                for series in timepoint.series
                if series.is_of(series_instance_uid, key)
            ),
            None,
        )

    def suv_override(self, series_instance_uid: str) -> SuvOverride | None:
        """Return what stands for the tags of a PET series, or None."""
        return next(
            (
                one
                for one in self.suv_overrides
                if one.series_instance_uid == series_instance_uid
            ),
            None,
        )

    def clinical_at(self, timepoint_id: str) -> VisitClinical | None:
        """Return what the clinic knows at a timepoint, or None."""
        return next(
            (one for one in self.clinical if one.timepoint_id == timepoint_id), None
        )
