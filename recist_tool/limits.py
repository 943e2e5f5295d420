"""Limits that the environment may set."""

from __future__ import annotations

import errno
import math
import os
import time
from typing import IO, TYPE_CHECKING, Final

from recist_tool.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

VOXELS: Final = "RECIST_MOST_VOXELS"
MOST_VOXELS: Final = 640_000_000
"""Of one image: 512 x 512 x 2,000 has 524 million."""
LABELS: Final = "RECIST_MOST_LABELS"
MOST_LABELS: Final = 5_000
"""Of one file of masks: far more than anybody draws, or has."""
MEASURE: Final = "RECIST_MEASURE_S"
MEASURE_S: Final = 300.0
"""In which all lesions of a file are outlined, and again in which they are measured."""
TEXT: Final = "RECIST_TEXT_MB"
MOST_TEXT_MB: Final = 128
"""Of one file of text, or of one line where each line is read by itself."""


def limit(
    name: str, usual: float, environment: Mapping[str, str] = os.environ
) -> float:
    """Return the limit that a variable of the environment names, or else the usual one.

    Parameters
    ----------
    name
        Of the variable; an empty one names nothing.
    usual
        In the unit of the variable.

    Raises
    ------
    SetupError
        If what it names is no number of 0 or more: nobody meant the usual one then.
    """
    named = environment.get(name, "").strip()
    if not named:
        return usual
    try:
        most = float(named)
    except ValueError:
        most = math.nan
    if not 0 <= most < math.inf:
        raise SetupError.at(
            name,
            "what it is set to is no number of 0 or more",
            f"Write one, or take it away: {usual:,.10g} holds then",
        )
    return most


def most_voxels() -> int:
    """Return how many voxels one image may have."""
    return int(limit(VOXELS, MOST_VOXELS))


def most_labels() -> int:
    """Return how many lesions one file of masks may have."""
    return int(limit(LABELS, MOST_LABELS))


def measuring_ends() -> float:
    """Return the moment (`time.monotonic`) after which no other lesion is begun."""
    return time.monotonic() + limit(MEASURE, MEASURE_S)


def read_text(path: Path) -> bytes:
    """Return what a file of text holds, which anybody may have written.

    Raises
    ------
    OSError
        If it cannot be read; if there is more of it than fits: no more than that is
        read, however long it is.
    """
    with path.open("rb") as file:
        return _within(file.read(_most_text() + 1))


def lines_within(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file as they are asked for.

    Raises
    ------
    OSError
        If a line is longer than fits.
    """
    most = _most_text()
    while line := file.readline(most + 1):
        yield _within(line)


def _within(content: bytes) -> bytes:
    most = _most_text()
    if len(content) > most:
        why = f"it has more than {most >> 20} MB; {TEXT} names another number"
        raise OSError(errno.EFBIG, why)
    return content


def _most_text() -> int:
    return int(limit(TEXT, MOST_TEXT_MB) * (1 << 20))
