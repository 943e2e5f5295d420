"""Response by volume: sphere equivalents, repeatability, and volumes of organs.

There is no one paper. The limits are those of RECIST 1.1 or of WHO for spheres, or
those proposed for lung lesions after the QIBA CT volumetry profile; repeatability is
that of the profile.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Figure, Message
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.size_based.base import (
    Ruling,
    SizeCriteria,
    assess_sizes,
    not_evaluated,
)
from recist_tool.criteria.size_based.figures import Measure, visit_burden
from recist_tool.model.findings import MeasuredTarget
from recist_tool.model.organs import folded
from recist_tool.terms import LIVER, MessageLevel, Response, Scope, VolumeLimits

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
    from recist_tool.model.criteria_settings import VolumetricSettings
    from recist_tool.model.findings import SplitTarget

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
BEST: Final = Scale(
    order=(CR, PR, SD, Response.NON_CR_NON_PD, Response.NED, PD, NE),
    stop=PD,
    complete=CR,
    partial=PR,
    stable=SD,
    citation="confirmed as RECIST 1.1",
)
TOO_SMALL_ML: Final = Decimal("0.065450")
"""A sphere of 5 mm."""


class VolumeBounds(NamedTuple):
    """The changes of volume that are response and progression.

    Attributes
    ----------
    response, growth
        Volume as a multiple of the reference, to the power of `power`.
    power
        2 where the multiple is a square root: it is compared squared, exactly.
    """

    response: Decimal
    growth: Decimal
    power: int
    citation: str


# fmt: off
LIMITS: Final = {
    VolumeLimits.SPHERE:     VolumeBounds(Decimal("0.343"), Decimal("1.728"),    1,
                                    "Eisenhauer 2009, 4.3.1, for spheres"),
    VolumeLimits.WHO_SPHERE: VolumeBounds(Decimal("0.125"), Decimal("1.953125"), 2,
                                    "Miller 1981, for spheres"),
    VolumeLimits.QIBA_LUNG:  VolumeBounds(Decimal("0.65"),  Decimal("1.55"),     1,
                                    "model after the QIBA CT volumetry profile"),
}
# fmt: on


class Band(NamedTuple):
    """The repeatability of the volume of lesions of some size.

    Attributes
    ----------
    from_mm, below_mm
        Longest diameter; the last band ends with 100 mm.
    wcv
        Within-lesion coefficient of variation.
    quoted_percent
        Change beyond which it is real with 95 % confidence, as quoted.
    """

    from_mm: Decimal
    below_mm: Decimal
    wcv: Decimal
    quoted_percent: int


# fmt: off
BANDS: Final = (  # QIBA CT volumetry profile
    #    from          below           wCV               quoted
    Band(Decimal(50),  Decimal("100.1"), Decimal("0.085"), 24),
    Band(Decimal(35),  Decimal(50),    Decimal("0.103"), 29),
    Band(Decimal(10),  Decimal(35),    Decimal("0.141"), 39),
)
# fmt: on


def repeatability_percent(wcv: Decimal) -> Decimal:
    """Return the change beyond which a change is real, from the variation of one read.

    The 95 % limit of the difference of two measurements, percent.

    >>> round(repeatability_percent(Decimal("0.085")), 2)
    Decimal('23.56')
    """
    return 100 * Decimal("1.96") * Decimal(2).sqrt() * wcv


def volume_change_of_diameter(diameter_percent: Decimal) -> Decimal:
    """Return the change of the volume of a sphere, percent, from that of its diameter.

    >>> volume_change_of_diameter(Decimal(-30))
    Decimal('-65.700')
    """
    factor = 1 + diameter_percent / 100
    return 100 * (factor**3 - 1)


def volume_change_of_product(product_percent: Decimal) -> Decimal:
    """Return the change of the volume of a sphere, percent, from that of its product.

    >>> round(volume_change_of_product(Decimal(25)), 3)
    Decimal('39.754')
    """
    factor = 1 + product_percent / 100
    return 100 * (factor * factor.sqrt() - 1)


def band(longest_mm: Decimal) -> Band | None:
    """Return the band of a lesion by its longest diameter; None outside the profile.

    >>> band(Decimal(35)).quoted_percent
    29
    """
    return next(
        (one for one in BANDS if one.from_mm <= longest_mm < one.below_mm), None
    )


def is_real_change(
    volume_ml: Decimal, earlier_ml: Decimal, longest_mm: Decimal
) -> bool | None:
    """Return whether a change is beyond repeatability; None outside the profile.

    >>> is_real_change(Decimal(8), Decimal(10), Decimal(60))
    False

    Parameters
    ----------
    volume_ml, earlier_ml
        The same lesion, now and before.
    longest_mm
        Its longest diameter, which chooses the band of the profile.
    """
    of = band(longest_mm)
    if of is None or not earlier_ml:
        return None
    return 100 * abs(volume_ml - earlier_ml) > of.quoted_percent * earlier_ml


def meets_pr(volume_ml: Decimal, baseline_ml: Decimal, limits: VolumeBounds) -> bool:
    """Return whether a volume fell enough, exactly.

    >>> meets_pr(Decimal("34.3"), Decimal(100), LIMITS[VolumeLimits.SPHERE])
    True

    Parameters
    ----------
    limits
        Compared to their own power, so that square roots stay exact.
    """
    return volume_ml**limits.power <= limits.response * baseline_ml**limits.power


def meets_pd(volume_ml: Decimal, nadir_ml: Decimal, limits: VolumeBounds) -> bool:
    """Return whether a volume grew enough, exactly.

    >>> meets_pd(Decimal("172.8"), Decimal(100), LIMITS[VolumeLimits.SPHERE])
    True

    Parameters
    ----------
    nadir_ml
        The smallest sum before this one.
    limits
        Compared to their own power, so that square roots stay exact.
    """
    grown = volume_ml**limits.power >= limits.growth * nadir_ml**limits.power
    return volume_ml > nadir_ml and grown


class OrganVolume(NamedTuple):
    """The volume of an organ or region at one visit, and what it is compared with.

    Attributes
    ----------
    before_treatment_ml
        The last volume before the treatment that came last before this visit.
    treated_on
        Date of that treatment, ISO; empty without one.
    """

    name: str
    volume_ml: Decimal
    baseline_ml: Decimal | None
    before_treatment_ml: Decimal | None
    treated_on: str = ""


def organ_volumes(course: Course, visit: CourseVisit) -> list[OrganVolume]:
    """Return the volumes of a visit against baseline and against prior treatment."""
    return [
        _organ_volume(course, visit, name, volume)
        for name, volume in visit.seen.volumes_ml.items()
    ]


def judge(now: Burden, past: PastSizes, settings: VolumetricSettings) -> Ruling:
    """Return the response of the targets.

    Parameters
    ----------
    now, past
        This visit, and what the visits before it left behind. Sums of volumes, ml.
    """
    limits = LIMITS[settings.limits]
    response, text = _response(now, past, limits)
    figures = (
        Figure(
            "volume", "ml", value=now.complete, baseline=past.baseline, nadir=past.nadir
        ),
    )
    return Ruling(
        response=response,
        text=text,
        section="",
        thresholds=_thresholds(now, past, limits),
        figures=figures,
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
    settings = course.settings.other_criteria.volumetric

    def judged(visit: CourseVisit, now: Burden, past: PastSizes) -> Ruling:
        del visit
        return judge(now, past, settings)

    paper = LIMITS[settings.limits].citation
    _, answers = assess_sizes(SizeCriteria(paper, MEASURE, judged), course, view)
    for visit in course.follow_ups:
        answer = answers[visit.id]
        more = (*_lesion_figures(course, view, visit), *_organs(course, view, visit))
        answers[visit.id] = answer._replace(figures=(*answer.figures, *more))
    return None, answers


def queries(
    course: Course, view: View, answers: Mapping[str, TimepointResponse]
) -> list[Message]:
    """Warn where a response rests on changes that repeated measurement may show.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answers
        Of `assess_visits`, by visit ID.
    """
    messages: list[Message] = []
    for visit in course.follow_ups:
        doubtful = _within_repeatability(course, view, visit)
        if answers[visit.id].overall in (PR, PD) and doubtful:
            text = f"the volume of {listed(doubtful)} changed no more than repeated "
            text += "measurement of the same lesion may show (QIBA CT volumetry)"
            level = MessageLevel.WARNING
            messages.append(
                Message(
                    level,
                    "within-repeatability",
                    text=text,
                    timepoint=visit.id,
                )
            )
    return messages


def _volume_ml(
    finding: MeasuredTarget | SplitTarget, lesion: CourseLesion | None = None
) -> Decimal | None:
    del lesion
    return finding.volume_ml


MEASURE: Final = Measure("ml", _volume_ml, too_small=TOO_SMALL_ML)


def _response(
    now: Burden, past: PastSizes, limits: VolumeBounds
) -> tuple[Response, str]:
    if now.gone:
        return CR, "all targets gone"
    known, nadir = now.measured, past.nadir
    if known is not None and nadir is not None and meets_pd(known, nadir, limits):
        return PD, f"volume {change(known, nadir, 'ml', f'nadir at {past.nadir_at}')}"
    if now.complete is None or past.baseline is None:
        return NE, not_evaluated(now, past, "volume", "ml")
    against = change(now.complete, past.baseline, "ml", "baseline")
    response = PR if meets_pr(now.complete, past.baseline, limits) else SD
    return response, f"volume {against}"


def _thresholds(
    now: Burden, past: PastSizes, limits: VolumeBounds
) -> tuple[Threshold, ...]:
    if now.complete is None or past.baseline is None or past.nadir is None:
        return ()
    shrink, grow = limits.response, limits.growth
    if limits.power > 1:
        shrink, grow = shrink.sqrt(), grow.sqrt()
    return (
        Threshold("PR", shrink * past.baseline, now.complete, "ml"),
        Threshold("PD", grow * past.nadir, now.complete, "ml"),
    )


def _lesion_figures(course: Course, view: View, visit: CourseVisit) -> list[Figure]:
    """Return the volume of each lesion; those that merged are told as one."""
    if course.baseline is None or visit.recorded or not view.targets:
        return []
    now = visit_burden(MEASURE, view, visit.seen)
    before = visit_burden(MEASURE, view, course.baseline.seen)
    return [
        Figure(
            "volume",
            "ml",
            value=now.size_of(names),
            baseline=before.size_of(names),
            lesion=names[0],
        )
        for one in view.targets
        if one.id not in now.merged
        for names in [now.joined_with(one.id)]
    ]


def _within_repeatability(course: Course, view: View, visit: CourseVisit) -> list[str]:
    """Return the lesions whose volume did not change beyond repeatability."""
    return [
        figure.lesion
        for figure in _lesion_figures(course, view, visit)
        if figure.lesion is not None
        and figure.value is not None
        and figure.baseline is not None
        and is_real_change(
            figure.value, figure.baseline, _longest_mm(course, figure.lesion)
        )
        is False
    ]


def _longest_mm(course: Course, lesion_id: str) -> Decimal:
    baseline = course.baseline
    finding = None if baseline is None else baseline.seen.target[lesion_id]
    return finding.mm if isinstance(finding, MeasuredTarget) else Decimal(0)


def _organs(course: Course, view: View, visit: CourseVisit) -> list[Figure]:
    figures: list[Figure] = []
    for one in organ_volumes(course, visit):
        if view.scope is Scope.LIVER and not _of_liver(course, one.name):
            continue
        name = f"volume of {one.name}"
        figures.append(
            Figure(name, "ml", value=one.volume_ml, baseline=one.baseline_ml)
        )
        if one.before_treatment_ml is not None:
            since = f"{name}, since treatment on {one.treated_on}"
            figures.append(
                Figure(
                    since, "ml", value=one.volume_ml, baseline=one.before_treatment_ml
                )
            )
    return figures


def _of_liver(course: Course, name: str) -> bool:
    """Return whether a volume is the liver's: "foie", "liver tumour", "liver rest"."""
    words = course.settings.organ_words
    return LIVER in (organ_group(name, words), folded(name).partition(" ")[0])


def _organ_volume(
    course: Course, visit: CourseVisit, name: str, volume: Decimal
) -> OrganVolume:
    at_baseline = course.baseline and course.baseline.seen.volumes_ml.get(name)
    treated = [
        one.date
        for one in course.findings.treatment
        if visit.date is not None and one.date < visit.date
    ]
    if not treated:
        return OrganVolume(
            name=name,
            volume_ml=volume,
            baseline_ml=at_baseline,
            before_treatment_ml=None,
        )
    last = max(treated)
    visits = (course.baseline, *course.follow_ups)
    before = [
        one.seen.volumes_ml[name]
        for one in visits
        if one is not None
        and one.id != visit.id
        and one.date is not None
        and one.date <= last
        and name in one.seen.volumes_ml
    ]
    prior = before[-1] if before else None
    return OrganVolume(
        name=name,
        volume_ml=volume,
        baseline_ml=at_baseline,
        before_treatment_ml=prior,
        treated_on=last.isoformat(),
    )
