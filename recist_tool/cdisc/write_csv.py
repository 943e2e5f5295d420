"""A table as CSV: UTF-8, dates as ISO 8601, missing values empty.

Text that a spreadsheet would take for a formula begins with an apostrophe: what a file
or a person wrote runs nothing where the table is opened. The other formats hold it as
it is.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import TextIO

    from recist_tool.cdisc.dataset import Dataset, Value


_FORMULA: Final = re.compile(r"[=+\-@\t\r\n]")
"""How a cell begins that spreadsheets run (OWASP, CSV injection)."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


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
        case str() if _FORMULA.match(value) and not _NUMBER.fullmatch(value):
            return f"'{value}"
        case _:
            return str(value)
