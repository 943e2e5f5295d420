"""Whether two PET scans of a patient can be compared (PERCIST 1.0; Wahl 2009)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.thresholds import amount

if TYPE_CHECKING:
    from recist_tool.model.criteria_settings import PercistSettings
    from recist_tool.model.pet import PetScan

UPTAKE_MINUTES: Final = (50, 70)
MAX_UPTAKE_DIFFERENCE: Final = 15
MAX_SHARE_PERCENT: Final = 20
MAX_LIVER_SUL: Final = Decimal("0.3")


def differences(before: PetScan, now: PetScan, settings: PercistSettings) -> list[str]:
    """Return in which ways two scans cannot be compared; empty where they can.

    What is not known of one of them is not held against it: see `unknowns`.

    Parameters
    ----------
    before, now
        Uptake times in minutes, activities in MBq, SUL of the liver.
    settings
        Of these, ``liver_limit_is_strict``: whether SUL of the liver may differ by less
        than 0.3 only, or by just that too.

    Examples
    --------
    >>> from recist_tool.model.criteria_settings import PercistSettings
    >>> from recist_tool.model.pet import PetScan
    >>> early = PetScan(uptake_minutes=45)
    >>> differences(PetScan(uptake_minutes=60), early, PercistSettings())
    ['uptake of 45.0 min is outside 50 to 70 min']
    """
    found = [*_uptake(before, now), *_dose(before, now)]
    found += _liver(before, now, strict=settings.liver_limit_is_strict)
    for what in ("tracer", "scanner", "reconstruction"):
        then, later = getattr(before, what), getattr(now, what)
        if then is not None and later is not None and then != later:
            found.append(f"another {what}")
    return found


def unknowns(before: PetScan, now: PetScan) -> list[str]:
    """Return what is not known of one of two scans, and so was not compared."""
    names = {
        "uptake time": "uptake_minutes",
        "injected activity": "injected_mbq",
        "scanner": "scanner",
        "reconstruction": "reconstruction",
        "liver SUL": "liver",
    }
    return [
        name
        for name, field in names.items()
        if getattr(before, field) is None or getattr(now, field) is None
    ]


def _uptake(before: PetScan, now: PetScan) -> list[str]:
    earliest, latest = UPTAKE_MINUTES
    times = [
        one for one in (before.uptake_minutes, now.uptake_minutes) if one is not None
    ]
    found = [
        f"uptake of {amount(one, 'min')} is outside {earliest} to {latest} min"
        for one in times
        if not earliest <= one <= latest
    ]
    if len(times) == 2 and abs(times[0] - times[1]) > MAX_UPTAKE_DIFFERENCE:
        found.append(
            f"uptake times differ by {amount(abs(times[0] - times[1]), 'min')}"
        )
    return found


def _dose(before: PetScan, now: PetScan) -> list[str]:
    if before.injected_mbq is None or now.injected_mbq is None:
        return []
    difference = abs(now.injected_mbq - before.injected_mbq)
    if 100 * difference <= MAX_SHARE_PERCENT * before.injected_mbq:
        return []
    return [f"injected activity differs by more than {MAX_SHARE_PERCENT} %"]


def _liver(before: PetScan, now: PetScan, *, strict: bool) -> list[str]:
    """Return how the liver differs: by more than 20 %, or by more than 0.3 SUL."""
    if before.liver is None or now.liver is None:
        return []
    then, later = before.liver.mean_sul, now.liver.mean_sul
    difference = abs(later - then)
    found: list[str] = []
    if 100 * difference > MAX_SHARE_PERCENT * then:
        found.append(f"liver SUL differs by more than {MAX_SHARE_PERCENT} %")
    if difference > MAX_LIVER_SUL or (strict and difference == MAX_LIVER_SUL):
        found.append(f"liver SUL differs by {amount(difference, '')}")
    return found
