"""MetaImage label images: .mha, and .mhd with its voxels beside it.

The header is text, `key = value` (itk.org/Wiki/ITK/MetaIO/Documentation). Places are
LPS, mm, as ITK writes and reads them; AnatomicalOrientation only repeats in letters
what TransformMatrix says, and counts for nothing, as with ITK.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recist_tool.dicom.masks.detached import require_one_file, voxels_beside
from recist_tool.dicom.masks.label_image import (
    AGAIN,
    LONGEST_LINE,
    MOST_LINES,
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
    from collections.abc import Mapping, Sequence
    from io import BufferedIOBase
    from pathlib import Path

    from numpy.typing import NDArray

    Affine = NDArray[np.float64]

LAST: Final = "ElementDataFile"
"""The key after which the voxels begin."""
LOCAL: Final = frozenset({"LOCAL", "local", "Local"})
TYPES: Final = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2",
    "MET_INT": "i4", "MET_UINT": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
ORIGINS: Final = ("Offset", "Position", "Origin")
MATRICES: Final = ("TransformMatrix", "Rotation", "Orientation")
SIZES: Final = ("ElementSpacing", "ElementSize")
BIG_ENDIAN: Final = ("BinaryDataByteOrderMSB", "ElementByteOrderMSB")
MILLIMETRES: Final = frozenset({"", "mm", "?"})
ANY_DEFLATE: Final = 32 + zlib.MAX_WBITS
"""To zlib: headed as zlib or as gzip, whichever it is."""


def read_metaimage(path: Path) -> LabelImage:
    """Return a MetaImage label image, deflated or not.

    Raises
    ------
    LabelError
        If it is damaged, larger than the file can hold, has its voxels in a file that
        is not beside it, or more than three dimensions.
    GeometryError
        If it does not say how large its voxels are.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        fields = _fields(file, path)
        try:
            labels = _labels(file, fields, path)
            affine, said = _affine(fields, path)
        except (KeyError, ValueError, OverflowError):
            raise LabelError.at(
                path.name, "damaged: its MetaImage header is not complete", AGAIN
            ) from None
    return LabelImage(
        path=path,
        kind="MetaImage",
        affine_lps=affine,
        layers=(Layer(labels, {}),),
        said=said,
    )


def _fields(file: BufferedIOBase, path: Path) -> dict[str, str]:
    """Return the header; the file is at the first byte behind it then."""
    found: dict[str, str] = {}
    for _ in range(MOST_LINES):
        line = file.readline(LONGEST_LINE)
        key, equals, value = line.decode("utf-8", "replace").partition("=")
        if not equals:
            break
        found[key.strip()] = value.strip()
        if key.strip() == LAST:
            return found
    raise LabelError.at(path.name, "damaged: it is no MetaImage", AGAIN)


def _first(fields: Mapping[str, str], keys: Sequence[str]) -> list[float] | None:
    """Return the numbers under the first of several keys; None where there is none."""
    for key in keys:
        if key in fields:
            return [float(number) for number in fields[key].split()]
    return None


def _is(fields: Mapping[str, str], *keys: str) -> bool:
    return any(fields.get(key, "").lower() in ("true", "1") for key in keys)


def _labels(
    file: BufferedIOBase, fields: Mapping[str, str], path: Path
) -> NDArray[Any]:
    sizes = tuple(int(size) for size in fields["DimSize"].split())
    channels = int(fields.get("ElementNumberOfChannels", "1"))
    if len(sizes) != 3 or channels != 1 or int(fields["NDims"]) != 3:
        dimensions = " × ".join(map(str, sizes))
        raise LabelError.at(
            path.name,
            f"it has {dimensions} voxels of {channels} values: not one volume",
            "Save each volume as its own file",
        )
    if fields["ElementType"] not in TYPES or not _is(
        {"BinaryData": "True"} | dict(fields), "BinaryData"
    ):
        raise LabelError.at(
            path.name, "its voxels are no whole or decimal numbers in binary", AGAIN
        )
    order = ">" if _is(fields, *BIG_ENDIAN) else "<"
    dtype = np.dtype(order + TYPES[fields["ElementType"]])
    name = fields[LAST]
    if name in LOCAL:
        data = _voxels(file, fields, sizes, dtype, path)
    else:
        require_one_file(path, name, "Save it as one .mha")
        voxels = voxels_beside(path, name)
        with voxels.open("rb") as other:
            _skip(other, fields, voxels)
            data = _voxels(other, fields, sizes, dtype, voxels)
    return np.frombuffer(data, dtype).reshape(sizes[::-1])


def _skip(file: BufferedIOBase, fields: Mapping[str, str], path: Path) -> None:
    """Step over what stands before the voxels in a file of their own."""
    size = int(fields.get("HeaderSize", "0"))
    if size < 0 or size > path.stat().st_size:
        raise LabelError.at(path.name, "it says nowhere where its voxels begin", AGAIN)
    file.seek(size)


def _voxels(
    file: BufferedIOBase,
    fields: Mapping[str, str],
    sizes: tuple[int, ...],
    dtype: np.dtype[Any],
    path: Path,
) -> bytearray:
    packed = _is(fields, "CompressedData")
    needed = require_size(path, sizes, dtype, packed=packed)
    if not packed:
        return read_voxels(file, needed, path)
    try:
        data = zlib.decompressobj(ANY_DEFLATE).decompress(file.read(), needed)
    except zlib.error:
        raise LabelError.at(
            path.name, "its compressed voxels are damaged", AGAIN
        ) from None
    return read_voxels(io.BytesIO(data), needed, path)


def _affine(fields: Mapping[str, str], path: Path) -> tuple[Affine, Said]:
    """Return where the voxels lie, LPS, as far as the file says."""
    sizes = _first(fields, SIZES)
    if sizes is None or not all(0 < size < np.inf for size in sizes):
        raise no_size(path)
    if fields.get("DistanceUnits", "") not in MILLIMETRES:
        raise no_millimetres(path)
    origin, matrix = _first(fields, ORIGINS), _first(fields, MATRICES)
    affine = np.eye(4)
    axes = np.eye(3) if matrix is None else np.reshape(matrix, (3, 3)).T
    affine[:3, :3] = axes * np.reshape(sizes, 3)
    affine[:3, 3] = (0, 0, 0) if origin is None else np.reshape(origin, 3)
    if (
        not np.isfinite(affine).all()
        or not np.linalg.norm(affine[:3, :3], axis=0).all()
    ):
        raise GeometryError.at(
            path.name, "its place is given by no finite numbers", AGAIN
        )
    if matrix is None:
        return affine, Said.SIZE
    return affine, Said.AXES if origin is None else Said.PLACE
