"""A patient's course as criteria read it: dated visits in order, checked once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.course.checks import lesion_faults, simple, visit_faults
from recist_tool.criteria.course.marker import marker_raised
from recist_tool.criteria.course.organs import hepatic, organ_group
from recist_tool.errors import Fault, FindingsError
from recist_tool.terms import LIVER, LYMPH_NODE, LesionRole, Response, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from recist_tool.model.findings import (
        Findings,
        FindingsLesion,
        FindingsTimepoint,
        NewLesionFinding,
    )
    from recist_tool.model.protocol import Settings


_days = lru_cache(maxsize=4096)(dt.timedelta)
"""Spans of whole days, which the patients of a trial share."""


class CourseVisit(NamedTuple):
    """One timepoint with its date and its day from the reference date.

    Attributes
    ----------
    simple
        Every target has one diameter and every non-target one word: no lesion merged.
    recorded
        Only responses were written down, no findings.
    shows_new
        There is a finding of a lesion that baseline had not.
    compared
        False where there is no baseline: whatever was found or written down, the visit
        is not evaluable.
    """

    id: str
    date: dt.date | None
    day: int
    seen: FindingsTimepoint
    simple: bool
    recorded: bool
    shows_new: bool
    compared: bool = True


class CourseLesion(NamedTuple):
    """What sums and responses need to know of a baseline lesion.

    Attributes
    ----------
    organ
        As the reader wrote it.
    group
        The organ that it counts under.
    """

    id: str
    nodal: bool
    organ: str
    target: bool
    hepatic: bool
    group: str


class Course(NamedTuple):
    """All visits of one patient, in the order of their dates.

    Attributes
    ----------
    lesions
        Baseline lesions, in the order in which they were listed.
    baseline
        None where only the responses of later visits were recorded, or there is no
        scan to compare with.
    last_day
        Last day that best response may use: new anticancer treatment ends it.
    counted_from_baseline
        There was no reference date, so day 0 is the baseline scan.
    """

    findings: Findings
    settings: Settings
    lesions: tuple[CourseLesion, ...]
    baseline: CourseVisit | None
    follow_ups: tuple[CourseVisit, ...]
    last_day: int | None
    counted_from_baseline: bool


@dataclass(frozen=True, slots=True)
class View:
    """The lesions that one scope looks at.

    Attributes
    ----------
    target_ids
        To see whether a lesion merged into one that the scope does not count.
    marker_counts
        Whether a raised tumour marker speaks for this scope.
    """

    scope: Scope
    targets: tuple[CourseLesion, ...]
    non_targets: tuple[CourseLesion, ...]
    target_ids: frozenset[str]
    counts_new: Callable[[NewLesionFinding], bool]
    marker_counts: bool

    def new_at(self, seen: FindingsTimepoint) -> list[NewLesionFinding]:
        """Return the new lesions of a visit that this scope counts."""
        return [lesion for lesion in seen.new if self.counts_new(lesion)]


def course(findings: Findings) -> Course:
    """Return the course of a patient, or say everything that is wrong with it.

    Raises
    ------
    FindingsError
        Naming every fault at once: contradictory dates, unknown or repeated lesions,
        unmeasured baseline targets, merges that lead nowhere.
    """
    reference = _reference(findings)
    first = findings.timepoints[0] if findings.timepoints else None
    from_baseline = reference is None and first is not None and first.date is not None
    if first is not None and from_baseline:
        reference = first.date
    visits, faults = _dated(findings, reference, from_baseline)
    faults += lesion_faults(findings.lesions)
    lesions = _lesions(findings)
    targets = frozenset([one.id for one in lesions if one.target])
    others = frozenset([one.id for one in lesions]) - targets
    simple_ids = {visit.id for visit in visits if visit.simple}
    if not findings.has_baseline:
        visits = tuple([_not_compared(visit) for visit in visits])
    has_baseline = bool(visits) and not visits[0].recorded
    faults += visit_faults(
        findings, targets, others, simple_ids, has_baseline=has_baseline
    )
    if faults:
        raise FindingsError.of(faults)
    return Course(
        findings=findings,
        settings=_conventions(findings),
        lesions=lesions,
        baseline=visits[0] if has_baseline else None,
        follow_ups=visits[1:] if has_baseline else visits,
        last_day=_last_day(findings, reference),
        counted_from_baseline=from_baseline,
    )


def _conventions(findings: Findings) -> Settings:
    """Return the settings; disease known otherwise than by lesions is not "none"."""
    known = not findings.lesions and any(
        seen.volumes_ml or (seen.pet and seen.pet.lesions)
        for seen in findings.timepoints
    )
    if not known:
        return findings.settings
    return findings.settings.model_copy(update={"no_disease_as": Response.NE})


def view(course: Course, scope: Scope) -> View:
    """Return the lesions of a course that `scope` counts."""
    if scope is Scope.OVERALL:
        return _view(scope, course.lesions, _counts_all, marker_counts=True)
    inside = [lesion for lesion in course.lesions if lesion.hepatic]
    return _view(
        scope,
        inside,
        lambda lesion: hepatic(lesion, course.settings),
        marker_counts=len(inside) == len(course.lesions),
    )


def outside_liver(course: Course) -> View:
    """Return the lesions of a course that do not count as liver."""
    return _view(
        Scope.OVERALL,
        [lesion for lesion in course.lesions if not lesion.hepatic],
        lambda lesion: not hepatic(lesion, course.settings),
        marker_counts=False,
    )


def marker_at(visit: CourseVisit) -> bool | None:
    """Return whether the tumour marker was raised at a visit; None if unknown."""
    marker = visit.seen.marker
    return None if marker is None else marker_raised(marker)


def _counts_all(lesion: NewLesionFinding) -> bool:
    return True


def _view(
    scope: Scope,
    lesions: Iterable[CourseLesion],
    counts_new: Callable[[NewLesionFinding], bool],
    *,
    marker_counts: bool,
) -> View:
    targets = tuple([lesion for lesion in lesions if lesion.target])
    others = tuple([lesion for lesion in lesions if not lesion.target])
    ids = frozenset([lesion.id for lesion in targets])
    return View(
        scope=scope,
        targets=targets,
        non_targets=others,
        target_ids=ids,
        counts_new=counts_new,
        marker_counts=marker_counts,
    )


def _lesions(findings: Findings) -> tuple[CourseLesion, ...]:
    settings = findings.settings
    return tuple([_lesion(one, settings) for one in findings.lesions])


def _lesion(given: FindingsLesion, settings: Settings) -> CourseLesion:
    organ = given.organ
    group = organ_group(organ, settings.organ_words, nodal=given.nodal)
    nodal = group == LYMPH_NODE  # only of a node the site may count
    target = given.role is LesionRole.TARGET
    inside = group == LIVER or (nodal and hepatic(given, settings))
    return CourseLesion(given.id, nodal, organ, target, hepatic=inside, group=group)


def _last_day(findings: Findings, reference: dt.date | None) -> int | None:
    if findings.settings.new_therapy_day is not None or findings.follow_up is None:
        return findings.settings.new_therapy_day
    start = findings.follow_up.new_therapy
    return None if start is None or reference is None else (start - reference).days


def _dated(
    findings: Findings, reference: dt.date | None, from_baseline: bool
) -> tuple[tuple[CourseVisit, ...], list[Fault]]:
    """Return the visits with date and day, and what is wrong with them."""
    faults: list[Fault] = []
    visits = tuple(
        [_visit(seen, reference, from_baseline, faults) for seen in findings.timepoints]
    )
    return visits, faults or _order_faults(visits)


def _reference(findings: Findings) -> dt.date | None:
    """Return day 0: as given, as a date and its day imply, or the first treatment."""
    if findings.reference_date is not None:
        return findings.reference_date
    for seen in findings.timepoints:
        if seen.date is not None and seen.day is not None:
            return seen.date - dt.timedelta(days=seen.day)
    return min((session.date for session in findings.treatment), default=None)


def _visit(
    seen: FindingsTimepoint,
    reference: dt.date | None,
    from_baseline: bool,
    faults: list[Fault],
) -> CourseVisit:
    date, day = seen.date, seen.day
    if date is not None and reference is not None:
        counted = (date - reference).days
        if day is not None and day != counted:
            what = f"{date} is day {counted} from {reference}, not day {day}"
            faults.append(Fault(_at(seen.id), what, "Correct the date or the day"))
        day = counted
    elif day is None or from_baseline:
        what = "dates and days cannot be put in one order without a reference date"
        faults.append(Fault(_at(seen.id), what, "Give reference_date"))
        day = 0
    elif reference is not None:
        date = reference + _days(day)
    recorded, shows_new = only_recorded(seen), bool(seen.new)
    return CourseVisit(seen.id, date, day, seen, simple(seen), recorded, shows_new)


def _not_compared(visit: CourseVisit) -> CourseVisit:
    """Return a visit for which there is no baseline: nothing tells its response."""
    liver = None if visit.seen.liver is None else Response.NE  # it has disease there
    left: dict[str, object] = {"target": {}, "nontarget": {}, "new": ()}
    left |= {"overall": None, "liver": liver}
    seen = visit.seen.model_copy(update=left)
    return visit._replace(
        seen=seen, simple=True, recorded=True, shows_new=False, compared=False
    )


def only_recorded(seen: FindingsTimepoint) -> bool:
    """Return whether a visit gives responses and no findings."""
    if seen.overall is None and seen.liver is None:
        return False
    return not (seen.target or seen.nontarget or seen.new)


def _order_faults(visits: tuple[CourseVisit, ...]) -> list[Fault]:
    return [
        _order_fault(earlier, later)
        for earlier, later in pairwise(visits)
        if later.day <= earlier.day or later.id == "BL"
    ]


def _order_fault(earlier: CourseVisit, later: CourseVisit) -> Fault:
    if later.day == earlier.day:
        what = f"has the same date as {earlier.id}"
        remedy = "Join the two into one timepoint, or correct a date"
    elif later.id == "BL" and later.day > earlier.day:
        what = f"the baseline is later than {earlier.id}"
        remedy = "Correct the dates: the baseline comes first"
    else:
        what = f"is earlier than {earlier.id}, which is listed before it"
        remedy = "List the timepoints in the order of their dates"
    return Fault(_at(later.id), what, remedy)


def _at(timepoint_id: str) -> str:
    return f"timepoint {timepoint_id}"
