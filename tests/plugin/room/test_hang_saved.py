"""Hanging protocols saved by name: one patient's layout on the next patient."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QToolButton

from napari_recist.room.hanging_store import hanging_path, read_saved
from napari_recist.viewport.link import LinkMode
from recist_tool.app import Session
from recist_tool.app.reading.hanging_protocol import DisplaySet, Plane
from recist_tool.model import Protocol
from recist_tool.phantom import SAMPLE_PATIENTS, SMALL_PATIENT
from recist_tool.terms import Blinded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.phantoms import Phantoms
    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier
SAVE, DEFAULT, REMOVE = "Save how the panes hang…", "New cases hang", "Remove"


def bar(reader: Reader, name: str) -> QToolButton:
    return reader.dock.lightbox.findChild(QToolButton, name)


def click(reader: Reader, button: QToolButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    reader.settle()


def opened(reader: Reader, *, by_key: bool = False) -> QMenu:
    """Open the menu until it stays: a late focus of the window takes it away."""
    for _ in range(3):
        if by_key:
            reader.key(Qt.Key.Key_H, CTRL)
        else:
            click(reader, bar(reader, "hang"))
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            return menu
    pytest.fail("no menu stays")


def pick(reader: Reader, *words: str) -> None:
    """Choose an entry of the menu, or of a menu below it, by the keyboard."""
    menu = opened(reader)
    for at, one in enumerate(words):
        for _ in menu.actions():
            active = menu.activeAction()
            if active is not None and active.text().replace("&&", "&") == one:
                break
            QTest.keyClick(menu, Qt.Key.Key_Down)
        active = menu.activeAction()
        assert active is not None
        assert active.text().replace("&&", "&") == one
        is_last = at == len(words) - 1
        QTest.keyClick(menu, Qt.Key.Key_Return if is_last else Qt.Key.Key_Right)
        if not is_last:
            menu = active.menu()
            assert isinstance(menu, QMenu)
            reader.wait_for(menu.isVisible)
    reader.settle()


def entries(reader: Reader) -> list[str]:
    menu = opened(reader)
    found = [one.text() for one in menu.actions()]
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    return found


def save(reader: Reader, name: str) -> None:
    pick(reader, SAVE)
    box = reader.dock.lightbox.findChild(QComboBox, "hanging name")
    line = box.lineEdit()
    assert isinstance(line, QLineEdit)
    reader.wait_for(line.isVisible)
    line.selectAll()
    if name.isascii():
        QTest.keyClicks(line, name)
    else:
        line.setText(name)  # as an input method commits it
    QTest.keyClick(line, Qt.Key.Key_Return)
    reader.settle()


def hung(reader: Reader) -> list[tuple[str, str, Plane]]:
    """What is seen in the panes: visit, modality, plane."""
    panes = [(one.film, one.pane) for one in reader.room.viewing.on_show]
    return [
        (film.timepoint_id, pane.volume.modality if pane.volume else "", pane.plane)
        for film, pane in panes
    ]


def series(reader: Reader, visit: str, modality: str) -> str:
    found = reader.room.studies.of_visit(reader.reading.visit_of(visit))
    return next(one.key for one in found if one.modality == modality)


@pytest.fixture
def arranged(reader: Reader) -> Reader:
    """A reader of the first patient at TP2: CT, baseline CT coronal, PET, prior CT."""
    reader.reading.open_timepoint("TP2")
    reader.settle()
    click(reader, bar(reader, "panes 4"))
    room, (_, second, third, fourth) = reader.room, reader.room.viewing.stations
    for station, visit, modality, plane in (
        (second, "BL", "CT", Plane.CORONAL),
        (third, "BL", "PT", Plane.ACQUIRED),
        (fourth, "TP1", "CT", Plane.ACQUIRED),
    ):
        film = DisplaySet(visit, series(reader, visit, modality), plane)
        room.hang_film(station, film)
        reader.settle()
    room.viewing.activate(room.viewing.stations[0])
    room.viewing.tie(LinkMode.OFF)
    reader.settle()
    reader.canvas.setFocus()
    reader.key(Qt.Key.Key_3)  # lung
    reader.settle()
    return reader


def test_what_one_patient_hung_by_hangs_the_next_one_by_its_own_visits(
    arranged: Reader, phantoms: Phantoms
) -> None:
    as_saved = hung(arranged)
    window = arranged.room.viewing.stations[0].pane.window
    save(arranged, "Liver & PET")
    assert arranged.reading.note.text == "Saved: Liver & PET. It hangs any patient so."
    arranged.open(phantoms.folder_of(SAMPLE_PATIENTS[0]))
    assert arranged.room.hanging.name == ""
    visits = [one.timepoint_id for one in arranged.reading.visits]
    click(arranged, bar(arranged, "panes 1"))
    arranged.room.viewing.linking.mode = LinkMode.BY_HAND
    arranged.reading.open_timepoint(visits[-1])
    arranged.settle()
    pick(arranged, "Liver & PET")
    assert bar(arranged, "hang").isChecked()
    assert "Hung by Liver &amp; PET." in bar(arranged, "hang").toolTip()
    seen = hung(arranged)
    assert len(seen) == 4
    assert [one[0] for one in seen][:2] == [visits[-1], visits[0]]
    assert arranged.room.viewing.linking.mode is LinkMode.OFF
    assert arranged.room.viewing.stations[0].pane.window == window
    assert as_saved[1][2] is Plane.CORONAL


def test_the_same_patient_hangs_so_again_and_so_do_the_other_visits(
    arranged: Reader,
) -> None:
    as_saved = hung(arranged)
    save(arranged, "All")
    click(arranged, bar(arranged, "panes 2"))
    assert arranged.room.hanging.name == ""
    arranged.key(Qt.Key.Key_1)
    menu = opened(arranged, by_key=True)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    arranged.settle()
    assert hung(arranged) == as_saved
    assert bar(arranged, "hang").isChecked()
    stations = arranged.room.viewing.stations
    assert stations[0].pane.window.level == -600
    assert stations[3].pane.window.level != -600  # each pane its own, unlinked
    arranged.key(Qt.Key.Key_BracketRight)
    arranged.settle()
    assert [one[0] for one in hung(arranged)] == ["TP3", "BL", "BL", "TP2"]
    arranged.room.viewing.go_to_visit("TP3")
    click(arranged, bar(arranged, "hang"))
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert bar(arranged, "hang").isChecked()
    pick(arranged, "As usual")
    assert arranged.room.hanging.name == ""
    assert not bar(arranged, "hang").isChecked()


def test_a_pane_says_what_the_visit_does_not_have(arranged: Reader) -> None:
    save(arranged, "All")
    arranged.reading.open_timepoint("BL")
    arranged.settle()
    click(arranged, bar(arranged, "panes 1"))
    arranged.reading.open_timepoint("BL")
    pick(arranged, "All")
    first, *others = arranged.room.viewing.on_show
    assert first.pane.volume is not None
    assert [one.pane._note for one in others] == [
        "BL is the baseline: nothing is before it.",
        "BL is the baseline: nothing is before it.",
        "No visit before BL.",
    ]
    assert all(one.pane.volume is None for one in others)


def test_the_file_holds_rules_and_nothing_of_the_patient(
    arranged: Reader, patient: Path
) -> None:
    save(arranged, "All")
    text = hanging_path().read_text(encoding="utf-8")
    for one in arranged.room.studies._found.values():
        for secret in (
            one.series_instance_uid,
            one.study_instance_uid,
            one.patient_id,
            one.description,
            str(one.study_date),
        ):
            assert secret not in text
    assert str(patient) not in text
    assert arranged.room.subject not in text
    protocol = read_saved().protocols["All"]
    assert [one and one.visit.value for one in protocol.panes] == [
        "current",
        "baseline",
        "baseline",
        "before",
    ]


def test_a_default_hangs_new_cases_and_not_those_left_otherwise(
    arranged: Reader, phantoms: Phantoms
) -> None:
    save(arranged, "All")
    pick(arranged, DEFAULT, "All")
    assert read_saved().default == "All"
    click(arranged, bar(arranged, "panes 1"))
    arranged.open(phantoms.folder_of(SAMPLE_PATIENTS[0]))
    assert arranged.room.hanging.name == "All"
    assert len(hung(arranged)) == 4
    pick(arranged, DEFAULT, "As usual")
    assert read_saved().default == ""
    arranged.room.put_away()
    arranged.open(phantoms.folder_of(SMALL_PATIENT))
    assert arranged.room.hanging.name == ""


def test_a_case_goes_on_by_the_protocol_it_was_left_with(
    arranged: Reader, phantoms: Phantoms
) -> None:
    save(arranged, "All")
    arranged.key(Qt.Key.Key_T)
    arranged.room.begin()
    arranged.settle()
    session = arranged.reading.open_session()
    path, as_left = session.case_path, hung(arranged)
    arranged.room.keeper.keep()
    arranged.room.put_away()
    arranged.settle()
    arranged.open(path)
    assert arranged.room.hanging.name == "All"
    assert hung(arranged) == as_left


def test_a_taken_name_is_asked_about_and_a_removal_too(arranged: Reader) -> None:
    save(arranged, "Liver")
    before = read_saved().protocols["Liver"]
    click(arranged, bar(arranged, "panes 2"))
    save(arranged, "LIVER")
    assert arranged.reading.question == "Liver is saved already. Replace it?"
    arranged.key(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert dict(read_saved().protocols) == {"Liver": before}
    save(arranged, "LIVER")
    arranged.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert [*read_saved().protocols] == ["LIVER"]
    assert len(read_saved().protocols["LIVER"].panes) == 2
    pick(arranged, REMOVE, "LIVER")
    assert [*read_saved().protocols] == ["LIVER"]
    arranged.key(Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    assert not read_saved().protocols


@pytest.mark.parametrize(
    "name",
    [
        "Leber & Lunge <b>",
        "肝 PET/CT \N{LOBSTER}",
        '"; {"default": 1}',
        "../../etc",
        "As usual",
    ],
)
def test_a_name_may_be_of_any_letters(reader: Reader, name: str) -> None:
    save(reader, name)
    assert [*read_saved().protocols] == [name]
    click(reader, bar(reader, "panes 2"))
    pick(reader, name)
    assert reader.room.hanging.name == name
    kept = {one.name for one in hanging_path().parent.rglob("*")}
    assert kept - {"tour.json"} == {"hanging.json"}


@pytest.mark.parametrize("name", ["x" * 41, "\u202e\u200b"])
def test_a_name_that_cannot_be_told_is_refused(reader: Reader, name: str) -> None:
    save(reader, name)
    assert reader.reading.note.is_error
    assert not hanging_path().exists()


def test_escape_saves_nothing(reader: Reader) -> None:
    pick(reader, SAVE)
    box = reader.dock.lightbox.findChild(QComboBox, "hanging name")
    QTest.keyClicks(box.lineEdit(), "Liver")
    assert reader.reading.lesion is None
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert not hanging_path().exists()


@pytest.mark.parametrize("text", ["{", "[1]", '{"protocols": 3}', "\ud800", "[" * 9999])
def test_a_file_that_does_not_read_is_told_and_put_aside(
    reader: Reader, text: str
) -> None:
    path = hanging_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    given = text.encode("utf-8", "surrogatepass")
    path.write_bytes(given)
    assert "do not read" in entries(reader)[0]
    assert path.read_bytes() == given
    save(reader, "Liver")
    assert [*read_saved().protocols] == ["Liver"]
    assert not read_saved().note
    kept = [one for one in path.parent.iterdir() if "unread" in one.name]
    assert [one.read_bytes() for one in kept] == [given]


@pytest.mark.parametrize(
    "foreign",
    [
        {"panes": []},
        {"panes": [None, None]},
        {"panes": [{"modality": "CT"}] * 3},
        {"panes": [{"modality": "CT", "visit": "baseline"}]},
        {"panes": [{"modality": "CT", "phase": "Doe^John"}]},
        {"panes": [{"modality": "1.2.840.113619"}]},
        {"panes": [{"modality": "CT", "window": [5, 5]}]},
        {"panes": [{"modality": "CT", "window": [0, float("nan")]}]},
        {"panes": [{"modality": "CT", "steps": 10**30}]},
        {"panes": [{"modality": "CT", "patient": "X"}]},
        7,
    ],
)
def test_one_that_does_not_read_is_told_and_stays_beside_the_others(
    reader: Reader, foreign: object
) -> None:
    save(reader, "Liver")
    path = hanging_path()
    content = json.loads(path.read_text())
    content["protocols"]["Other"] = foreign
    content["later"] = {"of": "another version"}
    path.write_text(json.dumps(content))
    said = entries(reader)
    assert said[0] == "1 of your hanging protocols does not read and is left out."
    assert "Other" not in said
    save(reader, "Lung")
    after = json.loads(path.read_text())
    assert after["later"] == content["later"]
    assert json.dumps(after["protocols"]["Other"]) == json.dumps(foreign)
    assert [*read_saved().protocols] == ["Liver", "Lung"]


def test_a_default_that_is_gone_is_told_when_a_case_is_opened(
    reader: Reader, phantoms: Phantoms
) -> None:
    save(reader, "Liver")
    pick(reader, DEFAULT, "Liver")
    content = json.loads(hanging_path().read_text())
    hanging_path().write_text(json.dumps({**content, "protocols": {}}))
    reader.open(phantoms.folder_of(SAMPLE_PATIENTS[0]))
    assert "Liver, by which new cases hang, is not saved" in reader.reading.note.text
    assert reader.room.viewing.stations[0].pane.volume is not None


def test_a_sequential_read_shows_no_later_visit_by_any_rule(
    reader: Reader, patient: Path, tmp_path: Path
) -> None:
    rule = {"modality": "CT"}
    rules = [rule, {**rule, "visit": "after"}]
    path = hanging_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"default": "Peep", "protocols": {"Peep": {"panes": rules}}})
    )
    reader.open(patient)
    pick(reader, "Peep")
    assert [one[0] for one in hung(reader)] == ["BL", "TP1"]
    reader.room.put_away()
    protocol = Protocol(blinded_to=(Blinded.DESCRIPTIONS,), sequential=True)
    session = Session.create(
        tmp_path / "cases" / "S",
        subject_id="S",
        reader_id="reader-1",
        protocol=protocol,
    )
    session.close()
    reader.open(session.case_path)
    reader.open(patient)
    pick(reader, "Peep")
    second = reader.room.viewing.stations[1]
    assert second.pane.volume is None
    assert second.film.timepoint_id == ""
    assert second.pane._note == (
        "TP1 opens once BL is signed: this read is sequential."
    )
