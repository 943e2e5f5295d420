"""Whether a window can be opened here: Qt or napari would break off if it cannot."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
from ctypes.util import find_library
from pathlib import Path
from typing import Final

from recist_tool.errors import SetupError

WINDOWLESS: Final = frozenset({"offscreen", "minimal", "vnc"})
"""Platforms of Qt that need no display."""

_KEPT_IN: Final = (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
"""Where napari keeps its settings and icons (XDG Base Directory Specification)."""

_REMEDY: Final = (
    "Run it where there is a screen, or on a virtual one: xvfb-run recist …"
)


def has_display() -> bool:
    """Return whether a window can be opened here."""
    return _what_is_missing() is None


def require_window() -> None:
    """Refuse where no window can be opened.

    Raises
    ------
    SetupError
        Saying whether no display is named, the one named does not answer, or what
        napari keeps of a user cannot be written.
    """
    missing = _what_is_missing()
    if missing is not None:
        raise SetupError.at("reading room", missing, _REMEDY)
    unwritten = _what_cannot_be_kept()
    if unwritten is not None:
        remedy = "Set HOME to a folder of yours"
        raise SetupError.at("reading room", unwritten, remedy)


def _what_is_missing() -> str | None:
    if sys.platform in {"win32", "darwin"}:
        return None
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in WINDOWLESS:
        return None
    if _wayland_is_there():
        return None
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no screen: DISPLAY is not set"
    return None if _answers() else f"the screen does not answer: DISPLAY is {display}"


def _what_cannot_be_kept() -> str | None:
    """Try the folders that napari makes when it starts; it cannot do without."""
    if sys.platform in {"win32", "darwin"}:
        return None
    try:
        home = Path.home()
    except RuntimeError:
        return "this user has no home: HOME is not set"
    for variable, usual in _KEPT_IN:
        folder = Path(os.environ.get(variable) or home / usual)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            return f"{folder} cannot be written to ({error.strerror})"
    return None


def _wayland_is_there() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    return Path(os.environ.get("XDG_RUNTIME_DIR", ""), name).is_socket()


def _answers() -> bool:
    """Return whether the X server lets us in; true where nothing can ask it."""
    name = find_library("X11")
    if name is None:
        return True
    x11 = ctypes.CDLL(name)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    x11.XCloseDisplay(ctypes.c_void_p(display))
    return True
