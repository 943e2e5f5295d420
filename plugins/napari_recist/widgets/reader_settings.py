"""What is kept for the reader across starts, beside what napari keeps."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from qtpy.QtCore import QStandardPaths

from recist_tool.errors import CommandRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


def settings_folder() -> Path:
    """Return the user's folder for settings of this program; it need not exist yet."""
    place = QStandardPaths.StandardLocation.GenericConfigLocation
    return Path(QStandardPaths.writableLocation(place)) / "recist_tool"


def write_whole(path: Path, text: str) -> None:
    """Write a small file that is whole at any moment; nothing waits for the disk.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)  # noqa: PTH105 - atomic on every system


def keep(path: Path, content: Mapping[str, object]) -> None:
    """Write a small file of settings, whole or not at all.

    Raises
    ------
    CommandRefused
        If the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(content, indent=1))
    except OSError as error:
        raise CommandRefused.at(
            path.name, f"cannot be kept ({error.strerror})", "Free the disk"
        ) from None
