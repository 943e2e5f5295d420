"""``recist scan``: which series are there, and whether they can be trusted."""

from __future__ import annotations

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from recist_tool.app.image_places import ROOT
from recist_tool.cli.lines import tell, tell_faults
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.cli.server import fetch, list_studies, server_among
from recist_tool.dicom.scan.people import alike
from recist_tool.dicom.scan.scan import as_json, scan
from recist_tool.dicom.scan.series import second_opinion
from recist_tool.dicom.scan.suv_tags import SuvRefusal
from recist_tool.dicom.scan.telling_folder import telling_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.dicom.scan.scan import ScanResult
    from recist_tool.dicom.scan.series import Series
    from recist_tool.servers.query import StudyQuery


def run(
    places: Sequence[str],
    query: StudyQuery,
    *,
    json: bool,
    cached: bool = True,
    join: bool = False,
    pixels: bool = False,
) -> int:
    """Print the series found; finding none is an error that says what was skipped.

    Of a server, print the studies that match; of studies that are named, the series,
    once they are here.

    Parameters
    ----------
    places
        Paths, or the address of a server.
    query
        Which studies of a server.
    cached
        Know again what earlier scans read.
    join
        Take as one the patients whom only what is missing tells apart.
    pixels
        Ask the pixels of each CT for a second opinion about its contrast phase.

    Returns
    -------
    The exit code: not 0 where some of what was asked of a server did not come.

    Raises
    ------
    RecistToolError
        If nothing is found, or a server does not answer.
    """
    server = server_among(places, query)
    if server is None:
        paths = [Path(place) for place in places]
        return _scan(paths, json=json, cached=cached, join=join, pixels=pixels)
    if not query.study_instance_uids:
        return list_studies(server, query, json=json)
    pulled = fetch(server, query)
    _scan(pulled.folders, json=json, cached=cached, join=join, pixels=pixels)
    return tell_faults(pulled.faults)


def _scan(
    paths: Sequence[Path], *, json: bool, cached: bool, join: bool, pixels: bool
) -> int:
    with progress("Reading headers") as advance:
        result = scan(paths, advance, cached=cached, join=join)
    if pixels:
        result = result._replace(series=tuple(map(_asked, result.series)))
    if json:
        json_format.dump(as_json(result), sys.stdout)
        sys.stdout.write("\n")
    series = result.require_series()
    if not json:
        _print(result)
    if telling := len(telling_folders(series)):
        tell(
            f"note: {telling} of the folders look like a name or number of the "
            "patient's, and a case keeps where its images are: rename them, or set "
            f"{ROOT}"
        )
    return 0


def _asked(series: Series) -> Series:
    from recist_tool.app.phase_opinion import with_pixel_phase

    with progress("Looking at aorta and liver") as advance:
        return with_pixel_phase(series, advance)


def _print(result: ScanResult) -> None:
    console = screen()
    patients = list(dict.fromkeys(series.patient for series in result.series))
    if len(patients) > 1:
        console.print(f"{len(patients)} patients: open each by itself", style="yellow")
    for fuller, other, missing in alike(patients):
        numbers = [patients.index(one) + 1 for one in (other, fuller)]
        console.print(
            f"Patients {numbers[0]} and {numbers[1]} agree in all but "
            f"{', '.join(missing)}, missing of {numbers[0]}: --join takes them as one",
            style="yellow",
            soft_wrap=True,
        )
    for series in result.series:
        if len(patients) > 1:  # by number: names and identifiers stay unsaid
            number = patients.index(series.patient) + 1
            console.print(f"Patient {number}, from {series.files[0]}", soft_wrap=True)
        console.print(_line(series))
        for remark in _remarks(series):
            console.print(Padding(Text(remark, style="yellow"), (0, 0, 0, 4)))
    console.print(f"{len(result.series)} series, {len(result.skipped)} files skipped")
    for one in result.skipped:
        console.print(Padding(Text(f"{one.path}: {one.why}"), (0, 0, 0, 4)))


def _line(series: Series) -> Text:
    slices, rows, columns = series.shape
    spacing = " × ".join(
        "?" if one is None else f"{one:.4g}" for one in series.spacing_mm[::-1]
    )
    text = Text(f"{series.study_date or 'no date'}  ")
    text.append(f"{series.modality} {series.phase}".strip(), style="bold")
    text.append(f"  {series.description}" if series.description else "")
    text.append(f"  {columns} × {rows} × {slices}, {spacing} mm")
    if not series.warnings:
        text.append("  regular", style="green")
    return text


def _remarks(series: Series) -> list[str]:
    remarks = [f"{warning.code}: {warning.text}" for warning in series.warnings]
    remarks += filter(None, [second_opinion(series)])
    if isinstance(series.suv, SuvRefusal):
        remarks.append(f"no SUV: {series.suv.refused}")
    elif series.suv is not None:
        remarks.append(
            f"SUV from {series.suv.factors.units}: {series.suv.factors.method}"
        )
    return remarks
