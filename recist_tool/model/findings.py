"""Findings: a read without images, as response criteria see it.

This is both the outside format (`recist assess FILE`) and the one form in which
criteria receive a read, whether it was typed in or drawn on images.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from recist_tool.model.clinical import (
    MarkerValue,
    RecordedResponse,
    SomatostatinAnalogue,
    Symptom,
)
from recist_tool.model.diameter import Coordinate, Millimetres
from recist_tool.model.figures import (
    MeasuredFigures,
    NewLesionFigures,
    NonTargetFigures,
    TargetFigures,
)
from recist_tool.model.follow_up import FollowUp, Group, Treatment
from recist_tool.model.numbers import Day, Number
from recist_tool.model.override import ResponseOverride
from recist_tool.model.pet import FdgPet, PetScan
from recist_tool.model.protocol import Settings
from recist_tool.model.record import Record
from recist_tool.terms import (
    Criteria,
    LesionRole,
    Response,
)


class MeasuredTarget(MeasuredFigures):
    """A counted diameter, mm: the long axis, or the short axis of a node.

    Attributes
    ----------
    perpendicular_mm
        The greatest diameter across it, for the product (WHO).
    """

    first_fields: ClassVar = (
        "mm", "merged_with", "perpendicular_mm",
        "viable_mm", "hu_mean", "intratumoral_nodule", "volume_ml",
    )  # fmt: skip

    mm: Millimetres
    perpendicular_mm: Millimetres | None = None


class AbsentPart(Record):
    """A part of a split lesion that is gone."""

    state: Literal["absent"]


class SplitTarget(TargetFigures):
    """A lesion that fell into parts: their diameters are summed.

    Attributes
    ----------
    area_mm2
        Of all parts together: the sum of their products.
    """

    first_fields: ClassVar = (
        "state", "parts_mm", "area_mm2", "viable_mm", "hu_mean", "volume_ml",
    )  # fmt: skip

    state: Literal["split"]
    parts_mm: tuple[Millimetres | AbsentPart, ...] = Field(min_length=1)
    area_mm2: Number | None = None


class StatedTarget(Record):
    """A target without a diameter of its own; `lesion` is where it merged into."""

    state: Literal["absent", "too_small", "ne", "merged_into"]
    reason: str | None = None
    lesion: str | None = None


TargetFinding = Annotated[
    MeasuredTarget | StatedTarget | SplitTarget, Field(union_mode="left_to_right")
]

NonTargetState = Literal[
    "present",
    "absent",
    "unequivocal_pd",
    "increased_not_unequivocal",
    "ne",
    "merged_into",
]


class NonTargetFinding(NonTargetFigures):
    """A non-target lesion; a node may carry its short axis, mm."""

    first_fields: ClassVar = (
        "state", "short_axis_mm", "merged_into", "lesion", "reason",
        "change_since_last",
    )  # fmt: skip

    state: NonTargetState
    short_axis_mm: Millimetres | None = None
    merged_into: str | None = None
    lesion: str | None = None
    reason: str | None = None


class NewLesionFinding(NewLesionFigures):
    """A new lesion as seen at one timepoint.

    Attributes
    ----------
    evidence, region_imaged_at_baseline
        As in `finding.NewLesionSeen`; None where nothing was said.
    kind
        Whether it is followed by its size or by eye (iRECIST).
    """

    first_fields: ClassVar = (
        "id", "organ", "status", "mm", "nodal", "first_seen", "evidence",
        "region_imaged_at_baseline", "previous_mm", "note", "kind", "change",
        "enhancement", "cytology_positive", "scan_date",
    )  # fmt: skip

    id: str
    organ: str
    mm: Millimetres | None = None
    nodal: bool | None = None
    first_seen: str | None = None
    evidence: str | None = None
    region_imaged_at_baseline: bool | None = None
    previous_mm: Millimetres | None = None
    kind: Literal["target", "non_target"] | None = None


class FindingsLesion(Record):
    """A baseline lesion.

    The fields after `nodal` are for baseline conformance (Eisenhauer 2009, 3.1 and
    4.2) and may be left out.
    """

    id: str = Field(min_length=1)
    role: Literal[LesionRole.TARGET, LesionRole.NON_TARGET]
    organ: str = Field(min_length=1)
    nodal: bool = False
    note: str | None = None
    modality: str | None = None
    slice_thickness_mm: Coordinate | None = None
    blastic: bool = False
    previously_irradiated: bool = False
    progressed_since: bool = False


class FindingsTimepoint(Record):
    """One visit: what was found of each lesion, or only the response recorded.

    Attributes
    ----------
    id
        ``BL`` for the baseline.
    day
        Day from the reference date; checked against `date` where both are given.
    marker
        A tumour marker at the visit, in whichever words it was recorded.
    overall, liver
        Response where only that was recorded, instead of findings.
    responses
        The same by what judged it, where there is more than one: criteria by their
        name, or any other method. That of the criteria in use goes before `overall`.
    pet
        Uptake, where the patient had a PET scan.
    markers
        Tumour markers by name: ``CgA``, ``CEA``, ``5-HIAA``.
    symptoms
        By name: ``flushing``, ``pain``.
    somatostatin_analogue
        The dose in use.
    volumes_ml
        Volumes of whole organs or regions by name: ``liver``, ``liver tumour``.
    overrides
        The reader's own answers beside the computed ones, one for each scope.
    target_scan_dates
        Dates of the scans of the targets, where the visit took several days.
    symptomatic
        Whether the scan was done for symptoms, before it was due (iRECIST).
    """

    id: str = Field(min_length=1)
    date: dt.date | None = None
    day: Day | None = None
    target: Mapping[str, TargetFinding] = {}
    nontarget: Mapping[str, NonTargetState | NonTargetFinding] = {}
    new: tuple[NewLesionFinding, ...] = ()
    marker: str | bool | Mapping[str, Any] | None = None
    fdg_pet: FdgPet | None = None
    overall: Response | None = None
    liver: Response | None = None
    responses: Mapping[str, RecordedResponse] = {}
    pet: PetScan | None = None
    markers: Mapping[str, MarkerValue] = {}
    symptoms: Mapping[str, Symptom] = {}
    somatostatin_analogue: SomatostatinAnalogue | None = None
    volumes_ml: Mapping[str, Number] = {}
    overrides: tuple[ResponseOverride, ...] = ()
    target_scan_dates: tuple[dt.date, ...] = ()
    symptomatic: bool | None = None

    @model_validator(mode="after")
    def _has_a_date(self) -> Self:
        if self.date is None and self.day is None:
            msg = f"timepoint {self.id} needs a date or a day"
            raise ValueError(msg)
        return self


class Findings(Record):
    """All findings of one patient, by one reader.

    Attributes
    ----------
    reader
        Who read it, where that is known: a patient may be read by several.
    has_baseline
        False where there is no baseline scan to compare with: each visit then comes
        after baseline, and is NE.
    lesions
        Of a patient without a scan or a baseline those that are known all the same.
    timepoints
        Empty for a patient who was treated and never scanned.
    groups
        What a trial compares patients by: ``{"arm": "SIRT", "KRAS": "mutant"}``.
    """

    id: str = Field(min_length=1)
    criteria: Criteria = Criteria.RECIST_1_1
    title: str | None = None
    reader: str | None = Field(default=None, min_length=1)
    reference_date: dt.date | None = None
    settings: Settings = Settings()
    has_baseline: bool = True
    lesions: tuple[FindingsLesion, ...] = ()
    timepoints: tuple[FindingsTimepoint, ...]
    follow_up: FollowUp | None = None
    treatment: tuple[Treatment, ...] = ()
    groups: Mapping[str, Group] = {}

    def judged_by(self, criteria: Criteria) -> Self:
        """Return the findings as these criteria look at them.

        Each visit holds the response recorded under their name, where there is one. A
        response in the words of other criteria is left out.
        """
        is_own = criteria is self.criteria
        if is_own and not any(seen.responses for seen in self.timepoints):
            return self
        timepoints = tuple(
            seen.model_copy(update=_recorded(seen, criteria, is_own=is_own))
            for seen in self.timepoints
        )
        changes = {"criteria": criteria, "timepoints": timepoints}
        return self.model_copy(update=changes)


def _recorded(
    seen: FindingsTimepoint, criteria: Criteria, *, is_own: bool
) -> dict[str, Response | None]:
    found = seen.responses.get(criteria.value)
    if found is not None:
        return {"overall": found.overall, "liver": found.liver}
    return {} if is_own else {"overall": None, "liver": None}
