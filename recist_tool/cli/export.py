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

from recist_tool.cli.cohort_files import is_case, placed
from recist_tool.cli.organ_words import UnknownPlaces
from recist_tool.errors import (
    AssessmentFailed,
    Fault,
    FindingsError,
    InputError,
    StorageError,
)
from recist_tool.model.findings import Findings
from recist_tool.report.cdisc import datasets, subject_of_case, subject_of_findings
from recist_tool.report.cdisc.adtte import timed
from recist_tool.report.cdisc.write_csv import write_csv
from recist_tool.report.cdisc.write_dataset_json import write_dataset_json
from recist_tool.report.cdisc.write_xpt import write_xpt
from recist_tool.store.casefile import load_case
from recist_tool.store.text import plain_utf8
from recist_tool.store.validation import faults_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from recist_tool.report.cdisc import Dataset, Subject

    Write = Callable[[Dataset, Path], None]


def run(
    case: Path, to: str, folder: Path, *, study: str = "", accepted: str | None = None
) -> int:
    """Write the CDISC tables of a case into a folder, and name the files.

    Parameters
    ----------
    case
        A case JSON, a findings JSON, or a ``.jsonl`` of many findings.
    to
        ``sdtm`` (Dataset-JSON and XPT) or ``csv``.
    study
        ``STUDYID``, left empty by default.
    accepted
        Reader whose read the trial takes; see `subject_of_case`.

    Raises
    ------
    typer.BadParameter
        If there is no such format.
    InputError
        If the input is at fault; or, once all else is written, naming what XPT cannot
        hold, and the subjects that the tables lack because the program went wrong over
        them.
    """
    if to not in FORMATS:
        msg = f"no format '{to}': choose {', '.join(FORMATS)}"
        raise typer.BadParameter(msg)
    refused: list[Fault] = []
    subjects, tables = _tables(list(_subjects(case, study, accepted, refused)), refused)
    for remark in _remarks(subjects, study, case.name):
        sys.stderr.write(f"recist: {remark}\n")
    for path in _written(tables, FORMATS[to], folder, refused):
        sys.stdout.write(f"{path}\n")
    if refused:
        raise InputError.of(refused)
    return 0


def _remarks(subjects: list[Subject], study: str, file: str) -> Iterator[str]:
    """Return what the tables lack although nothing is wrong."""
    if not study:
        yield "STUDYID is empty; --study names it"
    without = sum(not timed(one) for subject in subjects for one in subject.readings)
    if without:
        yield (
            f"ADTTE lacks {without} reads: no reference date to count from, "
            "or criteria other than RECIST 1.1"
        )
    unknown = UnknownPlaces()
    for subject in subjects:
        for reading in subject.readings:
            unknown.note(file, reading.findings)
    yield from unknown.lines()


def _tables(
    subjects: list[Subject], failed: list[Fault]
) -> tuple[list[Subject], tuple[Dataset, ...]]:
    """Return the tables, and of whom they are: not of those the program fails at."""
    try:
        return subjects, datasets(subjects)
    except AssessmentFailed:
        sound = [one for one in subjects if _is_sound(one, failed)]
        return sound, datasets(sound)


def _is_sound(subject: Subject, failed: list[Fault]) -> bool:
    try:
        datasets([subject])
    except AssessmentFailed as failure:
        failed.extend(placed(failure, subject.readings[0].findings.id).faults)
        return False
    return True


def _subjects(
    path: Path, study: str, accepted: str | None, failed: list[Fault]
) -> Iterator[Subject]:
    """Return the subjects of a file but those that the program fails at."""
    for where, made in _made_of(path, study, accepted):
        try:
            yield made()
        except AssessmentFailed as failure:
            failed.extend(placed(failure, where).faults)


def _made_of(
    path: Path, study: str, accepted: str | None
) -> Iterator[tuple[str, Callable[[], Subject]]]:
    """Return where each subject of a file stands, and what makes it."""
    text = _read(path)
    if path.suffix == ".jsonl":
        seen: dict[str, str] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                where = f"{path.name}, line {number}"
                yield where, partial(_of_findings, where, line, study, seen)
    elif is_case(text):
        yield path.name, partial(_of_case, path, study, accepted)
    else:
        yield path.name, partial(_of_findings, path.name, text, study)


def _of_case(path: Path, study: str, accepted: str | None) -> Subject:
    case = load_case(path).case
    with _named(path.name):
        return subject_of_case(case, study=study, accepted=accepted)


def _read(path: Path) -> bytes:
    try:
        return plain_utf8(path.read_bytes())
    except OSError as error:
        raise InputError.at(path.name, f"cannot be read ({error.strerror})") from None


def _of_findings(
    where: str, text: bytes, study: str, seen: dict[str, str] | None = None
) -> Subject:
    """Return the subject of one read; `seen` names where each subject was first."""
    with _named(where):
        findings = Findings.model_validate_json(text)
        first = {} if seen is None else seen
        if first.setdefault(findings.id, where) != where:
            raise FindingsError.at(
                "id",
                f"the same as in {first[findings.id]}: their records could not be "
                "told apart",
                "Export each reader's reads by themselves",
            )
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


def _written(
    tables: tuple[Dataset, ...],
    formats: dict[str, Write],
    folder: Path,
    refused: list[Fault],
) -> Iterator[Path]:
    """Write each table beside its place and move it there whole.

    A table that is refused leaves no older one in its place.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as staging:
            for table in tables:
                for suffix, write in formats.items():
                    name = f"{table.name.lower()}.{suffix}"
                    (folder / name).unlink(missing_ok=True)
                    if _made(table, write, Path(staging, name), refused):
                        yield Path(staging, name).replace(folder / name)
    except OSError as error:
        raise StorageError.at(
            folder,
            f"cannot be written to ({error.strerror})",
            "Free space, mend permissions or choose another folder",
        ) from None


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


FORMATS: Final[dict[str, dict[str, Write]]] = {
    "sdtm": {"json": _dataset_json, "xpt": write_xpt},
    "csv": {"csv": _csv},
}
"""Suffix and writer of each file of a table, by the format asked for."""
