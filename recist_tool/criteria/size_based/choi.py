"""Choi response: size and attenuation on CT (Choi et al., J Clin Oncol 2007;25:1753).

Attenuation is the mean of the whole lesion in the portal venous phase.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.recist11.sums import TOO_SMALL_MM, counted_mm
from recist_tool.criteria.size_based.base import (
    Ruling,
    SizeCriteria,
    assess_sizes,
    not_evaluated,
)
from recist_tool.criteria.size_based.figures import Measure
from recist_tool.model.findings import MeasuredTarget, SplitTarget
from recist_tool.terms import Reference, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import (
        Course,
        CourseLesion,
        CourseVisit,
        View,
    )
    from recist_tool.criteria.size_based.figures import Burden, PastSizes
    from recist_tool.model.criteria_settings import ChoiSettings

PAPER: Final = "Choi 2007"
CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
BEST: Final = Scale(
    order=(CR, PR, SD, Response.NON_CR_NON_PD, Response.NED, PD, NE),
    stop=PD,
    complete=None,
    partial=None,
    stable=SD,
    citation=f"{PAPER}: no confirmation is asked for",
)


class Attenuation(NamedTuple):
    """Mean attenuation of the same lesions now and at baseline, HU."""

    now_hu: Decimal
    baseline_hu: Decimal

    @property
    def fell(self) -> bool:
        """Whether it fell by at least 15 %, exactly.

        >>> Attenuation(Decimal(68), Decimal(80)).fell
        True
        """
        return 20 * self.now_hu <= 17 * self.baseline_hu


def size_fell(sum_mm: Decimal, baseline_mm: Decimal) -> bool:
    """Return whether a sum is at least 10 % below baseline, exactly.

    >>> size_fell(Decimal(90), Decimal(100)), size_fell(Decimal(91), Decimal(100))
    (True, False)
    """
    return 10 * sum_mm <= 9 * baseline_mm


def size_grew(sum_mm: Decimal, reference_mm: Decimal) -> bool:
    """Return whether a sum is at least 10 % above a reference, exactly.

    >>> size_grew(Decimal(110), Decimal(100)), size_grew(Decimal(109), Decimal(100))
    (True, False)
    """
    return sum_mm > reference_mm and 10 * sum_mm >= 11 * reference_mm


def judge(
    now: Burden,
    past: PastSizes,
    attenuation: Attenuation | None,
    nodules: tuple[str, ...],
    settings: ChoiSettings,
) -> Ruling:
    """Return the response of the targets.

    Parameters
    ----------
    attenuation
        None where it was not measured; then growth and stability cannot be told from
        response, and the visit is not evaluable unless size alone decides.
    nodules
        Lesions with a new or a growing nodule inside.
    """
    if nodules:
        response, text = PD, f"new or growing nodule inside {listed(list(nodules))}"
    else:
        response, text = _response(now, past, attenuation, settings)
    figures = [
        Figure(
            "sum of diameters",
            "mm",
            value=now.complete,
            baseline=past.baseline,
            nadir=past.nadir,
        )
    ]
    if attenuation is not None:
        figures.append(
            Figure(
                "mean attenuation",
                "HU",
                value=attenuation.now_hu,
                baseline=attenuation.baseline_hu,
            )
        )
    thresholds = _thresholds(now, past, attenuation, settings)
    return Ruling(
        response=response,
        text=text,
        section="",
        thresholds=thresholds,
        figures=tuple(figures),
    )


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum of diameters, mm, and the response of every visit.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.choi

    def judged(visit: CourseVisit, now: Burden, past: PastSizes) -> Ruling:
        found = _attenuation(course, view, visit)
        return judge(now, past, found, _nodules(view, visit), settings)

    return assess_sizes(SizeCriteria(PAPER, MEASURE, judged), course, view)


def _diameter(
    finding: MeasuredTarget | SplitTarget, lesion: CourseLesion | None = None
) -> Decimal:
    del lesion
    return counted_mm(finding)


MEASURE: Final = Measure("mm", _diameter, too_small=TOO_SMALL_MM)


def _response(
    now: Burden,
    past: PastSizes,
    attenuation: Attenuation | None,
    settings: ChoiSettings,
) -> tuple[Response, str]:
    if now.gone:
        return CR, "all lesions gone"
    if now.complete is None or past.baseline is None:
        return NE, not_evaluated(now, past, "diameter", "mm")
    size = f"sum {change(now.complete, past.baseline, 'mm', 'baseline')}"
    grew = size_grew(now.complete, _reference(past, settings))
    if attenuation is None:
        return _by_size_alone(size, grew, size_fell(now.complete, past.baseline))
    text = f"{size}; attenuation {_in_words(attenuation)}"
    if attenuation.fell:
        return PR, text
    if grew:
        return PD, text
    return (PR if size_fell(now.complete, past.baseline) else SD), text


def _by_size_alone(size: str, grew: bool, fell: bool) -> tuple[Response, str]:
    """Return what size decides: growth is PD, or PR by attenuation, so it does not."""
    if fell and not grew:
        return PR, f"{size}; attenuation not measured"
    return NE, f"{size}; attenuation not measured, which could make it PR"


def _reference(past: PastSizes, settings: ChoiSettings) -> Decimal:
    nadir = settings.growth_from is Reference.NADIR
    reference = past.nadir if nadir else past.baseline
    assert reference is not None  # noqa: S101 - asked for where there are targets
    return reference


def _thresholds(
    now: Burden,
    past: PastSizes,
    attenuation: Attenuation | None,
    settings: ChoiSettings,
) -> tuple[Threshold, ...]:
    if now.complete is None or past.baseline is None:
        return ()
    found = [
        Threshold("PR", 9 * past.baseline / 10, now.complete, "mm"),
        Threshold("PD", 11 * _reference(past, settings) / 10, now.complete, "mm"),
    ]
    if attenuation is not None:
        at = 17 * attenuation.baseline_hu / 20
        found.append(Threshold("PR by attenuation", at, attenuation.now_hu, "HU"))
    return tuple(found)


def _in_words(attenuation: Attenuation) -> str:
    return change(attenuation.now_hu, attenuation.baseline_hu, "HU", "baseline")


def _attenuation(course: Course, view: View, visit: CourseVisit) -> Attenuation | None:
    """Return the mean over the lesions still there, and of the same at baseline.

    None where one of them was not measured, or where the baseline mean is not above
    0 HU, of which no share can be taken.
    """
    if course.baseline is None:
        return None
    pairs = [
        (_hu(visit.seen.target[one.id]), _hu(course.baseline.seen.target[one.id]))
        for one in view.targets
        if _is_there(visit.seen.target.get(one.id))
    ]
    now = [hu for hu, _ in pairs if hu is not None]
    before = [hu for _, hu in pairs if hu is not None]
    if not pairs or len(now) < len(pairs) or len(before) < len(pairs):
        return None
    count = len(pairs)
    means = (sum(now, Decimal(0)) / count, sum(before, Decimal(0)) / count)
    return Attenuation(*means) if means[1] > 0 else None


def _is_there(finding: object) -> bool:
    return isinstance(finding, MeasuredTarget | SplitTarget) and bool(
        _diameter(finding)
    )


def _hu(finding: object) -> Decimal | None:
    measured = isinstance(finding, MeasuredTarget | SplitTarget)
    return finding.hu_mean if measured else None


def _nodules(view: View, visit: CourseVisit) -> tuple[str, ...]:
    return tuple(
        name
        for name in sorted(view.target_ids)
        if isinstance(finding := visit.seen.target.get(name), MeasuredTarget)
        and finding.intratumoral_nodule
    )
