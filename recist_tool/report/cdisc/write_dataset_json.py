"""A table as CDISC Dataset-JSON 1.1, attributes in the order of the specification."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from recist_tool.report.cdisc.dataset import Kind

if TYPE_CHECKING:
    from typing import TextIO

    from recist_tool.report.cdisc.dataset import Dataset, Value

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
    json.dump(as_dataset_json(table, at=at), file, ensure_ascii=False)
    file.write("\n")


def as_dataset_json(table: Dataset, *, at: dt.datetime) -> dict[str, Any]:
    """Return a table as the object that the file holds."""
    study = next((row[0] for row in table.rows if row[0]), None)
    return {
        "datasetJSONCreationDateTime": at.isoformat(timespec="seconds"),
        "datasetJSONVersion": FORMAT_VERSION,
        "originator": "recist_tool",
        "sourceSystem": {"name": "recist_tool", "version": version("recist-tool")},
        **({"studyOID": study} if study else {}),
        "itemGroupOID": f"IG.{table.name}",
        "records": len(table.rows),
        "name": table.name,
        "label": table.label,
        "columns": [_column(table, place) for place in range(len(table.variables))],
        "rows": [[_cell(value) for value in row] for row in table.rows],
    }


def _column(table: Dataset, place: int) -> dict[str, Any]:
    variable = table.variables[place]
    column: dict[str, Any] = {
        "itemOID": f"IT.{table.name}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        **_TYPES[variable.kind],
    }
    if variable.kind is Kind.TEXT:
        column["length"] = max((_length(row[place]) for row in table.rows), default=1)
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
    return max(1, len(value)) if isinstance(value, str) else 1


def _cell(value: Value) -> str | int | float | None:
    match value:
        case Decimal():
            return float(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value
