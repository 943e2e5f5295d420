"""CDISC tables of a trial: TU, TR, RS (SDTM); ADRS, ADTR, ADTTE (ADaM).

Written as CSV, as SAS XPORT version 5, or as Dataset-JSON 1.1.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.cdisc.adrs import adrs_records
from recist_tool.report.cdisc.adtr import adtr_records
from recist_tool.report.cdisc.adtte import adtte_records
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
from recist_tool.trial.judging import judging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from recist_tool.report.cdisc.dataset import Value
    from recist_tool.report.cdisc.subject import Reading

__all__ = ["Dataset", "Subject", "datasets", "subject_of_case", "subject_of_findings"]

_TABLES: Final = (
    (TU, tu_records),
    (TR, tr_records),
    (RS, rs_records),
    (ADRS, adrs_records),
    (ADTR, adtr_records),
)


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
        If the dates of a subject's follow-up cannot be.
    AssessmentFailed
        Where the program goes wrong over a subject.
    """
    readings = [reading for subject in subjects for reading in subject.readings]
    conventions = settings or TrialSettings()
    times = partial(adtte_records, settings=conventions)
    tables = (*_TABLES, (ADTTE, times))
    return tuple(
        dataset(layout, _records(records_of, readings)) for layout, records_of in tables
    )


def _records(
    records_of: Callable[[Reading], Iterator[dict[str, Value]]],
    readings: Iterable[Reading],
) -> Iterator[dict[str, Value]]:
    for one in readings:
        with judging(one.assessment.criteria):
            yield from records_of(one)
