"""One patient of a trial: best responses and the time to each event, with reasons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.answer.criteria_set import knows_progression
from recist_tool.criteria.course.organs import hepatic
from recist_tool.criteria.registry import CRITERIA
from recist_tool.errors import Fault, FindingsError
from recist_tool.model.follow_up import FollowUp
from recist_tool.terms import NewLesionStatus, Response, Scope
from recist_tool.trial.composite import composite_responses
from recist_tool.trial.judging import judging
from recist_tool.trial.lesions import lesion_course
from recist_tool.trial.patient import assess
from recist_tool.trial.patient_course import Assessment, PatientCourse, date_faults
from recist_tool.trial.time_to_event import (
    TimeToEvent,
    duration_days,
    duration_of_liver_response,
    duration_of_response,
    liver_progression_free_survival,
    overall_survival,
    progression_free_survival,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.answer.answer import ScopeAssessment, TimepointResponse
    from recist_tool.model.findings import Findings, FindingsTimepoint
    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.lesions import LesionCourse
    from recist_tool.trial.patient import PatientAssessment


class ScopeResult(NamedTuple):
    """The endpoints of one patient in one scope.

    Attributes
    ----------
    bor
        Best overall response, confirmed or not as the trial asks.
    evaluable
        Whether at least one visit after baseline was adequate.
    pfs
        None under criteria without a word for progression.
    response_days
        Days to the first response that counts; None without one.
    dor
        Duration of response; None without one.
    """

    bor: Response
    evaluable: bool
    pfs: TimeToEvent | None
    response_days: int | None
    dor: TimeToEvent | None


class PatientResult(NamedTuple):
    """What a trial needs of one patient.

    Attributes
    ----------
    findings
        As used: cut at the data cut-off, with the reference date that applies.
    assessment
        None where it was let go (`kept.KeptPatient`).
    liver
        None without liver lesions at baseline.
    composites
        Whether the patient responded by each composite of the settings.
    lesions
        What became of each lesion, under ``per lesion``.
    """

    findings: Findings
    assessment: PatientAssessment | None
    course: PatientCourse
    os: TimeToEvent
    overall: ScopeResult
    liver: ScopeResult | None
    composites: Mapping[str, Response] = {}
    lesions: LesionCourse | None = None

    def scope(self, scope: Scope) -> ScopeResult | None:
        """Return the endpoints of the whole patient or of the liver."""
        return self.overall if scope is Scope.OVERALL else self.liver


def patient_result(findings: Findings, settings: TrialSettings) -> PatientResult:
    """Return best responses and times to events of one patient.

    The reference date is that of the findings, else the first treatment.

    Raises
    ------
    FindingsError
        Naming every fault: no reference date, a death before a scan, and those of
        `patient.assess`.
    AssessmentFailed
        Where the program goes wrong.
    """
    with judging(findings.criteria):
        return _result(findings, settings)


def _result(findings: Findings, settings: TrialSettings) -> PatientResult:
    reference = _reference(findings)
    used = findings.judged_by(findings.criteria)
    used = used.model_copy(update={"reference_date": reference})
    last_day = settings.last_day(reference)
    if last_day is not None:
        used = _until(used, reference, last_day)
    assessment = assess(used)
    course = _course(used, reference, assessment)
    faults = _visit_faults(assessment) + date_faults(course)
    if faults:
        raise FindingsError.of(faults)
    return PatientResult(
        findings=used,
        assessment=assessment,
        course=course,
        os=overall_survival(course, settings),
        overall=_overall(course, assessment.overall, settings),
        liver=_liver(course, assessment.liver, settings),
        composites=composite_responses(used, settings),
        lesions=lesion_course(assessment),
    )


def _overall(
    course: PatientCourse, assessed: ScopeAssessment, settings: TrialSettings
) -> ScopeResult:
    start = _response_start(course, assessed, settings)
    return ScopeResult(
        bor=_bor(assessed, settings),
        evaluable=course.evaluable,
        pfs=progression_free_survival(course, settings),
        response_days=_days_until(start, course, settings),
        dor=duration_of_response(course, start, settings),
    )


def _liver(
    course: PatientCourse, assessed: ScopeAssessment | None, settings: TrialSettings
) -> ScopeResult | None:
    if assessed is None or course.liver is None:
        return None
    start = _response_start(course, assessed, settings)
    return ScopeResult(
        bor=_bor(assessed, settings),
        evaluable=any(one.adequate for one in course.liver),
        pfs=liver_progression_free_survival(course, settings),
        response_days=_days_until(start, course, settings),
        dor=duration_of_liver_response(course, start, settings),
    )


def _response_start(
    course: PatientCourse, assessed: ScopeAssessment, settings: TrialSettings
) -> dt.date | None:
    confirmed = settings.confirmed_responses
    first = assessed.bor_why.first_response(confirmed=confirmed)
    return first and course.reference_date + dt.timedelta(days=first.day)


def _days_until(
    start: dt.date | None, course: PatientCourse, settings: TrialSettings
) -> int | None:
    if start is None:
        return None
    return duration_days(course.reference_date, start, settings)


def _bor(assessed: ScopeAssessment, settings: TrialSettings) -> Response:
    if settings.confirmed_responses:
        return assessed.bor_confirmed
    return assessed.bor_unconfirmed


def _reference(findings: Findings) -> dt.date:
    """Return the day from which a patient is counted, or say that there is none."""
    if findings.reference_date is not None:
        return findings.reference_date
    reference = next(
        (
            seen.date - dt.timedelta(days=seen.day)
            for seen in findings.timepoints
            if seen.date is not None and seen.day is not None
        ),
        min((session.date for session in findings.treatment), default=None),
    )
    if reference is None:
        raise FindingsError.at(
            "reference_date",
            "is missing, and no date of treatment is given",
            "Give the day from which survival is counted",
        )
    return reference


def _until(findings: Findings, reference: dt.date, cutoff: dt.date) -> Findings:
    """Return the findings as they were known at the end of a day."""
    timepoints = tuple(
        seen
        for seen in findings.timepoints
        if (seen.date or reference + dt.timedelta(days=seen.day or 0)) <= cutoff
    )
    if not timepoints and reference > cutoff:
        raise FindingsError.at(
            "timepoints",
            f"none is on or before the last day that is used, {cutoff}",
            "Leave the patient out, or correct a date",
        )
    known = _follow_up_until(findings.follow_up or FollowUp(), cutoff)
    return findings.model_copy(update={"timepoints": timepoints, "follow_up": known})


def _follow_up_until(follow_up: FollowUp, cutoff: dt.date) -> FollowUp:
    """Return the follow-up known at a day; who died later was alive on it."""

    def known(day: dt.date | None) -> dt.date | None:
        return day if day is None or day <= cutoff else None

    seen_later = any(
        day is not None and day > cutoff
        for day in (follow_up.death, follow_up.last_alive)
    )
    return FollowUp(
        death=known(follow_up.death),
        last_alive=cutoff if seen_later else follow_up.last_alive,
        new_therapy=known(follow_up.new_therapy),
        clinical_progression=known(follow_up.clinical_progression),
        death_cause=follow_up.death_cause if known(follow_up.death) else None,
    )


def _course(
    findings: Findings, reference: dt.date, assessment: PatientAssessment
) -> PatientCourse:
    known = findings.follow_up or FollowUp()
    whole, liver = assessment.overall, assessment.liver
    if not _has_liver_at_baseline(findings):
        liver = None
    return PatientCourse(
        reference_date=reference,
        assessments=_assessments(whole, findings, reference, Scope.OVERALL),
        liver=liver and _assessments(liver, findings, reference, Scope.LIVER),
        has_baseline=findings.has_baseline and bool(findings.timepoints),
        new_therapy=_new_therapy(findings, reference),
        knows_progression=knows_progression(CRITERIA[findings.criteria]),
        death=known.death,
        last_alive=known.last_alive,
        clinical_progression=known.clinical_progression,
    )


def _new_therapy(findings: Findings, reference: dt.date) -> dt.date | None:
    day = findings.settings.new_therapy_day
    if day is not None:
        return reference + dt.timedelta(days=day)
    return findings.follow_up and findings.follow_up.new_therapy


def _has_liver_at_baseline(findings: Findings) -> bool:
    if any(hepatic(lesion, findings.settings) for lesion in findings.lesions):
        return True
    rules = CRITERIA[findings.criteria]
    if rules.also_in_liver(findings, findings.timepoints[:1]):
        return True
    return any(seen.liver is not None for seen in findings.timepoints)


def _assessments(
    assessed: ScopeAssessment, findings: Findings, reference: dt.date, scope: Scope
) -> tuple[Assessment, ...]:
    scans = {
        seen.id: (seen.target_scan_dates, _new_lesion_scans(seen, findings, scope))
        for seen in findings.timepoints
        if seen.target_scan_dates or seen.new
    }
    return tuple(
        Assessment(
            answer.date or reference + dt.timedelta(days=answer.day),
            _restated(answer, assessed),
            *scans.get(name, ((), ())),
        )
        for name, answer in assessed.timepoints.items()
    )


def _restated(answer: TimepointResponse, assessed: ScopeAssessment) -> Response:
    """Return the response as it stands today; an iUPD that dates progression is PD."""
    waited = answer.effective is Response.IUPD and answer.day == assessed.pd_day
    return Response.PD if waited else answer.effective


def _new_lesion_scans(
    seen: FindingsTimepoint, findings: Findings, scope: Scope
) -> tuple[dt.date, ...]:
    """Return the dates of the scans that show a definite new lesion of the scope."""
    return tuple(
        lesion.scan_date
        for lesion in seen.new
        if lesion.scan_date is not None
        and lesion.status is NewLesionStatus.DEFINITE
        and (scope is Scope.OVERALL or hepatic(lesion, findings.settings))
    )


def _visit_faults(assessment: PatientAssessment) -> list[Fault]:
    return [
        Fault(
            f"timepoint {name}",
            f"{answer.date or f'day {answer.day}'} is before the reference date",
            "Correct one of the two dates",
        )
        for name, answer in assessment.overall.timepoints.items()
        if answer.day < 0
    ]
