"""CDISC tables of a trial: TU, TR, RS (SDTM); ADRS, ADTR, ADTTE (ADaM).

Written as CSV, as SAS XPORT version 5, or as Dataset-JSON 1.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recist_tool.report.cdisc.adrs import adrs_records
from recist_tool.report.cdisc.adtr import adtr_records
from recist_tool.report.cdisc.adtte import SubjectTimes, adtte_records
from recist_tool.report.cdisc.dataset import Dataset, dataset
from recist_tool.report.cdisc.layouts import ADRS, ADTR, ADTTE, RS, TR, TU
from recist_tool.report.cdisc.rs import rs_records
from recist_tool.report.cdisc.subject import (
    Subject,
    subject_of_case,
    subject_of_findings,
)
from recist_tool.report.cdisc.tr import tr_records
from recist_tool.report.cdisc.tu import tu_records

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Dataset",
    "Subject",
    "SubjectTimes",
    "datasets",
    "subject_of_case",
    "subject_of_findings",
    "time_to_event_dataset",
]

_TABLES: Final = (
    (TU, tu_records),
    (TR, tr_records),
    (RS, rs_records),
    (ADRS, adrs_records),
    (ADTR, adtr_records),
)


def datasets(subjects: Iterable[Subject]) -> tuple[Dataset, ...]:
    """Return TU, TR, RS, ADRS and ADTR of all subjects, in their order."""
    readings = [reading for subject in subjects for reading in subject.readings]
    return tuple(
        dataset(layout, (record for one in readings for record in records_of(one)))
        for layout, records_of in _TABLES
    )


def time_to_event_dataset(subjects: Iterable[SubjectTimes]) -> Dataset:
    """Return ADTTE of all subjects, in their order."""
    records = (record for one in subjects for record in adtte_records(one))
    return dataset(ADTTE, records)
