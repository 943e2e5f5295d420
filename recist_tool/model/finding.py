"""What a reader found of one lesion at one timepoint."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Annotated, ClassVar, Literal, overload

from pydantic import Field

from recist_tool.model.diameter import Caliper
from recist_tool.model.figures import (
    MeasuredFigures,
    NewLesionFigures,
    NonTargetFigures,
    TargetFigures,
)
from recist_tool.model.mask import LesionMask
from recist_tool.model.record import GrownRecord, Record
from recist_tool.terms import LesionRole, NewLesionStatus, NonTargetStatus


class Measured(MeasuredFigures):
    """A target lesion with its caliper.

    Attributes
    ----------
    typed
        The figures beside the caliper that the reader wrote; the others were measured
        on a mask, or are of an earlier version.
    """

    first_fields: ClassVar = (
        "kind", "caliper", "merged_with",
        "viable_mm", "hu_mean", "intratumoral_nodule", "volume_ml",
    )  # fmt: skip

    kind: Literal["measured"] = "measured"
    caliper: Caliper
    typed: tuple[str, ...] = ()


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


class Split(TargetFigures):
    """The lesion fell into parts, which are summed; None is a part that is gone."""

    first_fields: ClassVar = ("kind", "parts")

    kind: Literal["split"] = "split"
    parts: tuple[Caliper | None, ...] = Field(min_length=2)


class MergedInto(Record):
    """The lesion is part of another now, which is measured for both."""

    kind: Literal["merged_into"] = "merged_into"
    lesion_id: str


class NonTargetSeen(NonTargetFigures):
    """A non-target lesion that is still there; a node may carry its caliper."""

    first_fields: ClassVar = ("kind", "status", "caliper", "change_since_last")

    kind: Literal["non_target"] = "non_target"
    status: NonTargetStatus = NonTargetStatus.PRESENT
    caliper: Caliper | None = None


class NewLesionSeen(NewLesionFigures):
    """A new lesion and how sure the reader is of it.

    Without a note, that of the lesion stands (`Lesion.finding_site`).

    Attributes
    ----------
    evidence
        On what it was seen: ``ct``, or ``fdg_pet_no_baseline`` for a site positive
        on PET where there was no baseline PET (Eisenhauer 2009, 4.3.5 b).
    region_imaged_at_baseline
        False where baseline did not cover the site; new and PD all the same.
    followed_as
        By its size or by eye (iRECIST).
    """

    first_fields: ClassVar = (
        "kind", "status", "caliper", "evidence", "region_imaged_at_baseline",
        "followed_as", "change", "enhancement", "cytology_positive",
    )  # fmt: skip

    kind: Literal["new_lesion"] = "new_lesion"
    caliper: Caliper | None = None
    evidence: str = "ct"
    region_imaged_at_baseline: bool = True
    followed_as: Literal["target", "non_target"] | None = None


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


def named_calipers(
    lesion_id: str, finding: Finding | None
) -> list[tuple[str, Caliper]]:
    """Return the calipers of a finding by name; parts that are gone have none.

    >>> from recist_tool.model.diameter import Caliper, Diameter
    >>> one = Caliper(long_axis=Diameter(axis="long", value_mm=12))
    >>> parts = named_calipers("T1", Split(parts=(one, None, one)))
    >>> " ".join(name for name, _ in parts)
    'T1a T1c'
    """
    if isinstance(finding, Split):
        parts = enumerate(finding.parts)
        return [(part_name(lesion_id, at), one) for at, one in parts if one is not None]
    caliper = caliper_of(finding)
    return [] if caliper is None else [(lesion_id, caliper)]


def part_name(lesion_id: str, number: int) -> str:
    """Return the name of a part of a lesion, from 0.

    >>> part_name("T1", 0), part_name("T1", 26)
    ('T1a', 'T1aa')
    """
    rounds, letter = divmod(number, len(ascii_lowercase))
    return f"{lesion_id}{ascii_lowercase[letter] * (rounds + 1)}"


@overload
def seen_in_role(
    role: LesionRole, caliper: Caliper, said: Finding | None = None
) -> Finding: ...
@overload
def seen_in_role(
    role: Literal[LesionRole.NON_TARGET, LesionRole.NEW],
    caliper: Caliper | None,
    said: Finding | None = None,
) -> Finding: ...
@overload
def seen_in_role(
    role: LesionRole, caliper: Caliper | None, said: Finding | None = None
) -> Finding | None: ...
def seen_in_role(
    role: LesionRole, caliper: Caliper | None, said: Finding | None = None
) -> Finding | None:
    """Return the finding that a caliper, or with None a mere sighting, makes.

    Parameters
    ----------
    said
        What was found before; what still holds of it is kept: lesions merged with this
        one, figures beside the caliper, the status of a non-target or of a new lesion.

    Returns
    -------
    None for a target without a caliper: a target is measured.
    """
    if role is LesionRole.NON_TARGET:
        seen = said if isinstance(said, NonTargetSeen) else NonTargetSeen()
        return seen.replaced(caliper=caliper)
    if role is LesionRole.NEW:
        definite = NewLesionSeen(status=NewLesionStatus.DEFINITE)
        seen = said if isinstance(said, NewLesionSeen) else definite
        return seen.replaced(caliper=caliper)
    if caliper is None:
        return None
    if isinstance(said, Measured):
        return said.replaced(caliper=caliper)
    return Measured(caliper=caliper)


def finding_in_role(finding: Finding, role: LesionRole) -> Finding | None:
    """Return a finding in the words of another role; None where there are none.

    A caliper stays. What was too small to measure is there; what is there without a
    caliper cannot be a target.
    """
    caliper = caliper_of(finding)
    seen = caliper is not None or isinstance(
        finding, TooSmall | NonTargetSeen | NewLesionSeen
    )
    gone = isinstance(finding, Absent) or (
        isinstance(finding, NewLesionSeen)
        and finding.status is NewLesionStatus.RESOLVED
    )
    if gone and role is LesionRole.NEW:
        return NewLesionSeen(status=NewLesionStatus.RESOLVED)
    if gone:
        return Absent()
    if isinstance(finding, NotEvaluable) and role is not LesionRole.NEW:
        return finding
    return seen_in_role(role, caliper) if seen else None


class LesionFinding(GrownRecord):
    """A finding in its place: which lesion, at which timepoint.

    Attributes
    ----------
    mask
        The voxels that were measured, or seen; None where it was done without, and
        then not written, so that earlier versions can read the record.
    """

    later_fields: ClassVar[frozenset[str]] = frozenset({"mask"})

    lesion_id: str
    timepoint_id: str
    finding: Finding
    mask: LesionMask | None = None
