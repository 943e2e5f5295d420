"""What became of the patients: how long they were followed, and what they died of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.model.trial_settings import TrialSettings
    from recist_tool.trial.patient_result import PatientResult


class Span(NamedTuple):
    """Times of some patients, months.

    Attributes
    ----------
    median, shortest, longest
        Plain figures of the times; None without patients.
    """

    n: int
    median: float | None
    shortest: float | None
    longest: float | None


class Spans(NamedTuple):
    """How long patients were observed.

    Attributes
    ----------
    followed
        All patients, to death or to the last day on which they were known alive.
    died, living
        Of them.
    scanned
        Patients with an adequate visit after baseline, to the last of those.
    """

    followed: Span
    died: Span
    living: Span
    scanned: Span


class Cause(NamedTuple):
    """Deaths of one cause.

    Attributes
    ----------
    cause
        None for those without a recorded one.
    months
        From the reference date to each death, the first one first.
    """

    cause: str | None
    months: tuple[float, ...]


def spans(patients: Sequence[PatientResult], settings: TrialSettings) -> Spans:
    """Return how long patients were observed."""
    times = [(settings.months(one.os.days), one.os.event) for one in patients]
    scans = (
        max(visit.date for visit in one.course.assessments if visit.adequate)
        - one.course.reference_date
        for one in patients
        if one.course.evaluable
    )
    return Spans(
        _span(month for month, _ in times),
        _span(month for month, died in times if died),
        _span(month for month, died in times if not died),
        _span(settings.months(one.days) for one in scans),
    )


def causes_of_death(
    patients: Iterable[PatientResult], settings: TrialSettings
) -> tuple[Cause, ...]:
    """Return the deaths by cause, the commonest first, unknown ones last."""
    found: dict[str | None, list[float]] = {}
    for one in patients:
        if one.os.event:
            known = one.findings.follow_up
            cause = known.death_cause if known else None
            found.setdefault(cause, []).append(settings.months(one.os.days))
    causes = [Cause(cause, tuple(sorted(months))) for cause, months in found.items()]
    return tuple(
        sorted(
            causes,
            key=lambda one: (one.cause is None, -len(one.months), one.cause or ""),
        )
    )


def _span(months: Iterable[float]) -> Span:
    known = sorted(months)
    if not known:
        return Span(0, None, None, None)
    return Span(len(known), float(np.median(known)), known[0], known[-1])
