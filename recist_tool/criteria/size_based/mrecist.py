"""mRECIST for hepatocellular carcinoma (Lencioni and Llovet 2010).

A lesion counts the longest diameter of what enhances in the arterial phase, not of the
whole lesion.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.answer import Message
from recist_tool.criteria.answer.best_response import Scale
from recist_tool.criteria.answer.thresholds import Threshold, change
from recist_tool.criteria.course.course import CourseLesion
from recist_tool.criteria.course.organs import organ_group
from recist_tool.criteria.numbers import millimetres
from recist_tool.criteria.recist11.sums import TOO_SMALL_MM, counted_mm
from recist_tool.criteria.recist11.tables import NON_TARGET_RESPONSES, TARGET_RESPONSES
from recist_tool.criteria.size_based.base import (
    Combined,
    Ruling,
    SizeCriteria,
    assess_sizes,
    combined_as_recist,
    not_evaluated,
)
from recist_tool.criteria.size_based.figures import Measure
from recist_tool.model.findings import StatedTarget
from recist_tool.terms import LIVER, MessageLevel, NewLesionStatus, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.answer.answer import TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.criteria.size_based.figures import Burden, PastSizes
    from recist_tool.model.criteria_settings import MRecistSettings
    from recist_tool.model.findings import (
        FindingsTimepoint,
        MeasuredTarget,
        NewLesionFinding,
        SplitTarget,
    )

PAPER: Final = "Lencioni 2010"
CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA = Response.NE, Response.NA
IR_SD: Final = Response.NON_CR_NON_PD
"""What the paper calls incomplete response or stable disease of non-targets."""
NODULE_MM: Final = Decimal(10)
_FLUIDS: Final = frozenset(
    {"ascites", "effusion", "pleural effusion", "pericardial effusion"}
)
BEST: Final = Scale(
    order=(CR, PR, SD, IR_SD, Response.NED, PD, NE),
    stop=PD,
    complete=CR,
    partial=PR,
    stable=SD,
    citation=f"{PAPER}, best response as RECIST 1.1",
)


class OverallRow(NamedTuple):
    """One row of the table of overall responses."""

    number: int
    target: frozenset[Response]
    non_target: frozenset[Response]
    new: frozenset[bool]
    overall: Response

    def fits(self, target: Response, non_target: Response, new: bool) -> bool:
        """Return whether the three findings meet this row.

        Parameters
        ----------
        target, non_target
            Responses of the paper; non-targets may be IR/SD.
        new
            Whether a new lesion counts.
        """
        return (
            target in self.target and non_target in self.non_target and new in self.new
        )


def _set(*responses: Response) -> frozenset[Response]:
    return frozenset(responses)


_NO: Final = frozenset({False})
_YES: Final = frozenset({True})
_ANY: Final = _NO | _YES
_TARGETS: Final = TARGET_RESPONSES - {NA}
_NOT_PD: Final = NON_TARGET_RESPONSES - {PD}

# fmt: off
OVERALL: Final = (
    #          row  target     non-target            new   overall
    OverallRow(1,   _set(CR),  _set(CR, NA),         _NO,  CR),
    OverallRow(2,   _set(CR),  _set(IR_SD),          _NO,  PR),
    OverallRow(3,   _set(PR),  _NOT_PD,              _NO,  PR),
    OverallRow(4,   _set(SD),  _NOT_PD,              _NO,  SD),
    OverallRow(5,   _set(PD),  NON_TARGET_RESPONSES, _ANY, PD),
    OverallRow(6,   _TARGETS,  _set(PD),             _ANY, PD),
    OverallRow(7,   _TARGETS,  NON_TARGET_RESPONSES, _YES, PD),
)
# fmt: on


def overall_response(target: Response, nontarget: Response, new: bool) -> Combined:
    """Return the overall response, by the paper's table or, where it is silent, RECIST.

    >>> overall_response(CR, IR_SD, new=False).overall.value
    'PR'

    Parameters
    ----------
    target, nontarget
        Responses of the paper; non-targets may be IR/SD.
    new
        Whether a new lesion counts.
    """
    return _OVERALL[target, nontarget, new]


def meets_pr(viable_mm: Decimal, baseline_mm: Decimal) -> bool:
    """Return whether a viable sum is at least 30 % below baseline, exactly.

    >>> meets_pr(Decimal(35), Decimal(50)), meets_pr(Decimal(36), Decimal(50))
    (True, False)
    """
    return 10 * viable_mm <= 7 * baseline_mm


def meets_pd(viable_mm: Decimal, nadir_mm: Decimal, settings: MRecistSettings) -> bool:
    """Return whether a viable sum is at least 20 % above the smallest, exactly.

    >>> from recist_tool.model.criteria_settings import MRecistSettings
    >>> meets_pd(Decimal(12), Decimal(10), MRecistSettings())
    True
    >>> meets_pd(Decimal(12), Decimal(10), MRecistSettings(min_growth_mm=5))
    False

    Parameters
    ----------
    viable_mm, nadir_mm
        Sums of viable diameters, this one and the smallest before it.
    settings
        Of these, ``min_growth_mm``: how much larger the sum must be besides.
    """
    growth = viable_mm - nadir_mm
    return (
        growth > 0
        and 5 * viable_mm >= 6 * nadir_mm
        and growth >= settings.min_growth_mm
    )


def nodule_is_carcinoma(mm: Decimal, first_mm: Decimal, *, typical: bool) -> bool:
    """Return whether a new nodule in the liver is hepatocellular carcinoma.

    Parameters
    ----------
    mm, first_mm
        Longest diameter now, and when it was first seen.
    typical
        Whether it enhances in the arterial phase and washes out.

    Examples
    --------
    >>> nodule_is_carcinoma(Decimal(10), Decimal(10), typical=True)
    True
    >>> nodule_is_carcinoma(Decimal(18), Decimal(9), typical=False)
    False
    """
    return mm >= NODULE_MM if typical else mm - first_mm >= NODULE_MM


def judge(now: Burden, past: PastSizes, settings: MRecistSettings) -> Ruling:
    """Return the response of the targets.

    Parameters
    ----------
    now, past
        This visit, and what the visits before it left behind. Sums of viable diameters,
        mm.
    """
    response, text = _response(now, past, settings)
    return Ruling(
        response=response,
        text=text,
        section="",
        thresholds=_thresholds(now, past, settings),
    )


def assess_visits(
    course: Course,
    view: View,
    whole: Mapping[str, TimepointResponse] | None = None,
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum of viable diameters, mm, and the response of every visit.

    A lesion without a viable diameter at baseline does not enhance, or is outside the
    liver: it is followed by its whole diameter, as under RECIST 1.1. A definite new
    lesion that does not count yet is taken as an equivocal one: where it counts later,
    progression is dated back to it ("adjudicated in retrospect as progression at the
    time it was first detected").

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Not looked at: each scope is judged by itself.
    """
    settings = course.settings.other_criteria.mrecist

    def judged(visit: CourseVisit, now: Burden, past: PastSizes) -> Ruling:
        del visit
        return judge(now, past, settings)

    criteria = SizeCriteria(PAPER, _measure(course), judged, overall_response)
    return assess_sizes(criteria, _until_they_count(course), view)


def queries(
    course: Course,
    view: View,
    answers: Mapping[str, TimepointResponse],
) -> list[Message]:
    """Tell of targets followed whole for want of a viable diameter, and new lesions.

    New lesions are told that the reader calls definite and the paper does not count.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    answers
        Not looked at: what is told does not depend on the response.
    """
    messages = [
        Message(
            MessageLevel.WARNING,
            "new-lesion-not-counted",
            text=text,
            lesion=one.id,
            timepoint=visit.id,
        )
        for visit in course.follow_ups
        for one in view.new_at(visit.seen)
        if (text := _why_not(course, one))
    ]
    return [*messages, *_followed_whole(course, view)]


def _followed_whole(course: Course, view: View) -> list[Message]:
    if course.baseline is None:
        return []
    followed = _followed_by_viable(course)
    text = "{} has no viable diameter at baseline: it is followed whole, as under "
    text += "RECIST 1.1 (Lencioni 2010: targets enhance)"
    return [
        Message(
            MessageLevel.WARNING,
            "no-viable-diameter",
            text=text.format(one.id),
            lesion=one.id,
            timepoint=course.baseline.id,
        )
        for one in view.targets
        if one.hepatic and one.id not in followed
    ]


def _combined(target: Response, nontarget: Response, new: bool) -> Combined:
    for row in OVERALL:
        if row.fits(target, nontarget, new):
            return Combined(row.overall, f"overall response, row {row.number}")
    return combined_as_recist(target, nontarget, new)


_OVERALL: Final = {
    findings: _combined(*findings)
    for findings in product(TARGET_RESPONSES, NON_TARGET_RESPONSES, (False, True))
}


def _measure(course: Course) -> Measure:
    """Return what each target counts, fixed by how it was measured at baseline."""
    by_viable = _followed_by_viable(course)

    def size(
        finding: MeasuredTarget | SplitTarget, lesion: CourseLesion
    ) -> Decimal | None:
        return finding.viable_mm if lesion.id in by_viable else counted_mm(finding)

    return Measure("mm", size, too_small=TOO_SMALL_MM, whole=False)


def _followed_by_viable(course: Course) -> set[str]:
    if course.baseline is None:
        return set()
    return {
        name
        for name, finding in course.baseline.seen.target.items()
        if not isinstance(finding, StatedTarget) and finding.viable_mm is not None
    }


def _response(
    now: Burden, past: PastSizes, settings: MRecistSettings
) -> tuple[Response, str]:
    if now.gone:
        return CR, "no arterial enhancement in any target"
    if now.measured is None or past.baseline is None or past.nadir is None:
        return NE, not_evaluated(now, past, "viable diameter", "mm")
    if meets_pd(now.measured, past.nadir, settings):
        nadir = f"nadir at {past.nadir_at}"
        return PD, f"viable sum {change(now.measured, past.nadir, 'mm', nadir)}"
    if now.missing:
        return NE, not_evaluated(now, past, "viable diameter", "mm")
    against = change(now.measured, past.baseline, "mm", "baseline")
    response = PR if meets_pr(now.measured, past.baseline) else SD
    return response, f"viable sum {against}"


def _thresholds(
    now: Burden, past: PastSizes, settings: MRecistSettings
) -> tuple[Threshold, ...]:
    if now.complete is None or past.baseline is None or past.nadir is None:
        return ()
    pd_at = max(6 * past.nadir / 5, past.nadir + settings.min_growth_mm)
    return (
        Threshold("PR", 7 * past.baseline / 10, now.complete, "mm"),
        Threshold("PD", pd_at, now.complete, "mm"),
    )


def _until_they_count(course: Course) -> Course:
    """Return the course with definite new lesions as equivocal until they count."""
    visits = tuple(
        visit._replace(seen=_with_equivocal(course, visit.seen))
        if visit.seen.new
        else visit
        for visit in course.follow_ups
    )
    return course._replace(follow_ups=visits)


def _with_equivocal(course: Course, seen: FindingsTimepoint) -> FindingsTimepoint:
    doubtful = {"status": NewLesionStatus.EQUIVOCAL}
    new = tuple(
        one.model_copy(update=doubtful) if _why_not(course, one) else one
        for one in seen.new
    )
    return seen.model_copy(update={"new": new})


def _why_not(course: Course, lesion: NewLesionFinding) -> str:
    """Return why a definite new lesion is no progression; nothing where it is.

    What the findings do not say (enhancement, size, cytology) is left to the reader's
    word that the lesion is definite.
    """
    if lesion.status is not NewLesionStatus.DEFINITE:
        return ""
    words = course.settings.organ_words
    organ = organ_group(lesion.organ, words, nodal=lesion.nodal)
    if organ in _FLUIDS and lesion.cytology_positive is False:
        return f"{lesion.id} ({lesion.organ}) does not count: its cytology is negative"
    if organ != LIVER:
        return ""
    if lesion.enhancement is None or lesion.mm is None:
        return ""
    typical = lesion.enhancement == "typical"
    first = _first_mm(course, lesion.id, lesion.mm)
    if nodule_is_carcinoma(lesion.mm, first, typical=typical):
        return ""
    asked = "from 10 mm on" if typical else "once it grew by 10 mm"
    text = f"{lesion.id} ({lesion.organ}, {millimetres(lesion.mm)}) does not count: "
    return f"{text}with {lesion.enhancement} enhancement it counts {asked}"


def _first_mm(course: Course, name: str, now_mm: Decimal) -> Decimal:
    sizes = (
        one.mm
        for visit in course.follow_ups
        for one in visit.seen.new
        if one.id == name and one.mm is not None
    )
    return next(sizes, now_mm)
