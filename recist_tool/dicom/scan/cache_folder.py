"""Where this program keeps what it can make or fetch again."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT_OVER_S: Final = 86_400
"""Nothing is written for so long."""


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the user's cache folder for this program; it need not exist yet.

    ``RECIST_CACHE`` names it; else it is where the platform keeps caches:
    ``XDG_CACHE_HOME`` (XDG Base Directory Specification), ``Library/Caches`` or
    ``LOCALAPPDATA``.

    >>> str(cache_folder({"RECIST_CACHE": "/scratch/recist"}))
    '/scratch/recist'
    """
    named = environment.get("RECIST_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    return _of_platform(environment) / "recist_tool"


def sweep(partial: Path) -> None:
    """Take away what processes that were killed on the way left, once that is sure.

    Parameters
    ----------
    partial
        A folder in which what comes into being is written.
    """
    for one in partial.iterdir():
        with contextlib.suppress(OSError):  # another process takes it away as well
            if time.time() - one.stat().st_mtime < _LEFT_OVER_S:
                continue
            if one.is_dir():
                shutil.rmtree(one)
            else:
                one.unlink()


def _of_platform(environment: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    named = environment.get(variable, "")
    # the specification has relative names ignored
    return Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
