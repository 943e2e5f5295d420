"""A volume whose slices arrive one by one, against the same volume loaded at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from recist_tool.dicom.load import _outwards, load, open_volume
from recist_tool.dicom.pixels import workers
from recist_tool.dicom.scan.scan import scan
from recist_tool.errors import DicomError
from tests.dicom.series_files import Files, pet, save

WAYS = [(ExplicitVRLittleEndian, 24), (RLELossless, 24), (JPEG2000Lossless, 0)]


def only_series(folder):
    (series,) = scan([folder]).series
    return series


def assert_same(one, other):
    for each in fields(one):
        np.testing.assert_equal(getattr(one, each.name), getattr(other, each.name))
    assert one.voxels.dtype == other.voxels.dtype


@pytest.fixture(params=WAYS, ids=["uncompressed", "decoded here", "in workers"])
def syntax(request, monkeypatch):
    """Return a transfer syntax; slices are decoded here or in workers."""
    monkeypatch.setattr(workers, "FEW", request.param[1])
    return request.param[0]


def test_all_slices_arrive_once_from_the_middle_outwards(tmp_path, syntax):
    Files(count=5, shape=(48, 40), transfer_syntax=syntax).write(tmp_path)
    series = only_series(tmp_path)
    loading = open_volume(series)
    assert list(loading) == [2, 3, 1, 4, 0]
    assert loading.is_complete
    assert_same(loading.volume, load(series))


def test_the_reader_says_which_slice_comes_first(tmp_path):
    Files(count=5).write(tmp_path)
    assert list(open_volume(only_series(tmp_path), first=4)) == [4, 3, 2, 1, 0]


def test_a_slice_is_whole_when_it_is_said_to_be_there(tmp_path, syntax):
    Files(count=6, shape=(48, 40), transfer_syntax=syntax).write(tmp_path)
    series = only_series(tmp_path)
    whole = load(series).voxels
    loading = open_volume(series)
    assert not loading.is_loaded.any()
    for number, index in enumerate(loading, start=1):
        assert loading.slices_loaded == number
        assert loading.is_loaded[index]
        for there in np.flatnonzero(loading.is_loaded):
            np.testing.assert_array_equal(loading.volume.voxels[there], whole[there])
        assert loading.is_complete == (number == 6)


def test_the_geometry_is_there_before_the_first_slice(tmp_path):
    Files(count=3).write(tmp_path)
    loading = open_volume(only_series(tmp_path))
    assert loading.volume.shape == (3, 6, 8)
    assert loading.volume.slice_spacing_mm == 2.5
    assert not loading.volume.voxels.any()


def test_pet_arrives_in_suv(tmp_path):
    pet().write(tmp_path)
    series = only_series(tmp_path)
    loading = open_volume(series)
    assert len(list(loading)) == 4
    assert loading.volume.units == "SUVbw"
    assert_same(loading.volume, load(series))


def test_values_beyond_int16_make_another_volume_and_all_slices_arrive_anew(tmp_path):
    files = Files(count=4, signed=False, bits_stored=16)
    for index in range(4):
        dataset = files.dataset(index)
        if index == 3:
            dataset.PixelData = np.full(files.shape, 65535, "<u2").tobytes()
        save(dataset, tmp_path / f"{index}.dcm", ExplicitVRLittleEndian)
    series = only_series(tmp_path)
    loading = open_volume(series, first=0)
    steps = iter(loading)
    assert [next(steps) for _ in range(3)] == [0, 1, 2]
    before = loading.volume
    assert before.voxels.dtype == np.int16
    assert list(steps) == [0, 1, 2, 3]
    assert loading.volume is not before
    assert loading.volume.voxels.max() == 65535 - 1024
    assert_same(loading.volume, load(series))


def test_a_loading_is_cancelled_from_another_thread_for_good(tmp_path, syntax):
    Files(count=6, shape=(48, 40), transfer_syntax=syntax).write(tmp_path)
    loading = open_volume(only_series(tmp_path))
    arrived = []
    for index in loading:
        arrived.append(index)
        canceller = threading.Thread(target=loading.cancel)
        canceller.start()
        canceller.join()
    assert arrived == [3]
    assert list(loading) == []
    assert not loading.is_complete


def test_a_loading_cancelled_before_it_began_reads_nothing(tmp_path):
    Files(count=2).write(tmp_path)
    loading = open_volume(only_series(tmp_path))
    loading.cancel()
    assert list(loading) == []


def test_another_loop_goes_on_where_one_was_left(tmp_path, syntax):
    Files(count=6, shape=(48, 40), transfer_syntax=syntax).write(tmp_path)
    series = only_series(tmp_path)
    loading = open_volume(series)
    for _ in loading:
        break
    assert list(loading) == [4, 2, 5, 1, 0]
    assert_same(loading.volume, load(series))


def test_leaving_the_loop_leaves_no_worker_behind(tmp_path, syntax, monkeypatch):
    Files(count=6, shape=(48, 40), transfer_syntax=syntax).write(tmp_path)
    started, real = [], workers._started
    monkeypatch.setattr(
        workers, "_started", lambda: started.append(real()) or started[-1]
    )
    for _ in open_volume(only_series(tmp_path)):
        break
    assert all(process.poll() is not None for process in started)


def test_what_progress_raises_ends_the_loading(tmp_path):
    Files(count=4).write(tmp_path)
    told = []

    def stop(done, total):
        told.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(only_series(tmp_path), stop)
    assert told == [(1, 4)]


def test_a_file_that_goes_away_meanwhile_is_named(tmp_path):
    Files(count=4).write(tmp_path)
    loading = open_volume(only_series(tmp_path), first=0)
    steps = iter(loading)
    next(steps)
    (tmp_path / "0001.dcm").unlink()
    with pytest.raises(DicomError, match=r"0001\.dcm"):
        list(steps)
    assert not loading.is_complete


@given(count=st.integers(1, 50), data=st.data())
def test_slices_follow_by_distance_each_once(count, data):
    first = data.draw(st.integers(0, count - 1))
    order = _outwards(first, count)
    assert sorted(order) == list(range(count))
    distances = [abs(index - first) for index in order]
    assert distances == sorted(distances)


def test_the_first_slice_does_not_wait_for_a_worker(tmp_path, monkeypatch):
    Files(count=5, shape=(48, 40), transfer_syntax=RLELossless).write(tmp_path)
    series = only_series(tmp_path)
    never_up = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(workers, "FEW", 0)
    monkeypatch.setattr(workers, "LONGEST_S", 0.3)
    monkeypatch.setattr(workers, "_STAYING", workers.StayingWorkers())
    monkeypatch.setattr(
        workers,
        "_started",
        lambda: subprocess.Popen(  # noqa: S603 - a program of this test
            never_up, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ),
    )
    loading = open_volume(series)
    steps = iter(loading)
    assert next(steps) == 2
    expected = load_here(series, monkeypatch).voxels[2]
    np.testing.assert_array_equal(loading.volume.voxels[2], expected)
    with pytest.raises(DicomError, match="keep it busy"):
        list(steps)


def load_here(series, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(workers, "FEW", 24)
        return load(series)
