"""``recist assess``: the response of each timepoint, and the best response."""

from __future__ import annotations

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer
from pydantic import ValidationError
from rich.console import Console

from recist_tool.errors import Fault, FindingsError, InputError, RecistToolError
from recist_tool.model.findings import Findings
from recist_tool.model.protocol import Protocol
from recist_tool.model.read_findings import findings_of
from recist_tool.report.terminal import assessment_view
from recist_tool.store.casefile import load_case
from recist_tool.store.validation import faults_of
from recist_tool.terms import Criteria
from recist_tool.trial.patient import as_json, assess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from recist_tool.trial.patient import PatientAssessment

_STDIN = Path("-")
_WIDTH_OF_A_FILE = 140


class Patient(NamedTuple):
    """One patient to assess, and where it was found."""

    where: str
    findings: Findings
    protocol: Protocol


def run(files: Sequence[Path], *, criteria: str, json: bool, keep_going: bool) -> int:
    """Answer every patient; with `keep_going`, name the refused ones at the end."""
    chosen = _criteria(criteria)
    show = _print_json if json else _printer()
    refused: list[Fault] = []
    answered = 0
    for item in _patients(files):
        try:
            patient = item if isinstance(item, Patient) else _raised(item)
            show(_assessed(patient, chosen))
            answered += 1
        except InputError as error:
            refused.extend(error.faults)
            if not keep_going:
                break
    if not refused:
        return 0
    if keep_going:
        count = f"{answered} patients answered, {len(refused)} faults in the others"
        refused.append(Fault("", count))
    raise FindingsError.of(refused)


def _assessed(patient: Patient, criteria: Criteria | None) -> PatientAssessment:
    findings = patient.findings
    if criteria is not None:
        findings = findings.replaced(criteria=criteria)
    try:
        return assess(findings, patient.protocol)
    except FindingsError as error:
        faults = (
            fault._replace(where=", ".join(filter(None, (patient.where, fault.where))))
            for fault in error.faults
        )
        raise FindingsError.of(faults) from None


def _patients(files: Sequence[Path]) -> Iterator[Patient | RecistToolError]:
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


def _file(path: Path) -> Iterator[Patient | RecistToolError]:
    try:
        text = path.read_bytes()
    except OSError as error:
        yield InputError.at(path, f"cannot be read ({error.strerror})")
        return
    if _is_case(text):
        yield from _case(path)
    else:
        yield _findings(path.name, text)


def _is_case(text: bytes) -> bool:
    try:
        content = json_format.loads(text)
    except ValueError:
        return False
    return isinstance(content, dict) and "journal" in content


def _case(path: Path) -> Iterator[Patient | RecistToolError]:
    try:
        case = load_case(path).case
    except RecistToolError as error:
        yield error
        return
    read = [findings_of(case, one.reader_id) for one in case.reads]
    if not any(read):
        yield InputError.at(path.name, "nothing was read in this case yet")
    for findings in read:
        if findings is not None:
            yield Patient(path.name, findings, case.protocol)


def _lines(name: str, lines: Iterable[bytes]) -> Iterator[Patient | RecistToolError]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _findings(f"{name}, line {number}", line)


def _findings(where: str, text: bytes) -> Patient | RecistToolError:
    try:
        findings = Findings.model_validate_json(text)
    except ValidationError as error:
        return FindingsError.of(faults_of(error, where))
    return Patient(where, findings, Protocol(settings=findings.settings))


def _raised(error: RecistToolError) -> Patient:
    if isinstance(error, InputError):
        raise error
    raise InputError(*error.faults)


def _criteria(name: str) -> Criteria | None:
    if not name:
        return None
    try:
        return Criteria(name)
    except ValueError:
        known = ", ".join(one.value for one in Criteria)
        msg = f"no criteria '{name}': choose {known}"
        raise typer.BadParameter(msg) from None


def _print_json(assessment: PatientAssessment) -> None:
    sys.stdout.write(json_format.dumps(as_json(assessment)) + "\n")


def _printer() -> Callable[[PatientAssessment], None]:
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)
    return lambda assessment: console.print(assessment_view(assessment))
