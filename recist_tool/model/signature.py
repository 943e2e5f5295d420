"""What a signature stands under: the answers as they were when a visit was signed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from recist_tool.model.record import Record
from recist_tool.terms import Criteria, NewLesions, Response, Scope

SignedNumber = Annotated[Decimal, PlainSerializer(float, when_used="json")]
"""A figure as it was shown: no rule compares it any more."""


class SignedFigure(Record):
    """A number that criteria other than RECIST 1.1 compare.

    Attributes
    ----------
    name, unit, lesion, response
        As in the figure of the answer.
    value
        None where it was not evaluated.
    """

    name: str
    unit: str = ""
    lesion: str | None = None
    value: SignedNumber | None = None
    response: Response | None = None


class SignedAnswer(Record):
    """What was answered at a visit by one set of criteria, in one scope.

    It rests on that visit and those before it, on nothing that was read later.

    Attributes
    ----------
    baseline_sum_mm, sum_mm
        None without targets; `sum_mm` also where one was not measured, and at baseline.
    pct_from_baseline, pct_from_nadir
        Change of the sum, percent.
    target, nontarget, new_lesions, overall
        None at baseline; parts also where only the response was recorded.
    best_unconfirmed, best_confirmed
        Best response so far.
    """

    criteria: Criteria
    scope: Scope
    baseline_sum_mm: SignedNumber | None = None
    sum_mm: SignedNumber | None = None
    pct_from_baseline: SignedNumber | None = None
    pct_from_nadir: SignedNumber | None = None
    target: Response | None = None
    nontarget: Response | None = None
    new_lesions: NewLesions | None = None
    overall: Response | None = None
    best_unconfirmed: Response | None = None
    best_confirmed: Response | None = None
    figures: tuple[SignedFigure, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is an answer: before any is, there is nothing to sign for."""
        return self != SignedAnswer(criteria=self.criteria, scope=self.scope)


class SignedVisit(Record):
    """Which signature: of whom, and on which visit."""

    reader_id: str
    timepoint_id: str
