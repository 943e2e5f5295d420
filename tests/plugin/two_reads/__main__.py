"""Whole reads in the real window, a picture after each action, and their reports.

``python -m tests.plugin.two_reads FOLDER`` on a virtual screen, with the folder of real
images in ``RECIST_REAL_IMAGES``. Pictures, cases and reports go into FOLDER.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.plugin.film_strip import SIZES, Camera
from tests.plugin.own_window import sit_down
from tests.plugin.real_liver import Patient
from tests.plugin.scripted_read import ScriptedRead, actions_of, report
from tests.plugin.two_reads.pet_reader import PetReader
from tests.plugin.two_reads.reads import (
    EORTC,
    PERCIST,
    phantom_images,
    read_phantom,
    read_thigh,
    thigh_images,
    write_reports,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recist_tool.app import Session
    from tests.plugin.hands import Reader
    from tests.plugin.scripted_read import Action


class Strip:
    """Takes a picture after each action of a read, numbered in their order."""

    def __init__(self, reader: Reader, folder: Path, size: tuple[int, int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._reader = reader
        self._camera = Camera(reader, folder, size)
        self._camera.take("00-opened")

    def look(self, action: Action) -> None:
        """Take the picture of an action, and write what the foot of the panel says."""
        what = re.sub(r"\W+", "-", action.what)
        self._camera.take(f"{action.number:02}-{action.timepoint_id}-{what}")
        note = self._reader.reading.note.text
        sys.stdout.write(f"{action.number:3} {action.kind:5} {action.what:12} {note}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the reads in each size of the window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=["liver", "thigh", "phantom"])
    wanted = parser.parse_args(arguments)
    os.environ["RECIST_READER"] = "reader-1"
    folder: Path = wanted.folder
    if wanted.only in (None, "liver"):
        patient = Patient(folder / "images" / "liver")
        for size in SIZES:
            reader, strip = _begin(folder, "liver", "", patient.folders, size)
            read = ScriptedRead(reader, patient.plan(), strip.look, carries=True)
            read.run()
            _end(reader, read.session, read.actions, folder / f"liver-{size[0]}")
    for name, protocol, images, make in (
        ("thigh", EORTC, thigh_images, read_thigh),
        ("phantom", PERCIST, phantom_images, read_phantom),
    ):
        if wanted.only in (None, name):
            paths = images(folder / "images" / name)
            for size in SIZES:
                reader, strip = _begin(folder, name, protocol, paths, size)
                hands = PetReader(reader, strip.look)
                make(hands)
                _end(reader, hands.session, hands.actions, folder / f"{name}-{size[0]}")
    return 0


def _begin(
    folder: Path,
    name: str,
    protocol: str,
    images: Sequence[Path],
    size: tuple[int, int],
) -> tuple[Reader, Strip]:
    place = folder / f"{name}-{size[0]}"
    cases = place / "cases"
    cases.mkdir(parents=True)
    if protocol:
        (cases / "protocol.json").write_text(protocol, "utf-8")
    os.environ["RECIST_CASES"] = str(cases)
    reader = sit_down(list(images), size)
    return reader, Strip(reader, place, size)


def _end(
    reader: Reader, session: Session, actions: Sequence[Action], place: Path
) -> None:
    reader.wait_for(lambda: not reader.dock.album.busy)
    for path in write_reports(session, place):
        sys.stdout.write(f"{path.name}\n")
    for criteria, found in session.assessments.items():
        for answer in found.overall.timepoints.values():
            told = f"{answer.timepoint_id} {answer.overall}: {answer.reason}"
            sys.stdout.write(f"{criteria.value} {told}\n")
    sys.stdout.write(report(actions_of(actions)) + "\n")
    sys.stdout.flush()
    reader.dock.close_room()
    reader.viewer.close()


if __name__ == "__main__":
    raise SystemExit(main())
