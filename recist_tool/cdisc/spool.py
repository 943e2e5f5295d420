"""Rows of a table kept on disk: those of many patients would fill the memory."""

from __future__ import annotations

import os
import pickle
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recist_tool.cdisc.dataset import Value

    Row = tuple[Value, ...]

_AT_ONCE: Final = 256
"""Rows written together: their repeated texts are then written once."""


class Spool:
    """Rows in the order in which they came; they can be read many times.

    Parameters
    ----------
    folder
        Where the file lies while the spool is open; it has no name there.
    """

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - close() does
        self._waiting: list[Row] = []
        self._count = 0

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def append(self, row: Row) -> None:
        """Keep one more row; none may be added while the rows are read."""
        self._waiting.append(row)
        self._count += 1
        if len(self._waiting) == _AT_ONCE:
            self._write()

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def __iter__(self) -> Iterator[Row]:
        """Return the rows from the first on."""
        self._write()
        self._file.seek(0)
        left = self._count
        while left:
            # our own rows, from a file that only this process can open
            rows = cast("list[Row]", pickle.load(self._file))  # noqa: S301
            yield from rows
            left -= len(rows)

    def _write(self) -> None:
        if self._waiting:
            self._file.seek(0, os.SEEK_END)
            pickle.dump(self._waiting, self._file, pickle.HIGHEST_PROTOCOL)
            self._waiting.clear()
