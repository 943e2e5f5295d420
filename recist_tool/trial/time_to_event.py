"""Time-to-event endpoints of one patient: OS, PFS, liver PFS, duration of response."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.terms import Ending, LiverProgression
from recist_tool.trial.censoring import End, first_end
from recist_tool.trial.patient_course import first_progression

if TYPE_CHECKING:
    import datetime as dt

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_course import Assessment, PatientCourse


class TimeToEvent(NamedTuple):
    """The time of one patient to an event or to censoring.

    Attributes
    ----------
    start, date
        Where it begins and ends.
    days
        Its length, first and last day included unless the settings say otherwise.
    why
        What ended it, in words for a reader.
    """

    ending: Ending
    start: dt.date
    date: dt.date
    days: int
    why: str

    @property
    def event(self) -> bool:
        """Whether anything but censoring ended it; `ending` tells what."""
        return self.ending is not Ending.CENSORED


def overall_survival(course: PatientCourse, settings: TrialSettings) -> TimeToEvent:
    """Return the time from reference to death from any cause.

    A living patient is censored on the last day of which anything is known.
    """
    if course.death is not None:
        end = End(course.death, Ending.DEATH, "death")
    else:
        end = End(course.last_known, Ending.CENSORED, "censored: alive when last seen")
    return _time(course.reference_date, end, settings)


def progression_free_survival(
    course: PatientCourse, settings: TrialSettings
) -> TimeToEvent | None:
    """Return the time from reference to the first progression or death.

    None under criteria without a word for progression.
    """
    if not course.knows_progression:
        return None
    return _time(course.reference_date, _end(course, settings), settings)


def liver_progression_free_survival(
    course: PatientCourse, settings: TrialSettings
) -> TimeToEvent | None:
    """Return the time from reference to progression in the liver, or death.

    What progression outside the liver does to it is `LiverProgression`.

    Returns
    -------
    None for a patient without liver lesions at baseline, and under criteria without a
    word for progression.
    """
    if course.liver is None or not course.knows_progression:
        return None
    end = _liver_end(course, course.liver, settings)
    return _time(course.reference_date, end, settings)


def duration_of_response(
    course: PatientCourse, start: dt.date | None, settings: TrialSettings
) -> TimeToEvent | None:
    """Return the time from the first CR or PR to progression or death.

    Parameters
    ----------
    start
        Date of the first response that counts; None gives None.

    Returns
    -------
    None also under criteria without a word for progression.
    """
    if start is None or not course.knows_progression:
        return None
    death = settings.death_ends_response
    return _time(start, _end(course, settings, death_counts=death), settings)


def duration_of_liver_response(
    course: PatientCourse, start: dt.date | None, settings: TrialSettings
) -> TimeToEvent | None:
    """Return the time from the first CR or PR of the liver to the end of it.

    None without a response of the liver, where progression elsewhere had censored the
    patient before it, and under criteria without a word for progression.

    Parameters
    ----------
    start
        Date of the first response of the liver that counts; None gives None.
    settings
        Of these, whether death ends a response, and how days are counted.
    """
    if start is None or course.liver is None or not course.knows_progression:
        return None
    death = settings.death_ends_response
    end = _liver_end(course, course.liver, settings, death_counts=death)
    return _time(start, end, settings) if start <= end.date else None


def duration_days(start: dt.date, end: dt.date, settings: TrialSettings) -> int:
    """Return the days from one date to another, both counted where the trial does.

    Parameters
    ----------
    settings
        Of these, ``count_first_day``: whether both days count, which is one day more.
    """
    return (end - start).days + int(settings.count_first_day)


def _time(start: dt.date, end: End, settings: TrialSettings) -> TimeToEvent:
    days = duration_days(start, end.date, settings)
    return TimeToEvent(
        ending=end.ending, start=start, date=end.date, days=days, why=end.why
    )


def _end(
    course: PatientCourse, settings: TrialSettings, *, death_counts: bool = True
) -> End:
    events = _progression(course.assessments, settings)
    if settings.symptomatic_progression_counts and course.clinical_progression:
        day = course.clinical_progression
        events.append(End(day, Ending.PROGRESSION, "clinical progression"))
    if death_counts:
        events += _death(course)
    return first_end(events, _free_on(course.assessments), course, settings)


def _liver_end(
    course: PatientCourse,
    liver: tuple[Assessment, ...],
    settings: TrialSettings,
    *,
    death_counts: bool = True,
) -> End:
    events = _progression(liver, settings, " of the liver")
    events += _elsewhere(course, liver, settings)
    if death_counts:
        events += _death(course)
    return first_end(events, _free_on(liver), course, settings)


def _progression(
    assessments: tuple[Assessment, ...], settings: TrialSettings, where: str = ""
) -> list[End]:
    first = first_progression(assessments)
    if first is None:
        return []
    day = first.progression_date(settings.visit_dating)
    return [End(day, Ending.PROGRESSION, f"progression{where} on imaging")]


def _death(course: PatientCourse) -> list[End]:
    if course.death is None:
        return []
    return [End(course.death, Ending.DEATH, "death without progression")]


def _elsewhere(
    course: PatientCourse, liver: tuple[Assessment, ...], settings: TrialSettings
) -> list[End]:
    """Return what a progression outside the liver means, where it came first."""
    whole, own = first_progression(course.assessments), first_progression(liver)
    if settings.liver_progression is LiverProgression.IGNORED or whole is None:
        return []
    if own is not None and own.date <= whole.date:
        return []
    day = whole.progression_date(settings.visit_dating)
    if settings.liver_progression is LiverProgression.CENSORS:
        why = "censored: progression outside the liver"
        return [End(day, Ending.CENSORED, why)]
    return [End(day, Ending.EXTRAHEPATIC_PROGRESSION, "progression outside the liver")]


def _free_on(assessments: tuple[Assessment, ...]) -> list[dt.date]:
    return [one.last_scan for one in assessments if one.free_of_progression]
