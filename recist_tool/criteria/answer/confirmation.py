"""When a later visit confirms a response (Eisenhauer 2009, 4.6.1 and appendix III)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.model.protocol import Settings

CR, PR, SD, NE = Response.CR, Response.PR, Response.SD, Response.NE


class Dated(NamedTuple):
    """The response of one visit, at its day from the reference date.

    Attributes
    ----------
    disease
        False where the response falls short of CR only by what was not evaluated or
        by a tumour marker, after an earlier CR: no disease was seen.
    """

    day: int
    response: Response
    timepoint_id: str = ""
    disease: bool = True


class ConfirmedPair(NamedTuple):
    """A response and the visit that confirmed it."""

    first: Dated
    later: Dated


def confirmed_cr(visits: Sequence[Dated], settings: Settings) -> ConfirmedPair | None:
    """Return the first CR that a later CR confirms, or None.

    Only CR and, within the limit of the settings, NE may lie between. A visit that
    showed no disease and fell short of CR only by what was not seen counts as NE.
    """
    return _confirmed(visits, settings, CR, 0)


def confirmed_pr(visits: Sequence[Dated], settings: Settings) -> ConfirmedPair | None:
    """Return the first PR that a later PR or CR confirms, or None.

    One SD may lie between (PR, SD, PR: appendix III), or any number or none, as the
    settings say; and NE visits within their limit. A PR after a CR confirms nothing.
    """
    if settings.any_sd_between_pr_ok:
        return _confirmed(visits, settings, PR, len(visits))
    return _confirmed(visits, settings, PR, int(settings.one_sd_between_pr_ok))


def first_confirmed(visits: Sequence[Dated], settings: Settings) -> Dated | None:
    """Return the first CR or PR that a later visit confirms, or None.

    Of PR, CR, CR it is the PR, which the first CR confirms: there the response began
    (Eisenhauer 2009, 4.6.2).
    """
    pairs = (confirmed_cr(visits, settings), confirmed_pr(visits, settings))
    firsts = [pair.first for pair in pairs if pair is not None]
    return min(firsts, key=lambda one: one.day, default=None)


def _confirmed(
    visits: Sequence[Dated], settings: Settings, response: Response, sd_allowed: int
) -> ConfirmedPair | None:
    for place, first in enumerate(visits):
        if first.response is response:
            later = _confirming(visits, place, settings, sd_allowed)
            if later is not None:
                return ConfirmedPair(first, later)
    return None


def _confirming(
    visits: Sequence[Dated], place: int, settings: Settings, sd_allowed: int
) -> Dated | None:
    """Return the visit that confirms the response at `place`, or None."""
    first = visits[place]
    due = first.day + settings.confirm_min_days
    best_so_far = first.response
    unseen = 0
    for later in visits[place + 1 :]:
        response = later.response
        if response is CR or response is best_so_far or _as_good(later, first):
            if later.day >= due:
                return later
            best_so_far = CR if CR in (best_so_far, response) else response
        elif response is NE or not later.disease:
            unseen += 1
        elif response is SD:
            sd_allowed -= 1
        else:
            return None
        if unseen > settings.max_ne_between or sd_allowed < 0:
            return None
    return None


def _as_good(later: Dated, first: Dated) -> bool:
    """Return whether a visit after CR still has the response of an earlier one."""
    return not later.disease and later.response is first.response
