"""Long work in the background, with progress; the window stays alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from napari.qt.threading import create_worker
from qtpy.QtCore import QObject, Signal

from recist_tool import RecistToolError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = 0
        self.closed = False

    @property
    def busy(self) -> bool:
        """Whether anything runs."""
        return self._running > 0

    def run(
        self,
        what: str,
        work: Callable[[Callable[[int, int], None]], T],
        done: Callable[[T], None],
        failed: Callable[[RecistToolError], None],
    ) -> None:
        """Begin work; `done` or `failed` follows unless the loader was closed.

        Parameters
        ----------
        what
            Shown beside the progress.
        work
            Called in another thread with ``advance(done, total)``.
        """
        report = _Advance(what, self)

        def job() -> Outcome[T]:
            try:
                return Outcome(work(report), None)
            except RecistToolError as error:
                return Outcome(None, error)

        def finish(outcome: Outcome[T]) -> None:
            if not self._finished():
                return
            if outcome.error is not None:
                failed(outcome.error)
            elif outcome.result is not None:
                done(outcome.result)

        self._running += 1
        self.progressed.emit(what, 0, 0)
        create_worker(job, _connect={"returned": finish})

    def close(self) -> None:
        """Take no more results; what runs comes to its end unheard."""
        self.closed = True

    def _finished(self) -> bool:
        """Count one piece of work as done; return whether anyone still listens."""
        self._running -= 1
        if not self._running and not self.closed:
            self.rested.emit()
        return not self.closed


class _Advance:
    """Tells how far work is, once for each percent."""

    def __init__(self, what: str, loader: Loader) -> None:
        self._what = what
        self._loader = loader
        self._percent = -1

    def __call__(self, done: int, total: int) -> None:
        percent = 100 * done // max(total, 1)
        if percent != self._percent and not self._loader.closed:
            self._percent = percent
            self._loader.progressed.emit(self._what, done, total)
