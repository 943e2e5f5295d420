"""Tables with described variables: what every writer takes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.report.cdisc.codes import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = str | int | Decimal | dt.date | None
"""One cell; None is missing."""


class Kind(StrEnum):
    """What the values of a variable are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    ISO_DATE = "ISO 8601 date"  # SDTM --DTC: characters
    DATE = "date"  # ADaM --DT: a number, shown as a date


class Variable(NamedTuple):
    """One column.

    Attributes
    ----------
    codelist
        Codelist that every value must be in; empty where there is none, or where
        the table may extend it.
    key
        Place among the keys that sort and identify a record; 0 is none.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    codelist: str = ""
    key: int = 0


class Layout(NamedTuple):
    """A table without its records.

    Attributes
    ----------
    sequence
        Variable that numbers the records of a subject, from 1.
    """

    name: str
    label: str
    variables: tuple[Variable, ...]
    sequence: str


class Dataset(NamedTuple):
    """A table.

    Attributes
    ----------
    rows
        One value for each variable, in their order; text is one line without
        surrounding blanks, which XPT could not tell from its padding.
    """

    name: str
    label: str
    variables: tuple[Variable, ...]
    rows: tuple[tuple[Value, ...], ...]


def dataset(layout: Layout, records: Iterable[Mapping[str, Value]]) -> Dataset:
    """Return the table of `records`, numbered within each subject.

    Raises
    ------
    ValueError
        If a record holds a variable that the layout lacks, or a coded variable a term
        that its codelist lacks.
    """
    count: Counter[Value] = Counter()
    known = {variable.name for variable in layout.variables}
    rows: list[tuple[Value, ...]] = []
    for record in records:
        if not known.issuperset(record):
            msg = f"{layout.name} has no variable {sorted(set(record) - known)}"
            raise ValueError(msg)
        subject = record["USUBJID"]
        count[subject] += 1
        numbered = {**record, layout.sequence: count[subject]}
        rows.append(tuple(_cell(one, numbered) for one in layout.variables))
    return Dataset(layout.name, layout.label, layout.variables, tuple(rows))


def _cell(variable: Variable, record: Mapping[str, Value]) -> Value:
    value = record.get(variable.name)
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    if variable.codelist and line:
        return term(variable.codelist, line).value
    return line or None
