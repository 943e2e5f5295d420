"""``recist report``: a read as HTML and PDF, for the oncologist and the file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from recist_tool.app.reporting import (
    FORMATS,
    case_matter,
    report_name,
    require_reader,
    require_report_libraries,
    write_report,
)
from recist_tool.errors import InputError, StorageError
from recist_tool.store.casefile import CASE_SUFFIX, load_case
from recist_tool.store.cohort_files import is_case
from recist_tool.store.text import plain_utf8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app.reporting import ReportFormat
    from recist_tool.model.case import Case


class ReportAsked(NamedTuple):
    """How a report was asked for.

    Attributes
    ----------
    folder
        Where the files go; None for the folder that one works in.
    output
        The one file; None names it after nothing that tells whose it is.
    form
        ``html`` or ``pdf``; empty for both, or for what the ending of `output` says.
    reader
        Whose read; empty for the only one.
    overwrite
        Whether files that are there already are replaced.
    """

    folder: Path | None = None
    output: Path | None = None
    form: str = ""
    reader: str = ""
    overwrite: bool = False


def run(path: Path, asked: ReportAsked) -> int:
    """Write the report of a case, and name the files.

    Raises
    ------
    typer.BadParameter
        If there is no such format, or the options contradict each other.
    InputError
        If the file is no case, or its read cannot be answered.
    StorageError
        If a file is there already, or the disk refuses.
    """
    forms = _forms(asked)
    require_report_libraries(forms)
    _require_case(path)
    case = load_case(path).case
    reader = require_reader(case, asked.reader or _usual(case))
    targets: dict[ReportFormat, Path] = {
        form: _target(case, form, asked) for form in forms
    }
    for target in targets.values():
        if target.exists() and not asked.overwrite:
            raise StorageError.at(
                target.name,
                "exists already",
                "Name another with --output, or replace it with --overwrite",
            )
    matter = case_matter(path, reader)
    for made in write_report(matter, targets, overwrite=asked.overwrite):
        sys.stdout.write(f"{made}\n")
    return 0


def _forms(asked: ReportAsked) -> Sequence[ReportFormat]:
    ending = "" if asked.output is None else asked.output.suffix.lower().lstrip(".")
    known = ", ".join(FORMATS)
    if asked.output is not None and asked.folder is not None:
        msg = "give a folder, or a file with --output, not both"
        raise typer.BadParameter(msg)
    if asked.output is not None and ending not in FORMATS:
        msg = f"a report ends in .html or .pdf, not in '{asked.output.suffix}'"
        raise typer.BadParameter(msg)
    wanted = asked.form.lower() or ending
    if ending and wanted != ending:
        msg = f"--format {wanted}, and a file that ends in .{ending}: say which"
        raise typer.BadParameter(msg)
    if wanted and wanted not in FORMATS:
        msg = f"no format '{asked.form}': choose {known}"
        raise typer.BadParameter(msg)
    return [one for one in FORMATS if wanted in ("", one)]


def _require_case(path: Path) -> None:
    """Hold the file to be a case: findings have no images, and nobody signed them."""
    try:
        text = plain_utf8(path.read_bytes())
    except FileNotFoundError:
        raise InputError.at(path.name, "there is no such file") from None
    except OSError as error:
        raise InputError.at(path.name, f"cannot be read ({error.strerror})") from None
    if not (path.name.endswith(CASE_SUFFIX) or is_case(text)):
        raise InputError.at(
            path.name,
            "is no case, and a report is of one",
            "Name SUBJECT.case.json; recist assess answers findings",
        )


def _usual(case: Case) -> str:
    """Return the reader whom the machine knows, where that one has a read."""
    named = os.environ.get("RECIST_READER", "").strip()
    return named if case.read(named) is not None else ""


def _target(case: Case, form: ReportFormat, asked: ReportAsked) -> Path:
    if asked.output is not None:
        return asked.output
    return (asked.folder or Path()) / report_name(case, form)
