"""What was measured of many files: one line of JSON a file, added as it comes.

A run that was ended early goes on where it was: files that were measured, and have not
changed since, are known by their size and time of change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout

from recist_tool.errors import StorageError
from recist_tool.limits import read_text
from recist_tool.store.journal import sync_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Line = Mapping[str, Any]


class MeasuredLines:
    """A file of results, open to this process alone.

    Use it as a context manager.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))
        self._lines: list[Line] = []

    def __enter__(self) -> Self:
        """Take the file and read what is in it.

        Raises
        ------
        StorageError
            If another process has it, the disk refuses, or it holds something else.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StorageError.at(
                self._path.name, "another process measures into it", "Wait for its end"
            ) from None
        except OSError as error:
            raise self._refused(error) from None
        try:
            self._lines = self._read()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Let others have the file; nothing is left of one that nothing came to."""
        if not self._path.exists():
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()

    def keep(self, wanted: Callable[[Line], bool]) -> tuple[Line, ...]:
        """Drop the lines that are not wanted, at once or not at all; return the rest.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        if not self._path.exists():
            return ()
        self._lines = [line for line in self._lines if wanted(line)]
        aside = self._path.with_name(f"{self._path.name}.new")
        try:
            with aside.open("w", encoding="utf-8") as file:
                file.writelines(map(_written, self._lines))
                file.flush()
                sync_file(file.fileno())
            aside.replace(self._path)
        except OSError as error:
            raise self._refused(error) from None
        return tuple(self._lines)

    def add(self, line: Line) -> None:
        """Add a line.

        Raises
        ------
        StorageError
            If the disk refuses.
        """
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_written(line))
        except OSError as error:
            raise self._refused(error) from None

    def _read(self) -> list[Line]:
        """Return the lines that are there; one that was cut off by a crash is none."""
        try:
            text = read_text(self._path) if self._path.exists() else b""
        except OSError as error:
            raise self._refused(error) from None
        whole = text[: text.rfind(b"\n") + 1]
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            if all(isinstance(line["file"], str) for line in lines):
                return lines
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        raise StorageError.at(
            self._path.name,
            "it holds something else than measurements",
            "Choose another",
        )

    def _refused(self, error: OSError) -> StorageError:
        return StorageError.at(
            self._path.name, f"cannot be written ({error.strerror})", "Choose another"
        )


def _written(line: Line) -> str:
    return json.dumps(line) + "\n"
