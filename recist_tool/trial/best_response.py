"""Best overall response of a course (Eisenhauer 2009, 4.4.3, 4.6.1 and Table 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.criteria.answer.best_response import until
from recist_tool.criteria.answer.confirmation import (
    Dated,
    confirmed_cr,
    confirmed_pr,
    first_confirmed,
)
from recist_tool.terms import Response

if TYPE_CHECKING:
    from recist_tool.criteria.answer.after_cr import Settled
    from recist_tool.criteria.answer.confirmation import ConfirmedPair
    from recist_tool.model.protocol import Settings

CR, PR, SD, PD = Response.CR, Response.PR, Response.SD, Response.PD
NE, NED, NON_CR_NON_PD = Response.NE, Response.NED, Response.NON_CR_NON_PD

_RANK: Final = {CR: 0, PR: 1, SD: 2, NON_CR_NON_PD: 3, NED: 4, PD: 5, NE: 6}
_OBJECTIVE: Final = frozenset({CR, PR})
_AT_LEAST_STABLE: Final = frozenset({CR, PR, SD})


class Table3Row(NamedTuple):
    """One row of Table 3: two visits and the best response that they make.

    Attributes
    ----------
    number
        Row as printed, the heading not counted.
    minimum_met, too_early
        Best response where the first visit reached the minimum for SD, and where
        neither visit or only the later one did.
    """

    number: int
    first: Response
    later: Response
    minimum_met: Response
    too_early: Response


# fmt: off
TABLE_3: Final = (  # confirmation of CR and PR required
    #         row  first later  minimum met  first too early
    Table3Row(1,   CR,   CR,    CR,          CR),
    Table3Row(2,   CR,   PR,    SD,          PD),  # PR where the CR was not real
    Table3Row(3,   CR,   SD,    SD,          PD),
    Table3Row(4,   CR,   PD,    SD,          PD),
    Table3Row(5,   CR,   NE,    SD,          NE),
    Table3Row(6,   PR,   CR,    PR,          PR),
    Table3Row(7,   PR,   PR,    PR,          PR),
    Table3Row(8,   PR,   SD,    SD,          SD),
    Table3Row(9,   PR,   PD,    SD,          PD),
    Table3Row(10,  PR,   NE,    SD,          NE),
    Table3Row(11,  NE,   NE,    NE,          NE),
)
# fmt: on
_TABLE_3_ROWS: Final = {(row.first, row.later): row.number for row in TABLE_3}


class BestResponse(NamedTuple):
    """The best overall response, without and with confirmation.

    Attributes
    ----------
    used
        Visits that counted: up to the first PD and not after new treatment.
    pair
        The visits that confirm the response, where one is confirmed.
    disease_after_cr
        The visit that shows disease after a CR, which a person must look at.
    """

    unconfirmed: Response
    confirmed: Response
    used: tuple[Dated, ...]
    pair: ConfirmedPair | None
    disease_after_cr: Dated | None
    settings: Settings

    @property
    def reason(self) -> str:
        """Why the confirmed best response is what it is, in one sentence."""
        if self.pair is not None:
            return _confirmed_reason(self.pair)
        if not self.used:
            return "no visit after baseline counts"
        open_response = self._unconfirmed_objective()
        tail = f"; {_named(open_response)} was not confirmed" if open_response else ""
        return self._outcome() + tail

    @property
    def citation(self) -> str:
        """Where the rule is published; the row of Table 3 where two visits decide."""
        row = self._table_3_row()
        place = f"Table 3 row {row}" if row is not None else "4.4.3"
        return f"Eisenhauer 2009, {place}"

    def first_response(self, *, confirmed: bool) -> Dated | None:
        """Return the visit with which the response began, or None without one."""
        if confirmed:
            return first_confirmed(self.used, self.settings)
        return self._unconfirmed_objective()

    def _unconfirmed_objective(self) -> Dated | None:
        return next((one for one in self.used if one.response in _OBJECTIVE), None)

    def _outcome(self) -> str:
        minimum = self.settings.sd_min_days
        if self.confirmed in (SD, NON_CR_NON_PD):
            stable = next(one for one in self.used if _is_stable(one, self.settings))
            when = f"day {stable.day}, minimum {minimum} days"
            return f"{self.confirmed} by {_named(stable)} ({when})"
        if self.confirmed is PD:
            return f"PD at {self.used[-1].timepoint_id or f'day {self.used[-1].day}'}"
        if self.confirmed is NE and any(one.response is not NE for one in self.used):
            return f"no visit reached the minimum of {minimum} days"
        return f"{self.confirmed} throughout"

    def _table_3_row(self) -> int | None:
        first = self.pair.first if self.pair else self._unconfirmed_objective()
        if first is None:
            return None
        if self.pair:
            return _TABLE_3_ROWS[first.response, self.pair.later.response]
        after = self.used[self.used.index(first) + 1 :]
        later = after[0].response if after and after[0].disease else NE
        if self.disease_after_cr is not None and later is PD:
            later = self.disease_after_cr.response
        return _TABLE_3_ROWS.get((first.response, later))


def best_of(settled: Settled, settings: Settings) -> BestResponse:
    """Return the best overall response of visits as they stand after any CR."""
    used = until(settled.visits, PD, settings)
    unconfirmed = _unconfirmed(used, settings)
    confirmed, pair = _confirmed(used, settings)
    return BestResponse(
        unconfirmed=unconfirmed,
        confirmed=confirmed,
        used=used,
        pair=pair,
        disease_after_cr=settled.asked,
        settings=settings,
    )


def _unconfirmed(visits: tuple[Dated, ...], settings: Settings) -> Response:
    best = NE
    for visit in visits:
        response = visit.response
        if _RANK[response] < _RANK[best] and _counts(visit, settings):
            best = response
    return best


def _confirmed(
    visits: tuple[Dated, ...], settings: Settings
) -> tuple[Response, ConfirmedPair | None]:
    responses = {visit.response for visit in visits}
    if CR in responses and (pair := confirmed_cr(visits, settings)):
        return CR, pair
    if PR in responses and (pair := confirmed_pr(visits, settings)):
        return PR, pair
    best = NE
    for visit in visits:
        response = SD if visit.response in _OBJECTIVE else visit.response
        if _RANK[response] < _RANK[best] and _counts_as(response, visit.day, settings):
            best = response
    return best, None


def _counts(visit: Dated, settings: Settings) -> bool:
    return _counts_as(visit.response, visit.day, settings)


def _counts_as(response: Response, day: int, settings: Settings) -> bool:
    """Return whether a response at `day` is late enough to be a best response."""
    if response is SD:
        return day >= settings.sd_min_days
    if response is NON_CR_NON_PD and settings.sd_minimum_for_non_cr_non_pd:
        return day >= settings.sd_min_days
    return True


def _is_stable(visit: Dated, settings: Settings) -> bool:
    if visit.response in _AT_LEAST_STABLE:
        return visit.day >= settings.sd_min_days
    return visit.response is NON_CR_NON_PD and _counts(visit, settings)


def _confirmed_reason(pair: ConfirmedPair) -> str:
    days = pair.later.day - pair.first.day
    return f"{_named(pair.first)} confirmed by {_named(pair.later)}, {days} days later"


def _named(visit: Dated) -> str:
    return f"{visit.response} at {visit.timepoint_id or f'day {visit.day}'}"
