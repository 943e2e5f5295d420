"""Response of the lesions of all patients together, under ``per lesion``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.size_based.per_lesion import BEST, lesion_responses, shares
from recist_tool.terms import Criteria, Response

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from recist_tool.criteria.size_based.per_lesion import Share
    from recist_tool.trial.patient import PatientAssessment

MEAN_DIAMETER = "mean diameter"


class LesionCourse(NamedTuple):
    """What became of the lesions of one patient.

    Attributes
    ----------
    best
        How many lesions had each best response; NE for one never seen again.
    mean_size_percent
        The deepest fall, or the smallest growth, of the mean diameter; None where no
        visit measured every lesion.
    """

    best: dict[Response, int]
    mean_size_percent: Decimal | None


class LesionShares(NamedTuple):
    """What became of the lesions of a trial.

    Attributes
    ----------
    patients
        With a lesion that was seen again.
    not_evaluated
        Lesions never seen again, in no share.
    mean_size_percent
        The change of the mean diameter of each of those patients, deepest fall first.
    """

    patients: int
    lesions: int
    not_evaluated: int
    shares: dict[Response, Share]
    mean_size_percent: tuple[Decimal, ...]


def lesion_course(assessment: PatientAssessment) -> LesionCourse | None:
    """Return what became of each lesion up to progression; None by other criteria."""
    if assessment.criteria is not Criteria.PER_LESION:
        return None
    used = [one for one in assessment.overall.timepoints.values() if not one.post_pd]
    seen: dict[str, list[Response]] = {}
    for answer in used:
        for lesion, response in lesion_responses(answer).items():
            seen.setdefault(lesion, []).append(response)
    best = Counter(min(found, key=BEST.order.index) for found in seen.values())
    changes = [
        percent
        for answer in used
        for figure in answer.figures
        if figure.name == MEAN_DIAMETER
        and (percent := figure.pct_from_baseline) is not None
    ]
    return LesionCourse(dict(best), min(changes, default=None))


def lesion_shares(courses: Iterable[LesionCourse | None]) -> LesionShares | None:
    """Return the shares of the lesions of all patients; None by other criteria."""
    known = [one for one in courses if one is not None]
    if not known:
        return None
    counted: Counter[Response] = Counter()
    for one in known:
        counted.update(one.best)
    missing = counted.pop(Response.NE, 0)
    changes = (one.mean_size_percent for one in known)
    return LesionShares(
        patients=sum(
            any(name is not Response.NE for name in one.best) for one in known
        ),
        lesions=counted.total(),
        not_evaluated=missing,
        shares=shares(counted.elements()),
        mean_size_percent=tuple(sorted(one for one in changes if one is not None)),
    )
