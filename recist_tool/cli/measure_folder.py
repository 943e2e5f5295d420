"""``recist measure`` on a folder: many files of masks, on Dask."""

from __future__ import annotations

import contextlib
import json as json_format
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from recist_tool.app.mask_folder import image_index, mask_jobs
from recist_tool.app.measuring_many import Batch, measure_many
from recist_tool.cli.lines import tell_faults
from recist_tool.cli.progress import progress
from recist_tool.cli.screen import screen
from recist_tool.dicom.scan.links import OUT, links_out
from recist_tool.errors import Fault
from recist_tool.report.lesion_table import lesion_table
from recist_tool.store.measured_lines import MeasuredLines

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from recist_tool.app.mask_folder import MaskJob
    from recist_tool.app.measuring import MeasureOptions

    Line = Mapping[str, Any]


class MeasureRequest(NamedTuple):
    """What to measure, and where.

    Attributes
    ----------
    folder
        With the masks.
    series
        Folder of the images; None to measure without.
    out
        File of results, in which a run that was ended goes on; None for none.
    """

    folder: Path
    series: Path | None
    scheduler: str
    out: Path | None
    json: bool


def run_folder(asked: MeasureRequest, options: MeasureOptions) -> int:
    """Measure every file of masks below a folder; one bad file stops no other."""
    jobs = mask_jobs(asked.folder)
    images = None
    if asked.series is not None:
        with progress("Reading headers") as advance:
            images = image_index(asked.series.resolve(), advance)
    batch = Batch(asked.folder.resolve(), images, options)
    settings = options.as_json() | {
        "series": str(asked.series.resolve()) if asked.series else None
    }
    with _results(asked.out, jobs, settings) as results:
        lines = _measured(asked, batch, results, settings)
    if not asked.json:
        _print(lines, len(jobs) - len(lines), asked.out)
    return tell_faults(
        (
            *(fault for line in lines for fault in line["faults"]),
            *(Fault(str(path), OUT) for path in links_out(asked.folder)),
        ),
        (remark for line in lines for remark in line["remarks"]),
    )


class _Results(NamedTuple):
    """The file of results, if any, and what is still to be measured."""

    file: MeasuredLines | None
    jobs: Sequence[MaskJob]


@contextlib.contextmanager
def _results(
    out: Path | None, jobs: Sequence[MaskJob], settings: Mapping[str, Any]
) -> Generator[_Results]:
    if out is None:
        yield _Results(None, jobs)
        return
    with MeasuredLines(out) as file:
        here = {job.file: job for job in jobs}

        def holds(line: Line) -> bool:
            """Whether a line is still true, or of a file that is elsewhere."""
            job = here.get(line["file"])
            if job is None:
                return True
            same = (line.get("size"), line.get("modified_ns")) == job[1:]
            return same and line.get("settings") == settings and not line.get("faults")

        known = {line["file"] for line in file.keep(holds)}
        yield _Results(file, [job for job in jobs if job.file not in known])


def _measured(
    asked: MeasureRequest, batch: Batch, results: _Results, settings: Mapping[str, Any]
) -> list[Line]:
    """Measure, and save or print each answer as it comes."""
    lines: list[Line] = []
    total = len(results.jobs)
    with (
        progress("Measuring") as advance,
        contextlib.closing(
            measure_many(batch, results.jobs, asked.scheduler)
        ) as answers,
    ):
        for line in answers:
            if results.file is not None:
                results.file.add({**line, "settings": settings})
            if asked.json:
                sys.stdout.write(json_format.dumps(line) + "\n")
                sys.stdout.flush()
            lines.append(line)
            advance(len(lines), total)
    return lines


def _print(lines: Sequence[Line], known: int, out: Path | None) -> None:
    console = screen()
    if out is None:
        for line in sorted(lines, key=lambda line: line["file"]):
            if line["lesions"]:
                console.print(lesion_table(line, line["file"]))
    lesions = sum(len(line["lesions"]) for line in lines)
    before = f", {known} measured before" if known else ""
    console.print(f"{lesions} lesions of {len(lines)} files{before}")
