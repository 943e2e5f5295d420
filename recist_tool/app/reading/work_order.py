"""In which order the reader meets what waits; dates and names as typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from recist_tool.model.blinding import Blinding
    from recist_tool.model.case import Timepoint


def next_of(
    order: Sequence[str], waiting: Collection[str], chosen: str | None, step: int
) -> str | None:
    """Return the next (or, with -1, the previous) of `waiting` after the chosen one.

    The search goes round; None when nothing waits.

    >>> next_of(["T1", "T2", "T3"], {"T1", "T3"}, "T1", 1)
    'T3'
    >>> next_of(["T1", "T2", "T3"], {"T1", "T3"}, "T1", -1)
    'T3'
    >>> next_of(["T1", "T2", "T3"], {"T1"}, None, 1)
    'T1'

    Parameters
    ----------
    order
        All there are, in the order in which they are gone through.
    chosen
        Where the search begins; None begins at the first, or from the end at the last.
    step
        Above 0 forwards, else backwards.
    """
    turned = list(order) if step > 0 else list(reversed(order))
    start = turned.index(chosen) + 1 if chosen in turned else 0
    ahead = [*turned[start:], *turned[:start]]
    return next((one for one in ahead if one in waiting), None)


def as_date(text: str, blinding: Blinding) -> dt.date:
    """Return a date that a reader typed.

    Raises
    ------
    CommandRefused
        If it is not written as 2024-03-06, or as day 68 where dates are not told.
    """
    date = blinding.date_of(text)
    if date is None:
        raise CommandRefused.at(
            text.strip() or "date", "is no date", f"Write it as {blinding.date_example}"
        )
    return date


def free_name(visits: Sequence[Timepoint], proposed: str) -> str:
    """Return the name proposed for a visit, or the first TPn that is not taken."""
    taken = {one.timepoint_id for one in visits}
    names = (f"TP{number}" for number in range(1, len(taken) + 2))
    return next(name for name in (proposed, *names) if name not in taken)
