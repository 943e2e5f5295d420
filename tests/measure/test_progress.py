from __future__ import annotations

import threading

import pytest

from recist_tool.measure.progress import Cancelled, Work


def test_a_stage_of_a_stage_reports_its_part_of_the_whole():
    told: list[tuple[float, str]] = []
    work = Work(progress=lambda part, name: told.append((part, name)))
    inner = work.stage("outer", 0.2, 0.6).stage("inner", 0.5, 1.0)
    inner.report(0.5)
    inner.report(1.0)
    assert told == [(0.2, "outer"), (0.4, "inner"), (0.5, "inner"), (0.6, "inner")]


def test_work_that_is_cancelled_stops_at_the_next_report():
    cancel = threading.Event()
    work = Work(cancel=cancel)
    work.report(0.1)
    cancel.set()
    with pytest.raises(Cancelled):
        work.report(0.2)
    with pytest.raises(Cancelled):
        work.stage("next", 0.2, 1.0)


def test_telling_goes_on_after_a_cancel():
    told: list[float] = []
    cancel = threading.Event()
    cancel.set()
    work = Work(lambda part, _: told.append(part), cancel)
    work.tell(0.5)
    assert told == [0.5]
    assert work.is_cancelled


def test_work_that_nobody_watches_is_done_all_the_same():
    work = Work()
    work.stage("alone", 0.0, 1.0).report(1.0)
    assert not work.is_cancelled
