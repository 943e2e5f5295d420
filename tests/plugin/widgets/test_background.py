"""Work in the background: it always comes to an end that the reader hears of."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QObject
from shiboken6 import delete

from napari_recist.widgets.background import LANES, Loader
from napari_recist.widgets.progress_bar import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui


def fail(error: object) -> None:
    raise AssertionError(error)


def test_an_error_that_nobody_foresaw_ends_the_work_and_is_told_without_its_words(
    loader: Loader, qtbot: QtBot
) -> None:
    def broken(advance: Callable[[int, int], None]) -> None:
        raise ZeroDivisionError("Doe^Jane")

    told: list[str] = []
    with qtbot.waitSignal(loader.rested, timeout=10_000):
        loader.run("Loading CT", broken, fail, lambda error: told.append(str(error)))
    assert "ZeroDivisionError in test_background.py" in told[0]
    assert "Doe" not in told[0]
    assert not loader.busy


def test_cancelled_work_ends_where_it_tells_how_far_it_is(
    loader: Loader, qtbot: QtBot
) -> None:
    begun, told, done = threading.Event(), [], []

    def endless(advance: Callable[[int, int], None]) -> None:
        while True:
            begun.set()
            advance(1, 2)

    for number in range(LANES + 1):
        name = f"Piece {number}"
        loader.run(name, endless, done.append, lambda error: told.append(str(error)))
    qtbot.waitUntil(begun.is_set, timeout=10_000)
    with qtbot.waitSignal(loader.rested, timeout=10_000):
        loader.cancel()
    assert sorted(told) == [f"Piece {number}: was cancelled" for number in range(3)]
    assert not done


def test_work_is_heard_of_at_once_and_shown_once_it_takes_longer_than_a_moment(
    loader: Loader, qtbot: QtBot
) -> None:
    shown, may_end, begun = ProgressBar(), threading.Event(), []
    qtbot.addWidget(shown)
    shown.follow(loader)
    loader.begun.connect(lambda: begun.append(shown.isHidden()))

    def long(advance: Callable[[int, int], None]) -> None:
        advance(3, 8)
        may_end.wait(10)

    loader.run("Loading CT", long, fail, fail)
    assert begun == [True]
    qtbot.waitUntil(shown.isVisible, timeout=10_000)
    shown.resize(shown.sizeHint())
    assert shown.text() == "Loading CT  3 / 8"
    with qtbot.waitSignal(loader.rested, timeout=10_000):
        may_end.set()
    assert shown.isHidden()


def test_more_work_than_lanes_waits_its_turn_and_is_all_done(
    loader: Loader, qtbot: QtBot
) -> None:
    at_once: list[int] = []
    running = threading.Semaphore(LANES)
    done: list[int] = []

    def piece(advance: Callable[[int, int], None]) -> int:
        assert running.acquire(blocking=False)
        at_once.append(1)
        advance(1, 1)
        running.release()
        return len(at_once)

    with qtbot.waitSignal(loader.rested, timeout=10_000):
        for _ in range(6):
            loader.run("Piece", piece, done.append, fail)
    assert len(done) == 6


def test_a_closed_loader_is_not_heard_of_again(loader: Loader, qtbot: QtBot) -> None:
    loader.run("Piece", lambda advance: 1, fail, fail)
    loader.close()
    qtbot.waitUntil(lambda: not loader.busy, timeout=10_000)


def test_a_loader_that_went_with_its_window_is_called_no_more(qtbot: QtBot) -> None:
    for _ in range(50):
        window, may_end = QObject(), threading.Event()
        loader, heard = Loader(window), list[object]()
        loader.run("Slow", lambda _, end=may_end: end.wait(5), heard.append, str)
        may_end.set()  # the thread speaks while the window goes
        loader.close()
        delete(window)
        qtbot.wait(1)
        assert heard == []
