"""Writing a synthetic patient as DICOM files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recist_tool.errors import StorageError
from recist_tool.phantom.headers import ct_header, pet_header, write_slice
from recist_tool.phantom.render import Scene, anatomy_of
from recist_tool.phantom.suv import bqml_per_suv
from recist_tool.phantom.truth import Truth, truth

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from recist_tool.phantom.fields import Array
    from recist_tool.phantom.spec import Acquisition, PatientSpec, PhantomVisit

Progress = Callable[[int, int], None]
"""Told how many files are done, and how many there will be."""

_HU_OF_ZERO = -1024
_CT_MAX = 4095
_PET_MAX = 32767


def write_patient(
    spec: PatientSpec, folder: Path | str, progress: Progress | None = None
) -> Truth:
    """Write all series of a patient; the same patient gives the same bytes.

    Files are ``folder/<timepoint>/<CT|PT>/NNNN.dcm``, numbered from the head.

    Parameters
    ----------
    folder
        Made where it does not exist; files of the same names are replaced.
    progress
        Called after every file.

    Returns
    -------
    Truth
        What a reader should find; the same as ``truth(spec)``.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    total = sum(_file_count(spec, visit) for visit in spec.visits)
    try:
        for done, (path, header, pixels) in enumerate(_files(spec, Path(folder)), 1):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_slice(path, header, pixels)
            if progress is not None:
                progress(done, total)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return truth(spec)


def write_samples(folder: Path | str, specs: Iterable[PatientSpec]) -> Path:
    """Write patients side by side, and what is true of them as ``expected.json``.

    Returns
    -------
    Path
        Of ``expected.json``: one `Truth` for each subject_id.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    folder = Path(folder)
    answers = {
        spec.subject_id: write_patient(spec, folder / spec.subject_id).model_dump(
            mode="json"
        )
        for spec in specs
    }
    expected = folder / "expected.json"
    try:
        expected.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(expected, error) from error
    return expected


def _unwritable(path: Path | str, error: OSError) -> StorageError:
    return StorageError.at(
        path,
        f"cannot write the synthetic patient ({error.strerror or error})",
        "Choose a folder with write permission and free space",
    )


def _file_count(spec: PatientSpec, visit: PhantomVisit) -> int:
    pet = spec.pet.slices if visit.has_pet and spec.pet else 0
    return spec.ct.slices + pet


_File = tuple[Path, "Dataset", "NDArray[np.uint16]"]


def _files(spec: PatientSpec, folder: Path) -> Iterator[_File]:
    parts = anatomy_of(spec)
    for visit in spec.visits:
        scene = Scene(spec, visit, parts)
        home = folder / visit.timepoint_id
        yield from _ct_files(scene, home / "CT")
        if visit.has_pet and spec.pet is not None:
            yield from _pet_files(scene, spec.pet, home / "PT")


def _ct_files(scene: Scene, folder: Path) -> Iterator[_File]:
    spec, visit = scene.spec, scene.visit
    header = ct_header(spec, visit, _HU_OF_ZERO)
    for first, hu in scene.ct_slabs():
        stored = np.clip(np.rint(hu - _HU_OF_ZERO), 0, _CT_MAX).astype(np.uint16)
        for index, pixels in enumerate(stored, first):
            yield _path(folder, spec.ct, index), header.at(index), pixels


def _pet_files(scene: Scene, grid: Acquisition, folder: Path) -> Iterator[_File]:
    """Yield the PET slices, each scaled to the full range by its own slope."""
    spec, visit = scene.spec, scene.visit
    header = pet_header(spec, visit, grid)
    for index, suv in enumerate(scene.pet()):
        slope = rescale_slope(suv, bqml_per_suv(spec.weight_kg))
        stored = _stored(suv, bqml_per_suv(spec.weight_kg) / slope)
        yield _path(folder, grid, index), header.at(index, slope), stored


def rescale_slope(suv: Array, per_suv: float) -> float:
    """Return the slope of a PET slice, Bq/ml for one step, as it is written.

    Parameters
    ----------
    suv
        SUVbw, g/ml, shape (rows, columns).
    per_suv
        Bq/ml that are one SUV.
    """
    top = max(float(suv.max()), 0.1) * per_suv
    return float(f"{top / _PET_MAX:.6g}")


def _stored(suv: Array, steps_per_suv: float) -> NDArray[np.uint16]:
    steps = np.rint(suv.astype(np.float64) * steps_per_suv)
    return np.clip(steps, 0, 2 * _PET_MAX).astype(np.uint16)


def _path(folder: Path, grid: Acquisition, index: int) -> Path:
    return folder / f"{grid.slices - index:04d}.dcm"
