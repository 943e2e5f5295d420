"""The words in which a trial's criteria speak: of responses, and of what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria import CRITERIA
from recist_tool.criteria.vocabulary import (
    RECIST_WORD,
    RESPONSES,
    STABLE,
    knows_progression,
    responses_of,
)
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.trial.cohort import TrialResult

_ORDER: Final = (
    Response.CR,
    Response.PR,
    Response.MR,
    Response.SD,
    Response.NON_CR_NON_PD,
    Response.NED,
    Response.IUPD,
    Response.PD,
    Response.NA,
    Response.NE,
)


def in_order(responses: Iterable[Response]) -> list[Response]:
    """Return responses from the best to the worst, those without an answer last."""
    every = list(Response)

    def place(response: Response) -> tuple[int, int]:
        known = response if response in _ORDER else RECIST_WORD[response]
        return _ORDER.index(known), every.index(response)

    return sorted(set(responses), key=place)


def response_words(result: TrialResult) -> str:
    """Return the words that count as a response: ``CMR, PMR``."""
    return _words(result, RESPONSES)


def control_words(result: TrialResult) -> str:
    """Return the words that count as disease control; empty where none does."""
    return _words(result, RESPONSES | STABLE, only_of_disease=True)


def speaks_of_recist(result: TrialResult) -> bool:
    """Return whether response and disease control are CR, PR and SD for all."""
    return control_words(result) in {"", "CR, PR, SD"} and result.knows_progression


def examined(result: TrialResult) -> str:
    """Return what makes a patient evaluable: a scan, or a visit with an answer."""
    return "scan" if result.knows_progression else "answer"


def _words(
    result: TrialResult, wanted: frozenset[Response], *, only_of_disease: bool = False
) -> str:
    chosen = [
        CRITERIA[one]
        for one in result.criteria
        if not only_of_disease or knows_progression(CRITERIA[one])
    ]
    found = (one for rules in chosen for one in responses_of(rules) & wanted)
    return ", ".join(in_order(found))
