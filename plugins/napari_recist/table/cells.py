"""The cells of the lesions x timepoints table."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recist_tool.terms import NewLesions, Response


class Cell(NamedTuple):
    """One cell of the table.

    Attributes
    ----------
    chip
        The category shown as a coloured chip, or None.
    lesion_id, timepoint_id
        Where a click leads, where it leads anywhere.
    field
        Which field of the lesion may be edited here: ``name``, ``organ`` or none.
    scope
        The rows of which scope a click here folds and unfolds; empty elsewhere.
    is_answer
        Whether the row that begins here stays in view, below all others.
    has_comment
        Whether the reader wrote about what is here: its corner is marked.
    """

    text: str = ""
    tooltip: str = ""
    chip: Response | NewLesions | None = None
    lesion_id: str | None = None
    timepoint_id: str | None = None
    field: str = ""
    is_sum: bool = False
    scope: str = ""
    is_answer: bool = False
    has_comment: bool = False


class Table(NamedTuple):
    """Headings and rows; the first two columns are the lesion and its organ.

    Attributes
    ----------
    notes
        What the reader wrote about the visits, by heading.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: Mapping[str, str] = MappingProxyType({})
