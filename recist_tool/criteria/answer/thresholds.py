"""Changes, and how far a figure is from the limit at which a response would change."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NamedTuple

LIMITS: Final = tuple(Decimal(at) for at in (10, 15, 20, 25, 30, 50, 75))
"""Percentages that criteria compare with, which a shown figure must not cross."""


class Threshold(NamedTuple):
    """A limit that a figure was compared with.

    Attributes
    ----------
    name
        The response on the far side: ``PD``.
    at, value
        The limit and the figure, in `unit`.
    """

    name: str
    at: Decimal
    value: Decimal
    unit: str

    @property
    def share(self) -> Decimal:
        """The distance as a share of the limit, by which distances are ranked."""
        distance = abs(self.value - self.at)
        return distance / abs(self.at) if self.at else distance

    @property
    def words(self) -> str:
        """The distance for a reader.

        >>> Threshold("PR", Decimal(500), Decimal(524), "mm²").words
        '24.0 mm² (4.8 %) above PR'
        """
        if self.value == self.at:
            return f"at {self.name}"
        side = "above" if self.value > self.at else "below"
        distance = amount(abs(self.value - self.at), self.unit)
        share = f" ({100 * self.share:.1f} %)" if self.at else ""
        return f"{distance}{share} {side} {self.name}"


def nearest(thresholds: tuple[Threshold, ...]) -> str | None:
    """Return the distance to the nearest threshold in words, or None without any."""
    closest = min(thresholds, key=lambda one: one.share, default=None)
    return None if closest is None else closest.words


def amount(value: Decimal, unit: str) -> str:
    """Return a figure with its unit, all its digits up to three, at least one decimal.

    >>> amount(Decimal("70"), "ml"), amount(Decimal("1.20"), "")
    ('70.0 ml', '1.2')
    """
    exponent = value.normalize().as_tuple().exponent
    digits = max(1, -exponent) if isinstance(exponent, int) else 1
    return f"{value:.{min(digits, 3)}f} {unit}".rstrip()


def percent_of(exact: Decimal) -> str:
    """Return a percentage, to one decimal where that does not cross a limit.

    >>> percent_of(Decimal("49.96")), percent_of(Decimal("49.9"))
    ('49.96 %', '49.9 %')
    """
    for digits in range(1, 5):
        shown = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if all((shown >= at) == (exact >= at) for at in LIMITS):
            return f"{shown} %"
    return f"{exact} %"


def change(value: Decimal, reference: Decimal, unit: str, name: str) -> str:
    """Return a figure against a reference, for a reader.

    >>> change(Decimal(500), Decimal(1000), "mm²", "baseline")
    '500.0 mm², 50.0 % below baseline 1000.0 mm²'

    Parameters
    ----------
    value, reference
        In `unit`, exact.
    name
        What the reference is called in the sentence: baseline, nadir.
    """
    shown, against = amount(value, unit), f"{name} {amount(reference, unit)}"
    if value == reference:
        return f"{shown}, as at {name}"
    side = "above" if value > reference else "below"
    if not reference:
        return f"{shown}, {side} {against}"
    share = percent_of(100 * abs(value - reference) / reference)
    return f"{shown}, {share} {side} {against}"
