"""The files of patients: case JSON, findings JSON, ``.jsonl``, standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import typer
from pydantic import ValidationError

from recist_tool.errors import (
    Fault,
    FindingsError,
    InputError,
    RecistToolError,
    unforeseen,
)
from recist_tool.model.blinding import Blinding
from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol
from recist_tool.model.read_findings import findings_of
from recist_tool.model.trial_settings import TrialSettings
from recist_tool.store.casefile import load_case
from recist_tool.store.text import plain_utf8, utf8_lines
from recist_tool.store.validation import faults_of, read_record
from recist_tool.terms import Criteria

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from recist_tool.terms import ReaderRole

_STDIN: Final = Path("-")


class Patient(NamedTuple):
    """One read of one patient, and where it was found.

    Attributes
    ----------
    where
        File, and line in a file of many.
    reader_id
        Who read it; empty for findings that do not say.
    role
        Of the reader of a case; findings do not say.
    is_one_of_several
        Whether others read the same case: an answer must say whose it is.
    blinding
        How the case is told to its readers; findings hide nothing.
    """

    where: str
    findings: Findings
    protocol: Protocol
    reader_id: str = ""
    role: ReaderRole | None = None
    is_one_of_several: bool = False
    blinding: Blinding = Blinding()


def patients(files: Sequence[Path]) -> Iterator[Patient | InputError]:
    """Return the reads of all files in their order; an error in place of a bad one."""
    for path in files:
        if path == _STDIN:
            yield from _lines("standard input", sys.stdin.buffer)
        elif path.suffix == ".jsonl":
            try:
                with path.open("rb") as lines:
                    yield from _lines(path.name, lines)
            except OSError as error:
                yield InputError.at(path, f"cannot be read ({error.strerror})")
        else:
            yield from _file(path)


def count(files: Sequence[Path]) -> int | None:
    """Return about how many patients there are, for a progress bar; None if unknown."""
    total = 0
    for path in files:
        if path == _STDIN:
            return None
        total += _count_lines(path) if path.suffix == ".jsonl" else 1
    return total


def under(patient: Patient, criteria: Criteria | None) -> Findings:
    """Return the findings of a patient, under other criteria where some are chosen."""
    if criteria is None:
        return patient.findings
    return patient.findings.replaced(criteria=criteria)


def placed(error: RecistToolError, where: str) -> FindingsError:
    """Return the error with the file and line before the place of every fault."""
    return FindingsError.of(
        fault._replace(where=", ".join(filter(None, (where, fault.where))))
        for fault in error.faults
    )


def criteria_named(name: str) -> Criteria | None:
    """Return the criteria of that name; None for the empty name.

    Raises
    ------
    typer.BadParameter
        If there are no such criteria.
    """
    if not name:
        return None
    try:
        return Criteria(name)
    except ValueError:
        known = ", ".join(one.value for one in Criteria)
        msg = f"no criteria '{name}': choose {known}"
        raise typer.BadParameter(msg) from None


def trial_settings(path: Path | None) -> TrialSettings:
    """Return the settings of a trial from a file; the defaults for None.

    Raises
    ------
    InputError
        Naming every fault of the file.
    """
    return TrialSettings() if path is None else read_record(path, TrialSettings)


def refusal(answered: int, refused: int, faults: Sequence[Fault]) -> FindingsError:
    """Return the error that ends a run which kept going: faults, then the counts."""
    counts = f"{answered} patients answered, {refused} refused"
    return FindingsError.of([*faults, Fault("", counts)])


def _count_lines(path: Path) -> int:
    try:
        with path.open("rb") as lines:
            return sum(1 for line in lines if line.strip())
    except OSError:  # reading it will say so
        return 1


def _file(path: Path) -> Iterator[Patient | InputError]:
    try:
        text = plain_utf8(path.read_bytes())
    except OSError as error:
        yield InputError.at(path, f"cannot be read ({error.strerror})")
        return
    if is_case(text):
        yield from _case(path)
    else:
        yield _findings(path.name, text)


def is_case(text: bytes) -> bool:
    """Return whether the content of a file is that of a case."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "journal" in content


def _case(path: Path) -> Iterator[Patient | InputError]:
    try:
        case = load_case(path).case
    except InputError as error:
        yield error
        return
    except RecistToolError as error:
        yield InputError(*error.faults)
        return
    try:
        found = [(findings_of(case, one.reader_id), one) for one in case.reads]
    except Exception as error:  # noqa: BLE001 - other files are answered all the same
        what = f"the case is sound, but cannot be judged: {unforeseen(error)}"
        yield InputError.at(path.name, what, "Report this fault of the program")
        return
    read = [(findings, one) for findings, one in found if findings is not None]
    if not read:
        yield InputError.at(path.name, "nothing was read in this case yet")
    for findings, one in read:
        yield Patient(
            where=path.name,
            findings=findings.replaced(reader=one.reader_id),
            protocol=case.protocol,
            reader_id=one.reader_id,
            role=one.role,
            is_one_of_several=len(read) > 1,
            blinding=Blinding.of(case),
        )


def _lines(name: str, lines: Iterable[bytes]) -> Iterator[Patient | InputError]:
    for number, line in enumerate(utf8_lines(lines), start=1):
        if line.strip():
            yield _findings(f"{name}, line {number}", line)


def _findings(where: str, text: bytes) -> Patient | InputError:
    try:
        findings = Findings.model_validate_json(text)
    except ValidationError as error:
        return FindingsError.of(faults_of(error, where))
    protocol = Protocol(settings=findings.settings)
    return Patient(
        where=where,
        findings=findings,
        protocol=protocol,
        reader_id=findings.reader or "",
    )
