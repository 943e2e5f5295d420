"""What is kept of a patient in a large trial once the endpoints are known."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from recist_tool.model.findings import Findings

if TYPE_CHECKING:
    from recist_tool.criteria.answer.answer import ScopeAssessment
    from recist_tool.trial.patient_course import Assessment, PatientCourse
    from recist_tool.trial.patient_result import PatientResult, ScopeResult
    from recist_tool.trial.time_to_event import TimeToEvent

Part = TypeVar("Part")
_CHANGE: Final = Struct("=id")
"""A day and a percentage."""
_FIELDS: Final = set(Findings.model_fields)
"""One set for the findings of all patients."""


class Change(NamedTuple):
    """The sum of diameters of one visit against baseline.

    Attributes
    ----------
    day
        From the reference date.
    percent
        Change from baseline; of the decisive figure under criteria that have one.
    """

    day: int
    percent: float


class KeptPatient(NamedTuple):
    """A patient without visits, and what figures and pages need of the visits.

    Attributes
    ----------
    result
        `findings` hold no lesion and no timepoint, and there is no `assessment`: those
        of 100,000 patients would fill the memory.
    packed, liver_packed
        What `changes` and `liver_changes` are made from.
    bor_reason, liver_bor_reason
        Why the best response is what it is; None without liver lesions.
    """

    result: PatientResult
    packed: bytes
    liver_packed: bytes | None
    bor_reason: str
    liver_bor_reason: str | None

    @property
    def changes(self) -> tuple[Change, ...]:
        """Visits up to the first PD, in order."""
        return _unpacked(self.packed)

    @property
    def liver_changes(self) -> tuple[Change, ...] | None:
        """The same for the liver; None without liver lesions."""
        return None if self.liver_packed is None else _unpacked(self.liver_packed)


class Known:
    """Parts of the patients before: what is equal is kept once."""

    def __init__(self) -> None:
        self._parts: dict[tuple[type, Any], Any] = {}

    def same(self, part: Part) -> Part:
        """Return the part that was kept first of all that equal this one."""
        return self._parts.setdefault((type(part), part), part)


def kept(result: PatientResult, known: Known) -> KeptPatient:
    """Return what is kept of a patient.

    Parameters
    ----------
    known
        Parts of the patients before.

    Raises
    ------
    ValueError
        If the visits are gone already.
    """
    assessment = result.assessment
    if assessment is None:
        msg = "of this patient no visit is left"
        raise ValueError(msg)
    liver = assessment.liver if result.liver else None
    return KeptPatient(
        result=result._replace(
            findings=_findings(result.findings, known),
            assessment=None,
            course=_course(result.course, known),
            os=_time(result.os, known),
            overall=_scope(result.overall, known),
            liver=result.liver and _scope(result.liver, known),
        ),
        packed=_packed(assessment.overall),
        liver_packed=liver and _packed(liver),
        bor_reason=known.same(assessment.overall.bor_reason),
        liver_bor_reason=liver and known.same(liver.bor_reason),
    )


def best_change(changes: tuple[Change, ...]) -> float | None:
    """Return the deepest fall, or the smallest growth, percent; None without a sum."""
    return min((one.percent for one in changes), default=None)


def _findings(findings: Findings, known: Known) -> Findings:
    """Return findings without lesions and timepoints, their parts kept once."""
    left = dict(findings)
    left |= {
        "lesions": (),
        "timepoints": (),
        "settings": known.same(findings.settings),
        "reference_date": known.same(findings.reference_date),
    }
    return Findings.model_construct(_FIELDS, **left)


def _course(course: PatientCourse, known: Known) -> PatientCourse:
    liver = course.liver
    return course._replace(
        reference_date=known.same(course.reference_date),
        assessments=_assessments(course.assessments, known),
        liver=None if liver is None else _assessments(liver, known),
    )


def _assessments(
    assessments: tuple[Assessment, ...], known: Known
) -> tuple[Assessment, ...]:
    return tuple([known.same(one) for one in assessments])


def _scope(result: ScopeResult, known: Known) -> ScopeResult:
    pfs = result.pfs and _time(result.pfs, known)
    dor = result.dor and _time(result.dor, known)
    return result._replace(pfs=pfs, dor=dor)


def _time(time: TimeToEvent, known: Known) -> TimeToEvent:
    return time._replace(
        start=known.same(time.start),
        date=known.same(time.date),
        days=known.same(time.days),
        why=known.same(time.why),
    )


def _packed(scope: ScopeAssessment) -> bytes:
    """Return day and change of the visits up to the first PD, 12 bytes each."""
    return b"".join(
        _CHANGE.pack(answer.day, float(percent))
        for answer in scope.timepoints.values()
        if not answer.post_pd
        for percent in [
            answer.figures[0].pct_from_baseline
            if answer.figures
            else answer.pct_from_baseline
        ]
        if percent is not None
    )


def _unpacked(packed: bytes) -> tuple[Change, ...]:
    return tuple(Change(*one) for one in _CHANGE.iter_unpack(packed))
