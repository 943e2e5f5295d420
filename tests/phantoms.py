"""Synthetic patients that are written once for all processes of a run of the tests."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from filelock import FileLock

from recist_tool.phantom import write_patient

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.phantom import PatientSpec


class Phantoms:
    """Writes each patient when it is first asked for.

    Parameters
    ----------
    folder
        Where all processes of the run keep them. Nobody changes what is there: a test
        that does takes a copy.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder_of(self, spec: PatientSpec) -> Path:
        """Return the folder of a patient's images."""
        name = hashlib.sha256(repr(spec).encode()).hexdigest()[:12]
        images = self._folder / name
        with FileLock(self._folder / f"{name}.lock"):
            if not images.exists():
                begun = self._folder / f"{name} begun by {os.getpid()}"
                write_patient(spec, begun)
                begun.rename(images)
        return images
