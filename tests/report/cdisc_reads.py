"""Reads for the tests of CDISC tables, and a way to look into the tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from recist_tool.cdisc import datasets, subject_of_findings
from recist_tool.model.case import Case, Read
from recist_tool.model.finding import LesionFinding
from recist_tool.model.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recist_tool.cdisc import Dataset, Subject
    from recist_tool.model.finding import Finding
    from recist_tool.model.lesion import Lesion
    from recist_tool.terms import ReaderRole

REFERENCE = dt.date(2024, 1, 1)


def findings(**parts: Any) -> Findings:
    """Return findings of one liver target, baseline 12 days before the reference."""
    made = {
        "id": "S-1",
        "reference_date": "2024-01-01",
        "lesions": [{"id": "T1", "role": "target", "organ": "liver"}],
        "timepoints": [
            {"id": "BL", "date": "2023-12-20", "target": {"T1": {"mm": 50}}},
            {"id": "TP1", "date": "2024-02-26", "target": {"T1": {"mm": 30}}},
        ],
    }
    return Findings.model_validate(made | parts)


def visits(baseline: Mapping[str, Any], *later: Mapping[str, Any]) -> list[Any]:
    """Return timepoints eight weeks apart with what was found at each."""
    first = {"id": "BL", "date": "2023-12-20", **baseline}
    return [
        first,
        *(
            {
                "id": f"TP{number}",
                "date": (REFERENCE + dt.timedelta(weeks=8 * number)).isoformat(),
                **seen,
            }
            for number, seen in enumerate(later, start=1)
        ),
    ]


def tables(*subjects: Subject) -> dict[str, Dataset]:
    """Return the tables by name."""
    return {table.name: table for table in datasets(subjects)}


def tables_of(**parts: Any) -> dict[str, Dataset]:
    """Return the tables of `findings`."""
    return tables(subject_of_findings(findings(**parts), study="STUDY"))


def records(table: Dataset, **wanted: object) -> list[dict[str, Any]]:
    """Return the records with those values, as variable → value."""
    names = [variable.name for variable in table.variables]
    found = [dict(zip(names, row, strict=True)) for row in table.rows]
    return [one for one in found if wanted.items() <= one.items()]


def record(table: Dataset, **wanted: object) -> dict[str, Any]:
    """Return the only record with those values."""
    (found,) = records(table, **wanted)
    return found


def read(
    reader_id: str,
    role: ReaderRole,
    lesions: Sequence[Lesion],
    found: Mapping[tuple[str, str], Finding],
) -> Read:
    """Return a read: lesion and timepoint → what was found."""
    entries = tuple(
        LesionFinding(lesion_id=lesion, timepoint_id=timepoint, finding=finding)
        for (lesion, timepoint), finding in found.items()
    )
    return Read(
        reader_id=reader_id, role=role, lesions=tuple(lesions), findings=entries
    )


def with_reads(case: Case, *reads: Read) -> Case:
    """Return a case of those reads, day 0 two weeks after baseline."""
    day = case.timepoints[0].date + dt.timedelta(days=14)
    return case.replaced(reads=reads, reference_date=day)
