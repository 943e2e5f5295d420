"""How fast series are scanned and loaded, and how much memory that takes.

Against SimpleITK, with its threads as it sets them and on one core, and against reading
bytes and headers alone, each in a fresh process, in turns.
Run: ``python -m benchmarks bench_load``
"""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.written_series import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import Console

SLICES = {"CT": 600, "J2K": 300, "RLE": 300}
SIZE = 512
FILES_SERIES = (500, 10)  # slices, series: 5,000 files
FILES_SIZE = 64
ROUNDS = 2  # in either order
MEMORY_BYTES = 1 << 30  # three volumes
VOLUME_MB = SLICES["CT"] * SIZE * SIZE * 2 / 1e6
SYNTAXES = {
    "CT": "1.2.840.10008.1.2.1",
    "J2K": "1.2.840.10008.1.2.4.90",
    "RLE": "1.2.840.10008.1.2.5",
}


class Measured(NamedTuple):
    """One run in a process of its own."""

    seconds: float
    megabytes: float


def ours(folder: Path) -> Callable[[], object]:
    """Scan the folder and load its series."""
    from recist_tool.dicom.load import load
    from recist_tool.dicom.scan.scan import scan

    return lambda: load(scan([folder], cached=False).series[0])


def ours_known(folder: Path) -> Callable[[], object]:
    """Load a series that was scanned before."""
    from recist_tool.dicom.load import load
    from recist_tool.dicom.scan.scan import scan

    (series,) = scan([folder], cached=False).series
    return lambda: load(series)


def ours_second_opening(folder: Path) -> Callable[[], object]:
    """Load a compressed series that was decoded before."""
    from recist_tool.dicom.load import load
    from recist_tool.dicom.scan.scan import scan

    os.environ["RECIST_CACHE"] = str(folder.parent / "decoded")
    os.environ["RECIST_DECODED_GB"] = "4"
    (series,) = scan([folder], cached=False).series
    load(series)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    return lambda: load(series)


def ours_first_slice(folder: Path) -> Callable[[], object]:
    """Load the middle slice of a series that was scanned before."""
    from recist_tool.dicom.load import open_volume
    from recist_tool.dicom.scan.scan import scan

    (series,) = scan([folder], cached=False).series
    return lambda: next(iter(open_volume(series)))


def ours_first_scan(folder: Path) -> Callable[[], object]:
    """Scan the folder, and keep what was read."""
    from recist_tool.dicom.scan.scan import scan

    os.environ["RECIST_CACHE"] = tempfile.mkdtemp(dir=folder.parent)
    return lambda: scan([folder])


def ours_second_scan(folder: Path) -> Callable[[], object]:
    """Scan a folder that was scanned before."""
    from recist_tool.dicom.scan.scan import scan

    os.environ["RECIST_CACHE"] = str(folder.parent / "cache")
    if not Path(os.environ["RECIST_CACHE"]).exists():
        scan([folder])
    return lambda: scan([folder])


def simpleitk(folder: Path) -> Callable[[], object]:
    """Read with SimpleITK, which is told the sorted files."""
    import SimpleITK

    names = SimpleITK.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(names)
    return reader.Execute


def simpleitk_on_one_core(folder: Path) -> Callable[[], object]:
    """Read with SimpleITK on one core: one engine, where ours has two processes."""
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return simpleitk(folder)


def simpleitk_scan(folder: Path) -> Callable[[], object]:
    """Find the series, and sort the files of each, with SimpleITK."""
    import SimpleITK

    reader, place = SimpleITK.ImageSeriesReader, str(folder)
    return lambda: [
        reader.GetGDCMSeriesFileNames(place, uid)
        for uid in reader.GetGDCMSeriesIDs(place)
    ]


def simpleitk_pass(folder: Path) -> Callable[[], object]:
    """Read the headers of the folder once with SimpleITK; sort but one series."""
    import SimpleITK

    return lambda: SimpleITK.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))


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


PEER = (simpleitk, simpleitk_on_one_core)
WAYS = {
    "CT": (ours, ours_known, ours_first_slice, *PEER, raw_bytes, headers),
    "J2K": (ours, ours_known, ours_second_opening, ours_first_slice, *PEER),
    "RLE": (ours, ours_known, ours_first_slice, *PEER),
    "files": (ours_first_scan, ours_second_scan, simpleitk_scan, simpleitk_pass),
}


def child(way: str, folder: Path) -> None:
    """Measure one way in this process and print seconds and megabytes.

    Nothing is kept of what is decoded, except where that is what is measured.
    """
    os.environ["RECIST_DECODED_GB"] = "0"
    ways = {one.__name__: one for many in WAYS.values() for one in many}
    act = ways[way](folder)
    gc.collect()
    _take_memory()
    before = _resident_mb()
    begin = time.perf_counter()
    kept = act()
    seconds = time.perf_counter() - begin
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps((seconds, most - before)))  # noqa: T201
    del kept


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _take_memory() -> None:
    """Have memory at hand: a host that took free memory back gives it out slowly.

    A virtual machine's first touch of 300 MB can take a second, and falls to whoever
    comes first after a pause.
    """
    filled = f"import numpy; numpy.ones({MEMORY_BYTES}, numpy.uint8)"
    subprocess.run([sys.executable, "-c", filled], check=True)  # noqa: S603 - this program


def measured(way: str, folder: Path) -> Measured:
    """Run one way in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bench_load", way, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this program
    return Measured(*json.loads(done.stdout))


def medians(kind: str) -> dict[str, Measured]:
    """Return the median of each way on one kind of folder."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / kind
        folder.mkdir()
        if kind == "files":
            slices, series = FILES_SERIES
            write(folder, slices, FILES_SIZE, SYNTAXES["CT"], series)
        else:
            write(folder, SLICES[kind], SIZE, SYNTAXES[kind])
        runs: dict[str, list[Measured]] = {way.__name__: [] for way in WAYS[kind]}
        for order in (WAYS[kind], WAYS[kind][::-1]) * ROUNDS:
            for way in order:
                runs[way.__name__].append(measured(way.__name__, folder))
    return {
        name: Measured(*map(statistics.median, zip(*each, strict=True)))
        for name, each in runs.items()
    }


def ratios(found: dict[str, dict[str, Measured]]) -> Iterable[tuple[str, float, float]]:
    """Give what was aimed at: what, how much it is, and how much it may be."""
    time_s = {
        kind: {way: one.seconds for way, one in ways.items()}
        for kind, ways in found.items()
    }
    for kind, most in (("CT", 0.35), ("J2K", 0.65), ("RLE", 0.5)):
        of = time_s[kind]
        for way, peer in (
            ("simpleitk", "SimpleITK's load"),
            ("simpleitk_on_one_core", "SimpleITK's on one core"),
        ):
            yield f"{kind}: scan and load / {peer}", of["ours"] / of[way], most
    of = time_s["CT"]
    bytes_and_headers = of["raw_bytes"] + of["headers"]
    yield "CT: scan and load / raw bytes + headers", of["ours"] / bytes_and_headers, 1.5
    as_long = of["ours_known"] * SLICES["J2K"] / SLICES["CT"]
    second = time_s["J2K"]["ours_second_opening"] / as_long
    yield "J2K: second opening / uncompressed load of as many slices", second, 1.2
    for kind in SYNTAXES:
        of = time_s[kind]
        part = of["ours_first_slice"] / of["ours_known"]
        yield f"{kind}: first slice / full load", part, 0.3
    of = time_s["files"]
    for way, most in (("ours_first_scan", 0.5), ("ours_second_scan", 0.1)):
        what = f"5,000 files: {way[5:].replace('_', ' ')} / SimpleITK's over its series"
        yield what, of[way] / of["simpleitk_scan"], most
    memory = found["CT"]["ours"].megabytes
    yield "CT: memory / (1.1 volume + 150 MB)", memory / (1.1 * VOLUME_MB + 150), 1.0


def show(console: Console, found: dict[str, dict[str, Measured]]) -> None:
    """Print medians, ratios, and what is missed."""
    for kind, ways in found.items():
        for way, one in ways.items():
            console.print(
                f"{kind:6}{way:22} {one.seconds:7.3f} s {one.megabytes:6.0f} MB"
            )
    for what, value, most in ratios(found):
        verdict = "met" if value <= most else "MISSED"
        console.print(f"{what:58} {value:6.3f}  target {most:<5} {verdict}")


def main() -> None:
    """Measure all that is aimed at and print it."""
    from rich.console import Console

    show(Console(highlight=False), {kind: medians(kind) for kind in WAYS})


if __name__ == "__main__":
    if len(sys.argv) == 3:
        child(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
