"""Files that are made to take all memory, or all time: how each is made, and asked of.

Each is a few bytes, or looks as large as it says while the disk holds nothing of it.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from tests.dicom.mask_files import (
    SERIES,
    nifti_header,
    slices_of,
    write_nifti,
    write_seg,
    write_structure_set,
)
from tests.dicom.series_files import Files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TB: Final = 1 << 40
ZEROS: Final = bytes(1 << 20)


class Attack(NamedTuple):
    """What is made in a folder, and what ``recist`` is asked then.

    Attributes
    ----------
    make
        Writes it, and returns the arguments.
    says
        What the line that refuses it holds; empty where it is read.
    """

    make: Callable[[Path], list[str]]
    says: str


def _packed(path: Path, header: bytes, byte: bytes, count: int) -> Path:
    """Write a deflated file of one byte, over and over."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header)
        for _ in range(count >> 20):
            file.write(byte * len(ZEROS))
        file.write(byte * (count % len(ZEROS)))
    return path


def _sparse(path: Path, start: bytes, end: bytes = b"", size: int = TB) -> Path:
    """Write a file of zeros that the disk does not hold, with something at its ends."""
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)
        if end:
            file.seek(size - len(end))
            file.write(end)
    return path


def bomb(folder: Path) -> list[str]:
    shape = (1000, 1000, 1000)
    return _measure(_packed(folder / "m.nii.gz", nifti_header(shape), b"\1", 1000**3))


def whole_image(folder: Path) -> list[str]:
    """As many voxels as are read, and all of them one lesion."""
    shape = (800, 800, 1000)
    return _measure(
        _packed(folder / "m.nii.gz", nifti_header(shape), b"\1", 800 * 800 * 1000)
    )


def decimals(folder: Path) -> list[str]:
    """As many bytes as are read, of numbers that have to be looked at one by one."""
    shape = (640, 640, 640)
    header = nifti_header(shape, datatype=64)
    return _measure(_packed(folder / "m.nii.gz", header, b"\0", 8 * 640**3))


def large_labels(folder: Path) -> list[str]:
    """As many bytes as are read, of labels beyond those that fit a table."""
    shape = (800, 800, 800)
    header = nifti_header(shape, datatype=8)
    return _measure(_packed(folder / "m.nii.gz", header, b"\1", 4 * 800**3))


def a_real_map(folder: Path) -> list[str]:
    """A label map as long as a body, with lesions in it: it is read."""
    path = folder / "m.nii.gz"
    shape = (512, 512, 2000)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(nifti_header(shape, spacing_mm=(0.8, 0.8, 1.0)))
        for k in range(shape[2]):
            plane = np.zeros(shape[:2], np.uint8)
            if k % 100 < 20:
                plane[200:230, 100:140] = 1 + k // 100
            file.write(plane.tobytes())
    return _measure(path)


def sparse_nifti(folder: Path) -> list[str]:
    shape = (30000, 30000, 1000)
    return _measure(_sparse(folder / "m.nii", bytes(nifti_header(shape))))


def sparse_nrrd(folder: Path) -> list[str]:
    head = _nrrd_header("30000 30000 1000", "raw", "unsigned char")
    return _measure(_sparse(folder / "m.nrrd", head))


def sparse_mask_in_a_folder(folder: Path) -> list[str]:
    inside = folder / "masks"
    inside.mkdir()
    _sparse(inside / "m.dcm", bytes(128) + b"DICM")
    _sparse(inside / "n.dcm", b"")
    return ["measure", str(inside)]


def sparse_image(folder: Path) -> list[str]:
    (path,) = Files(count=1).write(folder / "images")
    with path.open("r+b") as file:
        file.truncate(TB)
    return ["scan", str(folder / "images")]


def sparse_text(name: str, *arguments: str) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        path = _sparse(folder / name, b'{"journal": "')
        return [*arguments, str(path)]

    return make


def sparse_journal(folder: Path) -> list[str]:
    _sparse(folder / "P.journal.jsonl", b'{"format": "recist_journal"}\n')
    (folder / "P.case.json").write_text('{"journal": {}}')
    return ["assess", str(folder / "P.case.json")]


def sparse_zip(folder: Path) -> list[str]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("1.dcm", b"x")
    return ["scan", str(_sparse(folder / "m.zip", b"", content.getvalue()))]


def layers(folder: Path) -> list[str]:
    """256 layers, each full of the same lesion: all pairs of them overlap."""
    sizes = "256 128 128 64"
    head = _nrrd_header(sizes, "gzip", "unsigned char", layered=True)
    path = folder / "m.nrrd"
    path.write_bytes(head + gzip.compress(b"\1" * (256 * 128 * 128 * 64), 1))
    return _measure(path)


def million_labels(folder: Path) -> list[str]:
    """Each voxel is a lesion of its own."""
    path = folder / "m.nii.gz"
    labels = np.arange(1, 100**3 + 1, dtype="<i4")
    header = bytes(nifti_header((100, 100, 100), datatype=8))
    path.write_bytes(gzip.compress(header + labels.tobytes(), 1))
    return _measure(path)


def scattered_labels(folder: Path) -> list[str]:
    """Sixty thousand labels, each all over a small image: a picture."""
    values = np.random.default_rng(1).integers(0, 60_000, (128, 128, 128))
    path = write_nifti(folder / "m.nii.gz", values.astype("float32"))
    return _measure(path)


def many_rois(folder: Path) -> list[str]:
    """3,000 regions, each drawn on eight slices, all at one place."""
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = np.stack((40 * np.cos(turn), 40 * np.sin(turn)), axis=1)
    contours = [np.column_stack((circle, np.full(16, 3.0 * k))) for k in range(8)]
    rois = {f"ROI {number}": contours for number in range(3000)}
    return _measure(write_structure_set(folder / "m.dcm", SERIES, rois))


def far_contours(folder: Path) -> list[str]:
    """Two squares as far apart as a number goes, finely spaced elsewhere."""
    square = np.array([(0, 0), (50, 0), (50, 50), (0, 50)], float)
    at = (0, 0.02, 0.04, 6e4)
    contours = [np.column_stack((square * 1e3, np.full(4, depth))) for depth in at]
    return _measure(write_structure_set(folder / "m.dcm", SERIES, {"ROI": contours}))


def _seg(folder: Path, kind: str = "BINARY") -> Dataset:
    images = slices_of(SERIES, folder / "series")
    pixels = np.ones((8, 20, 30), np.uint8)
    return dcmread(write_seg(folder / "made.dcm", images, pixels, kind=kind))


def _grown(dataset: Dataset, frames: int, side: int) -> None:
    """Let a segmentation say that it has so many frames of such a size."""
    one = dataset.PerFrameFunctionalGroupsSequence[0]
    dataset.PerFrameFunctionalGroupsSequence = [one] * frames
    dataset.NumberOfFrames = frames
    dataset.Rows = dataset.Columns = side


def declared_frames(folder: Path) -> list[str]:
    """60,000 frames described, and the pixels of one there."""
    dataset = _seg(folder)
    _grown(dataset, 60_000, 512)
    dataset.PixelData = bytes(512 * 512 // 8)
    dataset.save_as(folder / "m.dcm")
    return _measure(folder / "m.dcm")


def declared_packed_frames(folder: Path) -> list[str]:
    """As many, packed: the pixels of one there."""
    dataset = _seg(folder)
    _grown(dataset, 60_000, 512)
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    run = struct.pack("<16L", 1, 64, *(0,) * 14) + b"\x81\1" * (512 * 512 // 128)
    dataset.PixelData = encapsulate([run])
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.save_as(folder / "m.dcm")
    return _measure(folder / "m.dcm")


def sparse_seg(folder: Path) -> list[str]:
    """A file of 1.9 GB that the disk does not hold, all of it frames that are empty."""
    dataset = _seg(folder)
    _grown(dataset, 60_000, 512)
    dataset.PixelData = b"\0\0"
    path = folder / "m.dcm"
    dataset.save_as(path)
    length = 60_000 * 512 * 512 // 8
    with path.open("r+b") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(size - 6)
        file.write(struct.pack("<L", length))
        file.truncate(size - 2 + length)
    return _measure(path)


def labels_in_every_frame(folder: Path) -> list[str]:
    """A label map whose frames have a label for each pixel."""
    dataset = _seg(folder)
    dataset.SegmentationType = "LABELMAP"
    _grown(dataset, 8, 250)
    for index, item in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        fresh = Dataset()
        place = Dataset()
        place.ImagePositionPatient = [0, 0, 3 * index]
        fresh.PlanePositionSequence = [place]
        dataset.PerFrameFunctionalGroupsSequence[index] = fresh
        del item
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    frame = np.arange(250 * 250, dtype="<u2")
    dataset.PixelData = np.tile(frame, 8).tobytes()
    dataset.save_as(folder / "m.dcm")
    return _measure(folder / "m.dcm")


def many_visits(folder: Path) -> list[str]:
    """Findings of fifty megabytes: a patient seen on each day since 1850."""
    lesion = {"id": "L1", "role": "target", "organ": "liver"}
    visits = [
        {"id": f"V{number}", "lesions": [{**lesion, "diameter_mm": 20}]}
        for number in range(200_000)
    ]
    path = folder / "findings.json"
    path.write_text(json.dumps({"subject_id": "P1", "timepoints": visits}))
    return ["assess", str(path)]


def deep_json(folder: Path) -> list[str]:
    path = folder / "findings.json"
    path.write_text('{"a":' * 500_000 + "1" + "}" * 500_000)
    return ["assess", str(path)]


def many_digits(folder: Path) -> list[str]:
    path = folder / "findings.json"
    path.write_text('{"subject_id": "P1", "timepoints": ' + "9" * 5_000_000 + "}")
    return ["assess", str(path)]


def one_line(folder: Path) -> list[str]:
    return ["trial", str(_sparse(folder / "m.jsonl", b'{"subject_id": "'))]


def _nrrd_header(
    sizes: str, encoding: str, kind: str, *, layered: bool = False
) -> bytes:
    first, none = ("list ", "none ") if layered else ("", "")
    return (
        f"NRRD0005\ntype: {kind}\ndimension: {len(sizes.split())}\n"
        f"space: left-posterior-superior\nsizes: {sizes}\n"
        f"space directions: {none}(1,0,0) (0,1,0) (0,0,1)\n"
        f"kinds: {first}domain domain domain\nendian: little\nencoding: {encoding}\n"
        "space origin: (0,0,0)\n\n"
    ).encode()


def _measure(path: Path) -> list[str]:
    return ["measure", str(path)]


ATTACKS: Final = {
    "bomb of 1000 x 1000 x 1000": Attack(bomb, "voxels"),
    "640 million voxels, one lesion": Attack(whole_image, "voxels"),
    "decimals of 2 GB": Attack(decimals, "empty"),
    "labels of 2 GB": Attack(large_labels, "no lesion is that large"),
    "a real map of 512 x 512 x 2000": Attack(a_real_map, ""),
    "1 TB of zeros, NIfTI": Attack(sparse_nifti, "GB of voxels"),
    "1 TB of zeros, NRRD": Attack(sparse_nrrd, "GB of voxels"),
    "1 TB of zeros, a folder of masks": Attack(sparse_mask_in_a_folder, "damaged"),
    "1 TB of zeros, an image": Attack(sparse_image, ""),
    "1 TB of zeros, a case": Attack(sparse_text("P.case.json", "assess"), "MB"),
    "1 TB of zeros, findings": Attack(sparse_text("P.json", "assess"), "MB"),
    "1 TB of zeros, a journal": Attack(sparse_journal, "MB"),
    "1 TB of zeros, a line of findings": Attack(one_line, "MB"),
    "1 TB of zeros, a zip": Attack(sparse_zip, "none of its 1 files"),
    "256 layers": Attack(layers, ""),
    "a million labels": Attack(million_labels, "labels"),
    "labels scattered all over": Attack(scattered_labels, "labels"),
    "3,000 ROIs": Attack(many_rois, "takes too long"),
    "contours far apart": Attack(far_contours, ""),
    "SEG: 60,000 frames declared": Attack(declared_frames, "cut off"),
    "SEG: 60,000 frames declared, packed": Attack(declared_packed_frames, "too large"),
    "SEG: 1.9 GB of zeros": Attack(sparse_seg, "empty"),
    "SEG: a label for each pixel": Attack(labels_in_every_frame, ""),
    "200,000 visits": Attack(many_visits, ""),
    "deep JSON": Attack(deep_json, "not valid JSON"),
    "5 million digits": Attack(many_digits, "not valid JSON"),
}
