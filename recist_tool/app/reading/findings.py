"""What the reader draws, as a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import CommandRefused
from recist_tool.model.finding import seen_in_role

if TYPE_CHECKING:
    from recist_tool.model.diameter import Caliper
    from recist_tool.model.finding import Finding
    from recist_tool.terms import LesionRole


def with_caliper(
    role: LesionRole, caliper: Caliper | None, old: Finding | None
) -> Finding:
    """Return the finding that a caliper (or, with None, a mere sighting) makes.

    Parameters
    ----------
    role
        Of the lesion.
    caliper
        As drawn.
    old
        What was found before; what still holds of it is kept (`seen_in_role`).

    Raises
    ------
    CommandRefused
        For a target without a caliper: a target is measured.
    """
    found = seen_in_role(role, caliper, old)
    if found is None:
        raise CommandRefused.at(
            "target", "is measured", "Draw its caliper, or press N for a non-target"
        )
    return found
