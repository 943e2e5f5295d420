"""Figures as a reader sees them. Nothing is ever decided from these."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_SHOWN_LIMITS = (Decimal(20), Decimal(30))


def millimetres(value: Decimal) -> str:
    """Return a length with its unit, all its digits and at least one decimal.

    >>> millimetres(Decimal("70")), millimetres(Decimal("9.85"))
    ('70.0 mm', '9.85 mm')
    """
    whole, _, digits = f"{value:f}".partition(".")
    return f"{whole}.{digits.rstrip('0') or '0'} mm"


def percent(part: Decimal, whole: Decimal) -> str:
    """Return ``part`` of ``whole`` in percent, to one decimal where that is honest.

    More decimals are shown where one would put the figure on the wrong side of 20 %
    or 30 %.

    >>> percent(Decimal("30"), Decimal("100"))
    '30.0 %'
    >>> percent(Decimal("29.96"), Decimal("100"))
    '29.96 %'
    """
    exact = 100 * part / whole
    for digits in range(1, 5):
        shown = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if all((shown >= at) == (exact >= at) for at in _SHOWN_LIMITS):
            return f"{shown} %"
    return f"{exact} %"


def listed(names: list[str]) -> str:
    """Return names as a reader lists them.

    >>> listed(["T1", "T2", "T3"])
    'T1, T2 and T3'
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
