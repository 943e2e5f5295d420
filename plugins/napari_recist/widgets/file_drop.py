"""Files and folders that are dropped on the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qtpy.QtGui import QDragMoveEvent, QDropEvent

FOREIGN = "Only files and folders of this computer can be opened."


def admit(event: QDragMoveEvent) -> None:
    """Take what carries files; leave the rest to others."""
    if event.mimeData().hasUrls():
        event.acceptProposedAction()


def dropped(event: QDropEvent) -> list[Path]:
    """Return the files and folders of this computer that were dropped."""
    event.acceptProposedAction()
    urls = event.mimeData().urls()
    return [Path(one.toLocalFile()) for one in urls if one.isLocalFile()]
