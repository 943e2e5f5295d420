"""Two windows on one case: the second is told whose the first is, and waits."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from recist_tool.store.casefile import load_case
from tests.plugin.kept_case import Kept, keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

OTHER = """
import sys, pathlib
from recist_tool.app import Session
session = Session.open(pathlib.Path(sys.argv[1]), reader_id="dr-elsewhere")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def kept(patient: Path, tmp_path: Path) -> Kept:
    return keep(patient, tmp_path)


@contextmanager
def opened_elsewhere(case_path: Path) -> Iterator[None]:
    """Have another process open a case; it is killed in the end."""
    other = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", OTHER, str(case_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        yield
    finally:
        other.kill()
        other.communicate()


def test_a_case_in_another_program_is_told_and_opens_once_that_is_killed(
    measured: Reader, kept: Kept
) -> None:
    case, volume = measured.reading.case, measured.room.pane.volume
    with opened_elsewhere(kept.case_path):
        measured.open(kept.case_path)
        note = measured.dock.findChild(QLabel, "note")
        assert note.isVisible()
        assert "S-1.case.json: is open in another window or program" in note.text()
        assert "dr-elsewhere on" in note.text()
        assert measured.reading.case == case
        assert measured.room.pane.volume is volume
    measured.open(kept.case_path)
    assert measured.reading.case.subject_id == "S-1"
    assert not measured.reading.note.is_error


def test_two_windows_of_one_program_take_turns(
    make_reader: Callable[[], Reader], kept: Kept
) -> None:
    first, second = make_reader(), make_reader()
    first.open(kept.case_path)
    second.open(kept.case_path)
    assert second.reading.session is None
    assert "is open in another window" in second.reading.note.text
    first.key(Qt.Key.Key_M)
    first.dock.close_room()
    second.open(kept.case_path)
    assert second.reading.session is not None
    assert second.reading.session.case == load_case(kept.case_path).case
    assert second.room.pane.volume is not None


def test_images_whose_case_is_open_elsewhere_leave_the_room_as_it_was(
    make_reader: Callable[[], Reader],
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RECIST_CASES", str(kept.case_path.parent))
    reader = make_reader()
    with opened_elsewhere(kept.case_path):
        reader.open(kept.images)
        assert "dr-elsewhere on" in reader.reading.note.text
        assert reader.reading.visits == ()
        assert reader.room.studies.folders() == set()
    reader.open(kept.images)
    assert reader.reading.case.subject_id == "S-1"
    assert reader.room.pane.volume is not None
