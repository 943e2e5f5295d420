"""A blinded read at the window: no word of it tells what the protocol hides."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLineEdit, QPushButton, QTableWidget, QTreeWidget

from napari_recist.panels.worklist import WorklistPanel
from recist_tool.app import Session
from recist_tool.model import (
    Blinding,
    FollowUp,
    Protocol,
    SetFollowUp,
    SetReferenceDate,
    SetTreatments,
    Treatment,
)
from recist_tool.terms import Blinded
from tests.plugin.dock_hands import PAGES, choose, fault, turn_to, type_into
from tests.plugin.eyes import words_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plugin.hands import Reader

pytestmark = pytest.mark.gui

SUBJECT = "SITE7-0042"
DAY_0, TREATED = dt.date(2024, 3, 18), dt.date(2024, 3, 20)
DIED = dt.date(2025, 1, 9)
VISITS = [dt.date(2024, *day) for day in ((3, 6), (5, 13), (7, 8), (9, 2))]
DATES = (DAY_0, TREATED, DIED, *VISITS)
TELLS = {
    Blinded.SUBJECT: (SUBJECT,),
    Blinded.DATES: (*map(str, DATES), *(f"{one:%Y%m%d}" for one in DATES)),
    Blinded.DESCRIPTIONS: ("Portal venous 5.0", "PET FDG AC"),
}
NEVER = ("SYN-007", "syntheticphantom", "19610412", "synthetic patients")


def begin(folder: Path, *blinded_to: Blinded) -> Path:
    """Begin a case with dates wherever a case can hold them."""
    protocol = Protocol(blinded_to=blinded_to)
    with Session.create(
        folder, subject_id=SUBJECT, reader_id="reader-1", protocol=protocol
    ) as session:
        session.do(SetReferenceDate(reference_date=DAY_0))
        treated = Treatment(date=TREATED, target="whole liver")
        session.do(SetTreatments(treatments=(treated,)))
        session.do(SetFollowUp(follow_up=FollowUp(death=DIED)))
        return session.case_path


@pytest.fixture
def open_blinded(
    make_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> Callable[..., Reader]:
    """Open a case of the patient, whose readers are blinded to something."""

    def opened(*blinded_to: Blinded) -> Reader:
        reader = make_reader()
        reader.open(begin(tmp_path / "cases" / SUBJECT, *blinded_to))
        reader.open(patient)
        return reader

    return opened


def read_through(reader: Reader) -> str:
    """Read baseline and a follow-up, look at everything, and return what was seen."""
    seen: list[str] = []
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    for page in PAGES:
        turn_to(reader, page)
        seen.append(words_in(reader))
    turn_to(reader, "Visit")
    type_into(reader, "volume 1 name", "liver")
    type_into(reader, "volume 1 volume_ml", "1500")
    reader.reading.open_timepoint("TP1")
    type_into(reader, "volume 1 name", "liver")
    type_into(reader, "volume 1 volume_ml", "1400")
    reader.settle()
    reader.drag((30, 30), (30, 45))
    turn_to(reader, "Read")
    choose(reader, "criteria", "volumetric (not in the protocol)")
    seen.append(words_in(reader))
    reader.key(Qt.Key.Key_B)
    reader.key(Qt.Key.Key_B)
    reader.settle()
    panel = reader.dock.findChild(WorklistPanel)
    session = reader.reading.open_session()
    panel.list_folder(session.case_path.parents[1])
    reader.settle()
    seen.append(words_in(reader))
    reader.reading.say(f"{session.case_path.name}, written {TREATED}: no space left")
    seen.append(words_in(reader))
    return "\n".join(seen)


def told(seen: str, what: Blinded) -> list[str]:
    return [one for one in TELLS[what] if one in seen]


@pytest.mark.slow
@pytest.mark.parametrize(
    "hidden",
    [
        tuple(Blinded),
        *(pytest.param((one,), marks=pytest.mark.nightly) for one in Blinded),
    ],
)
def test_no_word_in_the_window_tells_what_is_hidden(
    open_blinded: Callable[..., Reader], hidden: tuple[Blinded, ...]
) -> None:
    seen = read_through(open_blinded(*hidden))
    for what in hidden:
        assert told(seen, what) == []
    assert [one for one in NEVER if one in seen] == []
    for what in set(Blinded) - set(hidden):
        assert told(seen, what)


@pytest.mark.slow
def test_everything_is_told_where_nothing_is_hidden(
    open_blinded: Callable[..., Reader],
) -> None:
    seen = read_through(open_blinded())
    assert told(seen, Blinded.SUBJECT) == [SUBJECT]
    assert told(seen, Blinded.DESCRIPTIONS) == list(TELLS[Blinded.DESCRIPTIONS])
    assert set(map(str, DATES)) <= set(told(seen, Blinded.DATES))


def test_days_and_a_neutral_name_stand_where_dates_and_subject_stood(
    open_blinded: Callable[..., Reader],
) -> None:
    reader = open_blinded(*Blinded)
    case = reader.reading.case
    assert case is not None
    name = Blinding.of(case).subject(SUBJECT)
    assert reader.dock.findChild(QLineEdit, "subject").text() == name
    lines = [one.text for one in reader.room.pane.scene().lines]
    assert "BL · current · day 0" in lines
    assert name in lines
    assert {"CT", "portal venous"} <= set(lines)
    tree = reader.dock.findChild(QTreeWidget)
    days = [tree.topLevelItem(row).text(1) for row in range(4)]
    assert days == ["day 0", "day 68", "day 124", "day 180"]
    turn_to(reader, "Patient")
    assert reader.dock.findChild(QLineEdit, "treatment 1 date").text() == "day 14"
    assert reader.dock.findChild(QLineEdit, "patient reference_date").text() == "day 12"
    assert reader.dock.findChild(QLineEdit, "follow-up death").text() == "day 309"
    assert not reader.dock.findChild(QPushButton, "pacs").isEnabled()


def test_a_blinded_reader_writes_days_and_the_case_keeps_dates(
    open_blinded: Callable[..., Reader],
) -> None:
    reader = open_blinded(Blinded.DATES)
    turn_to(reader, "Patient")
    type_into(reader, "treatment 2 date", "day 40")
    type_into(reader, "follow-up last_alive", "day 200")
    type_into(reader, "day 0", "day 13")
    case = reader.reading.case
    assert case is not None
    assert [one.date for one in case.treatments] == [TREATED, dt.date(2024, 4, 15)]
    assert case.follow_up is not None
    assert case.follow_up.last_alive == dt.date(2024, 9, 22)
    assert case.follow_up.death == DIED
    assert case.reference_date == dt.date(2024, 3, 19)
    type_into(reader, "treatment 2 date", "in April")
    assert "Write it as day 68" in fault(reader, "treatment 2").text()
    tree = reader.dock.findChild(QTreeWidget)
    tree.topLevelItem(1).setText(1, "day 70")
    assert reader.reading.case is not None
    assert reader.reading.case.timepoints[1].date == dt.date(2024, 5, 15)


def test_a_case_keeps_what_a_blinded_reader_is_not_told_but_for_words_of_series(
    open_blinded: Callable[..., Reader],
) -> None:
    reader = open_blinded(*Blinded)
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    saved = reader.reading.open_session().case_path.read_text()
    assert f'"subject_id": "{SUBJECT}"' in saved
    assert '"date": "2024-03-06"' in saved
    assert "Portal venous 5.0" not in saved  # nothing answers by it: it is left out


def test_an_injection_is_told_by_its_day_and_kept_by_its_date(
    open_blinded: Callable[..., Reader],
) -> None:
    reader = open_blinded(Blinded.DATES)
    turn_to(reader, "PET")
    type_into(reader, "suv injected_at", "day 0 08:30")
    type_into(reader, "suv reason", "log of the injector")
    reader.dock.findChild(QPushButton, "suv stand").click()
    reader.settle()
    case = reader.reading.case
    assert case is not None
    (override,) = case.suv_overrides
    assert override.injected_at == dt.datetime(2024, 3, 6, 8, 30)  # noqa: DTZ001
    field = reader.dock.findChild(QLineEdit, "suv injected_at")
    assert field.text() == "day 0 08:30"


def test_images_are_blinded_before_their_case_begins(
    make_reader: Callable[[], Reader], patient: Path
) -> None:
    reader = make_reader()
    reader.room.intend(Protocol(name="SIRT-1", blinded_to=tuple(Blinded)))
    reader.open(patient)
    seen = words_in(reader)
    assert told(seen, Blinded.DATES) == told(seen, Blinded.DESCRIPTIONS) == []
    name = reader.room.proposal.subject_id
    reader.key(Qt.Key.Key_M)
    reader.drag((30, 30), (30, 50))
    assert reader.dock.findChild(QLineEdit, "subject").text() == name
    assert reader.reading.case is not None
    assert reader.reading.case.subject_id == name


def test_a_patient_opened_before_leaves_no_word_in_a_blinded_read(
    open_blinded: Callable[..., Reader],
) -> None:
    reader = open_blinded()
    assert told(words_in(reader), Blinded.DATES)
    cases = reader.reading.open_session().case_path.parents[1]
    reader.open(begin(cases / "other", *Blinded))
    for page in PAGES:
        turn_to(reader, page)
    seen = words_in(reader)
    assert [told(seen, what) for what in Blinded] == [[], [], []]


def test_a_folder_of_patients_is_listed_without_names_under_a_blinding_protocol(
    make_reader: Callable[[], Reader], patient: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / f"{SUBJECT}.case.json").write_text("{")
    images = folder / f"{SUBJECT} images"
    shutil.copytree(patient, images, copy_function=os.link)
    reader = make_reader()
    reader.room.intend(Protocol(blinded_to=(Blinded.SUBJECT,)))
    panel = reader.dock.findChild(WorklistPanel)
    panel.list_folder(folder)
    reader.settle()
    table = panel.findChild(QTableWidget)
    rows = [[table.item(row, at).text() for at in (0, 1)] for row in range(2)]
    assert [state for _, state in rows] == ["does not read", "not begun"]
    assert all(name.startswith("P-") for name, _ in rows)
    table.cellDoubleClicked.emit(0, 0)
    assert "the case" in reader.reading.note.text
    assert SUBJECT not in words_in(reader)
