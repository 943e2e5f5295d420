"""A medium with a DICOMDIR, as pydicom writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.fileset import FileSet

if TYPE_CHECKING:
    from pathlib import Path


def write_medium(images: Path, folder: Path) -> Path:
    """Copy all images of a folder onto a medium, and return its DICOMDIR."""
    media = FileSet()
    for path in sorted(images.rglob("*.dcm")):
        media.add(path)
    media.write(folder)
    media._stage["t"].cleanup()  # left to chance, it would warn in another test
    return folder / "DICOMDIR"
