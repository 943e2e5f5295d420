"""A table as SAS XPORT version 5, which regulators take; pyreadstat writes it.

The format holds names of 8 characters, labels of 40 and values of 200, in ASCII. What
does not fit is refused: it is never cut.
"""

from __future__ import annotations

import datetime as dt
from array import array
from math import nan
from typing import TYPE_CHECKING, Any, Final, cast

from recist_tool.cdisc.dataset import Kind
from recist_tool.errors import Fault, InputError, SetupError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recist_tool.cdisc.dataset import Dataset, Value, Variable

MAX_NAME: Final = 8
MAX_LABEL: Final = 40
MAX_VALUE: Final = 200
SAS_EPOCH: Final = dt.date(1960, 1, 1)
_TEXT_KINDS: Final = frozenset({Kind.TEXT, Kind.ISO_DATE})
_REMEDY: Final = "Shorten or translate it in the read; CSV and Dataset-JSON hold it"


def write_xpt(table: Dataset, path: Path) -> None:
    """Write a table to a file.

    Raises
    ------
    InputError
        Naming every record and variable that the format cannot hold.
    SetupError
        If pyreadstat or pandas is not installed.
    StorageError
        If the disk refuses.
    """
    faults = [*name_faults(table), *value_faults(table)]
    if faults:
        raise InputError.of(faults)
    try:
        import pandas  # pyright: ignore[reportMissingTypeStubs]
        import pyreadstat
    except ImportError as error:
        what = f"XPT needs pyreadstat and pandas; {error.name} is not installed"
        remedy = 'Install it: pip install "recist-tool[xpt]"'
        raise SetupError.at("export", what, remedy) from None
    refusals = cast(
        "tuple[type[Exception], ...]",
        (pyreadstat.PyreadstatError, pyreadstat.ReadstatError),
    )
    try:
        pyreadstat.write_xport(_frame(pandas, table), str(path), **_description(table))
        written = _records_in(pyreadstat, table, path)
    except refusals as error:
        raise StorageError.at(path.name, f"cannot be written ({error})") from None
    if written != len(table.rows):  # a full disk passes the library unnoticed
        what = f"holds {written} of {len(table.rows)} records"
        raise StorageError.at(path.name, what, "Free space and export again")


def name_faults(table: Dataset) -> Iterator[Fault]:
    """Return the names and labels that are too long for the format."""
    named = [(table.name, table.label), *((v.name, v.label) for v in table.variables)]
    for name, label in named:
        if len(name) > MAX_NAME or len(label) > MAX_LABEL:
            what = f"XPT holds names of {MAX_NAME} and labels of {MAX_LABEL} characters"
            yield Fault(f"{table.name}.{name}", what, "Use CSV or Dataset-JSON")


def value_faults(table: Dataset) -> Iterator[Fault]:
    """Return the values that the format cannot hold; they are not repeated."""
    for number, row in enumerate(table.rows, start=1):
        for variable, value in zip(table.variables, row, strict=True):
            if isinstance(value, str) and (what := _unfit(value)):
                where = f"{table.name} record {number}, {variable.name}"
                yield Fault(where, what, _REMEDY)


def _unfit(value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        return "holds characters that are not printable ASCII; XPT cannot carry them"
    if len(value) > MAX_VALUE:
        return f"has {len(value)} characters; XPT holds {MAX_VALUE}"
    return ""


def _description(table: Dataset) -> dict[str, Any]:
    return {
        "file_label": table.label,
        "column_labels": [variable.label for variable in table.variables],
        "table_name": table.name,
        "file_format_version": 5,
        "variable_format": {
            one.name: "DATE9." for one in table.variables if one.kind is Kind.DATE
        },
    }


def _records_in(pyreadstat: Any, table: Dataset, path: Path) -> int:
    first = table.variables[0].name
    columns, _ = pyreadstat.read_xport(str(path), usecols=[first], output_format="dict")
    return len(columns[first])


def _frame(pandas: Any, table: Dataset) -> Any:
    """Return a table as the data frame that the library takes: all of it at once."""
    known: dict[str, str] = {}
    columns = [_no_cells(variable) for variable in table.variables]
    for row in table.rows:
        for cells, value in zip(columns, row, strict=True):
            if isinstance(cells, array):
                cells.append(_number(value))
            else:
                text = "" if value is None else str(value)
                cells.append(known.setdefault(text, text))
    return pandas.DataFrame(
        {
            variable.name: pandas.Series(
                cells, dtype="float64" if isinstance(cells, array) else "object"
            )
            for variable, cells in zip(table.variables, columns, strict=True)
        }
    )


def _no_cells(variable: Variable) -> array[float] | list[str]:
    return [] if variable.kind in _TEXT_KINDS else array("d")


def _number(value: Value) -> float:
    """Return a number, a date as days; what is missing as not a number."""
    if isinstance(value, dt.date):
        return float((value - SAS_EPOCH).days)
    return nan if value is None else float(value)
