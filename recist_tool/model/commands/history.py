"""Commands that change which entries of a journal count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from recist_tool.model.record import Record


class Undo(Record):
    """Leave out one earlier entry when the journal is replayed."""

    command: Literal["undo"] = "undo"
    entry: int = Field(ge=1)


class Redo(Record):
    """Take an entry back in that was undone."""

    command: Literal["redo"] = "redo"
    entry: int = Field(ge=1)
