"""CDISC tables of a trial: TU, TR, RS (SDTM); ADRS, ADTR, ADTTE (ADaM).

Written as CSV, as SAS XPORT version 5, or as Dataset-JSON 1.1.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from recist_tool.cdisc.adrs import adrs_records
from recist_tool.cdisc.adtr import adtr_records
from recist_tool.cdisc.adtte import adtte_records
from recist_tool.cdisc.dataset import Dataset, Rows, rows_of
from recist_tool.cdisc.layouts import ADRS, ADTR, ADTTE, RS, TR, TU
from recist_tool.cdisc.rs import rs_records
from recist_tool.cdisc.subject import (
    Subject,
    require_once,
    subject_of_case,
    subject_of_findings,
)
from recist_tool.cdisc.tr import tr_records
from recist_tool.cdisc.tu import tu_records
from recist_tool.errors import FindingsError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.trial.intake.faults import placed
from recist_tool.trial.judging import judging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from recist_tool.cdisc.dataset import DatasetLayout, Value
    from recist_tool.cdisc.subject import SubjectRead

    RecordsOf = Callable[[SubjectRead], Iterator[dict[str, Value]]]

__all__ = [
    "Dataset",
    "Subject",
    "Tables",
    "datasets",
    "subject_of_case",
    "subject_of_findings",
]

_TABLES: Final[tuple[tuple[DatasetLayout, RecordsOf], ...]] = (
    (TU, tu_records),
    (TR, tr_records),
    (RS, rs_records),
    (ADRS, adrs_records),
    (ADTR, adtr_records),
)


class Kept(Rows, Protocol):
    """Rows to which more can be added: a list, or a `spool.Spool`."""

    def append(self, row: tuple[Value, ...], /) -> None:
        """Keep one more row."""
        ...


def datasets(
    subjects: Iterable[Subject], settings: TrialSettings | None = None
) -> tuple[Dataset, ...]:
    """Return TU, TR, RS, ADRS, ADTR and ADTTE of all subjects, in their order.

    Parameters
    ----------
    settings
        Conventions of the times to events; the defaults where none are given.

    Raises
    ------
    FindingsError
        If the dates of a subject's follow-up cannot be, or a patient is there twice.
    AssessmentFailed
        Where the program goes wrong over a subject.
    """
    tables = Tables(settings or TrialSettings(), list)
    first: dict[str, str] = {}
    for number, subject in enumerate(subjects, start=1):
        where = f"subject {number}"
        try:
            for patient_id in {one.findings.id for one in subject.readings}:
                require_once(patient_id, where, first)
            tables.take(subject)
        except FindingsError as error:
            raise placed(error, where) from None
    return tables.datasets()


class Tables:
    """The tables of subjects who come one after the other.

    Parameters
    ----------
    settings
        Conventions of the times to events.
    rows
        Makes what keeps the rows of one table.
    """

    def __init__(self, settings: TrialSettings, rows: Callable[[], Kept]) -> None:
        times: RecordsOf = partial(adtte_records, settings=settings)
        made = (*_TABLES, (ADTTE, times))
        self._tables = [(layout, of, rows()) for layout, of in made]

    def take(self, subject: Subject) -> None:
        """Add the records of a subject to every table, or to none.

        Raises
        ------
        FindingsError
            If the dates of the subject's follow-up cannot be.
        AssessmentFailed
            Where the program goes wrong over the subject.
        """
        made = [
            list(rows_of(layout, _records(records_of, subject.readings)))
            for layout, records_of, _ in self._tables
        ]
        for (_, _, kept), rows in zip(self._tables, made, strict=True):
            for row in rows:
                kept.append(row)

    def datasets(self) -> tuple[Dataset, ...]:
        """Return the tables."""
        return tuple(
            Dataset(layout.name, layout.label, layout.variables, kept)
            for layout, _, kept in self._tables
        )


def _records(
    records_of: RecordsOf, readings: Iterable[SubjectRead]
) -> Iterator[dict[str, Value]]:
    for one in readings:
        with judging(one.assessment.criteria):
            yield from records_of(one)
