"""What cannot be in the data of a trial although each patient can be assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.trial.patient_result import PatientResult

_BASELINE = "BL"


def implausible(result: PatientResult) -> list[Fault]:
    """Return what cannot be: a baseline under treatment, treatment after death."""
    return [*_baseline(result), *_treatments(result)]


def _baseline(result: PatientResult) -> Iterator[Fault]:
    """Find a first visit that was taken as the baseline but is a follow-up."""
    if not result.course.has_baseline:
        return
    first, start = result.findings.timepoints[0], result.course.reference_date
    if first.id == _BASELINE or not (first.target or first.nontarget):
        return
    day = first.day if first.date is None else (first.date - start).days
    if day is not None and day > 0:
        yield Fault(
            f"timepoint {first.id}",
            f"is the first, {day} days after the reference date: there is no baseline",
            f"Add the baseline, name the visit {_BASELINE} if it is one, or give "
            "has_baseline: false",
        )


def _treatments(result: PatientResult) -> Iterator[Fault]:
    death = result.course.death
    for place, session in enumerate(result.findings.treatment):
        if death is not None and session.date > death:
            yield Fault(
                f"treatment[{place}].date",
                f"{session.date} is after the death on {death}",
                "Correct one of the two dates",
            )
