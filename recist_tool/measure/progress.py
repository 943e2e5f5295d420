"""Long work that says how far it is and can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

Progress = Callable[[float, str], None]
"""Called with the part that is done, 0 to 1, and the name of the stage."""


class Cancelled(Exception):  # noqa: N818 - nothing went wrong
    """The work was stopped as asked; nothing was changed."""


@dataclass(frozen=True)
class Work:
    """A piece of work, or one of its stages.

    Attributes
    ----------
    progress
        Told how far the whole work is; None tells nobody.
    cancel
        Set by another thread to stop the work.
    start, end
        The part of the whole that this stage is.
    """

    progress: Progress | None = None
    cancel: threading.Event | None = None
    name: str = ""
    start: float = 0.0
    end: float = 1.0

    def stage(self, name: str, start: float, end: float) -> Work:
        """Begin a named stage, from `start` to `end` of this work, each 0 to 1.

        Parameters
        ----------
        start, end
            Parts of this work, not of the whole.

        Raises
        ------
        Cancelled
            If the work is to stop.
        """
        length = self.end - self.start
        stage = replace(
            self,
            name=name,
            start=self.start + start * length,
            end=self.start + end * length,
        )
        stage.report(0.0)
        return stage

    @property
    def is_cancelled(self) -> bool:
        """Whether the work is to stop."""
        return self.cancel is not None and self.cancel.is_set()

    def report(self, done: float) -> None:
        """Say that this part, 0 to 1, of the stage is done.

        Raises
        ------
        Cancelled
            If the work is to stop.
        """
        if self.is_cancelled:
            raise Cancelled(self.name)
        self.tell(done)

    def tell(self, done: float) -> None:
        """Say that this part of the stage is done, and go on whatever happens."""
        if self.progress is not None:
            part = self.start + done * (self.end - self.start)
            self.progress(round(part, 6), self.name)
