"""The words in which a trial's criteria speak: of responses, and of what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.answer.criteria_set import knows_progression
from recist_tool.criteria.answer.vocabulary import RESPONSES, STABLE, best_first
from recist_tool.criteria.registry import CRITERIA

if TYPE_CHECKING:
    from recist_tool.terms import Response
    from recist_tool.trial.cohort import TrialResult


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
    found = (one for rules in chosen for one in rules.responses & wanted)
    return ", ".join(best_first(found))
