"""WHO response: products of two diameters (WHO handbook 1979; Miller 1981).

Each lesion counts the product of its longest diameter and the greatest one across it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.answer import Figure
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.size_based.base import (
    Combined,
    Ruling,
    SizeCriteria,
    assess_sizes,
    combined_as_recist,
    not_evaluated,
)
from recist_tool.criteria.size_based.figures import Measure
from recist_tool.model.findings import MeasuredTarget
from recist_tool.terms import GrowthOf, Reference, Response

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
    from recist_tool.model.criteria_settings import WhoSettings
    from recist_tool.model.findings import SplitTarget

PAPER: Final = "Miller 1981"
CR, PR, NC, PD, NE = Response.CR, Response.PR, Response.NC, Response.PD, Response.NE
TOO_SMALL_MM2: Final = Decimal(25)
"""5 mm by 5 mm, as RECIST 1.1 counts 5 mm; WHO has no rule for such lesions."""
BEST: Final = Scale(
    order=(CR, PR, NC, Response.NED, PD, NE),
    stop=PD,
    complete=CR,
    partial=PR,
    stable=NC,
    citation="Miller 1981: CR and PR stand at 4 weeks or more",
)


def product_mm2(
    finding: MeasuredTarget | SplitTarget, lesion: CourseLesion | None = None
) -> Decimal | None:
    """Return the product of two diameters, mm²; None where one is missing.

    A diameter of 0 needs no other one.
    """
    del lesion
    if not isinstance(finding, MeasuredTarget):
        return finding.area_mm2
    if not finding.mm:
        return Decimal(0)
    if finding.perpendicular_mm is None:
        return None
    return finding.mm * finding.perpendicular_mm


def meets_pr(sum_mm2: Decimal, baseline_mm2: Decimal) -> bool:
    """Return whether a sum of products is at least 50 % below baseline, exactly.

    >>> meets_pr(Decimal(500), Decimal(1000)), meets_pr(Decimal(501), Decimal(1000))
    (True, False)
    """
    return 2 * sum_mm2 <= baseline_mm2


def meets_pd(value_mm2: Decimal, reference_mm2: Decimal) -> bool:
    """Return whether a product, or a sum of them, grew by at least 25 %, exactly.

    >>> meets_pd(Decimal(1250), Decimal(1000)), meets_pd(Decimal(1249), Decimal(1000))
    (True, False)
    """
    return value_mm2 > reference_mm2 and 4 * value_mm2 >= 5 * reference_mm2


def judge(now: Burden, past: PastSizes, settings: WhoSettings) -> Ruling:
    """Return the response of measurable lesions.

    Parameters
    ----------
    now, past
        This visit, and what the visits before it left behind. Sums of products of
        diameters, mm².
    """
    thresholds = _thresholds(now, past, settings)
    figures = (
        Figure(
            "sum of products",
            "mm²",
            value=now.complete,
            baseline=past.baseline,
            nadir=past.nadir,
        ),
    )
    response, text = _response(now, past, settings)
    return Ruling(
        response=response, text=text, section="", thresholds=thresholds, figures=figures
    )


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the response of every visit; there is no baseline sum in mm.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.who

    def judged(visit: CourseVisit, now: Burden, past: PastSizes) -> Ruling:
        del visit
        return judge(now, past, settings)

    criteria = SizeCriteria(PAPER, MEASURE, judged, combined)
    return assess_sizes(criteria, course, view)


MEASURE: Final = Measure(
    "mm²", product_mm2, too_small=TOO_SMALL_MM2, nodes_can_be_normal=False
)


def combined(target: Response, nontarget: Response, new: bool) -> Combined:
    """Return the overall response: as RECIST 1.1 combines, with NC for SD.

    Parameters
    ----------
    target
        May be NC.
    nontarget
        As under RECIST 1.1.
    new
        Whether there is a definite new lesion.
    """
    asked = Response.SD if target is NC else target
    found = combined_as_recist(asked, nontarget, new)
    stable = found.overall in (Response.SD, Response.NON_CR_NON_PD)
    return found._replace(overall=NC) if stable else found


def _response(
    now: Burden, past: PastSizes, settings: WhoSettings
) -> tuple[Response, str]:
    if grown := _grown(now, past, settings):
        return PD, grown
    if now.gone:
        return CR, "all lesions gone"
    if now.complete is None or past.baseline is None:
        return NE, not_evaluated(now, past, "product", "mm²")
    against = change(now.complete, past.baseline, "mm²", "baseline")
    response = PR if meets_pr(now.complete, past.baseline) else NC
    return response, f"sum of products {against}"


def _grown(now: Burden, past: PastSizes, settings: WhoSettings) -> str:
    """Return what grew enough for PD, in words, or nothing.

    One lesion needs no product of the others, at baseline or now.
    """
    nadir = settings.growth_from is Reference.NADIR
    if settings.growth_of is GrowthOf.SUM:
        reference = past.nadir if nadir else past.baseline
        if now.measured is None or reference is None:
            return ""
        if not meets_pd(now.measured, reference):
            return ""
        at = f"nadir at {past.nadir_at}" if nadir else "baseline"
        return f"sum of products {change(now.measured, reference, 'mm²', at)}"
    name = "its smallest" if nadir else "baseline"
    grown = [
        f"{' with '.join(names)} {change(size, reference, 'mm²', name)}"
        for names, size, reference in _each(now, past, settings)
        if meets_pd(size, reference)
    ]
    return listed(grown) if grown else ""


def _each(
    now: Burden, past: PastSizes, settings: WhoSettings
) -> list[tuple[tuple[str, ...], Decimal, Decimal]]:
    """Return each lesion with its product now and the one growth is measured from.

    Lesions that merged are one, compared with what they were together.
    """
    nadir = settings.growth_from is Reference.NADIR
    of = past.smallest_of if nadir else past.baseline_of
    joined = [
        (now.joined_with(name), size)
        for name, size in now.sizes.items()
        if name not in now.merged
    ]
    known = ((names, size, of(names)) for names, size in joined)
    return [
        (names, size, reference)
        for names, size, reference in known
        if reference is not None
    ]


def _thresholds(
    now: Burden, past: PastSizes, settings: WhoSettings
) -> tuple[Threshold, ...]:
    """Return the limits of the sum, and of each lesion where one lesion is enough."""
    if now.complete is None or past.baseline is None or past.nadir is None:
        return ()
    nadir = settings.growth_from is Reference.NADIR
    pr = Threshold("PR", past.baseline / 2, now.complete, "mm²")
    if settings.growth_of is GrowthOf.SUM:
        reference = past.nadir if nadir else past.baseline
        return (pr, Threshold("PD", 5 * reference / 4, now.complete, "mm²"))
    return pr, *(
        Threshold(f"PD of {' with '.join(names)}", 5 * reference / 4, size, "mm²")
        for names, size, reference in _each(now, past, settings)
        if reference
    )
