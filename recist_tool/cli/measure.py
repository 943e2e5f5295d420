"""``recist measure``: the lesions of one file of masks."""

from __future__ import annotations

import datetime as dt
import json as json_format
import sys
from typing import TYPE_CHECKING, NamedTuple

import typer

from recist_tool.app.importing import Unknown, import_lesions
from recist_tool.app.measuring import MeasureOptions, UptakeThreshold, measure_file
from recist_tool.app.plausible import doubts
from recist_tool.app.reading.organ_choice import (
    NOT_RECOGNISED,
    is_recognised,
    organ_meant,
)
from recist_tool.app.report_check import with_report
from recist_tool.app.session import Session
from recist_tool.cli.lines import tell, tell_faults
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.dicom.scan.scan import scan
from recist_tool.report.lesion_table import lesion_table, report_table
from recist_tool.terms import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from recist_tool.app.measuring import MeasuredFile
    from recist_tool.dicom.scan.series import Series
    from recist_tool.model.case import Case
    from recist_tool.model.commands import Command
    from recist_tool.model.protocol import Protocol
    from recist_tool.terms import LesionRole, SuvUnit


class CaseAsked(NamedTuple):
    """Where the lesions are to be recorded."""

    case: Path
    timepoint_id: str
    reader_id: str
    role: LesionRole
    organ: str


def run(
    path: Path,
    series: Path | None,
    options: MeasureOptions,
    into: CaseAsked | None = None,
    report: Path | None = None,
    *,
    json: bool,
) -> int:
    """Measure the lesions of one file; name those that were not on standard error.

    Parameters
    ----------
    series
        Folder of the images; None measures the masks by themselves.
    into
        The read in which the lesions are recorded; None records nothing.
    report
        A structured report of a DICOM SEG, whose values are shown beside ours.
    json
        One JSON object on standard output instead of tables.

    Returns
    -------
    The exit code: not 0 where a lesion could not be measured.

    Raises
    ------
    RecistToolError
        If the file or its images cannot be measured at all, or the case refuses.
    """
    if into is not None:
        _require_recordable(into, series, options)
    measured = measure_file(path, series_in(series), options)
    answer = measured.as_json()
    if report is not None:
        answer = with_report(answer, path, report)
    if json:
        json_format.dump(answer, sys.stdout)
        sys.stdout.write("\n")
    else:
        screen().print(lesion_table(answer))
        if report is not None:
            screen().print(report_table(answer))
    status = tell_faults(measured.faults, measured.remarks)
    if into is not None:
        _record(measured, into)
    return status


def _require_recordable(
    into: CaseAsked, series: Path | None, options: MeasureOptions
) -> None:
    """Refuse what cannot be recorded before anything is read."""
    if not into.timepoint_id or not into.reader_id or series is None:
        msg = "it needs --timepoint, --reader and --series"
        raise typer.BadParameter(msg, param_hint="--case")
    if options.boundary is not Boundary.EDGE or options.inside_only:
        msg = (
            "the axes of a case reach to the edge: leave out --boundary, --inside-only"
        )
        raise typer.BadParameter(msg, param_hint="--case")


def _record(measured: MeasuredFile, into: CaseAsked) -> None:
    with Session.open(into.case, reader_id=into.reader_id) as session:
        session.before = _tell_doubts
        unknown = Unknown(into.role, _organ(session.case.protocol, into.organ))
        named = list(import_lesions(session, into.timepoint_id, measured, unknown))
        for lesion, lesion_id in zip(measured.lesions, named, strict=True):
            tell(
                f"label {lesion.segment.label} recorded as {lesion_id} at "
                f"{into.timepoint_id}"
            )


def _organ(protocol: Protocol, text: str) -> str:
    """Return the organ that a text settles, or the text; say where it is unknown."""
    organs, words = protocol.organs, protocol.settings.organ_words
    organ = organ_meant(text, organs, words) or text.strip()
    if organ and not is_recognised(organ, organs, words):
        tell(f"note: --organ: {organ} is {NOT_RECOGNISED}: it counts as one of its own")
    return organ


def _tell_doubts(case: Case, command: Command) -> None:
    """Say what a person would be asked, who is not there to answer."""
    tell_faults((), doubts(case, command, dt.datetime.now(dt.UTC).date()))


def options_of(
    boundary: Boundary,
    inside_only: bool,
    fraction: float,
    thresholds: Iterable[str],
    suv_unit: SuvUnit,
    *,
    dose_as_entered: bool = False,
) -> MeasureOptions:
    """Return what was asked for.

    Parameters
    ----------
    fraction
        Of fractional masks: least part of a voxel that is inside, above 0 to 1.
    thresholds
        As typed: ``4.0`` in the unit of the uptake, or ``41%`` of its maximum.
    suv_unit
        In which a PET is measured.
    dose_as_entered
        Whether a dose that is implausible in becquerels is taken in kBq or MBq.

    Raises
    ------
    typer.BadParameter
        If a threshold is none, or the fraction not above 0.
    """
    if not fraction > 0:
        raise typer.BadParameter("it has to be above 0", param_hint="--fraction")
    try:
        cuts = tuple(map(UptakeThreshold.of, thresholds))
    except ValueError as error:
        msg = f"'{error}' is neither an uptake, such as 4.0, nor a part, such as 41%"
        raise typer.BadParameter(msg, param_hint="--threshold") from None
    return MeasureOptions(
        boundary=boundary,
        inside_only=inside_only,
        fraction=fraction,
        thresholds=cuts,
        suv_unit=suv_unit,
        dose_as_entered=dose_as_entered,
    )


def series_in(folder: Path | None) -> tuple[Series, ...]:
    """Return the series of a folder; none where there is no folder.

    Raises
    ------
    DicomError
        If the folder holds no series.
    """
    if folder is None:
        return ()
    with progress("Reading headers") as advance:
        return scan([folder], advance).require_series()
