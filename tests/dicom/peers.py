"""What SimpleITK and dcm2niix make of a folder, to compare with the truth.

Neither is trusted: a test says of each series which of them is right.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SAME_MM = 1e-4
NIFTI_TYPES = {2: "u1", 4: "<i2", 8: "<i4", 16: "<f4", 512: "<u2", 768: "<u4"}
RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


class Made(NamedTuple):
    """What a series was made of.

    Attributes
    ----------
    values
        Shape (slices, rows, columns).
    positions_lps
        Shape (slices, 3), mm, in the order of the slices.
    axes
        Along which the column index grows, along which the row index grows.
    spacing_mm
        Between rows, between columns.
    """

    values: NDArray[Any]
    positions_lps: NDArray[np.float64]
    axes: NDArray[np.float64]
    spacing_mm: tuple[float, float]

    @property
    def places_lps(self) -> NDArray[np.float64]:
        """Where each voxel lies, shape (slices, rows, columns, 3), mm."""
        _, rows, columns = self.values.shape
        row, column = np.indices((rows, columns))[..., None].astype(float)
        along, across = self.axes
        plane = column * self.spacing_mm[1] * along + row * self.spacing_mm[0] * across
        return self.positions_lps[:, None, None] + plane


class Placed(NamedTuple):
    """An image as a peer reads it: voxels, and the map of their indices to LPS."""

    voxels: NDArray[Any]
    affine_lps: NDArray[np.float64]

    def is_right(self, made: Made, off: float = 0.0) -> bool:
        """Whether all voxels lie where they were made, with the values they have.

        Parameters
        ----------
        off
            How far a value may be off, where it was compressed with loss.
        """
        if self.voxels.size != made.values.size:
            return False
        try:
            back = np.linalg.inv(self.affine_lps)
        except np.linalg.LinAlgError:
            return False
        index = made.places_lps @ back[:3, :3].T + back[:3, 3]
        nearest = np.rint(index)
        size_mm = np.linalg.norm(self.affine_lps[:3, :3], axis=0)
        if np.abs((index - nearest) * size_mm).max() > SAME_MM:
            return False
        a, b, c = np.moveaxis(nearest.astype(int), -1, 0)
        inside = all(
            axis.min() >= 0 and axis.max() < size
            for axis, size in zip((a, b, c), self.voxels.shape, strict=True)
        )
        return bool(inside and np.abs(self.voxels[a, b, c] - made.values).max() <= off)


def simpleitk(folder: Path) -> list[Placed]:
    """Return the series that SimpleITK finds in a folder, and each enhanced file."""
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    found: list[Placed] = []
    for uid in SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(str(folder)):
        names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), uid)
        try:
            image = SimpleITK.ReadImage(names if len(names) > 1 else names[0])
        except RuntimeError:
            continue
        found.append(_of_simpleitk(image))
    return found


def _of_simpleitk(image: Any) -> Placed:
    import SimpleITK

    affine = np.eye(4)
    direction = np.reshape(image.GetDirection(), (3, 3))
    affine[:3, :3] = direction * image.GetSpacing()
    affine[:3, 3] = image.GetOrigin()
    return Placed(
        np.transpose(SimpleITK.GetArrayFromImage(image).astype(float)), affine
    )


def dcm2niix(folder: Path, out: Path) -> list[Placed]:
    """Return the images that dcm2niix writes from a folder."""
    program = shutil.which("dcm2niix")
    if program is None:
        msg = "dcm2niix is missing: run .ci/system-packages test"
        raise FileNotFoundError(msg)
    out.mkdir()
    command = [
        program,
        "-b",
        "n",
        "-z",
        "n",
        "-f",
        "%s_%p",
        "-o",
        str(out),
        str(folder),
    ]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own
    return [_of_nifti(path.read_bytes()) for path in sorted(out.glob("*.nii"))]


def _of_nifti(data: bytes) -> Placed:
    """Read a NIfTI-1 file of three dimensions with an sform, little endian."""
    shape = struct.unpack_from("<8h", data, 40)[1:4]
    (code,) = struct.unpack_from("<h", data, 70)
    offset, slope, intercept = struct.unpack_from("<3f", data, 108)
    ras = np.eye(4)
    ras[:3] = np.reshape(struct.unpack_from("<12f", data, 280), (3, 4))
    stored = np.frombuffer(data, NIFTI_TYPES[code], int(np.prod(shape)), int(offset))
    values = stored.astype(float) * (slope or 1.0) + intercept
    return Placed(values.reshape(shape, order="F"), RAS_TO_LPS @ ras)
