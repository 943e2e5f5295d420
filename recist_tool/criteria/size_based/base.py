"""Criteria that judge the size of targets, visit by visit.

What differs from paper to paper is what is measured and what a change of it means; the
walk from visit to visit, non-targets, new lesions and missing visits are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.after_cr import back_is_progression
from recist_tool.criteria.answer.answer import Figure, SumLimits, TimepointResponse
from recist_tool.criteria.answer.thresholds import Threshold, amount, nearest
from recist_tool.criteria.numbers import listed
from recist_tool.criteria.recist11.new_lesions import new_lesions, restated
from recist_tool.criteria.recist11.non_targets import (
    NONE_SEEN,
    non_target_response,
    non_targets,
)
from recist_tool.criteria.recist11.phrases import (
    new_lesion_phrase,
    non_target_phrase,
    unseen_phrase,
)
from recist_tool.criteria.recist11.reasons import Recorded
from recist_tool.criteria.recist11.tables import overall_response
from recist_tool.criteria.size_based.figures import (
    NO_PAST,
    NOTHING,
    Measure,
    PastSizes,
    from_baseline,
    present,
    visit_burden,
)
from recist_tool.terms import NewLesions, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import Why
    from recist_tool.criteria.course.course import (
        Course,
        CourseLesion,
        CourseVisit,
        View,
    )
    from recist_tool.criteria.size_based.figures import Burden

PD, NE, NA = Response.PD, Response.NE, Response.NA
BACK_AFTER_CR: Final = "silent on disease after CR: PD as Eisenhauer 2009, 4.3.5"


class Ruling(NamedTuple):
    """What one paper says of the targets of a visit.

    Attributes
    ----------
    text
        The deciding fact, as the start of a sentence.
    section
        Where in the paper; empty where the paper has no such place.
    thresholds
        What the figures were compared with.
    figures
        What was compared, the decisive one first.
    """

    response: Response
    text: str
    section: str = ""
    thresholds: tuple[Threshold, ...] = ()
    figures: tuple[Figure, ...] = ()


class Combined(NamedTuple):
    """The overall response of targets, non-targets and new lesions, and who says so."""

    overall: Response
    citation: str


def combined_as_recist(target: Response, nontarget: Response, new: bool) -> Combined:
    """Return the overall response by Tables 1 and 2 of RECIST 1.1.

    Parameters
    ----------
    target, nontarget
        In the words of RECIST 1.1; NA where there were none at baseline.
    new
        Whether there is a definite new lesion.
    """
    row = overall_response(target, nontarget, new)
    where = row.citation or "without disease at baseline"
    return Combined(row.overall, f"combined as RECIST 1.1, {where}")


class SizeCriteria(NamedTuple):
    """One set of criteria that judges the size of targets.

    Attributes
    ----------
    judge
        The response of the targets that were there at baseline.
    """

    paper: str
    measure: Measure
    judge: Callable[[CourseVisit, Burden, PastSizes], Ruling]
    combine: Callable[[Response, Response, bool], Combined] = combined_as_recist


class SizeEvidence(NamedTuple):
    """Everything that one visit was judged on.

    Attributes
    ----------
    back_after
        Earlier visit with overall CR, where disease that is back since makes PD.
    """

    paper: str
    view: View
    visit: CourseVisit
    ruling: Ruling
    combined: Combined
    override: bool
    back_after: str | None

    def reason(self, answer: TimepointResponse) -> str:
        """Return the deciding facts, the decisive one first."""
        seen = self.visit.seen
        parts = [
            f"reader's override of NE: {answer.overall}" if self.override else "",
            new_lesion_phrase(self.view, seen, answer.new_lesions),
            non_target_phrase(self.view, seen, answer.nontarget, self.back_after),
            self.ruling.text,
            unseen_phrase(self.view, seen, answer.nontarget),
        ]
        none = "no lesion" if answer.overall is NE else "no disease"
        return "; ".join(part for part in parts if part) or none

    def citation(self, answer: TimepointResponse) -> str:
        """Return the paper, its section and how the findings were combined."""
        if self.override:
            return f"{self.paper}: documented by the reader"
        section = self.ruling.section
        if answer.nontarget is PD and not self._progressed():
            section = BACK_AFTER_CR
        places = (self.paper, section)
        where = ", ".join(place for place in places if place)
        return f"{where}; {self.combined.citation}"

    def _progressed(self) -> bool:
        return bool(non_targets(self.view, self.visit.seen).progressed)

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return the sums at which the target response changes, mm."""
        if answer.nadir_ref_mm is None:
            return None
        at = {one.name: one.at for one in self.ruling.thresholds}
        if "PR" not in at or "PD" not in at:
            return None
        return SumLimits(at["PR"], at["PD"])

    def nearest(self) -> str | None:
        """Return the distance to the nearest threshold in words, or None."""
        return nearest(self.ruling.thresholds)


def assess_sizes(
    criteria: SizeCriteria, course: Course, view: View
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the baseline sum in mm, if it is one, and the response of every visit.

    Parameters
    ----------
    criteria
        What is measured of a target, how its sums are judged, and how they are
        combined.
    view
        The lesions that count: of the whole patient, or of the liver.
    """
    past = NO_PAST
    if course.baseline is not None and view.targets:
        baseline = visit_burden(criteria.measure, view, course.baseline.seen)
        past = from_baseline(course.baseline.id, baseline)
    total = past.baseline if criteria.measure.unit == "mm" else None
    answers: dict[str, TimepointResponse] = {}
    for visit in course.follow_ups:
        answers[visit.id], past = _visit(criteria, course, view, visit, past)
    return total, restated(course, view, answers)


def not_evaluated(now: Burden, past: PastSizes, what: str, unit: str) -> str:
    """Return which targets were not evaluated, and what the others add up to.

    Parameters
    ----------
    now
        The visit, some target of which has no figure.
    past
        Without a sum at baseline the sentence is about baseline.
    what
        The figure, as the sentence calls it: area, volume.
    unit
        Of the sums.
    """
    if past.baseline is None:
        every = (*now.sizes, *now.missing)
        unknown = [name for name in every if name not in past.baseline_sizes]
        return f"{what} of {listed(unknown)} not measured at baseline"
    text = f"{what} of {listed(list(now.missing))} not evaluated"
    if now.measured is None:
        return text
    return f"{text}; the others add up to {amount(now.measured, unit)}"


def given_response(view: View, visit: CourseVisit) -> Response | None:
    """Return the response that was written down beside or instead of findings."""
    seen = visit.seen
    return seen.overall if view.scope is Scope.OVERALL else seen.liver


def recorded_answer(
    course: Course, view: View, visit: CourseVisit, *, post_pd: bool
) -> TimepointResponse:
    """Return the answer of a visit of which only responses were written down.

    Parameters
    ----------
    view
        The lesions that count: of the whole patient, or of the liver.
    post_pd
        Whether an earlier visit was progression.
    """
    given = given_response(view, visit)
    overall = given or NE
    if overall is NA:
        overall = course.settings.no_disease_as
    why = Recorded(view.scope.value, given is not None, visit.compared)
    return bare_answer(visit, overall, why, post_pd=post_pd)


def bare_answer(
    visit: CourseVisit, overall: Response, why: Why, *, post_pd: bool
) -> TimepointResponse:
    """Return an answer without sums of diameters.

    Parameters
    ----------
    why
        What the reason and citation of the answer are told from.
    post_pd
        Whether an earlier visit was progression.
    """
    return TimepointResponse(
        timepoint_id=visit.id,
        date=visit.date,
        day=visit.day,
        sum_mm=None,
        partial_sum_mm=None,
        baseline_sum_mm=None,
        nadir_ref_mm=None,
        nadir_at=None,
        target=None,
        nontarget=None,
        new_lesions=None,
        overall=overall,
        restated_overall=None,
        post_pd=post_pd,
        why=why,
    )


def _visit(
    criteria: SizeCriteria,
    course: Course,
    view: View,
    visit: CourseVisit,
    past: PastSizes,
) -> tuple[TimepointResponse, PastSizes]:
    post_pd = past.pd_at is not None
    if visit.recorded:
        answer = recorded_answer(course, view, visit, post_pd=post_pd)
        return answer, _after(past, answer, NOTHING)
    now = visit_burden(criteria.measure, view, visit.seen) if view.targets else NOTHING
    ruling = criteria.judge(visit, now, past) if view.targets else _NO_TARGETS
    answer = _answer(criteria, course, view, visit, ruling, past.cr_at)
    answer = answer._replace(post_pd=post_pd, nadir_at=past.nadir_at)
    if criteria.measure.unit == "mm":
        answer = answer._replace(
            sum_mm=now.complete,
            partial_sum_mm=now.measured if now.missing else None,
            baseline_sum_mm=past.baseline,
            nadir_ref_mm=past.nadir,
        )
    return answer, _after(past, answer, now)


def _after(past: PastSizes, answer: TimepointResponse, now: Burden) -> PastSizes:
    overall = answer.overall
    return past.after(
        answer.timepoint_id,
        now,
        progressed=overall is PD,
        complete=overall is Response.CR,
    )


_NO_TARGETS: Final = Ruling(NA, "")


def _answer(
    criteria: SizeCriteria,
    course: Course,
    view: View,
    visit: CourseVisit,
    ruling: Ruling,
    cr_at: str | None,
) -> TimepointResponse:
    settings = course.settings
    found = non_targets(view, visit.seen) if view.non_targets else NONE_SEEN
    nontarget = non_target_response(found, settings) if view.non_targets else NA
    new = new_lesions(view, visit.seen) if visit.seen.new else NewLesions.NO
    back = [] if cr_at is None else present(criteria.measure, view, visit.seen)
    back_after = cr_at if back_is_progression(settings) else None
    if back_after is not None and back:
        ruling = _back(ruling, back, back_after)
    if back_after is not None and found.persisting:
        nontarget = PD
    combined = criteria.combine(ruling.response, nontarget, new is NewLesions.YES)
    overall = combined.overall
    if overall is Response.NED:
        overall = settings.no_disease_as
    given = given_response(view, visit)
    override = given is not None and overall is NE and given is not NE
    if override and given is not None:
        overall = given
    lesions_seen = back or found.persisting or found.progressed
    why = SizeEvidence(
        criteria.paper, view, visit, ruling, combined, override, back_after
    )
    return bare_answer(visit, overall, why, post_pd=False)._replace(
        target=ruling.response,
        nontarget=nontarget,
        new_lesions=new,
        figures=ruling.figures,
        disease_seen=(
            cr_at is None or override or new is NewLesions.YES or bool(lesions_seen)
        ),
    )


def _back(ruling: Ruling, back: list[CourseLesion], cr_at: str) -> Ruling:
    """Return the ruling on targets that are back after overall CR: PD of any size.

    The paper's own rule is cited where it says so already.
    """
    named = listed([f"{one.id} ({one.organ})" for one in back])
    verb = "is" if len(back) == 1 else "are"
    text = f"{named} {verb} back after CR at {cr_at}; {ruling.text}"
    section = ruling.section if ruling.response is PD else BACK_AFTER_CR
    return ruling._replace(response=PD, text=text, section=section)
