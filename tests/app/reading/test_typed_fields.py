from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recist_tool.app.reading.typed_fields import (
    Field,
    FieldKind,
    made,
    text_of,
    value_of,
    values_of,
)
from recist_tool.errors import CommandRefused
from recist_tool.model import MarkerValue

NUMBER = Field("value", "Value", FieldKind.NUMBER)
DATE = Field("date", "Date", FieldKind.DATE)


@given(st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=4))
def test_a_number_reads_as_it_was_shown(value: Decimal) -> None:
    assert value_of(NUMBER, text_of(value)) == value


@given(st.dates())
def test_a_date_reads_as_it_was_shown(date: dt.date) -> None:
    assert value_of(DATE, text_of(date)) == date


@given(st.datetimes())
def test_a_moment_reads_as_it_was_shown(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    field = Field("injected_at", "Injected at", FieldKind.MOMENT)
    assert value_of(field, text_of(moment)) == moment


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FieldKind.NUMBER, "12 mg"),
        (FieldKind.NUMBER, "nan"),
        (FieldKind.NUMBER, "inf"),
        (FieldKind.INTEGER, "3.5"),
        (FieldKind.INTEGER, "-3"),
        (FieldKind.DATE, "06.03.2024"),
        (FieldKind.DATE, "2024-02-30"),
        (FieldKind.MOMENT, "half past nine"),
        (FieldKind.MOMENT, "2024-03-06T09:30+01:00"),
        (FieldKind.YES_NO, "maybe"),
        (FieldKind.CHOICE, "other"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(
    kind: FieldKind, text: str
) -> None:
    field = Field("any", "The field", kind, choices=("one", "two"))
    with pytest.raises(CommandRefused) as refused:
        value_of(field, text)
    assert str(refused.value).startswith("The field: ")
    assert text not in str(refused.value)


def test_an_empty_field_says_nothing() -> None:
    assert values_of((NUMBER, DATE), {"value": "  ", "date": "2024-03-06"}) == {
        "date": dt.date(2024, 3, 6)
    }


def test_a_record_that_refuses_a_value_says_where_and_not_which() -> None:
    with pytest.raises(CommandRefused) as refused:
        made(MarkerValue, {"value": Decimal("-4.25")})
    assert str(refused.value).startswith("value: ")
    assert "4.25" not in str(refused.value)
