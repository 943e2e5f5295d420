"""Workers that decode stay up for the next series, and end by themselves."""

from __future__ import annotations

import time

import pytest

from benchmarks.written_series import write
from recist_tool.dicom.load import load
from recist_tool.dicom.pixels import workers
from recist_tool.dicom.pixels.workers import StayingWorkers
from recist_tool.dicom.scan.scan import scan

J2K = "1.2.840.10008.1.2.4.90"


@pytest.fixture
def staying(monkeypatch):
    made = StayingWorkers(stay_s=0.3)
    monkeypatch.setattr(workers, "_STAYING", made)
    yield made
    made.close()


def running(staying):
    found = [one._process for one in staying._workers]
    return [one.pid for one in found if one is not None and one.poll() is None]


def test_the_next_series_finds_the_workers_up_and_alone_they_end(
    staying, tmp_path, monkeypatch
):
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("RECIST_DECODED_GB", "0")  # so that all is decoded each time
    folder = tmp_path / "series"
    folder.mkdir()
    write(folder, workers.FEW + 2, 64, J2K)
    (series,) = scan([folder], cached=False).series
    load(series)
    first = running(staying)
    assert first
    load(series)
    assert set(first) <= set(running(staying))
    end = time.monotonic() + 20
    while running(staying) and time.monotonic() < end:
        time.sleep(0.05)
    assert running(staying) == []
    load(series)  # and the next one starts them again
    assert running(staying)
