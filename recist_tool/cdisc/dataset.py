"""Tables with described variables: what every writer takes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from recist_tool.cdisc.codes import term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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


class DatasetLayout(NamedTuple):
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


class Rows(Protocol):
    """The rows of a table, in memory or on disk; they can be read many times."""

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Return the rows from the first on."""
        ...

    def __len__(self) -> int:
        """Return the number of rows."""
        ...


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
    rows: Rows


def rows_of(
    layout: DatasetLayout, records: Iterable[Mapping[str, Value]]
) -> Iterator[tuple[Value, ...]]:
    """Return the rows of one subject, numbered from 1.

    Raises
    ------
    ValueError
        If a record holds a variable that the layout lacks, or a coded variable a term
        that its codelist lacks.
    """
    known = {variable.name for variable in layout.variables}
    for number, record in enumerate(records, start=1):
        if not known.issuperset(record):
            msg = f"{layout.name} has no variable {sorted(set(record) - known)}"
            raise ValueError(msg)
        numbered = {**record, layout.sequence: number}
        yield tuple([_cell(one, numbered) for one in layout.variables])


def _cell(variable: Variable, record: Mapping[str, Value]) -> Value:
    value = record.get(variable.name)
    if not isinstance(value, str):
        return value
    line = " ".join(value.split())
    if variable.codelist and line:
        return term(variable.codelist, line).value
    return line or None
