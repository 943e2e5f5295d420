"""What a reader found of one lesion at one timepoint."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from recist_tool.model.diameter import Caliper, Millimetres
from recist_tool.model.mask import LesionMask
from recist_tool.model.numbers import Hounsfield, Number
from recist_tool.model.record import Record, without_absent
from recist_tool.terms import NewLesionStatus, NonTargetStatus


class Measured(Record):
    """A target lesion with its caliper; `merged_with` names lesions joined to it.

    The other fields are for criteria beside RECIST 1.1; their meaning is that in
    `findings.MeasuredTarget`.
    """

    kind: Literal["measured"] = "measured"
    caliper: Caliper
    merged_with: tuple[str, ...] = ()
    viable_mm: Millimetres | None = None
    hu_mean: Hounsfield | None = None
    intratumoral_nodule: bool = False
    volume_ml: Number | None = None


class Absent(Record):
    """The lesion is gone: 0 mm."""

    kind: Literal["absent"] = "absent"


class TooSmall(Record):
    """Present, but too small to measure: 5 mm (Eisenhauer 2009, 4.3.2)."""

    kind: Literal["too_small"] = "too_small"


class NotEvaluable(Record):
    """Not imaged, obscured, or imaged in another way; never 0 mm."""

    kind: Literal["not_evaluable"] = "not_evaluable"
    reason: str = Field(min_length=1)


class Split(Record):
    """The lesion fell into parts, which are summed; None is a part that is gone.

    The other fields are of all parts together, for criteria beside RECIST 1.1; their
    meaning is that in `findings.SplitTarget`. They are not written where they are
    absent.
    """

    kind: Literal["split"] = "split"
    parts: tuple[Caliper | None, ...] = Field(min_length=2)
    viable_mm: Millimetres | None = None
    hu_mean: Hounsfield | None = None
    volume_ml: Number | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_absent(
        self, written: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        return without_absent(written(self), "viable_mm", "hu_mean", "volume_ml")


class MergedInto(Record):
    """The lesion is part of another now, which is measured for both."""

    kind: Literal["merged_into"] = "merged_into"
    lesion_id: str


class NonTargetSeen(Record):
    """A non-target lesion that is still there; a node may carry its caliper.

    Attributes
    ----------
    change_since_last
        Against the timepoint before, not against baseline (iRECIST).
    """

    kind: Literal["non_target"] = "non_target"
    status: NonTargetStatus = NonTargetStatus.PRESENT
    caliper: Caliper | None = None
    change_since_last: Literal["increased", "same", "decreased"] | None = None


class NewLesionSeen(Record):
    """A new lesion and how sure the reader is of it.

    Attributes
    ----------
    evidence
        On what it was seen: ``ct``, or ``fdg_pet_no_baseline`` for a site positive
        on PET where there was no baseline PET (Eisenhauer 2009, 4.3.5 b).
    region_imaged_at_baseline
        False where baseline did not cover the site; new and PD all the same.
    followed_as, change
        By its size or by eye, and its change since the timepoint before (iRECIST).
    enhancement, cytology_positive
        Of a nodule in the liver; of an effusion or ascites (mRECIST).
    note, scan_date
        As in `findings.NewLesionFinding`; not written where they are absent. Without a
        note, that of the lesion stands (`Lesion.finding_site`).
    """

    kind: Literal["new_lesion"] = "new_lesion"
    status: NewLesionStatus
    caliper: Caliper | None = None
    evidence: str = "ct"
    region_imaged_at_baseline: bool = True
    followed_as: Literal["target", "non_target"] | None = None
    change: Literal["increased", "same", "decreased", "unequivocal_pd"] | None = None
    enhancement: Literal["typical", "atypical"] | None = None
    cytology_positive: bool | None = None
    note: str | None = None
    scan_date: dt.date | None = None

    @model_serializer(mode="wrap")
    def _without_what_is_absent(
        self, written: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        return without_absent(written(self), "note", "scan_date")


Finding = Annotated[
    Measured
    | Absent
    | TooSmall
    | NotEvaluable
    | Split
    | MergedInto
    | NonTargetSeen
    | NewLesionSeen,
    Field(discriminator="kind"),
]


def caliper_of(finding: Finding | None) -> Caliper | None:
    """Return the one caliper of a finding; None where it has none, or several."""
    if isinstance(finding, Measured | NonTargetSeen | NewLesionSeen):
        return finding.caliper
    return None


def calipers_of(finding: Finding | None) -> tuple[Caliper, ...]:
    """Return all calipers of a finding, the parts of a split lesion among them."""
    if isinstance(finding, Split):
        return tuple(part for part in finding.parts if part is not None)
    caliper = caliper_of(finding)
    return () if caliper is None else (caliper,)


class LesionFinding(Record):
    """A finding in its place: which lesion, at which timepoint.

    Attributes
    ----------
    mask
        The voxels that were measured, or seen; None where it was done without, and
        then not written, so that earlier versions can read the record.
    """

    lesion_id: str
    timepoint_id: str
    finding: Finding
    mask: LesionMask | None = None

    @model_serializer(mode="wrap")
    def _without_an_absent_mask(
        self, written: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        found = written(self)
        if self.mask is None:
            del found["mask"]
        return found
