"""``recist assess``: the response of each timepoint, and the best response."""

from __future__ import annotations

import datetime as dt
import json as json_format
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.cli.chosen import criteria_named
from recist_tool.cli.lines import tell
from recist_tool.cli.screen import screen
from recist_tool.errors import AssessmentFailed, Fault, FindingsError, InputError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.terminal import assessment_view
from recist_tool.store.cohort_files import read_patients
from recist_tool.store.validation import read_record
from recist_tool.trial.intake.faults import counted, placed
from recist_tool.trial.intake.organ_words import UnknownPlaces, with_words
from recist_tool.trial.intake.patient import Patient, under
from recist_tool.trial.patient import as_json, assess, failed_json, tell_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.terms import Criteria
    from recist_tool.trial.patient import PatientAssessment

    _WorkOut = Callable[[PatientAssessment], dict[str, Any] | None]


def run(
    files: Sequence[Path],
    *,
    criteria: str,
    json: bool,
    keep_going: bool,
    settings: Path | None = None,
) -> int:
    """Answer every patient; with `keep_going`, name the refused ones at the end.

    Where the program goes wrong over a patient, that is the answer, and the others are
    answered all the same. Of the trial's `settings` only its words for organs are used.

    Parameters
    ----------
    files
        Cases, findings or lines of them; ``-`` is standard input.
    criteria
        By name; empty leaves each file its own.
    json
        One JSON object on standard output instead of tables.
    settings
        File of trial settings; None takes no words for organs but the usual ones.

    Raises
    ------
    FindingsError
        If a patient is refused, or no file holds one; with `keep_going` after the last.
    InputError
        If a file does not read.
    """
    chosen = criteria_named(criteria)
    work_out, show = (as_json, _print_json) if json else (tell_all, _printer())
    faults: list[Fault] = []
    answered = refused = 0
    words = () if settings is None else read_record(settings, TrialSettings).organ_words
    for item in _watched(read_patients(*files), words):
        try:
            found = _assessed(item, chosen, work_out)
            show(found)
        except InputError as error:
            faults.extend(error.faults)
            refused += 1
            if not keep_going:
                raise FindingsError.of(faults) from None
        else:
            faults.extend(found.failed)
            answered += not found.failed
            refused += bool(found.failed)
    if not answered + refused:
        named = ", ".join(file.name or str(file) for file in files)
        raise FindingsError.at(
            named, "holds no patient", "Give a line for each patient"
        )
    if faults:
        raise FindingsError.of(counted(answered, refused, faults))
    return 0


def _watched(
    items: Iterable[Patient | InputError], words: tuple[tuple[str, str], ...]
) -> Iterator[Patient | InputError]:
    """Return the same patients, with the trial's words, and tell what is unknown.

    Once all were taken, of files with several patients; of one, its answer does.
    """
    unknown = UnknownPlaces()
    for item in items:
        given = item
        if isinstance(given, Patient):
            given = with_words(given, words)
            unknown.note(given.source, given.findings)
        yield given
    for line in unknown.lines(least=2):
        tell(line)


class _Found(NamedTuple):
    """What is shown of a patient.

    Attributes
    ----------
    assessment
        None where the program went wrong, as `failed` says.
    told
        Its JSON, where that was asked for.
    """

    patient: Patient
    assessment: PatientAssessment | None
    told: dict[str, Any] | None
    failed: tuple[Fault, ...] = ()


def _assessed(
    item: Patient | InputError, criteria: Criteria | None, work_out: _WorkOut
) -> _Found:
    """Return the answer, and whose it is.

    Parameters
    ----------
    work_out
        Asks for all that is going to be shown.
    """
    if isinstance(item, InputError):
        raise item
    findings = under(item, criteria)
    try:
        today = dt.datetime.now(dt.UTC).date()
        found = assess(findings, item.protocol, today=today)
        told = work_out(found)
    except FindingsError as error:
        raise placed(error, item.where) from None
    except AssessmentFailed as failure:
        said = placed(failure, item.where).faults
        return _Found(item, None, failed_json(findings, failure), said)
    return _Found(item, found, told)


def _print_json(found: _Found) -> None:
    told = dict(found.told or {})
    if reader_id := _named_reader(found.patient):
        told["reader_id"] = reader_id
    sys.stdout.write(json_format.dumps(told) + "\n")


def _printer() -> Callable[[_Found], None]:
    console = screen()

    def show(found: _Found) -> None:
        if found.assessment is None:
            return  # said at the end, as all that has no answer
        patient = found.patient
        console.print(
            assessment_view(found.assessment, _named_reader(patient), patient.blinding)
        )

    return show


def _named_reader(patient: Patient) -> str:
    """Return the reader, where others read the same case."""
    return patient.reader_id if patient.is_one_of_several else ""
