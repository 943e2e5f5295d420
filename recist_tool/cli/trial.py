"""``recist trial``: the endpoints of a trial from many patients."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, NamedTuple

from recist_tool.cli.chosen import criteria_named, trial_settings
from recist_tool.cli.lines import tell
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.errors import FindingsError
from recist_tool.report.trial.terminal import trial_view
from recist_tool.store.cohort_files import count_patients, read_patients
from recist_tool.trial.cohort_json import trial_json_text
from recist_tool.trial.intake.answers import CohortAnswers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from recist_tool.errors import InputError
    from recist_tool.trial.cohort import TrialResult
    from recist_tool.trial.intake.answers import AnsweredTrial
    from recist_tool.trial.intake.patient import Patient

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
    answers = CohortAnswers(
        criteria_named(asked.criteria),
        trial_settings(asked.settings),
        asked.accepted,
        dt.datetime.now(dt.UTC).date(),
    )
    for item in _counted(read_patients(*files), count_patients(*files)):
        answers.take(item)
    for question in answers.questions():
        tell(question)
    trial = answers.trial(asked.by or None, keep_going=asked.keep_going)
    if asked.report is not None:
        _write_report(asked.report, trial)
    _show(trial.result, json=asked.json)
    if answers.faults or answers.failed:
        raise FindingsError.of(answers.every_fault(trial.patients))
    return 0


def _show(result: TrialResult, *, json: bool) -> None:
    if json:
        sys.stdout.writelines(trial_json_text(result))
        sys.stdout.write("\n")
        return
    console = screen(_WIDTH_OF_A_FILE)
    console.print(trial_view(result))


def _write_report(folder: Path, trial: AnsweredTrial) -> None:
    from recist_tool.report.trial.page import write_trial_report

    with progress("figures") as advance:
        for path in write_trial_report(folder, *trial, advance):
            sys.stderr.write(f"{path}\n")


def _counted(
    items: Iterable[Patient | InputError], total: int | None
) -> Iterator[Patient | InputError]:
    with progress("patients") as advance:
        for done, item in enumerate(items, start=1):
            yield item
            if done % 100 == 0:
                advance(done, total)
