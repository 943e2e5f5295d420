"""Rows of signed answers that have changed since, beside what follows now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_recist.table.cells import Cell
from napari_recist.table.scope_rows import SCOPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app import OutdatedSignature
    from recist_tool.model import SignedAnswer
    from recist_tool.terms import Criteria

TITLE = "Signed as"


def signed_rows(
    outdated: Sequence[OutdatedSignature], criteria: Criteria, visits: Sequence[str]
) -> list[tuple[Cell, ...]]:
    """Return a row for each scope in which a signed answer is another now.

    Parameters
    ----------
    outdated
        Signatures under answers that have changed since.
    criteria
        Those that the reader looks at.
    visits
        A column each, in the order of time.
    """
    rows: list[tuple[Cell, ...]] = []
    for name, scope in SCOPES.items():
        cells = {
            one.timepoint_id: _cell(was, f"Signed before a change: {one}")
            for one in outdated
            for was in one.signed
            if (was.criteria, was.scope) == (criteria, scope) and was not in one.now
        }
        if cells:
            head = Cell(TITLE, "what it was when it was signed", is_sum=True)
            row = [cells.get(visit, Cell()) for visit in visits]
            rows.append((head, Cell(name, is_sum=True), *row))
    return rows


def _cell(was: SignedAnswer, tip: str) -> Cell:
    if was.overall is None:
        return Cell(f"{was.baseline_sum_mm}", tip, is_sum=True)
    change = was.pct_from_baseline
    text = str(was.overall) if change is None else f"{was.overall} {change:+.1f}"
    return Cell(text, tip, chip=was.overall, is_sum=True)
