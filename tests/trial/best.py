"""The best response of visits that are given as dates and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.criteria.answer.after_cr import settle
from recist_tool.trial.best_response import best_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.criteria.answer.confirmation import Dated
    from recist_tool.model.protocol import Settings
    from recist_tool.trial.best_response import BestResponse


def best_response(visits: Sequence[Dated], settings: Settings) -> BestResponse:
    """Return the best overall response of visits in the order of their days."""
    last_day = settings.new_therapy_day
    return best_of(settle(visits, settings, last_day=last_day), settings)
