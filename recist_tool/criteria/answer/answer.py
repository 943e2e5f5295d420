"""What a set of criteria answers: small tuples, cheap to make by the million.

Percentages, limits and sentences are worked out only when they are asked for; the
categories were decided from exact sums before that and never from these figures.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, cast, runtime_checkable

from recist_tool.criteria.numbers import millimetres

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from recist_tool.criteria.answer.confirmation import Dated
    from recist_tool.terms import MessageLevel, NewLesions, Response


AFTER_CR: Final = "Eisenhauer 2009, Table 3, note a"


class Message(NamedTuple):
    """A remark about an assessment that does not change it.

    Attributes
    ----------
    level
        A query asks a person to look; a warning tells; neither blocks.
    code
        Short fixed name of the remark, for programs.
    text
        One sentence for a reader.
    lesion, timepoint
        What the remark is about, where it is about one.
    """

    level: MessageLevel
    code: str
    text: str
    lesion: str | None = None
    timepoint: str | None = None


class SumLimits(NamedTuple):
    """The sums at which the target response would change, mm.

    Attributes
    ----------
    pr_mm
        Largest sum that is still a PR.
    pd_mm
        Smallest sum that is a PD.
    """

    pr_mm: Decimal
    pd_mm: Decimal


class Figure(NamedTuple):
    """A number that criteria compare beside, or instead of, a sum of diameters.

    Attributes
    ----------
    name, unit
        ``sum of products`` in ``mm²``; the unit may be empty.
    value, baseline, nadir
        Now, at baseline, and the smallest before this visit; None where unknown or
        not used.
    lesion, response
        Where the figure is about one lesion: which, and what became of it.
    """

    name: str
    unit: str
    value: Decimal | None
    baseline: Decimal | None = None
    nadir: Decimal | None = None
    lesion: str | None = None
    response: Response | None = None

    @property
    def pct_from_baseline(self) -> Decimal | None:
        """Change from baseline, percent; None without both, or from 0."""
        return _percent(self.value, self.baseline)

    @property
    def pct_from_nadir(self) -> Decimal | None:
        """Change from the nadir, percent; None without both, or from 0."""
        return _percent(self.value, self.nadir)


class Why(Protocol):
    """The evidence behind one answer, kept by the criteria that gave it."""

    def reason(self, answer: TimepointResponse) -> str:
        """Return why, in one sentence for a reader."""
        ...

    def citation(self, answer: TimepointResponse) -> str:
        """Return where the rule is published."""
        ...

    def limits(self, answer: TimepointResponse) -> SumLimits | None:
        """Return the sums at which the response changes, or None without a sum."""
        ...


@runtime_checkable
class WhyWithThresholds(Why, Protocol):
    """Evidence of criteria that compare other numbers than a sum of diameters."""

    def nearest(self) -> str | None:
        """Return the distance to the nearest threshold in words, or None."""
        ...


class BestWhy(Protocol):
    """The evidence behind a best overall response."""

    @property
    def reason(self) -> str:
        """Why the confirmed best response is what it is, in one sentence."""
        ...

    @property
    def citation(self) -> str:
        """Where the rule is published."""
        ...

    def first_response(self, *, confirmed: bool) -> Dated | None:
        """Return the visit with which the response began, or None without one."""
        ...


class TimepointResponse(NamedTuple):
    """The response of one visit in one scope.

    Attributes
    ----------
    timepoint_id, date, day
        The visit; `day` counts from the reference date, `date` is None where only
        days were given.
    sum_mm
        Sum of diameters, mm; None unless every target was measured.
    partial_sum_mm
        Sum of what was measured, mm, where a target is missing.
    baseline_sum_mm, nadir_ref_mm
        The sums compared with, mm; the nadir is the smallest complete sum before
        this visit, baseline included.
    nadir_at
        Timepoint of that nadir.
    target, nontarget, new_lesions
        The three findings; None where only the response was recorded.
    overall
        As read at the visit.
    restated_overall
        What the visit came to since: where a later one confirmed an equivocal new
        lesion, and by the convention for disease after CR.
    post_pd
        The visit comes after the first PD as read: shown, not used.
    why
        The evidence; `reason`, `citation` and the limits come from it.
    figures
        What criteria other than RECIST 1.1 compared, the decisive one first.
    disease_seen
        False where a visit after CR shows no lesion: only what was not evaluated, or a
        tumour marker, keeps it from CR.
    restated_because
        Why it is restated, where disease after CR is the reason.
    """

    timepoint_id: str
    date: dt.date | None
    day: int
    sum_mm: Decimal | None
    partial_sum_mm: Decimal | None
    baseline_sum_mm: Decimal | None
    nadir_ref_mm: Decimal | None
    nadir_at: str | None
    target: Response | None
    nontarget: Response | None
    new_lesions: NewLesions | None
    overall: Response
    restated_overall: Response | None
    post_pd: bool
    why: Why
    figures: tuple[Figure, ...] = ()
    disease_seen: bool = True
    restated_because: str = ""

    @property
    def effective(self) -> Response:
        """The response as it stands today: restated where it was."""
        return self.restated_overall or self.overall

    @property
    def pct_from_baseline(self) -> Decimal | None:
        """Change of the sum from baseline, percent; None without both sums."""
        return _percent(self.sum_mm, self.baseline_sum_mm)

    @property
    def abs_from_nadir_mm(self) -> Decimal | None:
        """Change of the sum from the nadir, mm."""
        if self.sum_mm is None or self.nadir_ref_mm is None:
            return None
        return self.sum_mm - self.nadir_ref_mm

    @property
    def pct_from_nadir(self) -> Decimal | None:
        """Change of the sum from the nadir, percent; None where the nadir is 0 mm."""
        return _percent(self.sum_mm, self.nadir_ref_mm)

    @property
    def reason(self) -> str:
        """Why, in one sentence for a reader."""
        parts = (self.why.reason(self), self.restated_because)
        return "; ".join(part for part in parts if part)

    @property
    def citation(self) -> str:
        """Where the rule is published: the section, and the row of the table."""
        cited = self.why.citation(self)
        return f"{cited}; {AFTER_CR}" if self.restated_because else cited

    @property
    def to_pd_mm(self) -> Decimal | None:
        """How far the sum is below the PD limit, mm; negative or 0 from there on."""
        limits = self.why.limits(self)
        if limits is None or self.sum_mm is None:
            return None
        return limits.pd_mm - self.sum_mm

    @property
    def to_pr_mm(self) -> Decimal | None:
        """How far the sum is above the PR limit, mm; negative or 0 from there on."""
        limits = self.why.limits(self)
        if limits is None or self.sum_mm is None:
            return None
        return self.sum_mm - limits.pr_mm

    @property
    def nearest_threshold(self) -> str | None:
        """The distance to the nearer limit in words: ``1.2 mm below PD``."""
        if _has_own_thresholds(type(self.why)):
            return cast("WhyWithThresholds", self.why).nearest()
        to_pd, to_pr = self.to_pd_mm, self.to_pr_mm
        if to_pd is None or to_pr is None:
            return None
        if abs(to_pd) <= abs(to_pr):
            return _distance(-to_pd, "PD")
        return _distance(to_pr, "PR")


class ScopeAssessment(NamedTuple):
    """All visits and the best response of one scope.

    Attributes
    ----------
    baseline_sum_mm
        None where there is no target in the scope.
    timepoints
        Visits after baseline by timepoint, in order.
    bor_unconfirmed, bor_confirmed
        Best overall response without and with confirmation.
    pd_date, pd_day
        First progression, dated back where an equivocal lesion was confirmed.
    bor_why
        The evidence for the best response.
    disease_after_cr
        The visit that shows disease after a CR and is no progression as read: a person
        must look at it.
    """

    baseline_sum_mm: Decimal | None
    timepoints: Mapping[str, TimepointResponse]
    bor_unconfirmed: Response
    bor_confirmed: Response
    pd_date: dt.date | None
    pd_day: int | None
    bor_why: BestWhy
    disease_after_cr: str | None = None

    @property
    def bor_reason(self) -> str:
        """Why the confirmed best response is what it is."""
        return self.bor_why.reason

    @property
    def bor_citation(self) -> str:
        """Where that rule is published."""
        return self.bor_why.citation


@cache
def _has_own_thresholds(kind: type[Why]) -> bool:
    """Return what ``isinstance`` says of a protocol, which is slow, once a class."""
    return issubclass(kind, WhyWithThresholds)


def _percent(value: Decimal | None, reference: Decimal | None) -> Decimal | None:
    if value is None or not reference:
        return None
    return 100 * (value - reference) / reference


def _distance(above: Decimal, limit: str) -> str:
    if not above:
        return f"at {limit}"
    side = "above" if above > 0 else "below"
    return f"{millimetres(abs(above))} {side} {limit}"
