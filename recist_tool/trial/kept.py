"""What is kept of a patient in a large trial once the endpoints are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from recist_tool.criteria.answer import ScopeAssessment
    from recist_tool.model.protocol import Settings
    from recist_tool.trial.patient_result import PatientResult


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
        `findings` hold no lesion and no timepoint, `assessment` no visit and no
        message: those of 100,000 patients would fill the memory.
    changes, liver_changes
        Visits up to the first PD, in order; None without liver lesions.
    bor_reason, liver_bor_reason
        Why the best response is what it is; None without liver lesions.
    """

    result: PatientResult
    changes: tuple[Change, ...]
    liver_changes: tuple[Change, ...] | None
    bor_reason: str
    liver_bor_reason: str | None


def kept(result: PatientResult, known: dict[Settings, Settings]) -> KeptPatient:
    """Return what is kept of a patient.

    Parameters
    ----------
    known
        Settings of the patients before, so that equal ones are kept once.
    """
    assessment = result.assessment
    rules = known.setdefault(result.findings.settings, result.findings.settings)
    liver = assessment.liver if result.liver else None
    left = {"lesions": (), "timepoints": (), "settings": rules}
    return KeptPatient(
        result._replace(
            findings=result.findings.model_copy(update=left),
            assessment=assessment._replace(
                overall=_emptied(assessment.overall),
                liver=assessment.liver and _emptied(assessment.liver),
                messages=(),
            ),
        ),
        _changes(assessment.overall),
        liver and _changes(liver),
        assessment.overall.bor_reason,
        liver and liver.bor_reason,
    )


def best_change(changes: tuple[Change, ...]) -> float | None:
    """Return the deepest fall, or the smallest growth, percent; None without a sum."""
    return min((one.percent for one in changes), default=None)


def _emptied(scope: ScopeAssessment) -> ScopeAssessment:
    return scope._replace(timepoints={})


def _changes(scope: ScopeAssessment) -> tuple[Change, ...]:
    return tuple(
        Change(answer.day, float(percent))
        for answer in scope.timepoints.values()
        if not answer.post_pd
        for percent in [
            answer.figures[0].pct_from_baseline
            if answer.figures
            else answer.pct_from_baseline
        ]
        if percent is not None
    )
