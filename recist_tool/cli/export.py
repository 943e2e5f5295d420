"""``recist export``: a case, or findings, as the tables of CDISC."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from pydantic import ValidationError

from recist_tool.cdisc.adtte import timed
from recist_tool.cdisc.spool import Spool
from recist_tool.cdisc.subject import (
    require_once,
    subject_of_case,
    subject_of_findings,
)
from recist_tool.cdisc.tables import Tables
from recist_tool.cdisc.write_csv import write_csv
from recist_tool.cdisc.write_dataset_json import write_dataset_json
from recist_tool.cdisc.write_xpt import write_xpt
from recist_tool.cli.chosen import trial_settings
from recist_tool.cli.lines import tell
from recist_tool.errors import (
    AssessmentFailed,
    Fault,
    FindingsError,
    InputError,
    StorageError,
)
from recist_tool.limits import lines_within, read_text
from recist_tool.model.findings import Findings
from recist_tool.store.casefile import load_case
from recist_tool.store.cohort_files import is_case
from recist_tool.store.text import plain_utf8, utf8_lines
from recist_tool.store.validation import faults_of
from recist_tool.trial.intake.faults import placed
from recist_tool.trial.intake.organ_words import UnknownPlaces, settings_with

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from recist_tool.cdisc.dataset import Dataset
    from recist_tool.cdisc.subject import Subject
    from recist_tool.model.trial_settings import TrialSettings

    Write = Callable[[Dataset, Path], None]
    Words = tuple[tuple[str, str], ...]


def run(
    case: Path,
    to: str,
    folder: Path,
    *,
    study: str = "",
    accepted: str | None = None,
    settings: Path | None = None,
) -> int:
    """Write the CDISC tables of a case into a folder, and name the files.

    One patient after the other is read, answered and let go; the rows wait on disk.

    Parameters
    ----------
    case
        A case JSON, a findings JSON, or a ``.jsonl`` of many findings.
    to
        ``sdtm`` (Dataset-JSON and XPT), ``csv``, or ``dataset-json`` alone.
    study
        ``STUDYID``, left empty by default.
    accepted
        Reader whose read the trial takes; see `subject_of_case`.
    settings
        A JSON file of trial settings; None for the defaults. What was used is written
        beside the tables.

    Raises
    ------
    typer.BadParameter
        If there is no such format.
    InputError
        If the input is at fault; or, once all else is written, naming what XPT cannot
        hold and the patients over whom the program went wrong, who are in no table.
    """
    if to not in FORMATS:
        msg = f"no format '{to}': choose {', '.join(FORMATS)}"
        raise typer.BadParameter(msg)
    conventions = trial_settings(settings)
    words = conventions.organ_words
    refused: list[Fault] = []
    unknown = UnknownPlaces()
    with _staging(folder) as staging, contextlib.ExitStack() as files:
        tables = Tables(
            conventions, lambda: files.enter_context(contextlib.closing(Spool(staging)))
        )
        untimed = 0
        for where, made_subject in _subjects(case, words, study, accepted):
            try:
                with _named(where):
                    subject = made_subject()
                    tables.take(subject)
            except AssessmentFailed as failure:
                refused.extend(placed(failure, where).faults)
                continue
            for one in subject.readings:
                untimed += not timed(one)
                unknown.note(case.name, one.findings)
        made = list(_written(tables.datasets(), FORMATS[to], staging, refused))
        made.append(_settings_written(conventions, staging))
    for remark in (
        *_remarks(study, untimed, conventions, settings),
        *unknown.lines(),
    ):
        tell(remark)
    for path in made:
        sys.stdout.write(f"{path}\n")
    if refused:
        raise InputError.of(refused)
    return 0


def _remarks(
    study: str, untimed: int, conventions: TrialSettings, settings: Path | None
) -> Iterator[str]:
    """Return what the tables lack, and what they were made by."""
    if not study:
        yield "STUDYID is empty; --study names it"
    if settings is None:
        by = "the default settings of a trial; --settings takes the trial's own"
    else:
        chosen = conventions.model_dump(mode="json", exclude_defaults=True)
        told = ", ".join(f"{name} {value}" for name, value in chosen.items())
        by = f"{settings.name}: {told or 'all as by default'}"
    yield f"times to events (ADTTE) by {by}"
    if untimed:
        yield (
            f"ADTTE lacks {untimed} reads: no reference date to count from, "
            "or criteria other than RECIST 1.1"
        )


def _subjects(
    path: Path, words: Words, study: str, accepted: str | None
) -> Iterator[tuple[str, Callable[[], Subject]]]:
    """Return where each subject of a file stands, and what makes it, one by one."""
    if path.suffix == ".jsonl":
        yield from _of_lines(path, words, study)
        return
    text = _read(path)
    if is_case(text):
        yield path.name, partial(_of_case, path, words, study, accepted)
    else:
        yield path.name, partial(_of_findings, path.name, text, words, study, {})


def _of_lines(
    path: Path, words: Words, study: str
) -> Iterator[tuple[str, Callable[[], Subject]]]:
    first: dict[str, str] = {}
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(utf8_lines(lines_within(lines)), start=1):
                if line.strip():
                    where = f"{path.name}, line {number}"
                    yield where, partial(_of_findings, where, line, words, study, first)
    except OSError as error:
        raise _unread(path, error) from None


def _read(path: Path) -> bytes:
    try:
        return plain_utf8(read_text(path))
    except OSError as error:
        raise _unread(path, error) from None


def _unread(path: Path, error: OSError) -> InputError:
    return InputError.at(path.name, f"cannot be read ({error.strerror})")


def _of_case(path: Path, words: Words, study: str, accepted: str | None) -> Subject:
    case = load_case(path).case
    settings = settings_with(case.protocol.settings, words)
    protocol = case.protocol.model_copy(update={"settings": settings})
    case = case.model_copy(update={"protocol": protocol})
    return subject_of_case(case, study=study, accepted=accepted)


def _of_findings(
    where: str, text: bytes, words: Words, study: str, first: dict[str, str]
) -> Subject:
    """Return the subject of one read; `first` names where each subject was first."""
    findings = Findings.model_validate_json(text)
    require_once(findings.id, where, first)
    settings = settings_with(findings.settings, words)
    findings = findings.model_copy(update={"settings": settings})
    return subject_of_findings(findings, study=study)


@contextlib.contextmanager
def _named(where: str) -> Generator[None]:
    """Name the file and line in every fault found inside."""
    try:
        yield
    except ValidationError as error:
        raise FindingsError.of(faults_of(error, where)) from None
    except FindingsError as error:
        raise placed(error, where) from None


@contextlib.contextmanager
def _staging(folder: Path) -> Generator[Path]:
    """Return a place in the folder for what is not whole yet.

    Where nothing was written in the end, no new folder is left behind.
    """
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as staging:
            yield Path(staging)
    except OSError as error:
        raise StorageError.at(
            folder,
            f"cannot be written to ({error.strerror})",
            "Free space, mend permissions or choose another folder",
        ) from None
    finally:
        with contextlib.suppress(OSError):  # the first that holds something stays
            for one in made:
                one.rmdir()


def _written(
    tables: tuple[Dataset, ...],
    formats: dict[str, Write],
    staging: Path,
    refused: list[Fault],
) -> Iterator[Path]:
    """Write each table beside its place and move it there whole.

    A table that is refused leaves no older one in its place.
    """
    for table in tables:
        for suffix, write in formats.items():
            name = f"{table.name.lower()}.{suffix}"
            (staging.parent / name).unlink(missing_ok=True)
            if _made(table, write, staging / name, refused):
                yield (staging / name).replace(staging.parent / name)


def _settings_written(conventions: TrialSettings, staging: Path) -> Path:
    """Write the settings as ``--settings`` takes them."""
    path = staging / SETTINGS
    path.write_text(conventions.model_dump_json(indent=1) + "\n", "utf-8")
    return path.replace(staging.parent / SETTINGS)


def _made(table: Dataset, write: Write, path: Path, refused: list[Fault]) -> bool:
    try:
        write(table, path)
    except InputError as error:
        refused.extend(error.faults)
        return False
    return True


def _csv(table: Dataset, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(table, file)


def _dataset_json(table: Dataset, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        write_dataset_json(table, file, at=dt.datetime.now(dt.UTC))


SETTINGS: Final = "trial-settings.json"
"""Beside the tables: the settings that they were made by."""

FORMATS: Final[dict[str, dict[str, Write]]] = {
    "sdtm": {"json": _dataset_json, "xpt": write_xpt},
    "csv": {"csv": _csv},
    "dataset-json": {"json": _dataset_json},
}
"""Suffix and writer of each file of a table, by the format asked for."""
