"""The first start: an empty room that says what to do, and the tour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import QMimeData, QPointF, Qt, QUrl
from qtpy.QtGui import QDragEnterEvent, QDropEvent, QHelpEvent
from qtpy.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QPushButton,
    QTableView,
    QWidget,
)

from napari_recist.room.tour_steps import KEYS, LESION_SLICE, STEPS, Tour
from napari_recist.tour import guide
from napari_recist.tour.guide import offered_path
from napari_recist.widgets.key_map import KeyMap, keys_path
from recist_tool.model import Protocol
from recist_tool.phantom import SAMPLE_PATIENTS, TOUR_PATIENT, truth
from recist_tool.terms import Blinded
from tests.plugin.dock_hands import sign_visit
from tests.plugin.looking_at import overlapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from recist_tool.phantom import LesionTruth
    from tests.plugin.hands import Reader

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
FIRST = truth(TOUR_PATIENT).timepoint("BL").lesion("T1")
LATER = truth(TOUR_PATIENT).timepoint("TP1").lesion("T1")


def test_the_slice_that_the_tour_leads_to_holds_the_lesion() -> None:
    assert FIRST.caliper is not None
    assert FIRST.caliper.slice_index + 1 == LESION_SLICE


def test_the_tour_has_five_steps_and_names_only_actions_that_have_a_key() -> None:
    assert len(STEPS) == 5
    used = {
        name for step in STEPS for part in step.parts for name in _named(part.words)
    }
    assert used == set(KEYS.values())


def _named(words: str) -> set[str]:
    return {part.partition("}")[0] for part in words.split("{")[1:]}


class Visitor:
    """A reader who sees the room for the first time."""

    def __init__(self, reader: Reader, qtbot: QtBot) -> None:
        self.reader = reader
        self._qtbot = qtbot
        self.strip = reader.dock.lightbox.findChild(QFrame, "tour")

    @property
    def welcome(self) -> QFrame:
        return self.reader.canvas.findChild(QFrame, "welcome")

    @property
    def words(self) -> str:
        return self.strip.findChild(QLabel, "tour words").text()

    def press(self, name: str, within: QWidget | None = None) -> None:
        button = (within or self.strip).findChild(QPushButton, name)
        self._qtbot.mouseClick(button, LEFT)

    def begin(self) -> None:
        self.press("tour", self.welcome)
        self.reads("1 of 5")

    def reads(self, words: str) -> None:
        self._qtbot.waitUntil(lambda: words in self.words, timeout=30_000)

    def framed(self) -> QWidget:
        return self.reader.dock.window().findChild(QWidget, "halo").parentWidget()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tour with a patient that is made in no time."""
    monkeypatch.setattr(guide, "TOUR_PATIENT", SAMPLE_PATIENTS[1])


@pytest.fixture
def visitor(make_own_reader: Callable[[], Reader], qtbot: QtBot) -> Visitor:
    return Visitor(make_own_reader(), qtbot)


@pytest.fixture
def guest(make_reader: Callable[[], Reader], qtbot: QtBot) -> Visitor:
    """Someone to whom the tour is offered, in a room that was in use."""
    reader = make_reader()
    of_room = reader.dock._guide
    assert of_room is not None
    of_room._is_new = True
    of_room.refresh()
    return Visitor(reader, qtbot)


@pytest.mark.gui
def test_an_empty_room_says_what_to_do_and_offers_the_tour_once(
    visitor: Visitor, make_own_reader: Callable[[], Reader], patient: Path, qtbot: QtBot
) -> None:
    reader = visitor.reader
    assert visitor.welcome.isVisible()
    assert visitor.welcome.findChild(QPushButton, "tour").isVisible()
    reader.wait_for(lambda: visitor.welcome.was_seen)
    assert overlapping(visitor.welcome) == []
    reader.open(patient / "BL")
    assert visitor.welcome.isHidden()
    assert offered_path().exists()
    reader.dock.close_room()
    second = Visitor(make_own_reader(), qtbot)
    assert second.welcome.isVisible()
    assert second.welcome.findChild(QPushButton, "tour").isHidden()


@pytest.mark.nightly
@pytest.mark.gui
def test_the_offer_stays_where_nothing_was_opened(
    visitor: Visitor,
    make_own_reader: Callable[[], Reader],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    visitor.reader.open(tmp_path)
    assert "an empty folder" in visitor.reader.reading.note.text
    assert visitor.welcome.isVisible()
    visitor.reader.dock.close_room()
    assert Visitor(make_own_reader(), qtbot).welcome.findChild(QPushButton, "tour")


@pytest.mark.nightly
@pytest.mark.gui
def test_who_names_a_folder_at_the_first_start_is_offered_the_tour_later(
    patient: Path, make_own_reader: Callable[[], Reader], qtbot: QtBot
) -> None:
    reader = make_own_reader()
    reader.dock.open([patient / "BL"])  # before the window was painted
    assert reader.canvas.findChild(QFrame, "welcome").isHidden()
    reader.settle()
    assert not offered_path().exists()
    reader.dock.close_room()
    assert Visitor(make_own_reader(), qtbot).welcome.findChild(QPushButton, "tour")


@pytest.mark.gui
def test_a_folder_dropped_into_the_empty_room_is_opened(
    visitor: Visitor, patient: Path
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(patient / "BL"))])
    at = visitor.welcome.rect().center()
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    coming = QDragEnterEvent(at, copy, data, LEFT, none)
    QApplication.sendEvent(visitor.welcome, coming)
    assert coming.isAccepted()
    QApplication.sendEvent(
        visitor.welcome, QDropEvent(QPointF(at), copy, data, LEFT, none)
    )
    visitor.reader.settle()
    assert [one.timepoint_id for one in visitor.reader.reading.visits] == ["BL"]


@pytest.mark.gui
def test_a_blinded_reader_is_not_sent_to_servers_that_name_patients(
    tmp_path: Path, make_own_reader: Callable[[], Reader], qtbot: QtBot
) -> None:
    (tmp_path / "cases").mkdir()
    blinding = Protocol(blinded_to=(Blinded.SUBJECT,)).model_dump_json()
    (tmp_path / "cases" / "protocol.json").write_text(blinding)
    welcome = Visitor(make_own_reader(), qtbot).welcome
    assert not welcome.findChild(QPushButton, "welcome server").isEnabled()
    assert welcome.findChild(QPushButton, "welcome folder").isEnabled()


@pytest.mark.gui
def test_an_image_of_somebody_s_own_is_not_covered(visitor: Visitor) -> None:
    visitor.reader.viewer.add_points([[1, 1]])
    assert visitor.welcome.isHidden()
    visitor.reader.viewer.layers.pop()
    assert visitor.welcome.isVisible()


@pytest.mark.gui
@pytest.mark.slow
def test_each_step_of_the_tour_is_done_by_doing_it(guest: Visitor) -> None:
    reader = guest.reader
    guest.begin()
    guest.reads(f"slice {LESION_SLICE}")
    reader.wheel(LESION_SLICE - 1 - reader.room.pane.slice_index)
    guest.reads("liver window")
    assert guest.framed() is reader.dock.lightbox.frames[0]
    reader.key(Qt.Key.Key_2)
    guest.reads("2 of 5")
    assert guest.framed().objectName() == "caliper"
    reader.key(Qt.Key.Key_M)
    guest.reads("longest diameter")
    _measure(reader, FIRST)
    guest.reads("3 of 5")
    reader.drag(*(_ends_of_short_axis(reader)))
    guest.reads("4 of 5")
    assert guest.framed().objectName() == "visits"
    _follow_up(guest)
    guest.reads("5 of 5")
    _rest_on_response(guest)
    guest.reads("sign the visit")
    assert guest.framed().objectName() == "sign"
    sign_visit(reader)
    guest.reads("That was a read")


def _measure(reader: Reader, lesion: LesionTruth) -> None:
    assert lesion.caliper is not None
    for column, row in lesion.caliper.long_ends_pixel:
        reader.click((row, column))


def _follow_up(visitor: Visitor) -> None:
    reader = visitor.reader
    reader.key(Qt.Key.Key_BracketRight)
    reader.settle()
    visitor.reads("grey line")
    reader.key(Qt.Key.Key_Space)
    reader.room.arm(on=True)
    assert LATER.caliper is not None
    reader.room.pane.go_to(LATER.caliper.slice_index)
    _measure(reader, LATER)


@pytest.mark.nightly
@pytest.mark.gui
def test_the_patient_of_the_tour_is_never_among_the_reader_s_cases(
    guest: Visitor, quickly: None, tmp_path: Path
) -> None:
    guest.begin()
    guest.reader.reading.attempt(guest.reader.room.begin)
    session = guest.reader.reading.session
    assert session is not None
    case = session.case_path
    assert case.exists()
    guest.press("end tour")
    assert guest.strip.isHidden()
    guest.reader.wait_for(guest.welcome.isVisible)
    assert not case.exists()
    assert not (tmp_path / "cases").exists()


def _ends_of_short_axis(reader: Reader) -> list[tuple[float, float]]:
    """Where the proposed axis ends, and a little outwards."""
    (mark,) = reader.room.pane.sketches()
    end, other = mark.lines[1].start, mark.lines[1].end
    out = [a + 0.3 * (a - b) for a, b in zip(end, other, strict=True)]
    return [_pixel_at(reader, place) for place in (end, out)]


def _pixel_at(reader: Reader, place: tuple[float, float]) -> tuple[float, float]:
    """Invert the pane's way from pixels to the screen, which is a scale and a shift."""
    origin = reader.room.pane.to_screen((0.0, 0.0))
    one = reader.room.pane.to_screen((1.0, 1.0))
    return (
        (place[1] - origin[1]) / (one[1] - origin[1]),
        (place[0] - origin[0]) / (one[0] - origin[0]),
    )


def _rest_on_response(visitor: Visitor) -> None:
    """Rest the pointer on the response of the open visit."""
    answers = visitor.reader.dock.findChild(QTableView, "answers")
    model = answers.model()
    index = model.index(
        next(row for row in range(model.rowCount()) if not answers.isRowHidden(row)),
        model.columnCount() - 1,
    )
    at = answers.visualRect(index).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, answers.viewport().mapToGlobal(at))
    QApplication.sendEvent(answers.viewport(), event)


@pytest.mark.gui
def test_a_step_can_be_passed_over_and_the_tour_ended_at_any_time(
    guest: Visitor,
    quickly: None,
) -> None:
    guest.begin()
    home = guest.reader.room.proposal.folder
    guest.press("skip step")
    guest.reads("2 of 5")
    guest.press("end tour")
    assert guest.strip.isHidden()
    assert guest.reader.room.is_empty
    assert not home.parent.exists()


@pytest.mark.gui
def test_the_tour_may_be_ended_before_its_patient_is_made(guest: Visitor) -> None:
    guest.press("tour", guest.welcome)
    assert guest.strip.findChild(QPushButton, "skip step").isHidden()
    home = Path(guest.reader.dock._guide._home.name)
    guest.press("end tour")
    guest.reader.settle()
    assert guest.reader.room.is_empty
    assert guest.welcome.isVisible()
    assert not home.exists()


@pytest.mark.gui
def test_the_tour_is_taken_again_from_the_sheet_of_keys_and_the_case_comes_back(
    measured: Reader, quickly: None, qtbot: QtBot
) -> None:
    visitor = Visitor(measured, qtbot)
    case = measured.reading.session.case_path
    measured.key(Qt.Key.Key_Question, SHIFT)
    visitor.press("take tour", measured.dock.lightbox)
    visitor.reads("1 of 5")
    assert measured.reading.session is None
    visitor.press("end tour")
    measured.settle()
    assert measured.reading.session.case_path == case
    assert measured.room.pane.volume is not None
    assert len(measured.reading.read.lesions) == 2


@pytest.mark.gui
def test_images_without_a_case_come_back_after_the_tour(
    reader: Reader, quickly: None, qtbot: QtBot
) -> None:
    visitor = Visitor(reader, qtbot)
    visits = reader.reading.visits
    reader.key(Qt.Key.Key_Question, SHIFT)
    visitor.press("take tour", reader.dock.lightbox)
    visitor.reads("1 of 5")
    visitor.press("end tour")
    reader.settle()
    assert reader.reading.session is None
    assert reader.reading.visits == visits


@pytest.mark.gui
def test_another_patient_ends_the_tour(
    guest: Visitor, quickly: None, patient: Path
) -> None:
    guest.begin()
    home = guest.reader.room.proposal.folder
    guest.reader.open(patient / "BL")
    guest.reader.wait_for(guest.strip.isHidden)
    assert not home.parent.exists()
    assert guest.reader.room.pane.volume is not None


@pytest.mark.gui
def test_the_tour_is_under_no_protocol_of_a_trial_and_what_follows_is_again(
    guest: Visitor, quickly: None, patient: Path, tmp_path: Path
) -> None:
    reading = guest.reader.reading
    trial = Protocol(name="Trial 7", sequential=True)
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "protocol.json").write_text(trial.model_dump_json())
    guest.begin()
    assert reading.intended.protocol == Protocol()
    guest.press("end tour")
    guest.reader.open(patient / "BL")
    assert reading.intended.protocol == trial


@pytest.mark.nightly
@pytest.mark.gui
def test_the_words_of_the_tour_name_a_key_where_the_reader_has_it(
    visitor: Visitor, quickly: None, make_own_reader: Callable[[], Reader], qtbot: QtBot
) -> None:
    keys = KeyMap(visitor.reader.dock._actions(), keys_path())
    keys.move(keys.find("M"), "J")
    visitor.reader.dock.close_room()
    other = Visitor(make_own_reader(), qtbot)
    other.begin()
    other.press("skip step")
    other.reads("Press J")


def test_a_tour_without_an_image_waits(reading: object) -> None:
    class Bare:
        class pane:  # noqa: N801 - stands for an attribute
            volume = None

    tour = Tour(Bare())
    tour.look()
    assert tour.number == 1
