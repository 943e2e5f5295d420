"""A table as CDISC Dataset-JSON 1.1, attributes in the order of the specification."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from recist_tool import __version__
from recist_tool.cdisc.dataset import Kind

if TYPE_CHECKING:
    from typing import TextIO

    from recist_tool.cdisc.dataset import Dataset, Value, Variable

FORMAT_VERSION: Final = "1.1.0"
_TYPES: Final[dict[Kind, dict[str, str]]] = {
    Kind.TEXT: {"dataType": "string"},
    Kind.INTEGER: {"dataType": "integer"},
    Kind.NUMBER: {"dataType": "float"},
    Kind.ISO_DATE: {"dataType": "date"},
    Kind.DATE: {
        "dataType": "date",
        "targetDataType": "integer",
        "displayFormat": "DATE9.",
    },
}


def write_dataset_json(table: Dataset, file: TextIO, *, at: dt.datetime) -> None:
    """Write a table.

    Parameters
    ----------
    at
        When the file is made, with its time zone.
    """
    head = json.dumps(_head(table, at), ensure_ascii=False)
    file.write(f'{head.removesuffix("}")}, "rows": [')
    for number, row in enumerate(table.rows):
        line = json.dumps([_cell(value) for value in row], ensure_ascii=False)
        file.write(f", {line}" if number else line)
    file.write("]}\n")


def _head(table: Dataset, at: dt.datetime) -> dict[str, Any]:
    """Return everything before the rows."""
    study: Value = None
    lengths = [1] * len(table.variables)
    for row in table.rows:
        study = study or row[0]
        lengths = list(map(max, lengths, map(_length, row)))
    return {
        "datasetJSONCreationDateTime": at.isoformat(timespec="seconds"),
        "datasetJSONVersion": FORMAT_VERSION,
        "originator": "recist_tool",
        "sourceSystem": {"name": "recist_tool", "version": __version__},
        **({"studyOID": study} if study else {}),
        "itemGroupOID": f"IG.{table.name}",
        "records": len(table.rows),
        "name": table.name,
        "label": table.label,
        "columns": [
            _column(table.name, variable, length)
            for variable, length in zip(table.variables, lengths, strict=True)
        ],
    }


def _column(table: str, variable: Variable, length: int) -> dict[str, Any]:
    column: dict[str, Any] = {
        "itemOID": f"IT.{table}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        **_TYPES[variable.kind],
    }
    if variable.kind is Kind.TEXT:
        column["length"] = length
    if variable.key:
        column["keySequence"] = variable.key
    return _in_order(column)


def _in_order(column: dict[str, Any]) -> dict[str, Any]:
    order = (
        "itemOID",
        "name",
        "label",
        "dataType",
        "targetDataType",
        "length",
        "displayFormat",
        "keySequence",
    )
    return {name: column[name] for name in order if name in column}


def _length(value: Value) -> int:
    return len(value) if isinstance(value, str) else 1


def _cell(value: Value) -> str | int | float | None:
    match value:
        case Decimal():
            return float(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value
