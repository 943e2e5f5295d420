"""``recist demo``: a synthetic patient, from DICOM to sums and categories."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

from recist_tool.app.phantom_read import read_phantom
from recist_tool.app.reporting import (
    FORMATS,
    case_matter,
    require_report_libraries,
    write_report,
)
from recist_tool.app.session import Session
from recist_tool.cli.display import has_display, require_window
from recist_tool.cli.progress import progress
from recist_tool.cli.reading_room import open_reading_room
from recist_tool.cli.screen import screen
from recist_tool.errors import FindingsError
from recist_tool.model.blinding import Blinding
from recist_tool.model.protocol import Protocol
from recist_tool.phantom.demo_patient import DEMO_PATIENT
from recist_tool.phantom.write import write_patient
from recist_tool.report.figures import key_images, write_picture
from recist_tool.report.terminal import assessment_view
from recist_tool.store.casefile import journal_path
from recist_tool.store.protocol_file import read_protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from recist_tool.app.reporting import ReportFormat
    from recist_tool.measure.geometry.volume import Volume

_READER = "demo-reader"


def run(
    folder: Path, protocol_file: Path | None, *, window: bool, screenshot: bool
) -> int:
    """Make, read, print, save; then open the reading room where there is a screen.

    Parameters
    ----------
    folder
        Where patient, case and report go; where it holds anything, ``folder-2``, and so
        on.
    protocol_file
        The read's protocol, JSON; None takes the usual one.
    window
        Open the reading room at the end.
    screenshot
        Save a picture of it instead.

    Raises
    ------
    InputError
        If the protocol's file does not read.
    SetupError
        If a picture of the reading room is asked for where no window can be opened.
    """
    if screenshot:
        require_window()
    require_report_libraries()
    protocol = Protocol() if protocol_file is None else read_protocol(protocol_file)
    folder = _free(folder)
    patient, cases = folder / "dicom", folder / "case"
    with progress("Writing a synthetic patient") as advance:
        truth = write_patient(DEMO_PATIENT, patient, advance)
    console = screen()
    with Session.create(
        cases, subject_id=truth.subject_id, reader_id=_READER, protocol=protocol
    ) as session:
        with progress("Reading it") as advance:
            volumes = read_phantom(session, truth, patient, advance)
        if session.assessment is None:
            answer = session.answer
            raise FindingsError.of([*answer.problems, *answer.failed.values()])
        blinding = Blinding.of(session.case)
        console.print(assessment_view(session.assessment, blinding=blinding))
        reports = _write_report(folder, session, volumes)
        case_path = session.case_path
    os.environ["RECIST_READER"] = _READER  # the reading room goes on as this reader
    console.print()
    made = {
        "Patient (DICOM)": patient,
        "Case": case_path,
        "Journal": journal_path(case_path),
        **{f"Report ({one.suffix[1:].upper()})": one for one in reports},
    }
    if screenshot:
        made["Reading room"] = folder / "reading-room.png"
        open_reading_room([case_path], screenshot=made["Reading room"])
    for what, path in made.items():
        console.print(f"{what:16} {path}", soft_wrap=True)
    if window and not screenshot and has_display():
        open_reading_room([case_path])
    return 0


def _free(folder: Path) -> Path:
    """Return `folder`, or the first of folder-2, folder-3 … that holds nothing."""
    candidates = (
        folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        for number in itertools.count(1)
    )
    return next(one for one in candidates if not one.exists() or not any(one.iterdir()))


def _write_report(
    folder: Path, session: Session, volumes: Mapping[str, Volume]
) -> list[Path]:
    images = key_images(session.case, session.read, volumes)
    write_picture(folder / "key-images.png", images)
    name = Blinding.of(session.case).subject(session.case.subject_id)
    targets: dict[ReportFormat, Path] = {
        form: folder / f"{name}.report.{form}" for form in FORMATS
    }
    matter = case_matter(session.case_path, session.reader_id, volumes=volumes)
    return write_report(matter, targets)
