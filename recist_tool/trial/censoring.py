"""Which progression or death counts, and when a patient is censored.

After the tables of the FDA's guidance on clinical trial endpoints (2007, appendix 3,
table A; 2018 keeps the principles), or each event at its own date (EMA; intention to
treat).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.terms import Censoring, Ending, MissedVisits

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_course import PatientCourse


class End(NamedTuple):
    """How and when the time to an event ends, and why."""

    date: dt.date
    ending: Ending
    why: str


def first_end(
    events: Sequence[End],
    free_on: Iterable[dt.date],
    course: PatientCourse,
    settings: TrialSettings,
) -> End:
    """Return the end of a patient's time to the first of `events`.

    Parameters
    ----------
    events
        Everything that may end it; of two on one day the first listed counts.
    free_on
        Dates of adequate assessments without progression.
    """
    event = min(events, key=lambda one: one.date, default=None)
    known_free = sorted(free_on)
    if settings.censoring is Censoring.EVERY_EVENT:
        return event or _censored(known_free, course, "no progression or death")
    if not course.has_baseline:
        deaths = [one for one in events if one.ending is Ending.DEATH]
        return _end_without_baseline(deaths, course, settings)
    therapy = course.new_therapy
    if therapy is not None and (event is None or therapy < event.date):
        before = [day for day in known_free if day <= therapy]
        return _censored(before, course, f"new therapy on {therapy}")
    if event is None:
        return _censored(known_free, course, "no progression or death")
    before = [day for day in known_free if day < event.date]
    return _unless_missed(event, before, course, settings)


def _end_without_baseline(
    deaths: list[End], course: PatientCourse, settings: TrialSettings
) -> End:
    """Return an early death, or censor at the start: no scan can be compared."""
    at_start = End(
        course.reference_date, Ending.CENSORED, "censored at start: no baseline scan"
    )
    if not deaths or _missed(course.reference_date, deaths[0].date, course, settings):
        return at_start
    treated_before = course.new_therapy and course.new_therapy < deaths[0].date
    return at_start if treated_before else deaths[0]


def _unless_missed(
    event: End,
    free_before: list[dt.date],
    course: PatientCourse,
    settings: TrialSettings,
) -> End:
    last = free_before[-1] if free_before else course.reference_date
    missed = _missed(last, event.date, course, settings)
    if missed is None:
        return event
    what = event.ending.replace("_", " ")
    reason = f"two missed visits before {what} on {event.date} ({missed})"
    return _censored(free_before, course, reason)


def _censored(free_on: list[dt.date], course: PatientCourse, reason: str) -> End:
    if free_on:
        why = f"censored at last adequate scan: {reason}"
        return End(free_on[-1], Ending.CENSORED, why)
    why = f"censored at start: no adequate scan after baseline; {reason}"
    return End(course.reference_date, Ending.CENSORED, why)


def _missed(
    last: dt.date, event: dt.date, course: PatientCourse, settings: TrialSettings
) -> str | None:
    """Return in which sense two visits were missed between two dates, or None."""
    interval, window = settings.visit_interval_days, settings.visit_window_days
    if interval is None:
        return None
    if settings.missed_visits is MissedVisits.COUNTED:
        days = [(day - course.reference_date).days for day in (last, event)]
        count = _windows_between(days[0], days[1], interval, window)
        return f"{count} without a scan in their window" if count >= 2 else None
    windows = 2 if settings.missed_visits is MissedVisits.TWO_WINDOWS else 1
    gap, limit = (event - last).days, 2 * interval + windows * window
    return f"{gap} days, limit {limit}" if gap > limit else None


def _windows_between(last_day: int, event_day: int, interval: int, window: int) -> int:
    """Return how many visits were due wholly after one day and before another."""
    first_open = (last_day + window) // interval + 1
    last_closed = (event_day - window - 1) // interval
    return max(0, last_closed - first_open + 1)
