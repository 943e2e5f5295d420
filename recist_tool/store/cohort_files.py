"""The files of patients: case JSON, findings JSON, ``.jsonl``, standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from recist_tool.errors import FindingsError, InputError, RecistToolError, unforeseen
from recist_tool.limits import lines_within, read_text
from recist_tool.model.blinding import Blinding
from recist_tool.model.findings import Findings
from recist_tool.model.read_findings import findings_of
from recist_tool.store.casefile import load_case
from recist_tool.store.text import plain_utf8, utf8_lines
from recist_tool.store.validation import faults_of
from recist_tool.trial.intake.patient import Patient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STDIN: Final = Path("-")


def read_patients(*files: Path | str) -> Iterator[Patient | InputError]:
    """Return the reads of all files in their order; an error in place of a bad one.

    Parameters
    ----------
    files
        Case JSON, findings JSON, ``.jsonl`` of many findings; ``-`` for standard input.
    """
    for path in map(Path, files):
        if path == _STDIN or path.suffix == ".jsonl":
            try:
                yield from _patients_of_lines(path)
            except OSError as error:
                yield InputError.at(path, f"cannot be read ({error.strerror})")
        else:
            yield from _file(path)


def _patients_of_lines(path: Path) -> Iterator[Patient | InputError]:
    if path == _STDIN:
        yield from _lines("standard input", lines_within(sys.stdin.buffer))
        return
    with path.open("rb") as file:
        yield from _lines(path.name, lines_within(file))


def count_patients(*files: Path) -> int | None:
    """Return about how many patients there are, for a progress bar; None if unknown."""
    total = 0
    for path in files:
        if path == _STDIN:
            return None
        total += _count_lines(path) if path.suffix == ".jsonl" else 1
    return total


def _count_lines(path: Path) -> int:
    try:
        with path.open("rb") as lines:
            return sum(1 for line in lines_within(lines) if line.strip())
    except OSError:  # reading it will say so
        return 1


def _file(path: Path) -> Iterator[Patient | InputError]:
    try:
        text = plain_utf8(read_text(path))
    except OSError as error:
        yield InputError.at(path, f"cannot be read ({error.strerror})")
        return
    if is_case(text):
        yield from _case(path)
    else:
        yield _findings(path.name, path.name, text)


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
            source=path.name,
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
            yield _findings(f"{name}, line {number}", name, line)


def _findings(where: str, source: str, text: bytes) -> Patient | InputError:
    try:
        findings = Findings.model_validate_json(text)
    except ValidationError as error:
        return FindingsError.of(faults_of(error, where))
    return Patient.of(findings, where, source)
