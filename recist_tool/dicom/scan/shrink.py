"""Folders of what can be made again, kept below a size."""

from __future__ import annotations

import os
from pathlib import Path


def shrink(place: Path, most_bytes: int) -> None:
    """Delete the files of a folder that were used longest ago, until the rest is small.

    Parameters
    ----------
    place
        Folders in it are passed by.
    most_bytes
        What its files may hold together.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    with os.scandir(place) as entries:
        kept = [
            (one.stat().st_mtime_ns, one.stat().st_size, one.path)
            for one in entries
            if one.is_file(follow_symlinks=False)
        ]
    kept.sort(reverse=True)
    total = 0
    for _, size, path in kept:
        total += size
        if total > most_bytes:
            Path(path).unlink(missing_ok=True)
