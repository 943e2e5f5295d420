"""Opening studies from a real PACS, at the window."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QSettings, Qt
from qtpy.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableWidget

from napari_recist.panels.query_dialog import QueryDialog
from napari_recist.panels.query_fields import remembered
from napari_recist.panels.query_results import StudyTable
from recist_tool.model import Measured
from recist_tool.phantom import SMALL_PATIENT, truth
from recist_tool.servers import Study
from tests.servers.orthanc import Orthanc, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader


@pytest.fixture(scope="module")
def pacs(tmp_path_factory: pytest.TempPathFactory, patient: Path) -> Iterator[Orthanc]:
    """A PACS with two visits of the patient, CT alone."""
    with running(tmp_path_factory.mktemp("orthanc")) as pacs:
        for visit in ("BL", "TP1"):
            pacs.push(sorted((patient / visit / "CT").iterdir()))
        yield pacs


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECIST_CACHE", str(tmp_path / "cache"))
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"RECIST_DICOMWEB_{name}", raising=False)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "conf")
    )


pytestmark = pytest.mark.gui


class Asker:
    """A reader at the query dialog."""

    def __init__(self, dialog: QueryDialog, qtbot: QtBot) -> None:
        self.dialog = dialog
        self._qtbot = qtbot

    def type(self, name: str, text: str) -> None:
        field = self.dialog.findChild(QLineEdit, name)
        if field is None:
            field = self.dialog.findChild(QComboBox, name).lineEdit()
        field.clear()
        self._qtbot.keyClicks(field, text)

    def press(self, name: str) -> None:
        self._qtbot.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def enter(self, name: str) -> None:
        self._qtbot.keyClick(self.dialog.findChild(QLineEdit, name), Qt.Key.Key_Return)

    def button(self, name: str) -> QPushButton:
        return self.dialog.findChild(QPushButton, name)

    def settle(self) -> None:
        self._qtbot.waitUntil(lambda: not self.dialog.loader.busy, timeout=60_000)

    @property
    def note(self) -> str:
        return self.dialog.findChild(QLabel, "note").text()

    @property
    def table(self) -> QTableWidget:
        return self.dialog.findChild(QTableWidget, "studies")


@pytest.fixture
def ask(qtbot: QtBot) -> Iterator[Asker]:
    dialog = QueryDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    yield Asker(dialog, qtbot)
    qtbot.waitUntil(lambda: not dialog.loader.busy, timeout=60_000)


def test_studies_of_a_pacs_are_opened_and_measured_like_a_folder(
    make_reader: Callable[[], Reader], pacs: Orthanc, qtbot: QtBot
):
    reader = make_reader()
    qtbot.mouseClick(
        reader.dock.findChild(QPushButton, "pacs"), Qt.MouseButton.LeftButton
    )
    ask = Asker(reader.dock.findChild(QueryDialog), qtbot)
    ask.type("server", pacs.web)
    ask.type("patient id", "SYN-0*")
    ask.press("search")
    ask.settle()
    assert ask.table.rowCount() == 2, ask.note
    assert "2 studies of 1 patients" in ask.note
    ask.press("fetch")
    ask.settle()
    reader.settle()
    assert not ask.dialog.isVisible()
    assert [one.timepoint_id for one in reader.reading.visits] == ["BL", "TP1"]

    caliper = truth(SMALL_PATIENT).timepoint("BL").lesion("T1").caliper
    assert caliper is not None
    reader.room.pane.go_to(caliper.slice_index)
    reader.key(Qt.Key.Key_M)
    reader.drag(*caliper.long_ends_pixel)
    found = reader.finding("T1")
    assert isinstance(found, Measured)
    assert float(found.caliper.long_axis.value_mm) == pytest.approx(
        caliper.long_axis_mm, abs=2 * reader.room.pane.mm_per_px
    )


def test_the_server_that_answered_is_offered_first_next_time(
    ask: Asker, pacs: Orthanc, qtbot: QtBot
):
    ask.type("server", pacs.web)
    ask.press("search")
    ask.settle()
    again = QueryDialog()
    qtbot.addWidget(again)
    assert again.findChild(QComboBox, "server").currentText() == pacs.web


def test_enter_in_a_field_searches_and_no_match_is_said(ask: Asker, pacs: Orthanc):
    ask.type("server", pacs.web)
    ask.type("patient name", "NOBODY*")
    ask.enter("patient name")
    ask.settle()
    assert ask.note == "No study matches."
    assert not ask.button("fetch").isEnabled()


def test_a_stopped_download_says_how_far_it_is_and_goes_on_when_asked_again(
    ask: Asker, pacs: Orthanc, qtbot: QtBot
):
    opened: list[list[Path]] = []
    ask.dialog.opened.connect(opened.append)
    ask.type("server", pacs.dicom)
    ask.press("search")
    ask.settle()
    seen: list[int] = []

    def stop_at_10(what: str, done: int, total: int) -> None:
        seen.append(done)
        if done >= 10:
            ask.press("stop")

    ask.dialog.loader.progressed.connect(stop_at_10)
    ask.press("fetch")
    ask.settle()
    ask.dialog.loader.progressed.disconnect(stop_at_10)
    assert "the download was stopped; " in ask.note
    assert opened == []
    ask.press("fetch")
    ask.settle()
    (folders,) = opened
    files = [one for folder in folders for one in folder.rglob("*.dcm")]
    assert len(files) == 80


def test_studies_of_two_patients_are_not_opened_together(ask: Asker):
    one = Study("1.2", None, "P-1", "", ("CT",), "", "", 1)
    ask.dialog.findChild(StudyTable).show_studies(
        [one, one._replace(study_instance_uid="1.3", patient_id="P-2")]
    )
    assert ask.table.selectedIndexes() == []
    ask.table.selectAll()
    ask.press("fetch")
    assert ask.note == "Choose studies of one patient."
    assert not ask.dialog.loader.busy


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("nonsense", "is of no known kind"),
        ("https://user:secret@pacs/dicom-web", "holds a password"),
        ("http://127.0.0.1:1/dicom-web", "cannot be reached"),
        ("dicom://PACS@127.0.0.1:1", "cannot be reached"),
    ],
)
def test_a_server_that_does_not_do_is_told_in_place(ask: Asker, server: str, said: str):
    ask.type("server", server)
    ask.press("search")
    ask.settle()
    assert said in ask.note
    assert "secret" not in ask.note
    assert remembered() == []


@pytest.fixture
def frozen() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/dicom-web"


def test_stop_leaves_a_server_that_does_not_answer(
    ask: Asker, frozen: str, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    monkeypatch.setattr("napari_recist.panels.query_dialog.GRACE_MS", 100)
    ask.type("server", frozen)
    field = ask.dialog.findChild(QComboBox, "server").lineEdit()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ask.dialog.loader.busy)
    ask.press("stop")
    qtbot.waitUntil(lambda: not ask.dialog.loader.busy, timeout=3000)
    assert ask.note == "Stopped: the server does not answer."
    assert ask.button("search").isEnabled()
    assert not ask.button("stop").isVisible()
    ask.type("server", "nonsense")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    ask.settle()
    assert "is of no known kind" in ask.note


def test_user_and_password_go_to_the_keyring_and_nowhere_else(
    ask: Asker, pacs: Orthanc, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    import keyring
    from keyring.errors import NoKeyringError

    kept: list[tuple[str, str, str]] = []
    monkeypatch.setattr(keyring, "set_password", lambda *one: kept.append(one))
    monkeypatch.setattr(keyring, "get_credential", lambda *_: None)
    password = ask.dialog.findChild(QLineEdit, "password")
    assert password.echoMode() is QLineEdit.EchoMode.Password
    ask.type("server", pacs.web)
    ask.type("user", "dr-a")
    ask.type("password", "s3cret")
    ask.enter("password")
    ask.settle()
    server = pacs.web.partition("/dicom-web")[0]
    assert kept == [(f"recist_tool {server}", "dr-a", "s3cret")]
    assert password.text() == ""
    assert "studies" in ask.note

    def none(*_: str) -> None:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "set_password", none)
    ask.type("password", "s3cret")
    ask.enter("password")
    ask.settle()
    assert "has no keyring" in ask.note
    assert "s3cret" not in ask.note
