"""A download that is cut off, and goes on."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from recist_tool.errors import DownloadCutError, StorageError
from recist_tool.servers.dicomweb import MOST_AT_A_TIME
from recist_tool.servers.download import Download
from recist_tool.servers.query import StudyQuery
from recist_tool.servers.server import source_at
from tests.servers.proxy import Proxy, proxy_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recist_tool.dicom.scan.image_cache import ImageCache
    from recist_tool.servers.query import ImageSource
    from tests.servers.orthanc import Orthanc

AT_ONCE = (0.0, 0.0)


@pytest.fixture(
    params=["DICOMweb", "C-GET", pytest.param("C-MOVE", marks=pytest.mark.nightly)]
)
def protocol(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def line(protocol: str, pacs: Orthanc) -> Iterator[Proxy]:
    port = pacs.http_port if protocol == "DICOMweb" else pacs.dicom_port
    with proxy_to(port) as proxy:
        yield proxy


@pytest.fixture
def source(protocol: str, line: Proxy, pacs: Orthanc) -> ImageSource:
    return {
        "DICOMweb": source_at(f"http://127.0.0.1:{line.port}/dicom-web"),
        "C-GET": source_at(f"dicom://ORTHANC@127.0.0.1:{line.port}"),
        "C-MOVE": source_at(
            f"dicom://ORTHANC@127.0.0.1:{line.port}?from=MOVESCU&move={pacs.move_port}"
        ),
    }[protocol]


def stored(cache: ImageCache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


def pull(source: ImageSource, cache: ImageCache, **how):
    uids = [one.study_instance_uid for one in source.studies(StudyQuery())]
    return Download(source, cache, pauses_s=AT_ONCE, **how).pull(uids)


def test_a_cut_download_says_how_far_it_is_and_goes_on_from_there(
    source: ImageSource, line: Proxy, protocol: str, cache: ImageCache
):
    seen: list[tuple[int, int]] = []

    def cut_half_way(done: int, total: int) -> None:
        seen.append((done, total))
        if done == total // 2:
            line.left = 4000 if protocol != "C-MOVE" else 0

    with pytest.raises(DownloadCutError) as refused:
        pull(source, cache, progress=cut_half_way)
    kept = stored(cache)
    total = seen[0][1]
    assert total == 30
    assert total // 2 <= len(kept) < total
    (line_said,) = str(refused.value).splitlines()
    assert f"the connection broke; {len(kept)} of {total} images are here" in line_said
    assert "do the same again" in line_said
    times = {path: path.stat().st_mtime_ns for path in kept}

    line.left = None
    pulled = pull(source, cache)
    assert pulled.images == total
    assert pulled.fetched == total - len(kept)
    assert {path: path.stat().st_mtime_ns for path in kept} == times


def test_a_line_that_breaks_once_is_taken_up_without_a_word(
    source: ImageSource, line: Proxy, cache: ImageCache
):
    broken: list[int] = []

    def break_once(done: int, total: int) -> None:
        if not broken and done == total // 2:
            broken.append(done)
            line.cut()

    pulled = pull(source, cache, progress=break_once)
    assert broken
    assert pulled.images == 30
    assert pulled.faults == ()


def test_what_is_here_is_never_fetched_again(
    source: ImageSource, line: Proxy, cache: ImageCache
):
    first = pull(source, cache)
    passed = line.passed
    again = pull(source, cache)
    assert first.fetched == 30
    assert again.fetched == 0
    assert again.images == 30
    assert line.passed - passed < 100_000  # the lists alone


def test_a_stopped_download_keeps_what_came(
    source: ImageSource, cache: ImageCache, protocol: str
):
    done: list[int] = []

    with pytest.raises(DownloadCutError) as stopped:
        pull(
            source,
            cache,
            progress=lambda now, _: done.append(now),
            stopped=lambda: bool(done) and done[-1] >= 12,
        )
    kept = len(stored(cache))
    assert f"stopped; {kept} of 30 images are here" in str(stopped.value)
    under_way = MOST_AT_A_TIME if protocol == "DICOMweb" else 1
    assert 12 <= kept < 12 + under_way  # what was on its way came to its end


def test_a_full_disk_is_one_line_and_leaves_no_half_file(
    source: ImageSource, cache: ImageCache, monkeypatch: pytest.MonkeyPatch
):
    count = 0

    def full_after_6(handle: int) -> None:
        nonlocal count
        count += 1
        if count > 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_after_6)
    with pytest.raises(StorageError) as refused:
        pull(source, cache)
    (said,) = str(refused.value).splitlines()
    assert "No space left on device" in said
    assert "Free space there" in said
    assert len(stored(cache)) == 6
