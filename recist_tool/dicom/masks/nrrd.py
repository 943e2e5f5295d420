"""NRRD label images, those of 3D Slicer's segmentations (.seg.nrrd) among them.

Their header is text (teem.sourceforge.net/nrrd/format.html). Slicer adds the names of
segments, and keeps those that overlap in layers: a first axis of its own.
"""

from __future__ import annotations

import gzip
import re
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

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedIOBase
    from pathlib import Path

    from numpy.typing import NDArray

    Affine = NDArray[np.float64]

MAGIC: Final = b"NRRD000"
MOST_LAYERS: Final = 256
# fmt: off
TYPES: Final = {
    name: dtype
    for dtype, names in {
        "i1": "signed char, int8, int8_t",
        "u1": "uchar, unsigned char, uint8, uint8_t",
        "i2": "short, short int, signed short, signed short int, int16, int16_t",
        "u2": "ushort, unsigned short, unsigned short int, uint16, uint16_t",
        "i4": "int, signed int, int32, int32_t",
        "u4": "uint, unsigned int, uint32, uint32_t",
        "i8": "longlong, long long, long long int, signed long long, "
              "signed long long int, int64, int64_t",
        "u8": "ulonglong, unsigned long long, unsigned long long int, uint64, uint64_t",
        "f4": "float",
        "f8": "double",
    }.items()
    for name in names.split(", ")
}
TO_LPS: Final = {
    "left-posterior-superior": (1, 1, 1), "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1), "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1), "las": (1, -1, 1),
}
# fmt: on

VECTOR: Final = re.compile(r"\(([^()]*)\)|none")


def read_nrrd(path: Path) -> LabelImage:
    """Return an NRRD label image, deflated or not.

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
            return _image(file, fields, path)
        except (KeyError, ValueError, OverflowError):
            raise LabelError.at(
                path.name, "damaged: its NRRD header is not complete", AGAIN
            ) from None


def _fields(file: BufferedIOBase, path: Path) -> dict[str, str]:
    """Return the header: fields by their names, and pairs of keys and values."""
    if not file.readline(LONGEST_LINE).startswith(MAGIC):
        raise LabelError.at(path.name, "damaged: it is no NRRD file", AGAIN)
    found: dict[str, str] = {}
    for _ in range(MOST_LINES):
        line = file.readline(LONGEST_LINE).decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            return found
        key, _, value = line.partition(":=" if ":=" in line else ":")
        if not line.startswith("#"):
            found[key.strip() if ":=" in line else key.strip().lower()] = value.strip()
    raise LabelError.at(path.name, "damaged: its NRRD header has no end", AGAIN)


def _image(file: BufferedIOBase, fields: Mapping[str, str], path: Path) -> LabelImage:
    _data_file(fields, path)  # refused before anything that is told less well
    sizes = tuple(int(size) for size in fields["sizes"].split())
    if len(sizes) != int(fields["dimension"]):
        raise ValueError("sizes")
    is_layered = len(sizes) == 4 and fields.get("kinds", "").startswith(
        ("list", "vector")
    )
    if len(sizes) - is_layered != 3 or (is_layered and sizes[0] > MOST_LAYERS):
        raise LabelError.at(
            path.name,
            f"it has {' × '.join(map(str, sizes))} voxels: not one volume",
            "Save each volume as its own file",
        )
    labels = _labels(file, fields, sizes, path)
    affine, said = _affine(fields, path)
    stack = np.moveaxis(labels, -1, 0) if is_layered else labels[None]
    named = [
        _named(fields, number, is_layered=is_layered) for number in range(len(stack))
    ]
    layers = tuple(
        Layer(one, dict(of_layer), tuple(label for label, _ in of_layer))
        for one, of_layer in zip(stack, named, strict=True)
    )
    return LabelImage(
        path=path, kind="NRRD", affine_lps=affine, layers=layers, said=said
    )


def _labels(
    file: BufferedIOBase, fields: Mapping[str, str], sizes: tuple[int, ...], path: Path
) -> NDArray[Any]:
    skips = ("line skip", "lineskip", "byte skip", "byteskip")
    if any(fields.get(skip, "0") != "0" for skip in skips):
        raise LabelError.at(path.name, "it skips bytes before its voxels", AGAIN)
    voxels = _data_file(fields, path)
    if voxels is None:
        return _voxels(file, fields, sizes, path)
    with voxels.open("rb") as other:
        return _voxels(other, fields, sizes, voxels)


def _data_file(fields: Mapping[str, str], path: Path) -> Path | None:
    """Return the file of the voxels; None where they follow the header."""
    name = fields.get("data file", fields.get("datafile"))
    if name is None:
        return None
    require_one_file(path, name, "Save it as one .nrrd")
    return voxels_beside(path, name)


def _voxels(
    file: BufferedIOBase, fields: Mapping[str, str], sizes: tuple[int, ...], path: Path
) -> NDArray[Any]:
    encoding = fields["encoding"].lower()
    packed = encoding in ("gzip", "gz")
    if not packed and encoding != "raw":
        raise LabelError.at(
            path.name,
            f"its encoding, {encoding[:20]}, is not read here",
            "Save it as gzip",
        )
    if fields["type"].lower() not in TYPES:
        raise LabelError.at(
            path.name, "its voxels are no whole or decimal numbers", AGAIN
        )
    order = ">" if fields.get("endian", "little").lower() == "big" else "<"
    dtype = np.dtype(order + TYPES[fields["type"].lower()])
    needed = require_size(path, sizes, dtype, packed=packed)
    if packed:
        with gzip.open(file) as inflated:
            data = read_voxels(inflated, needed, path)
    else:
        data = read_voxels(file, needed, path)
    return np.frombuffer(data, dtype).reshape(sizes[::-1])


def _affine(fields: Mapping[str, str], path: Path) -> tuple[Affine, Said]:
    """Return where the voxels lie, LPS, as far as the file says."""
    affine = np.eye(4)
    turned = TO_LPS.get(fields.get("space", "").lower())
    if turned is None or "space directions" not in fields:
        affine[:3, :3] = np.diag(_spacing_mm(fields, path))
        return affine, Said.SIZE
    vectors = _vectors(fields["space directions"])
    affine[:3, :3] = np.array(vectors).T
    origin = _origin(fields)
    affine[:3, 3] = (0, 0, 0) if origin is None else origin
    affine[:3] *= np.array(turned)[:, None]
    sizes = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or sizes.min() <= 0:
        raise no_size(path)
    if not _is_millimetres(fields):
        raise no_millimetres(path)
    return affine, Said.AXES if origin is None else Said.PLACE


def _origin(fields: Mapping[str, str]) -> list[float] | None:
    """Return the space origin; None where it is left out, or NaN, which is unknown."""
    found = _vectors(fields.get("space origin", ""))
    if not found or np.isnan(found).any():
        return None
    if len(found) > 1:
        raise ValueError("space origin")
    return found[0]


def _is_millimetres(fields: Mapping[str, str]) -> bool:
    units = set(re.findall(r'"([^"]*)"', fields.get("space units", "")))
    return units <= {"mm", "millimeter", "millimeters", ""}


def _spacing_mm(fields: Mapping[str, str], path: Path) -> list[float]:
    if "space directions" in fields:
        vectors = np.array(_vectors(fields["space directions"]))
        sizes = np.linalg.norm(vectors, axis=1).tolist()
    else:
        sizes = [float(size) for size in fields.get("spacings", "").split()][-3:]
    if len(sizes) != 3 or not all(0 < size < np.inf for size in sizes):
        raise no_size(path)
    return sizes


def _vectors(text: str) -> list[list[float]]:
    """Return three-dimensional vectors; axes that lie nowhere ("none") are left out.

    >>> _vectors("none (1,0,0) (0,2,0)")
    [[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]
    """
    found = [
        [float(number) for number in one.split(",")]
        for one in VECTOR.findall(text)
        if one
    ]
    if any(len(vector) != 3 for vector in found):
        raise ValueError("vectors")
    return found


def _named(
    fields: Mapping[str, str], layer: int, *, is_layered: bool
) -> list[tuple[int, str]]:
    """Return the labels of a layer that Slicer names, each with its name.

    Before version 4.11 it wrote no layers and values: each segment was a layer of ones.
    """
    found: list[tuple[int, str]] = []
    for key, name in fields.items():
        match = re.fullmatch(r"Segment(\d+)_Name", key)
        if match is None:
            continue
        number = int(match[1])
        on, value = (number, 1) if is_layered else (0, number + 1)
        if int(fields.get(f"Segment{number}_Layer", on)) == layer:
            found.append((int(fields.get(f"Segment{number}_LabelValue", value)), name))
    return found
