"""How fast a series is fetched from an archive by DICOMweb.

An Orthanc on loopback gives 80 slices of 512 × 512. Beside it, in turns, the library
below (dicomweb-client), which is asked for one object after the other, and this program
with one request at a time. Every fetch lists the study, and writes its files.

Run: ``python -m benchmarks bench_dicomweb``; it needs Debian's Orthanc.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.written_series import TAGS, write
from recist_tool.dicom.scan.image_cache import ImageCache
from recist_tool.servers import dicomweb
from recist_tool.servers.address import WebAddress, address
from recist_tool.servers.download import Download
from tests.servers.orthanc import running

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

SLICES = 80
SIZE = 512
ROUNDS = 3
MOST_SECONDS = 2.0
MOST_OF_PEER = 0.5
EXPLICIT = "1.2.840.10008.1.2.1"


def ours(url: str, folder: Path) -> int:
    """Fetch the study as the program does."""
    where = address(url)
    if not isinstance(where, WebAddress):
        raise TypeError(url)
    source = dicomweb.DicomWebSource(where)
    return Download(source, ImageCache(folder)).pull([TAGS["StudyInstanceUID"]]).images


def ours_one_by_one(url: str, folder: Path) -> int:
    """Fetch it with one request under way."""
    with mock.patch.object(dicomweb, "MOST_AT_A_TIME", 1):
        return ours(url, folder)


def client_one_by_one(url: str, folder: Path) -> int:
    """Ask dicomweb-client for one object after the other, and write each."""
    from dicomweb_client import DICOMwebClient

    client: Any = DICOMwebClient(url)
    study = TAGS["StudyInstanceUID"]
    found: list[dict[str, Any]] = client.search_for_instances(study)
    for number, item in enumerate(found):
        series, image = (item[tag]["Value"][0] for tag in ("0020000E", "00080018"))
        client.retrieve_instance(study, series, image).save_as(folder / f"{number}.dcm")
    return len(found)


WAYS = (ours, ours_one_by_one, client_one_by_one)


def seconds(way: Callable[[str, Path], int], url: str) -> float:
    """Return how long a way takes into an empty folder."""
    with tempfile.TemporaryDirectory() as place:
        begin = time.perf_counter()
        count = way(url, Path(place))
        took = time.perf_counter() - begin
    if count != SLICES:
        msg = f"{way.__name__} fetched {count} of {SLICES}"
        raise RuntimeError(msg)
    return took


def medians() -> dict[str, float]:
    """Return the median of each way, in seconds."""
    with tempfile.TemporaryDirectory() as place:
        images, archive = Path(place, "images"), Path(place, "archive")
        images.mkdir()
        archive.mkdir()
        write(images, SLICES, SIZE, EXPLICIT)
        with running(archive) as pacs:
            pacs.push(sorted(images.iterdir()))
            runs: dict[str, list[float]] = {way.__name__: [] for way in WAYS}
            for order in (WAYS, WAYS[::-1]) * ROUNDS:
                for way in order:
                    runs[way.__name__].append(seconds(way, pacs.web))
    return {name: statistics.median(each) for name, each in runs.items()}


def show(console: Console, found: dict[str, float]) -> None:
    """Print medians, and what is missed."""
    for name, took in found.items():
        console.print(f"{name:18} {took:6.2f} s for {SLICES} slices")
    peer = found["client_one_by_one"]
    for what, value, most in (
        ("DICOMweb: seconds for 80 slices", found["ours"], MOST_SECONDS),
        ("DICOMweb: fetch / the client's", found["ours"] / peer, MOST_OF_PEER),
    ):
        verdict = "met" if value <= most else "MISSED"
        console.print(f"{what:40} {value:6.3f}  target {most:<5} {verdict}")


def main() -> None:
    """Measure all that is aimed at and print it."""
    from rich.console import Console

    show(Console(highlight=False), medians())
