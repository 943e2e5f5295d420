"""What patients were treated with: sessions, fractions and activity."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.model.follow_up import Treatment
    from recist_tool.trial.patient_result import PatientResult


class Activity(NamedTuple):
    """The activity that patients received, GBq.

    Attributes
    ----------
    patients
        Of whom every activity is known; the figures are of these.
    total, median, least, most
        None without such patients.
    """

    patients: int
    total: float | None
    median: float | None
    least: float | None
    most: float | None


class Exposure(NamedTuple):
    """Treatment of all patients, or of one target in all patients.

    Attributes
    ----------
    target
        As recorded, ``right lobe``; None for all targets together.
    patients
        Treated there.
    sessions
        Days of treatment.
    fractions
        Parts in which activity was given.
    sessions_per_patient
        How many patients had one, two, ... sessions.
    """

    target: str | None
    patients: int
    sessions: int
    fractions: int
    sessions_per_patient: dict[int, int]
    activity: Activity


def exposures(patients: Iterable[PatientResult]) -> tuple[Exposure, ...]:
    """Return the treatment of all targets together, then of each; empty if unknown."""
    every = [one.findings.treatment for one in patients if one.findings.treatment]
    if not every:
        return ()
    targets = sorted({given.target for one in every for given in one if given.target})
    of_each = (_exposure(target, every) for target in targets)
    return (_exposure(None, every), *of_each)


def activity_gbq(given: Sequence[Treatment]) -> float | None:
    """Return the sum of activities, GBq; None where one of them is not known."""
    known = [one.activity_gbq for one in given if one.activity_gbq is not None]
    return sum(known) if given and len(known) == len(given) else None


def sessions(given: Iterable[Treatment]) -> int:
    """Return on how many days there was treatment."""
    return len({one.date for one in given})


def _exposure(target: str | None, every: list[tuple[Treatment, ...]]) -> Exposure:
    treated = [
        chosen
        for given in every
        if (chosen := [one for one in given if target in {None, one.target}])
    ]
    counts = [sessions(given) for given in treated]
    return Exposure(
        target=target,
        patients=len(treated),
        sessions=sum(counts),
        fractions=sum(one.fractions for given in treated for one in given),
        sessions_per_patient=dict(sorted(Counter(counts).items())),
        activity=_activity(treated),
    )


def _activity(treated: Iterable[Sequence[Treatment]]) -> Activity:
    known = [total for given in treated if (total := activity_gbq(given)) is not None]
    if not known:
        return Activity(patients=0, total=None, median=None, least=None, most=None)
    median = float(np.median(known))
    return Activity(
        patients=len(known),
        total=sum(known),
        median=median,
        least=min(known),
        most=max(known),
    )
