"""Fields of forms: what a reader types, and the value that it stands for. No Qt."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

from pydantic import ValidationError

from recist_tool.errors import CommandRefused
from recist_tool.model.blinding import Blinding
from recist_tool.store.validation import faults_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from pydantic import BaseModel

    Made = TypeVar("Made", bound=BaseModel)

YES = "yes"
"""What a reader chooses where something is so."""
NO = "no"
"""What a reader chooses where something is not so."""
NOT_BLINDED = Blinding()
"""Everything is shown."""


def as_length(text: str) -> Decimal:
    """Return a length that was typed, mm, to a tenth.

    >>> as_length("2,04 mm")
    Decimal('2.0')

    Raises
    ------
    CommandRefused
        If it is no length above 0.
    """
    try:
        length = Decimal(text.lower().removesuffix("mm").strip().replace(",", "."))
        length = length.quantize(Decimal("0.1"))
    except ArithmeticError:
        length = Decimal(0)
    if not length.is_finite() or not Decimal(0) < length < Decimal(1000):
        raise CommandRefused.at("length", "is no length in mm", "Type one, as 2.5")
    return length


class FieldKind(Enum):
    """What a field takes."""

    TEXT = auto()
    NUMBER = auto()
    INTEGER = auto()
    DATE = auto()
    MOMENT = auto()
    YES_NO = auto()
    CHOICE = auto()


class Field(NamedTuple):
    """One field of a form.

    Attributes
    ----------
    name
        Of the record's field that it fills.
    choices
        Of a `FieldKind.CHOICE`; offered, and nothing else taken. Of a `FieldKind.TEXT`:
        offered.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    tip: str = ""
    choices: tuple[str, ...] = ()


_CHOICES: Final[Mapping[str, str]] = {
    "ct": "CT",
    "fdg_pet_no_baseline": "FDG-PET; baseline had none",
    "non_target": "non-target",
    "unequivocal_pd": "unequivocal progression",
}
"""Words of records that are no words of a reader."""


def choice_words(choice: str) -> str:
    """Return one of the choices of a field as a reader reads it."""
    return _CHOICES.get(choice, choice)


def value_of(field: Field, text: str, blinding: Blinding = NOT_BLINDED) -> object:
    """Return what a typed text stands for; None for an empty one.

    Parameters
    ----------
    blinding
        How dates are written.

    Raises
    ------
    CommandRefused
        If the text does not fit the field.

    Examples
    --------
    >>> value_of(Field("dose", "Dose", FieldKind.NUMBER), " 12,5 ")
    Decimal('12.5')
    >>> value_of(Field("ppi_use", "PPI", FieldKind.YES_NO), "no")
    False
    """
    text = text.strip()
    if not text:
        return None
    if field.kind is FieldKind.DATE:
        return _date(field, text, blinding)
    if field.kind is FieldKind.MOMENT:
        return _moment(field, text, blinding)
    return _PARSERS[field.kind](field, text)


def text_of(value: object, blinding: Blinding = NOT_BLINDED) -> str:
    """Return a value as it stands in its field.

    >>> text_of(None), text_of(True), text_of(Decimal("12.50"))
    ('', 'yes', '12.5')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date):
        is_moment = isinstance(value, dt.datetime)
        return blinding.moment(value) if is_moment else blinding.date(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def values_of(
    fields: tuple[Field, ...],
    texts: Mapping[str, str],
    blinding: Blinding = NOT_BLINDED,
) -> dict[str, object]:
    """Return what the texts of a form stand for; empty ones are left out.

    Parameters
    ----------
    texts
        What was typed, by the name of the field; one that lacks is empty.
    blinding
        Whether dates are typed as dates or as days.

    Raises
    ------
    CommandRefused
        Naming the first field that does not fit.
    """
    values = {
        one.name: value_of(one, texts.get(one.name, ""), blinding) for one in fields
    }
    return {name: value for name, value in values.items() if value is not None}


def made(kind: type[Made], values: Mapping[str, Any]) -> Made:
    """Return the record that the values of a form make.

    Raises
    ------
    CommandRefused
        Naming what does not fit; the value itself is not repeated.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        fault = faults_of(error)[0]
        where = fault.where.replace("_", " ")
        if error.errors(include_url=False, include_input=False)[0]["type"] == "missing":
            raise CommandRefused.at(where, "is needed") from None
        raise CommandRefused.at(where, fault.what, fault.remedy) from None


def _number(field: Field, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise _unfit(field, "is no number", "12.5") from None
    if not number.is_finite():
        raise _unfit(field, "is no number", "12.5")
    return number


def _integer(field: Field, text: str) -> int:
    if not text.isdecimal():
        raise _unfit(field, "is no whole number", "28")
    return int(text)


def _moment(field: Field, text: str, blinding: Blinding) -> dt.datetime:
    moment, example = blinding.moment_of(text), f"{blinding.date_example} 09:30"
    if moment is None:
        raise _unfit(field, "is no date and time", example)
    if moment.tzinfo is not None:
        raise _unfit(field, "has a time zone", example)
    return moment


def _choice(field: Field, text: str) -> object:
    if field.kind is FieldKind.YES_NO and text in (YES, NO):
        return text == YES
    for choice in field.choices:
        if text in (choice, choice_words(choice)):
            return choice
    words = tuple(map(choice_words, field.choices))
    offered = (YES, NO) if field.kind is FieldKind.YES_NO else words
    raise CommandRefused.at(
        field.label, "is none of the answers", f"Choose {', '.join(offered)}"
    )


def _unfit(field: Field, what: str, example: str) -> CommandRefused:
    return CommandRefused.at(field.label, what, f"Write it as {example}")


def _text(field: Field, text: str) -> str:
    del field
    return text


def _date(field: Field, text: str, blinding: Blinding) -> dt.date:
    date = blinding.date_of(text)
    if date is None:
        raise _unfit(field, "is no date", blinding.date_example)
    return date


_PARSERS: dict[FieldKind, Callable[[Field, str], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.INTEGER: _integer,
    FieldKind.YES_NO: _choice,
    FieldKind.CHOICE: _choice,
}
