"""NIfTI label images, versions 1 and 2 (nifti1.h, nifti2.h).

NIfTI places voxels in RAS; here they are turned to LPS. A file may do so twice, by a
rotation (qform) and by a matrix (sform): where it does, they have to agree.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from recist_tool.dicom.masks.detached import voxels_beside
from recist_tool.dicom.masks.label_image import (
    AGAIN,
    LabelError,
    LabelImage,
    Layer,
    no_millimetres,
    no_size,
    read_voxels,
    require_size,
)
from recist_tool.dicom.masks.placeless import Said
from recist_tool.errors import GeometryError

if TYPE_CHECKING:
    from collections.abc import Generator
    from io import BufferedIOBase
    from pathlib import Path

    from numpy.typing import NDArray

    Affine = NDArray[np.float64]

RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])
GZIP: Final = b"\x1f\x8b"
IMAGE: Final = re.compile(r"\.img(\.gz)?$", re.IGNORECASE)
PAIR: Final = re.compile(r"\.(hdr|img)(\.gz)?$", re.IGNORECASE)
LONGEST_HEADER: Final = 540
LARGEST_OFFSET: Final = 1 << 24
AGREE: Final = 0.1
"""Of a voxel: so far sform and qform may place one apart."""
ROUNDED: Final = 2 * float(np.finfo(np.float32).eps)
"""Of a scaled label: so far rounding may move it."""
MILLIMETRES: Final = (0, 2)
"""Of xyzt_units: unknown, which is millimetres in practice, or millimetres."""
TYPES: Final = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4",
    1024: "i8", 1280: "u8",
}  # fmt: skip
OFFSETS: Final = {  # of fields: version 1, version 2
    "dim": ((40, "8h"), (16, "8q")),
    "datatype": ((70, "h"), (12, "h")),
    "pixdim": ((76, "8f"), (104, "8d")),
    "vox_offset": ((108, "f"), (168, "q")),
    "scale": ((112, "2f"), (176, "2d")),
    "units": ((123, "B"), (500, "i")),
    "codes": ((252, "2h"), (344, "2i")),
    "quaternion": ((256, "6f"), (352, "6d")),
    "matrix": ((280, "12f"), (400, "12d")),
}


class _Header(NamedTuple):
    """The fields that are needed, of either version."""

    sizes: tuple[int, ...]
    dtype: np.dtype[Any]
    pixdim: tuple[float, ...]
    vox_offset: float
    slope: float
    intercept: float
    units: int
    qform_code: int
    sform_code: int
    quaternion: tuple[float, ...]
    matrix: tuple[float, ...]
    is_pair: bool

    @property
    def spacing_mm(self) -> tuple[float, ...]:
        return self.pixdim[1:4]


def read_nifti(path: Path) -> LabelImage:
    """Return a NIfTI label image, deflated (.nii.gz) or not, or a pair of files.

    Parameters
    ----------
    path
        Of a pair, .hdr or .img, either of which finds the other.

    Raises
    ------
    LabelError
        If it is damaged, larger than the file can hold, or has more than three
        dimensions; if it is an image of Analyze 7.5.
    GeometryError
        If it does not say how large its voxels are, or places them in two ways.
    OSError
        If it cannot be read.
    """
    described = _partner(path, ".hdr") if IMAGE.search(path.name) else path
    with _opened(described) as (file, packed):
        header = _header(file, path)
        _require_measurable(header, path)
        is_pair = header.is_pair
        labels = None if is_pair else _labels(file, header, path, packed=packed)
    if labels is None:
        voxels = _partner(described, ".img")
        with _opened(voxels) as (file, packed):
            labels = _labels(file, header, voxels, packed=packed)
    found = _affine(header, path)
    return LabelImage(
        path=path,
        kind="NIfTI",
        affine_lps=np.diag([*header.spacing_mm, 1.0]) if found is None else found,
        layers=(Layer(labels, {}),),
        said=Said.SIZE if found is None else Said.PLACE,
    )


@contextlib.contextmanager
def _opened(path: Path) -> Generator[tuple[BufferedIOBase, bool]]:
    """Open a file, deflated or not; say which it is."""
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        with gzip.open(raw) if packed else raw as file:
            yield file, packed


def _partner(path: Path, ending: str) -> Path:
    """Return the other file of a pair, which may be deflated where this one is not."""
    name = PAIR.sub("", path.name) + ending
    packed = path.with_name(f"{name}.gz")
    return voxels_beside(path, packed.name if packed.is_file() else name)


def _header(file: BufferedIOBase, path: Path) -> _Header:
    try:
        data = file.read(LONGEST_HEADER)
        version, order, is_pair = _version(data, path)
        found = {
            name: struct.unpack_from(order + where[version][1], data, where[version][0])
            for name, where in OFFSETS.items()
        }
    except (EOFError, OSError, struct.error, zlib.error):
        raise LabelError.at(
            path.name, "damaged: it has no NIfTI header", AGAIN
        ) from None
    count, *sizes = found["dim"]
    if found["datatype"][0] not in TYPES or not 1 <= count <= 7:
        raise LabelError.at(
            path.name, "its voxels are no whole or decimal numbers", AGAIN
        )
    slope, intercept = found["scale"]
    qform_code, sform_code = found["codes"]
    return _Header(
        sizes=tuple(sizes[:count]),
        dtype=np.dtype(order + TYPES[found["datatype"][0]]),
        pixdim=found["pixdim"],
        vox_offset=found["vox_offset"][0],
        slope=slope,
        intercept=intercept,
        units=found["units"][0] & 7,
        qform_code=qform_code,
        sform_code=sform_code,
        quaternion=found["quaternion"],
        matrix=found["matrix"],
        is_pair=is_pair,
    )


def _version(data: bytes, path: Path) -> tuple[int, str, bool]:
    """Return 0 or 1 for version 1 or 2, the order of bytes, and if it is a pair."""
    for order in "<>":
        (size,) = struct.unpack_from(order + "i", data)
        if size == 348 and data[344:347] in (b"n+1", b"ni1"):
            return 0, order, data[344:347] == b"ni1"
        if size == 540 and data[4:7] in (b"n+2", b"ni2"):
            return 1, order, data[4:7] == b"ni2"
        if size == 348 and PAIR.search(path.name):
            raise LabelError.at(
                path.name,
                "an image of Analyze 7.5, which does not say which side is left",
                "Save it as .nii.gz",
            )
    raise LabelError.at(path.name, "damaged: it is no NIfTI file", AGAIN)


def _require_measurable(header: _Header, path: Path) -> None:
    sizes = header.sizes
    if len(sizes) < 3 or any(size != 1 for size in sizes[3:]):
        dimensions = " × ".join(map(str, sizes))
        raise LabelError.at(
            path.name,
            f"it has {dimensions} voxels: not one volume",
            "Save each volume as its own file",
        )
    if header.units not in MILLIMETRES:
        raise no_millimetres(path)
    if not all(0 < size < np.inf for size in header.spacing_mm):
        raise no_size(path, "Save it with pixdim")


def _labels(
    file: BufferedIOBase, header: _Header, path: Path, *, packed: bool
) -> NDArray[Any]:
    columns, rows, slices = header.sizes[:3]
    needed = require_size(path, header.sizes, header.dtype, packed=packed)
    if not 0 <= header.vox_offset <= LARGEST_OFFSET:
        raise LabelError.at(path.name, "damaged: its voxels begin nowhere", AGAIN)
    try:
        file.seek(int(header.vox_offset))
    except (EOFError, OSError, zlib.error):
        raise LabelError.at(path.name, "cut off before its voxels", AGAIN) from None
    data = read_voxels(file, needed, path)
    labels = np.frombuffer(data, header.dtype).reshape(slices, rows, columns)
    is_scaled = np.isfinite(header.slope) and header.slope not in (0, 1)
    if is_scaled or (header.slope == 1 and header.intercept):
        return _scaled(labels, header)
    return labels


def _scaled(labels: NDArray[Any], header: _Header) -> NDArray[np.float64]:
    """Return labels as the file scales them, without what rounding the slope made.

    The slope of version 1 is kept in single precision: 255 times 1/255 is not 1 there.
    """
    scaled = labels * header.slope + header.intercept
    whole = np.rint(scaled)
    rounding = ROUNDED * (np.abs(labels * header.slope) + abs(header.intercept))
    return np.where(np.abs(scaled - whole) <= rounding, whole, scaled)


def _affine(header: _Header, path: Path) -> Affine | None:
    """Return where the voxels lie, LPS; None where the file does not say."""
    found: list[Affine] = []
    if header.sform_code > 0:
        found.append(np.vstack((np.reshape(header.matrix, (3, 4)), (0, 0, 0, 1))))
    if header.qform_code > 0:
        found.append(_of_quaternion(header))
    if not found:
        return None
    if not all(np.isfinite(one).all() for one in found):
        raise GeometryError.at(
            path.name, "its place is given by no finite numbers", AGAIN
        )
    _require_agreement(found, header, path)
    return RAS_TO_LPS @ found[0]


def _of_quaternion(header: _Header) -> Affine:
    """Return the matrix of the qform (nifti1.h, method 2)."""
    b, c, d, *offset = header.quaternion
    a = max(0.0, 1.0 - (b * b + c * c + d * d)) ** 0.5
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    turned = -1.0 if header.pixdim[0] < 0 else 1.0
    affine = np.eye(4)
    affine[:3, :3] = rotation * header.spacing_mm * (1.0, 1.0, turned)
    affine[:3, 3] = offset
    return affine


def _require_agreement(found: list[Affine], header: _Header, path: Path) -> None:
    """Refuse where sform and qform, or sform and pixdim, say different things."""
    sizes = np.linalg.norm(found[0][:3, :3], axis=0)
    if (np.abs(sizes / header.spacing_mm - 1) > AGREE / 10).any():
        raise GeometryError.at(
            path.name, "its sform gives voxels another size than pixdim does", AGAIN
        )
    ends = [(0, size - 1) for size in header.sizes[:3]]
    corners = np.array(np.meshgrid(*ends, [1])).reshape(4, -1)
    apart = np.ptp([one @ corners for one in found], axis=0).max()
    if apart > AGREE * min(header.spacing_mm):
        raise GeometryError.at(
            path.name,
            f"its sform and its qform place it {apart:.3g} mm apart",
            "Save it with one of them",
        )
