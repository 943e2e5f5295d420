"""Beginning a case under a protocol, and reading on in its order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton

from napari_recist.window import add_reading_room, open_reading_room
from recist_tool.app.reading.current_read import CurrentRead
from recist_tool.app.reading.protocols import Intended, intended_in
from recist_tool.app.reading.signing import sign, unlock
from recist_tool.errors import CommandRefused, RecistToolError
from recist_tool.model import NonTargetSeen, Protocol, SetProtocol
from recist_tool.terms import Blinded, LesionRole
from tests.builders import timepoint
from tests.plugin.dock_hands import press, turn_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari.viewer import Viewer
    from pytestqt.qtbot import QtBot

    from tests.plugin.hands import Reader

SIRT = {"name": "SIRT-1", "sequential": True, "max_liver_targets": 5}


def write(path: Path, **content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """Where the folder of cases keeps its protocol."""
    return tmp_path / "cases" / "protocol.json"


@pytest.fixture
def choose_file(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reader, Path], None]:
    """Choose the file of a protocol in the case bar."""

    def choose(reader: Reader, path: Path) -> None:
        def answer(*_: object) -> tuple[str, str]:
            return str(path), ""

        monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
        press(reader, "other protocol")

    return choose


def draw(reader: Reader) -> None:
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))


def named(reader: Reader) -> str:
    return reader.dock.findChild(QLabel, "protocol of the case").text()


# ------------------------------------------------------------- without a window


def test_without_a_file_cases_begin_under_the_built_in_protocol(tmp_path: Path) -> None:
    assert intended_in(tmp_path) == Intended()
    assert Intended().require() == Protocol()
    assert Intended().words == ""


def test_the_file_of_a_folder_is_the_protocol_of_cases_begun_there(
    tmp_path: Path,
) -> None:
    write(tmp_path / "protocol.json", **SIRT)
    found = intended_in(tmp_path)
    assert found.require() == Protocol.model_validate(SIRT)
    assert found.words == (
        "The case begins under SIRT-1 (protocol.json in the folder of cases)."
    )


def test_a_faulty_file_begins_nothing_and_hides_everything(tmp_path: Path) -> None:
    write(tmp_path / "protocol.json", max_targets=0, sequental=True)
    found = intended_in(tmp_path)
    assert set(found.protocol.blinded_to) == set(Blinded)
    with pytest.raises(RecistToolError) as refusal:
        found.require()
    assert len(str(refusal.value).splitlines()) == 2


def test_before_a_sequential_case_begins_only_its_baseline_opens() -> None:
    reading = CurrentRead()
    reading.propose([timepoint(0), timepoint(1)])
    assert reading.may_open("TP1")
    reading.intended = Intended(Protocol(sequential=True), is_chosen=True)
    assert reading.may_open("BL")
    assert not reading.may_open("TP1")
    assert "TP1 opens once BL is signed" in reading.note.text


def test_the_core_refuses_what_the_window_would_not_have_offered(
    reading: CurrentRead,
) -> None:
    session = reading.open_session()
    session.do(SetProtocol(protocol=Protocol(sequential=True)))
    lesion = session.add_lesion(LesionRole.NON_TARGET, "lung")
    entries = session.entries

    def record() -> None:
        session.record(lesion.lesion_id, "TP1", NonTargetSeen())

    assert not reading.attempt(record)
    assert reading.note.text == (
        "TP1: BL is not signed yet, and this read is sequential. Sign BL first"
    )
    assert session.entries == entries
    reading.timepoint_id = "TP1"
    with pytest.raises(CommandRefused, match="BL is not signed yet"):
        sign(reading, "Dr A")


def test_an_unlocked_baseline_shuts_no_visit_that_was_read(
    reading: CurrentRead,
) -> None:
    session = reading.open_session()
    session.do(SetProtocol(protocol=Protocol(sequential=True)))
    lesion = session.add_lesion(LesionRole.NON_TARGET, "lung")
    for visit in ("BL", "TP1"):
        reading.open_timepoint(visit)
        session.record(lesion.lesion_id, visit, NonTargetSeen())
        sign(reading, "Dr A")
    reading.open_timepoint("BL")
    unlock(reading, "query of the sponsor")
    assert not reading.may_open("TP2")
    reading.open_timepoint("TP1")
    assert reading.timepoint_id == "TP1"
    unlock(reading, "the same query")
    reading.revise(lesion.lesion_id, organ="pleura")
    assert not reading.attempt(lambda: sign(reading, "Dr A"))
    assert "Sign BL first" in reading.note.text
    for visit in ("BL", "TP1", "TP2"):
        reading.open_timepoint(visit)
        assert reading.attempt(lambda: sign(reading, "Dr A"))


# ------------------------------------------------------------- at the window


@pytest.mark.gui
def test_the_protocol_of_the_folder_is_told_and_the_case_begins_under_it(
    make_reader: Callable[[], Reader], patient: Path, usual: Path
) -> None:
    write(usual, **SIRT)
    reader = make_reader()
    reader.open(patient)
    assert "The case begins under SIRT-1 (protocol.json" in reader.reading.note.text
    assert named(reader) == "SIRT-1"
    draw(reader)
    assert reader.reading.case is not None
    assert reader.reading.case.protocol == Protocol.model_validate(SIRT)
    assert not reader.dock.findChild(QPushButton, "other protocol").isVisible()
    turn_to(reader, "Protocol")
    shown = reader.dock.findChild(QLabel, "protocol").text()
    assert shown.startswith("SIRT-1\n")
    assert "Readers are not told: nothing" in shown


@pytest.mark.gui
def test_under_a_faulty_protocol_nothing_begins_until_it_is_mended(
    make_reader: Callable[[], Reader], patient: Path, usual: Path
) -> None:
    write(usual, max_targets=0, sequental=True)
    reader = make_reader()
    reader.open(patient)
    faults = reader.reading.note
    assert faults.is_error
    assert "max_targets" in faults.text
    assert "sequental: unknown field" in faults.text
    draw(reader)
    assert reader.reading.session is None
    assert reader.reading.note == faults
    assert list(usual.parent.iterdir()) == [usual]
    write(usual, **SIRT)
    press(reader, "begin")
    assert reader.reading.case is not None
    assert reader.reading.case.protocol.name == "SIRT-1"


@pytest.mark.gui
def test_a_reader_chooses_another_protocol_before_the_case_begins(
    reader: Reader, tmp_path: Path, choose_file: Callable[[Reader, Path], None]
) -> None:
    assert named(reader) == Protocol().name
    chosen = {"name": "Blind", "blinded_to": ["dates"]}
    choose_file(reader, write(tmp_path / "blind.json", **chosen))
    assert named(reader) == "Blind"
    (visit, *_) = [one.text for one in reader.room.pane.scene().lines]
    assert visit == "BL · current · day 0"
    draw(reader)
    assert reader.reading.case is not None
    assert reader.reading.case.protocol.blinded_to == (Blinded.DATES,)


@pytest.mark.gui
def test_a_blinded_protocol_is_left_by_closing_the_window_alone(
    reader: Reader, tmp_path: Path, choose_file: Callable[[Reader, Path], None]
) -> None:
    room, reading = reader.room, reader.reading
    blind = {"name": "Blind", "blinded_to": ["dates"]}
    choose_file(reader, write(tmp_path / "blind.json", **blind))
    plain = write(tmp_path / "plain.json", name="Plain")
    for name in ("usual protocol", "other protocol"):
        button = reader.dock.findChild(QPushButton, name)
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert named(reader) == "Blind"
    for leave in (
        lambda: room.intend(None),
        lambda: room.intend(Protocol()),
        lambda: room.intend_file(plain),
        lambda: setattr(reading, "intended", Intended()),
        lambda: room.change_reader("reader-2"),
    ):
        assert not reading.attempt(leave)
        assert "Close the window" in reading.note.text
    draw(reader)
    assert reading.case is not None
    assert reading.case.protocol.blinded_to == (Blinded.DATES,)
    field = reader.dock.findChild(QLineEdit, "reader")
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert reading.open_session().reader_id == "reader-1"
    room.put_away()
    assert not reading.attempt(lambda: room.intend(None))
    guide = reader.dock._guide
    assert guide is not None
    guide.begin()
    assert "The tour shows" in reading.note.text
    assert reading.protocol.name == "Blind"


@pytest.mark.gui
def test_a_blinding_file_of_the_folder_holds_though_it_goes_or_is_changed(
    make_reader: Callable[[], Reader], patient: Path, usual: Path
) -> None:
    write(usual, name="Blind", blinded_to=["subject", "dates", "descriptions"])
    reader = make_reader()
    reader.open(patient)
    entered = (Protocol(name="Plain").model_dump_json(), "{", "")
    for text in entered:
        usual.unlink(missing_ok=True)
        if text:
            usual.write_text(text)
        press(reader, "begin")
        assert reader.reading.session is None
        assert reader.reading.note.is_error
        assert reader.reading.blinding.hidden == set(Blinded)
    write(usual, name="Blind", blinded_to=["subject", "dates", "descriptions"])
    press(reader, "begin")
    assert reader.reading.case is not None
    assert reader.reading.case.protocol.name == "Blind"


@pytest.mark.gui
def test_a_protocol_that_does_not_read_changes_nothing(
    reader: Reader, tmp_path: Path, choose_file: Callable[[Reader, Path], None]
) -> None:
    path = write(tmp_path / "bad.json", criteria=[], organs=3)
    choose_file(reader, path)
    note = reader.dock.findChild(QLabel, "note").text()
    assert "bad.json, criteria" in note
    assert "bad.json, organs" in note
    assert named(reader) == Protocol().name
    assert reader.reading.session is None


@pytest.mark.gui
def test_choosing_a_sequential_protocol_goes_back_to_baseline(reader: Reader) -> None:
    reader.key(Qt.Key.Key_BracketRight)
    assert reader.reading.timepoint_id == "TP1"
    reader.room.intend(Protocol(sequential=True))
    reader.settle()
    assert reader.reading.timepoint_id == "BL"
    assert reader.room.viewing.active.film.timepoint_id == "BL"
    reader.key(Qt.Key.Key_BracketRight)
    assert reader.reading.timepoint_id == "BL"


@pytest.mark.gui
def test_a_case_keeps_its_protocol_and_the_window_says_so(
    measured: Reader, make_reader: Callable[[], Reader], patient: Path
) -> None:
    measured.dock.close_room()
    other = make_reader()
    other.room.intend(Protocol(name="SIRT-1"))
    other.open(patient)
    note = other.reading.note.text
    assert note.startswith("Going on with ")
    assert f"the protocol it began with: {Protocol().name}." in note
    assert other.reading.protocol == Protocol()
    assert other.dock.findChild(QLineEdit, "subject").isReadOnly()


class Shows(QObject):
    """Counts how often a widget comes into view."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - of Qt
        self.count += event.type() == QEvent.Type.Show
        return super().eventFilter(watched, event)


@pytest.mark.gui
def test_the_line_of_the_protocol_does_not_come_and_go_while_a_case_is_read(
    measured: Reader,
) -> None:
    line, shows = measured.dock.findChild(QLabel, "protocol of the case"), Shows()
    line.installEventFilter(shows)
    measured.reading.choose("T1")
    measured.reading.choose("T2")
    assert line.isHidden()
    assert shows.count == 0  # each time would lay out the whole dock twice


@pytest.mark.gui
def test_a_window_opened_under_a_protocol_proposes_it(
    make_napari_viewer_proxy: Callable[..., Viewer],
    monkeypatch: pytest.MonkeyPatch,
    patient: Path,
    usual: Path,
    qtbot: QtBot,
) -> None:
    def viewer(**options: object) -> Viewer:
        return make_napari_viewer_proxy(show=True, **options)

    monkeypatch.setattr("napari.Viewer", viewer)
    write(usual, **SIRT)
    named = Protocol(name="Named for this window")
    opened = open_reading_room([patient / "BL"], block=False, protocol=named)
    dock = add_reading_room(opened)
    qtbot.waitUntil(lambda: not dock.loader.busy, timeout=30_000)
    reading = dock.room.reading
    assert reading.protocol == named
    assert "The case begins under Named for this window." in reading.note.text
    dock.close_room()
