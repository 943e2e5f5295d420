"""*Open…* takes folders and files: a zip archive, a case."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QFileDialog, QMenu

from tests.plugin.dock_hands import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def opened_menu(reader: Reader) -> QMenu:
    """Click *Open…* until its menu stays.

    The focus of a new window may come late, and it takes an open menu away.
    """
    for _ in range(3):
        click(reader, "open")
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            return menu
    pytest.fail("Open… shows no menu")


def choose(reader: Reader, row: int) -> None:
    """Click *Open…*, and choose a row of its menu by the keyboard."""
    menu = opened_menu(reader)
    for _ in range(row + 1):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    reader.settle()


def test_a_zip_archive_and_a_case_are_opened_by_their_files(
    make_reader: Callable[[], Reader],
    patient: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader = make_reader()
    archive = tmp_path / "sent.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((patient / "BL").rglob("*.dcm")):
            packed.write(path, path.relative_to(patient))
    chosen: list[str] = [str(archive)]
    monkeypatch.setattr(
        QFileDialog, "getOpenFileNames", lambda *_, **__: (chosen, "All files (*)")
    )
    choose(reader, 1)
    assert reader.room.pane.volume is not None
    reader.key(Qt.Key.Key_M)
    reader.drag((40, 40), (40, 60))
    case = reader.reading.open_session().case_path
    reader.room.put_away()
    chosen[:] = [str(case)]
    choose(reader, 1)
    assert reader.reading.open_session().case_path == case


def test_a_folder_is_asked_for_as_before(
    make_reader: Callable[[], Reader], patient: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make_reader()
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *_, **__: str(patient)
    )
    choose(reader, 0)
    assert [one.timepoint_id for one in reader.reading.visits][:1] == ["BL"]
