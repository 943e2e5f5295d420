"""Relief of symptoms, and use of a somatostatin analogue.

What series of neuroendocrine tumours report beside images: how many of the patients
with symptoms found relief, how many needed half of the drug or less, how many have been
off it for more than six months. There is no one paper.
"""

from __future__ import annotations

from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.size_based.no_size import Finding, assess_plain
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.clinical import SomatostatinAnalogue, Symptom
    from recist_tool.model.criteria_settings import SymptomSettings

RELIEF: Final = "relief against baseline"
DOSE: Final = "dose of somatostatin analogue against baseline"
OFF: Final = Response.OFF_DRUG
RESPONSE, NO_RESPONSE = Response.RESPONSE, Response.NO_RESPONSE
NE, NA = Response.NE, Response.NA
DAYS_PER_MONTH: Final = Decimal("30.4375")


def _scale(citation: str) -> Scale:
    return Scale(
        order=(OFF, RESPONSE, NO_RESPONSE, NA, NE),
        stop=None,
        complete=None,
        partial=None,
        stable=None,
        citation=citation,
    )


BEST_RELIEF: Final = _scale(RELIEF)
BEST_DOSE: Final = _scale(DOSE)


class SymptomAnswer(NamedTuple):
    """Whether symptoms were relieved, and why."""

    response: Response
    text: str


class DoseAnswer(NamedTuple):
    """What became of the dose of a drug, and why."""

    response: Response
    text: str


def symptom_response(
    baseline: Mapping[str, Symptom], now: Mapping[str, Symptom]
) -> SymptomAnswer:
    """Return whether a patient who had symptoms at baseline found relief.

    One symptom at least is relieved and none is worse. NA where there was none at
    baseline, NE where none of those was asked about again.

    Examples
    --------
    >>> from recist_tool.model.clinical import Symptom
    >>> symptom_response(
    ...     {"flushing": Symptom(severity=3)}, {"flushing": Symptom(severity=1)}
    ... ).response.value
    'RESPONSE'
    """
    had = [name for name, one in baseline.items() if one.severity != 0]
    if not had:
        return SymptomAnswer(NA, "no symptoms at baseline")
    changes = {name: _change(baseline[name], now[name]) for name in had if name in now}
    changes |= {
        name: 1 for name, one in now.items() if name not in had and one.severity
    }
    known = {name: one for name, one in changes.items() if one is not None}
    if not known:
        return SymptomAnswer(NE, f"{listed(had)} not asked about")
    better = [name for name, one in known.items() if one < 0]
    worse = [name for name, one in known.items() if one > 0]
    if worse:
        return SymptomAnswer(NO_RESPONSE, f"{listed(worse)} worse than at baseline")
    if better:
        return SymptomAnswer(RESPONSE, f"{listed(better)} relieved")
    return SymptomAnswer(NO_RESPONSE, f"{listed(list(known))} as at baseline")


def dose_response(
    baseline: SomatostatinAnalogue | None,
    course: Sequence[tuple[int, SomatostatinAnalogue | None]],
    settings: SymptomSettings,
) -> DoseAnswer:
    """Return what became of the dose at the last of some visits.

    Off the drug is a response, and one of its own once it lasts for longer than the
    settings ask for.

    Parameters
    ----------
    course
        Day and dose of each visit so far, the one asked about last; None where the
        dose was not recorded.

    Examples
    --------
    >>> from recist_tool.model.clinical import SomatostatinAnalogue
    >>> from recist_tool.model.criteria_settings import SymptomSettings
    >>> full, half = SomatostatinAnalogue(dose_mg=30), SomatostatinAnalogue(dose_mg=15)
    >>> dose_response(full, [(90, half)], SymptomSettings()).response.value
    'RESPONSE'
    """
    day, now = course[-1]
    if baseline is None or not baseline.dose_mg:
        return DoseAnswer(NA, "no somatostatin analogue at baseline")
    if now is None:
        return DoseAnswer(NE, "dose not recorded")
    if not now.dose_mg:
        return _off(day - _off_since(course), settings)
    if now.drug and baseline.drug and now.drug != baseline.drug:
        return DoseAnswer(NE, f"{now.drug} cannot be compared with {baseline.drug}")
    left = 100 - settings.min_reduction_percent
    enough = 100 * now.dose_mg * baseline.interval_days <= (
        left * baseline.dose_mg * now.interval_days
    )
    doses = (monthly_mg(now), monthly_mg(baseline))
    text = f"dose {change(*doses, 'mg in 28 days', 'baseline')}"
    return DoseAnswer(RESPONSE if enough else NO_RESPONSE, text)


def monthly_mg(dose: SomatostatinAnalogue) -> Decimal:
    """Return a dose as milligrams in 28 days.

    >>> from recist_tool.model.clinical import SomatostatinAnalogue
    >>> monthly_mg(SomatostatinAnalogue(dose_mg=30, interval_days=14))
    Decimal('60')
    """
    return 28 * dose.dose_mg / dose.interval_days


def assess_relief(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return whether symptoms were relieved at every visit.

    Symptoms speak for the liver only where all disease is in the liver.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """

    def found(visit: CourseVisit) -> Finding:
        if not view.marker_counts:
            return Finding(NE, "symptoms speak for the whole patient", citation=RELIEF)
        if course.baseline is None:
            return Finding(NE, "no baseline", citation=RELIEF)
        before = course.baseline.seen.symptoms
        answer = symptom_response(before, visit.seen.symptoms)
        return Finding(
            answer.response,
            answer.text,
            citation=RELIEF,
            figures=_severities(before, visit),
        )

    return assess_plain(course, view, found, attrgetter("symptoms"))


def assess_dose(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return what became of the dose of a somatostatin analogue at every visit.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.symptoms

    def found(visit: CourseVisit) -> Finding:
        if not view.marker_counts:
            return Finding(NE, "a dose speaks for the whole patient", citation=DOSE)
        before = course.baseline and course.baseline.seen.somatostatin_analogue
        now = visit.seen.somatostatin_analogue
        so_far = [
            (one.day, one.seen.somatostatin_analogue)
            for one in course.follow_ups
            if one.day <= visit.day
        ]
        answer = dose_response(before, so_far, settings)
        figures, thresholds = _doses(before, now, settings)
        return Finding(
            answer.response,
            answer.text,
            citation=DOSE,
            figures=figures,
            thresholds=thresholds,
        )

    return assess_plain(course, view, found, attrgetter("somatostatin_analogue"))


def _change(before: Symptom, now: Symptom) -> int | None:
    """Return -1 where a symptom is better, 1 where worse, 0 where as it was."""
    if now.relieved:
        return -1
    if now.severity is None or before.severity is None:
        return None if now.relieved is None else 0
    if now.severity < before.severity:
        return -1 if now.relieved is None else 0
    return int(now.severity > before.severity)


def _severities(
    before: Mapping[str, Symptom], visit: CourseVisit
) -> tuple[Figure, ...]:
    now = visit.seen.symptoms
    return tuple(
        Figure(
            name,
            "",
            value=now[name].severity if name in now else None,
            baseline=before[name].severity if name in before else None,
        )
        for name in dict.fromkeys((*before, *now))
    )


def _off_since(course: Sequence[tuple[int, SomatostatinAnalogue | None]]) -> int:
    """Return the first day of the unbroken run of visits off the drug."""
    since = course[-1][0]
    for day, dose in reversed(course):
        if dose is not None and dose.dose_mg:
            break
        if dose is not None:
            since = day
    return since


def _off(days: int, settings: SymptomSettings) -> DoseAnswer:
    text = f"off the drug for {days} days"
    if days <= settings.off_months * DAYS_PER_MONTH:
        return DoseAnswer(RESPONSE, text)
    text = f"{text}, more than {settings.off_months} months"
    return DoseAnswer(OFF, text)


def _doses(
    before: SomatostatinAnalogue | None,
    now: SomatostatinAnalogue | None,
    settings: SymptomSettings,
) -> tuple[tuple[Figure, ...], tuple[Threshold, ...]]:
    if before is None or now is None:
        return (), ()
    value, baseline = monthly_mg(now), monthly_mg(before)
    figure = Figure("dose", "mg in 28 days", value=value, baseline=baseline)
    if not baseline:
        return (figure,), ()
    at = baseline * (100 - settings.min_reduction_percent) / 100
    return (figure,), (Threshold("response", at, value, "mg in 28 days"),)
