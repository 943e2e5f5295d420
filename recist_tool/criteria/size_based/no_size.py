"""Criteria whose answer at a visit needs nothing of the visits before it but baseline.

Markers, symptoms and PET scans are judged so; there are no sums of diameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.answer.thresholds import Threshold, nearest
from recist_tool.criteria.size_based.base import (
    bare_answer,
    given_response,
    recorded_answer,
)
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import Figure, SumLimits, TimepointResponse
    from recist_tool.criteria.course.course import Course, CourseVisit, View
    from recist_tool.model.findings import FindingsTimepoint

PROGRESSED = frozenset({Response.PD, Response.PMD})


class Finding(NamedTuple):
    """What a visit shows, judged.

    Attributes
    ----------
    text
        Why, in one sentence for a reader.
    citation
        Where the rule is published.
    figures, thresholds
        What was compared, and with which limits.
    """

    response: Response
    text: str
    citation: str
    figures: tuple[Figure, ...] = ()
    thresholds: tuple[Threshold, ...] = ()


class PlainEvidence(NamedTuple):
    """The finding behind an answer, or the reader's own response in its place."""

    finding: Finding
    override: bool

    def reason(self, answer: TimepointResponse) -> str:
        """Return why, in one sentence."""
        if self.override:
            return f"reader's override of NE: {answer.overall}; {self.finding.text}"
        return self.finding.text

    def citation(self, answer: TimepointResponse) -> str:
        """Return where the rule is published."""
        if self.override:
            return f"{self.finding.citation}: documented by the reader"
        return self.finding.citation

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return None: there is no sum of diameters."""
        return None

    def nearest(self) -> str | None:
        """Return the distance to the nearest threshold in words, or None."""
        return nearest(self.finding.thresholds)


def assess_plain(
    course: Course,
    view: View,
    found: Callable[[CourseVisit], Finding],
    looks_at: Callable[[FindingsTimepoint], object],
) -> tuple[Decimal | None, dict[str, TimepointResponse]]:
    """Return the response of every visit; there is no baseline sum.

    A response that was recorded stands alone only where a visit has nothing of what
    the criteria look at.

    Parameters
    ----------
    found
        The finding at one visit, from its own data and those of baseline.
    looks_at
        What of a visit the criteria look at; empty where it has nothing of that.
    """
    answers: dict[str, TimepointResponse] = {}
    progressed = False
    for visit in course.follow_ups:
        if visit.recorded and not looks_at(visit.seen):
            answer = recorded_answer(course, view, visit, post_pd=progressed)
        else:
            answer = _answer(view, visit, found(visit), post_pd=progressed)
        answers[visit.id] = answer
        progressed = progressed or answer.overall in PROGRESSED
    return None, answers


def _answer(
    view: View, visit: CourseVisit, finding: Finding, *, post_pd: bool
) -> TimepointResponse:
    given = given_response(view, visit)
    override = finding.response is Response.NE and given not in (None, Response.NE)
    overall = given if override and given is not None else finding.response
    why = PlainEvidence(finding, override)
    answer = bare_answer(visit, overall, why, post_pd=post_pd)
    return answer._replace(figures=finding.figures)
