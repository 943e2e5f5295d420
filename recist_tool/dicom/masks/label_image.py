"""Label images: NIfTI and NRRD, whose voxels say of which lesion they are.

Read by the program itself, not by a library: sizes are held to the file before any
memory is taken, and a file that places itself in two ways is refused, not guessed at.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.dicom.masks.mask_file import (
    Segment,
    Segments,
    placed,
    require_own_number,
    segment_at,
    told_at,
)
from recist_tool.dicom.masks.placeless import (
    BY_VOXEL,
    LOOK,
    PLACELESS,
    Said,
    laid_on,
    series_axes,
)
from recist_tool.errors import Fault, GeometryError, InputError
from recist_tool.limits import VOXELS, most_voxels
from recist_tool.measure.geometry.grid import Grid
from recist_tool.measure.mask.labels import require_few, require_held
from recist_tool.measure.mask.mask import masks_of_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from io import BufferedIOBase
    from pathlib import Path

    from numpy.typing import NDArray

    from recist_tool.measure.mask.mask import Mask

    Affine = NDArray[np.float64]
    Labels = NDArray[Any]

MOST_BYTES: Final = 1 << 31
LONGEST_LINE: Final = 1 << 16
MOST_LINES: Final = 1 << 14
"""Of headers that are text."""
MOST_DEFLATED: Final = 1032
"""Deflate cannot pack bytes more tightly than this."""
RIGHT_ANGLE: Final = 1e-3
"""The cosine between two axes may be so large."""
AGAIN: Final = "Save it anew"


class LabelError(InputError):
    """A label image is damaged, or not one that can be measured."""


class Layer(NamedTuple):
    """One image of labels; layers of a file may overlap.

    Attributes
    ----------
    labels
        Shape (k, j, i), as stored: i runs fastest.
    names
        Of its labels, as far as the file has them.
    described
        Which labels the file describes, one for each description.
    """

    labels: Labels
    names: Mapping[int, str]
    described: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class LabelImage:
    """A label image in memory.

    Attributes
    ----------
    affine_lps
        Maps (i, j, k, 1) to the patient, LPS, mm; shape (4, 4). Of what the file does
        not say, the first voxel is at 0, and i, j, k run along x, y, z.
    said
        What the file does say.
    """

    path: Path
    kind: str
    affine_lps: Affine
    layers: tuple[Layer, ...]
    said: Said = Said.PLACE
    series_instance_uid: str = ""

    def segments(self, grid: Grid | None = None) -> Segments:
        """Return its lesions on the voxels of a series, or on its own.

        A file that does not say where it lies is taken voxel by voxel where it has as
        many, along each axis and as large, as the series; that is remarked.

        Raises
        ------
        GeometryError
            If no lesion lies on the series; if the file does not say where it lies, and
            its voxels are not those of the series; if it holds no label; if labels are
            negative, fractions or no numbers.
        """
        if self.said is Said.PLACE or grid is None:
            remarks = () if self.said is Said.PLACE else (PLACELESS, "")
            upright = [
                _upright(self.affine_lps, one.labels, self.path) for one in self.layers
            ]
            drawn = self._segments(upright, *remarks)
            return drawn if grid is None else placed(drawn, grid, self.path)
        axes = self.affine_lps[:3, :3]
        if self.said is Said.SIZE:
            axes = series_axes(np.linalg.norm(axes, axis=0), grid)
        laid = [
            (grid, laid_on(one.labels, axes, grid, self.path)) for one in self.layers
        ]
        return self._segments(laid, BY_VOXEL, LOOK)

    def _segments(
        self, layers: Sequence[tuple[Grid, Labels]], *remark: str
    ) -> Segments:
        """Return the lesions of layers on their grids, and a remark if there is one."""
        found: list[Segment] = []
        faults: list[Fault] = []
        read: list[Mask] = []
        for layer, (grid, labels) in zip(self.layers, layers, strict=True):
            with told_at(self.path.name):
                masks = masks_of_labels(labels, grid)
                read += masks.values()
                require_few(len(read))
                require_held(sum(mask.inside.size for mask in read))
            counts = Counter(layer.described)
            for label, mask in masks.items():
                try:
                    where = segment_at(self.path, label)
                    require_own_number(label, counts, where)
                except GeometryError as error:
                    faults += error.faults
                    continue
                name = layer.names.get(label, "")
                found.append(Segment(label=label, name=name, mask=mask))
        if not found:
            empty = Fault(self.path.name, "it is empty: every voxel is 0")
            raise GeometryError.of(faults or [empty])
        remarks = (Fault(self.path.name, *remark),) if remark else ()
        return Segments(tuple(found), tuple(faults), remarks)


def _upright(affine: Affine, labels: Labels, path: Path) -> tuple[Grid, Labels]:
    """Return a grid and labels whose slices, rows and columns are right-handed.

    Slices keep the order of the file; where the axes are left-handed, rows are turned.
    """
    axes, origin = affine[:3, :3], affine[:3, 3]
    spacing = np.linalg.norm(axes, axis=0)
    units = axes / spacing
    if np.abs(units.T @ units - np.eye(3)).max() > RIGHT_ANGLE:
        raise GeometryError.at(
            path.name,
            "its axes are not at right angles",
            "Resample it to a straight box",
        )
    if np.linalg.det(units) < 0:
        origin = origin + axes[:, 1] * (labels.shape[1] - 1)
        units[:, 1] *= -1
        labels = labels[:, ::-1]
    count, rows, columns = labels.shape
    depths = np.arange(count)[:, None] * spacing[2]
    normal = np.cross(units[:, 0], units[:, 1])
    grid = Grid(
        shape=(count, rows, columns),
        slice_origins_lps=origin + depths * normal,
        row_axis_lps=units[:, 0],
        column_axis_lps=units[:, 1],
        pixel_spacing_mm=(float(spacing[1]), float(spacing[0])),
        slice_spacing_mm=float(spacing[2]),
    )
    return grid, labels


def require_size(
    path: Path, sizes: tuple[int, ...], dtype: np.dtype[Any], *, packed: bool
) -> int:
    """Return how many bytes the voxels take, or refuse before any is read.

    Parameters
    ----------
    packed
        Whether they are deflated.

    Raises
    ------
    LabelError
        If there are more than the file can hold, or than can be measured.
    """
    if min(sizes) < 1:
        raise LabelError.at(path.name, "it says that it has no voxels", AGAIN)
    count, most = math.prod(sizes), most_voxels()
    needed = count * dtype.itemsize
    if needed > MOST_BYTES:
        raise LabelError.at(
            path.name,
            f"its header asks for {needed / 1e9:.1f} GB of voxels",
            f"At most {MOST_BYTES >> 30} GB are read: cut it down to the lesions",
        )
    there = path.stat().st_size * (MOST_DEFLATED if packed else 1)
    if needed > there:
        raise LabelError.at(
            path.name,
            f"cut off: its header asks for {needed} bytes of voxels, which the file "
            "cannot hold",
            AGAIN,
        )
    if count > most:
        raise LabelError.at(
            path.name,
            f"its header asks for {count:,} voxels",
            f"At most {most:,} are read ({VOXELS} names another number): cut it down "
            "to the lesions",
        )
    return needed


def no_size(path: Path, remedy: str = "Save it with its geometry") -> GeometryError:
    """Return the error for an image without a size of its voxels."""
    what = "it does not say how large its voxels are"
    return GeometryError.at(path.name, what, remedy)


def no_millimetres(path: Path) -> GeometryError:
    """Return the error for an image in other units of length."""
    return GeometryError.at(path.name, "its lengths are not in millimetres", AGAIN)


def read_voxels(file: BufferedIOBase, needed: int, path: Path) -> bytearray:
    """Return so many bytes, and read no more.

    Parameters
    ----------
    file
        At the first byte of its voxels, already unpacked where it is compressed.
    needed
        Bytes, as the header has them.
    path
        Names the file in the error.

    Raises
    ------
    LabelError
        If the file ends before, or is not compressed as it says.
    """
    data = bytearray(needed)
    view = memoryview(data)
    try:
        while view and (got := file.readinto(view)):
            view = view[got:]
    except (EOFError, zlib.error, OSError):
        raise LabelError.at(
            path.name, "its compressed voxels are damaged", AGAIN
        ) from None
    if view:
        raise LabelError.at(
            path.name,
            f"cut off: {len(view)} of {needed} bytes of voxels are missing",
            AGAIN,
        )
    return data
