"""A tumour marker at a visit: raised or not, in whichever words it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from recist_tool.errors import FindingsError

_RAISED = frozenset(
    ["raised", "elevated", "high", "increased", "abnormal", "above", "positive", "yes"]
)
_NORMAL = frozenset(["normal", "normalised", "normalized", "low", "negative", "below"])
_UNKNOWN = frozenset(["", "ne", "not done", "not evaluated", "missing", "unknown"])
_ABOUT = frozenset(["name", "unit", "units", "note", "date", "assay"])
_RAISED_KEYS = frozenset(["raised", "elevated", "high", "abnormal", "above uln"])
_NORMAL_KEYS = frozenset(["normal", "normalised", "normalized"])
_STATE_KEYS = frozenset(["state", "status", "level"])
_LIMIT_KEYS = frozenset(["uln", "upper limit", "upper limit of normal"])

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
    plain = _plain(word)
    if plain in _UNKNOWN:
        return None
    words = set(plain.split())
    raised, normal = bool(words & _RAISED), bool(words & _NORMAL)
    denied = bool(words & {"not", "no"})
    if words == {"no"}:
        return False
    if raised == normal:
        raise _unreadable()
    return raised is not denied


def _from_mapping(marker: Mapping[str, Any]) -> bool | None:
    facts = {_plain(key): value for key, value in marker.items()}
    facts = {key: value for key, value in facts.items() if key not in _ABOUT}
    if len(facts) == 2 and (limit := facts.keys() & _LIMIT_KEYS):
        [value] = facts.keys() - limit
        return _number(facts[value]) > _number(facts[limit.pop()])
    if len(facts) != 1:
        return _from_several(facts)
    [(key, value)] = facts.items()
    if key in _NORMAL_KEYS:
        normal = marker_raised(value)
        return None if normal is None else not normal
    if key in _RAISED_KEYS | _STATE_KEYS:
        return marker_raised(value)
    return _from_several(facts)


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").replace("-", " ").split())


def _from_several(markers: Mapping[str, Any]) -> bool | None:
    """Return whether any of several named markers is raised."""
    if not markers or "value" in markers:
        raise _unreadable()
    raised = [marker_raised(marker) for marker in markers.values()]
    if any(raised):
        return True
    return None if None in raised else False


def _number(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _unreadable() from None
    if not number.is_finite():
        raise _unreadable()
    return number


def _unreadable() -> FindingsError:
    return FindingsError.at("marker", "cannot be read as normal or raised", REMEDY)
