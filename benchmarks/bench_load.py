"""How fast a CT of 600 slices is loaded, and how much memory that takes.

Against SimpleITK's `ImageSeriesReader` and against reading the bytes alone, each in a
fresh process, in turns. Run: ``python -m benchmarks bench_load``
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SLICES = 600
SIZE = 512
ROUNDS = 4  # in either order
VOLUME_MB = SLICES * SIZE * SIZE * 2 / 1e6


TAGS = {
    "SOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
    "Modality": "CT",
    "PatientID": "BENCH",
    "StudyDate": "20240102",
    "StudyInstanceUID": "1.2.3",
    "SeriesInstanceUID": "1.2.3.4",
    "SeriesDescription": "Abdomen 1.0",
    "FrameOfReferenceUID": "1.2.3.5",
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "PixelSpacing": [0.75, 0.75],
    "SliceThickness": 1,
    "Rows": SIZE,
    "Columns": SIZE,
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
    "RescaleSlope": "1",
    "RescaleIntercept": "-1024",
}


def write(folder: Path) -> None:
    """Write a synthetic CT, uncompressed, with a header of the usual length."""
    import numpy as np
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    chance = np.random.default_rng(1)
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.preamble = b"\0" * 128
    for keyword, value in TAGS.items():
        setattr(dataset, keyword, value)
    dataset.add_new(0x00090010, "LO", "BENCH")
    for number in range(60):
        dataset.add_new(0x00091000 + number, "LO", f"private value {number}")
    for index in range(SLICES):
        dataset.SOPInstanceUID = f"1.2.3.4.{index + 1}"
        dataset.InstanceNumber = index + 1
        dataset.ImagePositionPatient = [-190, -190, index]
        pixels = chance.integers(0, 4096, (SIZE, SIZE), dtype="<u2")
        dataset.PixelData = pixels.tobytes()
        dataset.save_as(folder / f"{index:04}.dcm", enforce_file_format=True)


def ours(folder: Path) -> Callable[[], object]:
    """Scan the folder and load its series."""
    from recist_tool.dicom.load import load
    from recist_tool.dicom.scan import scan

    return lambda: load(scan([folder]).series[0])


def ours_known(folder: Path) -> Callable[[], object]:
    """Load a series that was scanned before."""
    from recist_tool.dicom.load import load
    from recist_tool.dicom.scan import scan

    (series,) = scan([folder]).series
    return lambda: load(series)


def ours_scan(folder: Path) -> Callable[[], object]:
    """Scan the folder alone."""
    from recist_tool.dicom.scan import scan

    return lambda: scan([folder])


def simpleitk(folder: Path) -> Callable[[], object]:
    """Read with SimpleITK, which is told the sorted files."""
    import SimpleITK

    names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(names)
    return reader.Execute


def simpleitk_scan(folder: Path) -> Callable[[], object]:
    """Sort the files with SimpleITK."""
    import SimpleITK

    return lambda: SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))


def raw_bytes(folder: Path) -> Callable[[], object]:
    """Read every byte into one buffer, and understand nothing."""
    paths = sorted(folder.glob("*.dcm"))
    size = sum(path.stat().st_size for path in paths)

    def read() -> bytearray:
        buffer, at = bytearray(size), 0
        with memoryview(buffer) as view:
            for path in paths:
                with path.open("rb", buffering=0) as file:
                    at += file.readinto(view[at:])
        return buffer

    return read


def headers(folder: Path) -> Callable[[], object]:
    """Read every header with pydicom."""
    import pydicom

    paths = sorted(folder.glob("*.dcm"))
    return lambda: [pydicom.dcmread(path, stop_before_pixels=True) for path in paths]


WAYS = (ours, ours_known, simpleitk, raw_bytes, headers, ours_scan, simpleitk_scan)


def child(way: str, folder: Path) -> None:
    """Measure one way in this process and print seconds and megabytes."""
    act = {one.__name__: one for one in WAYS}[way](folder)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    kept = act()
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"s": seconds, "mb": (after - before) * 1024 / 1e6}))  # noqa: T201
    del kept


def measured(way: str, folder: Path) -> dict[str, Any]:
    """Run one way in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bench_load", way, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this program
    return json.loads(done.stdout)


def main() -> None:
    """Print medians, ratios, and what is missed."""
    from rich.console import Console

    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.bench_load", "write", folder]
        subprocess.run(command, check=True)  # noqa: S603 - this program
        runs = [
            {way.__name__: measured(way.__name__, Path(folder)) for way in order}
            for order in (WAYS, WAYS[::-1]) * ROUNDS
        ]
    time_s = {
        way.__name__: statistics.median(run[way.__name__]["s"] for run in runs)
        for way in WAYS
    }
    memory = statistics.median(run["ours"]["mb"] for run in runs)
    for way, seconds in time_s.items():
        console.print(f"{way:16} {seconds:7.3f} s")
    bytes_and_headers = time_s["raw_bytes"] + time_s["headers"]
    for what, value, target in (
        ("scan and load / SimpleITK", time_s["ours"] / time_s["simpleitk"], 0.35),
        (
            "scan and load / raw bytes + headers",
            time_s["ours"] / bytes_and_headers,
            1.5,
        ),
        ("scan / SimpleITK's", time_s["ours_scan"] / time_s["simpleitk_scan"], 0.5),
        ("memory / (1.1 volume + 150 MB)", memory / (1.1 * VOLUME_MB + 150), 1.0),
    ):
        wanted = "" if target is None else f"  (target {target})"
        missed = "  MISSED" if target is not None and value > target else ""
        console.print(f"{what:34} {value:6.2f}{wanted}{missed}")
    console.print(f"memory {memory:.0f} MB for a volume of {VOLUME_MB:.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]))
    elif len(sys.argv) == 3:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
