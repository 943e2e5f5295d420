"""A tumour marker at a visit: raised or not, in whichever words it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from recist_tool.errors import FindingsError

_RAISED_WORDS = frozenset(
    ["raised", "elevated", "high", "increased", "abnormal", "above", "positive", "yes"]
)
_NORMAL_WORDS = frozenset(["normal", "normalised", "normalized", "low", "within", "no"])
_UNKNOWN_WORDS = frozenset(
    ["", "ne", "not done", "not evaluated", "missing", "unknown"]
)
_ABOUT = frozenset(["name", "unit", "units", "note", "date", "assay"])
_STATE_KEYS = ("state", "status", "level")
_LIMIT_KEYS = ("uln", "upper_limit", "upper_limit_of_normal")

REMEDY = (
    'Write "normal" or "raised", true for raised, or {"value": 12, "uln": 5}; '
    "leave it out if it was not measured"
)


def marker_raised(marker: object) -> bool | None:
    """Return whether a marker is above its normal limit; None if not measured.

    Parameters
    ----------
    marker
        A word (``"normal"``, ``"raised"``), a truth value for raised, a mapping with
        ``raised``, ``normal`` or ``state``, a ``value`` with its ``uln``, or a
        mapping from the names of markers to any of these.

    Raises
    ------
    FindingsError
        If it is anything else.

    Examples
    --------
    >>> marker_raised("elevated"), marker_raised({"value": 4, "uln": 5})
    (True, False)
    >>> marker_raised({"CEA": "normal", "CA19-9": {"raised": True}})
    True
    """
    if marker is None or isinstance(marker, bool):
        return marker
    if isinstance(marker, str):
        return _from_word(marker)
    if isinstance(marker, Mapping):
        return _from_mapping(cast("Mapping[str, Any]", marker))
    raise _unreadable()


def _from_word(word: str) -> bool | None:
    plain = word.strip().casefold()
    if plain in _UNKNOWN_WORDS:
        return None
    first = plain.split()[0]
    if first in _RAISED_WORDS:
        return True
    if first in _NORMAL_WORDS:
        return False
    raise _unreadable()


def _from_mapping(marker: Mapping[str, Any]) -> bool | None:
    facts = {key: value for key, value in marker.items() if key not in _ABOUT}
    limit = next((facts[key] for key in _LIMIT_KEYS if key in facts), None)
    if "value" in facts and limit is not None:
        return _number(facts["value"]) > _number(limit)
    if len(facts) != 1:
        return _from_several(facts)
    [(key, value)] = facts.items()
    if key in ("raised", "elevated"):
        return _truth(value)
    if key in ("normal", "normalised", "normalized"):
        return not _truth(value)
    if key in _STATE_KEYS:
        return marker_raised(value)
    return _from_several(facts)


def _from_several(markers: Mapping[str, Any]) -> bool | None:
    """Return whether any of several named markers is raised."""
    if not markers or "value" in markers:
        raise _unreadable()
    raised = [marker_raised(marker) for marker in markers.values()]
    if any(raised):
        return True
    return None if None in raised else False


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _unreadable()


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _unreadable()
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _unreadable() from None
    if not number.is_finite():
        raise _unreadable()
    return number


def _unreadable() -> FindingsError:
    return FindingsError.at("marker", "cannot be read as normal or raised", REMEDY)
