"""RECIST 1.1 (Eisenhauer et al., Eur J Cancer 2009;45:228-247), visit by visit.

One function serves the whole patient and the liver alone: the scope decides which
lesions are looked at, and each scope has its own sums, nadir and history.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.after_cr import back_is_progression
from recist_tool.criteria.answer.answer import TimepointResponse
from recist_tool.criteria.answer.confirmation import Dated, confirmed_pr
from recist_tool.criteria.course.course import marker_at
from recist_tool.criteria.recist11.new_lesions import new_lesions as new_lesions_of
from recist_tool.criteria.recist11.new_lesions import restated
from recist_tool.criteria.recist11.non_targets import (
    NONE_SEEN,
    non_target_response,
    non_targets,
)
from recist_tool.criteria.recist11.reasons import (
    CLAUSES,
    Evidence,
    Recorded,
    TargetRule,
)
from recist_tool.criteria.recist11.sums import present_again, visit_sum
from recist_tool.criteria.recist11.tables import overall_response
from recist_tool.terms import (
    NewLesions,
    PrPersistence,
    Reappearance,
    Response,
    Scope,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.criteria.recist11.non_targets import NonTargets
    from recist_tool.criteria.recist11.sums import VisitSum
    from recist_tool.model.findings import FindingsTimepoint
    from recist_tool.model.protocol import Settings

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NA, NED = Response.NE, Response.NA, Response.NED
NON_CR_NON_PD = Response.NON_CR_NON_PD
_COMPLETE: Final = frozenset({CR, Response.ICR})
_NO_NEW, _NEW = NewLesions.NO, NewLesions.YES
_PR_SHARE: Final = Decimal("0.7")
_PD_SHARE: Final = Decimal("1.2")
_PD_LIMB_MM: Final = Decimal(5)


@dataclass(slots=True)  # nothing changes one; a frozen one takes long to make
class PastVisits:
    """What the visits before this one left behind.

    Attributes
    ----------
    baseline_mm, nadir_mm, nadir_at
        None without targets.
    cr_at
        Last visit with overall CR.
    had_pd
        Whether a visit was PD as read.
    visits
        Overall responses so far, as read; kept where a PR may be carried on.
    """

    baseline_mm: Decimal | None
    nadir_mm: Decimal | None
    nadir_at: str | None
    cr_at: str | None = None
    had_pd: bool = False
    visits: tuple[Dated, ...] = ()


def meets_pr(sum_mm: Decimal, baseline_mm: Decimal) -> bool:
    """Return whether a sum is at least 30 % below baseline, exactly (4.3.1).

    >>> meets_pr(Decimal("9.8"), Decimal("14.0"))
    True
    """
    return sum_mm <= _PR_SHARE * baseline_mm


def meets_pd(sum_mm: Decimal, nadir_mm: Decimal) -> bool:
    """Return whether a sum is at least 20 % and 5 mm above the nadir (4.3.1).

    >>> meets_pd(Decimal("29.4"), Decimal("24.5"))
    False
    """
    return sum_mm - nadir_mm >= _PD_LIMB_MM and sum_mm >= _PD_SHARE * nadir_mm


@dataclass(frozen=True, slots=True)
class Rules:
    """What stays the same from visit to visit of one scope.

    Attributes
    ----------
    marker_was_raised
        At baseline, so that CR needs it to be normal.
    whole
        Answers for the whole patient, where the liver may not be PD without them.
    carries_pr
        Whether a confirmed PR is written on.
    """

    settings: Settings
    view: View
    marker_was_raised: bool
    whole: Mapping[str, TimepointResponse] | None
    carries_pr: bool


def assess_visits(
    course: Course, view: View, whole: Mapping[str, TimepointResponse] | None = None
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum and the response of every visit after baseline.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    whole
        Answers for the whole patient; with the setting ``liver_pd_requires_overall``
        growth in the liver is PD only where it made the whole patient PD.
    """
    settings = course.settings
    asks_whole = settings.liver_pd_requires_overall and view.scope is Scope.LIVER
    rules = Rules(
        settings=settings,
        view=view,
        marker_was_raised=settings.marker_required_for_cr
        and _marker_was_raised(course, view),
        whole=whole if asks_whole else None,
        carries_pr=settings.pr_persistence is PrPersistence.CARRY_CONFIRMED,
    )
    past = first = _at_baseline(course, view)
    answers: dict[str, TimepointResponse] = {}
    for visit in course.follow_ups:
        answers[visit.id], past = _visit(rules, visit, past)
    return first.baseline_mm, restated(course, view, answers)


def _at_baseline(course: Course, view: View) -> PastVisits:
    if course.baseline is None or not view.targets:
        return PastVisits(baseline_mm=None, nadir_mm=None, nadir_at=None)
    total = visit_sum(view, course.baseline.seen).complete_mm
    first = course.baseline.id
    return PastVisits(baseline_mm=total, nadir_mm=total, nadir_at=first)


def _marker_was_raised(course: Course, view: View) -> bool:
    if not view.marker_counts or course.baseline is None:
        return False
    return bool(marker_at(course.baseline))


def _visit(
    rules: Rules, visit: CourseVisit, past: PastVisits
) -> tuple[TimepointResponse, PastVisits]:
    """Return the response of one visit and what the next one is judged against."""
    seen, view = visit.seen, rules.view
    if visit.recorded:
        return _recorded(rules, visit, past)
    total = visit_sum(view, seen)
    rule = _target_rule(rules, visit, past, total)
    target = CLAUSES[rule].response
    found = non_targets(view, seen) if view.non_targets else NONE_SEEN
    nontarget = _non_target(rules, visit, past, found, target)
    new_lesions = new_lesions_of(view, seen) if visit.shows_new else _NO_NEW
    row = overall_response(target, nontarget, new_lesions is _NEW)
    overall = row.overall
    if overall is NED:
        overall = rules.settings.no_disease_as
    given = _given(view, seen) if overall is NE else None
    override = given is not None and given is not NE
    disease_seen = (
        past.cr_at is None
        or override
        or new_lesions is _NEW
        or bool(found.persisting or found.progressed or present_again(view, seen))
    )
    if override and given is not None:
        overall = given
    partial_sum_mm = total.measured_mm if total.missing else None
    sum_mm = None if total.missing else total.measured_mm
    baseline_sum_mm, nadir_ref_mm = past.baseline_mm, past.nadir_mm
    post_pd = past.had_pd
    why = Evidence(view, visit, rule, row, past.cr_at, override)
    # By place, as keywords take twice as long; each is named as its field.
    answer = TimepointResponse(
        visit.id,
        visit.date,
        visit.day,
        sum_mm,
        partial_sum_mm,
        baseline_sum_mm,
        nadir_ref_mm,
        past.nadir_at,
        target,
        nontarget,
        new_lesions,
        overall,
        None,
        post_pd,
        why,
        disease_seen=disease_seen,
    )
    return answer, _after(rules, past, answer)


def _after(rules: Rules, past: PastVisits, answer: TimepointResponse) -> PastVisits:
    """Return the past as the next visit sees it; partial sums are never the nadir."""
    total, overall, nadir = answer.sum_mm, answer.overall, past.nadir_mm
    is_plain = overall not in _COMPLETE and overall is not PD
    no_lower = total is None or nadir is None or total >= nadir
    if is_plain and no_lower and not rules.carries_pr:
        return past  # as almost every visit of a patient who is stable
    nadir_at, cr_at, visits = past.nadir_at, past.cr_at, past.visits
    name = answer.timepoint_id
    if total is not None and nadir is not None and total < nadir:
        nadir, nadir_at = total, name
    if overall in _COMPLETE:
        cr_at = name
    had_pd = past.had_pd or overall is PD
    if rules.carries_pr:
        seen = Dated(answer.day, overall, name, answer.disease_seen)
        visits = (*visits, seen)
    return PastVisits(past.baseline_mm, nadir, nadir_at, cr_at, had_pd, visits)


def _given(view: View, seen: FindingsTimepoint) -> Response | None:
    """Return the response that the reader wrote down for the scope."""
    return seen.overall if view.scope is Scope.OVERALL else seen.liver


def _recorded(
    rules: Rules, visit: CourseVisit, past: PastVisits
) -> tuple[TimepointResponse, PastVisits]:
    """Return the answer of a visit of which only responses were written down."""
    given = _given(rules.view, visit.seen)
    overall = given or NE
    if overall is NA:
        overall = rules.settings.no_disease_as
    answer = TimepointResponse(
        timepoint_id=visit.id,
        date=visit.date,
        day=visit.day,
        sum_mm=None,
        partial_sum_mm=None,
        baseline_sum_mm=past.baseline_mm,
        nadir_ref_mm=past.nadir_mm,
        nadir_at=past.nadir_at,
        target=None,
        nontarget=None,
        new_lesions=None,
        overall=overall,
        restated_overall=None,
        post_pd=past.had_pd,
        why=Recorded(rules.view.scope.value, given is not None, visit.compared),
    )
    return answer, _after(rules, past, answer)


def _target_rule(
    rules: Rules, visit: CourseVisit, past: PastVisits, total: VisitSum
) -> TargetRule:
    """Return the clause that decides the target response, in the order of the paper."""
    if not rules.view.targets:
        return TargetRule.NO_TARGETS
    if total.gone:
        return TargetRule.GONE
    measured, nadir, baseline = total.measured_mm, past.nadir_mm, past.baseline_mm
    if measured is None or nadir is None or baseline is None:
        return TargetRule.MISSING
    may_be_back = past.cr_at is not None or not nadir
    if measured - nadir >= _PD_LIMB_MM or may_be_back:
        worse = _worse(rules, visit, past, total)
        if worse is not None:
            return worse
    if total.missing:
        return TargetRule.MISSING
    return _shrunk_or_stable(rules, past, measured, baseline)


def _shrunk_or_stable(
    rules: Rules, past: PastVisits, measured: Decimal, baseline: Decimal
) -> TargetRule:
    if meets_pr(measured, baseline):
        return TargetRule.SHRUNK
    if past.visits and _pr_goes_on(past.visits, rules.settings):
        return TargetRule.CARRIED
    return TargetRule.STABLE


def _worse(
    rules: Rules, visit: CourseVisit, past: PastVisits, total: VisitSum
) -> TargetRule | None:
    """Return the clause by which targets are PD, or None."""
    measured, nadir = total.measured_mm, past.nadir_mm
    if measured is None or nadir is None or not _may_be_pd(rules, visit, "target"):
        return None
    if meets_pd(measured, nadir):
        return TargetRule.PART_GROWN if total.missing else TargetRule.GROWN
    mode = rules.settings.reappearance
    back = back_is_progression(rules.settings)
    if not back or (past.cr_at is None and nadir):
        return None
    if not present_again(rules.view, visit.seen):
        return None
    if past.cr_at is not None:
        return TargetRule.BACK_AFTER_CR
    return TargetRule.BACK_FROM_ZERO if mode is Reappearance.FROM_ZERO_NADIR else None


def _may_be_pd(rules: Rules, visit: CourseVisit, finding: str) -> bool:
    """Return whether growth may be PD here; only a liver-only rule says no."""
    return rules.whole is None or getattr(rules.whole[visit.id], finding) is PD


def _pr_goes_on(visits: tuple[Dated, ...], settings: Settings) -> bool:
    """Return whether a confirmed PR stands, with neither PD nor CR after it."""
    pair = confirmed_pr(visits, settings)
    if pair is None:
        return False
    since = visits[visits.index(pair.later) :]
    return all(visit.response not in (CR, PD) for visit in since)


def _non_target(
    rules: Rules,
    visit: CourseVisit,
    past: PastVisits,
    found: NonTargets,
    target: Response,
) -> Response:
    """Return the non-target response: lesions first, then the tumour marker."""
    view = rules.view
    response = non_target_response(found, rules.settings) if view.non_targets else NA
    if found.persisting and past.cr_at is not None and response is not PD:
        back = back_is_progression(rules.settings)
        return PD if back and _may_be_pd(rules, visit, "nontarget") else response
    claims_cr = response is CR or (response is NA and target is CR)
    if rules.marker_was_raised and claims_cr:
        return {True: NON_CR_NON_PD, None: NE, False: response}[marker_at(visit)]
    return response
