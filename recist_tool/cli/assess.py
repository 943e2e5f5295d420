"""``recist assess``: the response of each timepoint, and the best response."""

from __future__ import annotations

import json as json_format
import sys
from typing import TYPE_CHECKING

from recist_tool.cli.cohort_files import (
    Patient,
    criteria_named,
    patients,
    placed,
    refusal,
    under,
)
from recist_tool.cli.screen import screen
from recist_tool.errors import Fault, FindingsError, InputError
from recist_tool.report.terminal import assessment_view
from recist_tool.trial.patient import as_json, assess

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment


def run(files: Sequence[Path], *, criteria: str, json: bool, keep_going: bool) -> int:
    """Answer every patient; with `keep_going`, name the refused ones at the end."""
    chosen = criteria_named(criteria)
    show = _print_json if json else _printer()
    faults: list[Fault] = []
    answered = refused = 0
    for item in patients(files):
        try:
            show(*_assessed(item, chosen))
            answered += 1
        except InputError as error:
            faults.extend(error.faults)
            refused += 1
            if not keep_going:
                raise
    if not answered + refused:
        named = ", ".join(file.name or str(file) for file in files)
        raise FindingsError.at(
            named, "holds no patient", "Give a line for each patient"
        )
    if faults:
        raise refusal(answered, refused, faults)
    return 0


def _assessed(
    item: Patient | InputError, criteria: Criteria | None
) -> tuple[PatientAssessment, str]:
    """Return the answer, and its reader where others read the same case."""
    if isinstance(item, InputError):
        raise item
    reader_id = item.reader_id if item.is_one_of_several else ""
    try:
        return assess(under(item, criteria), item.protocol), reader_id
    except FindingsError as error:
        raise placed(error, item.where) from None


def _print_json(assessment: PatientAssessment, reader_id: str) -> None:
    found = as_json(assessment)
    if reader_id:
        found["reader_id"] = reader_id
    sys.stdout.write(json_format.dumps(found) + "\n")


def _printer() -> Callable[[PatientAssessment, str], None]:
    console = screen()
    return lambda found, reader_id: console.print(assessment_view(found, reader_id))
