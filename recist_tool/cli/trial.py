"""``recist trial``: the endpoints of a trial from many patients."""

from __future__ import annotations

import itertools
import json as json_format
import sys
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError
from rich.console import Console

from recist_tool.cli.cohort_files import (
    Patient,
    count,
    criteria_named,
    patients,
    placed,
    refusal,
    under,
)
from recist_tool.cli.progress import progress
from recist_tool.errors import Fault, FindingsError, InputError
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.report.trial.terminal import trial_view
from recist_tool.store.validation import faults_of
from recist_tool.trial.cohort import trial_result
from recist_tool.trial.cohort_json import trial_json
from recist_tool.trial.kept import KeptPatient, kept
from recist_tool.trial.patient_result import patient_result
from recist_tool.trial.plausible import implausible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.model.protocol import Settings
    from recist_tool.terms import Criteria
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.patient_result import PatientResult

_WIDTH_OF_A_FILE = 120


class Asked(NamedTuple):
    """What was asked for on the command line.

    Attributes
    ----------
    criteria
        Empty for each file's own.
    settings
        A JSON file of trial settings; None for the defaults.
    by
        Fields to compare patients by; empty for all there are.
    accepted
        Reader whose read of a case counts where there are several.
    """

    json: bool = False
    report: Path | None = None
    criteria: str = ""
    settings: Path | None = None
    by: tuple[str, ...] = ()
    keep_going: bool = False
    accepted: str = ""


class Answers:
    """The patients answered, what is wrong with the others, and how many those are.

    Parameters
    ----------
    criteria
        None for each file's own.
    """

    def __init__(self, criteria: Criteria | None, settings: TrialSettings) -> None:
        self._criteria, self._settings = criteria, settings
        self._places: dict[str, str] = {}
        self._known: dict[Settings, Settings] = {}
        self._answered: dict[str, KeptPatient] = {}
        self.faults: list[Fault] = []
        self.refused = 0

    @property
    def patients(self) -> tuple[KeptPatient, ...]:
        """The patients answered, in the order of the files."""
        return tuple(self._answered.values())

    def take(self, item: Patient | InputError) -> None:
        """Answer a patient, or note what is wrong with it."""
        try:
            patient = self._only(item)
            result = self._result(patient)
            self._answered[patient.findings.id] = kept(result, self._known)
        except InputError as error:
            self.faults.extend(error.faults)
            self.refused += 1

    def _only(self, item: Patient | InputError) -> Patient:
        """Return a patient whose id nobody has; of two with one id neither counts."""
        if isinstance(item, InputError):
            raise item
        name = item.findings.id
        first = self._places.setdefault(name, item.where)
        if first is item.where:
            return item
        self.refused += self._answered.pop(name, None) is not None
        what = f"the same id as in {first}"
        remedy = "Leave one of the two out, or correct an id"
        raise FindingsError.at(f"{item.where}, id", what, remedy)

    def _result(self, patient: Patient) -> PatientResult:
        try:
            result = patient_result(under(patient, self._criteria), self._settings)
            if faults := implausible(result):
                raise FindingsError.of(faults)
        except FindingsError as error:
            raise placed(error, patient.where) from None
        return result


def run(files: Sequence[Path], asked: Asked) -> int:
    """Print or write the endpoints of all patients.

    Raises
    ------
    InputError
        Naming every fault by file, line and field; with `keep_going` only after the
        good patients were answered.
    """
    chosen = criteria_named(asked.criteria)
    settings = _settings(asked.settings)
    answers = Answers(chosen, settings)
    reads = _one_read_each(patients(files), asked.accepted)
    for item in _counted(reads, count(files)):
        answers.take(item)
    good = answers.patients
    if answers.faults and not (asked.keep_going and good):
        raise _refused(answers, asked)
    if not good:
        raise InputError("there is no patient in these files")
    result = trial_result([one.result for one in good], settings, asked.by or None)
    if asked.report is not None:
        _write_report(asked.report, result, good)
    _show(result, json=asked.json)
    if answers.faults:
        raise _refused(answers, asked)
    return 0


def _refused(answers: Answers, asked: Asked) -> FindingsError:
    if asked.keep_going:
        return refusal(len(answers.patients), answers.refused, answers.faults)
    return FindingsError.of(answers.faults)


def _show(result: TrialResult, *, json: bool) -> None:
    if json:
        json_format.dump(trial_json(result), sys.stdout, allow_nan=False)
        sys.stdout.write("\n")
        return
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    console.print(trial_view(result))


def _write_report(
    folder: Path, result: TrialResult, patients: tuple[KeptPatient, ...]
) -> None:
    from recist_tool.report.trial.page import write_trial_report

    with progress("figures") as advance:
        for path in write_trial_report(folder, result, patients, advance):
            sys.stderr.write(f"{path}\n")


def _settings(path: Path | None) -> TrialSettings:
    if path is None:
        return TrialSettings()
    try:
        return TrialSettings.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError.at(path, f"cannot be read ({error.strerror})") from None
    except ValidationError as error:
        raise InputError.of(faults_of(error, path.name)) from None


def _one_read_each(
    items: Iterable[Patient | InputError], accepted: str
) -> Iterator[Patient | InputError]:
    """Return one read of each case, and findings and errors as they are."""
    for _, group in itertools.groupby(items, _case_of):
        reads = list(group)
        first = reads[0]
        if isinstance(first, InputError) or not first.reader_id:
            yield from reads
        else:
            yield _accepted(reads, first.where, accepted)


def _case_of(item: Patient | InputError) -> object:
    if isinstance(item, InputError) or not item.reader_id:
        return id(item)
    return item.where


def _accepted(
    reads: Sequence[Patient | InputError], where: str, accepted: str
) -> Patient | InputError:
    readers = [one for one in reads if isinstance(one, Patient)]
    chosen = [one for one in readers if one.reader_id == accepted]
    if chosen or (len(readers) == 1 and not accepted):
        return (chosen or readers)[0]
    what = "was not read by that reader" if accepted else "was read by several readers"
    return FindingsError.at(where, what, "Name a reader of each case with --accepted")


def _counted(
    items: Iterable[Patient | InputError], total: int | None
) -> Iterator[Patient | InputError]:
    with progress("patients") as advance:
        for done, item in enumerate(items, start=1):
            yield item
            if done % 100 == 0:
                advance(done, total)
