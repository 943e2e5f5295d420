"""Courses of one patient; days count from a reference date of 1 January 2024."""

from __future__ import annotations

import datetime as dt

from recist_tool.terms import Response
from recist_tool.trial.patient_course import Assessment, PatientCourse

REFERENCE = dt.date(2024, 1, 1)


def on(day: int) -> dt.date:
    return REFERENCE + dt.timedelta(days=day)


def visits(words: str) -> tuple[Assessment, ...]:
    """Return assessments from words like ``56 PR, 112 PD``."""
    pairs = (one.split() for one in words.split(",") if one.strip())
    return tuple(Assessment(on(int(day)), Response(word)) for day, word in pairs)


def course(
    words: str = "", liver: str | None = None, *, has_baseline: bool = True, **days: int
) -> PatientCourse:
    return PatientCourse(
        REFERENCE,
        visits(words),
        None if liver is None else visits(liver),
        has_baseline,
        **{name: on(day) for name, day in days.items()},
    )
