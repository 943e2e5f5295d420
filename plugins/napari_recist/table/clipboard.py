"""The table as spreadsheets and word processors take it: HTML, and tabs."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from qtpy.QtCore import QMimeData

from napari_recist.table.scope_rows import FOLDED, UNFOLDED

if TYPE_CHECKING:
    from napari_recist.table.cells import Table

FORMULA = re.compile(r"[=@]|[+-](?![\d.,]+\s*(?:%|mm)?$)")
"""How a text begins that a spreadsheet would work out: names may come from outside."""


def as_mime(table: Table) -> QMimeData:
    """Return a table for the clipboard: `text/html`, and text parted by tabs."""
    rows = [list(table.headings), *([cell.text for cell in row] for row in table.rows)]
    found = QMimeData()
    found.setText("\n".join("\t".join(map(_plain, row)) for row in rows))
    found.setHtml(_as_html(rows))
    return found


def _plain(text: str) -> str:
    """Return a text that stays in its cell, is worked out by nobody, and folds not."""
    line = " ".join(text.strip(f"{FOLDED}{UNFOLDED} ").split())
    return f"'{line}" if FORMULA.match(line) else line


def _as_html(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [_row("th", head), *(_row("td", row) for row in body)]
    return f"<table border='1'>{''.join(lines)}</table>"


def _row(tag: str, texts: list[str]) -> str:
    cells = "".join(f"<{tag}>{html.escape(_plain(text))}</{tag}>" for text in texts)
    return f"<tr>{cells}</tr>"
