"""Where the uptake of a lesion ends on PET, as a protocol says it: one line of text.

``41 % of maximum`` or another per cent, ``SUV 4.0`` or another SUV by body weight,
``PERCIST liver``, ``gradient``, ``midway to background``.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator

from recist_tool.terms import UptakeBorder, UptakeMethod

_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%(?: of maximum)?")
_SUV: Final = re.compile(r"(?:SUV ?)?(\d{1,3}(?:\.\d+)?)", re.IGNORECASE)
_NAMED: Final = {
    UptakeBorder.PERCIST: UptakeMethod.PERCIST,
    UptakeBorder.GRADIENT: UptakeMethod.GRADIENT,
    UptakeBorder.MIDWAY: UptakeMethod.MIDWAY,
}
_UNKNOWN: Final = (
    "a border of uptake is a per cent (41 %), an SUV (SUV 4.0), PERCIST liver, "
    "gradient, or midway to background"
)


class UptakeRule(NamedTuple):
    """Where uptake ends.

    Attributes
    ----------
    level
        Of a share: of the maximum, above 0 to 1; of a fixed one: SUV by body weight,
        above 0. None for the others.
    """

    method: UptakeMethod
    level: float | None = None

    def __str__(self) -> str:
        """Return it as a protocol writes it."""
        if self.level is None:
            return next(name for name, how in _NAMED.items() if how is self.method)
        if self.method is UptakeMethod.SHARE:
            return f"{round(100 * self.level, 6):g} % of maximum"
        return f"SUV {self.level:g}" if self.level % 1 else f"SUV {self.level:.1f}"


def uptake_rule(text: str) -> UptakeRule:
    """Return the border that a protocol or a person wrote.

    Parameters
    ----------
    text
        Also shorter than a protocol writes it: ``50%``, ``2.5``, ``percist``.

    Raises
    ------
    ValueError
        If it is none, or a level is not above 0 or above the maximum; it says so.
    """
    words = " ".join(text.split())
    for name, method in _NAMED.items():
        if words.lower() in {name.lower(), name.lower().split()[0]}:
            return UptakeRule(method)
    if (match := _PERCENT.fullmatch(words)) and 0 < float(match[1]) <= 100:
        return UptakeRule(UptakeMethod.SHARE, float(match[1]) / 100)
    if (match := _SUV.fullmatch(words)) and float(match[1]) > 0:
        return UptakeRule(UptakeMethod.FIXED, float(match[1]))
    raise ValueError(_UNKNOWN)


def _as_written(text: str) -> str:
    return str(uptake_rule(text))


UptakeBorderText = Annotated[str, AfterValidator(_as_written)]
"""A border of uptake in a record."""
