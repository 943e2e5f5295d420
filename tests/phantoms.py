"""Synthetic patients that are written once for all processes of a run of the tests."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from filelock import FileLock

from recist_tool.phantom import (
    SMALL_PATIENT,
    Ellipsoid,
    LesionState,
    Stage,
    write_patient,
)

if TYPE_CHECKING:
    from pathlib import Path

    from recist_tool.phantom import LesionSpec, PatientSpec


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


def _hot(like: LesionSpec, x_lps: float, size_mm: float, suv: float) -> LesionSpec:
    shape = Ellipsoid(size_mm, size_mm, size_mm)
    return replace(
        like,
        center_lps=(x_lps, -8.0, 25.0),
        course=(Stage(LesionState.MEASURED, shape, suv),),
    )


def two_hot_lesions() -> PatientSpec:
    """Return the small patient with a lesion beside another that is far hotter."""
    first, second = SMALL_PATIENT.lesions[:2]
    assert SMALL_PATIENT.pet is not None
    few = {"slices": 14, "center_lps": (0.0, 4.0, 25.0)}
    return replace(
        SMALL_PATIENT,
        subject_id="SYN-CUT",
        ct=replace(SMALL_PATIENT.ct, **few),
        pet=replace(SMALL_PATIENT.pet, **few),
        visits=SMALL_PATIENT.visits[:1],
        lesions=(_hot(first, -100.0, 30.0, 8.0), _hot(second, -66.0, 36.0, 60.0)),
    )
