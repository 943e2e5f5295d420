"""Findings and the calipers in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import CommandRefused
from recist_tool.model.finding import (
    Absent,
    Measured,
    MergedInto,
    NewLesionSeen,
    NonTargetSeen,
    NotEvaluable,
    Split,
    TooSmall,
)
from recist_tool.model.finding import caliper_of as caliper_of
from recist_tool.model.finding import calipers_of as calipers_of
from recist_tool.terms import LesionRole, NewLesionStatus

if TYPE_CHECKING:
    from recist_tool.model.diameter import Caliper

Finding = (
    Measured
    | Absent
    | TooSmall
    | NotEvaluable
    | Split
    | MergedInto
    | NonTargetSeen
    | NewLesionSeen
)


def with_caliper(
    role: LesionRole, caliper: Caliper | None, old: Finding | None
) -> Finding:
    """Return the finding that a caliper (or, with None, a mere sighting) makes.

    What was said before and still holds is kept: lesions merged with this one, the
    status of a non-target or of a new lesion.

    Raises
    ------
    CommandRefused
        For a target without a caliper: a target is measured.
    """
    if role is LesionRole.NON_TARGET:
        seen = old if isinstance(old, NonTargetSeen) else NonTargetSeen()
        return seen.replaced(caliper=caliper)
    if role is LesionRole.NEW:
        definite = NewLesionSeen(status=NewLesionStatus.DEFINITE)
        seen = old if isinstance(old, NewLesionSeen) else definite
        return seen.replaced(caliper=caliper)
    if caliper is None:
        raise CommandRefused.at(
            "target", "is measured", "Draw its caliper, or press N for a non-target"
        )
    if isinstance(old, Measured):
        return old.replaced(caliper=caliper)
    return Measured(caliper=caliper)
