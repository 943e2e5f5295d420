"""A series as it would be scanned again: moved, turned, on another grid, as DICOM."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.ndimage import map_coordinates

from tests.dicom.series_files import Files

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.dicom import Series
    from recist_tool.measure import Volume

AIR_HU = -1024


@dataclass(frozen=True)
class Motion:
    """How the patient lies on the second scan: turned about the body axis, and moved.

    Attributes
    ----------
    about_lps
        The point that is only moved, mm.
    """

    about_lps: tuple[float, float, float]
    turn_deg: float
    by_lps: tuple[float, float, float]

    def there(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the first scan lie on the second, (points, 3)."""
        return (points_lps - self.about_lps) @ self._turn.T + self._to

    def back(self, points_lps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points of the second scan lie on the first."""
        return (points_lps - self._to) @ self._turn + self.about_lps

    @property
    def _to(self) -> NDArray[np.float64]:
        return np.add(self.about_lps, self.by_lps)

    @property
    def _turn(self) -> NDArray[np.float64]:
        angle = np.deg2rad(self.turn_deg)
        cosine, sine = np.cos(angle), np.sin(angle)
        return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class CopyFiles(Files):
    """Files whose pixels are given."""

    voxels: NDArray[np.int16] = field(default_factory=lambda: np.zeros((0, 0, 0), "i2"))

    def stored(self, index: int) -> NDArray[Any]:
        return (self.voxels[index] - AIR_HU).astype("<i2")


def write_moved_copy(
    series: Series, volume: Volume, motion: Motion, folder: Path, study_date: str
) -> None:
    """Write what a scan of the moved patient shows, on slices of 4 mm."""
    spacing = (4.0, 0.85, 0.85)
    shape = (len(volume.voxels) * 5 // 4, 480, 480)
    origin = volume.slice_origins_lps[0] + motion.by_lps
    steps = np.diag(spacing) @ np.array(
        [volume.normal_lps, volume.column_axis_lps, volume.row_axis_lps]
    )
    files = CopyFiles(
        count=shape[0],
        shape=shape[1:],
        spacing_mm=spacing,
        origin_lps=tuple(origin),
        voxels=_resampled(volume, motion, origin, steps, shape),
    )
    patient = series.patient
    files = files.tagged(
        PatientID=patient.patient_id,
        PatientName=patient.name,
        PatientBirthDate=patient.birth_date,
        StudyDate=study_date,
        SeriesDescription="moved copy",
    )
    CopyFiles.write(files, folder)


def _resampled(
    volume: Volume,
    motion: Motion,
    origin: NDArray[np.float64],
    steps: NDArray[np.float64],
    shape: tuple[int, int, int],
) -> NDArray[np.int16]:
    to_index = np.linalg.inv(volume.affine_lps)
    voxels = np.empty(shape, np.int16)
    rows, columns = np.indices(shape[1:]).reshape(2, -1)
    for index in range(shape[0]):
        here = np.stack([np.full(rows.size, index), rows, columns], axis=1)
        there = motion.back(here @ steps + origin)
        found = there @ to_index[:3, :3].T + to_index[:3, 3]
        values = map_coordinates(
            volume.voxels, found.T, np.float32, order=1, cval=AIR_HU
        )
        voxels[index] = values.reshape(shape[1:]).round()
    return voxels
