"""Reports of cases made in a test, without a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from recist_tool.app.answers import Answers
from recist_tool.model.case import Case, Read
from recist_tool.model.protocol import Protocol
from recist_tool.report.case.matter import CaseMatter
from tests.app.drawn_reads import READER, commands_for
from tests.builders import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recist_tool.model.findings import Findings
    from recist_tool.terms import Criteria

HEAD = "20240131" * 8
"""A digest that could be taken for dates."""


def matter_of(case: Case, reader_id: str = READER, **details: Any) -> CaseMatter:
    """Return what a report of a case is written about."""
    answer = Answers().after(case)[reader_id]
    assert not answer.problems
    usual: dict[str, Any] = {
        "case": case,
        "read": answer.read,
        "findings": answer.findings,
        "assessments": answer.by_criteria,
        "failed": answer.failed,
        "slices": {},
        "images": {},
        "sums": b"",
        "outdated": {},
        "head": HEAD,
        "entries": 7,
        "program": "recist_tool 0, rules 0",
        "at": NOON,
    }
    return CaseMatter(**usual | details)


def case_of(read: Findings, criteria: tuple[Criteria, ...] = ()) -> Case:
    """Return the case in which a read is drawn."""
    protocol = Protocol(settings=read.settings, criteria=criteria or (read.criteria,))
    case = Case(
        case_uid="2.25.1",
        subject_id=read.id,
        protocol=protocol,
        reads=(Read(reader_id=READER),),
    )
    for command in commands_for(read):
        case = command.apply(case)
    return case


def texts(value: object) -> Iterator[str]:
    """Yield every text of a report, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in cast("tuple[object, ...]", value):
            yield from texts(one)
