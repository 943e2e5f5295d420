"""Voxels of compressed series, kept once decoded: the very same, and private."""

from __future__ import annotations

import gc
import importlib
import os
import stat
import threading

import numpy as np
import pytest

from benchmarks.written_series import write
from recist_tool.dicom.load import load, open_volume
from recist_tool.dicom.scan import decoded_cache
from recist_tool.dicom.scan.decoded_cache import LIMIT, clear_decoded, held_bytes
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError

J2K, RLE = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "decoded"


@pytest.fixture
def folder(tmp_path, place):
    made = tmp_path / "series"
    made.mkdir()
    write(made, 6, 64, J2K)
    age(made)
    return made


def age(folder):
    """Let the files count as settled: their last change lies an hour back."""
    for path in folder.iterdir():
        os.utime(path, (path.stat().st_mtime - 3600,) * 2)


@pytest.fixture(autouse=True)
def _settled(monkeypatch):
    """The change of the times itself is recent: here it is no sign of a change."""
    monkeypatch.setattr(decoded_cache, "SETTLED_NS", 0)


def opened(folder):
    """Load the one series of a folder, and wait until its voxels are kept."""
    (series,) = scan([folder], cached=False).series
    volume = load(series)
    for thread in threading.enumerate():
        if thread.name == "decoded cache":
            thread.join()
    return volume


@pytest.fixture
def decoder(monkeypatch):
    """Count the slices that are decoded."""
    calls = []
    loading = importlib.import_module("recist_tool.dicom.load")
    read = loading.read_stored

    def counted(*given):
        calls.append(1)
        return read(*given)

    monkeypatch.setattr(loading, "read_stored", counted)
    return calls


def test_the_second_opening_decodes_nothing_and_has_the_same_voxels(
    folder, place, decoder
):
    first = opened(folder)
    assert len(decoder) == 6
    second = opened(folder)
    assert len(decoder) == 6
    assert np.array_equal(first.voxels, second.voxels)
    (file,) = (one for one in place.iterdir() if one.is_file())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert file.stat().st_size == held_bytes()
    clear_decoded()
    assert held_bytes() == 0
    opened(folder)
    assert len(decoder) == 12


def test_files_that_changed_are_decoded_anew(folder, decoder):
    opened(folder)
    path = sorted(folder.iterdir())[2]
    path.write_bytes(path.read_bytes())
    opened(folder)
    assert len(decoder) == 12


def test_a_file_that_is_gone_is_told_although_its_voxels_are_kept(folder):
    opened(folder)
    (series,) = scan([folder], cached=False).series
    sorted(folder.iterdir())[0].unlink()
    with pytest.raises(DicomError, match="No such file"):
        load(series)


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"x" + data])
def test_what_is_kept_and_damaged_is_as_good_as_absent(folder, place, decoder, damage):
    first = opened(folder)
    (file,) = (one for one in place.iterdir() if one.is_file())
    file.write_bytes(damage(file.read_bytes()))
    assert np.array_equal(opened(folder).voxels, first.voxels)
    assert len(decoder) == 12


def test_a_limit_keeps_what_was_used_last(folder, place, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, 6, 64, J2K)
    age(other)
    monkeypatch.setenv(LIMIT, str(60_000 / 1e9))
    opened(folder)
    (first,) = (one for one in place.iterdir() if one.is_file())
    os.utime(first, (1, 1))
    opened(other)
    (left,) = (one for one in place.iterdir() if one.is_file())
    assert left != first
    monkeypatch.setenv(LIMIT, "0")
    clear_decoded()
    opened(folder)
    assert held_bytes() == 0


def test_a_loading_that_is_left_keeps_nothing_and_leaves_nothing(folder, place):
    (series,) = scan([folder], cached=False).series
    started = open_volume(series)
    next(iter(started))
    del started
    gc.collect()
    assert held_bytes() == 0
    assert list((place / "partial").iterdir()) == []


def test_what_decodes_quickly_is_not_kept(tmp_path, place, decoder):
    quick = tmp_path / "rle"
    quick.mkdir()
    write(quick, 3, 64, RLE)
    age(quick)
    opened(quick)
    assert held_bytes() == 0


def test_files_that_changed_just_now_are_not_kept(folder, monkeypatch):
    monkeypatch.setattr(decoded_cache, "SETTLED_NS", 10**12)
    opened(folder)
    assert held_bytes() == 0
