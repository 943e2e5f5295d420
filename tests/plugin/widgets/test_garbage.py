"""What Python takes away, it takes away in the window's thread."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QCoreApplication, QObject

from napari_recist.widgets import garbage
from napari_recist.widgets.background import Loader
from napari_recist.widgets.garbage import GarbageCollector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.gui


class Words:
    """Tells in which thread it went."""

    def __init__(self, gone: list[int]) -> None:
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(threading.get_ident())


class Ring(Words):
    """Goes only where garbage is collected."""

    def __init__(self, gone: list[int]) -> None:
        super().__init__(gone)
        self.itself = self
        self.widget = QObject()


@pytest.fixture(autouse=True)
def pythons_own_limits() -> Iterator[None]:
    """Look as often as with a reader: tests otherwise collect more seldom."""
    limits = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*limits)


def litter(advance: Callable[[int, int], None]) -> bool:
    """Make many more objects than Python lets pass without a look."""
    kept = []
    for number in range(200_000):
        kept.append([number])
        advance(number, 200_000)
    return True


def test_work_in_another_thread_takes_away_nothing_of_the_window(
    loader: Loader, qtbot: QtBot
) -> None:
    gone: list[int] = []
    for _ in range(2000):
        Ring(gone)
    with qtbot.waitSignal(loader.rested, timeout=30_000):
        loader.run("Litter", litter, lambda _: None, lambda error: None)
    qtbot.waitUntil(lambda: len(gone) == 2000, timeout=10_000)
    assert set(gone) == {threading.get_ident()}


def test_everything_is_looked_through_in_turn_and_the_collector_is_one(
    loader: Loader, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "REST", 0)
    another = Loader()
    another.close()
    assert not gc.isenabled()
    collected: list[int] = []
    kept: list[list[int]] = []

    def heard(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collected.append(info["generation"])

    app = QCoreApplication.instance()
    assert app is not None
    (collector,) = app.findChildren(GarbageCollector)
    collector._not_before = 0.0
    gc.callbacks.append(heard)
    limits = gc.get_threshold()
    try:
        gc.set_threshold(10, 2, 2)
        for _ in range(60):
            kept.extend([number] for number in range(50))
            collector.look()
    finally:
        gc.set_threshold(*limits)
        gc.callbacks.remove(heard)
    assert set(collected) == {0, 1, 2}


def begin(loader: Loader, number: int, gone: list[int]) -> None:
    words = Words(gone)
    loader.run(f"Piece {number}", lambda _: True, lambda _: str(words), str)


def test_what_ends_the_work_is_never_let_go_of_in_another_thread(
    loader: Loader, qtbot: QtBot
) -> None:
    gone: list[int] = []
    with qtbot.waitSignal(loader.rested, timeout=30_000):
        for number in range(300):
            begin(loader, number, gone)
    qtbot.waitUntil(lambda: len(gone) == 300, timeout=10_000)
    assert set(gone) == {threading.get_ident()}


def test_a_thread_that_outlives_the_window_holds_nothing_of_it(
    loader: Loader, qtbot: QtBot
) -> None:
    gone: list[int] = []
    begun, may_end = threading.Event(), threading.Event()

    def slow(_advance: object) -> bool:
        begun.set()
        return may_end.wait(10)

    words = Words(gone)
    loader.run("Slow", slow, lambda _, words=words: str(words), str)
    del words
    begin(loader, 1, gone)
    begin(loader, 2, gone)
    assert begun.wait(10)
    loader.close()
    assert len(gone) == 3
    may_end.set()
    assert set(gone) == {threading.get_ident()}
