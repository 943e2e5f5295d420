"""Series of every awkward kind, each with the truth that made it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from tests.dicom.peers import Made
from tests.dicom.series_files import Files, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pydicom.dataset import Dataset

AXES = {
    "axial": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "sagittal": ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    "coronal": ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    "oblique": ((0.8, 0.6, 0.0), (-0.48, 0.64, 0.6)),
    "feet first": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "prone": ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "reversed": ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
}

UNCOMPRESSED = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)
LOSSLESS = (
    RLELossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEG2000Lossless,
)
LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000)


def made(files: Files, keep: Iterable[int] | None = None) -> Made:
    """Return the truth of the slices of a series."""
    which = range(files.count) if keep is None else tuple(keep)
    low = float(files.tags.get("RescaleIntercept", -1024))
    return Made(
        np.stack([files.stored(index).astype(float) + low for index in which]),
        np.stack([files.position(index) for index in which]),
        np.array(files.axes),
        files.spacing_mm[1:],
    )


def write_moved(
    files: Files,
    folder: Path,
    shift: Callable[[int], Iterable[float]],
    keep: Iterable[int] | None = None,
) -> Made:
    """Write slices that are moved by so many mm; return their truth."""
    folder.mkdir(parents=True, exist_ok=True)
    which = range(files.count) if keep is None else tuple(keep)
    truth = made(files, which)
    for place, index in enumerate(which):
        truth.positions_lps[place] += np.fromiter(shift(index), float)
        dataset = files.dataset(index)
        written = [f"{x:.10g}" for x in truth.positions_lps[place]]
        dataset.ImagePositionPatient = written
        save(dataset, folder / f"{index:04}.dcm", files.transfer_syntax)
    return truth


def write_compressed(files: Files, folder: Path, syntax: str) -> None:
    """Write slices in a compressed transfer syntax, with loss where it has some."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(files.count):
        path = folder / f"{index:04}.dcm"
        dataset = files.dataset(index)
        if syntax in (JPEGLossless, JPEGLosslessSV1, JPEGExtended12Bit):
            save(dataset, path, ExplicitVRLittleEndian)
            dataset.PixelData = _by_gdcm(path, syntax)
            dataset.file_meta.TransferSyntaxUID = syntax
        else:
            _compress(dataset, syntax)
        dataset.save_as(path, enforce_file_format=True)


def _compress(dataset: Dataset, syntax: str) -> None:
    if syntax == JPEGBaseline8Bit:
        _as_jpeg(dataset)
        return
    options: dict[str, Any] = {
        JPEG2000: {"j2k_cr": [1.5]},
        JPEGLSNearLossless: {"jls_error": 2},
    }.get(syntax, {})
    dataset.compress(syntax, generate_instance_uid=False, **options)


def _as_jpeg(dataset: Dataset) -> None:
    """Compress eight bits with Pillow; pydicom has no encoder of its own."""
    from PIL import Image

    pixels = np.frombuffer(dataset.PixelData, "<u2").astype(np.uint8)
    picture = Image.fromarray(pixels.reshape(dataset.Rows, dataset.Columns))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=95)
    dataset.PixelData = encapsulate([written.getvalue()])
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.LossyImageCompression = "01"
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit


def _by_gdcm(path: Path, syntax: str) -> bytes:
    """Return pixels that GDCM compressed, which can write JPEG of more than 8 bits."""
    import gdcm
    from pydicom import dcmread

    kinds = {
        JPEGLossless: gdcm.TransferSyntax.JPEGLosslessProcess14,
        JPEGLosslessSV1: gdcm.TransferSyntax.JPEGLosslessProcess14_1,
        JPEGExtended12Bit: gdcm.TransferSyntax.JPEGExtendedProcess2_4,
    }
    reader, writer = gdcm.ImageReader(), gdcm.ImageWriter()
    change = gdcm.ImageChangeTransferSyntax()
    reader.SetFileName(str(path))
    done = [reader.Read()]
    change.SetTransferSyntax(gdcm.TransferSyntax(kinds[syntax]))
    change.SetInput(reader.GetImage())
    done.append(change.Change())
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert all([*done, writer.Write()])
    return dcmread(path).PixelData


def write_many(files: Files, folder: Path) -> None:
    """Write thousands of slices quickly: one is encoded, the others patched."""
    folder.mkdir(parents=True, exist_ok=True)
    marks = {"SOPInstanceUID": "1.2.3.77777", "InstanceNumber": "8888"}
    dataset = files.tagged(
        **marks, ImagePositionPatient=["0", "0", "99999.99"]
    ).dataset(0)
    save(dataset, folder / "0", ExplicitVRLittleEndian)
    whole = (folder / "0").read_bytes()
    (folder / "0").unlink()
    head, pixels = whole[: -len(dataset.PixelData)], len(dataset.PixelData)
    for index in range(files.count):
        x, y, z = files.position(index)
        assert (x, y) == (0, 0)
        own = head.replace(b"1.2.3.77777", b"1.2.3.%05d" % (10000 + index))
        own = own.replace(b"8888", b"%04d" % (index + 1))
        own = own.replace(b"99999.99", b"%08.2f" % z)
        stored = files.stored(index).tobytes()
        assert len(stored) == pixels
        (folder / f"{(index * 7919) % files.count:05}").write_bytes(own + stored)
