"""``recist assess``: the response of each timepoint, and the best response."""

from __future__ import annotations

import datetime as dt
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
from recist_tool.cli.organ_words import UnknownPlaces
from recist_tool.cli.screen import screen
from recist_tool.errors import Fault, FindingsError, InputError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.terminal import assessment_view
from recist_tool.store.validation import read_record
from recist_tool.trial.patient import as_json, assess

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment


def run(
    files: Sequence[Path],
    *,
    criteria: str,
    json: bool,
    keep_going: bool,
    settings: Path | None = None,
) -> int:
    """Answer every patient; with `keep_going`, name the refused ones at the end.

    Of the trial's `settings` only its words for organs are used.
    """
    chosen = criteria_named(criteria)
    show = _print_json if json else _printer()
    faults: list[Fault] = []
    answered = refused = 0
    words = () if settings is None else read_record(settings, TrialSettings).organ_words
    for item in UnknownPlaces().watched(patients(files), words):
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
) -> tuple[PatientAssessment, Patient]:
    """Return the answer, and whose it is."""
    if isinstance(item, InputError):
        raise item
    try:
        today = dt.datetime.now(dt.UTC).date()
        return assess(under(item, criteria), item.protocol, today=today), item
    except FindingsError as error:
        raise placed(error, item.where) from None


def _print_json(assessment: PatientAssessment, patient: Patient) -> None:
    found = as_json(assessment)
    if reader_id := _named_reader(patient):
        found["reader_id"] = reader_id
    sys.stdout.write(json_format.dumps(found) + "\n")


def _printer() -> Callable[[PatientAssessment, Patient], None]:
    console = screen()
    return lambda found, patient: console.print(
        assessment_view(found, _named_reader(patient), patient.blinding)
    )


def _named_reader(patient: Patient) -> str:
    """Return the reader, where others read the same case."""
    return patient.reader_id if patient.is_one_of_several else ""
