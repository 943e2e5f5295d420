"""Responses of a trial at fixed months after the reference date."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.answer.vocabulary import RECIST_WORD
from recist_tool.terms import Response
from recist_tool.trial.patient_course import first_progression
from recist_tool.trial.rates import Rate, disease_control_rate, response_rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.model.trial_settings import Landmark, TrialSettings
    from recist_tool.trial.patient_course import Assessment, PatientCourse

_SHOWN = {Response.CR, Response.PR, Response.SD, Response.PD, Response.NE}


class LandmarkCount(NamedTuple):
    """Responses at one landmark.

    Attributes
    ----------
    counts
        Patients by response, those of other criteria under the word of RECIST that
        they count as; NE holds those without an adequate visit in the window.
    words
        The same by the words of each patient's criteria, those that there are.
    orr, dcr
        Response and disease control among all patients: no answer is no response.
        Disease control counts patients whose criteria know progression.
    evaluable_orr, evaluable_dcr
        The same among the patients with an answer.
    """

    month: int
    counts: dict[Response, int]
    words: dict[Response, int]
    orr: Rate
    dcr: Rate
    evaluable_orr: Rate
    evaluable_dcr: Rate


def landmark_response(
    course: PatientCourse,
    assessments: Sequence[Assessment],
    landmark: Landmark,
    settings: TrialSettings,
) -> Response:
    """Return the response of a patient at a landmark.

    That of the adequate visit nearest to the day of the landmark (the earlier of two
    equally near), if one lies within the window and not after new anticancer therapy;
    PD from the first PD on.

    Parameters
    ----------
    course
        Gives the reference date and the new therapy.
    assessments
        The visits of the scope asked for, by date.

    Returns
    -------
    NE where there is no such visit; for a patient in PD before, PD where the settings
    carry progression forward.
    """
    due = landmark.month * settings.days_per_month
    progressed = first_progression(tuple(assessments))
    seen = min(
        (one for one in assessments if _usable(one, course)),
        key=lambda one: abs(_day(course, one) - due),
        default=None,
    )
    if seen is not None and abs(_day(course, seen) - due) <= landmark.window_days:
        is_past_pd = progressed is not None and progressed.date <= seen.date
        return Response.PD if is_past_pd else seen.response
    if progressed is None or not settings.landmarks_carry_progression:
        return Response.NE
    return Response.PD if _day(course, progressed) <= due else Response.NE


def count_landmark(
    responses: Iterable[Response],
    landmark: Landmark,
    settings: TrialSettings,
    of_disease: Iterable[Response] | None = None,
) -> LandmarkCount:
    """Return the counts and rates of one landmark over all patients.

    Parameters
    ----------
    of_disease
        Those of the responses whose criteria know progression; all by default.
    """
    found = list(responses)
    disease = found if of_disease is None else list(of_disease)
    counts = Counter(RECIST_WORD.get(response, response) for response in found)
    limits = settings.rate_limits
    controlled = settings.disease_control_counts_non_cr_non_pd
    return LandmarkCount(
        month=landmark.month,
        counts={one: counts[one] for one in Response if one in _SHOWN or counts[one]},
        words=dict(Counter(found)),
        orr=response_rate(found, limits),
        dcr=disease_control_rate(disease, limits, count_non_cr_non_pd=controlled),
        evaluable_orr=response_rate(_answered(found), limits),
        evaluable_dcr=disease_control_rate(
            _answered(disease), limits, count_non_cr_non_pd=controlled
        ),
    )


def _answered(responses: Sequence[Response]) -> list[Response]:
    return [response for response in responses if response is not Response.NE]


def _usable(visit: Assessment, course: PatientCourse) -> bool:
    started = course.new_therapy
    return visit.adequate and (started is None or visit.date <= started)


def _day(course: PatientCourse, visit: Assessment) -> int:
    return (visit.date - course.reference_date).days
