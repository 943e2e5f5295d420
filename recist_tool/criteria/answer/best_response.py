"""Best response of a course under criteria that have their own words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.confirmation import (
    Dated,
    confirmed_cr,
    confirmed_pr,
    first_confirmed,
)
from recist_tool.criteria.answer.vocabulary import RESPONSES
from recist_tool.terms import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.criteria.answer.confirmation import ConfirmedPair
    from recist_tool.model.protocol import Settings

NE: Final = Response.NE
_NON_TARGETS_ONLY: Final = frozenset(
    {Response.NON_CR_NON_PD, Response.NON_ICR_NON_IUPD}
)


class Scale(NamedTuple):
    """The responses of one set of criteria, and what becomes of them over a course.

    Attributes
    ----------
    order
        The best first.
    stop
        The response that ends the course; None where nothing does.
    complete, partial
        Responses that a later visit confirms; None where the paper asks for no
        confirmation.
    stable
        What needs the minimum time from the reference date.
    citation
        Who says so.
    """

    order: tuple[Response, ...]
    stop: Response | None
    complete: Response | None
    partial: Response | None
    stable: Response | None
    citation: str


class Best(NamedTuple):
    """The best response of a course, with and without confirmation.

    Attributes
    ----------
    at
        The visit that gave the confirmed answer, or the first of the pair.
    pair
        The visits that confirm the response, where one is confirmed.
    used
        Visits that counted: up to progression and not after new treatment.
    """

    unconfirmed: Response
    confirmed: Response
    at: Dated | None
    pair: ConfirmedPair | None
    used: tuple[Dated, ...]
    settings: Settings
    scale: Scale

    @property
    def citation(self) -> str:
        """Where the rule is published."""
        return self.scale.citation

    @property
    def reason(self) -> str:
        """Why the confirmed best response is what it is, in one sentence."""
        if self.pair is not None:
            first, later = self.pair
            days = later.day - first.day
            by = f"{_place(later)}, {days} days later"
            return f"{self.confirmed} at {_place(first)} confirmed by {by}"
        if self.at is None:
            return "no visit gave a response that counts"
        if self.at.response is not self.confirmed:
            return f"{self.at.response} at {_place(self.at)} was not confirmed"
        return f"{self.confirmed} at {_place(self.at)}"

    def first_response(self, *, confirmed: bool) -> Dated | None:
        """Return the visit with which the response began, or None without one."""
        if not confirmed or self.scale.complete is None:
            return next((one for one in self.used if one.response in RESPONSES), None)
        first = first_confirmed(_as_recist(self.used, self.scale), self.settings)
        return first and next(one for one in self.used if one.day == first.day)


def best(visits: Sequence[Dated], settings: Settings, scale: Scale) -> Best:
    """Return the best response of visits in the order of their days.

    Parameters
    ----------
    visits
        Responses after baseline, with days from the reference date.
    settings
        Minimum for stable disease, and confirmation where the scale asks for it.

    Examples
    --------
    >>> from recist_tool.model.protocol import Settings
    >>> scale = Scale(
    ...     (Response.PMR, Response.SMD, Response.PMD),
    ...     Response.PMD,
    ...     None,
    ...     None,
    ...     None,
    ...     "Wahl 2009",
    ... )
    >>> visits = [Dated(30, Response.SMD), Dated(60, Response.PMR)]
    >>> best(visits, Settings(), scale).confirmed.value
    'PMR'
    """
    used = until(visits, scale.stop, settings)
    at = _first_best(used, settings, scale)
    unconfirmed = NE if at is None else at.response
    if scale.complete is None or scale.partial is None:
        return Best(
            unconfirmed=unconfirmed,
            confirmed=unconfirmed,
            at=at,
            pair=None,
            used=used,
            settings=settings,
            scale=scale,
        )
    pair = _pair(used, settings, scale)
    if pair is not None:
        own = _own(pair, used)
        return Best(
            unconfirmed=unconfirmed,
            confirmed=own,
            at=pair.first,
            pair=pair,
            used=used,
            settings=settings,
            scale=scale,
        )
    at = _first_best(_unconfirmed_as_stable(used, scale), settings, scale)
    confirmed = NE if at is None else at.response
    seen = at and next(one for one in used if one.day == at.day)
    return Best(
        unconfirmed=unconfirmed,
        confirmed=confirmed,
        at=seen,
        pair=None,
        used=used,
        settings=settings,
        scale=scale,
    )


def until(
    visits: Sequence[Dated], stop: Response | None, settings: Settings
) -> tuple[Dated, ...]:
    """Return the visits that count: up to progression and to new treatment.

    Parameters
    ----------
    stop
        The response that ends a course; None where the criteria have none.
    settings
        Of these, ``new_therapy_day`` ends it too: later visits do not count.
    """
    used: list[Dated] = []
    last_day = settings.new_therapy_day
    for visit in visits:
        if last_day is not None and visit.day > last_day:
            break
        used.append(visit)
        if visit.response is stop:
            break
    return tuple(used)


def _first_best(
    visits: Sequence[Dated], settings: Settings, scale: Scale
) -> Dated | None:
    early = {scale.stable}
    if settings.sd_minimum_for_non_cr_non_pd:
        early |= _NON_TARGETS_ONLY
    counting = [
        one
        for one in visits
        if one.response in scale.order
        and (one.response not in early or one.day >= settings.sd_min_days)
    ]
    return min(counting, key=lambda one: scale.order.index(one.response), default=None)


def _unconfirmed_as_stable(visits: Sequence[Dated], scale: Scale) -> tuple[Dated, ...]:
    assert scale.stable is not None  # noqa: S101 - scales that confirm have it
    objective = (scale.complete, scale.partial)
    return tuple(
        one._replace(response=scale.stable) if one.response in objective else one
        for one in visits
    )


def _pair(
    visits: Sequence[Dated], settings: Settings, scale: Scale
) -> ConfirmedPair | None:
    """Return the visits that confirm a response, found by the rules of RECIST 1.1."""
    as_recist = _as_recist(visits, scale)
    return confirmed_cr(as_recist, settings) or confirmed_pr(as_recist, settings)


def _as_recist(visits: Sequence[Dated], scale: Scale) -> list[Dated]:
    """Return the visits in the words of RECIST 1.1, as far as confirmation asks."""
    words = {
        scale.complete: Response.CR,
        scale.partial: Response.PR,
        scale.stable: Response.SD,
        NE: NE,
    }
    return [
        one._replace(response=words.get(one.response, Response.PD)) for one in visits
    ]


def _own(pair: ConfirmedPair, visits: Sequence[Dated]) -> Response:
    return next(one.response for one in visits if one.day == pair.first.day)


def _place(visit: Dated) -> str:
    return visit.timepoint_id or f"day {visit.day}"
