"""What in a trial's patients a person should look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.criteria.answer.plausible import plausibility_messages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from recist_tool.trial.intake.patient import Patient

_TOLD: Final = 20


class Plausibility:
    """Questions about what can hardly be: the same about many patients is one line.

    Parameters
    ----------
    today
        Later dates are asked about.
    """

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._first: dict[str, str] = {}
        self._others: dict[str, int] = {}
        self._more = 0

    def note(self, patient: Patient) -> None:
        """Look at the figures and dates of one read."""
        used = patient.protocol.criteria
        for one in plausibility_messages(patient.findings, used, self._today):
            if one.text in self._first:
                self._others[one.text] = self._others.get(one.text, 0) + 1
            elif len(self._first) < _TOLD:
                self._first[one.text] = patient.where
            else:
                self._more += 1

    def lines(self) -> Iterator[str]:
        """Return a line for each question, with the first patient it is about."""
        for text, where in self._first.items():
            others = self._others.get(text)
            also = f" (and in {others} more)" if others else ""
            yield f"{where}{also}: {text}"
        if self._more:
            yield f"and {self._more} more such questions: recist assess tells each"
