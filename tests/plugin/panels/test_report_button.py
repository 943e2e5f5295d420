"""The report of the open read, written from the window."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from qtpy.QtWidgets import QFileDialog, QPushButton

from tests.plugin.dock_hands import click, turn_to

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui


def test_a_click_writes_the_report_with_the_key_images_of_the_window(
    measured: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed: list[str] = []

    def choose(
        _parent: object, _title: str, path: str, filters: str
    ) -> tuple[str, str]:
        proposed.append(path)
        return str(tmp_path / "mine.v2"), filters.split(";;")[1]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    measured.wait_for(lambda: not measured.dock.album.busy)
    turn_to(measured, "Read")
    click(measured, "report")
    measured.settle()
    page = tmp_path / "mine.v2.html"
    assert measured.reading.note.text == "The report is written: mine.v2.html."
    html = page.read_text("utf-8")
    for lesion in ("T1", "T2"):
        png = measured.dock.album.whole((lesion, "BL"))
        assert png is not None
        assert base64.b64encode(png).decode() in html
    case = measured.reading.open_session().case
    assert proposed[0].endswith(".report.pdf")
    assert case.subject_id not in proposed[0]


def test_without_a_read_there_is_nothing_to_report(reader: Reader) -> None:
    turn_to(reader, "Read")
    assert not reader.dock.findChild(QPushButton, "report").isEnabled()
