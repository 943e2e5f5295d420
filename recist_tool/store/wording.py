"""What a validation found, in words for people: one line for each thing to mend.

Where a value may have several forms, pydantic tells what is wrong with each of them;
here the form that was meant is chosen, and only its faults are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    Location = tuple[int | str, ...]

_ENUM_MEMBER: Final = re.compile(r"<\w+\.\w+: ('[^']*')>")
_DECIMAL_COMMA: Final = re.compile(r"\s*[-+]?\d+,\d+\s*")
_COMMA_IN_JSON: Final = re.compile(r"[:\s]\d+,\d+\s*[},]")
_FORM: Final = re.compile(
    r"(?:str|int|bool|float|decimal|\w+\[.*|(?:Measured|Stated|Split)Target"
    r"|NonTargetFinding|AbsentPart|function-.*|constrained-.*|lax-or-strict.*)"
)
_LONGEST_NAME: Final = 64
_WRONG_FORM: Final = frozenset({"missing", "extra_forbidden"})
_COMMA: Final = "is written with a decimal comma"
_NUMBER: Final = "must be a number, such as 12.5"
_OBJECT: Final = "must be an object, in {{ }}"  # to be formatted
_LIST: Final = "must be a list, in [ ]"
_WHOLE: Final = "must be a whole number"
_TEXT: Final = "must be text, in quotes"
_YES_OR_NO: Final = "must be true or false"
_DATE: Final = "must be a date that exists, such as 2024-01-31"
_MOMENT: Final = "must be a date with time and zone, such as 2024-01-31T12:00:00Z"
_TOO_MANY_DIGITS: Final = "has more digits than a measurement can have"

# fmt: off
_WORDS: Final[dict[str, str]] = {
    "missing": "this field is missing",
    "extra_forbidden": "unknown field",
    "union_tag_not_found": "the field that says its kind is missing",
    "union_tag_invalid": "must be one of: {expected_tags}",
    "literal_error": "must be one of: {expected}",
    "enum": "must be one of: {expected}",
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "must not be empty",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_pattern_mismatch": "is not written as this field is",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _TOO_MANY_DIGITS,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": "must be a number, not infinite or missing",
    "decimal_max_digits": _TOO_MANY_DIGITS,
    "decimal_max_places": _TOO_MANY_DIGITS,
    "decimal_whole_digits": _TOO_MANY_DIGITS,
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "datetime_object_invalid": _MOMENT,
    "timezone_aware": _MOMENT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "too_short": "must hold at least {min_length} of them",
    "too_long": "must hold at most {max_length} of them",
    "none_required": "must be null",
}
# fmt: on
_REMEDIES: Final = {
    "extra_forbidden": "Remove the field, or install a newer recist_tool",
    "missing": "Add the field",
}
_CORRECT: Final = "Correct the value"


class Worded(NamedTuple):
    """One thing to mend: the field, what is wrong with it, and what to do."""

    field: str
    what: str
    remedy: str


def worded(details: Sequence[ErrorDetails]) -> list[Worded]:
    """Return each thing to mend once, in the order of the file.

    Values are left out: they may identify a patient.
    """
    found = [
        Worded(_field(one["loc"]), *_told(one))
        for one in _of_the_form_meant(details)
        if not _follows_from_others(one, details)
    ]
    return [
        _joined(list(same)) for _, same in groupby(found, key=lambda one: one.field)
    ]


def _joined(same: list[Worded]) -> Worded:
    """Return what is wrong with one field, which may have one of several forms."""
    commas = [one for one in same if one.what == _COMMA]
    first, *others = commas[:1] or dict.fromkeys(same)
    more = [one.what.removeprefix("must be ") for one in others]
    return first._replace(what=" or ".join([first.what, *more]))


def _of_the_form_meant(
    details: Sequence[ErrorDetails], at: int = 0
) -> list[ErrorDetails]:
    """Return the faults of the form that fits a value best, wherever forms differ.

    Parameters
    ----------
    at
        How many parts of each location were looked at: they are the same for all.
    """
    kept: list[ErrorDetails] = []
    for before, group in groupby(details, key=lambda one: _to_form(one["loc"], at)):
        inside = list(group)
        if before is None:
            kept += inside
            continue
        kept += _of_the_form_meant(_fitting(inside, len(before)), len(before) + 1)
    return kept


def _to_form(location: Location, at: int) -> Location | None:
    """Return the parts up to the next name of a form; None where there is none."""
    for place in range(at, len(location)):
        part = location[place]
        if isinstance(part, str) and _FORM.fullmatch(part):
            return location[:place]
    return None


def _fitting(details: list[ErrorDetails], at: int) -> list[ErrorDetails]:
    """Return the faults of the form with the fewest that say it was not meant."""
    forms: dict[int | str, list[ErrorDetails]] = {}
    for one in details:
        forms.setdefault(one["loc"][at], []).append(one)

    def misfit(faults: list[ErrorDetails]) -> int:
        whole = sum(len(one["loc"]) == at + 1 for one in faults)
        return whole + sum(one["type"] in _WRONG_FORM for one in faults)

    if all(len(one["loc"]) == at + 1 for one in details):
        return details  # no form fits at all: each is told
    return min(forms.values(), key=misfit)


def _follows_from_others(detail: ErrorDetails, every: Sequence[ErrorDetails]) -> bool:
    """Return whether a list is only too short because what it holds is faulty."""
    if detail["type"] != "too_short":
        return False
    at = detail["loc"]
    return any(
        len(one["loc"]) > len(at) and one["loc"][: len(at)] == at for one in every
    )


def _field(location: Location) -> str:
    named = [
        part for part in location if not (isinstance(part, str) and _is_no_field(part))
    ]
    parts = [
        f"[{part}]" if isinstance(part, int) else f".{_cut(part)}" for part in named
    ]
    return "".join(parts).removeprefix(".")


def _cut(name: str) -> str:
    """Return the name of a field, which in a damaged file may be of any length."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _is_no_field(part: str) -> bool:
    return part == "[key]" or _FORM.fullmatch(part) is not None


def _told(detail: ErrorDetails) -> tuple[str, str]:
    """Return what is wrong and what to do about it."""
    kind, given = detail["type"], detail["input"]
    if kind == "json_invalid":
        return _broken_json(str(detail.get("ctx", {}).get("error", "")), given)
    if kind in ("value_error", "assertion_error"):
        message = detail["msg"].partition(", ")[2]
        return message[:1].lower() + message[1:], ""
    words = _WORDS.get(kind)
    if words == _NUMBER and isinstance(given, str) and _DECIMAL_COMMA.fullmatch(given):
        return _COMMA, "Write a point: 12.5"
    if words is None:
        return "does not fit in this field", _CORRECT
    about: dict[str, Any] = detail.get("ctx", {})
    what = _ENUM_MEMBER.sub(r"\1", words.format(**about))
    return what, _REMEDIES.get(kind, _CORRECT)


def _broken_json(what: str, given: object) -> tuple[str, str]:
    text = given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)
    comma = what.startswith("key must be a string") and _COMMA_IN_JSON.search(text)
    remedy = (
        "Write decimal numbers with a point: 12.5"
        if comma
        else "Correct the file there"
    )
    what = what.replace("EOF while parsing", "the file ends inside")
    return f"not valid JSON ({what})", remedy
