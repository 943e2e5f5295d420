"""Response of each lesion by itself: complete, partial, minor.

Series of liver-directed treatment report so: how many lesions vanished, how many lost
half of their area, how many a quarter. The limits are those of WHO (Miller 1981), with
minor response between 25 % and 50 %.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.size_based.base import (
    Combined,
    Ruling,
    SizeCriteria,
    assess_sizes,
    combined_as_recist,
    not_evaluated,
)
from recist_tool.criteria.size_based.choi import MEASURE as DIAMETER
from recist_tool.criteria.size_based.figures import Measure, lesion_size
from recist_tool.criteria.size_based.who import TOO_SMALL_MM2, meets_pd, product_mm2
from recist_tool.model.findings import MeasuredTarget, StatedTarget
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import (
        Course,
        CourseLesion,
        CourseVisit,
        View,
    )
    from recist_tool.criteria.size_based.figures import Burden, PastSizes
    from recist_tool.model.criteria_settings import PerLesionSettings
    from recist_tool.model.findings import SplitTarget

PAPER: Final = "limits of Miller 1981, lesion by lesion"
CR, PR, MR, SD = Response.CR, Response.PR, Response.MR, Response.SD
PD, NE = Response.PD, Response.NE
BEST: Final = Scale(
    order=(CR, PR, MR, SD, Response.NON_CR_NON_PD, Response.NED, PD, NE),
    stop=PD,
    complete=None,
    partial=None,
    stable=SD,
    citation=PAPER,
)
_WORDS: Final = {
    CR: "gone",
    PR: "partial response",
    MR: "minor response",
    SD: "stable",
    PD: "grown",
    NE: "not evaluated",
}


class Share(NamedTuple):
    """How many lesions had one response, and how many that is of all, percent."""

    lesions: int
    percent: Decimal


def lesion_response(
    area_mm2: Decimal,
    baseline_mm2: Decimal,
    smallest_mm2: Decimal,
    settings: PerLesionSettings,
) -> Response:
    """Return the response of one lesion, or of several taken together.

    Parameters
    ----------
    smallest_mm2
        The smallest area before this visit, which growth is measured against.

    Examples
    --------
    >>> from recist_tool.model.criteria_settings import PerLesionSettings
    >>> areas = (Decimal(700), Decimal(1000), Decimal(1000))
    >>> lesion_response(*areas, PerLesionSettings()).value
    'MR'
    """
    if not area_mm2:
        return CR
    if meets_pd(area_mm2, smallest_mm2):
        return PD
    lost = 100 * (baseline_mm2 - area_mm2)
    if lost > 50 * baseline_mm2:
        return PR
    if lost == 50 * baseline_mm2 and not settings.pr_is_strict:
        return PR
    return MR if lost >= settings.minor_from_percent * baseline_mm2 else SD


def shares(responses: Iterable[Response]) -> dict[Response, Share]:
    """Return how many lesions had each response, the best first; NE is left out.

    >>> found = shares([CR] * 4 + [PR] * 5 + [MR])
    >>> {name.value: int(share.percent) for name, share in found.items()}
    {'CR': 40, 'PR': 50, 'MR': 10}
    """
    counts = Counter(one for one in responses if one is not NE)
    return {
        response: Share(counts[response], 100 * Decimal(counts[response]) / total)
        for total in [counts.total()]
        for response in BEST.order
        if counts[response]
    }


def lesion_responses(answer: TimepointResponse) -> dict[str, Response]:
    """Return the response of each lesion at a visit that `assess_visits` answered."""
    return {
        figure.lesion: figure.response
        for figure in answer.figures
        if figure.lesion is not None and figure.response is not None
    }


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the response of every visit: of the mean area, each lesion beside it.

    The figures of an answer hold the area of each lesion with its response, and the
    mean diameter.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.per_lesion
    measure = _area(course)

    def judged(visit: CourseVisit, now: Burden, past: PastSizes) -> Ruling:
        ruling = judge(now, past, settings)
        mean = _mean_diameter(course, view, visit)
        return ruling._replace(figures=(*ruling.figures, *mean))

    return assess_sizes(SizeCriteria(PAPER, measure, judged, combined), course, view)


def combined(target: Response, nontarget: Response, new: bool) -> Combined:
    """Return the overall response: as RECIST 1.1 combines, where MR is SD.

    Parameters
    ----------
    target
        May be MR.
    nontarget
        As under RECIST 1.1.
    new
        Whether there is a definite new lesion.
    """
    found = combined_as_recist(SD if target is MR else target, nontarget, new)
    minor = target is MR and found.overall is SD
    return found._replace(overall=MR) if minor else found


def judge(now: Burden, past: PastSizes, settings: PerLesionSettings) -> Ruling:
    """Return the response of the mean area, and of each lesion as figures.

    Lesions that merged are judged as one, against what they were together; each of
    them has that response.

    Parameters
    ----------
    now, past
        This visit, and what the visits before it left behind. Areas, mm².
    """
    figures = tuple(_figure(name, now, past, settings) for name in past.baseline_sizes)
    overall, text = _together(now, past, settings)
    thresholds = _thresholds(now, past, settings)
    parts = (_tally(figures), _joined(now), text)
    text = "; ".join(part for part in parts if part)
    mean = _mean_area(now, past)
    return Ruling(
        response=overall,
        text=text,
        section="",
        thresholds=thresholds,
        figures=(*mean, *figures),
    )


def _figure(
    name: str, now: Burden, past: PastSizes, settings: PerLesionSettings
) -> Figure:
    """Return the area of a lesion, or of those measured in it, and its response."""
    names = now.joined_with(name)
    size, baseline = now.size_of(names), past.baseline_of(names)
    smallest = past.smallest_of(names)
    response = NE
    if size is not None and baseline is not None and smallest is not None:
        response = lesion_response(size, baseline, smallest, settings)
    if name in now.merged:
        size, baseline, smallest = None, past.baseline_sizes[name], None
    return Figure(
        "area",
        "mm²",
        value=size,
        baseline=baseline,
        nadir=smallest,
        lesion=name,
        response=response,
    )


def _joined(now: Burden) -> str:
    parts = (
        f"{name} measured in {into}, and judged with it"
        for name, into in now.merged.items()
    )
    return "; ".join(parts)


def _together(
    now: Burden, past: PastSizes, settings: PerLesionSettings
) -> tuple[Response, str]:
    """Return the response of all areas together: that of their mean."""
    if now.complete is None or past.baseline is None or past.nadir is None:
        return NE, not_evaluated(now, past, "area", "mm²")
    response = lesion_response(now.complete, past.baseline, past.nadir, settings)
    count = len(now.sizes)
    against = change(now.complete / count, past.baseline / count, "mm²", "baseline")
    return response, f"mean area {against}"


def _tally(each: Sequence[Figure]) -> str:
    counts = Counter(one.response for one in each)
    total = len(each)
    parts = [f"{counts[one]} {_WORDS[one]}" for one in _WORDS if counts[one]]
    lesions = "lesion" if total == 1 else "lesions"
    return f"of {total} {lesions} {', '.join(parts)}" if parts else ""


def _mean_area(now: Burden, past: PastSizes) -> tuple[Figure, ...]:
    if now.complete is None or past.baseline is None or past.nadir is None:
        return ()
    count = len(now.sizes)
    baseline, nadir = past.baseline / count, past.nadir / count
    return (
        Figure(
            "mean area",
            "mm²",
            value=now.complete / count,
            baseline=baseline,
            nadir=nadir,
        ),
    )


def _mean_diameter(
    course: Course, view: View, visit: CourseVisit
) -> tuple[Figure, ...]:
    if course.baseline is None:
        return ()
    pairs = [
        tuple(
            lesion_size(DIAMETER, view, seen, one)
            for seen in (visit.seen, course.baseline.seen)
        )
        for one in view.targets
    ]
    now = [size for size, _ in pairs if size is not None]
    before = [size for _, size in pairs if size is not None]
    if not pairs or len(now) < len(pairs) or len(before) < len(pairs):
        return ()
    mean, baseline = (sum(sizes, Decimal(0)) / len(pairs) for sizes in (now, before))
    return (Figure("mean diameter", "mm", value=mean, baseline=baseline),)


def _area(course: Course) -> Measure:
    """Return how the area of each lesion is had, fixed by its baseline.

    A product of two diameters where there are two at baseline; the square of the one
    diameter where there is one.
    """
    by_product: set[str] = set()
    if course.baseline is not None:
        by_product = {
            name
            for name, finding in course.baseline.seen.target.items()
            if not isinstance(finding, StatedTarget)
            and product_mm2(finding) is not None
        }

    def size(
        finding: MeasuredTarget | SplitTarget, lesion: CourseLesion
    ) -> Decimal | None:
        if lesion.id in by_product:
            return product_mm2(finding)
        if isinstance(finding, MeasuredTarget):
            return finding.mm**2
        parts = (part for part in finding.parts_mm if isinstance(part, Decimal))
        return sum((part**2 for part in parts), Decimal(0))

    return Measure("mm²", size, too_small=TOO_SMALL_MM2, nodes_can_be_normal=False)


def _thresholds(
    now: Burden, past: PastSizes, settings: PerLesionSettings
) -> tuple[Threshold, ...]:
    if now.complete is None or past.baseline is None or past.nadir is None:
        return ()
    minor = past.baseline * (100 - settings.minor_from_percent) / 100
    return (
        Threshold("PR", past.baseline / 2, now.complete, "mm²"),
        Threshold("MR", minor, now.complete, "mm²"),
        Threshold("PD", 5 * past.nadir / 4, now.complete, "mm²"),
    )
