"""What has to be confirmed before a change is made. No Qt here."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from recist_tool.app.plausible import doubts
from recist_tool.errors import ConfirmationNeeded, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from recist_tool.model.case import Case
    from recist_tool.model.commands import Command


class Questions:
    """The question that stands, and what was confirmed of it.

    Attributes
    ----------
    text
        What is asked, a line each; empty for nothing.
    """

    def __init__(self) -> None:
        self._sure: frozenset[Fault] = frozenset()
        self.drop()

    def ask(self, needed: ConfirmationNeeded, act: Callable[[], object]) -> None:
        """Let a question stand until it is answered or dropped.

        Parameters
        ----------
        act
            Does what was asked about, all of it.
        """
        self.text, self._act = str(needed), act
        self._asked = frozenset(needed.faults)

    def drop(self) -> None:
        """Ask no more: the reader went on to something else."""
        self.text = ""
        self._act: Callable[[], object] = _nothing
        self._asked: frozenset[Fault] = frozenset()

    def confirm(self, attempt: Callable[[Callable[[], object]], object]) -> None:
        """Do what was asked about; further questions may come of it.

        Parameters
        ----------
        attempt
            Does it, and keeps a refusal or another question.
        """
        act, self._sure = self._act, self._sure | self._asked
        self.drop()
        try:
            attempt(act)
        finally:
            if not self.text:
                self._sure = frozenset()

    def require_meant(self, case: Case, command: Command) -> None:
        """Stop what is hardly ever meant, unless it was confirmed.

        Raises
        ------
        ConfirmationNeeded
            With one question for each such thing.
        """
        today = dt.datetime.now(dt.UTC).date()
        self.require(*doubts(case, command, today))

    def require(self, *texts: str) -> None:
        """Stop until these questions were answered with yes.

        Raises
        ------
        ConfirmationNeeded
            With those that were not.
        """
        asked = [Fault("", one) for one in texts]
        still = [one for one in asked if one not in self._sure]
        if still:
            raise ConfirmationNeeded.of(still)


def _nothing() -> None:
    """Stand where nothing is asked."""
