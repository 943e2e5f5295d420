"""Response criteria: one paper, one file.

A new set of criteria is one file and one line in `CRITERIA`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria import recist11, recist11_queries
from recist_tool.terms import Criteria

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from recist_tool.criteria.answer import Message, TimepointResponse
    from recist_tool.criteria.course import Course, View

    Answers = Mapping[str, TimepointResponse]


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
    """

    assess_visits: Callable[
        [Course, View, Answers | None],
        tuple[Decimal | None, dict[str, TimepointResponse]],
    ]
    queries: Callable[[Course, View, Answers], list[Message]]


CRITERIA: Final[Mapping[Criteria, CriteriaSet]] = {
    Criteria.RECIST_1_1: CriteriaSet(recist11.assess_visits, recist11_queries.queries),
}
