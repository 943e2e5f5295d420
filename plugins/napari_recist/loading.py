"""Long work in the background, with progress and an end on request."""

from __future__ import annotations

import traceback
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from napari.qt.threading import create_worker
from qtpy.QtCore import QObject, Signal

from recist_tool import RecistToolError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LANES = 2
"""Pieces of work at a time; what comes later waits its turn."""


class CancelledWork(Exception):  # noqa: N818 - no error: nobody wants it
    """The reader wants no more of this."""


class Outcome(NamedTuple, Generic[T]):
    """What a piece of work gave: a result, or why there is none."""

    result: T | None
    error: RecistToolError | None


class Loader(QObject):
    """Runs work in threads and hands the results back in the window's thread.

    Signals
    -------
    progressed
        What is done, how much of it, of how much (0 where that is unknown).
    rested
        Nothing runs any more.
    """

    progressed = Signal(str, int, int)
    rested = Signal()
    _called = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._running: list[_Advance] = []
        self.closed = False
        self._called.connect(self._call)

    @property
    def busy(self) -> bool:
        """Whether anything runs, or waits to run."""
        return bool(self._running or self._waiting)

    def run(
        self,
        what: str,
        work: Callable[[Callable[[int, int], None]], T],
        done: Callable[[T], None],
        failed: Callable[[RecistToolError], None],
    ) -> None:
        """Begin work; `done` or `failed` follows unless it is cancelled.

        Whatever goes wrong reaches `failed`, in words for the reader.

        Parameters
        ----------
        what
            Shown beside the progress.
        work
            Called in another thread with ``advance(done, total)``, which it calls
            often: there it ends when it is cancelled.
        """
        report = _Advance(what, self)

        def finish(outcome: Outcome[T]) -> None:
            if not self._finished(report):
                return
            if outcome.error is not None:
                failed(outcome.error)
            elif outcome.result is not None and not report.cancelled:
                done(outcome.result)
            self._rest()

        def start() -> None:
            self._running.append(report)
            self.progressed.emit(what, 0, 0)
            create_worker(_outcome, what, work, report, _connect={"returned": finish})

        self._waiting.append(start)
        self._start_next()

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the window's thread; for work in the background to call."""
        self._called.emit(act)

    def cancel(self) -> None:
        """End what runs and forget what waits; neither is heard of again."""
        self._waiting.clear()
        for report in self._running:
            report.cancelled = True

    def close(self) -> None:
        """Take no more results; what runs comes to its end unheard."""
        self.closed = True
        self.cancel()

    def _call(self, act: Callable[[], None]) -> None:
        if not self.closed:
            act()

    def _start_next(self) -> None:
        while self._waiting and len(self._running) < LANES:
            self._waiting.popleft()()

    def _finished(self, report: _Advance) -> bool:
        """Count one piece of work as done; return whether anyone still listens."""
        self._running.remove(report)
        if self.closed:
            return False
        self._start_next()
        return True

    def _rest(self) -> None:
        if not self.busy and not self.closed:
            self.rested.emit()


def _outcome(
    what: str, work: Callable[[Callable[[int, int], None]], T], report: _Advance
) -> Outcome[T]:
    try:
        return Outcome(work(report), None)
    except CancelledWork:
        return Outcome(None, None)
    except RecistToolError as error:
        return Outcome(None, error)
    except Exception as error:  # noqa: BLE001 - told in place, never unheard
        return Outcome(None, unforeseen(what, error))


def unforeseen(what: str, error: Exception) -> RecistToolError:
    """Return what to tell of an error that nobody foresaw: its kind and its place.

    Its own words are left out, as they may quote what stands in a file.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}"
    kind = type(error).__name__
    return RecistToolError.at(
        what,
        f"stopped by an error in the program ({kind} in {place})",
        "Nothing recorded is lost; please report it",
    )


class _Advance:
    """Tells how far work is, once for each percent, and ends it when cancelled."""

    def __init__(self, what: str, loader: Loader) -> None:
        self._what = what
        self._loader = loader
        self._percent = -1
        self.cancelled = False

    def __call__(self, done: int, total: int) -> None:
        if self.cancelled:
            raise CancelledWork
        percent = 100 * done // max(total, 1)
        if percent != self._percent:
            self._percent = percent
            self._loader.progressed.emit(self._what, done, total)
