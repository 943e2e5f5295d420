"""Rates of responders with their limits."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from scipy import special

from recist_tool.criteria.answer.vocabulary import NON_TARGET_STABLE, RESPONSES, STABLE
from recist_tool.terms import RateLimits
from recist_tool.trial.limits import ALPHA, Z

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recist_tool.terms import Response


class Rate(NamedTuple):
    """How many of how many, with 95 % limits.

    Attributes
    ----------
    rate, ci95
        As fractions; None where nobody was counted.
    """

    responders: int
    n: int
    rate: float | None
    ci95: tuple[float, float] | None


def rate(
    responders: int, n: int, limits: RateLimits = RateLimits.CLOPPER_PEARSON
) -> Rate:
    """Return the rate of `responders` among `n`, with 95 % limits.

    >>> rate(8, 20).rate
    0.4
    >>> [round(limit, 4) for limit in rate(8, 20).ci95]
    [0.1912, 0.6395]

    Parameters
    ----------
    responders, n
        Patients; of 0 patients there is no rate (None).
    limits
        Clopper-Pearson (exact) or Wilson.

    Raises
    ------
    ValueError
        If there are fewer than 0 or more than `n` responders.
    """
    if not 0 <= responders <= n:
        msg = f"{responders} responders of {n} patients"
        raise ValueError(msg)
    if n == 0:
        return Rate(0, 0, None, None)
    method = wilson if limits is RateLimits.WILSON else clopper_pearson
    return Rate(responders, n, responders / n, method(responders, n))


def clopper_pearson(responders: int, n: int) -> tuple[float, float]:
    """Return exact 95 % limits from beta quantiles (Clopper and Pearson 1934)."""
    missing = n - responders
    low = special.betaincinv(responders, missing + 1, ALPHA / 2) if responders else 0.0
    high = (
        special.betaincinv(responders + 1, missing, 1 - ALPHA / 2) if missing else 1.0
    )
    return float(low), float(high)


def wilson(responders: int, n: int) -> tuple[float, float]:
    """Return 95 % score limits without continuity correction (Wilson 1927)."""
    share = responders / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * sqrt(share * (1 - share) / n + (Z / (2 * n)) ** 2) / (1 + Z * Z / n)
    low = centre - half if responders else 0.0
    high = centre + half if responders < n else 1.0
    return low, high


def response_rate(
    responses: Iterable[Response], limits: RateLimits = RateLimits.CLOPPER_PEARSON
) -> Rate:
    """Return the rate of CR and PR among all (Eisenhauer 2009, 4.9).

    Responses of other criteria count as what they correspond to (`RECIST_WORD`).
    Patients with NE or without any answer count as not responding: give them as NE.
    """
    return _rate_of(responses, RESPONSES, limits)


def disease_control_rate(
    responses: Iterable[Response],
    limits: RateLimits = RateLimits.CLOPPER_PEARSON,
    *,
    count_non_cr_non_pd: bool = True,
) -> Rate:
    """Return the rate of CR, PR and SD among all, and NON-CR/NON-PD where counted.

    Parameters
    ----------
    responses
        The best response of each patient; whatever it is, it counts in the denominator.
    limits
        Clopper-Pearson (exact) or Wilson.
    count_non_cr_non_pd
        Whether NON-CR/NON-PD is control, as SD is.
    """
    wanted = RESPONSES | STABLE
    if count_non_cr_non_pd:
        wanted |= NON_TARGET_STABLE
    return _rate_of(responses, wanted, limits)


def _rate_of(
    responses: Iterable[Response], wanted: frozenset[Response], limits: RateLimits
) -> Rate:
    found = [response in wanted for response in responses]
    return rate(sum(found), len(found), limits)
