"""What one published set of criteria can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.criteria.answer.vocabulary import PROGRESSIONS, RECIST_1_1
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer.answer import Message, TimepointResponse
    from recist_tool.criteria.answer.best_response import Scale
    from recist_tool.criteria.course.course import Course, View
    from recist_tool.model.findings import Findings, FindingsTimepoint

    Answers = Mapping[str, TimepointResponse]


def knows_progression(rules: CriteriaSet) -> bool:
    """Return whether a set of criteria has a word for progression.

    Markers, symptoms and the use of a drug have none: who does not respond is neither
    stable nor in progression.
    """
    return not PROGRESSIONS.isdisjoint(rules.responses)


class CriteriaSet(NamedTuple):
    """What one published set of criteria can do.

    Attributes
    ----------
    assess_visits
        From a course seen in one scope: the baseline sum, and the answers by visit.
        The third argument holds the answers for the whole patient, where the scope
        is only a part.
    queries
        What a person should look at in one scope.
    scale
        Its responses and how the best of a course is found; None for RECIST 1.1,
        whose best response is a table of its own.
    progressed
        The answer that dates the progression; None where it is the first one that is
        progression as it stands today.
    also_in_liver
        Whether visits show liver lesions that are none of the lesions listed.
    """

    assess_visits: Callable[
        [Course, View, Answers | None],
        tuple[Decimal | None, dict[str, TimepointResponse]],
    ]
    queries: Callable[[Course, View, Answers], list[Message]]
    scale: Scale | None = None
    progressed: Callable[[Course, Answers], TimepointResponse | None] | None = None
    also_in_liver: Callable[[Findings, Iterable[FindingsTimepoint]], bool] = (
        lambda findings, visits: False
    )

    @property
    def responses(self) -> frozenset[Response]:
        """The responses that a visit may have."""
        if self.scale is None:
            return RECIST_1_1
        return frozenset(self.scale.order) | {Response.NA}
