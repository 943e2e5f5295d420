"""A table as CSV: UTF-8, dates as ISO 8601, missing values empty."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from recist_tool.cdisc.dataset import Dataset, Value


def write_csv(table: Dataset, file: TextIO) -> None:
    """Write a table with a line of variable names.

    Parameters
    ----------
    file
        Opened with ``newline=""``.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(variable.name for variable in table.variables)
    writer.writerows([_text(value) for value in row] for row in table.rows)


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{float(value):.15g}"
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
