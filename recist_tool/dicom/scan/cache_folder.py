"""Where this program keeps what it can make or fetch again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _of_platform(environment: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    named = environment.get(variable, "")
    # the specification has relative names ignored
    return Path(named) if Path(named).is_absolute() else Path.home() / ".cache"
