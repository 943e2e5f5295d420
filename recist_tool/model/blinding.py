"""What readers are told in the place of a subject, dates and descriptions.

Whatever a reader looks at is worded here: panes, lists, tables, notes, reports. JSON
for scripts is not: it holds what is so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from recist_tool.terms import Blinded, ReaderRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recist_tool.model.case import Case, Timepoint
    from recist_tool.model.protocol import Protocol

A_DATE: Final = "a date"
"""Stands for a date that cannot be counted from the baseline."""

_INDEPENDENT: Final = frozenset([ReaderRole.READER_1, ReaderRole.READER_2])
_ISO_OR_DICOM: Final = re.compile(r"(?<!\d)(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)")
_OTHER_DATES: Final = re.compile(r"(?<![\d.])\d{1,2}([./])\d{1,2}\1(\d{4})(?!\d)")
_DAY: Final = re.compile(r"(?:day\s*)?([+-]?\d{1,6})", re.IGNORECASE)
_CASE_FILE: Final = re.compile(r"[\w.\-]+\.(?:case\.json|journal\.jsonl)")


class Blinding(NamedTuple):
    """How a case is told to its readers.

    Attributes
    ----------
    hidden
        What is not told.
    baseline
        The day from which days are counted where dates are not told; None before there
        is a visit.
    subject_id, stand_in
        The trial's pseudonym, and what stands for it where it is not told.

    Examples
    --------
    >>> blinding = Blinding(frozenset([Blinded.DATES]), dt.date(2024, 1, 3))
    >>> blinding.date(dt.date(2024, 3, 11)), blinding.date_of("day 68")
    ('day 68', datetime.date(2024, 3, 11))
    >>> blinding.told("volume of liver, since treatment on 2024-01-15")
    'volume of liver, since treatment on day 12'
    """

    hidden: frozenset[Blinded] = frozenset()
    baseline: dt.date | None = None
    subject_id: str = ""
    stand_in: str = ""

    @classmethod
    def of(cls, case: Case) -> Blinding:
        """Return how a case is told to its readers."""
        found = cls.under(case.protocol, case.timepoints)
        stand_in = _stand_in(case) if found.hides(Blinded.SUBJECT) else ""
        return found._replace(subject_id=case.subject_id, stand_in=stand_in)

    @classmethod
    def under(
        cls, protocol: Protocol, timepoints: Sequence[Timepoint] = ()
    ) -> Blinding:
        """Return how visits are told that a case may begin with."""
        first = timepoints[0].date if timepoints else None
        return cls(frozenset(protocol.blinded_to), first)

    def hides(self, what: Blinded) -> bool:
        """Return whether that is not told."""
        return what in self.hidden

    def subject(self, subject_id: str) -> str:
        """Return the trial's pseudonym of a patient, or what stands for it."""
        return self.stand_in if self.hides(Blinded.SUBJECT) else subject_id

    def date(self, date: dt.date | None) -> str:
        """Return a date, or its day from the baseline; empty for None."""
        if date is None or not self.hides(Blinded.DATES):
            return "" if date is None else date.isoformat()
        return A_DATE if self.baseline is None else f"day {(date - self.baseline).days}"

    def moment(self, moment: dt.datetime) -> str:
        """Return a date and time of day; seconds only where there are some."""
        clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
        return f"{self.date(moment.date())} {clock}"

    def date_of(self, text: str) -> dt.date | None:
        """Return the date that a text as from `date` stands for; None if it is none.

        A date written in full is taken in a blinded read too: whoever knows it may.
        """
        try:
            return dt.date.fromisoformat(text.strip())
        except ValueError:
            days = _DAY.fullmatch(text.strip())
        if days is None or self.baseline is None or not self.hides(Blinded.DATES):
            return None
        try:
            return self.baseline + dt.timedelta(days=int(days[1]))
        except OverflowError:
            return None

    def moment_of(self, text: str) -> dt.datetime | None:
        """Return the moment that a text as from `moment` stands for; None if none."""
        try:
            return dt.datetime.fromisoformat(text.strip())
        except ValueError:
            day, _, clock = text.strip().rpartition(" ")
        date = self.date_of(day)
        try:
            return date and dt.datetime.combine(date, dt.time.fromisoformat(clock))
        except ValueError:
            return None

    @property
    def date_example(self) -> str:
        """How a date is written here."""
        return "day 68" if self.hides(Blinded.DATES) else "2024-03-06"

    def description(self, text: str) -> str:
        """Return the description of a series; empty where it is not told."""
        return "" if self.hides(Blinded.DESCRIPTIONS) else self.told(text)

    def told(self, text: str) -> str:
        """Return a text without the dates and the subject that are not told.

        For sentences that quote them: reasons, messages, names of files.
        """
        if self.hides(Blinded.DATES):
            text = _ISO_OR_DICOM.sub(self._day_in, text)
            text = _OTHER_DATES.sub(A_DATE, text)
        if self.hides(Blinded.SUBJECT):
            text = _CASE_FILE.sub("the case", text)
        if self.hides(Blinded.SUBJECT) and self.subject_id:
            text = _named(self.subject_id).sub(self.stand_in, text)
        return text

    def _day_in(self, found: re.Match[str]) -> str:
        try:
            date = dt.date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            return found[0]
        return self.date(date)


def hides_other_reads(case: Case, reader_id: str) -> bool:
    """Return whether a reader is told nothing of what others signed.

    So it is where the protocol hides anything, and among the two readers of a double
    read, who do not know of each other.

    Parameters
    ----------
    reader_id
        Who asks.
    """
    read = case.read(reader_id)
    is_double = read is not None and read.role in _INDEPENDENT
    return is_double or bool(case.protocol.blinded_to)


def neutral_name(uids: Iterable[str]) -> str:
    """Return a name for a patient that says nothing about who that is.

    It is made from the first of the UIDs in their sorted order, so the same images
    propose the same name. UIDs are not derived from a name or a birth date.
    """
    first = min(uids, default="")
    return "P-" + hashlib.sha256(first.encode()).hexdigest()[:8].upper()


def _stand_in(case: Case) -> str:
    """Return the neutral name of a case: its own where it was begun under one."""
    own = {
        neutral_name([series.study_instance_uid])
        for visit in case.timepoints
        for series in visit.series
    }
    if case.subject_id in own:
        return case.subject_id
    return neutral_name([case.case_uid])


def _named(subject_id: str) -> re.Pattern[str]:
    """Return what finds a subject in a text; a mere number only as part of a path."""
    after = r"(?=\.[a-z]|[/\\])" if subject_id.isdecimal() else r"(?!\w)"
    return re.compile(rf"(?<!\w){re.escape(subject_id)}{after}")
