"""Long work in the background, with progress and an end on request."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from qtpy.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from napari_recist.widgets.garbage import GarbageCollector
from recist_tool.errors import RecistToolError

T = TypeVar("T")

TELL_MS = 200
LANES = 2
"""Pieces of work at a time; what comes later waits its turn."""


class CancelledWork(Exception):  # noqa: N818 - no error: nobody wants it
    """The reader wants no more of this."""


class WorkOutcome(NamedTuple, Generic[T]):
    """What a piece of work gave: a result, or why there is none."""

    result: T | None
    error: RecistToolError | None


class Loader(QObject):
    """Runs work in threads and hands the results back in the window's thread.

    Signals
    -------
    begun
        Something runs that did not before.
    progressed
        What is done, how much of it, of how much (0 where that is unknown): now and
        then, where it takes longer than a moment.
    rested
        Nothing runs any more.
    """

    begun = Signal()
    progressed = Signal(str, int, int)
    rested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        GarbageCollector.take_over()
        self._ends: dict[int, Callable[[WorkOutcome[Any]], None]] = {}
        self._numbers = count()
        self._waiting: deque[_Piece] = deque()
        self._running: list[_Advance] = []
        self._lanes = ThreadPoolExecutor(LANES, "recist work")
        self._clerk = ThreadPoolExecutor(1, "recist clerk")
        self._asked = 0
        self.closed = False
        self._relay = _Relay.of_application()
        self._acts: deque[Callable[[], None]] = deque()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._on_turn)
        self._clock = QTimer(self)
        self._clock.setInterval(TELL_MS)
        self._clock.timeout.connect(self._tell)

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
        """Begin work; `done` or `failed` follows unless the loader is closed.

        Whatever goes wrong reaches `failed`, in words for the reader; so does that it
        was cancelled.

        Parameters
        ----------
        what
            Shown beside the progress.
        work
            Called in another thread with ``advance(done, total)``, which it calls
            often: there it ends when it is cancelled.
        """
        report = _Advance(what)

        def finish(outcome: WorkOutcome[T]) -> None:
            self._running.remove(report)
            self._start_next()
            try:
                _tell(outcome, done, failed)
            finally:
                self._rest()

        def start() -> None:
            self._running.append(report)
            self._submit(self._lanes, partial(_outcome, work, report), finish)
            if not self._clock.isActive():
                self._clock.start()
            self.begun.emit()

        self._waiting.append(_Piece(what, start, failed))
        self._start_next()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left of the small work."""
        return not self._asked

    def quietly(
        self,
        what: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[RecistToolError], None],
    ) -> None:
        """Do small work in another thread, unseen: a file to write, say.

        One piece after the other, in the order asked; what was asked is done also where
        the loader is closed meanwhile, but no more is taken then.

        Parameters
        ----------
        what
            The work in a few words, for what is told where it fails.
        work
            Called in another thread, without anything of Qt.
        done, failed
            One of the two is called in the window's thread, unless the loader is
            closed.
        """
        if self.closed:
            return

        def finish(outcome: WorkOutcome[T]) -> None:
            self._asked -= 1
            _tell(outcome, done, failed)

        self._asked += 1
        act = partial(_outcome, lambda _: work(), _Advance(what))
        self._submit(self._clerk, act, finish)

    def _submit(
        self,
        pool: ThreadPoolExecutor,
        act: Callable[[], WorkOutcome[T]],
        finish: Callable[[WorkOutcome[T]], None],
    ) -> None:
        """Act in another thread, and finish in the window's.

        The other thread never has what finishes: where it let go of it last, widgets
        would be deleted there.
        """
        number = next(self._numbers)
        self._ends[number] = finish

        def end(outcome: WorkOutcome[T]) -> None:
            self._ends.pop(number)(outcome)

        def work() -> None:
            outcome = act()
            self.later(partial(end, outcome))

        pool.submit(work)

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the window's thread; for work in the background to call.

        One thing a turn: what the reader does meanwhile, and painting, come between.
        """
        self._relay.called.emit(partial(self._on_called, act))

    def cancel(self) -> None:
        """End what runs and what waits; each is told that it was cancelled."""
        waiting = list(self._waiting)
        self._waiting.clear()
        for report in self._running:
            report.cancelled = True
        for piece in waiting:
            piece.failed(cancelled(piece.what))
        self._rest()

    def close(self) -> None:
        """Take no more results; what runs comes to its end unheard.

        Small work that was asked for is waited for.
        """
        self.closed = True
        self._clerk.shutdown()
        self._clock.stop()
        self._waiting.clear()
        self._ends.clear()  # a thread at its last piece of work may outlive all else
        for report in self._running:
            report.cancelled = True
        self._running.clear()
        self._lanes.shutdown(wait=False)

    def _on_called(self, act: Callable[[], None]) -> None:
        if self.closed:
            return
        self._acts.append(act)
        if not self._turn.isActive():
            self._turn.start(0)

    def _on_turn(self) -> None:
        act = self._acts.popleft()
        if self._acts:
            self._turn.start(0)
        if not self.closed:
            act()

    def _start_next(self) -> None:
        while self._waiting and len(self._running) < LANES:
            self._waiting.popleft().start()

    def _tell(self) -> None:
        """Show how far the oldest work is: now and then, as showing it takes time."""
        for report in self._running[:1]:
            self.progressed.emit(report.what, report.done, report.total)

    def _rest(self) -> None:
        if not self.busy and not self.closed:
            self._clock.stop()
            self.rested.emit()


class _Relay(QObject):
    """Calls in the window's thread what other threads hand it.

    One for the application, as long as it lives: a loader ends with its window, perhaps
    in the moment in which a thread speaks to it.
    """

    called = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.called.connect(self._on_called, Qt.ConnectionType.QueuedConnection)

    @classmethod
    def of_application(cls) -> _Relay:
        app = QCoreApplication.instance()
        known = None if app is None else app.findChild(cls)
        return known or cls(app)

    def _on_called(self, act: Callable[[], None]) -> None:
        act()


class _Piece(NamedTuple):
    """Work that waits for its turn."""

    what: str
    start: Callable[[], None]
    failed: Callable[[RecistToolError], None]


def _tell(
    outcome: WorkOutcome[T],
    done: Callable[[T], None],
    failed: Callable[[RecistToolError], None],
) -> None:
    if outcome.error is not None:
        failed(outcome.error)
    elif outcome.result is not None:
        done(outcome.result)


def _outcome(
    work: Callable[[Callable[[int, int], None]], T], report: _Advance
) -> WorkOutcome[T]:
    try:
        return WorkOutcome(work(report), None)
    except CancelledWork:
        return WorkOutcome(None, cancelled(report.what))
    except RecistToolError as error:
        return WorkOutcome(None, error)
    except Exception as error:  # noqa: BLE001 - told in place, never unheard
        return WorkOutcome(None, unforeseen(report.what, error))


def cancelled(what: str) -> RecistToolError:
    """Return what to tell of work that the reader ended."""
    return RecistToolError.at(what, "was cancelled")


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
    """How far work is; it ends where it says so after it was cancelled."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = self.total = 0
        self.cancelled = False

    def __call__(self, done: int, total: int) -> None:
        if self.cancelled:
            raise CancelledWork
        self.done, self.total = done, total
