"""``recist trial``: the endpoints of a trial from many patients."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.cli.asked import plausibility_asked
from recist_tool.cli.cohort_answers import CohortAnswers
from recist_tool.cli.cohort_files import (
    count,
    criteria_named,
    patients,
    refusal,
    trial_settings,
)
from recist_tool.cli.organ_words import UnknownPlaces
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.errors import FindingsError, InputError
from recist_tool.report.trial.terminal import trial_view
from recist_tool.trial.cohort import trial_result
from recist_tool.trial.cohort_json import trial_json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.cli.cohort_files import Patient
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.kept import KeptPatient

_WIDTH_OF_A_FILE = 120


class TrialRequest(NamedTuple):
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
        Reader whose read of a patient counts where there are several; empty for the
        adjudicator.
    """

    json: bool = False
    report: Path | None = None
    criteria: str = ""
    settings: Path | None = None
    by: tuple[str, ...] = ()
    keep_going: bool = False
    accepted: str = ""


def run(files: Sequence[Path], asked: TrialRequest) -> int:
    """Print or write the endpoints of all patients.

    Raises
    ------
    InputError
        Naming every fault by file, line and field; with `keep_going` only after the
        good patients were answered. Patients over whom the program goes wrong stop no
        other in any case.
    """
    chosen = criteria_named(asked.criteria)
    settings = trial_settings(asked.settings)
    answers = CohortAnswers(chosen, settings, asked.accepted)
    every = UnknownPlaces().watched(patients(files), settings.organ_words)
    every = plausibility_asked(every, dt.datetime.now(dt.UTC).date())
    for item in _counted(every, count(files)):
        answers.take(item)
    good = answers.accept()
    if answers.faults and not (asked.keep_going and good):
        raise _refused(answers, asked, good)
    if not good:
        _raise_failed(answers, good)
        raise InputError("there is no patient in these files")
    result = trial_result([one.result for one in good], settings, asked.by or None)
    result = result._replace(
        agreement=answers.agreement(), failed=tuple(answers.failed)
    )
    if asked.report is not None:
        _write_report(asked.report, result, good)
    _show(result, json=asked.json)
    if answers.faults:
        raise _refused(answers, asked, good)
    _raise_failed(answers, good)
    return 0


def _raise_failed(answers: CohortAnswers, good: Sequence[KeptPatient]) -> None:
    """Say whom the program failed at; that is no exit status of 0."""
    if answers.failed:
        raise refusal(len(good), answers.refused, [one.fault for one in answers.failed])


def _refused(
    answers: CohortAnswers, asked: TrialRequest, good: Sequence[KeptPatient]
) -> FindingsError:
    faults = [*answers.faults, *(one.fault for one in answers.failed)]
    if asked.keep_going:
        return refusal(len(good), answers.refused, faults)
    return FindingsError.of(faults)


def _show(result: TrialResult, *, json: bool) -> None:
    if json:
        sys.stdout.writelines(trial_json_text(result))
        sys.stdout.write("\n")
        return
    console = screen(_WIDTH_OF_A_FILE)
    console.print(trial_view(result))


def _write_report(
    folder: Path, result: TrialResult, patients: tuple[KeptPatient, ...]
) -> None:
    from recist_tool.report.trial.page import write_trial_report

    with progress("figures") as advance:
        for path in write_trial_report(folder, result, patients, advance):
            sys.stderr.write(f"{path}\n")


def _counted(
    items: Iterable[Patient | InputError], total: int | None
) -> Iterator[Patient | InputError]:
    with progress("patients") as advance:
        for done, item in enumerate(items, start=1):
            yield item
            if done % 100 == 0:
                advance(done, total)
