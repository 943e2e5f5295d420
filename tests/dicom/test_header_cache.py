"""A scan from the cache equals a scan of the files, whatever happened to either."""

from __future__ import annotations

import json
import os
import stat
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recist_tool.dicom.scan import header_cache as scan_cache
from recist_tool.dicom.scan import scan as scan_module
from recist_tool.dicom.scan.scan import as_json, scan
from tests.dicom.series_files import Files, pet


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Return where the cache of this test is; files count as settled at once."""
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(scan_cache, "SETTLED_NS", 0)
    return tmp_path / "cache" / "scans"


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two series, a text and a file that is cut off."""
    folder = tmp_path / "images"
    Files(count=3).write(folder / "ct")
    paths = pet().write(folder / "pet")
    paths[0].write_bytes(paths[0].read_bytes()[:900])
    (folder / "notes.txt").write_text("not an image")
    return folder


@pytest.fixture
def read(monkeypatch):
    """Return the names of the files that scans read, as they read them."""
    names, real = [], scan_module.read_images

    def reading(path):
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(scan_module, "read_images", reading)
    return names


def whole(result):
    """Return all that a scan says, down to each element and each place of pixels."""
    return (
        as_json(result),
        [
            (
                asdict(image) | {"header": image.header._replace(elements=None)},
                image.elements.found,
                image.elements.is_little_endian,
            )
            for series in result.series
            for image in series.slices
        ],
    )


def test_a_second_scan_reads_no_file_and_says_the_same(folder, read):
    first = scan([folder])
    assert len(read) == 8
    read.clear()
    second = scan([folder])
    assert read == []
    assert whole(second) == whole(first) == whole(scan([folder], cached=False))


def test_values_read_back_are_of_the_same_types(folder):
    scan([folder])
    known, fresh = scan([folder]), scan([folder], cached=False)
    for a, b in zip(known.series, fresh.series, strict=True):
        for one, other in zip(a.slices, b.slices, strict=True):
            for name in (*scan_cache.SHARED, *scan_cache.OWN, "patient"):
                assert type(getattr(one, name)) is type(getattr(other, name))


@pytest.mark.images
@pytest.mark.skipif(
    "RECIST_REAL_IMAGES" not in os.environ, reason="RECIST_REAL_IMAGES is not set"
)
def test_real_images_read_the_same_from_the_cache(read):
    images = [Path(os.environ["RECIST_REAL_IMAGES"])]
    scan(images)
    read.clear()
    assert whole(scan(images)) == whole(scan(images, cached=False))


def test_without_the_cache_every_file_is_read_and_nothing_is_written(
    folder, read, place
):
    scan([folder], cached=False)
    scan([folder], cached=False)
    assert len(read) == 16
    assert not place.exists()


def test_only_new_and_changed_files_are_read_again(folder, read):
    scan([folder])
    read.clear()
    Files(count=1).tagged(SeriesNumber=9).write(folder / "ct", first=10)
    (folder / "notes.txt").write_text("still no image, but longer")
    scan([folder])
    assert sorted(read) == ["0011.dcm", "notes.txt"]


def test_a_file_replaced_by_one_of_the_same_size_and_time_is_read_again(folder, read):
    scan([folder])
    target = folder / "ct" / "0001.dcm"
    status = target.stat()
    other = folder / "other"
    other.write_bytes(target.read_bytes().replace(b"Nobody^Known", b"Nobody^Other"))
    other.replace(target)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    read.clear()
    scan([folder])
    assert read == ["0001.dcm"]


def test_a_file_overwritten_in_place_with_its_time_set_back_is_read_again(folder, read):
    scan([folder])
    target = folder / "ct" / "0001.dcm"
    status = target.stat()
    time.sleep(0.02)  # the clock of the file system ticks
    target.write_bytes(target.read_bytes().replace(b"P-1", b"P-2"))
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    read.clear()
    patients = {series.patient_id for series in scan([folder]).series}
    assert read == ["0001.dcm"]
    assert "P-2" in patients


def test_a_file_that_just_changed_is_not_kept(folder, read, monkeypatch):
    monkeypatch.setattr(scan_cache, "SETTLED_NS", 60_000_000_000)
    scan([folder])
    scan([folder])
    assert len(read) == 16


def test_a_file_that_changes_while_it_is_read_is_not_kept(folder, read, monkeypatch):
    real = scan_module.read_images

    def changing(path):
        found = real(path)
        if path.name == "0001.dcm":
            path.write_bytes(path.read_bytes() + b"\0\0")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(scan_module, "read_images", changing)
        scan([folder / "ct"])
    read.clear()
    scan([folder / "ct"])
    assert read == ["0001.dcm"]


def test_a_scan_that_is_cancelled_keeps_what_it_read(folder, read):
    def cancel(done, _):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan([folder], cancel)
    read.clear()
    scan([folder])
    assert len(read) == 3


def test_a_file_that_is_gone_is_forgotten(folder, place):
    scan([folder / "ct"])
    (folder / "ct" / "0001.dcm").unlink()
    Files(count=1).write(folder / "ct", first=10)
    scan([folder / "ct"])
    (file,) = place.iterdir()
    kept = json.loads(file.read_bytes()[64:])["files"]
    assert sorted(kept) == ["0002.dcm", "0003.dcm", "0011.dcm"]


def test_one_file_scanned_alone_leaves_its_neighbours_known(folder, read):
    scan([folder / "ct"])
    Files(count=1).write(folder / "ct", first=10)
    scan([folder / "ct" / "0011.dcm"])
    read.clear()
    scan([folder / "ct"])
    assert read == []


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_damaged_cache_is_as_good_as_none(folder, place, data):
    expected = whole(scan([folder]))
    for file in place.iterdir():
        content = bytearray(file.read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] ^= data.draw(st.integers(1, 255))
        else:
            del content[at:]
        file.write_bytes(content)
    assert whole(scan([folder])) == expected


def test_a_cache_of_another_version_is_written_anew(folder, read, place, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(scan_cache, "_code", lambda: b"another version")
        scan([folder])
    read.clear()
    scan([folder])
    assert len(read) == 8
    read.clear()
    scan([folder])
    assert read == []


def test_nobody_else_may_read_the_cache_and_it_names_no_folder(folder, place):
    scan([folder])
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    files = list(place.iterdir())
    assert len(files) == 3
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "images" not in file.name


def test_a_cache_written_by_somebody_else_is_not_believed(folder, read, monkeypatch):
    scan([folder])
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    read.clear()
    scan([folder])
    assert len(read) == 8


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    folder, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "file"))
    assert whole(scan([folder])) == whole(scan([folder], cached=False))


def test_the_cache_stays_small_and_drops_what_was_not_asked_for_longest(
    folder, place, monkeypatch
):
    scan([folder / "ct"])
    (oldest,) = place.iterdir()
    os.utime(oldest, (1, 1))
    monkeypatch.setattr(scan_cache, "MOST_BYTES", oldest.stat().st_size * 2)
    scan([folder / "pet"])
    assert not oldest.exists()
    assert len(list(place.iterdir())) == 1
